//! The end of a run: what changed, in pictures.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::model::{Improved, Reveal};
use crate::{
    page::{
        components::{
            canvas::thumbnail::{Thumbnail, title},
            dynamic::{When, dynamic, handler, memo},
            menu,
        },
        lazy::loader::room,
        state::{State, Tab},
        store::Store,
        words,
    },
    protocol::PictureId,
    settings::Images,
};

/// Id of the button that shows and hides the results.
const BUTTON: &str = "what-changed";

/// Selector of the rail's file picker.
const PICKER: &str = "input[type=file][multiple]";

/// Maximum number of characters of a picture's name.
const MOST_CHARACTERS: usize = 40;

/// A small button that shows the results of a run that has ended, or hides them.
#[component]
pub fn RevealButton() -> impl IntoView {
    let store = Store::expect();
    let reveal = memo(move || store.with(|state| *state.reveal));
    let toggle = move |_| {
        store.update(|state| {
            let next = if *state.reveal == Reveal::Open { Reveal::Folded } else { Reveal::Open };
            state.reveal.set(next);
        });
    };
    dynamic(move || {
        matches!(reveal.get(), Reveal::Folded | Reveal::Open).then(|| {
            view! {
                <button
                    class="button quiet"
                    type="button"
                    id=BUTTON
                    aria-expanded=(reveal.get() == Reveal::Open).to_string()
                    on:click=handler(toggle)
                >
                    "What changed"
                </button>
            }
        })
    })
}

/// The results of a run that has ended, until folded.
#[component]
pub fn RevealPanel() -> impl IntoView {
    let store = Store::expect();
    let is_open = Signal::derive(move || store.with(|state| *state.reveal == Reveal::Open));
    view! { <When holds=is_open>{room(|rooms| (rooms.reveal)())}</When> }
}

/// What a run changed. It never takes the focus.
#[component]
pub fn Changes() -> impl IntoView {
    let store = Store::expect();
    let panel = NodeRef::<html::Section>::new();
    let fold = move || {
        let focused = document().active_element();
        let is_within = panel.get_untracked().is_some_and(|panel| panel.contains(focused.as_deref()));
        store.update(State::fold_reveal);
        if is_within && let Some(button) = document().get_element_by_id(BUTTON) {
            button.unchecked_into::<HtmlElement>().focus().ok();
        }
    };
    let listener = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            fold();
        }
    });
    on_cleanup(move || listener.remove());
    let changes = memo(move || store.with(State::changes));
    dynamic(move || {
        changes.get().map(|changes| {
            view! {
                <section class="reveal" aria-labelledby="reveal-heading" node_ref=panel>
                    <div class="reveal-head">
                        <h2 id="reveal-heading">"What training changed"</h2>
                        <button class="dismiss" type="button" aria-label="Hide what training changed" on:click=handler(move |_| fold())>
                            "×"
                        </button>
                    </div>
                    <p>{changes.sentence}</p>
                    <ul class="reveal-pictures">
                        {changes.pictures.into_iter().map(|improved| card(store, improved)).collect_view()}
                    </ul>
                    <div class="buttons">
                        <button class="button primary" type="button" on:click=handler(move |_| store.update(|state| state.choose_tab(Tab::Explore)))>
                            "Explore"
                        </button>
                        {next(store)}
                        <button class="button" type="button" popovertarget=menu::SHARE>
                            "Share"
                        </button>
                    </div>
                </section>
            }
        })
    })
}

/// The button for what comes next: the visitor's own pictures, or what can be done with them.
fn next(store: Store) -> impl IntoView {
    let own = store.with_untracked(|state| state.settings.images == Images::Own);
    let act = move |_| {
        if own {
            store.update(|state| state.choose_tab(Tab::Sort));
        } else if let Some(picker) = document().query_selector(PICKER).ok().flatten() {
            picker.unchecked_into::<HtmlElement>().click();
        }
    };
    let name = if own { "Sort them" } else { "Try your own photos" };
    view! { <button class="button" type="button" on:click=handler(act)>{name}</button> }
}

/// A picture with its nearest before and now; pressing it shows them in Explore.
fn card(store: Store, Improved { picture, rows, sentence }: Improved) -> impl IntoView {
    let explore = move |_| {
        store.update(|state| {
            state.select(picture);
            state.choose_tab(Tab::Explore);
        });
    };
    let row = |(name, row): (&'static str, Vec<(PictureId, bool)>)| {
        let near = |(id, counts): (PictureId, bool)| {
            view! { <span class="near" class:other=!counts><Thumbnail picture=Some(id) /></span> }
        };
        view! {
            <p class="note">{name}</p>
            <div class="reveal-row">{row.into_iter().map(near).collect_view()}</div>
        }
    };
    view! {
        <li>
            <button class="reveal-picture" type="button" title="Explore what is nearest" on:click=handler(explore)>
                <Thumbnail picture=Some(picture) />
                <span>{words::elide_middle(&title(store, picture), MOST_CHARACTERS)}</span>
            </button>
            <p class="reveal-change">{sentence}</p>
            {["Before training", "Now"].into_iter().zip(rows).map(row).collect_view()}
        </li>
    }
}
