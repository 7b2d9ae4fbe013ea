//! What is on the map just now: pictures on their way to their places, and the part in sight.

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

/// Pictures come closer to their places by a factor of e in so many milliseconds.
const EASING: f32 = 160.0;

/// Nearer to its place than this, in units of the map, a picture has arrived.
const ARRIVED: f32 = 2e-3;

/// Room around the pictures when all are in sight, in pixels.
const MARGIN: f32 = 34.0;

/// Corners less round than this, in pixels, are drawn square, which is quicker.
const LEAST_CORNER: f64 = 3.0;

/// What the widest frame adds to a picture's side, in pixels.
const ROOM: f32 = 10.0;

/// The map's own memory, outside the page's state.
#[derive(Default)]
pub struct Scene {
    /// The pictures of the points.
    pub pictures: Vec<PictureId>,
    /// Where they are.
    pub points: Vec<Point>,
    targets: Vec<Point>,
    /// Colours of their frames, where they are of a kind.
    pub colours: Vec<Option<&'static str>>,
    /// The part in sight that the user chose; none shows all.
    pub chosen: Option<Viewport>,
    atlas: Atlas,
    layer: Layer,
    /// The colour of the frames in the layer.
    accent: String,
    incomplete: bool,
    /// When it was last drawn, in milliseconds.
    pub drawn: f64,
    /// Whether a frame was asked for.
    pub awaited: bool,
}

impl Scene {
    /// Forgets the pictures; a frame that was asked for still comes.
    pub fn clear(&mut self) {
        *self = Self { awaited: self.awaited, ..Self::default() };
    }

    /// Sends pictures to new places; those that were not there before stand there at once.
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

    /// Has all pictures painted anew: something about them has changed.
    pub fn outdate(&mut self) {
        self.layer.outdate();
    }

    /// Lets pictures come closer to their places; whether some are still on the way, or
    /// not yet to be seen.
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

    /// The part in sight that shows everything.
    pub fn whole(&self, size: Point) -> Viewport {
        Viewport::fit(&self.points, size, MARGIN)
    }

    /// The part in sight.
    pub fn viewport(&self, size: Point) -> Viewport {
        self.chosen.unwrap_or_else(|| self.whole(size))
    }

    /// The side of a picture in pixels.
    pub fn side(&self, size: Point) -> f32 {
        let zoom = self.viewport(size).scale / self.whole(size).scale;
        picture_side(self.points.len(), size, zoom)
    }

    /// The places of all pictures on the screen.
    pub fn places(&self, size: Point) -> Vec<Point> {
        let viewport = self.viewport(size);
        self.points.iter().map(|point| viewport.to_screen(*point, size)).collect()
    }

    /// The picture at a place of the screen.
    pub fn picture_at(&self, place: Point, size: Point) -> Option<PictureId> {
        let reach = 0.5 * self.side(size) + 3.0;
        point_at(&self.places(size), place, reach).map(|index| self.pictures[index])
    }

    /// Draws everything. The selected have a frame around their own in the colour of the
    /// canvas’s text, which the style sheet sets to the accent, and lie above the others;
    /// `marked` have one too, lie above all, and are larger.
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

    /// Draws one picture with its frames.
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
            frame(context, place, side + 4.0, colour);
        }
        self.atlas.draw(context, index, place, side);
    }
}

/// The colour that the style sheet gives the canvas: what is painted knows none but its own.
fn colour_of(canvas: &HtmlCanvasElement) -> String {
    let style = window().get_computed_style(canvas).ok().flatten();
    style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
}

/// A square behind a picture, of which its edge remains.
fn frame(context: &CanvasRenderingContext2d, [x, y]: Point, side: f32, colour: &str) {
    context.set_fill_style_str(colour);
    let half = f64::from(0.5 * side);
    let corner = f64::from(side) * 0.14;
    if corner < LEAST_CORNER {
        return context.fill_rect(f64::from(x) - half, f64::from(y) - half, 2.0 * half, 2.0 * half);
    }
    context.begin_path();
    // A radius that is a number is never refused.
    context
        .round_rect_with_f64(f64::from(x) - half, f64::from(y) - half, 2.0 * half, 2.0 * half, corner)
        .ok();
    context.fill();
}
