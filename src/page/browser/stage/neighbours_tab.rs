//! One picture and its nearest others: trained, untrained, raw pixels.

use leptos::prelude::*;

use crate::{
    page::{
        browser::{
            explain::Explain,
            reach,
            session::Session,
            thumbnail::{Thumbnail, title},
        },
        state::{Neighbour, Part, State},
        terms, words,
    },
    protocol::{PictureId, Stage},
};

/// Neighbours shown for each stage.
const SHOWN: usize = 10;

/// The picked picture and its three rows.
#[component]
pub fn NeighboursTab() -> impl IntoView {
    let session = Session::expect();
    let query = Memo::new(move |_| {
        session.read([Part::Selection, Part::Pictures], |state| {
            state.selected.filter(|id| state.pictures.get(*id).is_some())
        })
    });
    let show = move |id: PictureId| {
        view! {
            <div class="query">
                <Thumbnail picture=Some(id) />
                <div>
                    <p class="query-name">{title(session, id)}</p>
                    <p class="note">"Its nearest, by " {terms::SIMILARITY.name} " " <Explain term=terms::SIMILARITY /></p>
                </div>
            </div>
            <Row stage=Stage::Trained id />
            <Row stage=Stage::Untrained id />
            <Row stage=Stage::Pixels id />
            <p class="note">"Press a picture to see its own nearest; with Ctrl or Shift held, to select it too. " <Explain term=terms::STAGES /></p>
        }
        .into_any()
    };
    let nothing =
        || view! { <p class="note">"Pick a picture in the gallery to see its nearest."</p> }.into_any();
    view! { <div class="neighbours">{move || query.get().map_or_else(nothing, show)}</div> }
}

/// A stage's nearest others of a picture.
#[component]
fn Row(stage: Stage, id: PictureId) -> impl IntoView {
    let session = Session::expect();
    let nearest =
        Memo::new(move |_| session.read([Part::Results, Part::Pictures], |state| nearest(state, stage, id)));
    let missing = move || {
        session.read([Part::Run], |state| match stage {
            Stage::Trained if state.run.running => "Comes with the next evaluation.",
            Stage::Trained => "Press Train to fill this row.",
            _ => "On its way.",
        })
    };
    let score = move || {
        session.read([Part::Pictures], |state| {
            let label = state.pictures.label(id).filter(|_| state.has_labels())?;
            let near = nearest.get();
            let same = near.iter().filter(|near| state.pictures.label(near.id) == Some(label)).count();
            (!near.is_empty()).then(|| format!("{same} of {} share its label, {label}", near.len()))
        })
    };
    view! {
        <section class="neighbour-row">
            <h2>
                {move || stage_name(session, stage)}
                <span class="row-score">{score}</span>
            </h2>
            <div class="neighbour-cells">
                {move || match nearest.get() {
                    near if near.is_empty() => view! { <p class="note">{missing()}</p> }.into_any(),
                    near => near.into_iter().map(|near| view! { <Near near query=id stage /> }).collect_view().into_any(),
                }}
            </div>
        </section>
    }
}

/// One neighbour: picture, similarity, and whether it carries the same label.
#[component]
fn Near(near: Neighbour, query: PictureId, stage: Stage) -> impl IntoView {
    let session = Session::expect();
    let similarity = words::similarity(near.similarity);
    let (label, same) = session.peek(|state| {
        let label = state.pictures.label(near.id).filter(|_| state.has_labels());
        (label.map(str::to_owned), label.is_some() && label == state.pictures.label(query))
    });
    let verdict = match (&label, same) {
        (None, _) => "",
        (_, true) => ", same label",
        (_, false) => ", other label",
    };
    let name = format!("{}, similarity {similarity}{verdict}", title(session, near.id));
    view! {
        <button
            class="near"
            class:same=same
            type="button"
            title=name.clone()
            aria-label=name
            aria-pressed=move || {
                session.read([Part::Selection], |state| state.selection.contains(near.id)).to_string()
            }
            on:click=move |event| reach::choose(session, &event, near.id, |state| {
                nearest(state, stage, query).iter().map(|near| near.id).collect()
            })
        >
            <Thumbnail picture=Some(near.id) />
            <span class="near-similarity">{similarity}</span>
            {label.map(|label| view! {
                <span class="near-label">
                    <span class="near-mark">{if same { "✓" } else { "" }}</span>
                    {label}
                </span>
            })}
        </button>
    }
}

fn nearest(state: &State, stage: Stage, id: PictureId) -> Vec<Neighbour> {
    let scored = state.results.scored(stage);
    let nearest = scored.map_or(Vec::new(), |scored| scored.nearest(id));
    nearest.into_iter().filter(|near| state.pictures.get(near.id).is_some()).take(SHOWN).collect()
}

fn stage_name(session: Session, stage: Stage) -> String {
    let step = session
        .read([Part::Results], |state| state.results.scored(stage).map(|scored| scored.evaluation.step));
    match (stage, step) {
        (Stage::Trained, Some(step)) => {
            format!("Trained, {}", words::counted(step as usize, "step"))
        }
        _ => words::stage(stage).to_owned(),
    }
}
