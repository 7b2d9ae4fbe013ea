//! Geometry of a map: the visible part of the plane, and the points on it.

/// Point on the map or on the screen.
pub type Point = [f32; 2];

/// Largest zoom, relative to the whole map.
const DEEPEST: f32 = 60.0;

/// Largest side of a picture, in pixels.
pub const LARGEST_SIDE: f32 = 128.0;

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
        let (low, high) = bounds(points);
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
    /// which is the smallest and limits the zoom.
    pub fn zoom(&mut self, factor: f32, place: Point, size: Point, fit: Self) {
        let fixed = self.to_map(place, size);
        self.scale = (self.scale * factor).clamp(fit.scale, DEEPEST * fit.scale);
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
    ((0.8 * share).clamp(20.0, 48.0) * zoom.max(1.0).powf(0.7)).min(LARGEST_SIDE)
}

/// Returns which points have room for a picture, if pictures are `apart` from each other along one axis:
/// no two of the points returned are closer than `apart / √2`, and every other candidate is closer than
/// `apart` to one of them. A point that has room keeps it as the distance shrinks.
pub fn with_room(points: &[Point], apart: f32, is_candidate: impl Fn(usize) -> bool) -> Vec<bool> {
    /// Largest number of cells along an axis, which bounds the memory.
    const FINEST: f32 = 1024.0;
    let (low, high) = bounds(points);
    let extent = (0..2).map(|axis| high[axis] - low[axis]).fold(1e-3, f32::max);
    let apart = apart.max(extent / FINEST);
    let mut chosen = vec![false; points.len()];
    // The distances are the same at every zoom. Points that the larger ones admit come first.
    let mut halvings = (2.0 * extent.log2()).ceil();
    loop {
        let distance = (0.5 * halvings).exp2();
        let [columns, rows] = [0, 1].map(|axis| ((high[axis] - low[axis]) / distance) as usize + 3);
        // A cell holds one chosen point at most; a border of empty cells surrounds all.
        let mut cells: Vec<Option<Point>> = vec![None; columns * rows];
        let cell = |point: Point| {
            let [column, row] = [0, 1].map(|axis| ((point[axis] - low[axis]) / distance) as usize + 1);
            row * columns + column
        };
        let kept = (0..points.len()).filter(|index| chosen[*index]);
        kept.for_each(|index| cells[cell(points[index])] = Some(points[index]));
        for (index, point) in points.iter().enumerate() {
            let middle = cell(*point);
            let mut around =
                [middle - columns, middle, middle + columns].into_iter().flat_map(|at| at - 1..at + 2);
            let is_near = |other: Point| (0..2).all(|axis| (other[axis] - point[axis]).abs() < distance);
            if !chosen[index] && is_candidate(index) && !around.any(|cell| cells[cell].is_some_and(is_near)) {
                chosen[index] = true;
                cells[middle] = Some(*point);
            }
        }
        if distance <= apart {
            return chosen;
        }
        halvings -= 1.0;
    }
}

/// Returns the corners of the smallest rectangle with all points, or of some rectangle if there are none.
pub(super) fn bounds(points: &[Point]) -> (Point, Point) {
    if points.is_empty() {
        return ([-1.0; 2], [1.0; 2]);
    }
    let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    for point in points {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    (low, high)
}

/// Returns whether a closed outline encloses a place, that is, winds around it.
pub fn encloses(outline: &[Point], place: Point) -> bool {
    let ends = outline.iter().skip(1).chain(outline.first());
    let mut winding = 0;
    for (from, to) in outline.iter().zip(ends) {
        let is_above = |point: &Point| point[1] <= place[1];
        let side = (to[0] - from[0]) * (place[1] - from[1]) - (place[0] - from[0]) * (to[1] - from[1]);
        match (is_above(from), is_above(to)) {
            (true, false) if side > 0.0 => winding += 1,
            (false, true) if side < 0.0 => winding -= 1,
            _ => {}
        }
    }
    winding != 0
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
        assert!(at(1000.0) == LARGEST_SIDE && picture_side(100_000, SIZE, 1.0) >= 16.0);
    }

    /// Returns scattered points, the same each time.
    fn scattered(count: usize) -> Vec<Point> {
        let fraction = |step: f32| move |index: usize| (index as f32 * step).fract();
        let (x, y) = (fraction(0.618_034), fraction(0.414_213_56));
        (0..count).map(|index| [3.0 * x(index) - 1.0, 1.5 * y(index).powi(2)]).collect()
    }

    #[test]
    fn pictures_have_room_and_leave_no_gaps() {
        let points = scattered(400);
        let distance = |a: Point, b: Point| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
        let is_candidate = |index: usize| index % 5 != 2;
        let mut before = vec![false; points.len()];
        for apart in [2.5, 0.9, 0.3, 0.11, 0.04] {
            let chosen = with_room(&points, apart, is_candidate);
            for (a, point) in points.iter().enumerate().filter(|(a, _)| is_candidate(*a)) {
                let others = (0..points.len()).filter(|b| *b != a && chosen[*b]);
                let nearest = others.map(|b| distance(*point, points[b])).fold(f32::INFINITY, f32::min);
                let least = apart * std::f32::consts::FRAC_1_SQRT_2;
                assert!(if chosen[a] { nearest >= least } else { nearest < apart });
            }
            assert!((0..points.len()).all(|index| !chosen[index] || is_candidate(index)));
            assert!((0..points.len()).all(|index| chosen[index] || !before[index]), "pictures stay");
            before = chosen;
        }
        assert_eq!(with_room(&[[0.0; 2]; 3], 1.0, |_| true), [true, false, false]);
        assert!(with_room(&[], 1.0, |_| true).is_empty());
    }

    /// Returns the number of turns of an outline around a place, by the angles of its corners.
    fn turns(outline: &[Point], place: Point) -> i32 {
        let angle = |corner: Point| f64::from(corner[1] - place[1]).atan2(f64::from(corner[0] - place[0]));
        let ends = (0..outline.len()).map(|corner| [outline[corner], outline[(corner + 1) % outline.len()]]);
        let steps = ends.map(|[from, to]| {
            let step = angle(to) - angle(from);
            step - std::f64::consts::TAU * (step / std::f64::consts::TAU).round()
        });
        (steps.sum::<f64>() / std::f64::consts::TAU).round() as i32
    }

    #[test]
    fn outlines_enclose_the_places_that_they_wind_around() {
        let square = vec![[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];
        let hook = vec![
            [-0.9, 0.0],
            [1.9, 0.1],
            [1.8, 1.4],
            [0.2, 1.3],
            [0.3, 1.0],
            [1.5, 0.9],
            [1.4, 0.4],
            [-0.7, 0.5],
        ];
        let crossed = vec![[-0.5, 0.1], [1.5, 1.2], [1.6, 0.2], [-0.4, 1.4]];
        let twice: Vec<_> = (0..20)
            .map(|step| 0.2 * std::f32::consts::PI * step as f32)
            .map(|angle| [0.5 + angle.cos(), 0.7 + 0.6 * angle.sin()])
            .collect();
        for outline in [square, hook, crossed, twice] {
            let inside = scattered(300).into_iter().filter(|place| {
                let expected = turns(&outline, *place) != 0;
                assert_eq!(encloses(&outline, *place), expected, "{place:?} in {outline:?}");
                expected
            });
            assert!((10..290).contains(&inside.count()));
        }
        assert!(!encloses(&[], [0.0; 2]) && !encloses(&[[0.0; 2], [1.0; 2]], [0.5, 0.5]));
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
