//! The tab Watch: what the network is doing.

use leptos::prelude::*;

use super::{game::view::Play, twins::recent, twins_view::Twins};
use crate::{
    page::{
        components::{
            controls::explain::Explain,
            curve::Curve,
            dynamic::{dynamic, memo},
            meter::Meter,
        },
        store::Store,
        views::{
            explore::neighbours::view::{Nearest, name},
            hood::training::quantities::LOSS,
        },
        words::{self, glossary},
    },
    protocol::Subject,
};

/// The twins of the batch; beside them their mean rank, one picture's nearest, and the loss.
#[component]
pub fn Watch() -> impl IntoView {
    view! {
        <div class="watch">
            <Twins />
            <div class="watch-side">
                <TwinMeter />
                <FocusedNeighbours />
                <Curve quantity=LOSS />
                <Play />
            </div>
        </div>
    }
}

/// The mean rank of the twin, from a guess to the first place.
#[component]
fn TwinMeter() -> impl IntoView {
    let store = Store::expect();
    let rank = memo(move || store.with(|state| recent(&state.run.twins)));
    let share = Signal::derive(move || rank.get().map_or(0.0, |rank| rank.progress()));
    let marks = Signal::derive(move || vec![(0.0, "guessing"), (1.0, "always first")]);
    let result = Signal::derive(move || {
        rank.get().map_or_else(String::new, |rank| {
            let place = words::ordinal(rank.mean.round() as usize);
            format!("{place} of {}", words::count(rank.others))
        })
    });
    view! {
        <section class="watch-part">
            <h2>"How near is a picture’s twin?" " " <Explain term=glossary::TWINS /></h2>
            <p class="result">{move || if rank.get().is_some() { result.get() } else { "–".to_owned() }}</p>
            <Meter share marks />
            <p class="note">{move || store.with(words::twins)}</p>
        </section>
    }
}

/// The nearest of the focused picture, by the shown stage.
#[component]
fn FocusedNeighbours() -> impl IntoView {
    let store = Store::expect();
    let shown = memo(move || {
        store.with(|state| {
            let picked = state.selected.filter(|id| state.pictures.get(*id).is_some())?;
            Some((Subject::Picture(picked), state.shown_stage()))
        })
    });
    view! {
        {dynamic(move || {
            shown.get().map(|(subject, stage)| view! {
                <section class="watch-part">
                    <h2>{format!("Nearest to {}", name(store, subject))}</h2>
                    <Nearest stage subject />
                </section>
            })
        })}
    }
}
