//! What the map is painted with: pictures, dots, names, an outline.

use leptos::prelude::window;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::atlas::Atlas;
use crate::{
    page::{state::State, words},
    plot::{map::Point, map_names::arrange},
};

/// Corner radius in pixels below which corners are drawn square, which is faster.
const LEAST_CORNER: f64 = 3.0;

/// Width that a frame adds to a picture's side, in pixels.
pub const FRAME: f32 = 10.0;

/// Thickness of the line below a picture, in pixels.
const UNDERLINE: f64 = 3.0;

/// Diameter of a dot, in pixels.
const DOT: f64 = 6.0;

/// Colour of a dot without a kind.
const PLAIN: &str = "#8d867b";

/// Opacity of dim dots.
const DIM: f64 = 0.35;

/// Font of names.
const FONT: &str = "600 14px Inter, system-ui, sans-serif";

/// Maximum number of characters of a name.
const MOST_CHARACTERS: usize = 22;

/// Colours by the style sheet, which differ between light and dark.
#[derive(Clone, Default, PartialEq)]
pub struct Colours {
    /// Text colour of the canvas, which the style sheet sets to the accent.
    accent: String,
    /// Colour of text.
    pub ink: String,
    /// Colour below everything.
    pub ground: String,
}

impl Colours {
    /// Returns the colours of a canvas and of the frame around it.
    pub fn of(canvas: &HtmlCanvasElement) -> Self {
        let colour = |element: &web_sys::Element, property: &str| {
            let style = window().get_computed_style(element).ok().flatten();
            style.and_then(|style| style.get_property_value(property).ok()).unwrap_or_default()
        };
        let frame = canvas.parent_element();
        Self {
            accent: colour(canvas, "color"),
            ink: frame.map(|frame| colour(&frame, "color")).unwrap_or_default(),
            ground: colour(canvas, "background-color"),
        }
    }
}

/// Paints on a context whose unit is a CSS pixel.
pub struct Brush<'a> {
    /// The context.
    pub context: &'a CanvasRenderingContext2d,
    /// The pictures.
    pub atlas: &'a mut Atlas,
    /// The state with the pictures at full size.
    pub state: &'a State,
    /// Number of canvas pixels per CSS pixel.
    pub density: f64,
    /// The colours.
    pub colours: &'a Colours,
}

impl Brush<'_> {
    /// Paints a picture, by its index, with a frame if it is selected and a line below it.
    pub fn picture(&mut self, index: usize, place: Point, side: f32, colour: Option<&str>, framed: bool) {
        if framed {
            self.square(place, side + FRAME);
        }
        if let Some(colour) = colour {
            self.context.set_fill_style_str(colour);
            let [left, bottom] = [place[0] - 0.5 * side, place[1] + 0.5 * side].map(f64::from);
            self.context.fill_rect(left, bottom + 0.5, side.into(), UNDERLINE);
        }
        self.atlas.draw(self.context, self.state, index, place, (side, self.density));
    }

    /// Paints a dot in place of a picture.
    pub fn dot(&self, [x, y]: Point, colour: Option<&str>, framed: bool, dim: bool) {
        let disc = |diameter: f64, colour: &str| {
            self.context.set_fill_style_str(colour);
            self.context.begin_path();
            // A positive radius is never refused.
            self.context.arc(x.into(), y.into(), 0.5 * diameter, 0.0, std::f64::consts::TAU).ok();
            self.context.fill();
        };
        self.context.set_global_alpha(if dim { DIM } else { 1.0 });
        if framed {
            disc(DOT + 6.0, &self.colours.accent);
        }
        disc(DOT, colour.unwrap_or(PLAIN));
        self.context.set_global_alpha(1.0);
    }

    /// Writes names near their places, as far as there is room.
    pub fn names(&self, names: Vec<(String, Point)>, size: Point) {
        let context = self.context;
        context.set_font(FONT);
        context.set_text_align("center");
        context.set_text_baseline("middle");
        context.set_line_join("round");
        context.set_line_width(4.0);
        context.set_stroke_style_str(&self.colours.ground);
        context.set_fill_style_str(&self.colours.ink);
        let measure = |(name, place): (String, Point)| {
            let name = words::elide_middle(&name, MOST_CHARACTERS);
            let width = context.measure_text(&name).map_or(0.0, |text| text.width());
            (name, (place, width as f32 + 8.0))
        };
        let (names, extents): (Vec<_>, Vec<_>) = names.into_iter().map(measure).unzip();
        for (name, place) in names.iter().zip(arrange(&extents, size)) {
            if let Some([x, y]) = place.map(|place| place.map(f64::from)) {
                // Finite coordinates are never refused.
                context.stroke_text(name, x, y).ok();
                context.fill_text(name, x, y).ok();
            }
        }
    }

    /// Draws an outline, and tints what it encloses.
    pub fn outline(&self, outline: &[Point]) {
        let context = self.context;
        context.begin_path();
        outline.iter().for_each(|[x, y]| context.line_to((*x).into(), (*y).into()));
        context.close_path();
        context.set_fill_style_str(&self.colours.accent);
        context.set_stroke_style_str(&self.colours.accent);
        context.set_line_width(2.0);
        context.stroke();
        context.set_global_alpha(0.15);
        context.fill();
        context.set_global_alpha(1.0);
    }

    /// Fills a square behind a picture, of which only the edge stays visible.
    fn square(&self, [x, y]: Point, side: f32) {
        self.context.set_fill_style_str(&self.colours.accent);
        let [left, top, side] = [x - 0.5 * side, y - 0.5 * side, side].map(f64::from);
        let corner = side * 0.14;
        if corner < LEAST_CORNER {
            return self.context.fill_rect(left, top, side, side);
        }
        self.context.begin_path();
        // A numeric radius is never refused.
        self.context.round_rect_with_f64(left, top, side, side, corner).ok();
        self.context.fill();
    }
}
