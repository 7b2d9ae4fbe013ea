//! A button for irreversible actions, which acts when it is pressed a second time.

use leptos::prelude::*;

use crate::page::components::dynamic::handler;

/// A button that asks for a second press, and returns to its first state when it loses the focus.
#[component]
pub fn Twice(
    /// Text of the button.
    name: &'static str,
    /// Text after the first press.
    again: &'static str,
    /// CSS classes.
    class: &'static str,
    /// Whether the button is disabled.
    #[prop(into, default = Signal::stored(false))]
    disabled: Signal<bool>,
    /// Action of the second press.
    on_sure: impl Fn() + Send + 'static,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    let press = move |_| {
        let sure = asked.get_untracked();
        asked.set(!sure);
        if sure {
            on_sure();
        }
    };
    view! {
        <button
            class=class
            type="button"
            disabled=move || disabled.get()
            on:click=handler(press)
            on:blur=handler(move |_| asked.set(false))
        >
            {move || if asked.get() { again } else { name }}
        </button>
    }
}
