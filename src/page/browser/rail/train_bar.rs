//! The bar that trains, always in reach.

use leptos::prelude::*;

use crate::{
    page::{
        browser::{
            dynamic::{effect, handler, memo},
            explain::Explain,
            session::Session,
        },
        state::{Part, State},
        terms, words,
    },
    protocol::Activity,
    settings::MIN_PICTURES,
};

/// The name of the tab in the browser.
const TITLE: &str = "Likeness: watch a network learn which of your pictures are alike";

/// Train, Pause, Step, Reset, and how far the run is.
#[component]
pub fn TrainBar() -> impl IntoView {
    let session = Session::expect();
    let title = memo(move || session.read([Part::Run, Part::Settings], title));
    effect(move || document().set_title(&title.get()));
    view! {
        <section class="train-bar" aria-label="Training">
            <RunProgress />
            <Buttons />
            <Status />
        </section>
    }
}

#[component]
fn RunProgress() -> impl IntoView {
    let session = Session::expect();
    let share = move || {
        session.read([Part::Run, Part::Settings], |state| {
            (state.run.step() as f32 / state.settings.steps as f32).min(1.0) * 100.0
        })
    };
    view! {
        <div class="run-progress" aria-hidden="true">
            <span style:width=move || format!("{}%", share())></span>
        </div>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let session = Session::expect();
    let running = move || session.read([Part::Run], |state| state.run.running);
    let stuck = memo(move || {
        session.read([Part::Run, Part::Settings, Part::Pictures, Part::Engine], State::training_obstacle)
    });
    let arriving = move || session.read([Part::Intake], |state| state.intake.is_active());
    let at_start = move || session.read([Part::Run], |state| state.run.step() == 0);
    let train = move |_| {
        session.train();
        show_stage();
    };
    view! {
        <div class="train-buttons">
            <button
                class="button primary"
                type="button"
                disabled=move || running() || stuck.get().is_some()
                title=move || stuck.get().unwrap_or_default()
                on:click=handler(train)
            >
                "Train"
            </button>
            <button class="button" type="button" disabled=move || !running() on:click=handler(move |_| session.pause())>
                "Pause"
            </button>
            <button
                class="button"
                type="button"
                disabled=move || running() || stuck.get().is_some() || arriving()
                on:click=handler(move |_| session.step())
            >
                "Step"
            </button>
            <button
                class="button"
                type="button"
                disabled=move || at_start() && !running()
                on:click=handler(move |_| session.reset())
            >
                "Reset"
            </button>
        </div>
    }
}

/// On a phone the stage lies below the steps: brings it into sight.
fn show_stage() {
    let narrow =
        window().match_media("(max-width: 56rem)").ok().flatten().is_some_and(|query| query.matches());
    if let Some(stage) = document().get_element_by_id("stage").filter(|_| narrow) {
        stage.scroll_into_view();
    }
}

/// Step, loss, backend and kNN; speed and time left.
#[component]
fn Status() -> impl IntoView {
    let session = Session::expect();
    let read = move |view: fn(&State) -> String| {
        move || {
            session.read(
                [Part::Run, Part::Settings, Part::Engine, Part::Results, Part::Pictures, Part::Intake],
                view,
            )
        }
    };
    view! {
        <div class="status" role="status" aria-live="off">
            <p class="status-main">{read(progress)} " " <KnnTerm /></p>
            <p class="status-more">{read(activity)}</p>
        </div>
    }
}

/// What kNN means, where there is a score of it.
#[component]
fn KnnTerm() -> impl IntoView {
    let session = Session::expect();
    let scored = Signal::derive(move || {
        session.read([Part::Results, Part::Pictures], |state| {
            let knn = state.results.latest().and_then(|scored| scored.evaluation.knn);
            knn.is_some() && state.has_labels()
        })
    });
    view! { <span hidden=move || !scored.get()><Explain term=terms::KNN /></span> }
}

/// What the tab is called: a tab in the background goes on training, and says how far it is.
fn title(state: &State) -> String {
    if state.run.running && state.run.step() > 0 {
        format!("{} / {} · Likeness", state.run.step(), state.settings.steps)
    } else {
        TITLE.to_owned()
    }
}

/// `step 120 / 500 · loss 3.21 · kNN 0.61`.
fn progress(state: &State) -> String {
    let mut parts = vec![format!("step {} / {}", state.run.step(), state.settings.steps)];
    if let Some(report) = state.run.steps.last() {
        parts.push(format!("loss {:.3}", report.loss));
    }
    let knn = state.results.latest().and_then(|scored| scored.evaluation.knn);
    if let Some(knn) = knn.filter(|_| state.has_labels()) {
        parts.push(format!("kNN {knn:.2}"));
    }
    parts.join(" · ")
}

/// Where and what the engine computes, how fast, and for how long still; or what it lacks.
fn activity(state: &State) -> String {
    if state.pictures.len() < MIN_PICTURES && !state.intake.is_active() {
        return state.training_obstacle().unwrap_or_default();
    }
    let doing = match state.run.activity {
        Activity::Training => "training",
        Activity::Evaluating => "evaluating",
        Activity::Testing => "comparing both backends",
        Activity::Idle if state.run.running => "starting",
        Activity::Idle if state.run.step() > 0 && state.run.is_complete(&state.settings) => {
            "done: raise Steps to continue, or Reset"
        }
        Activity::Idle if state.run.step() > 0 => "paused",
        Activity::Idle => "not trained yet",
    };
    let mut parts = Vec::new();
    if let Some(environment) = state.engine.environment() {
        parts.push(words::backend(environment.backend).to_owned());
    }
    parts.push(doing.to_owned());
    if state.run.running {
        parts.extend(state.run.speed().map(words::speed));
        let left = state.run.seconds_left(&state.settings);
        parts.extend(left.map(|seconds| format!("{} left", words::duration(seconds))));
    }
    parts.join(" · ")
}
