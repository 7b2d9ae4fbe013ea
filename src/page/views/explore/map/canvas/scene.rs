//! The present contents of the map: pictures moving to their positions, and the visible part.

use web_sys::HtmlCanvasElement;

use super::{
    atlas::Atlas,
    brush::{Brush, Colours, FRAME},
    layer::{Layer, View},
};
use crate::{
    page::{
        components::canvas::paint, picture_map::PictureMap, state::State,
        views::explore::map::colours::MAX_LISTED,
    },
    plot::{
        category::category,
        map::{LARGEST_SIDE, Point, Viewport, picture_side, point_at, with_room},
        map_names::{NAME_HEIGHT, densest},
    },
    protocol::PictureId,
};

/// Time constant of the pictures' movement, in milliseconds.
const EASING: f32 = 160.0;

/// Distance to the target within which a picture has arrived, in units of the map.
const ARRIVED: f32 = 2e-3;

/// Margin around the pictures when all are visible, in pixels.
const MARGIN: f32 = 34.0;

/// Distance within which a dot is found, in pixels.
const DOT_REACH: f32 = 7.0;

/// Distance at which pictures have room, as a fraction of their side: they may overlap a little.
const CLOSEST: f32 = 0.85;

/// Share of a row that pictures fill.
const FILLED: f32 = 0.9;

/// Least side of a marked picture, in pixels.
const MARKED: f32 = 44.0;

/// Side of pictures in pixels above which names would cover what can be seen anyway.
const LARGEST_NAMED: f32 = 72.0;

/// State of the map outside the page's state.
#[derive(Default)]
pub struct Scene {
    /// The pictures of the points.
    pub pictures: Vec<PictureId>,
    /// Their present positions.
    pub points: Vec<Point>,
    targets: Vec<Point>,
    /// Kinds of the pictures, which have colours.
    kinds: Vec<Option<usize>>,
    /// Names of the kinds, each with the index of the picture where it stands.
    names: Vec<(String, Option<usize>)>,
    /// The kind that is emphasised: only its pictures are more than dots.
    emphasis: Option<usize>,
    /// Which pictures have room, and the distance apart that this holds for.
    with_room: (Vec<bool>, f32),
    /// Distance between pictures that stand in rows.
    pub pitch: Option<f32>,
    /// Visible part chosen by the user; `None` shows everything.
    pub chosen: Option<Viewport>,
    atlas: Atlas,
    layer: Layer,
    /// Colours of the layer.
    colours: Colours,
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
        self.with_room = Default::default();
    }

    /// Sets the kinds of the pictures, and the kinds' names.
    pub fn distinguish(&mut self, kinds: Vec<Option<usize>>, names: Vec<String>) {
        let place = |kind| {
            let members: Vec<_> = (0..kinds.len()).filter(|index| kinds[*index] == Some(kind)).collect();
            densest(&self.targets, &members)
        };
        let names = names.into_iter().take(MAX_LISTED).enumerate();
        self.names = names.map(|(kind, name)| (name, place(kind))).collect();
        self.kinds = kinds;
        self.with_room = Default::default();
        self.outdate();
    }

    /// Emphasises a kind, or none.
    pub fn emphasise(&mut self, kind: Option<usize>) {
        self.emphasis = kind;
        self.with_room = Default::default();
        self.outdate();
    }

    /// Returns whether some pictures cannot be drawn yet.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// Returns the colours by the style sheet.
    pub fn colours(&self) -> &Colours {
        &self.colours
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

    /// Returns whether the map is magnified.
    pub fn is_magnified(&self, size: Point) -> bool {
        self.viewport(size).scale > self.whole(size).scale
    }

    /// Returns the side of a picture in pixels.
    pub fn side(&self, size: Point) -> f32 {
        let scale = self.viewport(size).scale;
        let in_row = self.pitch.map(|pitch| (FILLED * pitch * scale).min(LARGEST_SIDE));
        in_row.unwrap_or_else(|| picture_side(self.points.len(), size, scale / self.whole(size).scale))
    }

    /// Returns the positions of all pictures on the screen.
    pub fn places(&self, size: Point) -> Vec<Point> {
        let viewport = self.viewport(size);
        self.points.iter().map(|point| viewport.to_screen(*point, size)).collect()
    }

    /// Returns the picture at a place on the screen; dots below pictures are not found.
    pub fn picture_at(&self, place: Point, size: Point) -> Option<PictureId> {
        let places = self.places(size);
        let nearest = |room: bool, reach: f32| {
            let drawn = places.iter().zip(&self.with_room.0);
            let drawn =
                drawn.map(|(place, has_room)| if *has_room == room { *place } else { [f32::INFINITY; 2] });
            point_at(&drawn.collect::<Vec<_>>(), place, reach)
        };
        let found = nearest(true, 0.5 * self.side(size) + 3.0).or_else(|| nearest(false, DOT_REACH));
        found.map(|index| self.pictures[index])
    }

    /// Draws everything on a canvas of this size and density. Selected pictures have a frame and are above
    /// the others; `marked` ones have it too, are above all, and are larger.
    pub fn paint(
        &mut self,
        canvas: &HtmlCanvasElement,
        (size, density): (Point, f64),
        state: &State,
        marked: &[PictureId],
        outline: &[Point],
    ) {
        let colours = Colours::of(canvas);
        if self.colours != colours {
            self.outdate();
            self.colours = colours.clone();
        }
        let side = self.side(size);
        let wanted = View { size, density, viewport: self.viewport(size) };
        self.make_room(CLOSEST * side / wanted.viewport.scale);
        let (mut layer, mut atlas) = (std::mem::take(&mut self.layer), std::mem::take(&mut self.atlas));
        let colour = |index: usize| self.kinds.get(index).copied().flatten().map(category);
        let shown = layer.show(canvas, wanted, |context, viewport, area| {
            let places: Vec<_> = self.points.iter().map(|point| viewport.to_screen(*point, size)).collect();
            let seen: Vec<_> =
                (0..places.len()).filter(|index| area.touches(places[*index], side + FRAME)).collect();
            let mut brush = Brush { context, atlas: &mut atlas, state, density, colours: &colours };
            // Dots lie below pictures, and what is not selected below what is.
            for (is_selected, has_room) in [(false, false), (false, true), (true, false), (true, true)] {
                for &index in &seen {
                    if state.selection.contains(self.pictures[index]) != is_selected
                        || self.with_room.0[index] != has_room
                    {
                        continue;
                    }
                    if has_room {
                        brush.picture(index, places[index], side, colour(index), is_selected);
                    } else {
                        brush.dot(places[index], colour(index), is_selected, !self.is_emphasised(index));
                    }
                }
            }
        });
        if let (Some(shown), Some(context)) = (shown, paint::context(canvas)) {
            context.set_transform(density, 0.0, 0.0, density, 0.0, 0.0).ok();
            let place = |index: usize| shown.viewport.to_screen(self.points[index], size);
            let mut brush = Brush { context: &context, atlas: &mut atlas, state, density, colours: &colours };
            let stands = |(kind, (name, index)): (usize, &(String, Option<usize>))| {
                let is_shown = side <= LARGEST_NAMED && self.emphasis.is_none_or(|other| other == kind);
                let above = |[x, y]: Point| [x, y - 0.5 * (side + NAME_HEIGHT)];
                index.filter(|_| is_shown).map(|index| (name.clone(), above(place(index))))
            };
            for index in marked.iter().filter_map(|id| self.pictures.iter().position(|picture| picture == id))
            {
                brush.picture(index, place(index), side.max(MARKED), colour(index), true);
            }
            brush.names(self.names.iter().enumerate().filter_map(stands).collect(), size);
            brush.outline(outline);
        }
        (self.layer, self.atlas) = (layer, atlas);
    }

    /// Determines which pictures have room, if that may have changed.
    fn make_room(&mut self, apart: f32) {
        if self.with_room.1 != apart {
            let chosen = with_room(&self.targets, apart, |index| self.is_emphasised(index));
            self.with_room = (chosen, apart);
        }
    }

    fn is_emphasised(&self, index: usize) -> bool {
        self.emphasis.is_none_or(|kind| self.kinds.get(index).copied().flatten() == Some(kind))
    }
}
