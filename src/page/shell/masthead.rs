//! The header: name, slogan, tour, Export, Share and the settings of the page.

use leptos::prelude::*;

use super::{footer::Environment, theme::ThemeSwitch, tour_card::TourButton};
use crate::page::{
    address,
    components::menu::{self, Menu},
    state::{Engine, State},
    store::Store,
    urls, words,
};

/// The header.
#[component]
pub fn Masthead() -> impl IntoView {
    let store = Store::expect();
    let embed = store.with_untracked(|state| state.extent.is_part());
    view! {
        <header class="masthead">
            <h1 class="name">
                <svg class="mark" viewBox="0 0 32 20" aria-hidden="true">
                    <circle cx="10" cy="10" r="9"></circle>
                    <circle cx="22" cy="10" r="9"></circle>
                </svg>
                "Likeness"
            </h1>
            <p class="promise">"Learns which pictures are alike, with no labels and nothing uploaded"</p>
            {embed.then(|| view! { <WholePage /> })}
            <div class="masthead-tools">
                <TourButton />
                <Menu name="Export" id=menu::EXPORT contents=|rooms| (rooms.exports)() />
                <Menu name="Share" id=menu::SHARE contents=|rooms| (rooms.share)() />
                <PageSettings />
            </div>
        </header>
    }
}

/// A link from the small page to the whole one, in its present state.
#[component]
fn WholePage() -> impl IntoView {
    let store = Store::expect();
    let whole = Signal::derive(move || store.with(|state| urls::resolve(&address::shared(state))));
    view! {
        <a class="whole-page" href=whole target="_blank" rel="noopener">
            "Open the whole page"
        </a>
    }
}

/// The device that computes, the theme and the diagnostics, behind one button.
#[component]
fn PageSettings() -> impl IntoView {
    let store = Store::expect();
    let read = move |view: fn(&State) -> String| move || store.with(view);
    let share = move || {
        store.with(|state| match *state.engine {
            Engine::Loading { received, total: Some(total) } => Some((received / total).min(1.0)),
            _ => None,
        })
    };
    view! {
        <button
            class="chip"
            type="button"
            popovertarget="page-settings"
            aria-label=move || store.with(|state| format!("{}: device and theme", words::engine(&state.engine)))
            title=read(|state| words::engine_reason(&state.engine))
            class:loading=move || store.with(|state| matches!(*state.engine, Engine::Loading { .. }))
        >
            <span class="chip-light" class:ready=move || store.with(|state| state.engine.environment().is_some())></span>
            <span class="chip-words">{read(|state| words::engine(&state.engine))}</span>
            <span class="chip-progress" style:width=move || format!("{}%", share().unwrap_or(0.0) * 100.0)></span>
        </button>
        <div class="explanation menu" popover="auto" id="page-settings">
            <h2>"Device"</h2>
            <p>{read(|state| words::engine_reason(&state.engine))}</p>
            <h2>"Theme"</h2>
            <ThemeSwitch />
            <h2>"Diagnostics"</h2>
            <Environment />
        </div>
    }
}
