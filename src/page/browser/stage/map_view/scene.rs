//! What is on the map just now: pictures on their way to their places, and the part in sight.

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::atlas::Atlas;
use crate::{
    page::{by_id::ById, state::State},
    plot::map::{Point, Viewport, picture_side, point_at},
    protocol::PictureId,
};

/// Pictures come closer to their places by a factor of e in so many milliseconds.
const EASING: f32 = 160.0;

/// Nearer to its place than this, in units of the map, a picture has arrived.
const ARRIVED: f32 = 2e-3;

/// Room around the pictures when all are in sight, in pixels.
const MARGIN: f32 = 34.0;

/// The map's own memory, outside the page's state.
#[derive(Default)]
pub struct Scene {
    /// The pictures of the points.
    pub pictures: Vec<PictureId>,
    /// Where they are.
    pub points: Vec<Point>,
    targets: Vec<Point>,
    /// Colours of their frames, where they have labels.
    pub colours: Vec<Option<&'static str>>,
    /// The part in sight that the user chose; none shows all.
    pub chosen: Option<Viewport>,
    atlas: Atlas,
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
            let old: ById<Point> = self.pictures.iter().copied().zip(self.points.iter().copied()).collect();
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
        if farthest < ARRIVED {
            self.points.clone_from(&self.targets);
        }
        if self.incomplete {
            self.incomplete = self.atlas.grow(state);
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

    /// Draws everything; `marked` lie above the others, with a frame in the colour of the
    /// canvas’s text, which the style sheet sets to the accent.
    pub fn paint(&self, canvas: &HtmlCanvasElement, size: Point, density: f64, marked: &[PictureId]) {
        let [width, height] = size.map(|side| (f64::from(side) * density) as u32);
        if canvas.width() != width || canvas.height() != height {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        let Some(context) = canvas.get_context("2d").ok().flatten() else { return };
        let context: CanvasRenderingContext2d = context.unchecked_into();
        context.set_transform(density, 0.0, 0.0, density, 0.0, 0.0).ok();
        context.clear_rect(0.0, 0.0, f64::from(size[0]), f64::from(size[1]));
        let accent = colour_of(canvas);
        let (places, side) = (self.places(size), self.side(size));
        let in_sight = |place: &Point| (0..2).all(|axis| (-side..size[axis] + side).contains(&place[axis]));
        for (index, place) in places.iter().enumerate().filter(|(_, place)| in_sight(place)) {
            if let Some(colour) = self.colours.get(index).copied().flatten() {
                frame(&context, *place, side + 4.0, colour);
            }
            self.atlas.draw(&context, index, *place, side);
        }
        for id in marked {
            if let Some(index) = self.pictures.iter().position(|picture| picture == id) {
                let side = side.max(40.0);
                frame(&context, places[index], side + 6.0, &accent);
                self.atlas.draw(&context, index, places[index], side);
            }
        }
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
    context.begin_path();
    let corner = f64::from(side) * 0.14;
    // A radius that is a number is never refused.
    context
        .round_rect_with_f64(f64::from(x) - half, f64::from(y) - half, 2.0 * half, 2.0 * half, corner)
        .ok();
    context.fill();
}
