//! What the matrix shows: means by label, or some of its rows.

use crate::{
    page::{
        state::State,
        views::explore::map::kinds::{Kinds, labels_or_groups},
    },
    plot::matrix::block_rows,
    protocol::{MatrixRequest, PictureId, SetMatrix, Stage},
    settings::MIN_PICTURES,
};

/// The rows of one label or group.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelRows {
    /// Name of the label or group.
    pub name: String,
    /// Rows of the matrix, at least two.
    pub rows: Vec<usize>,
}

/// Mean similarities between labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Means {
    /// Mean over all pairs of different pictures, label × label, row by row.
    pub cells: Vec<f32>,
    /// Number of those pairs; on the diagonal, each counts once in either direction.
    pub pairs: Vec<f32>,
    /// The medoid's row for each label: the greatest mean similarity with the label's other rows.
    pub medoids: Vec<usize>,
}

/// Returns the matrix, if there are enough pictures for it.
pub fn shown(state: &State, stage: Stage) -> Option<&SetMatrix> {
    state.answer(MatrixRequest { stage }).filter(|_| state.pictures.len() >= MIN_PICTURES)
}

/// Returns the pictures of one row: several if the matrix has fewer rows than there are pictures.
pub fn pictures_of(matrix: &SetMatrix, row: usize) -> &[PictureId] {
    &matrix.order[block_rows(row, matrix.side as usize, matrix.order.len())]
}

/// Returns the rows of each label, or of each group if there are no labels. Rows that mix labels are
/// left out, and so are labels of a single row. Empty if fewer than two labels remain.
pub fn by_label(state: &State, matrix: &SetMatrix) -> Vec<LabelRows> {
    let kinds = labels_or_groups(state);
    let empty = |name: &String| LabelRows { name: name.clone(), rows: Vec::new() };
    let mut labels: Vec<_> = kinds.names.iter().map(empty).collect();
    for row in 0..matrix.side as usize {
        if let Some(kind) = shared(&kinds, state, pictures_of(matrix, row)) {
            labels[kind].rows.push(row);
        }
    }
    labels.retain(|label| label.rows.len() >= 2);
    if labels.len() < 2 { Vec::new() } else { labels }
}

/// Returns the kind that all of these pictures share.
fn shared(kinds: &Kinds, state: &State, pictures: &[PictureId]) -> Option<usize> {
    let mut all = pictures.iter().map(|id| kinds.of(state, *id));
    let first = all.next()??;
    all.all(|kind| kind == Some(first)).then_some(first)
}

/// Returns the means by label, each row weighted by its number of pictures.
pub fn means(matrix: &SetMatrix, labels: &[LabelRows]) -> Means {
    let side = matrix.side as usize;
    let weights: Vec<_> = (0..side).map(|row| pictures_of(matrix, row).len() as f32).collect();
    let mut means = Means { cells: Vec::new(), pairs: Vec::new(), medoids: Vec::new() };
    for label in labels {
        let mut medoid = (f32::NEG_INFINITY, 0);
        let mut sums = vec![(0.0, 0.0); labels.len()];
        for &row in &label.rows {
            let cells = &matrix.cells.0[row * side..][..side];
            for (other, total) in labels.iter().zip(&mut sums) {
                let (mut sum, mut weight) = (0.0, 0.0);
                for &column in other.rows.iter().filter(|column| **column != row) {
                    sum += weights[column] * cells[column];
                    weight += weights[column];
                }
                if std::ptr::eq(label, other) && sum / weight > medoid.0 {
                    medoid = (sum / weight, row);
                }
                total.0 += weights[row] * sum;
                total.1 += weights[row] * weight;
            }
        }
        means.cells.extend(sums.iter().map(|(sum, weight)| sum / weight));
        means.pairs.extend(sums.iter().map(|(_, weight)| weight));
        means.medoids.push(medoid.1);
    }
    means
}

/// Returns the cells of some rows and the same columns.
pub fn part(matrix: &SetMatrix, rows: &[usize]) -> Vec<f32> {
    let side = matrix.side as usize;
    rows.iter().flat_map(|row| rows.iter().map(move |column| matrix.cells.0[row * side + column])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{answer, newcomer, state},
        protocol::{Answer, Clustering, Evaluation, Event, Floats, GroupsRequest, Partition},
        settings::{Images, Settings},
    };

    /// Returns a symmetric matrix of arbitrary similarities.
    fn matrix(order: Vec<PictureId>, side: usize) -> SetMatrix {
        let cell = |row: usize, column: usize| ((row * column + row + column) as f32 * 1.7).sin();
        let cells = (0..side * side).map(|at| cell(at / side, at % side)).collect();
        SetMatrix { stage: Stage::Pixels, step: 0, order, side: side as u32, cells: Floats(cells) }
    }

    #[test]
    fn means_and_medoids_agree_with_nested_loops() {
        let matrix = matrix((0..12).collect(), 12);
        let rows = [vec![0, 3, 4, 7], vec![1, 2, 8], vec![11, 5, 6, 9, 10]];
        let labels = rows.clone().map(|rows| LabelRows { name: String::new(), rows });
        let found = means(&matrix, &labels);
        let cell = |row: usize, column: usize| f64::from(matrix.cells.0[row * 12 + column]);
        for (a, of_a) in rows.iter().enumerate() {
            for (b, of_b) in rows.iter().enumerate() {
                let (mut sum, mut count) = (0.0, 0);
                for i in of_a {
                    for j in of_b {
                        if i != j {
                            sum += cell(*i, *j);
                            count += 1;
                        }
                    }
                }
                let mean = f64::from(found.cells[3 * a + b]);
                assert!((mean - sum / f64::from(count)).abs() < 1e-6, "{a}, {b}: {mean}");
                assert_eq!(found.pairs[3 * a + b], count as f32);
            }
            let nearness = |i: &usize| of_a.iter().filter(|j| *j != i).map(|j| cell(*i, *j)).sum::<f64>();
            let medoid = of_a.iter().max_by(|i, j| nearness(i).total_cmp(&nearness(j)));
            assert_eq!(Some(&found.medoids[a]), medoid);
        }
    }

    #[test]
    fn rows_of_several_pictures_weigh_as_much_as_their_pictures() {
        // Five pictures in four rows: the last row has two.
        let matrix = matrix((0..5).collect(), 4);
        let labels = [vec![0, 1], vec![2, 3]].map(|rows| LabelRows { name: String::new(), rows });
        let found = means(&matrix, &labels);
        let cell = |row: usize, column: usize| matrix.cells.0[row * 4 + column];
        let expected = (cell(0, 2) + cell(1, 2) + 2.0 * cell(0, 3) + 2.0 * cell(1, 3)) / 6.0;
        assert!((found.cells[1] - expected).abs() < 1e-6);
        assert_eq!(found.pairs, [2.0, 6.0, 6.0, 4.0]);
    }

    #[test]
    fn rows_are_grouped_by_labels_given_or_typed() {
        let mut state = state(6);
        state.type_label(5, "a");
        let named = |state: &State, matrix: &SetMatrix| {
            by_label(state, matrix).into_iter().map(|label| (label.name, label.rows)).collect::<Vec<_>>()
        };
        let in_order = [("a", vec![0, 1, 2, 5]), ("b", vec![3, 4])];
        let in_order = in_order.map(|(name, rows)| (name.to_owned(), rows));
        assert_eq!(named(&state, &matrix(vec![0, 2, 4, 1, 3, 5], 6)), in_order);
        // Rows of two pictures: the middle one mixes labels, and one row is no label.
        assert_eq!(named(&state, &matrix(vec![0, 2, 4, 1, 3, 5], 3)), []);
        let rows: Vec<_> =
            named(&state, &matrix(vec![0, 2, 4, 5, 1, 3], 3)).into_iter().map(|(_, rows)| rows).collect();
        assert_eq!(rows, [] as [Vec<usize>; 0], "“b” has a single row");
    }

    #[test]
    fn without_labels_rows_are_grouped_as_in_sort() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add((0..5).map(|i| newcomer(&i.to_string(), None)).collect());
        let matrix = matrix((0..5).collect(), 5);
        assert_eq!(by_label(&state, &matrix), []);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, state.order())));
        let partitions = vec![Partition { silhouette: 0.5, groups: vec![vec![4, 2, 0], vec![3, 1]] }];
        let groups = Clustering { stage: Stage::Trained, step: 0, partitions };
        answer(&mut state, GroupsRequest { stage: Stage::Trained }, Answer::Groups(groups));
        let rows: Vec<_> = by_label(&state, &matrix).into_iter().map(|label| label.rows).collect();
        assert_eq!(rows, [vec![0, 2, 4], vec![1, 3]]);
    }

    #[test]
    fn part_has_the_cells_of_its_rows() {
        let matrix = matrix((0..5).collect(), 5);
        let found = part(&matrix, &[3, 0]);
        assert_eq!(found, [3 * 5 + 3, 3 * 5, 3, 0].map(|at| matrix.cells.0[at]));
    }
}
