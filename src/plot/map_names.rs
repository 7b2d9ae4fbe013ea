//! Places for names on a map, next to what they name and clear of each other.

use super::map::Point;

/// Height of a name with its margins, in pixels.
pub const NAME_HEIGHT: f32 = 20.0;

/// Displacements tried for a name, in heights.
const SHIFTS: [f32; 5] = [0.0, -1.0, 1.0, -2.0, 2.0];

/// Returns the member with the most other members close to it on a map whose points have a root mean square
/// distance of 1 from their mean; `members` are indices of points.
pub fn densest(points: &[Point], members: &[usize]) -> Option<usize> {
    /// Maximum number of members compared with each other.
    const COMPARED: usize = 256;
    /// Square of the distance at which a neighbour counts half.
    const HALF: f32 = 0.02;
    let members = || members.iter().copied().step_by(members.len().div_ceil(COMPARED).max(1));
    let density = |index: usize| -> f32 {
        let [x, y] = points[index];
        let near = members().map(|other| (points[other][0] - x).powi(2) + (points[other][1] - y).powi(2));
        near.map(|square| HALF / (HALF + square)).sum()
    };
    let densities = members().map(|index| (index, density(index)));
    densities.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

/// Returns the centre of each name on a screen of `size` pixels. A name is moved up or down from its place if
/// it would overlap an earlier one, and sideways if it would leave the screen; `None` if it has no room or
/// its place is not visible. `names` are places and widths.
pub fn arrange(names: &[(Point, f32)], size: Point) -> Vec<Option<Point>> {
    let mut arranged: Vec<Option<Point>> = Vec::new();
    for ([x, y], width) in names {
        let half = 0.5 * width;
        let is_visible = (0.0..size[0]).contains(x) && (0.0..size[1]).contains(y) && *width <= size[0];
        let centre = |shift: f32| [x.max(half).min(size[0] - half), y + shift * NAME_HEIGHT];
        let is_free = |at: &Point| {
            let mut earlier =
                arranged.iter().zip(names).filter_map(|(at, (_, width))| Some(((*at)?, *width)));
            let is_clear = |(other, width): (Point, f32)| {
                (other[1] - at[1]).abs() >= NAME_HEIGHT || (other[0] - at[0]).abs() >= half + 0.5 * width
            };
            (0.5 * NAME_HEIGHT..=size[1] - 0.5 * NAME_HEIGHT).contains(&at[1]) && earlier.all(is_clear)
        };
        arranged.push(SHIFTS.into_iter().filter(|_| is_visible).map(centre).find(is_free));
    }
    arranged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densest_place_is_in_the_larger_cluster() {
        // A ring of members around one, a smaller and tighter ring, and others in the densest place of all.
        let ring = |[x, y]: Point, radius: f32, count: usize| {
            let angles = (0..count).map(move |step| std::f32::consts::TAU * step as f32 / count as f32);
            angles.map(move |angle| [x + radius * angle.cos(), y + radius * angle.sin()])
        };
        let points: Vec<Point> = ring([1.0, 1.0], 0.1, 11)
            .chain([[1.0, 1.0]])
            .chain(ring([-1.0, 0.0], 0.02, 6))
            .chain(ring([0.0; 2], 0.01, 40))
            .collect();
        let members: Vec<usize> = (0..18).collect();
        assert_eq!(densest(&points, &members), Some(11));
        assert_eq!(densest(&points, &[]), None);
        assert_eq!(densest(&points, &[17]), Some(17));
    }

    #[test]
    fn names_stay_on_the_screen_and_never_overlap() {
        let size = [300.0, 160.0];
        let names: Vec<(Point, f32)> = (0..60)
            .map(|index| index as f32)
            .map(|index| {
                (
                    [340.0 * (index * 0.618).fract() - 20.0, 180.0 * (index * 0.414).fract() - 10.0],
                    30.0 + index,
                )
            })
            .collect();
        let arranged = arrange(&names, size);
        let placed: Vec<_> =
            arranged.iter().zip(&names).filter_map(|(at, (_, width))| Some(((*at)?, *width))).collect();
        for (index, ([x, y], width)) in placed.iter().enumerate() {
            assert!(*x >= 0.5 * width && *x <= size[0] - 0.5 * width && *y >= 10.0 && *y <= 150.0);
            for ([other_x, other_y], other_width) in &placed[..index] {
                assert!(
                    (y - other_y).abs() >= NAME_HEIGHT || (x - other_x).abs() >= 0.5 * (width + other_width)
                );
            }
        }
        assert!(placed.len() > 10, "room is used");
        assert_eq!(arranged[0], None, "its place is outside");
        assert_eq!(
            arrange(&[([100.0, 50.0], 40.0), ([100.0, 50.0], 40.0)], size),
            [Some([100.0, 50.0]), Some([100.0, 30.0])]
        );
    }
}
