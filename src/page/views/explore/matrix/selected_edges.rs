//! Marks at a matrix's edges for the rows and columns of selected pictures.

use leptos::prelude::*;

use super::{
    model::{self, pictures_of},
    view::Shown,
};
use crate::page::{
    components::dynamic::{dynamic, memo},
    state::State,
    store::Store,
};

/// Minimum length of a mark, as a share of the matrix's side: even one row in a thousand is visible.
const LEAST: f64 = 0.004;

/// Bars along the left and the upper edge.
#[component]
pub fn SelectedEdges(shown: Shown) -> impl IntoView {
    let store = Store::expect();
    let runs = memo(move || store.with(|state| selected_runs(state, shown)));
    let bar = |(start, length): (f64, f64)| {
        let (start, length) =
            (format!("{:.3}%", start * 100.0), format!("{:.3}%", length.max(LEAST) * 100.0));
        view! {
            <span class="edge-row" style:top=start.clone() style:height=length.clone()></span>
            <span class="edge-column" style:left=start style:width=length></span>
        }
    };
    view! {
        <div class="edges" aria-hidden="true">
            {dynamic(move || runs.get().into_iter().map(bar).collect_view())}
        </div>
    }
}

/// Returns the runs of rows with selected pictures: start and length, as shares of the matrix's side.
fn selected_runs(state: &State, shown: Shown) -> Vec<(f64, f64)> {
    let Some(matrix) = model::shown(state, shown.stage.get()).filter(|_| !shown.is_by_label()) else {
        return Vec::new();
    };
    let rows = shown.rows.get();
    let share = 1.0 / rows.len() as f64;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let is_selected = |row: usize| pictures_of(matrix, row).iter().any(|id| state.selection.contains(*id));
    for (place, _) in rows.iter().enumerate().filter(|(_, row)| is_selected(**row)) {
        match runs.last_mut().filter(|(start, length)| start + length == place) {
            Some((_, length)) => *length += 1,
            None => runs.push((place, 1)),
        }
    }
    runs.into_iter().map(|(start, length)| (start as f64 * share, length as f64 * share)).collect()
}
