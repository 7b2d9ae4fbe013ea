//! One section of the rail, collapsed to its heading.

use leptos::{ev, prelude::*};
use web_sys::Element;

use crate::page::components::dynamic::handler;

/// A section: number, name and present values in words, and the content below.
#[component]
pub fn Step(
    /// Its number from 1 to 3.
    number: u8,
    /// Name of the section.
    name: &'static str,
    /// Present values in words.
    #[prop(into)]
    words: Signal<String>,
    /// Whether it is initially expanded; the user may toggle it.
    open: RwSignal<bool>,
    /// Content when expanded.
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
