//! Names and pictures at the edges of a matrix by label, and the numbers in its cells.

use leptos::{html, prelude::*};

use super::view::Shown;
use crate::{
    page::{
        components::{
            canvas::{measure::follow_size, thumbnail::Thumbnail},
            dynamic::{dynamic, memo},
        },
        store::Store,
        words,
    },
    plot::{
        colour::{ink_on, viridis},
        matrix::Scale,
    },
    protocol::PictureId,
};

/// Maximum number of labels named beside the matrix.
pub const MAX_NAMED: usize = 24;

/// Least side of a cell with a number, in pixels for each of its digits.
const DIGIT: f64 = 15.0;

/// Range of the colours below which numbers have a third digit.
const NARROW: f32 = 0.2;

/// The labels along the left and the upper edge, each with its medoid.
#[component]
pub fn LabelEdges(shown: Shown) -> impl IntoView {
    let store = Store::expect();
    let labels = memo(move || {
        let pictures = store.with(|state| shown.medoids(state));
        let names =
            shown.labels.with(|labels| labels.iter().map(|label| label.name.clone()).collect::<Vec<_>>());
        let few = pictures.len() <= MAX_NAMED;
        names.into_iter().zip(pictures).filter(|_| few).collect::<Vec<_>>()
    });
    let label = |(name, picture): (String, PictureId)| {
        view! {
            <div>
                <span>{name}</span>
                <Thumbnail picture=Some(picture) />
            </div>
        }
    };
    ["label-edge label-left", "label-edge label-top"].map(|class| {
        view! {
            <div class=class aria-hidden="true">
                {dynamic(move || labels.get().into_iter().map(label).collect_view())}
            </div>
        }
    })
}

/// The means in the cells, if these are large enough.
#[component]
pub fn CellNumbers(shown: Shown, #[prop(into)] scale: Signal<Option<Scale>>) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let size = follow_size(frame);
    let numbers = move || {
        let (Some(scale), true) = (scale.get(), shown.is_by_label()) else { return Vec::new() };
        let labels = shown.labels.with(Vec::len);
        let digits = if scale.max - scale.min < NARROW { 3 } else { 2 };
        let fits = size.get().0 >= DIGIT * (digits * labels) as f64;
        let number = |value: &f32| (words::decimal(*value, digits), ink_on(viridis(scale.share(*value))));
        shown.means.with(|means| match means {
            Some(means) if fits => means.cells.iter().map(number).collect(),
            _ => Vec::new(),
        })
    };
    view! {
        <div class="cell-numbers" aria-hidden="true" node_ref=frame>
            {dynamic(move || {
                numbers().into_iter().map(|(number, ink)| view! { <span style:color=ink>{number}</span> }).collect_view()
            })}
        </div>
    }
}
