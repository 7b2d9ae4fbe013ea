//! The control that accepts all guesses of some confidence at once.

use leptos::{ev, prelude::*};

use super::{
    accept::{DEFAULT_CONFIDENCE, confident_guesses, expected_error},
    predictions::predictions,
    view::Focus,
};
use crate::page::{
    components::{
        controls::Slider,
        dynamic::{When, handler, memo},
    },
    store::Store,
    words,
};

/// A confidence, the expected error of guesses of at least that, and a button that accepts them.
#[component]
pub fn Accept(focus: Focus) -> impl IntoView {
    let store = Store::expect();
    let least = RwSignal::new(DEFAULT_CONFIDENCE);
    let at = move || (focus.stage.get(), focus.method.get(), least.get());
    let found = memo(move || store.with(|state| confident_guesses(state, at().0, at().1, at().2)));
    let any = Signal::derive(move || store.with(|state| !predictions(state, at().0, at().1).is_empty()));
    let accept = move |_: ev::MouseEvent| {
        let (stage, method) = (focus.stage.get_untracked(), focus.method.get_untracked());
        store.update(|state| state.accept_confident(stage, method, least.get_untracked()));
    };
    view! {
        <When holds=any>
            <section class="labels-entry" aria-label="Guesses of some confidence">
                <Slider
                    name="Accept guesses at least this sure"
                    label="Least confidence of the guesses to accept"
                    value=Signal::derive(move || least.get())
                    words=Signal::derive(move || words::percent(least.get()))
                    step="0.01"
                    on_input=move |value| least.set(value)
                />
                <p class="note" aria-live="polite">{move || found.with(expected_error)}</p>
                <button
                    class="button"
                    type="button"
                    disabled=move || found.with(|found| found.guesses.is_empty())
                    on:click=handler(accept)
                >
                    {move || found.with(|found| format!("Accept these {}", words::count(found.guesses.len())))}
                </button>
            </section>
        </When>
    }
}
