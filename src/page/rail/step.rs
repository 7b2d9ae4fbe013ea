//! One step of the rail, folded to its heading.

use leptos::{ev, prelude::*};
use web_sys::Element;

use crate::page::components::dynamic::handler;

/// A step: its number, its name, its present values in words, and what unfolds below.
#[component]
pub fn Step(
    /// Its place among the five.
    number: u8,
    /// Its name.
    name: &'static str,
    /// Its present values.
    #[prop(into)]
    words: Signal<String>,
    /// Whether it is unfolded; the user folds it as they like.
    open: RwSignal<bool>,
    /// What unfolds.
    children: Children,
) -> impl IntoView {
    let toggled = move |event: ev::Event| open.set(event_target::<Element>(&event).has_attribute("open"));
    view! {
        <details class="step" open=open.get_untracked() on:toggle=handler(toggled)>
            <summary>
                <span class="step-number" aria-hidden="true">{number}</span>
                <span class="step-name">{name}</span>
                <span class="step-words">{words}</span>
            </summary>
            <div class="step-body">{children()}</div>
        </details>
    }
}
