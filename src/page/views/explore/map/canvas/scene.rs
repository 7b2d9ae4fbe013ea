//! The present contents of the map: pictures moving to their positions, and the visible part.

use leptos::prelude::window;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{
    atlas::Atlas,
    layer::{Layer, View, context_of},
};
use crate::{
    page::{
        picture_map::PictureMap,
        state::{Selection, State},
    },
    plot::map::{Point, Viewport, picture_side, point_at},
    protocol::PictureId,
};

/// Time constant of the pictures' movement, in milliseconds.
const EASING: f32 = 160.0;

/// Distance to the target within which a picture has arrived, in units of the map.
const ARRIVED: f32 = 2e-3;

/// Margin around the pictures when all are visible, in pixels.
const MARGIN: f32 = 34.0;

/// Corner radius in pixels below which corners are drawn square, which is faster.
const LEAST_CORNER: f64 = 3.0;

/// Width that the widest frame adds to a picture's side, in pixels.
const ROOM: f32 = 10.0;

/// Thickness of the line below a picture, in pixels.
const UNDERLINE: f64 = 3.0;

/// State of the map outside the page's state.
#[derive(Default)]
pub struct Scene {
    /// The pictures of the points.
    pub pictures: Vec<PictureId>,
    /// Their present positions.
    pub points: Vec<Point>,
    targets: Vec<Point>,
    /// Colours of their underlines, for pictures that belong to a kind.
    pub colours: Vec<Option<&'static str>>,
    /// Visible part chosen by the user; `None` shows everything.
    pub chosen: Option<Viewport>,
    atlas: Atlas,
    layer: Layer,
    /// Colour of the frames in the layer.
    accent: String,
    incomplete: bool,
    /// Time of the last drawing, in milliseconds.
    pub drawn: f64,
    /// Whether a frame has been requested.
    pub awaited: bool,
}

impl Scene {
    /// Sets new target positions; pictures that are new appear there at once.
    pub fn send(&mut self, pictures: &[PictureId], targets: Vec<Point>, at_once: bool) {
        if self.pictures != pictures {
            let old: PictureMap<Point> =
                self.pictures.iter().copied().zip(self.points.iter().copied()).collect();
            let kept = pictures.iter().zip(&targets);
            self.points = kept.map(|(id, target)| old.get(id).copied().unwrap_or(*target)).collect();
            self.pictures = pictures.to_vec();
            self.atlas = Atlas::new(self.pictures.clone());
            self.incomplete = true;
        }
        if at_once {
            self.points.clone_from(&targets);
        }
        self.targets = targets;
    }

    /// Requires all pictures to be repainted, since something about them has changed.
    pub fn outdate(&mut self) {
        self.layer.outdate();
    }

    /// Moves pictures towards their targets; returns whether some are still moving, or not yet
    /// visible.
    pub fn advance(&mut self, now: f64, state: &State) -> bool {
        let elapsed = (now - self.drawn).clamp(0.0, 100.0) as f32;
        self.drawn = now;
        let share = 1.0 - (-elapsed / EASING).exp();
        let mut farthest = 0.0_f32;
        for (point, target) in self.points.iter_mut().zip(&self.targets) {
            for axis in 0..2 {
                let way = target[axis] - point[axis];
                farthest = farthest.max(way.abs());
                point[axis] += share * way;
            }
        }
        if farthest > 0.0 {
            self.outdate();
        }
        if farthest < ARRIVED {
            self.points.clone_from(&self.targets);
        }
        if self.incomplete {
            self.incomplete = self.atlas.grow(state);
            self.outdate();
            return true;
        }
        farthest >= ARRIVED
    }

    /// Returns the viewport that shows everything.
    pub fn whole(&self, size: Point) -> Viewport {
        Viewport::fit(&self.points, size, MARGIN)
    }

    /// Returns the present viewport.
    pub fn viewport(&self, size: Point) -> Viewport {
        self.chosen.unwrap_or_else(|| self.whole(size))
    }

    /// Returns the side of a picture in pixels.
    pub fn side(&self, size: Point) -> f32 {
        let zoom = self.viewport(size).scale / self.whole(size).scale;
        picture_side(self.points.len(), size, zoom)
    }

    /// Returns the positions of all pictures on the screen.
    pub fn places(&self, size: Point) -> Vec<Point> {
        let viewport = self.viewport(size);
        self.points.iter().map(|point| viewport.to_screen(*point, size)).collect()
    }

    /// Returns the picture at a place on the screen.
    pub fn picture_at(&self, place: Point, size: Point) -> Option<PictureId> {
        let reach = 0.5 * self.side(size) + 3.0;
        point_at(&self.places(size), place, reach).map(|index| self.pictures[index])
    }

    /// Draws everything. Selected pictures have an additional frame in the canvas’s text colour,
    /// which the style sheet sets to the accent, and are above the others; `marked` ones have it too,
    /// are above all, and are larger.
    pub fn paint(
        &mut self,
        canvas: &HtmlCanvasElement,
        size: Point,
        density: f64,
        selection: &Selection,
        marked: &[PictureId],
    ) {
        let accent = colour_of(canvas);
        if self.accent != accent {
            self.outdate();
            self.accent.clone_from(&accent);
        }
        let mut layer = std::mem::take(&mut self.layer);
        let side = self.side(size);
        let wanted = View { size, density, viewport: self.viewport(size) };
        let shown = layer.show(canvas, wanted, |context, viewport, area| {
            let places: Vec<_> = self.points.iter().map(|point| viewport.to_screen(*point, size)).collect();
            let seen = || (0..places.len()).filter(|index| area.touches(places[*index], side + ROOM));
            let is_selected = |index: &usize| selection.contains(self.pictures[*index]);
            for index in seen().filter(|index| !is_selected(index)) {
                self.draw(context, index, places[index], side, None);
            }
            for index in seen().filter(is_selected) {
                self.draw(context, index, places[index], side, Some(&accent));
            }
        });
        self.layer = layer;
        let (Some(shown), Some(context)) = (shown, context_of(canvas)) else { return };
        context.set_transform(density, 0.0, 0.0, density, 0.0, 0.0).ok();
        for id in marked {
            if let Some(index) = self.pictures.iter().position(|picture| picture == id) {
                let place = shown.viewport.to_screen(self.points[index], size);
                self.draw(&context, index, place, side.max(40.0), Some(&accent));
            }
        }
    }

    /// Draws a picture with its frame and underline.
    fn draw(
        &self,
        context: &CanvasRenderingContext2d,
        index: usize,
        place: Point,
        side: f32,
        accent: Option<&str>,
    ) {
        if let Some(accent) = accent {
            frame(context, place, side + ROOM, accent);
        }
        if let Some(colour) = self.colours.get(index).copied().flatten() {
            underline(context, place, side, colour);
        }
        self.atlas.draw(context, index, place, side);
    }
}

/// Draws a line below a picture.
fn underline(context: &CanvasRenderingContext2d, [x, y]: Point, side: f32, colour: &str) {
    context.set_fill_style_str(colour);
    let [left, bottom, width] = [x - 0.5 * side, y + 0.5 * side, side].map(f64::from);
    context.fill_rect(left, bottom + 0.5, width, UNDERLINE);
}

/// Returns the text colour of the canvas by the style sheet, since painting does not know the style
/// sheet's colours.
fn colour_of(canvas: &HtmlCanvasElement) -> String {
    let style = window().get_computed_style(canvas).ok().flatten();
    style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
}

/// Fills a square behind a picture, of which only the edge stays visible.
fn frame(context: &CanvasRenderingContext2d, [x, y]: Point, side: f32, colour: &str) {
    context.set_fill_style_str(colour);
    let half = f64::from(0.5 * side);
    let corner = f64::from(side) * 0.14;
    if corner < LEAST_CORNER {
        return context.fill_rect(f64::from(x) - half, f64::from(y) - half, 2.0 * half, 2.0 * half);
    }
    context.begin_path();
    // A numeric radius is never refused.
    context
        .round_rect_with_f64(f64::from(x) - half, f64::from(y) - half, 2.0 * half, 2.0 * half, corner)
        .ok();
    context.fill();
}
