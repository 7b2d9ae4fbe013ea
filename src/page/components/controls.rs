//! Controls for settings.

pub mod clipboard;
pub mod details;
pub mod explain;
pub mod file_button;
pub mod select;
pub mod twice;

use leptos::{ev, prelude::*};
use web_sys::HtmlInputElement;

use super::{controls::explain::Explain, dynamic::handler};
use crate::{
    page::{store::Store, words::glossary::Term},
    settings::{Range, field::Number},
};

/// A slider with its name and its value in words.
#[component]
pub fn Slider(
    /// Name of the slider.
    name: &'static str,
    /// Accessible name, which is understood without the surroundings.
    #[prop(into)]
    label: String,
    /// Present value.
    #[prop(into)]
    value: Signal<f32>,
    /// Value in words.
    #[prop(into)]
    words: Signal<String>,
    /// Least value.
    #[prop(optional)]
    min: f32,
    /// Greatest value.
    #[prop(into, default = 1.0.into())]
    max: Signal<f32>,
    /// Distance between values.
    #[prop(default = "0.05")]
    step: &'static str,
    /// Whether a value is reported only once the slider is released.
    #[prop(optional)]
    at_rest: bool,
    /// Callback for the value that the user sets.
    on_input: impl Fn(f32) + Send + Sync + 'static,
) -> impl IntoView {
    let on_input = Callback::new(on_input);
    let take = move |event: ev::Event| on_input.run(number(&event) as f32);
    view! {
        <label class="slider">
            <span class="slider-name">{name}</span>
            <output class="slider-words">{words}</output>
            <input
                type="range"
                min=min.to_string()
                max=move || max.get().to_string()
                step=step
                aria-label=label
                aria-valuetext=words
                prop:value=move || value.get().to_string()
                on:input=handler(move |event: ev::Event| {
                    if !at_rest {
                        take(event);
                    }
                })
                on:change=handler(move |event: ev::Event| {
                    if at_rest {
                        take(event);
                    }
                })
            />
        </label>
    }
}

/// Returns the number in an input; NaN if there is none.
fn number(event: &ev::Event) -> f64 {
    event_target::<HtmlInputElement>(event).value_as_number()
}

/// A field for a number; one outside its limits is moved to the nearest limit, and a sentence says
/// so.
#[component]
pub fn NumberField(
    /// The setting.
    setting: &'static Number,
    /// Explanation of the setting.
    term: Term,
    /// Callback for the value that the user sets, if more than the setting changes.
    #[prop(optional, into)]
    on_change: Option<Callback<f64>>,
) -> impl IntoView {
    let store = Store::expect();
    let value = Signal::derive(move || store.with(|state| setting.get(&state.settings)));
    let (name, range, whole) = (setting.label, setting.limits(), setting.is_whole);
    let change = move |event: ev::Event| {
        let typed = number(&event);
        let number = range.clamp(if typed.is_nan() { value.get_untracked() } else { typed });
        let number = if whole { number.trunc() } else { number };
        if typed != number {
            let Range { min, max } = range;
            store.update(|state| {
                state.notify(format!("{name} must be between {min} and {max}; it was set to {number}."));
            });
        }
        event_target::<HtmlInputElement>(&event).set_value(&number.to_string());
        match on_change {
            Some(on_change) => on_change.run(number),
            None => store.edit(|settings| setting.set(settings, number)),
        }
    };
    view! {
        <div class="field">
            <label>
                <span class="field-name">{name}</span>
                <input
                    type="number"
                    min=range.min.to_string()
                    max=range.max.to_string()
                    step=if whole { "1" } else { "any" }
                    prop:value=move || value.get().to_string()
                    on:change=handler(change)
                />
            </label>
            <Explain term />
        </div>
    }
}

/// A choice of one of a few values.
#[component]
pub fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    /// Legend of the choice.
    legend: &'static str,
    /// Name that distinguishes it from the page's other choices.
    name: &'static str,
    /// Values and their names.
    options: &'static [(&'static str, T)],
    /// Chosen value; `None` if it is none of the options.
    value: impl Fn() -> Option<T> + Send + Sync + 'static,
    /// Callback for the value that the user chooses.
    on_change: impl Fn(T) + Send + Sync + 'static,
    /// Term that is explained beside it.
    #[prop(optional, into)]
    term: Option<Term>,
) -> impl IntoView {
    let chosen = move || options.iter().position(|(_, option)| Some(*option) == value());
    let choose = move |place: usize| on_change(options[place].1);
    let names = options.iter().map(|(name, _)| *name).collect();
    // The part independent of the type is compiled once.
    view! { <PlaceChoice legend name names chosen=Signal::derive(chosen) on_change=Callback::new(choose) term /> }
}

/// A choice of one of a few names, by its index.
#[component]
fn PlaceChoice(
    legend: &'static str,
    name: &'static str,
    names: Vec<&'static str>,
    chosen: Signal<Option<usize>>,
    on_change: Callback<usize>,
    term: Option<Term>,
) -> impl IntoView {
    let option = move |(place, text): (usize, &'static str)| {
        view! {
            <label class="option">
                <input
                    type="radio"
                    name=name
                    prop:checked=move || chosen.get() == Some(place)
                    on:change=handler(move |_| on_change.run(place))
                />
                <span>{text}</span>
            </label>
        }
    };
    let choice = view! {
        <fieldset class="choice">
            <legend>{legend}</legend>
            <div class="options">{names.into_iter().enumerate().map(option).collect_view()}</div>
        </fieldset>
    };
    match term {
        Some(term) => view! { <div class="field-with-term">{choice} <Explain term /></div> }.into_any(),
        None => choice.into_any(),
    }
}
