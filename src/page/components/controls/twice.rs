//! A button for what cannot be taken back: it acts when it is pressed a second time.

use leptos::prelude::*;

use crate::page::components::dynamic::handler;

/// The button. It forgets that it was pressed once when the focus goes elsewhere.
#[component]
pub fn Twice(
    /// What it is called.
    name: &'static str,
    /// What it is called after the first press.
    again: &'static str,
    /// The classes of its looks.
    class: &'static str,
    /// Whether it cannot be pressed.
    #[prop(into, default = Signal::stored(false))]
    disabled: Signal<bool>,
    /// What it does.
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
