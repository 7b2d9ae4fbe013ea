//! A cache of the painted pictures, so that moving the map paints only those that become visible, and
//! pointing at one paints only that one.

use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::{
    page::components::canvas::paint,
    plot::map::{Area, Point, Viewport, uncovered},
};

/// The visible part of the map, and its size.
#[derive(Clone, Copy, PartialEq)]
pub struct View {
    /// Width and height in CSS pixels.
    pub size: Point,
    /// Number of canvas pixels per CSS pixel.
    pub density: f64,
    /// The visible part.
    pub viewport: Viewport,
}

impl View {
    /// Returns the width and height of the canvas.
    fn pixels(&self) -> [u32; 2] {
        self.size.map(|side| (f64::from(side) * self.density) as u32)
    }
}

/// The pictures on a hidden canvas, which is copied to the visible one.
#[derive(Default)]
pub struct Layer {
    canvas: Option<HtmlCanvasElement>,
    painted: Option<View>,
}

impl Layer {
    /// Requires everything to be repainted, since appearances or positions have changed.
    pub fn outdate(&mut self) {
        self.painted = None;
    }

    /// Copies the pictures to a canvas; `paint` paints those of an area where they are missing.
    /// Returns the view that the canvas then shows, which may be half a pixel off; `None` if nothing
    /// can be painted.
    pub fn show(
        &mut self,
        target: &HtmlCanvasElement,
        wanted: View,
        mut paint: impl FnMut(&CanvasRenderingContext2d, Viewport, Area),
    ) -> Option<View> {
        let canvas = self.canvas.get_or_insert_with(|| paint::canvas(0, 0));
        let context = paint::context(canvas)?;
        let (shown, areas) = match self.painted.and_then(|painted| moved(painted, wanted)) {
            Some((shown, [0.0, 0.0])) => (shown, Vec::new()),
            Some((shown, way)) => {
                shift(&context, canvas, way.map(|pixels| f64::from(pixels) * wanted.density));
                (shown, uncovered(wanted.size, way))
            }
            None => {
                resize(canvas, wanted.pixels());
                context.reset_transform().ok();
                context.clear_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
                (wanted, vec![Area::whole(wanted.size)])
            }
        };
        context.set_transform(wanted.density, 0.0, 0.0, wanted.density, 0.0, 0.0).ok();
        for area in areas {
            context.save();
            clip(&context, area);
            paint(&context, shown.viewport, area);
            context.restore();
        }
        self.painted = Some(shown);
        copy(canvas, target)?;
        Some(shown)
    }
}

/// Returns the view nearest to `wanted` that the painted one can be moved to by whole canvas pixels,
/// and the displacement in CSS pixels.
fn moved(painted: View, wanted: View) -> Option<(View, Point)> {
    let mut shown = painted;
    shown.viewport.centre = wanted.viewport.centre;
    if shown != wanted {
        return None;
    }
    shown = painted;
    let to = wanted.viewport.centre;
    let way = [0, 1].map(|axis| {
        let pixels = (painted.viewport.centre[axis] - to[axis]) * painted.viewport.scale;
        let density = painted.density as f32;
        (pixels * density).round() / density
    });
    shown.viewport.pan(way);
    Some((shown, way))
}

/// Moves the contents of a canvas; newly exposed parts are clear.
fn shift(context: &CanvasRenderingContext2d, canvas: &HtmlCanvasElement, [x, y]: [f64; 2]) {
    context.reset_transform().ok();
    context.set_global_composite_operation("copy").ok();
    context.draw_image_with_html_canvas_element(canvas, x, y).ok();
    context.set_global_composite_operation("source-over").ok();
}

fn clip(context: &CanvasRenderingContext2d, Area { corner: [x, y], size: [width, height] }: Area) {
    context.begin_path();
    context.rect(x.into(), y.into(), width.into(), height.into());
    context.clip();
}

/// Copies a canvas to another, including its size.
fn copy(source: &HtmlCanvasElement, target: &HtmlCanvasElement) -> Option<()> {
    resize(target, [source.width(), source.height()]);
    let context = paint::context(target)?;
    context.reset_transform().ok();
    context.set_global_composite_operation("copy").ok();
    context.draw_image_with_html_canvas_element(source, 0.0, 0.0).ok()?;
    context.set_global_composite_operation("source-over").ok()
}

/// Sets the size of a canvas; that clears it, so it is set only if it changes.
fn resize(canvas: &HtmlCanvasElement, [width, height]: [u32; 2]) {
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
}
