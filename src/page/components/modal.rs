//! A dialog over the page.

use leptos::{ev, html, prelude::*};
use web_sys::Element;

use super::dynamic::{effect, handler};

/// A dialog over the page, with its contents and a button to close it.
#[component]
pub fn Modal(
    /// Accessible name.
    label: &'static str,
    /// Classes of the dialog.
    class: &'static str,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Callback for a key.
    on_key: Callback<String>,
    /// Callback for its end.
    on_close: Callback<()>,
    /// Buttons beside the one that closes it.
    buttons: AnyView,
    /// Contents.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let close = NodeRef::<html::Button>::new();
    effect(move || {
        let (Some(dialog), open) = (dialog.get(), open.get()) else { return };
        match (open, dialog.open()) {
            (true, false) => {
                dialog.show_modal().ok();
                // The attribute `autofocus` is an error within a page of another server.
                if let Some(close) = close.get_untracked() {
                    close.focus().ok();
                }
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let key = move |event: ev::KeyboardEvent| {
        // Radio buttons and scrolling panes use arrow keys themselves.
        let target: Element = event_target(&event);
        let is_used = event.key().starts_with("Arrow") && target.matches("input, div[tabindex]") == Ok(true);
        if !is_used {
            on_key.run(event.key());
        }
    };
    view! {
        <dialog
            class=class
            aria-label=label
            node_ref=dialog
            on:keydown=handler(key)
            on:close=handler(move |_| on_close.run(()))
        >
            {children()}
            <div class="buttons">
                {buttons}
                <button
                    class="button primary"
                    type="button"
                    node_ref=close
                    on:click=handler(move |_| on_close.run(()))
                >
                    "Close"
                </button>
            </div>
        </dialog>
    }
}
