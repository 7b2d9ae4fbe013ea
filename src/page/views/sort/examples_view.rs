//! Search by examples.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::examples::{Opinion, ranked};
use crate::{
    page::{
        components::{
            canvas::thumbnail::title,
            dynamic::{When, handler, keyed, memo},
            member::Member,
            more::More,
        },
        state::State,
        store::Store,
        timing, words,
    },
    protocol::{PictureId, Stage},
};

/// Number of pictures of a list shown at first, and added by each press.
const SHOWN: usize = 40;

/// The examples, and the other pictures sorted by them.
#[component]
pub fn SearchByExamples() -> impl IntoView {
    let store = Store::expect();
    let selected = memo(move || store.with(|state| state.selection.iter().collect::<Vec<_>>()));
    let any = move || {
        let has = |state: &State, opinion| !state.examples(opinion).is_empty();
        store.with(|state| has(state, Opinion::Wanted) || has(state, Opinion::Unwanted))
    };
    let judge = move |name: &'static str, opinion: Opinion| {
        let press = move |_: ev::MouseEvent| {
            store.update(|state| state.judge(&selected.get_untracked(), Some(opinion)));
        };
        view! {
            <button class="button" type="button" disabled=move || selected.with(Vec::is_empty) on:click=handler(press)>
                {name}
            </button>
        }
    };
    view! {
        <p class="note">
            "Mark a few pictures that you want, and a few that you don’t: the others are sorted by the network’s embeddings. The keys + and − mark the picture in focus, here and in the gallery."
        </p>
        <div class="buttons">
            {judge("Want the selected", Opinion::Wanted)}
            {judge("Don’t want the selected", Opinion::Unwanted)}
            <When holds=any>
                <button class="button quiet" type="button" on:click=handler(move |_| store.update(State::forget_examples))>
                    "Start over"
                </button>
            </When>
        </div>
        <Judged name="Wanted" opinion=Opinion::Wanted />
        <Judged name="Not wanted" opinion=Opinion::Unwanted />
        <Results />
    }
}

/// Moves the focus to the picture at a place of a list, else to the last one, once the list is drawn: the one that was
/// there may have left it.
fn focus(cells: NodeRef<html::Div>, place: usize) {
    timing::next_frame(move || {
        let found = cells.get_untracked().and_then(|cells| {
            let at = format!(".candidate:nth-child({}) .near", place + 1);
            let find = |selector: &str| cells.query_selector(selector).ok().flatten();
            find(&at).or_else(|| find(".candidate:last-child .near"))?.dyn_into::<HtmlElement>().ok()
        });
        found.map(|found| found.focus());
    });
}

/// Returns the place of a picture in a list.
fn place_of(order: Signal<Vec<PictureId>>, id: PictureId) -> usize {
    order.with_untracked(|order| order.iter().position(|other| *other == id).unwrap_or_default())
}

/// The examples of an opinion.
#[component]
fn Judged(name: &'static str, opinion: Opinion) -> impl IntoView {
    let store = Store::expect();
    let examples = memo(move || store.with(|state| state.examples(opinion)));
    let order = Signal::derive(move || examples.get());
    let shown = RwSignal::new(SHOWN);
    let cells = NodeRef::<html::Div>::new();
    let example = move |id: PictureId| {
        let forget = move |_: ev::MouseEvent| {
            let place = place_of(order, id);
            store.update(|state| state.judge(&[id], None));
            focus(cells, place);
        };
        view! {
            <div class="candidate">
                <Member id order />
                <button
                    class="button quiet keep"
                    type="button"
                    aria-label=format!("Forget {}", title(store, id))
                    on:click=handler(forget)
                >
                    "Forget"
                </button>
            </div>
        }
    };
    let first =
        move || examples.with(|examples| examples.iter().take(shown.get()).copied().collect::<Vec<_>>());
    view! {
        <When holds=move || examples.with(|examples| !examples.is_empty())>
            <section class="sort-part">
                <h2>{name}</h2>
                <div class="strip-cells decided" node_ref=cells>
                    {keyed(first, PictureId::to_string, example)}
                </div>
                <More shown step=SHOWN total=Signal::derive(move || examples.with(Vec::len)) />
            </section>
        </When>
    }
}

/// The other pictures, the most similar first.
#[component]
fn Results() -> impl IntoView {
    let store = Store::expect();
    let found = memo(move || store.with(ranked));
    let order =
        Signal::derive(move || found.with(|found| found.iter().map(|(id, _)| *id).collect::<Vec<_>>()));
    let shown = RwSignal::new(SHOWN);
    let cells = NodeRef::<html::Div>::new();
    let words = move || {
        if !found.with(Vec::is_empty) {
            return "The most similar first.".to_owned();
        }
        store.with(|state| {
            if state.examples(Opinion::Wanted).is_empty() {
                "Select pictures in the gallery or on the map, then press “Want the selected”.".to_owned()
            } else {
                words::waiting(state, Stage::Untrained, "No other pictures are known yet.")
            }
        })
    };
    let mark = move |id: PictureId, opinion: Opinion| {
        let place = place_of(order, id);
        store.update(|state| state.judge(&[id], Some(opinion)));
        focus(cells, place);
    };
    let result = move |id: PictureId| {
        let button = move |sign: &'static str, name: &'static str, opinion: Opinion| {
            view! {
                <button
                    class="button quiet keep"
                    type="button"
                    aria-label=format!("{name} {}", title(store, id))
                    on:click=handler(move |_: ev::MouseEvent| mark(id, opinion))
                >
                    {sign}
                </button>
            }
        };
        let key = move |event: ev::KeyboardEvent| {
            let opinion = match event.key().as_str() {
                "+" | "=" => Opinion::Wanted,
                "-" | "−" => Opinion::Unwanted,
                _ => return,
            };
            // With Control, these keys zoom the page.
            if !(event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat()) {
                event.prevent_default();
                mark(id, opinion);
            }
        };
        view! {
            <div class="candidate" on:keydown=handler(key)>
                <Member id order />
                <span class="buttons">
                    {button("+", "Want", Opinion::Wanted)} {button("−", "Don’t want", Opinion::Unwanted)}
                </span>
            </div>
        }
    };
    let first = move || order.with(|order| order.iter().take(shown.get()).copied().collect::<Vec<_>>());
    view! {
        <section class="sort-part">
            <h2>"Found"</h2>
            <p class="note" aria-live="polite">{words}</p>
            <div class="strip-cells decided" node_ref=cells>
                {keyed(first, PictureId::to_string, result)}
            </div>
            <More shown step=SHOWN total=Signal::derive(move || found.with(Vec::len)) />
        </section>
    }
}
