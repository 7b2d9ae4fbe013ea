//! Gestures of fingers and mouse: pointing, picking, moving, magnifying, drawing an outline.

use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

use crate::plot::map::Point;

/// Maximum distance in pixels that a pointer moves between press and lift to pick.
const STILL: f32 = 4.0;

/// A gesture of the user.
#[derive(Clone, Debug, PartialEq)]
pub enum Gesture {
    /// Pointing at a place.
    Point(Point),
    /// Picking the picture at a place.
    Pick(Point),
    /// Moving the map by some pixels.
    Pan(Point),
    /// Magnifying about a place, and moving.
    Pinch {
        /// Factor of magnification.
        factor: f32,
        /// The middle between the fingers.
        place: Point,
        /// Displacement of the middle.
        way: Point,
    },
    /// Drawing on an outline.
    Draw,
    /// Completing an outline.
    Enclose(Vec<Point>),
}

/// The pressed pointers.
#[derive(Default)]
pub struct Pointers {
    down: Vec<(i32, Point)>,
    /// Start of a press that may still become a pick.
    pressed: Option<Point>,
    /// The outline that is being drawn.
    pub outline: Vec<Point>,
}

impl Pointers {
    /// Handles the press of a pointer, which draws an outline or moves the map; a second one always moves it.
    pub fn press(&mut self, event: &PointerEvent, draws: bool) -> Option<Gesture> {
        let place = place(event);
        if let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            // Refused only for a pointer that is already gone.
            element.set_pointer_capture(event.pointer_id()).ok();
        }
        self.down.push((event.pointer_id(), place));
        self.pressed = (self.down.len() == 1).then_some(place);
        self.outline = self.pressed.filter(|_| draws).into_iter().collect();
        None
    }

    /// Handles the movement of a pointer.
    pub fn shift(&mut self, event: &PointerEvent) -> Option<Gesture> {
        let place = place(event);
        let Some(index) = self.down.iter().position(|(id, _)| *id == event.pointer_id()) else {
            return Some(Gesture::Point(place));
        };
        if self.pressed.is_some_and(|start| distance(start, place) <= STILL) {
            return None;
        }
        self.pressed = None;
        if !self.outline.is_empty() {
            self.outline.push(place);
            return Some(Gesture::Draw);
        }
        let before = self.down.clone();
        self.down[index].1 = place;
        match (&before[..], &self.down[..]) {
            ([(_, old)], [(_, new)]) => Some(Gesture::Pan(way(*old, *new))),
            ([(_, a), (_, b)], [(_, new_a), (_, new_b)]) => Some(Gesture::Pinch {
                factor: distance(*new_a, *new_b) / distance(*a, *b).max(1.0),
                place: middle(*new_a, *new_b),
                way: way(middle(*a, *b), middle(*new_a, *new_b)),
            }),
            _ => None,
        }
    }

    /// Handles the lift of a pointer.
    pub fn lift(&mut self, event: &PointerEvent) -> Option<Gesture> {
        let outline = std::mem::take(&mut self.outline);
        self.lose(event);
        let picked = self.pressed.take().map(Gesture::Pick);
        picked.or((!outline.is_empty()).then_some(Gesture::Enclose(outline)))
    }

    /// Handles the cancellation of a pointer by the browser.
    pub fn lose(&mut self, event: &PointerEvent) -> Option<Gesture> {
        self.down.retain(|(id, _)| *id != event.pointer_id());
        self.outline.clear();
        Some(Gesture::Draw)
    }
}

fn place(event: &PointerEvent) -> Point {
    [event.offset_x() as f32, event.offset_y() as f32]
}

fn way(from: Point, to: Point) -> Point {
    [to[0] - from[0], to[1] - from[1]]
}

fn middle(a: Point, b: Point) -> Point {
    [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])]
}

fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
