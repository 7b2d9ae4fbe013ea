//! What the colours of a matrix stand for.

use leptos::prelude::*;

use crate::{
    page::words,
    plot::{colour, matrix::Scale},
};

/// Ways to spread the colours: over the values that there are, or over all that there can be.
pub const SPREADS: &[(&str, bool)] = &[("Fitted", true), ("−1 to 1", false)];

/// The colour map with numbers at its ends and in its middle.
#[component]
pub fn Legend(#[prop(into)] scale: Signal<Option<Scale>>) -> impl IntoView {
    let number = move |share: f32| {
        move || {
            let scale = scale.get()?;
            Some(words::similarity(scale.min + (scale.max - scale.min) * share))
        }
    };
    view! {
        <div class="legend" aria-hidden="true">
            <div
                class="legend-bar"
                style:background-image=format!("linear-gradient(to right, {})", colour::css_stops())
            ></div>
            <div class="legend-numbers">
                <span>{number(0.0)}</span>
                <span>{number(0.5)}</span>
                <span>{number(1.0)}</span>
            </div>
        </div>
    }
}
