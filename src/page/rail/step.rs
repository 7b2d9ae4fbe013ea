//! One section of the rail, collapsed to its heading.

use leptos::{ev, prelude::*};
use web_sys::HtmlElement;

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
    /// Whether it is expanded.
    open: RwSignal<bool>,
    /// Content when expanded.
    children: Children,
) -> impl IntoView {
    let toggled = move |event: ev::Event| {
        let section = event_target::<HtmlElement>(&event);
        open.set(section.has_attribute("open"));
        if open.get_untracked()
            && let Some(rail) = section.parent_element()
        {
            // As much of it as fits comes into view.
            let top = section.offset_top();
            let needed = top.min(top + section.offset_height() - rail.client_height());
            if needed > rail.scroll_top() {
                rail.set_scroll_top(needed);
            }
        }
    };
    view! {
        <details class="step" prop:open=move || open.get() on:toggle=handler(toggled)>
            <summary id=format!("step-{number}")>
                <span class="step-number" aria-hidden="true">{number}</span>
                <span class="step-name">{name}</span>
                <span class="step-words">{words}</span>
            </summary>
            <div class="step-body">{children()}</div>
        </details>
    }
}
