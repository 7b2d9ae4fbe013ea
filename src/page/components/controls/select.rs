//! A choice of a name from a list that may be long and may change.

use leptos::{ev, prelude::*};

use crate::page::components::dynamic::{effect, handler, keyed};

/// A list of names, one of which can be chosen, or none.
#[component]
pub fn Select(
    /// Accessible name.
    label: &'static str,
    /// Text of the choice of none.
    none: &'static str,
    /// Text of the empty name, if that is among the names.
    #[prop(optional)]
    nameless: &'static str,
    /// The names.
    #[prop(into)]
    names: Signal<Vec<String>>,
    /// The chosen name.
    #[prop(into)]
    value: Signal<Option<String>>,
    /// Callback for the choice.
    on_change: Callback<Option<String>>,
) -> impl IntoView {
    // A name that is gone can't stay chosen: the browser shows the first option instead.
    effect(move || {
        if value.with(|value| value.as_ref().is_some_and(|value| names.with(|names| !names.contains(value))))
        {
            on_change.run(None);
        }
    });
    // A value begins with a sign, so that the empty name differs from none.
    let chosen = move |event: ev::Event| {
        on_change.run(event_target_value(&event).strip_prefix('=').map(str::to_owned));
    };
    let option = move |name: String| {
        let is_chosen = value.with_untracked(|value| value.as_ref() == Some(&name));
        let key = format!("={name}");
        let text = if name.is_empty() { nameless.to_owned() } else { name };
        view! { <option value=key selected=is_chosen>{text}</option> }
    };
    view! {
        <select class="label-field" aria-label=label on:change=handler(chosen)>
            <option value="">{none}</option>
            {keyed(move || names.get(), String::clone, option)}
        </select>
    }
}
