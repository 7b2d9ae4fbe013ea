//! Row order in which a similarity matrix shows groups as blocks.

use kodama::{Dendrogram, Method, linkage};

use super::{UnitRows, labels::several};
use crate::{protocol::LabelId, sampling::strided};

/// Largest number of rows clustered against each other; further rows are placed beside the nearest of these,
/// which bounds time and memory.
const CLUSTERED: usize = 2000;

/// Orders rows by label if there are several (unlabelled rows last), otherwise by similarity.
pub fn order(rows: &UnitRows, labels: &[Option<LabelId>]) -> Vec<usize> {
    if several(labels) {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|row| labels[*row].unwrap_or(LabelId::MAX));
        order
    } else {
        by_similarity(rows, CLUSTERED)
    }
}

/// Returns the leaves of an average-linkage dendrogram from left to right.
fn by_similarity(rows: &UnitRows, clustered: usize) -> Vec<usize> {
    let count = rows.len();
    let chosen = strided(count, clustered);
    let leaves = leaves(rows, &chosen);
    if chosen.len() == count {
        return leaves;
    }
    let mut place = vec![None; count];
    leaves.iter().enumerate().for_each(|(at, row)| place[*row] = Some(at));
    let nearest_place = |row: usize| {
        let nearest = |a: &&usize, b: &&usize| rows.cosine(row, **a).total_cmp(&rows.cosine(row, **b));
        let nearest = leaves.iter().max_by(nearest).expect("some rows are clustered");
        place[*nearest].expect("leaves have places")
    };
    let mut order: Vec<(usize, usize)> =
        (0..count).map(|row| (place[row].unwrap_or_else(|| nearest_place(row)), row)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

/// Clusters the chosen rows and returns them in the order of the tree's leaves.
fn leaves(rows: &UnitRows, chosen: &[usize]) -> Vec<usize> {
    if chosen.len() < 2 {
        return chosen.to_vec();
    }
    let pairs = (0..chosen.len()).flat_map(|a| (a + 1..chosen.len()).map(move |b| (a, b)));
    let mut distances: Vec<f32> = pairs.map(|(a, b)| 1.0 - rows.cosine(chosen[a], chosen[b])).collect();
    let tree = linkage(&mut distances, chosen.len(), Method::Average);
    in_order(&tree, chosen.len()).into_iter().map(|leaf| chosen[leaf]).collect()
}

/// Returns the tree's leaves from left to right, without recursion, since trees can be deep.
fn in_order(tree: &Dendrogram<f32>, count: usize) -> Vec<usize> {
    let mut pending = vec![2 * count - 2];
    let mut leaves = Vec::with_capacity(count);
    while let Some(node) = pending.pop() {
        if node < count {
            leaves.push(node);
        } else {
            let step = &tree[node - count];
            pending.extend([step.cluster2, step.cluster1]);
        }
    }
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns rows of three directions, interleaved.
    fn three_groups(count: usize) -> UnitRows {
        let row = |i: usize| {
            let angle = (i % 3) as f32 * 2.0 + i as f32 * 1e-3;
            [angle.cos(), angle.sin()]
        };
        UnitRows::new((0..count).flat_map(row).collect(), 2)
    }

    fn changes(order: &[usize]) -> usize {
        order.windows(2).filter(|pair| pair[0] % 3 != pair[1] % 3).count()
    }

    #[test]
    fn groups_are_contiguous() {
        for clustered in [60, 25] {
            let order = by_similarity(&three_groups(60), clustered);
            assert_eq!(changes(&order), 2, "{clustered}: {order:?}");
            let mut sorted = order;
            sorted.sort_unstable();
            assert_eq!(sorted, (0..60).collect::<Vec<_>>());
        }
    }

    #[test]
    fn labels_come_first() {
        let labels = [None, Some(2), Some(1), Some(2)];
        assert_eq!(order(&three_groups(4), &labels), [2, 1, 3, 0]);
        // A single label for all is not used.
        let order = order(&three_groups(60), &[Some(1); 60]);
        assert_eq!(changes(&order), 2);
    }

    #[test]
    fn zero_and_one_row_are_ordered() {
        assert_eq!(order(&three_groups(0), &[]), Vec::<usize>::new());
        assert_eq!(order(&three_groups(1), &[None]), [0]);
    }
}
