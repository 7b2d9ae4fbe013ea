//! The legend of a matrix.

use leptos::prelude::*;

use crate::{
    page::words,
    plot::{colour, matrix::Scale},
};

/// Ranges of the colours: the values that occur, or all possible values.
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

/// A colour map with labels at its ends and in its middle.
#[component]
pub fn ColourBar(
    /// Its colours as CSS gradient stops.
    stops: String,
    /// Label of the left end.
    #[prop(into)]
    least: Signal<String>,
    /// Label of the middle.
    #[prop(into)]
    middle: Signal<String>,
    /// Label of the right end.
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
