//! Sorting, compiled once: the standard library's sorts are compiled for each type and order, which adds to
//! the download.

use std::cmp::Ordering;

/// Returns the items in this order; equal ones keep their relative order.
pub fn sorted<T: Clone>(items: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = order(items.len(), &|a, b| compare(&items[a], &items[b]));
    places.into_iter().map(|place| items[place].clone()).collect()
}

/// Returns the indices `0..count` in this order.
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_keep_their_order() {
        let items = [(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        let found = sorted(&items, |a, b| a.0.cmp(&b.0));
        assert_eq!(found, [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
    }
}
