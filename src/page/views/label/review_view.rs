//! The review of guesses, by keys, clicks or taps.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{
    label_entry::LabelForm,
    predictions::predictions,
    review::{choices, guess},
    view::Focus,
};
use crate::{
    page::{
        components::{
            canvas::thumbnail::{Thumbnail, caption},
            dynamic::{Memo, When, dynamic, effect, handler, memo},
        },
        input::media,
        state::State,
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// What a key or a button of the review does.
enum Act {
    Give(String),
    /// Gives a typed label. The field keeps the focus for the next picture's.
    Type(String),
    Next,
    Back,
    Undo,
}

/// One picture in hand, its likeliest labels, and the way on; nothing until there are labels enough.
#[component]
pub fn Review(focus: Focus) -> impl IntoView {
    let store = Store::expect();
    let section = NodeRef::<html::Section>::new();
    let in_hand = memo(move || store.with(|state| state.labels.review.in_hand()));
    effect(move || {
        let (stage, method) = (focus.stage.get(), focus.method.get());
        let unseen = |state: &State| state.unseen(stage, method).filter(|_| in_hand.get().is_none());
        if store.with(unseen).is_some() {
            store.update(|state| state.review_next(stage, method));
        }
    });
    let offered = memo(move || {
        let at = in_hand.get().map(|id| (focus.stage.get(), focus.method.get(), id));
        store.with(|state| at.map_or(Vec::new(), |(stage, method, id)| choices(state, stage, method, id)))
    });
    let act = Callback::new(move |act: Act| {
        let (stage, method) = (focus.stage.get_untracked(), focus.method.get_untracked());
        let is_typed = matches!(act, Act::Type(_));
        store.update(|state| match act {
            Act::Give(name) | Act::Type(name) => state.review_give(&name, stage, method),
            Act::Next => state.review_next(stage, method),
            Act::Back => state.review_back(),
            Act::Undo => state.review_undo(),
        });
        // The focused button may be gone, and keys continue.
        if let Some(section) = section.get_untracked().filter(|_| !is_typed) {
            section.focus().ok();
        }
    });
    let press = move |event: ev::KeyboardEvent| {
        let is_typing = event.target().is_some_and(|target| target.has_type::<HtmlInputElement>());
        if is_typing && event.key() == "Escape" {
            section.get_untracked().into_iter().for_each(|section| drop(section.focus()));
        }
        if is_typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let chosen = match event.key().as_str() {
            // On a button, Enter presses it.
            "Enter" if event.target() == event.current_target() => store.with_untracked(|state| {
                let (stage, method) = (focus.stage.get_untracked(), focus.method.get_untracked());
                let guess = guess(state, stage, method, in_hand.get_untracked()?)?;
                Some(Act::Give(state.pictures.label_name(guess.label)?.to_owned()))
            }),
            "ArrowRight" => Some(Act::Next),
            "ArrowLeft" => Some(Act::Back),
            "z" | "Z" => Some(Act::Undo),
            key => {
                let place = key.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                place
                    .and_then(|place| offered.with_untracked(|names| names.get(place).cloned()))
                    .map(Act::Give)
            }
        };
        if let Some(chosen) = chosen {
            event.prevent_default();
            act.run(chosen);
        }
    };
    let body = move |id: PictureId| {
        view! {
            <div class="review-body">
                <Thumbnail picture=Some(id) />
                <div class="review-words">
                    <div aria-live="polite">
                        <p class="query-name">{caption(store, id)}</p>
                        <p class="note">
                            {move || store.with(|state| words::standing(state, focus.stage.get(), focus.method.get(), id))}
                        </p>
                    </div>
                    <Choices id offered act />
                </div>
            </div>
        }
        .into_any()
    };
    // It outlives the picture in hand, and keeps the focus.
    let form = move || {
        view! {
            <LabelForm
                name="Label of the picture in review"
                action="Give this label"
                on_submit=move |name| act.run(Act::Type(name.to_owned()))
            />
            <Moves focus act />
        }
    };
    let waiting = move || {
        store.with(|state| {
            let known = focus.method.get().answer(state, focus.stage.get()).is_some();
            let computing = if known { "Every picture has a label." } else { "Training the classifiers…" };
            words::waiting(state, focus.stage.get(), computing)
        })
    };
    let hint = media::hint(
        "Keys: 1 to 9 give a label, Enter accepts the guess, arrows go on and back, Z undoes. Esc leaves the field.",
        "Tap a label to give it. The guess comes first.",
    );
    let ready = memo(move || store.with(State::can_classify));
    let shown = move || {
        ready.get().then(|| {
            view! {
                <section
                    class="review"
                    tabindex="0"
                    role="group"
                    aria-label="Review of guesses"
                    node_ref=section
                    on:keydown=handler(press)
                >
                    <h2>"Review the least certain guesses"</h2>
                    <p class="note">{hint}</p>
                    {dynamic(move || match in_hand.get() {
                        Some(id) => body(id),
                        None => view! { <p class="note">{waiting}</p> }.into_any(),
                    })}
                    <When holds=move || in_hand.get().is_some()>{form()}</When>
                </section>
            }
        })
    };
    dynamic(shown)
}

/// The likeliest labels of the picture in hand, each with its key.
#[component]
fn Choices(id: PictureId, offered: Memo<Vec<String>>, act: Callback<Act>) -> impl IntoView {
    let store = Store::expect();
    let choice = move |(place, name): (usize, String)| {
        let (shown, given) = (name.clone(), name.clone());
        let is_given = move || store.with(|state| state.typed_name(id) == Some(given.as_str()));
        view! {
            <button
                class="pill"
                type="button"
                aria-keyshortcuts=(place + 1).to_string()
                aria-pressed=move || is_given().to_string()
                on:click=handler(move |_| act.run(Act::Give(name.clone())))
            >
                <kbd aria-hidden="true">{place + 1}</kbd>
                {shown}
            </button>
        }
    };
    view! {
        <div class="presets" role="group" aria-label="Likeliest labels">
            {dynamic(move || offered.get().into_iter().enumerate().map(choice).collect_view())}
        </div>
    }
}

/// Buttons that go on, back and undo, and the number of pictures that are left.
#[component]
fn Moves(focus: Focus, act: Callback<Act>) -> impl IntoView {
    let store = Store::expect();
    let button = move |name: &'static str, can: fn(&State) -> bool, made: fn() -> Act| {
        view! {
            <button
                class="button"
                type="button"
                disabled=move || !store.with(can)
                on:click=handler(move |_| act.run(made()))
            >
                {name}
            </button>
        }
    };
    let reviewed = move || {
        store.with(|state| {
            let left = predictions(state, focus.stage.get(), focus.method.get()).len();
            format!("{} reviewed, {} left.", words::count(state.labels.review.reviewed()), words::count(left))
        })
    };
    view! {
        <div class="review-moves">
            {button("Previous", |state| state.labels.review.can_go_back(), || Act::Back)}
            {button("Skip", |_| true, || Act::Next)}
            {button("Undo label", |state| state.labels.review.reviewed() > 0, || Act::Undo)}
            <span class="note" aria-live="polite">{reviewed}</span>
        </div>
    }
}
