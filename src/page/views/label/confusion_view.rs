//! The confusion matrix.

use leptos::prelude::*;

use super::{confusion::Confusion, predictions::compared, view::Focus};
use crate::{
    page::{
        components::{
            canvas::png_button::PngButton,
            controls::explain::Explain,
            dynamic::{Memo, When, dynamic, memo},
            legend::ColourBar,
            matrix_view::{Cell, Drawing, MatrixView},
        },
        input::media,
        state::State,
        store::Store,
        words::glossary,
    },
    plot::{
        colour,
        matrix::{Diagonal, Scale},
    },
};

/// Range of the shares of a row.
const SHARES: Scale = Scale { min: 0.0, max: 1.0 };

/// Maximum number of labels named beside the matrix.
const MAX_NAMED: usize = 24;

/// The confusion matrix with a description of the cell pointed at; nothing if no label is known.
#[component]
pub fn ConfusionView(focus: Focus) -> impl IntoView {
    let store = Store::expect();
    let pointed = RwSignal::new(None);
    let confusion = memo(move || store.with(|state| count(state, focus)));
    let draw = move |most: usize| {
        let confusion = confusion.get()?;
        let side = confusion.labels.len();
        Some(Drawing::new(&confusion.shares(), side, most, SHARES, Diagonal::Shown))
    };
    let pick = move |cell: Cell, _| {
        focus.cell.set(confusion.with_untracked(|confusion| confusion.as_ref()?.labels_of(cell)));
    };
    let label = move || {
        let labels = confusion.with(|confusion| confusion.as_ref().map_or(0, |found| found.labels.len()));
        format!("Confusion matrix of {labels} labels: rows are true labels, columns guesses")
    };
    let hint = media::hint(
        "Point at a cell to read it. Click it to see its pictures below.",
        "Tap a cell to read it and to see its pictures below.",
    );
    let reading = Signal::derive(move || {
        let told = pointed.get().and_then(|cell| {
            confusion.with(|confusion| {
                store.with(|state| confusion.as_ref().and_then(|found| found.describe(state, cell)))
            })
        });
        told.unwrap_or_else(|| hint.to_owned())
    });
    view! {
        <When holds=move || confusion.with(Option::is_some)>
            <div class="confusion" data-figure="confusion">
                <p class="legend-name">
                    "True label (rows) against guess (columns) " <Explain term=glossary::CONFUSION /> " "
                    <PngButton name="Confusion" />
                </p>
                <div class="matrix-frame">
                    <Names confusion edge="top" class="group-names" />
                    <MatrixView draw label=Signal::derive(label) pointed on_pick=pick>
                        ""
                    </MatrixView>
                    <Names confusion edge="left" class="column-names" />
                </div>
                <div class="legend" aria-hidden="true">
                    <ColourBar
                        stops=colour::css_stops()
                        least="0%"
                        middle="of the row’s pictures"
                        most="100%"
                    />
                </div>
                <p class="note" aria-live="polite" data-control="">{reading}</p>
            </div>
        </When>
    }
}

fn count(state: &State, focus: Focus) -> Option<Confusion> {
    let (stage, method) = (focus.stage.get(), focus.method.get());
    let (classification, _) = method.answer(state, stage)?;
    Confusion::count(&classification.classes, &compared(state, stage, method))
}

/// The labels along one side, in the same order for rows and columns.
#[component]
fn Names(
    confusion: Memo<Option<Confusion>>,
    /// CSS edge from which a name's position is measured.
    edge: &'static str,
    class: &'static str,
) -> impl IntoView {
    let store = Store::expect();
    let names = dynamic(move || {
        let labels = confusion.get().map_or(Vec::new(), |confusion| confusion.labels);
        let count = labels.len();
        let name = move |(place, label)| {
            let name = store.with(|state| state.pictures.label_name(label).map(str::to_owned));
            let middle = (place as f64 + 0.5) / count as f64 * 100.0;
            view! { <span style=(edge, format!("{middle:.3}%"))>{name}</span> }
        };
        let shown = if count > MAX_NAMED { 0 } else { count };
        labels.into_iter().enumerate().take(shown).map(name).collect_view()
    });
    view! {
        <div class=class aria-hidden="true">
            {names}
        </div>
    }
}
