//! The similarity matrix: every label, or every picture, compared with every other.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    label_edges::{CellNumbers, LabelEdges, MAX_NAMED},
    model::{self, LabelRows, Means, pictures_of},
    selected_edges::SelectedEdges,
};
use crate::{
    page::{
        components::{
            canvas::png_button::PngButton,
            controls::{Choice, explain::Explain},
            dynamic::{Memo, When, dynamic, effect, handler, memo},
            legend::{Legend, SPREADS},
            matrix_edges::MatrixEdges,
            matrix_view::{Cell, Drawing, MatrixView},
            readout::{Reading, Readout},
        },
        input::media,
        state::{SelectionRange, State},
        store::Store,
        words::{self, glossary},
    },
    plot::matrix::{Diagonal, Scale},
    protocol::{MatrixRequest, PictureId, Stage},
};

/// Choices of rows and columns.
const ROWS: &[(&str, bool)] = &[("By label", true), ("By picture", false)];

/// The same, if Sort's groups take the place of labels.
const GROUP_ROWS: &[(&str, bool)] = &[("By group", true), ("By picture", false)];

/// What the matrix shows.
#[derive(Clone, Copy)]
pub struct Shown {
    /// Stage of the embeddings.
    pub stage: Memo<Stage>,
    /// Rows by label; empty without labels.
    pub labels: Memo<Vec<LabelRows>>,
    /// Whether the user wants labels rather than pictures.
    by_label: RwSignal<bool>,
    /// The two labels whose pictures are shown, as indices into `labels`.
    zoom: RwSignal<Option<Cell>>,
    /// Rows of the set's matrix that are shown by picture.
    pub rows: Memo<Vec<usize>>,
    /// Means by label; computed when they are first read.
    pub means: Memo<Option<Means>>,
}

impl Shown {
    fn new(store: Store) -> Self {
        let stage = memo(move || store.with(State::shown_stage));
        let (by_label, zoom) = (RwSignal::new(true), RwSignal::new(None::<Cell>));
        let labels = memo(move || {
            store.with(|state| {
                model::shown(state, stage.get()).map_or(Vec::new(), |matrix| model::by_label(state, matrix))
            })
        });
        let rows = memo(move || match (zoom.get(), labels.get()) {
            (Some((row, column)), labels) if row.max(column) < labels.len() => {
                let mut rows = labels[row].rows.clone();
                rows.extend(labels[column].rows.iter().filter(|_| row != column));
                rows
            }
            _ => store.with(|state| {
                (0..model::shown(state, stage.get()).map_or(0, |matrix| matrix.side as usize)).collect()
            }),
        });
        let means = memo(move || {
            store.with(|state| {
                model::shown(state, stage.get())
                    .map(|matrix| labels.with(|labels| model::means(matrix, labels)))
            })
        });
        let names = memo(move || {
            labels.with(|labels| labels.iter().map(|label| label.name.clone()).collect::<Vec<_>>())
        });
        effect(move || {
            // Other labels may have the indices of the two.
            names.with(|_| zoom.set(None));
        });
        Self { stage, labels, by_label, zoom, rows, means }
    }

    /// Returns whether cells stand for labels, not for pictures.
    pub fn is_by_label(self) -> bool {
        self.by_label.get() && self.zoom.get().is_none() && self.labels.with(|labels| !labels.is_empty())
    }

    /// Returns the medoid of each label; empty by picture.
    pub fn medoids(self, state: &State) -> Vec<PictureId> {
        let Some(matrix) = model::shown(state, self.stage.get()).filter(|_| self.is_by_label()) else {
            return Vec::new();
        };
        let medoid = |row: &usize| pictures_of(matrix, *row)[0];
        self.means.with(|means| {
            means.as_ref().map_or(Vec::new(), |means| means.medoids.iter().map(medoid).collect())
        })
    }

    /// Returns the cells and their number of rows.
    fn cells(self, state: &State) -> Option<(Vec<f32>, usize)> {
        let matrix = model::shown(state, self.stage.get())?;
        if self.is_by_label() {
            return self
                .means
                .with(|means| Some((means.as_ref()?.cells.clone(), means.as_ref()?.medoids.len())));
        }
        self.rows.with(|rows| Some((model::part(matrix, rows), rows.len())))
    }

    /// Returns the pictures of all shown rows.
    fn pictures(self, state: &State) -> Vec<PictureId> {
        let Some(matrix) = model::shown(state, self.stage.get()) else { return Vec::new() };
        self.rows.with(|rows| rows.iter().flat_map(|row| pictures_of(matrix, *row)).copied().collect())
    }
}

/// The matrix, its legend, and a description of the cell pointed at.
#[component]
pub fn MatrixLens() -> impl IntoView {
    let store = Store::expect();
    let shown = Shown::new(store);
    let fitted = RwSignal::new(true);
    let pointed = RwSignal::new(None);
    store.keep_asking(move |_| Some(MatrixRequest { stage: shown.stage.get() }.into()));
    let scale = memo(move || {
        let fit = fitted.get();
        let (cells, side) = store.with(|state| shown.cells(state))?;
        let diagonal = if shown.is_by_label() { Diagonal::Shown } else { Diagonal::Hidden };
        Some(if fit { Scale::fitted(&cells, side, diagonal) } else { Scale::COSINE })
    });
    let labelled = memo(move || shown.labels.with(|labels| !labels.is_empty()));
    let are_groups = memo(move || store.with(|state| !state.can_classify()));
    let rows = move || {
        labelled.get().then(|| {
            view! {
                <Choice
                    legend="Rows and columns"
                    name="matrix-rows"
                    options=if are_groups.get() { GROUP_ROWS } else { ROWS }
                    value=move || Some(shown.by_label.get())
                    on_change=move |by_label| {
                        shown.by_label.set(by_label);
                        shown.zoom.set(None);
                        pointed.set(None);
                    }
                />
            }
        })
    };
    let back = move |_: ev::MouseEvent| {
        shown.zoom.set(None);
        focus_matrix();
    };
    let zoomed = move || shown.zoom.get().is_some();
    view! {
        <div class="similarity" data-figure="similarity">
            {dynamic(rows)}
            <p class="lens-caption">
                {move || heading(store, shown)} " " <Explain term=glossary::SET_MATRIX /> " " <PngButton name="Similarity" />
                <When holds=zoomed>
                    <button class="button" type="button" on:click=handler(back)>
                        {move || if are_groups.get() { "All groups" } else { "All labels" }}
                    </button>
                </When>
            </p>
            <SetMatrixView shown scale pointed />
            <Pointed shown pointed />
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
                    <Legend scale />
                </div>
            </div>
        </div>
    }
}

/// Moves the focus to the matrix, since the focused button goes with what it leaves.
fn focus_matrix() {
    let matrix = document().query_selector(".similarity .matrix").ok().flatten();
    if let Some(matrix) = matrix.and_then(|matrix| matrix.dyn_into::<HtmlElement>().ok()) {
        matrix.focus().ok();
    }
}

/// The canvas with what stands at its edges.
#[component]
fn SetMatrixView(shown: Shown, scale: Memo<Option<Scale>>, pointed: RwSignal<Option<Cell>>) -> impl IntoView {
    let store = Store::expect();
    let draw = move |most: usize| {
        let scale = scale.get()?;
        let (cells, side) = store.with(|state| shown.cells(state))?;
        Some(Drawing::new(&cells, side, most, scale, Diagonal::Shown))
    };
    let pick = move |cell: Cell, range: SelectionRange| {
        if untrack(|| shown.is_by_label()) {
            shown.zoom.set(Some(cell));
            pointed.set(None);
        } else {
            store.update(|state| untrack(|| pick(state, shown, cell, range)));
        }
    };
    let known = move || store.with(|state| model::shown(state, shown.stage.get()).is_some());
    let by_label = memo(move || shown.is_by_label());
    let pictures = memo(move || store.with(|state| shown.pictures(state)));
    let edges = move || {
        if by_label.get() {
            view! { <LabelEdges shown /> }.into_any()
        } else {
            view! {
                <GroupNames shown />
                <MatrixEdges pictures />
            }
            .into_any()
        }
    };
    let waiting = move || {
        store.with(|state| {
            words::waiting(state, shown.stage.get(), "Comparing every picture with every other…")
        })
    };
    let label = move || heading(store, shown);
    let leave = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            shown.zoom.set(None);
        }
    };
    view! {
        <div
            class="matrix-frame edged"
            class:waiting=move || !known()
            class:by-label=move || by_label.get()
            style=("--labels", move || shown.labels.with(Vec::len).max(1).to_string())
            on:keydown=handler(leave)
        >
            {dynamic(edges)}
            <MatrixView draw label=Signal::derive(label) pointed on_pick=pick>
                <GroupLines shown />
                <SelectedEdges shown />
                <CellNumbers shown scale />
            </MatrixView>
            <When holds=move || !known()>
                <p class="matrix-waiting">{waiting}</p>
            </When>
        </div>
    }
}

/// Thin lines between labels.
#[component]
fn GroupLines(shown: Shown) -> impl IntoView {
    let store = Store::expect();
    let lines = move || {
        let groups = store.with(|state| groups(state, shown));
        let starts = groups.into_iter().skip(1).map(|group| group.start * 100.0);
        starts.map(|at| format!("M{at:.3} 0V100M0 {at:.3}H100")).collect::<String>()
    };
    view! {
        <svg class="overlay" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            <path class="group-lines" d=lines></path>
        </svg>
    }
}

/// The names of the labels along the left edge.
#[component]
fn GroupNames(shown: Shown) -> impl IntoView {
    let store = Store::expect();
    let names = move || {
        let groups = store.with(|state| groups(state, shown));
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
fn Pointed(shown: Shown, pointed: RwSignal<Option<Cell>>) -> impl IntoView {
    let store = Store::expect();
    let reading = memo(move || {
        let cell = pointed.get()?;
        store.with(|state| reading(state, shown, cell))
    });
    let hint = move || {
        if shown.is_by_label() {
            media::hint(
                "Point at a cell to compare its row and column. Click it to see their pictures.",
                "Slide a finger across to compare rows and columns. Tap a cell to see their pictures.",
            )
        } else {
            media::hint(
                "Point at a cell to see its two pictures. Click it to see the row’s nearest. Shift or Ctrl selects rows.",
                "Slide a finger across to see a cell’s two pictures. Tap one to see the row’s nearest. With Select on, taps select rows.",
            )
        }
    };
    dynamic(move || view! { <Readout reading hint=hint() /> })
}

/// Adjacent rows of one label; positions are shares of the matrix's side.
struct Group {
    name: String,
    start: f64,
    end: f64,
}

/// Returns the runs of equal labels along the rows shown by picture.
fn groups(state: &State, shown: Shown) -> Vec<Group> {
    let Some(matrix) = model::shown(state, shown.stage.get()).filter(|_| !shown.is_by_label()) else {
        return Vec::new();
    };
    let rows = shown.rows.get();
    let labels = shown.labels.get();
    let zoom = shown.zoom.get().and_then(|(row, column)| Some([labels.get(row)?, labels.get(column)?]));
    if zoom.is_none() && !state.has_labels() {
        return Vec::new();
    }
    let name = |row: usize| match zoom {
        Some([first, second]) => &if first.rows.contains(&row) { first } else { second }.name,
        None => state.pictures.label(pictures_of(matrix, row)[0]).unwrap_or("no label"),
    };
    let share = 1.0 / rows.len() as f64;
    let mut groups: Vec<Group> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let (name, end) = (name(*row), (place + 1) as f64 * share);
        match groups.last_mut().filter(|group| group.name == name) {
            Some(group) => group.end = end,
            None => groups.push(Group { name: name.to_owned(), start: place as f64 * share, end }),
        }
    }
    groups
}

fn reading(state: &State, shown: Shown, cell: Cell) -> Option<Reading> {
    let matrix = model::shown(state, shown.stage.get())?;
    let (row, column) = cell;
    if shown.is_by_label() {
        let medoids = shown.medoids(state);
        let (labels, means) = (shown.labels.get(), shown.means.get()?);
        let place = row * labels.len() + column;
        let once = if row == column { 2.0 } else { 1.0 };
        let pairs = words::counted((means.pairs.get(place)? / once) as usize, "pair");
        let [first, second] = names(&labels, cell)?;
        let second = if row == column { "itself".to_owned() } else { second };
        return Some(Reading {
            row: *medoids.get(row)?,
            column: *medoids.get(column)?,
            value: *means.cells.get(place)?,
            remark: format!("{first} with {second}: mean of {pairs}"),
        });
    }
    let [row, column] = shown.rows.with(|rows| Some([*rows.get(row)?, *rows.get(column)?]))?;
    let [rows, columns] = [row, column].map(|row| pictures_of(matrix, row));
    let remark = match rows.len() * columns.len() {
        1 => String::new(),
        cells => format!("mean of {} pairs, of which two pictures are shown", words::count(cells)),
    };
    let value = matrix.cells.0[row * matrix.side as usize + column];
    Some(Reading { row: rows[0], column: columns[0], value, remark })
}

/// Returns the names of a cell's two labels.
fn names(labels: &[LabelRows], (row, column): Cell) -> Option<[String; 2]> {
    Some([labels.get(row)?.name.clone(), labels.get(column)?.name.clone()])
}

/// Selects the picture of a cell's row. A single one shows its neighbours; a range contains the rows
/// between.
fn pick(state: &mut State, shown: Shown, cell: Cell, range: SelectionRange) {
    let Some(row) = reading(state, shown, cell).map(|reading| reading.row) else { return };
    let order = shown.pictures(state);
    let range = state.selection_range(range);
    state.choose(range, row, &order);
    state.focus(row);
}

/// Describes the matrix in words.
fn heading(store: Store, shown: Shown) -> String {
    let stage = shown.stage.get();
    let step = store.with(|state| state.answer(MatrixRequest { stage }).map(|matrix| matrix.step));
    let zoom = shown.zoom.get().and_then(|cell| shown.labels.with(|labels| names(labels, cell)));
    let compared = match zoom {
        Some([first, second]) if first == second => format!("Pictures of {first}"),
        Some([first, second]) => format!("Pictures of {first} and {second}"),
        None if !shown.is_by_label() => "Every picture with every other".to_owned(),
        None if store.with(State::can_classify) => "Every label with every other".to_owned(),
        None => "Every group with every other".to_owned(),
    };
    let by = match (stage, step) {
        (Stage::Pixels, _) => "by pixels alone".to_owned(),
        (Stage::Classic, _) => "by classic features".to_owned(),
        (Stage::Untrained, _) => "before training".to_owned(),
        (Stage::Trained, Some(step)) => store.with(|state| words::after(state, step)),
        (Stage::Trained, None) => "after training".to_owned(),
    };
    format!("{compared}, {by}.")
}
