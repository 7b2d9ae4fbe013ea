//! A chart of one quantity of two runs.

use std::sync::Arc;

use leptos::{html, prelude::*};

use super::state::Record;
use crate::{
    page::{
        components::{
            canvas::{measure::follow_size, png_button::PngButton},
            controls::explain::Explain,
            curve::grid,
            dynamic::dynamic,
        },
        words::glossary::Term,
    },
    plot::chart::{Axes, Frame, extent, path, thinned},
};

/// CSS classes of the two lines.
pub const LINES: [&str; 2] = ["run-line", "run-line second"];

/// The lines of both runs over their steps.
#[component]
pub fn RunChart(
    /// Name of the quantity.
    name: &'static str,
    /// Explanation of the quantity.
    term: Term,
    /// The runs, none or two.
    #[prop(into)]
    records: Signal<Vec<Arc<Record>>>,
    /// Returns a run's points: steps and values.
    line: fn(&Record) -> Vec<(f32, f32)>,
    /// Least and greatest usual value; the axis ends there at the latest.
    usual: (f32, f32),
) -> impl IntoView {
    let plot = NodeRef::<html::Div>::new();
    let size = follow_size(plot);
    let lines = move || records.get().iter().map(|record| line(record)).collect::<Vec<_>>();
    let label = Signal::derive(move || {
        let ends = records.get().into_iter().map(|record| {
            let last = line(&record).last().map_or("nothing".to_owned(), |(_, value)| format!("{value:.3}"));
            format!("run {} ends at {last}", record.number)
        });
        format!("{name} over the steps: {}", ends.collect::<Vec<_>>().join(", "))
    });
    let chart = dynamic(move || {
        let lines = lines();
        let values = lines.iter().flatten().map(|(_, value)| *value);
        let last = lines.iter().flatten().map(|(step, _)| *step).fold(1.0, f32::max);
        let axes = Axes { x: (0.0, last), y: extent(values, usual)? };
        let frame = Frame::inside(size.get(), &axes)?;
        let paths = lines.iter().zip(LINES).map(|(line, class)| {
            let d = path(&thinned(line, frame.width as usize), &axes, &frame);
            view! { <path class=class d=d></path> }
        });
        let paths = paths.collect_view();
        let (width, height) = size.get();
        Some(view! {
            <svg width=width height=height aria-hidden="true">
                {grid(frame, axes)}
                {paths}
            </svg>
        })
    });
    let any = move || lines().iter().any(|line| !line.is_empty());
    view! {
        <figure class="curve" data-figure=format!("runs-{}", name.to_ascii_lowercase().replace(' ', "-")) class:empty=move || !any()>
            <figcaption>
                <span class="curve-name">{name}</span>
                <Explain term />
                <PngButton name />
            </figcaption>
            <div class="plot" node_ref=plot role="img" aria-label=label>
                {chart}
            </div>
        </figure>
    }
}
