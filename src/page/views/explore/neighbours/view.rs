//! The nearest neighbours of a picture: before and now side by side, and by other means.

use leptos::{ev, prelude::*};
use strum::VariantArray;

use super::{
    explanation_view::WhyView,
    query_area::{QueryArea, QueryThumbnail},
};
use crate::{
    page::{
        components::{
            canvas::thumbnail::{Thumbnail, caption, short_name, title},
            controls::explain::Explain,
            dynamic::{When, dynamic, handler, memo},
        },
        input::selection_range,
        lazy::loader::room,
        state::{Neighbour, SHOWN, State},
        store::Store,
        words::{self, glossary},
    },
    protocol::{Pair, Stage, Subject},
};

/// Height of a rung of the ladder, as in the style sheet's `--rung`, relative to its lines' view box.
const RUNG: usize = 10;

/// The focused picture, or the one searched with, and its nearest.
#[component]
pub fn Neighbours() -> impl IntoView {
    let store = Store::expect();
    let subject = memo(move || {
        store.with(|state| {
            let picked = state.selected.filter(|id| state.pictures.get(*id).is_some());
            state.search.in_front().map(Subject::Query).or(picked.map(Subject::Picture))
        })
    });
    let show = move |subject: Subject| {
        view! {
            <Ladder subject />
            <Others subject />
        }
        .into_any()
    };
    let nothing = || view! { <p class="note">"Pick a picture to see its nearest."</p> }.into_any();
    view! {
        <section class="neighbours" aria-label="The nearest of one picture">
            {dynamic(move || subject.get().map(|subject| view! { <Head subject /> }))}
            <When holds=move || store.with(|state| state.to_alter().is_some())>
                <Alter />
            </When>
            {dynamic(move || subject.get().map_or_else(nothing, show))}
            <QueryArea />
        </section>
    }
}

/// Changes of the picture, folded away.
#[component]
fn Alter() -> impl IntoView {
    let wanted = RwSignal::new(false);
    view! {
        <details class="alter" on:toggle=handler(move |_: ev::Event| wanted.set(true))>
            <summary>"Change it, and see whether its nearest stay"</summary>
            <When holds=wanted>{room(|rooms| (rooms.alteration)())}</When>
        </details>
    }
}

/// The nearest at two stages side by side, with lines between the pictures in both.
#[component]
fn Ladder(subject: Subject) -> impl IntoView {
    let store = Store::expect();
    let stages = memo(move || store.with(compared));
    let columns = memo(move || store.with(|state| stages.get().map(|stage| nearest(state, stage, subject))));
    let rungs =
        Signal::derive(move || columns.with(|columns| columns.iter().map(Vec::len).max().unwrap_or(0)));
    let lines = Signal::derive(move || columns.with(|[left, right]| lines(left, right)));
    let explained =
        memo(move || store.with(|state| (*state.explained).filter(|pair| pair.subjects[0] == subject)));
    view! {
        <div class="ladder">
            {dynamic(move || view! { <Nearest stage=stages.get()[0] subject /> })}
            <svg
                class="ladder-lines"
                style=("--rungs", move || rungs.get().to_string())
                viewBox=move || format!("0 0 10 {}", RUNG * rungs.get().max(1))
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                <path d=lines></path>
            </svg>
            {dynamic(move || view! { <Nearest stage=stages.get()[1] subject /> })}
        </div>
        {dynamic(move || explained.get().map(|pair| view! { <WhyView pair /> }))}
    }
}

/// Returns the stages to compare: what it was, and what the network makes of it now.
fn compared(state: &State) -> [Stage; 2] {
    let before = if state.shown_stage() == Stage::Pixels { Stage::Pixels } else { Stage::Untrained };
    [before, Stage::Trained]
}

/// Returns the path of the lines between equal pictures of two columns.
fn lines(left: &[Neighbour], right: &[Neighbour]) -> String {
    let middle = |place: usize| place * RUNG + RUNG / 2;
    let line = |(from, near): (usize, &Neighbour)| {
        let to = right.iter().position(|other| other.id == near.id)?;
        Some(format!("M0 {}L10 {}", middle(from), middle(to)))
    };
    left.iter().enumerate().filter_map(line).collect()
}

/// The nearest by stages that the ladder does not show, folded away.
#[component]
fn Others(subject: Subject) -> impl IntoView {
    let store = Store::expect();
    let others = memo(move || {
        let shown = store.with(compared);
        Stage::VARIANTS.iter().copied().filter(|stage| !shown.contains(stage)).collect::<Vec<_>>()
    });
    view! {
        <details class="other-stages">
            <summary>"By other means"</summary>
            <div class="other-rows">
                {dynamic(move || others.get().into_iter().map(|stage| view! { <Nearest stage subject /> }).collect_view())}
            </div>
        </details>
    }
}

/// The picture whose neighbours are shown.
#[component]
fn Head(subject: Subject) -> impl IntoView {
    let store = Store::expect();
    let (thumbnail, name) = match subject {
        Subject::Picture(id) => (view! { <Thumbnail picture=Some(id) /> }.into_any(), caption(store, id)),
        Subject::Query(_) => (view! { <QueryThumbnail /> }.into_any(), short_name(name(store, subject))),
    };
    view! {
        <div class="query">
            {thumbnail}
            <div>
                <h2 class="query-name">{name}</h2>
                <p class="note">"Its nearest pictures " <Explain term=glossary::SIMILARITY /></p>
            </div>
        </div>
    }
}

/// Returns the name of a picture or of the query.
pub fn name(store: Store, subject: Subject) -> String {
    match subject {
        Subject::Picture(id) => title(store, id),
        Subject::Query(_) => store.with_untracked(|state| {
            state.search.sought().map_or(String::new(), |sought| sought.name.clone())
        }),
    }
}

/// A picture's nearest neighbours at a stage, with how many share its label.
#[component]
pub fn Nearest(stage: Stage, subject: Subject) -> impl IntoView {
    let store = Store::expect();
    let nearest = memo(move || store.with(|state| nearest(state, stage, subject)));
    let missing = move || store.with(|state| words::waiting(state, stage, "Finding the nearest pictures…"));
    let score = Signal::derive(move || {
        store.with(|state| {
            let label = label_of(state, subject)?;
            let near = nearest.get();
            let same = near.iter().filter(|near| state.pictures.label(near.id) == Some(label)).count();
            (!near.is_empty()).then(|| format!("{same} of {} match", near.len()))
        })
    });
    view! {
        <section class="neighbour-row">
            <h3>
                {move || stage_name(store, stage)}
                <span class="row-score">{score}</span>
            </h3>
            <div class="neighbour-cells">
                {dynamic(move || match nearest.get() {
                    near if near.is_empty() => view! { <p class="note">{missing()}</p> }.into_any(),
                    near => {
                        let best = near[0].similarity;
                        near.into_iter().map(|near| view! { <Near near best subject stage /> }).collect_view().into_any()
                    }
                })}
            </div>
        </section>
    }
}

/// One neighbour: picture, similarity, and whether it has the same label.
#[component]
fn Near(
    near: Neighbour,
    /// Similarity of the nearest of all.
    best: f32,
    subject: Subject,
    stage: Stage,
) -> impl IntoView {
    let store = Store::expect();
    let similarity = words::close_similarity(near.similarity);
    let (label, same) = store.with_untracked(|state| {
        let label = state.pictures.label(near.id).filter(|_| state.has_labels());
        let own = label_of(state, subject);
        (label.map(str::to_owned), own.map(|own| label == Some(own)))
    });
    let verdict = match (&label, same) {
        (Some(_), Some(true)) => ", same label",
        (Some(_), Some(false)) => ", other label",
        _ => "",
    };
    let (is_same, is_other) = (same == Some(true), same == Some(false));
    let name = format!("{}, similarity {similarity}{verdict}", title(store, near.id));
    let pair = Pair { stage, subjects: [subject, Subject::Picture(near.id)] };
    let explained = move || store.with(|state| (*state.explained) == Some(pair));
    let ask =
        move |_| {
            store.update(|state| {
                if explained_now(state, pair) { state.stop_explaining() } else { state.explain(pair) }
            });
        };
    view! {
        <div class="near-cell">
            <div class="near" class:other=is_other style=("--similarity", (near.similarity.max(0.0) / best.max(f32::EPSILON)).min(1.0).to_string())>
                <button
                    class="pick"
                    type="button"
                    title=name.clone()
                    aria-label=name
                    aria-pressed=move || {
                        store.with(|state| state.selection.contains(near.id)).to_string()
                    }
                    on:click=handler(move |event: ev::MouseEvent| selection_range::choose(store, &event, near.id, |state| {
                        nearest(state, stage, subject).iter().map(|near| near.id).collect()
                    }))
                >
                    <Thumbnail picture=Some(near.id) />
                </button>
                <span class="near-similarity" aria-hidden="true">{similarity}</span>
                {label.map(|label| view! {
                    <span class="near-label" aria-hidden="true">
                        <span class="near-mark">{if is_same { "✓" } else { "" }}</span>
                        {label}
                    </span>
                })}
            </div>
            <button
                class="why-button"
                type="button"
                aria-label=format!("Why alike? {}", title(store, near.id))
                aria-expanded=move || explained().to_string()
                on:click=handler(ask)
            >
                "Why?"
            </button>
        </div>
    }
}

fn explained_now(state: &State, pair: Pair) -> bool {
    (*state.explained) == Some(pair)
}

fn nearest(state: &State, stage: Stage, subject: Subject) -> Vec<Neighbour> {
    let near = match subject {
        Subject::Picture(id) => state
            .replayed_nearest(stage, id)
            .unwrap_or_else(|| state.results.scored(stage).map_or(Vec::new(), |scored| scored.nearest(id))),
        Subject::Query(_) => state.search.nearest(stage).to_vec(),
    };
    near.into_iter().filter(|near| state.pictures.get(near.id).is_some()).take(SHOWN).collect()
}

/// Returns the label of a picture of the set, if labels are worth comparing.
fn label_of(state: &State, subject: Subject) -> Option<&str> {
    let Subject::Picture(id) = subject else { return None };
    state.pictures.label(id).filter(|_| state.has_labels())
}

fn stage_name(store: Store, stage: Stage) -> String {
    store.with(|state| {
        if let Some(moment) = state.replayed().filter(|_| stage == Stage::Trained) {
            return words::replayed(moment.step);
        }
        let step = state.results.scored(stage).map(|scored| scored.evaluation.step);
        words::stage_at(state, stage, step)
    })
}
