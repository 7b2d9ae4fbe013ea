//! A matrix on a canvas whose cells can be pointed at.

use std::rc::Rc;

use leptos::{ev, html, prelude::*};

use super::{
    canvas::{measure::follow_size, paint},
    dynamic::{effect, handler, memo},
};
use crate::{
    page::{input::selection_range, state::SelectionRange},
    plot::matrix::{Diagonal, Scale, cell_at, pixels},
};

/// A matrix ready for painting.
pub struct Drawing {
    /// RGBA bytes.
    pixels: Vec<u8>,
    /// Number of pixels to a side.
    resolution: usize,
    /// Number of rows and of columns.
    side: usize,
}

impl Drawing {
    /// Draws a square matrix with at most this many pixels to a side.
    pub fn new(cells: &[f32], side: usize, most: usize, scale: Scale, diagonal: Diagonal) -> Self {
        Self { pixels: pixels(cells, side, most, scale, diagonal), resolution: side.min(most), side }
    }

    fn nothing() -> Self {
        Self { pixels: vec![0; 4], resolution: 1, side: 0 }
    }
}

/// The row and the column of a cell.
pub type Cell = (usize, usize);

/// Number of pixels to a side that are saved for one on screen, as in `static/figure.js`.
const SAVED: usize = 2;

/// A square of cells; a cell selected by pointer or arrow keys is reported through `pointed`.
#[component]
pub fn MatrixView(
    /// Draws with at most this many pixels to a side, again whenever a value that it reads changes.
    draw: impl Fn(usize) -> Option<Drawing> + 'static,
    /// Accessible description of the matrix.
    #[prop(into)]
    label: Signal<String>,
    /// The cell pointed at.
    pointed: RwSignal<Option<Cell>>,
    /// Callback for the clicked cell, and the extent of the click.
    on_pick: impl Fn(Cell, SelectionRange) + Copy + 'static,
    /// Content above the cells, in an SVG of the same area.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let side = RwSignal::new(0);
    let frame = NodeRef::<html::Div>::new();
    let size = follow_size(frame);
    // Number of pixels on screen, if there are fewer than cells: whole rows and columns would be left out.
    let fewer = memo(move || {
        let pixels = (size.get().0 * window().device_pixel_ratio()).round() as usize;
        (1..side.get()).contains(&pixels).then_some(pixels)
    });
    let paint = Rc::new(move |finer: usize| {
        let Some(canvas) = canvas.get() else { return };
        let most = fewer.get().map_or(usize::MAX, |pixels| pixels * finer);
        // Without a drawing, the previous one is cleared.
        let drawing = draw(most).unwrap_or_else(Drawing::nothing);
        paint::rgba(&canvas, &drawing.pixels, drawing.resolution, drawing.resolution);
        side.set(drawing.side);
    });
    let save = paint.clone();
    effect(move || paint(1));
    let point_at = move |event: &ev::MouseEvent| {
        let Some(canvas) = canvas.get_untracked() else { return };
        let rect = canvas.get_bounding_client_rect();
        let across = (f64::from(event.client_x()) - rect.left()) / rect.width();
        let down = (f64::from(event.client_y()) - rect.top()) / rect.height();
        pointed.set(cell_at(across as f32, down as f32, side.get_untracked()));
    };
    let moved = move |event: ev::PointerEvent| point_at(&event);
    // A finger leaves before its tap becomes a click, and its cell's readout is to stay.
    let left = move |event: ev::PointerEvent| {
        if event.pointer_type() != "touch" {
            pointed.set(None);
        }
    };
    let pick = move |range: SelectionRange| {
        if let Some(cell) = pointed.get_untracked() {
            on_pick(cell, range);
        }
    };
    let press = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" | " " => {
            event.prevent_default();
            pick(selection_range::of_key(&event));
        }
        key => {
            if let Some(cell) = step(pointed.get_untracked(), key, side.get_untracked()) {
                event.prevent_default();
                pointed.set(Some(cell));
            }
        }
    };
    view! {
        <div
            class="matrix"
            class:shrunk=move || fewer.get().is_some()
            node_ref=frame
            role="application"
            tabindex="0"
            aria-label=label
            aria-roledescription="matrix"
            on:pointermove=handler(moved)
            on:pointerdown=handler(moved)
            on:pointerleave=handler(left)
            on:click=handler(move |event: ev::MouseEvent| {
                point_at(&event);
                pick(selection_range::of_click(&event));
            })
            on:keydown=handler(press)
        >
            <canvas
                class="cells"
                node_ref=canvas
                width="1"
                height="1"
                aria-hidden="true"
                on:finer=handler(move |_: ev::Event| untrack(|| save(SAVED)))
            ></canvas>
            {children.map(|children| children())}
            <Pointer pointed side />
        </div>
    }
}

/// Crosshairs on the cell pointed at.
#[component]
fn Pointer(pointed: RwSignal<Option<Cell>>, side: RwSignal<usize>) -> impl IntoView {
    let at = move |index: usize| format!("{}%", (index as f64 + 0.5) / side.get().max(1) as f64 * 100.0);
    let row = Signal::derive(move || pointed.get().map_or(String::new(), |(row, _)| at(row)));
    let column = Signal::derive(move || pointed.get().map_or(String::new(), |(_, column)| at(column)));
    view! {
        <div class="crosshair" class:shown=move || pointed.get().is_some() aria-hidden="true">
            <span class="crosshair-row" style:top=row></span>
            <span class="crosshair-column" style:left=column></span>
        </div>
    }
}

/// Returns the cell reached by an arrow key.
fn step(cell: Option<Cell>, key: &str, side: usize) -> Option<Cell> {
    let last = side.checked_sub(1)?;
    let (row, column) = cell.unwrap_or_default();
    match key {
        "ArrowUp" => Some((row.saturating_sub(1), column)),
        "ArrowDown" => Some(((row + 1).min(last), column)),
        "ArrowLeft" => Some((row, column.saturating_sub(1))),
        "ArrowRight" => Some((row, (column + 1).min(last))),
        _ => None,
    }
}
