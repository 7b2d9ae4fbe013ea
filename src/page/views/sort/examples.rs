//! Search by examples: the set, sorted by similarity with pictures that the user wants and without those that
//! the user does not want.

use super::{choose::directions, state::Finding};
use crate::{
    page::{
        picture_map::Ids,
        state::{State, Tab},
    },
    plot::plane::dot,
    protocol::PictureId,
    small_sort::sorted,
};

/// Weight of the unwanted examples' mean; that of the wanted ones is 1. Manning et al. (2008, section 9.1.1)
/// recommend 0.2 for many of them; among few, each says more.
const UNWANTED: f32 = 0.5;

/// An opinion on a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// More of its kind are wanted.
    Wanted,
    /// None of its kind are wanted.
    Unwanted,
}

/// The user's examples.
#[derive(Debug, Default)]
pub struct Examples {
    wanted: Ids,
    unwanted: Ids,
}

impl State {
    /// Sets the opinion on pictures; `None` takes it back.
    pub fn judge(&mut self, pictures: &[PictureId], opinion: Option<Opinion>) {
        let examples = &mut self.groups.examples;
        let judged: Ids = pictures.iter().copied().collect();
        for (kind, ids) in
            [(Opinion::Wanted, &mut examples.wanted), (Opinion::Unwanted, &mut examples.unwanted)]
        {
            *ids = ids.without(&judged);
            if opinion == Some(kind) {
                judged.iter().for_each(|id| ids.insert(*id));
            }
        }
    }

    /// Returns whether the screen shows a search by examples.
    pub fn takes_examples(&self) -> bool {
        *self.tab == Tab::Sort && self.groups.finding() == Finding::Examples
    }

    /// Takes back all opinions.
    pub fn forget_examples(&mut self) {
        self.groups.examples = Examples::default();
    }

    /// Looks for pictures like these and the examples so far, and shows what is found.
    pub fn search_by_examples(&mut self, pictures: &[PictureId]) {
        self.judge(pictures, Some(Opinion::Wanted));
        self.look_for(Finding::Examples);
        self.choose_tab(Tab::Sort);
    }

    /// Returns the examples of an opinion, in the order of the set.
    pub fn examples(&self, opinion: Opinion) -> Vec<PictureId> {
        let examples = &self.groups.examples;
        let ids = match opinion {
            Opinion::Wanted => &examples.wanted,
            Opinion::Unwanted => &examples.unwanted,
        };
        ids.iter().copied().filter(|id| self.pictures.get(*id).is_some()).collect()
    }
}

/// Returns all pictures but the examples, with the cosine similarity of each to the mean of the wanted examples
/// minus a part of that of the unwanted ones (Rocchio 1971), the most similar first. None without wanted
/// examples or without the network's embeddings.
pub fn ranked(state: &State) -> Vec<(PictureId, f32)> {
    let directions = directions(state);
    let [wanted, unwanted]: [Ids; 2] = [Opinion::Wanted, Opinion::Unwanted].map(|opinion| {
        let examples: Ids = state.examples(opinion).into_iter().collect();
        // Those that came after the latest evaluation have no embedding yet.
        directions.iter().map(|(id, _)| *id).filter(|id| examples.contains(id)).collect()
    });
    let mut query = vec![0.0; directions.first().map_or(0, |(_, direction)| direction.len())];
    for (ids, weight) in [(&wanted, 1.0), (&unwanted, -UNWANTED)] {
        for (_, direction) in directions.iter().filter(|(id, _)| ids.contains(id)) {
            let share = weight / ids.len() as f32;
            query.iter_mut().zip(direction).for_each(|(sum, value)| *sum += share * value);
        }
    }
    if wanted.is_empty() {
        return Vec::new();
    }
    let length = dot(&query, &query).sqrt().max(f32::MIN_POSITIVE);
    let others = directions.iter().filter(|(id, _)| !wanted.contains(id) && !unwanted.contains(id));
    let others: Vec<_> = others.map(|(id, direction)| (*id, dot(direction, &query) / length)).collect();
    sorted(&others, |a, b| b.1.total_cmp(&a.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture::{embedded, newcomer};

    #[test]
    fn a_picture_is_an_example_of_one_kind_at_most() {
        let mut state = embedded(&[[1.0, 0.0]; 5]);
        state.judge(&[3, 1, 77], Some(Opinion::Wanted));
        state.judge(&[1, 2], Some(Opinion::Unwanted));
        assert_eq!(state.examples(Opinion::Wanted), [3]);
        assert_eq!(state.examples(Opinion::Unwanted), [1, 2]);
        state.judge(&[2], None);
        assert_eq!(state.examples(Opinion::Unwanted), [1]);
        state.remove(&[3]);
        assert!(state.examples(Opinion::Wanted).is_empty());
        assert!(ranked(&state).is_empty(), "nothing is wanted");
    }

    #[test]
    fn pictures_are_sorted_by_rocchio_s_query() {
        let points = [[2.0, 0.0], [0.0, 3.0], [1.0, 1.0], [1.0, -1.0], [-1.0, 0.0], [0.0, -0.5]];
        let mut state = embedded(&points);
        state.search_by_examples(&[0, 1]);
        let unit = |[x, y]: [f32; 2]| [x / x.hypot(y), y / x.hypot(y)];
        let expected = |query: [f32; 2], rows: &[u32]| {
            let query = unit(query);
            let mut expected: Vec<_> = rows
                .iter()
                .map(|row| {
                    let point = unit(points[*row as usize]);
                    (*row, point[0] * query[0] + point[1] * query[1])
                })
                .collect();
            expected.sort_by(|a, b| b.1.total_cmp(&a.1));
            expected
        };
        let check = |state: &State, expected: Vec<(u32, f32)>| {
            let found = ranked(state);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                assert!(
                    found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-6,
                    "{found:?} {expected:?}"
                );
            }
        };
        check(&state, expected([0.5, 0.5], &[2, 3, 4, 5]));
        // The unwanted direction counts half.
        state.judge(&[4, 5], Some(Opinion::Unwanted));
        check(&state, expected([0.5 + 0.25, 0.5 + 0.25], &[2, 3]));
        state.judge(&[1], None);
        check(&state, expected([1.0 + 0.25, 0.25], &[1, 2, 3]));
        state.search_by_examples(&[1]);
        assert_eq!(state.examples(Opinion::Unwanted), [4, 5], "the examples so far count");
        state.forget_examples();
        state.add(vec![newcomer("new", None)]);
        state.judge(&[6], Some(Opinion::Wanted));
        assert!(ranked(&state).is_empty(), "it is not embedded yet");
        assert!(ranked(&crate::page::fixture::state(3)).is_empty(), "there are no embeddings");
    }
}
