//! The curves of the run, and the current batch.

use leptos::prelude::*;

use super::{
    evaluation_curve::EvaluationCurve,
    health::Progress,
    quantities::{ACCURACY, ALIGNMENT, KNN, LOSS, RANK, UNIFORMITY},
    row_view::RowView,
};
use crate::{
    page::{
        components::{
            canvas::png_button::PngButton,
            controls::{Choice, explain::Explain},
            curve::Curve,
            dynamic::{When, memo},
            legend::{Legend, SPREADS},
            matrix_view::{Cell, Drawing, MatrixView},
            readout::{Reading, Readout},
        },
        input::media,
        state::State,
        store::Store,
        words::glossary,
    },
    plot::matrix::{Diagonal, Scale},
};

/// Curves on one side, the batch on the other, one of its rows below.
#[component]
pub fn Training() -> impl IntoView {
    let store = Store::expect();
    view! {
        <div class="loss">
            <div class="curves">
                <p class="curves-status">{move || store.with(|state| Progress::of(state).words())}</p>
                <div class="curve-large">
                    <Curve quantity=LOSS />
                </div>
                <div class="curve-small">
                    <Curve quantity=ACCURACY />
                    <Curve quantity=ALIGNMENT />
                    <Curve quantity=UNIFORMITY />
                    <EvaluationCurve score=RANK />
                    <EvaluationCurve score=KNN />
                </div>
            </div>
            <Batch />
            <RowView />
        </div>
    }
}

/// The similarities of the current batch, with positives marked.
#[component]
fn Batch() -> impl IntoView {
    let store = Store::expect();
    let pointed = RwSignal::new(None);
    let fitted = RwSignal::new(true);
    let scale = memo(move || {
        store.with(|state| {
            let batch = state.run.batch.as_ref()?;
            let fit = || Scale::fitted(&batch.cells.0, 2 * batch.pictures.len(), Diagonal::Hidden);
            Some(if fitted.get() { fit() } else { Scale::COSINE })
        })
    });
    let draw = move |most: usize| {
        let scale = scale.get()?;
        store.with(|state| {
            let batch = state.run.batch.as_ref()?;
            let side = 2 * batch.pictures.len();
            Some(Drawing::new(&batch.cells.0, side, most, scale, Diagonal::Hidden))
        })
    };
    let caption = Signal::derive(move || {
        store.with(|state| match &state.run.batch {
            Some(batch) => format!("Batch of step {}", batch.step),
            None => "Batch".to_owned(),
        })
    });
    let known = move || store.with(|state| state.run.batch.is_some());
    let pointed_at = memo(move || {
        let cell = pointed.get()?;
        store.with(|state| reading(state, cell))
    });
    let pick = move |cell: Cell, _| {
        if let Some(reading) = store.with_untracked(|state| reading(state, cell)) {
            store.update(|state| state.select(reading.row));
            store.update(|state| state.inspect(Some(cell.0 as u32)));
        }
    };
    let hint = media::hint(
        "Point at a cell to see whose views it compares. Click it to look inside its row.",
        "Tap a cell to see whose views it compares, and to look inside its row.",
    );
    let label = move || format!("{}: similarity of every view with every other, twins marked", caption.get());
    view! {
        <figure class="batch" data-figure="batch">
            <figcaption>
                <span class="curve-name">{caption}</span>
                <Explain term=glossary::BATCH_MATRIX />
                <PngButton name="Batch" />
            </figcaption>
            <div class="matrix-frame" class:waiting=move || !known()>
                <MatrixView draw label=Signal::derive(label) pointed on_pick=pick>
                    <Positives />
                    <Inspected />
                </MatrixView>
                <When holds=move || !known()>
                    <p class="matrix-waiting">"Appears with the next step."</p>
                </When>
            </div>
            <Legend scale />
            <Choice
                legend="Colours"
                name="batch-spread"
                options=SPREADS
                value=move || Some(fitted.get())
                on_change=move |fit| fitted.set(fit)
            />
            <p class="note">"Each row is one picture’s view. Between the thin lines is its twin: the same picture, changed differently. Training makes it bright."</p>
            <Readout reading=pointed_at hint />
        </figure>
    }
}

/// Number of cells between a diagonal of positives and the lines that accompany it.
const CORRIDOR: usize = 2;

/// Lines on both sides of both diagonals of positives.
#[component]
fn Positives() -> impl IntoView {
    let store = Store::expect();
    let pairs =
        memo(move || store.with(|state| state.run.batch.as_ref().map_or(0, |batch| batch.pictures.len())));
    let lines = Signal::derive(move || {
        let n = pairs.get();
        let (side, inner, outer) = (2 * n, n.saturating_sub(CORRIDOR), n + CORRIDOR);
        format!(
            "M{inner} 0L{side} {outer}M{outer} 0L{side} {inner}M0 {inner}L{outer} {side}M0 {outer}L{inner} {side}"
        )
    });
    let view_box = Signal::derive(move || format!("0 0 {0} {0}", (2 * pairs.get()).max(1)));
    view! {
        <svg class="overlay" viewBox=view_box preserveAspectRatio="none" aria-hidden="true">
            <path class="positives" d=lines></path>
        </svg>
    }
}

/// Lines above and below the inspected row.
#[component]
fn Inspected() -> impl IntoView {
    let store = Store::expect();
    let place = memo(move || {
        store.with(|state| {
            let side = 2 * state.run.batch.as_ref()?.pictures.len();
            state.run.inspected.map(|row| row as usize).filter(|row| *row < side).map(|row| (row, side))
        })
    });
    let lines = Signal::derive(move || {
        place.get().map_or(String::new(), |(row, side)| format!("M0 {row}H{side}M0 {}H{side}", row + 1))
    });
    let view_box = Signal::derive(move || format!("0 0 {0} {0}", place.get().map_or(1, |(_, side)| side)));
    view! {
        <svg class="overlay" viewBox=view_box preserveAspectRatio="none" aria-hidden="true">
            <path class="inspected" d=lines></path>
        </svg>
    }
}

fn reading(state: &State, (row, column): Cell) -> Option<Reading> {
    let batch = state.run.batch.as_ref()?;
    let pairs = batch.pictures.len();
    let value = *batch.cells.0.get(row * 2 * pairs + column)?;
    let remark = match row.abs_diff(column) {
        0 => "a view with itself, not part of the loss",
        distance if distance == pairs => "twins: two views of one picture",
        _ => "views of two pictures",
    };
    Some(Reading {
        row: batch.pictures[row % pairs],
        column: batch.pictures[column % pairs],
        value,
        remark: remark.to_owned(),
    })
}
