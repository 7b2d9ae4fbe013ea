//! Geometry of a map: the visible part of the plane, and the points on it.

/// Point on the map or on the screen.
pub type Point = [f32; 2];

/// Largest zoom, relative to the whole map.
const DEEPEST: f32 = 60.0;

/// Visible part of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Point of the map at the centre of the screen.
    pub centre: Point,
    /// Number of pixels per unit of the map.
    pub scale: f32,
}

impl Viewport {
    /// Returns a viewport that shows all points on a screen of `size` pixels, with a margin on every side.
    pub fn fit(points: &[Point], size: Point, margin: f32) -> Self {
        let mut low = [f32::INFINITY; 2];
        let mut high = [f32::NEG_INFINITY; 2];
        for point in points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        if points.is_empty() {
            (low, high) = ([-1.0; 2], [1.0; 2]);
        }
        let scale = |axis: usize| {
            let free = (size[axis] - 2.0 * margin).max(1.0);
            free / (high[axis] - low[axis]).max(1e-3)
        };
        let centre = [0, 1].map(|axis| 0.5 * (low[axis] + high[axis]));
        Self { centre, scale: scale(0).min(scale(1)) }
    }

    /// Converts a point of the map to a screen of `size` pixels; y grows downwards on both.
    pub fn to_screen(self, point: Point, size: Point) -> Point {
        [0, 1].map(|axis| (point[axis] - self.centre[axis]) * self.scale + 0.5 * size[axis])
    }

    /// Converts a point of the screen to the map.
    pub fn to_map(self, place: Point, size: Point) -> Point {
        [0, 1].map(|axis| (place[axis] - 0.5 * size[axis]) / self.scale + self.centre[axis])
    }

    /// Moves the map by a number of pixels.
    pub fn pan(&mut self, pixels: Point) {
        (0..2).for_each(|axis| self.centre[axis] -= pixels[axis] / self.scale);
    }

    /// Magnifies by `factor`, keeping the point under `place` fixed. `fit` is the viewport of the whole map,
    /// which limits the zoom.
    pub fn zoom(&mut self, factor: f32, place: Point, size: Point, fit: Self) {
        let fixed = self.to_map(place, size);
        self.scale = (self.scale * factor).clamp(0.5 * fit.scale, DEEPEST * fit.scale);
        let moved = self.to_map(place, size);
        (0..2).for_each(|axis| self.centre[axis] += fixed[axis] - moved[axis]);
    }
}

/// Rectangle of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Upper left corner.
    pub corner: Point,
    /// Width and height.
    pub size: Point,
}

impl Area {
    /// Returns the whole screen.
    pub fn whole(size: Point) -> Self {
        Self { corner: [0.0; 2], size }
    }

    /// Returns whether a square with this side, centred on a point, touches the area.
    pub fn touches(&self, place: Point, side: f32) -> bool {
        let reach = 0.5 * side;
        (0..2).all(|axis| {
            let from = place[axis] - self.corner[axis];
            -reach < from && from < self.size[axis] + reach
        })
    }
}

/// Returns the areas uncovered at the edges when everything on the screen moves by a number of pixels.
pub fn uncovered(size: Point, way: Point) -> Vec<Area> {
    let strip = |axis: usize| {
        let width = way[axis].abs().min(size[axis]);
        let mut area = Area::whole(size);
        area.size[axis] = width;
        if way[axis] < 0.0 {
            area.corner[axis] = size[axis] - width;
        }
        area
    };
    (0..2).map(strip).filter(|area| area.size.iter().all(|side| *side > 0.0)).collect()
}

/// Returns the side of a picture in pixels, if `count` of them are visible on a screen of `size` pixels at
/// `zoom` times the scale of the whole map: pictures grow with the zoom, but more slowly than the gaps
/// between them.
pub fn picture_side(count: usize, size: Point, zoom: f32) -> f32 {
    let share = (size[0] * size[1] / count.max(1) as f32).sqrt();
    ((0.8 * share).clamp(9.0, 44.0) * zoom.max(0.1).powf(0.6)).clamp(8.0, 96.0)
}

/// Returns the point nearest to a place, if one is within `reach` of it along both axes.
pub fn point_at(points: &[Point], place: Point, reach: f32) -> Option<usize> {
    let near = points
        .iter()
        .enumerate()
        .filter(|(_, point)| (point[0] - place[0]).abs() <= reach && (point[1] - place[1]).abs() <= reach);
    near.min_by(|a, b| square(*a.1, place).total_cmp(&square(*b.1, place))).map(|(index, _)| index)
}

/// Returns the nearest other point in a direction, preferring points ahead to points aside.
pub fn point_towards(points: &[Point], from: usize, direction: Point) -> Option<usize> {
    let start = *points.get(from)?;
    let ahead = points.iter().enumerate().filter_map(|(index, point)| {
        let way = [point[0] - start[0], point[1] - start[1]];
        let forward = way[0] * direction[0] + way[1] * direction[1];
        let aside = (way[0] * direction[1] - way[1] * direction[0]).abs();
        (index != from && forward > 0.0 && aside <= forward).then_some((index, forward + aside))
    });
    ahead.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

fn square(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
}

/// Returns points in rows of equal distances, half again as wide as high.
pub fn in_rows(count: usize) -> Vec<Point> {
    let columns = (1.5 * count as f32).sqrt().ceil().max(1.0) as usize;
    let pitch = 3.0 / columns as f32;
    (0..count).map(|place| [place % columns, place / columns].map(|step| step as f32 * pitch)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Point = [400.0, 300.0];
    const POINTS: [Point; 4] = [[-2.0, 0.0], [2.0, 1.0], [0.0, -1.0], [0.1, 0.2]];

    fn near(a: Point, b: Point) -> bool {
        (a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3
    }

    #[test]
    fn everything_fits_within_the_margin() {
        let viewport = Viewport::fit(&POINTS, SIZE, 20.0);
        let places = POINTS.map(|point| viewport.to_screen(point, SIZE));
        for [x, y] in places {
            assert!((19.9..=380.1).contains(&x) && (19.9..=280.1).contains(&y));
        }
        assert!(places.iter().any(|[x, _]| (x - 20.0).abs() < 0.1), "no more room than needed");
    }

    #[test]
    fn screen_and_map_conversions_are_inverse() {
        let viewport = Viewport { centre: [0.3, -0.7], scale: 55.0 };
        for point in POINTS {
            assert!(near(viewport.to_map(viewport.to_screen(point, SIZE), SIZE), point));
        }
    }

    #[test]
    fn uncovered_strips_complete_a_moved_screen() {
        for way in [[0.0, 0.0], [7.0, 0.0], [-7.0, 3.0], [40.0, -300.0], [-500.0, 0.0]] {
            let areas = uncovered(SIZE, way);
            for x in 0..SIZE[0] as usize {
                for y in 0..SIZE[1] as usize {
                    let pixel = [x as f32 + 0.5, y as f32 + 0.5];
                    let before = [pixel[0] - way[0], pixel[1] - way[1]];
                    let kept = Area::whole(SIZE).touches(before, 0.0);
                    let painted = areas.iter().any(|area| area.touches(pixel, 0.0));
                    assert!(kept || painted, "{pixel:?} is missing after {way:?}");
                }
            }
        }
        assert_eq!(uncovered(SIZE, [0.0, 0.0]), []);
    }

    #[test]
    fn squares_touch_an_area_that_they_reach_into() {
        let area = Area { corner: [10.0, 0.0], size: [5.0, 20.0] };
        assert!(area.touches([8.0, 5.0], 6.0));
        assert!(!area.touches([8.0, 5.0], 4.0));
        assert!(area.touches([17.0, 21.0], 6.0));
        assert!(!area.touches([12.0, 30.0], 6.0));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let fit = Viewport::fit(&POINTS, SIZE, 20.0);
        let mut viewport = fit;
        let place = [70.0, 120.0];
        let under = viewport.to_map(place, SIZE);
        viewport.zoom(3.0, place, SIZE, fit);
        assert!(near(viewport.to_map(place, SIZE), under));
        assert!((viewport.scale / fit.scale - 3.0).abs() < 1e-4);
        viewport.zoom(1e9, place, SIZE, fit);
        assert!((viewport.scale / fit.scale - DEEPEST).abs() < 1e-2);
    }

    #[test]
    fn panning_moves_by_pixels() {
        let mut viewport = Viewport::fit(&POINTS, SIZE, 20.0);
        let [x, y] = viewport.to_screen(POINTS[1], SIZE);
        viewport.pan([30.0, -12.0]);
        assert!(near(viewport.to_screen(POINTS[1], SIZE), [x + 30.0, y - 12.0]));
    }

    #[test]
    fn the_nearest_point_is_found_within_reach() {
        assert_eq!(point_at(&POINTS, [0.1, 0.0], 0.5), Some(3));
        assert_eq!(point_at(&POINTS, [1.0, -1.0], 0.5), None);
    }

    #[test]
    fn arrows_move_in_their_direction() {
        let [right, up] = [[1.0, 0.0], [0.0, -1.0]];
        assert_eq!(point_towards(&POINTS, 0, right), Some(3));
        assert_eq!(point_towards(&POINTS, 3, right), Some(1));
        assert_eq!(point_towards(&POINTS, 3, up), Some(2));
        assert_eq!(point_towards(&POINTS, 1, right), None);
    }

    #[test]
    fn pictures_grow_slower_than_the_map() {
        let at = |zoom| picture_side(1000, [800.0, 600.0], zoom);
        assert!(at(1.0) < at(4.0) && at(4.0) < 4.0 * at(1.0));
        assert!(at(1000.0) <= 96.0 && picture_side(100_000, SIZE, 1.0) >= 8.0);
    }

    #[test]
    fn points_in_rows_keep_their_distances() {
        let points = in_rows(7);
        let columns = points.iter().filter(|point| point[1] == 0.0).count();
        assert_eq!((points.len(), columns), (7, 4));
        assert!((points[1][0] - points[4][1]).abs() < 1e-6, "as far down as across");
        assert_eq!(in_rows(0), Vec::<Point>::new());
    }
}
