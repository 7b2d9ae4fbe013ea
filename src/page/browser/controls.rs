//! The controls that settings are made with.

use leptos::{ev, prelude::*};

use super::{explain::Explain, session::Session};
use crate::{page::terms::Term, settings::Range};

/// A slider with its value in words beside its name.
#[component]
pub fn Slider(
    /// Its name.
    name: &'static str,
    /// Names it to those who do not see what surrounds it.
    #[prop(into)]
    label: String,
    /// Its value.
    #[prop(into)]
    value: Signal<f32>,
    /// The value in words.
    #[prop(into)]
    words: Signal<String>,
    /// The distance between values, out of 1.
    #[prop(default = "0.05")]
    step: &'static str,
    /// Takes the value that the user sets.
    on_input: impl Fn(f32) + 'static,
) -> impl IntoView {
    let input = move |event: ev::Event| {
        if let Ok(value) = event_target_value(&event).parse() {
            on_input(value);
        }
    };
    view! {
        <label class="slider">
            <span class="slider-name">{name}</span>
            <output class="slider-words">{words}</output>
            <input
                type="range"
                min="0"
                max="1"
                step=step
                aria-label=label
                aria-valuetext=words
                prop:value=move || value.get().to_string()
                on:input=input
            />
        </label>
    }
}

/// A number that is typed; one outside its limits moves to the nearest limit, and a
/// sentence says so.
#[component]
pub fn NumberField(
    /// Its name.
    name: &'static str,
    /// What it means.
    term: Term,
    /// Its value.
    #[prop(into)]
    value: Signal<f64>,
    /// Its limits.
    range: Range<f64>,
    /// The distance between values that the arrows go through; "any" where there is none.
    step: &'static str,
    /// Takes the value that the user sets.
    on_change: impl Fn(f64) + 'static,
) -> impl IntoView {
    let session = Session::expect();
    let change = move |event: ev::Event| {
        let typed = event_target_value(&event).parse().ok();
        let number = range.clamp(typed.unwrap_or(value.get_untracked()));
        let number = if step == "1" { number.trunc() } else { number };
        if typed != Some(number) {
            let Range { min, max } = range;
            session.change(|state| {
                state.notify(format!("{name}: a number from {min} to {max} is wanted; it is {number} now."));
            });
        }
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&number.to_string());
        on_change(number);
    };
    view! {
        <div class="field">
            <label>
                <span class="field-name">{name}</span>
                <input
                    type="number"
                    min=range.min.to_string()
                    max=range.max.to_string()
                    step=step
                    prop:value=move || value.get().to_string()
                    on:change=change
                />
            </label>
            <Explain term />
        </div>
    }
}

/// A small count that is typed; one outside its limits moves to the nearest limit.
#[component]
pub fn CountField(
    /// Its name.
    name: &'static str,
    /// Its value.
    value: RwSignal<u32>,
    /// Its limits.
    range: Range<u32>,
) -> impl IntoView {
    let change = move |event: ev::Event| {
        let number = event_target_value(&event).parse().unwrap_or(value.get_untracked());
        let number = range.clamp(number);
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&number.to_string());
        value.set(number);
    };
    view! {
        <label class="count">
            <span>{name}</span>
            <input
                type="number"
                min=range.min.to_string()
                max=range.max.to_string()
                step="1"
                prop:value=move || value.get().to_string()
                on:change=change
            />
        </label>
    }
}

/// A few values of which one is chosen.
#[component]
pub fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    /// Names the choice.
    legend: &'static str,
    /// Keeps it apart from the page's other choices.
    name: &'static str,
    /// The values and their names.
    options: &'static [(&'static str, T)],
    /// The chosen value; `None` where it is none of the options.
    #[prop(into)]
    value: Signal<Option<T>>,
    /// Takes the value that the user chooses.
    on_change: impl Fn(T) + Copy + 'static,
) -> impl IntoView {
    let option = move |(text, option): &'static (&'static str, T)| {
        view! {
            <label class="option">
                <input
                    type="radio"
                    name=name
                    prop:checked=move || value.get() == Some(*option)
                    on:change=move |_| on_change(*option)
                />
                <span>{*text}</span>
            </label>
        }
    };
    view! {
        <fieldset class="choice">
            <legend>{legend}</legend>
            <div class="options">{options.iter().map(option).collect_view()}</div>
        </fieldset>
    }
}
