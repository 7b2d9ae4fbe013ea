//! The tab Label: classifiers on frozen embeddings predict all other labels.

use std::cell::Cell;

use leptos::prelude::*;

use super::{
    accept_view::Accept,
    confusion_view::ConfusionView,
    label_entry::{LabelEntry, Rename},
    predictions::{Method, score},
    predictions_view::Predictions,
    review_view::Review,
    state::MAX_PER_CLASS,
};
use crate::{
    page::{
        components::{
            controls::{Choice, Slider, explain::Explain},
            dynamic::{Memo, When, dynamic, effect, handler, memo},
            member::Member,
            score_view::ScoreView,
        },
        state::State,
        store::Store,
        views::sort::choose::farthest_first,
        words::{self, glossary},
    },
    protocol::{LabelId, PictureId, Stage},
};

/// Stages in the order of the table.
const STAGES: [Stage; 4] = [Stage::Trained, Stage::Untrained, Stage::Classic, Stage::Pixels];

/// Choices of classifiers.
const METHOD_OPTIONS: &[(&str, Method)] =
    &[named(Method::Probe), named(Method::Vote), named(Method::FineTuned)];

const fn named(method: Method) -> (&'static str, Method) {
    (method.name(), method)
}

/// Filter of the shown predictions.
#[derive(Clone, Copy)]
pub struct Focus {
    /// Stage of the embeddings.
    pub stage: Memo<Stage>,
    /// The classifier.
    pub method: RwSignal<Method>,
    /// True and predicted label; only pictures with both are shown.
    pub cell: RwSignal<Option<(LabelId, LabelId)>>,
}

/// Labels, scores, confusions and predictions.
#[component]
pub fn Label() -> impl IntoView {
    let store = Store::expect();
    let stage = memo(move || store.with(State::shown_stage));
    let focus = Focus { stage, method: RwSignal::new(Method::Probe), cell: RwSignal::new(None) };
    effect(move || {
        // A cell of the table belongs to its stage.
        stage.with(|_| focus.cell.set(None));
    });
    // A result that was waited for is shown once it has arrived.
    let before = Cell::new(None);
    effect(move || {
        let tuned = store.with(|state| state.labels.fine_tuning.result().is_some());
        if before.replace(Some(tuned)) == Some(false) && tuned {
            focus.method.set(Method::FineTuned);
            focus.cell.set(None);
        }
    });
    for stage in STAGES {
        store.keep_asking(move |state| Some(state.classifier_request(stage).into()));
    }
    view! {
        <div class="labels">
            <p class="lead">
                "A simple classifier learns from a few labels and guesses the rest. Labels never train the network. "
                <Explain term=glossary::HELD_OUT />
            </p>
            <ScoreView score=memo(move || store.with(|state| score(state, stage.get(), focus.method.get()))) />
            <Starters />
            <Review focus />
            <Accept focus />
            <LabelEntry focus />
            <div class="labels-worth" hidden=move || store.with(|state| !state.can_classify())>
                <div class="labels-scores">
                    <PerClass />
                    <Scores />
                    <FineTuning />
                    <Choice
                        legend="Classifier"
                        name="labels-method"
                        options=METHOD_OPTIONS
                        value=move || Some(focus.method.get())
                        on_change=move |method| {
                            focus.method.set(method);
                            focus.cell.set(None);
                        }
                    />
                </div>
                <ConfusionView focus />
            </div>
            <Predictions focus />
            <Rename />
        </div>
    }
}

/// Number of pictures offered to begin with.
const STARTERS: usize = 6;

/// A few pictures to name first, unlike each other, until there are labels enough. They stay during training.
#[component]
fn Starters() -> impl IntoView {
    let store = Store::expect();
    let is_due = memo(move || store.with(|state| !state.can_classify() && state.results.latest().is_some()));
    let pictures = memo(move || store.with(|state| state.pictures.len()));
    let order = memo(move || {
        pictures.get();
        if is_due.get() { store.with_untracked(|state| farthest_first(state, STARTERS)) } else { Vec::new() }
    });
    let starter = move |id: PictureId| view! { <Member id order /> };
    view! {
        <When holds=move || order.with(|order| !order.is_empty())>
            <section class="starters">
                <h2>"Name these"</h2>
                <p class="note">"They differ most. Click one, and type what it shows. Two labels are enough to begin."</p>
                <div class="starter-cells">
                    {dynamic(move || order.get().into_iter().map(starter).collect_view())}
                </div>
            </section>
        </When>
    }
}

/// The number of pictures per label whose labels are given; without a choice if no picture came with
/// one.
#[component]
fn PerClass() -> impl IntoView {
    let store = Store::expect();
    let useful = Signal::derive(move || store.with(|state| state.has_labels()));
    let value = move || store.with(|state| state.labels.per_class());
    let words = move || match value() {
        0 => "only typed ones".to_owned(),
        count => count.to_string(),
    };
    view! {
        <When holds=useful>
            <Slider
                name="Examples per label"
                label="Examples per label"
                value=Signal::derive(move || value() as f32)
                words=Signal::derive(words)
                max=MAX_PER_CLASS as f32
                step="1"
                at_rest=true
                on_input=move |count| store.update(|state| state.give_labels(count as u32))
            />
        </When>
    }
}

/// The accuracy of each classifier on each stage's embeddings.
#[component]
fn Scores() -> impl IntoView {
    let store = Store::expect();
    let split = Signal::derive(move || {
        store.with(|state| {
            let known = STAGES.into_iter().find_map(|stage| state.classification(stage));
            match known {
                Some(classification) => words::split_in_words(state, classification),
                None if state.can_classify() => {
                    words::waiting(state, Stage::Untrained, "Training the classifiers…")
                }
                None => words::LACKING.to_owned(),
            }
        })
    });
    let row = move |stage: Stage| {
        view! {
            <tr>
                <th scope="row">{move || row_name(store, stage)}</th>
                <td>{move || accuracy(store, stage, Method::Probe)}</td>
                <td>{move || accuracy(store, stage, Method::Vote)}</td>
            </tr>
        }
    };
    view! {
        <table class="scores">
            <caption aria-live="polite">{split}</caption>
            <thead>
                <tr>
                    <th scope="col">"Right guesses on " <Explain term=glossary::STAGES /></th>
                    <th scope="col">{Method::Probe.name()} " " <Explain term=glossary::LINEAR_PROBE /></th>
                    <th scope="col">{Method::Vote.name()} " " <Explain term=glossary::KNN_VOTE /></th>
                </tr>
            </thead>
            <tbody>
                {STAGES.map(row).collect_view()}
                <tr>
                    <th scope="row">{Method::FineTuned.name()} " " <Explain term=glossary::FINE_TUNING /></th>
                    <td colspan="2">{move || accuracy(store, Stage::Trained, Method::FineTuned)}</td>
                </tr>
            </tbody>
        </table>
    }
}

fn row_name(store: Store, stage: Stage) -> String {
    store.with(|state| {
        let step = state.classification(stage).map(|classification| classification.step);
        words::stage_at(state, stage, step)
    })
}

fn accuracy(store: Store, stage: Stage, method: Method) -> String {
    let share = store.with(|state| method.accuracy(state, stage));
    share.map_or("–".to_owned(), |share| format!("{:.1}%", share * 100.0))
}

/// A control for fine-tuning a copy of the network on the labels.
#[component]
fn FineTuning() -> impl IntoView {
    let store = Store::expect();
    let progress = move || store.with(|state| state.labels.fine_tuning.progress());
    let lacking = move || store.with(|state| !state.can_classify() || state.results.latest().is_none());
    let tuned = move || {
        store.with(|state| {
            let step = words::counted(state.labels.fine_tuning.result()?.step as usize, "step");
            Some(if state.labels.fine_tuning.is_outdated() {
                "Fine-tuned before your last correction. Fine-tune again?".to_owned()
            } else {
                format!("Fine-tuned after {step} of training.")
            })
        })
    };
    let words = Signal::derive(move || match progress() {
        Some((done, total)) if total > 0 => format!("step {done} of {total}"),
        Some(_) => "Starting…".to_owned(),
        None => tuned().unwrap_or_default(),
    });
    view! {
        <div class="tuning">
            <button
                class="button"
                type="button"
                disabled=move || lacking() || progress().is_some()
                on:click=handler(move |_| store.update(State::fine_tune))
            >
                "Fine-tune"
            </button>
            <p class="note">{words}</p>
            <When holds=move || progress().is_some()>
                <button class="button quiet" type="button" on:click=handler(move |_| store.update(State::stop_tuning))>
                    "Stop fine-tuning"
                </button>
            </When>
        </div>
    }
}
