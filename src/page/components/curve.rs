//! A curve over the steps of the run.

use leptos::{html, prelude::*};

use super::{
    canvas::{measure::follow_size, png_button::PngButton},
    controls::explain::Explain,
    dynamic::dynamic,
};
use crate::{
    page::{state::State, store::Store, words::glossary::Term},
    plot::chart::{Axes, Frame, GAP, extent, path, smooth, thinned},
    protocol::StepReport,
};

/// A reference level, and its name.
pub type Level = (f32, String);

/// Direction in which a quantity improves.
#[derive(Clone, Copy)]
pub enum Better {
    /// Lower values are better.
    Lower,
    /// Higher values are better.
    Higher,
}

impl Better {
    /// Returns an arrow, with its meaning on hover and for screen readers.
    pub fn arrow(self) -> impl IntoView {
        let (arrow, meaning) = match self {
            Self::Lower => ("↓", "lower is better"),
            Self::Higher => ("↑", "higher is better"),
        };
        view! {
            <span class="curve-better" title=meaning>
                <span aria-hidden="true">{arrow}</span>
                <span class="visually-hidden">{meaning}</span>
            </span>
        }
    }
}

/// A quantity shown by a curve.
#[derive(Clone, Copy)]
pub struct Quantity {
    /// Name of the quantity.
    pub name: &'static str,
    /// Explanation of the quantity.
    pub term: Term,
    /// Direction in which it improves.
    pub better: Better,
    /// Reads the quantity from a report.
    pub read: fn(&StepReport) -> f32,
    /// Formats the present value.
    pub words: fn(f32) -> String,
    /// Returns a level to compare with.
    pub level: fn(&State) -> Option<Level>,
    /// Returns the least and the greatest value that the axis has to contain; others are drawn at its
    /// ends.
    pub span: fn(&[f32]) -> Option<(f32, f32)>,
    /// Least and greatest usual value; the axis ends there at the latest.
    pub usual: (f32, f32),
}

/// A curve with its axes, present value and reference level.
#[component]
pub fn Curve(quantity: Quantity) -> impl IntoView {
    let store = Store::expect();
    let plot = NodeRef::<html::Div>::new();
    let size = follow_size(plot);
    let figure = move || store.with(|state| Figure::new(state, quantity, size.get()));
    let present = Signal::derive(move || {
        store.with(|state| state.run.steps.last().map(|report| (quantity.words)((quantity.read)(report))))
    });
    let label = Signal::derive(move || {
        let present = present.get().unwrap_or_else(|| "no steps yet".to_owned());
        format!("{} over the steps of the run; now {present}", quantity.name)
    });
    view! {
        <figure class="curve" data-figure=quantity.name.to_ascii_lowercase()>
            <figcaption>
                <span class="curve-name">{quantity.name}</span>
                {quantity.better.arrow()}
                <Explain term=quantity.term />
                <PngButton name=quantity.name />
                <span class="curve-now">{present}</span>
            </figcaption>
            <div class="plot" node_ref=plot role="img" aria-label=label>
                {dynamic(move || figure().map(Figure::view))}
            </div>
        </figure>
    }
}

/// A curve's geometry, in pixels of the page.
struct Figure {
    size: (f64, f64),
    frame: Frame,
    axes: Axes,
    raw: String,
    smooth: String,
    level: Option<Level>,
}

impl Figure {
    fn new(state: &State, quantity: Quantity, size: (f64, f64)) -> Option<Self> {
        let level = (quantity.level)(state);
        let reports = &state.run.steps;
        let values: Vec<f32> = reports.iter().map(quantity.read).collect();
        let ends = (quantity.span)(&values).into_iter().flat_map(|(low, high)| [low, high]);
        let heights = ends.chain(level.iter().map(|(value, _)| *value));
        let y = extent(heights, quantity.usual).unwrap_or((0.0, 1.0));
        let axes = Axes { x: (0.0, state.settings.steps as f32), y };
        let frame = Frame::inside(size, &axes)?;
        // Before smoothing, so that an outlier does not lift the curve for many steps.
        let values: Vec<f32> = values.into_iter().map(|value| value.clamp(axes.y.0, axes.y.1)).collect();
        let line = |values: &[f32]| {
            let steps = reports.iter().map(|report| report.step as f32);
            let points: Vec<_> = steps.zip(values.iter().copied()).collect();
            path(&thinned(&points, frame.width as usize), &axes, &frame)
        };
        let smoothed = line(&smooth(&values));
        Some(Self { size, frame, axes, raw: line(&values), smooth: smoothed, level })
    }

    fn view(self) -> impl IntoView {
        let (width, height) = self.size;
        view! {
            <svg width=width height=height aria-hidden="true">
                {grid(self.frame, self.axes)}
                {self.level_line()}
                <path class="curve-raw" d=self.raw></path>
                <path class="curve-smooth" d=self.smooth></path>
            </svg>
        }
    }

    fn level_line(&self) -> impl IntoView + use<> {
        let (left, right) = (self.frame.left, self.frame.left + self.frame.width);
        let (frame, axes) = (self.frame, self.axes);
        self.level.clone().map(move |(value, name)| {
            let y = frame.y(&axes, value);
            view! {
                <line class="level" x1=left x2=right y1=y y2=y></line>
                <text class="level-name" x=right y=y - 5.0 text-anchor="end">{name}</text>
            }
        })
    }
}

/// Draws lines and numbers along both axes.
pub fn grid(frame: Frame, axes: Axes) -> impl IntoView {
    let (left, right, bottom) = (frame.left, frame.left + frame.width, frame.top + frame.height);
    let row = move |(value, label): (f32, String)| {
        let y = frame.y(&axes, value);
        view! {
            <line class="grid-line" x1=left x2=right y1=y y2=y></line>
            <text class="tick" x=left - GAP y=y + 4.0 text-anchor="end">{label}</text>
        }
    };
    let column = move |(value, label): (f32, String)| {
        let x = frame.x(&axes, value);
        view! { <text class="tick" x=x y=bottom + 15.0 text-anchor="middle">{label}</text> }
    };
    view! {
        <g>{frame.rows(&axes).into_iter().map(row).collect_view()}</g>
        <g>{frame.columns(&axes).into_iter().map(column).collect_view()}</g>
    }
}
