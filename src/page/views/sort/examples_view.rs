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
        store::Store,
        timing, words,
    },
    protocol::PictureId,
};

/// Number of results shown at first, and added by each press.
const SHOWN: usize = 40;

/// The examples, and the other pictures sorted by them.
#[component]
pub fn SearchByExamples() -> impl IntoView {
    let store = Store::expect();
    let selected = memo(move || store.with(|state| state.selection.iter().collect::<Vec<_>>()));
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
            "Mark a few pictures that you want, and a few that you don’t: the others are sorted by the network’s embeddings. In the results, the keys + and − mark the picture in focus."
        </p>
        <div class="buttons">
            {judge("Want the selected", Opinion::Wanted)}
            {judge("Don’t want the selected", Opinion::Unwanted)}
        </div>
        <Judged name="Wanted" opinion=Opinion::Wanted />
        <Judged name="Not wanted" opinion=Opinion::Unwanted />
        <Results />
    }
}

/// The examples of an opinion.
#[component]
fn Judged(name: &'static str, opinion: Opinion) -> impl IntoView {
    let store = Store::expect();
    let examples = memo(move || store.with(|state| state.examples(opinion)));
    let example = move |id: PictureId| {
        let forget = move |_: ev::MouseEvent| store.update(|state| state.judge(&[id], None));
        view! {
            <div class="candidate">
                <Member id order=examples />
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
    view! {
        <When holds=move || examples.with(|examples| !examples.is_empty())>
            <section class="sort-part">
                <h2>{name}</h2>
                <div class="strip-cells decided">
                    {keyed(move || examples.get(), PictureId::to_string, example)}
                </div>
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
            if state.results.latest().is_none() {
                "There are no embeddings yet.".to_owned()
            } else if state.examples(Opinion::Wanted).is_empty() {
                "Select pictures in the gallery or on the map, then press “Want the selected”.".to_owned()
            } else {
                "No other pictures are left.".to_owned()
            }
        })
    };
    // The next picture takes the place of the one that was marked.
    let mark = move |id: PictureId, opinion: Opinion| {
        let place = order.with_untracked(|order| order.iter().position(|other| *other == id));
        store.update(|state| state.judge(&[id], Some(opinion)));
        timing::next_frame(move || {
            let next = cells.get_untracked().zip(place).and_then(|(cells, place)| {
                let next = format!(".candidate:nth-child({}) .near", place + 1);
                cells.query_selector(&next).ok()??.dyn_into::<HtmlElement>().ok()
            });
            next.map(|next| next.focus());
        });
    };
    let result = move |(id, similarity): (PictureId, f32)| {
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
        let key = move |event: ev::KeyboardEvent| match event.key().as_str() {
            "+" => mark(id, Opinion::Wanted),
            "-" | "−" => mark(id, Opinion::Unwanted),
            _ => {}
        };
        view! {
            <div class="candidate" on:keydown=handler(key)>
                <Member id order remark=words::similarity(similarity) />
                <span class="buttons">
                    {button("+", "Want", Opinion::Wanted)} {button("−", "Don’t want", Opinion::Unwanted)}
                </span>
            </div>
        }
    };
    let first = move || found.with(|found| found.iter().take(shown.get()).copied().collect::<Vec<_>>());
    view! {
        <section class="sort-part">
            <h2>"Found"</h2>
            <p class="note" aria-live="polite">{words}</p>
            <div class="strip-cells decided" node_ref=cells>
                {keyed(first, |(id, similarity)| format!("{id} {similarity}"), result)}
            </div>
            <More shown step=SHOWN total=Signal::derive(move || found.with(Vec::len)) />
        </section>
    }
}
