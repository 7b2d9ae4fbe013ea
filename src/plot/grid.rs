//! Points in the cells of a grid, near points side by side.

use super::map::{Point, bounds};
use crate::small_sort::sorted;

/// Maximum number of passes that exchange neighbouring cells.
const PASSES: usize = 40;

/// Returns the number of columns of a grid for `count` pictures: a little more than of rows, with the
/// fewest cells left empty.
pub fn columns(count: usize) -> usize {
    let wide = |ratio: f32| (ratio * count as f32).sqrt().ceil().max(1.0) as usize;
    let empty = |columns: &usize| count.next_multiple_of(*columns) - count;
    (wide(1.0)..=wide(1.7)).min_by_key(empty).unwrap_or(1)
}

/// Returns the index of the point in each cell, row by row; only the last row may be incomplete. Points
/// and cells are halved together along the longer side until one is left of each, and neighbours
/// exchange their cells as long as that shortens the ways from the points.
pub fn arranged(points: &[Point], columns: usize) -> Vec<usize> {
    let cells: Vec<Point> =
        (0..points.len()).map(|cell| [cell % columns, cell / columns].map(|i| i as f32)).collect();
    let scaled = scaled(points, &cells);
    let all: Vec<usize> = (0..points.len()).collect();
    let mut order = vec![0; points.len()];
    halve(&scaled, &all, &cells, &all, &mut order);
    let way = |point: usize, cell: usize| distance(scaled[point], cells[cell]);
    for _ in 0..PASSES {
        let mut is_settled = true;
        for cell in 0..order.len() {
            for (right, down) in [(1_isize, 0), (0, 1), (1, 1), (-1, 1)] {
                let column = (cell % columns).wrapping_add_signed(right);
                if column >= columns {
                    continue;
                }
                let other = (cell / columns + down) * columns + column;
                if other >= order.len() {
                    continue;
                }
                let (a, b) = (order[cell], order[other]);
                if way(a, other) + way(b, cell) < way(a, cell) + way(b, other) - 1e-5 {
                    order.swap(cell, other);
                    is_settled = false;
                }
            }
        }
        if is_settled {
            break;
        }
    }
    order
}

/// Stretches points so that they fill the same rectangle as the cells.
fn scaled(points: &[Point], cells: &[Point]) -> Vec<Point> {
    let ((low, high), (first, last)) = (bounds(points), bounds(cells));
    let scale = |point: &Point| {
        [0, 1].map(|axis| {
            let share = (point[axis] - low[axis]) / (high[axis] - low[axis]).max(f32::MIN_POSITIVE);
            first[axis] + share * (last[axis] - first[axis])
        })
    };
    points.iter().map(scale).collect()
}

/// Assigns as many points to as many cells, each by its index.
fn halve(points: &[Point], chosen: &[usize], cells: &[Point], free: &[usize], order: &mut [usize]) {
    if let [cell] = free {
        order[*cell] = chosen[0];
    }
    if free.len() < 2 {
        return;
    }
    let extent = |axis: usize| {
        let values = || free.iter().map(|cell| cells[*cell][axis]);
        values().fold(0.0, f32::max) - values().fold(f32::INFINITY, f32::min)
    };
    let axis = usize::from(extent(1) > extent(0));
    let along = |places: &[Point], indices: &[usize]| {
        sorted(indices, |a, b| {
            let by = |axis: usize| places[*a][axis].total_cmp(&places[*b][axis]);
            by(axis).then(by(1 - axis))
        })
    };
    let (chosen, free) = (along(points, chosen), along(cells, free));
    let half = free.len() / 2;
    halve(points, &chosen[..half], cells, &free[..half], order);
    halve(points, &chosen[half..], cells, &free[half..], order);
}

fn distance(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns points that look random, in three clouds if `clouded`.
    fn points(count: usize, seed: u32, clouded: bool) -> Vec<Point> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0
        };
        let at =
            |cloud: usize| if clouded { [[0.0, 0.0], [6.0, 1.0], [2.0, 5.0]][cloud % 3] } else { [0.0; 2] };
        (0..count).map(|i| at(i).map(|middle| middle + next() + next())).collect()
    }

    /// Returns the sum of the ways from the points to their cells.
    fn total(points: &[Point], order: &[usize], columns: usize) -> f32 {
        let cells: Vec<Point> =
            (0..order.len()).map(|cell| [(cell % columns) as f32, (cell / columns) as f32]).collect();
        let scaled = scaled(points, &cells);
        order.iter().enumerate().map(|(cell, point)| distance(scaled[*point], cells[cell])).sum()
    }

    /// Sorts by x into columns, and by y within each.
    fn by_columns(points: &[Point], columns: usize) -> Vec<usize> {
        let mut order = vec![0; points.len()];
        let mut left =
            sorted(&(0..points.len()).collect::<Vec<_>>(), |a, b| points[*a][0].total_cmp(&points[*b][0]));
        for column in 0..columns {
            let cells: Vec<usize> = (column..points.len()).step_by(columns).collect();
            let rest = left.split_off(cells.len());
            for (cell, point) in
                cells.into_iter().zip(sorted(&left, |a, b| points[*a][1].total_cmp(&points[*b][1])))
            {
                order[cell] = point;
            }
            left = rest;
        }
        order
    }

    /// Returns the least sum of all assignments, by trying them.
    fn least(points: &[Point], order: &mut Vec<usize>, columns: usize) -> f32 {
        if order.len() == points.len() {
            return total(points, order, columns);
        }
        let mut best = f32::INFINITY;
        for next in 0..points.len() {
            if !order.contains(&next) {
                order.push(next);
                best = best.min(least(points, order, columns));
                order.pop();
            }
        }
        best
    }

    #[test]
    fn every_point_has_one_cell_and_lies_no_farther_than_by_columns() {
        for (seed, count) in [1, 2, 3, 5, 12, 17, 64, 200, 1000].into_iter().enumerate() {
            for clouded in [false, true] {
                let (points, columns) = (points(count, seed as u32, clouded), columns(count));
                let order = arranged(&points, columns);
                assert_eq!(sorted(&order, usize::cmp), (0..count).collect::<Vec<_>>());
                let (found, simple) =
                    (total(&points, &order, columns), total(&points, &by_columns(&points, columns), columns));
                assert!(found <= simple + 1e-3, "{count} points, {clouded}: {found} is more than {simple}");
            }
        }
    }

    #[test]
    fn grid_is_wide_and_nearly_full() {
        // Small sets may be wider, if that leaves no cell empty.
        assert_eq!([0, 1, 6, 10, 1000].map(columns), [1, 1, 3, 5, 40]);
        for count in 11..3000 {
            let (columns, rows) = (columns(count), count.div_ceil(columns(count)));
            assert!(columns >= rows && columns <= 2 * rows, "{count}: {columns} by {rows}");
        }
    }

    #[test]
    fn few_points_are_arranged_nearly_as_well_as_can_be() {
        for seed in 0..12 {
            let points = points(7, seed, seed % 2 == 0);
            let (found, best) =
                (total(&points, &arranged(&points, 3), 3), least(&points, &mut Vec::new(), 3));
            assert!(found <= 1.25 * best, "seed {seed}: {found} is much more than {best}");
        }
    }

    #[test]
    fn points_of_a_grid_stay_in_their_cells() {
        let points: Vec<Point> = (0..11).map(|cell| [(cell % 4) as f32, (cell / 4) as f32]).collect();
        let shuffled: Vec<Point> = (0..11).map(|i| points[i * 7 % 11]).collect();
        let order = arranged(&shuffled, 4);
        assert_eq!(order.iter().map(|i| shuffled[*i]).collect::<Vec<_>>(), points);
    }
}
