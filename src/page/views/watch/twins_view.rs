//! The current batch as twins: the first views by the second views, coloured by rank.

use leptos::prelude::*;

use super::twins::{brightness, ranks};
use crate::{
    page::{
        components::{
            canvas::png_button::PngButton,
            controls::explain::Explain,
            dynamic::{When, memo},
            matrix_edges::MatrixEdges,
            matrix_view::{Cell, Drawing, MatrixView},
            readout::{Reading, Readout},
        },
        input::media,
        state::{SelectionRange, State},
        store::Store,
        words::{self, glossary},
    },
    plot::{
        colour,
        matrix::{Diagonal, Scale},
    },
};

/// The matrix with pictures along both edges; the cell pointed at is described below.
#[component]
pub fn Twins() -> impl IntoView {
    let store = Store::expect();
    let pointed = RwSignal::new(None);
    let draw = move |most: usize| {
        store.with(|state| {
            let batch = state.run.batch.as_ref()?;
            let side = batch.pictures.len();
            let scale = Scale { min: 0.0, max: 1.0 };
            Some(Drawing::new(&brightness(&ranks(batch)?, side), side, most, scale, Diagonal::Shown))
        })
    };
    let pictures = memo(move || {
        store.with(|state| state.run.batch.as_ref().map_or(Vec::new(), |batch| batch.pictures.clone()))
    });
    let known = move || store.with(|state| state.run.batch.is_some());
    let reading = memo(move || {
        let cell = pointed.get()?;
        store.with(|state| reading(state, cell))
    });
    let pick = move |(row, _): Cell, range: SelectionRange| {
        store.update(|state| {
            let order = state.run.batch.as_ref().map_or(Vec::new(), |batch| batch.pictures.clone());
            if let Some(id) = order.get(row) {
                state.choose(range, *id, &order);
            }
        });
    };
    let hint = media::hint(
        "Point at a cell to see its two pictures. Click it to see the nearest of its row’s picture.",
        "Tap a cell to see its two pictures, and the nearest of its row’s picture.",
    );
    view! {
        <figure class="twins" data-figure="twins">
            <figcaption>
                <h2>"Finding twins"</h2>
                <Explain term=glossary::TWINS />
                <PngButton name="Twins" />
            </figcaption>
            <p class="note">
                "Each row is one picture. The cell on the diagonal is its twin: the same picture, changed differently. Watch it become the brightest in its row."
            </p>
            <div class="matrix-frame edged" class:waiting=move || !known()>
                <MatrixEdges pictures />
                <MatrixView
                    draw
                    label=Signal::derive(move || "Ranks of the second views for each first view, twins on the diagonal".to_owned())
                    pointed
                    on_pick=pick
                />
                <When holds=move || !known()>
                    <p class="matrix-waiting">{move || store.with(waiting)}</p>
                </When>
            </div>
            <div class="rank-legend" aria-hidden="true">
                <span>"last"</span>
                <span class="legend-bar" style:background-image=format!("linear-gradient(to right, {})", colour::css_stops())></span>
                <span>"nearest in its row"</span>
            </div>
            <Readout reading hint />
        </figure>
    }
}

fn reading(state: &State, (row, column): Cell) -> Option<Reading> {
    let batch = state.run.batch.as_ref()?;
    let pairs = batch.pictures.len();
    let rank = *ranks(batch)?.get(row * pairs + column)?;
    let place = words::ordinal(rank);
    let remark = if row == column {
        format!("the twin is {place} of {pairs} in its row")
    } else {
        format!("another picture, {place} of {pairs} in its row")
    };
    Some(Reading {
        row: batch.pictures[row],
        column: batch.pictures[column],
        value: *batch.cells.0.get(row * 2 * pairs + pairs + column)?,
        remark,
    })
}

fn waiting(state: &State) -> &'static str {
    if state.run.running { "Taking the first step…" } else { "Press Train to watch." }
}
