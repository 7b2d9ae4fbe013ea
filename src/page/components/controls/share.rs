//! Sharing of a link.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::clipboard;
use crate::page::{
    address,
    components::dynamic::{dynamic, effect, handler},
    store::Store,
    timing, urls,
};

/// A button that copies a link with the same settings.
#[component]
pub fn Share() -> impl IntoView {
    let store = Store::expect();
    let report = RwSignal::new(None);
    let by_hand = RwSignal::new(None);
    let button = NodeRef::<html::Button>::new();
    let share = move |_| {
        let link = store.with_untracked(|state| urls::resolve(&address::shared(state)));
        by_hand.set(None);
        clipboard::copy_or(link, report, move |link| by_hand.set(Some(link)));
    };
    let copied = move || report.get() == Some(true);
    let said = move || {
        let left_out = store.with_untracked(address::left_out);
        let sentences = ["Link copied."].into_iter().chain(left_out).collect::<Vec<_>>();
        if copied() { sentences.join(" ") } else { String::new() }
    };
    let close = move || {
        by_hand.set(None);
        if let Some(button) = button.get_untracked() {
            button.focus().ok();
        }
    };
    view! {
        <div class="share">
            <button class="button" type="button" node_ref=button on:click=handler(share)>
                "Share"
            </button>
            <p class="toast" class:shown=copied aria-live="polite">
                {said}
            </p>
            {dynamic(move || by_hand.get().map(|link| view! { <LinkByHand link close /> }))}
        </div>
    }
}

/// The link, selected, for browsers that do not let the page copy it.
#[component]
fn LinkByHand(link: String, close: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    effect(move || {
        if let Some(field) = field.get() {
            // Once the field is on the page and contains the link.
            timing::next_frame(move || {
                field.focus().ok();
                field.select();
            });
        }
    });
    view! {
        <div
            class="told"
            on:keydown=handler(move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    close();
                }
            })
        >
            <label>
                "The browser did not allow copying. The link is selected: copy it yourself. "
                <input type="text" readonly prop:value=link node_ref=field />
            </label>
            <button class="button" type="button" on:click=handler(move |_| close())>
                "Close"
            </button>
        </div>
    }
}
