//! The predictions for the held-out pictures, least confident first.

use leptos::{ev, prelude::*};
use web_sys::Element;

use super::{
    label_entry::MAX_OFFERED,
    predictions::{Prediction, compared, predictions},
    view::Focus,
};
use crate::{
    page::{
        components::{
            canvas::thumbnail::{Thumbnail, title},
            controls::explain::Explain,
            dynamic::{Memo, When, effect, handler, keyed, memo},
            more::More,
        },
        input::selection_range,
        state::State,
        store::Store,
        words::{self, glossary},
    },
    protocol::{LabelId, PictureId},
};

/// Number of predictions shown at first, and added by each press.
const PORTION: usize = 40;

/// The predictions, each of which can be focused or accepted; folded until a cell of the confusion
/// matrix is chosen.
#[component]
pub fn Predictions(focus: Focus) -> impl IntoView {
    let store = Store::expect();
    let shown = RwSignal::new(PORTION);
    let all = memo(move || {
        let cell = focus.cell.get();
        store.with(|state| {
            let (stage, method) = (focus.stage.get(), focus.method.get());
            let Some((truth, label)) = cell else { return predictions(state, stage, method) };
            let mut found = compared(state, stage, method);
            found.retain(|guess| (guess.truth, guess.label) == (Some(truth), label));
            found
        })
    });
    let count = move || all.with(Vec::len);
    let heading = Signal::derive(move || store.with(|state| heading(state, focus.cell.get(), count())));
    let first = move || all.with(|all| all.iter().take(shown.get()).copied().collect::<Vec<_>>());
    // A renamed label keeps its id.
    let renamings = memo(move || store.with(|state| state.pictures.renamings()));
    let key = move |guess: &Prediction| {
        format!("{} {} {} {}", guess.id, guess.label, guess.confidence, renamings.get())
    };
    let open = RwSignal::new(false);
    effect(move || {
        if focus.cell.get().is_some() {
            open.set(true);
        }
    });
    let toggled = move |event: ev::Event| open.set(event_target::<Element>(&event).has_attribute("open"));
    view! {
        <details
            class="predictions"
            class:empty=move || count() == 0 && focus.cell.get().is_none()
            open=move || open.get()
            on:toggle=handler(toggled)
        >
            <summary>
                <h2>{heading}</h2>
            </summary>
            <div>
            <div class="buttons">
                <Explain term=glossary::CONFIDENCE />
                <When holds=move || focus.cell.get().is_some()>
                    <button class="button quiet" type="button" on:click=handler(move |_| focus.cell.set(None))>
                        "Show all predictions"
                    </button>
                </When>
            </div>
            <div class="prediction-cells">
                {keyed(first, key, move |guess| view! { <Guess guess all /> })}
            </div>
            <More shown step=PORTION total=Signal::derive(count) />
            </div>
        </details>
    }
}

/// Describes the shown predictions: all, or those of a cell of the confusion matrix.
fn heading(state: &State, cell: Option<(LabelId, LabelId)>, count: usize) -> String {
    let Some((truth, label)) = cell else {
        return format!("{}, least confident first ", words::counted(count, "prediction"));
    };
    let [from, to] = [truth, label].map(|label| state.pictures.label_name(label).unwrap_or_default());
    let relation = if from == to { "recognised as".to_owned() } else { format!("{from} taken for") };
    format!("{} {relation} {to} ", words::count(count))
}

/// One prediction: the picture, its predicted label, and the confidence.
#[component]
fn Guess(guess: Prediction, all: Memo<Vec<Prediction>>) -> impl IntoView {
    let store = Store::expect();
    let Prediction { id, label, confidence, truth } = guess;
    let (name, came) = store.with_untracked(|state| {
        let name = |label| state.pictures.label_name(label).unwrap_or_default().to_owned();
        (name(label), truth.filter(|truth| *truth != label).map(name))
    });
    let sure = words::percent(confidence);
    let verdict = came.as_ref().map_or(String::new(), |came| format!(", came with {came}"));
    let picture = title(store, id);
    let described = format!("{picture}: guessed {name}, confidence {sure}{verdict}");
    let accept = format!("Accept {name} for {picture}");
    let guessed = name.clone();
    let pressed = Signal::derive(move || {
        store.with(|state| *state.selected == Some(id) && state.selection.contains(id))
    });
    view! {
        <div class="prediction">
            <div class="near">
                <button
                    class="pick"
                    type="button"
                    title=described.clone()
                    aria-label=described
                    aria-pressed=move || {
                        store.with(|state| state.selection.contains(id)).to_string()
                    }
                    on:click=handler(move |event: ev::MouseEvent| selection_range::choose(store, &event, id, |_| {
                        all.with_untracked(|all| all.iter().map(|guess| guess.id).collect())
                    }))
                >
                    <Thumbnail picture=Some(id) />
                </button>
                <span class="near-label" aria-hidden="true">
                    <span class="near-mark">{if truth == Some(label) { "✓" } else { "" }}</span>
                    {name}
                </span>
                <span class="near-similarity" aria-hidden="true">{sure}</span>
                {came.map(|came| view! { <span class="near-label" aria-hidden="true">"came as " {came}</span> })}
            </div>
            <button
                class="button quiet"
                type="button"
                title=accept.clone()
                aria-label=accept
                on:click=handler(move |_| store.update(|state| state.give_label(id, label)))
            >
                "Accept"
            </button>
        </div>
        <When holds=pressed>
            <Correction id guessed=guessed.clone() />
        </When>
    }
}

/// The other labels, each one click away, below the prediction that was pressed.
#[component]
fn Correction(id: PictureId, guessed: String) -> impl IntoView {
    let store = Store::expect();
    let picture = title(store, id);
    let others: Vec<_> = store.with_untracked(|state| {
        let others = state.label_names().into_iter().filter(|name| *name != guessed);
        others.map(str::to_owned).collect()
    });
    let chip = |name: String| {
        let label = format!("Label {picture} as {name}");
        let shown = name.clone();
        view! {
            <button
                class="pill"
                type="button"
                aria-label=label
                on:click=handler(move |_| {
                    store.update(|state| {
                        if let Some(label) = state.pictures.label_named(&name) {
                            state.give_label(id, label);
                        }
                    });
                })
            >
                {shown}
            </button>
        }
    };
    let few = (1..=MAX_OFFERED).contains(&others.len());
    few.then(|| {
        view! {
            <div class="correction" role="group" aria-label="Correct the guess">
                <span class="note">"Really:"</span>
                {others.into_iter().map(chip).collect_view()}
            </div>
        }
    })
}
