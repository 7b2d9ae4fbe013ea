//! Marks at a matrix's edges for the rows and columns of selected pictures.

use leptos::prelude::*;

use crate::{
    page::{
        components::dynamic::{Memo, dynamic, memo},
        state::State,
        store::Store,
    },
    protocol::{MatrixRequest, Stage},
};

/// Minimum length of a mark, as a share of the matrix's side: even one row in a thousand is visible.
const LEAST: f64 = 0.004;

/// Bars along the left and the upper edge.
#[component]
pub fn SelectedEdges(
    /// Stage of the matrix.
    stage: Memo<Stage>,
) -> impl IntoView {
    let store = Store::expect();
    let runs = memo(move || store.with(|state| selected_runs(state, stage.get())));
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

/// Returns the runs of selected pictures along the matrix: start and length, as shares of its side.
fn selected_runs(state: &State, stage: Stage) -> Vec<(f64, f64)> {
    let Some(matrix) = state.answer(MatrixRequest { stage }) else { return Vec::new() };
    let share = 1.0 / matrix.order.len() as f64;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (place, _) in matrix.order.iter().enumerate().filter(|(_, id)| state.selection.contains(**id)) {
        match runs.last_mut().filter(|(start, length)| start + length == place) {
            Some((_, length)) => *length += 1,
            None => runs.push((place, 1)),
        }
    }
    runs.into_iter().map(|(start, length)| (start as f64 * share, length as f64 * share)).collect()
}
