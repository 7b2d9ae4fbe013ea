//! Similarity matrix of a whole set, at the resolution of a canvas.

use super::UnitRows;

/// Largest number of rows and columns computed for display.
pub const MAX_SIDE: usize = 1024;

/// Returns the side and the cosine similarities in a given order, at most `max_side` × `max_side`.
///
/// If there are more rows, they are cut into `max_side` runs of nearly equal length and each cell is the mean
/// over its block: the dot product of the runs' mean rows.
pub fn set_matrix(rows: &UnitRows, order: &[usize], max_side: usize) -> (usize, Vec<f32>) {
    let side = order.len().min(max_side);
    let run = |at: usize| &order[at * order.len() / side..(at + 1) * order.len() / side];
    let means: Vec<Vec<f32>> = (0..side).map(|at| mean_row(rows, run(at))).collect();
    let mut cells = vec![0.0; side * side];
    for row in 0..side {
        for column in 0..=row {
            let cell = super::dot(&means[row], &means[column]);
            cells[row * side + column] = cell;
            cells[column * side + row] = cell;
        }
    }
    (side, cells)
}

fn mean_row(rows: &UnitRows, run: &[usize]) -> Vec<f32> {
    let mut mean = vec![0.0; rows.dimensions()];
    for &row in run {
        mean.iter_mut().zip(rows.row(row)).for_each(|(sum, value)| *sum += value);
    }
    mean.iter_mut().for_each(|sum| *sum /= run.len() as f32);
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> UnitRows {
        UnitRows::new((0..30).map(|i| ((i * i) as f32).sin()).collect(), 3)
    }

    #[test]
    fn every_pair_has_its_cell() {
        let (rows, order) = (rows(), [4, 2, 9, 0, 1]);
        let (side, cells) = set_matrix(&rows, &order, 1024);
        assert_eq!(side, 5);
        for (at, cell) in cells.iter().enumerate() {
            let cosine = rows.cosine(order[at / 5], order[at % 5]);
            assert!((cell - cosine).abs() < 1e-6);
        }
    }

    #[test]
    fn coarse_cells_are_block_means() {
        let (rows, order) = (rows(), (0..10).collect::<Vec<_>>());
        let (side, cells) = set_matrix(&rows, &order, 4);
        assert_eq!(side, 4);
        let run = |at: usize| at * 10 / 4..(at + 1) * 10 / 4;
        for (at, cell) in cells.iter().enumerate() {
            let block = run(at / 4).flat_map(|a| run(at % 4).map(move |b| (a, b)));
            let similarities: Vec<f32> = block.map(|(a, b)| rows.cosine(a, b)).collect();
            let mean = similarities.iter().sum::<f32>() / similarities.len() as f32;
            assert!((cell - mean).abs() < 1e-6);
        }
    }

    #[test]
    fn an_empty_set_has_an_empty_matrix() {
        assert_eq!(set_matrix(&rows(), &[], 4), (0, Vec::new()));
    }
}
