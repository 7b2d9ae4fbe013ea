//! The header: name, slogan, tour, Export, Share and the settings of the page.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::{
    address, export_menu::ExportMenu, footer::Environment, theme::ThemeSwitch, tour_card::TourButton,
};
use crate::page::{
    components::{
        controls::clipboard,
        dynamic::{dynamic, effect, handler},
    },
    files::remote::address_of,
    state::{Engine, State},
    store::Store,
    timing, words,
};

/// The header.
#[component]
pub fn Masthead() -> impl IntoView {
    let store = Store::expect();
    let embed = store.with_untracked(|state| *state.embed);
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
                <ExportMenu />
                <Share />
                <PageSettings />
            </div>
        </header>
    }
}

/// A link from the small page to the whole one, in its present state.
#[component]
fn WholePage() -> impl IntoView {
    let store = Store::expect();
    let whole = Signal::derive(move || store.with(|state| address_of(&address::shared(state))));
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

/// A button that copies a link with the same settings.
#[component]
pub fn Share() -> impl IntoView {
    let store = Store::expect();
    let report = RwSignal::new(None);
    let by_hand = RwSignal::new(None);
    let button = NodeRef::<html::Button>::new();
    let share = move |_| {
        let link = store.with_untracked(|state| address_of(&address::shared(state)));
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
