//! Sorting, compiled once: the standard library's sorts are compiled for each type and order, which adds to
//! the download.

use std::cmp::Ordering;

/// Returns the items in this order; equal ones keep their relative order.
pub fn sorted<T: Clone>(items: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = order(items.len(), &|a, b| compare(&items[a], &items[b]));
    places.into_iter().map(|place| items[place].clone()).collect()
}

/// Puts items into this order without cloning them; equal ones keep their relative order.
pub fn sort<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let places = order(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut unsorted: Vec<_> = items.drain(..).map(Some).collect();
    items.extend(places.into_iter().filter_map(|place| unsorted[place].take()));
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

    #[test]
    fn items_are_sorted_in_place_as_by_the_standard_library() {
        /// An item that cannot be cloned.
        #[derive(Debug, PartialEq)]
        struct Item(u32, u32);
        let items = |count: u32| (0..count).map(|i| Item(i * 7919 % 101 % 13, i)).collect::<Vec<_>>();
        for count in [0, 1, 2, 200] {
            let (mut found, mut expected) = (items(count), items(count));
            sort(&mut found, |a, b| a.0.cmp(&b.0));
            expected.sort_by_key(|item| item.0);
            assert_eq!(found, expected);
        }
    }
}
