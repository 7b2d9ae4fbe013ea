//! What the colours of a matrix stand for.

use leptos::prelude::*;

use crate::{
    page::words,
    plot::{colour, matrix::Scale},
};

/// Ways to spread the colours: over the values that there are, or over all that there can be.
pub const SPREADS: &[(&str, bool)] = &[("Fitted", true), ("−1 to 1", false)];

/// The colours of a matrix with numbers at their ends and in their middle.
#[component]
pub fn Legend(#[prop(into)] scale: Signal<Option<Scale>>) -> impl IntoView {
    let number = move |share: f32| {
        Signal::derive(move || {
            let number = scale.get().map(|scale| scale.min + (scale.max - scale.min) * share);
            number.map_or_else(String::new, words::similarity)
        })
    };
    view! {
        <div class="legend" aria-hidden="true">
            <ColourBar stops=colour::css_stops() least=number(0.0) middle=number(0.5) most=number(1.0) />
        </div>
    }
}

/// A colour map, and what its ends and its middle stand for.
#[component]
pub fn ColourBar(
    /// Its colours, as CSS has them.
    stops: String,
    /// What the left end stands for.
    #[prop(into)]
    least: Signal<String>,
    /// What the middle stands for.
    #[prop(into)]
    middle: Signal<String>,
    /// What the right end stands for.
    #[prop(into)]
    most: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="legend-bar" style:background-image=format!("linear-gradient(to right, {stops})")></div>
        <div class="legend-numbers">
            <span>{least}</span>
            <span>{middle}</span>
            <span>{most}</span>
        </div>
    }
}
