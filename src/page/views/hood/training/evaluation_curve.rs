//! A score of the network over the steps of the run, one value per evaluation.

use leptos::{html, prelude::*};

use crate::{
    page::{
        components::{
            canvas::{measure::follow_size, png_button::PngButton},
            controls::explain::Explain,
            curve::{Better, grid},
            dynamic::dynamic,
        },
        state::State,
        store::Store,
        words::glossary::Term,
    },
    plot::chart::{Axes, Frame, extent, path},
};

/// Maximum number of values drawn with dots.
const MAX_DOTS: usize = 40;

/// A score shown by a curve.
#[derive(Clone, Copy)]
pub struct Score {
    /// Name of the score.
    pub name: &'static str,
    /// Name of the chart, for files and tests.
    pub figure: &'static str,
    /// Explanation of the score.
    pub term: Term,
    /// Direction in which it improves.
    pub better: Better,
    /// Returns its values by step.
    pub values: fn(&State) -> Vec<(u32, f32)>,
    /// Least and greatest usual value; the axis ends there at the latest.
    pub usual: (f32, f32),
    /// Formats a value.
    pub words: fn(f32) -> String,
    /// Returns the reason why there are no values.
    pub missing: fn(&State) -> &'static str,
}

/// The curve with its axes and latest value, or the reason why there is none.
#[component]
pub fn EvaluationCurve(score: Score) -> impl IntoView {
    let store = Store::expect();
    let plot = NodeRef::<html::Div>::new();
    let size = follow_size(plot);
    let latest = Signal::derive(move || {
        let values = store.with(score.values);
        values.last().map_or(String::new(), |(_, value)| (score.words)(*value))
    });
    let label = Signal::derive(move || match latest.get() {
        latest if latest.is_empty() => format!("{}: no values yet", score.name),
        latest => format!("{} over the steps of the run; now {latest}", score.name),
    });
    let drawn = dynamic(move || {
        store.with(|state| {
            let values = (score.values)(state);
            if values.is_empty() {
                return Some(view! { <p class="note">{(score.missing)(state)}</p> }.into_any());
            }
            let last = values.last().map_or(0, |(step, _)| *step).max(state.settings.steps);
            draw(&values, score.usual, last, size.get())
        })
    });
    view! {
        <figure class="curve" data-figure=score.figure>
            <figcaption>
                <span class="curve-name">{score.name}</span>
                {score.better.arrow()}
                <Explain term=score.term />
                <PngButton name=score.name />
                <span class="curve-now">{latest}</span>
            </figcaption>
            <div class="plot" node_ref=plot role="img" aria-label=label>
                {drawn}
            </div>
        </figure>
    }
}

/// Draws values by step on an axis up to a last step; `None` if there is no space.
fn draw(values: &[(u32, f32)], usual: (f32, f32), last: u32, size: (f64, f64)) -> Option<AnyView> {
    let points: Vec<_> = values.iter().map(|(step, value)| (*step as f32, *value)).collect();
    let axes = Axes { x: (0.0, last as f32), y: extent(points.iter().map(|point| point.1), usual)? };
    let frame = Frame::inside(size, &axes)?;
    let (width, height) = size;
    let view = view! {
        <svg width=width height=height aria-hidden="true">
            {grid(frame, axes)}
            <path class="curve-smooth" d=path(&points, &axes, &frame)></path>
            {dots(&points, axes, frame)}
        </svg>
    };
    Some(view.into_any())
}

fn dots(points: &[(f32, f32)], axes: Axes, frame: Frame) -> Vec<AnyView> {
    let dot = |(x, y): &(f32, f32)| {
        view! { <circle class="curve-dot" cx=frame.x(&axes, *x) cy=frame.y(&axes, *y) r="2.5"></circle> }
            .into_any()
    };
    if points.len() > MAX_DOTS { Vec::new() } else { points.iter().map(dot).collect() }
}
