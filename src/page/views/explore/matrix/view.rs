//! The similarity matrix: every picture compared with every other.

use leptos::prelude::*;

use super::selected_edges::SelectedEdges;
use crate::{
    page::{
        components::{
            canvas::png_button::PngButton,
            controls::{Choice, explain::Explain},
            dynamic::{Memo, When, dynamic, memo},
            legend::{Legend, SPREADS},
            matrix_edges::MatrixEdges,
            matrix_view::{Cell, Drawing, MatrixView},
            readout::{Reading, Readout},
        },
        input::pointing,
        state::{SelectionRange, State},
        store::Store,
        words::{self, glossary},
    },
    plot::matrix::{Diagonal, Scale, block_rows},
    protocol::{MatrixRequest, SetMatrix, Stage},
    settings::MIN_PICTURES,
};

/// Maximum number of groups named beside the matrix.
const MAX_NAMED: usize = 24;

/// The matrix, its legend, and a description of the cell pointed at.
#[component]
pub fn MatrixLens() -> impl IntoView {
    let store = Store::expect();
    let fitted = RwSignal::new(true);
    let pointed = RwSignal::new(None);
    let stage = memo(move || store.with(State::shown_stage));
    store.keep_asking(move |_| Some(MatrixRequest { stage: stage.get() }.into()));
    let scale =
        move || store.with(|state| shown(state, stage.get()).map(|matrix| scale_of(matrix, fitted.get())));
    view! {
        <div class="similarity" data-figure="similarity">
            <p class="lens-caption">
                {move || heading(store, stage.get())} " " <Explain term=glossary::SET_MATRIX /> " " <PngButton name="Similarity" />
            </p>
            <SetMatrixView stage fitted pointed />
            <Pointed stage pointed />
            <div class="lens-options">
                <Choice
                    legend="Colours"
                    name="spread"
                    options=SPREADS
                    value=move || Some(fitted.get())
                    on_change=move |fit| fitted.set(fit)
                />
                <div>
                    <p class="legend-name">"Similarity"</p>
                    <Legend scale=Signal::derive(scale) />
                </div>
            </div>
        </div>
    }
}

/// The canvas with its groups.
#[component]
fn SetMatrixView(
    stage: Memo<Stage>,
    fitted: RwSignal<bool>,
    pointed: RwSignal<Option<Cell>>,
) -> impl IntoView {
    let store = Store::expect();
    let draw = move |most: usize| {
        store.with(|state| {
            let matrix = shown(state, stage.get())?;
            let side = matrix.side as usize;
            let scale = scale_of(matrix, fitted.get());
            Some(Drawing::new(&matrix.cells.0, side, most, scale, Diagonal::Shown))
        })
    };
    let pick = move |cell: Cell, range: SelectionRange| {
        store.update(|state| pick(state, stage.get_untracked(), cell, range));
    };
    let known = move || store.with(|state| shown(state, stage.get()).is_some());
    let order = memo(move || {
        store.with(|state| shown(state, stage.get()).map_or(Vec::new(), |matrix| matrix.order.clone()))
    });
    let waiting = move || {
        store.with(|state| words::waiting(state, stage.get(), "Comparing every picture with every other…"))
    };
    let label =
        move || format!("Similarity of every picture with every other. {}", heading(store, stage.get()));
    view! {
        <div class="matrix-frame edged" class:waiting=move || !known()>
            <GroupNames stage />
            <MatrixEdges pictures=order />
            <MatrixView draw label=Signal::derive(label) pointed on_pick=pick>
                <GroupLines stage />
                <SelectedEdges stage />
            </MatrixView>
            <When holds=move || !known()>
                <p class="matrix-waiting">{waiting}</p>
            </When>
        </div>
    }
}

/// Thin lines between groups.
#[component]
fn GroupLines(stage: Memo<Stage>) -> impl IntoView {
    let store = Store::expect();
    let lines = move || {
        let groups = store.with(|state| groups(state, stage.get()));
        let starts = groups.into_iter().skip(1).map(|group| group.start * 100.0);
        starts.map(|at| format!("M{at:.3} 0V100M0 {at:.3}H100")).collect::<String>()
    };
    view! {
        <svg class="overlay" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            <path class="group-lines" d=lines></path>
        </svg>
    }
}

/// The names of the groups along the left edge.
#[component]
fn GroupNames(stage: Memo<Stage>) -> impl IntoView {
    let store = Store::expect();
    let names = move || {
        let groups = store.with(|state| groups(state, stage.get()));
        if groups.len() > MAX_NAMED { Vec::new() } else { groups }
    };
    let name = |group: Group| {
        let middle = (group.start + group.end) / 2.0 * 100.0;
        view! { <span style:top=format!("{middle:.3}%")>{group.name}</span> }
    };
    view! {
        <div class="group-names" aria-hidden="true">
            {dynamic(move || names().into_iter().map(name).collect_view())}
        </div>
    }
}

/// A description of the cell pointed at.
#[component]
fn Pointed(stage: Memo<Stage>, pointed: RwSignal<Option<Cell>>) -> impl IntoView {
    let store = Store::expect();
    let reading = memo(move || {
        let cell = pointed.get()?;
        store.with(|state| reading(state, stage.get(), cell))
    });
    view! {
        <Readout
            reading
            hint=pointing::hint(
                "Point at a cell to see its two pictures. Click it to see the row’s nearest. Shift or Ctrl selects rows.",
                "Slide a finger across to see a cell’s two pictures. Tap one to see the row’s nearest. With Select on, taps select rows.",
            )
        />
    }
}

/// Adjacent pictures of one label; positions are shares of the matrix's side.
struct Group {
    name: String,
    start: f64,
    end: f64,
}

/// Returns the runs of equal labels along the matrix, if there are labels.
fn groups(state: &State, stage: Stage) -> Vec<Group> {
    let Some(matrix) = state.answer(MatrixRequest { stage }).filter(|_| state.has_labels()) else {
        return Vec::new();
    };
    let count = matrix.order.len() as f64;
    let mut groups: Vec<Group> = Vec::new();
    for (place, id) in matrix.order.iter().enumerate() {
        let name = state.pictures.label(*id).unwrap_or("no label");
        let end = (place + 1) as f64 / count;
        match groups.last_mut().filter(|group| group.name == name) {
            Some(group) => group.end = end,
            None => groups.push(Group { name: name.to_owned(), start: place as f64 / count, end }),
        }
    }
    groups
}

fn reading(state: &State, stage: Stage, (row, column): Cell) -> Option<Reading> {
    let matrix = state.answer(MatrixRequest { stage })?;
    let (side, count) = (matrix.side as usize, matrix.order.len());
    let value = *matrix.cells.0.get(row * side + column)?;
    let rows = block_rows(row, side, count);
    let columns = block_rows(column, side, count);
    let remark = match rows.len() * columns.len() {
        1 => String::new(),
        cells => format!("mean of {} pairs, of which two pictures are shown", words::count(cells)),
    };
    Some(Reading {
        row: *matrix.order.get(rows.start)?,
        column: *matrix.order.get(columns.start)?,
        value,
        remark,
    })
}

/// Selects the picture of a cell's row. A single one shows its neighbours; a range contains the rows
/// between.
fn pick(state: &mut State, stage: Stage, cell: Cell, range: SelectionRange) {
    let Some(row) = reading(state, stage, cell).map(|reading| reading.row) else { return };
    let order = state.answer(MatrixRequest { stage }).map_or(Vec::new(), |matrix| matrix.order.clone());
    let range = state.selection_range(range);
    state.choose(range, row, &order);
    state.focus(row);
}

fn scale_of(matrix: &SetMatrix, fitted: bool) -> Scale {
    if fitted { Scale::fitted(&matrix.cells.0, matrix.side as usize) } else { Scale::COSINE }
}

/// Describes the matrix in words.
fn heading(store: Store, stage: Stage) -> String {
    let step = store.with(|state| state.answer(MatrixRequest { stage }).map(|matrix| matrix.step));
    match (stage, step) {
        (Stage::Pixels, _) => "Every picture with every other, by pixels alone.".to_owned(),
        (Stage::Classic, _) => "Every picture with every other, by classic features.".to_owned(),
        (Stage::Untrained, _) => "Every picture with every other, before training.".to_owned(),
        (Stage::Trained, Some(step)) => {
            format!("Every picture with every other, after {}.", words::counted(step as usize, "step"))
        }
        (Stage::Trained, None) => "Every picture with every other, after training.".to_owned(),
    }
}

/// Returns the matrix, if there are enough pictures for it.
fn shown(state: &State, stage: Stage) -> Option<&SetMatrix> {
    state.answer(MatrixRequest { stage }).filter(|_| state.pictures.len() >= MIN_PICTURES)
}
