//! A score in large figures, with its meter.

use leptos::prelude::*;

use super::{
    dynamic::{Memo, dynamic},
    meter::Meter,
};
use crate::page::words::Score;

/// The result, its meaning, and what to compare it with; nothing while there is none.
#[component]
pub fn ScoreView(score: Memo<Option<Score>>) -> impl IntoView {
    let show = |Score { result, meaning, share, marks }: Score| {
        view! {
            <div class="score">
                <p class="result">{result} " " <span class="result-meaning">{meaning}</span></p>
                <Meter share=Signal::derive(move || share) marks=Signal::derive(move || marks.clone()) />
            </div>
        }
    };
    dynamic(move || score.get().map(show))
}
