//! The kinds of pictures that colours distinguish on the map: labels or groups.

use super::state::Colouring;
use crate::{
    page::{state::State, views::sort::picture_groups::groups},
    protocol::{PictureId, Stage},
};

/// Kinds in the order of their colours, and the pictures of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Kinds {
    /// Their names.
    pub names: Vec<String>,
    /// Index of the kind of each picture of the set.
    of: Vec<Option<usize>>,
}

impl Kinds {
    fn none(state: &State) -> Self {
        Self { names: Vec::new(), of: vec![None; state.pictures.len()] }
    }

    /// Returns the index of a picture's kind.
    pub fn of(&self, state: &State, id: PictureId) -> Option<usize> {
        self.of.get(state.pictures.row(id)?).copied().flatten()
    }

    fn put(&mut self, row: usize, name: &str) {
        let known = self.names.iter().position(|other| other == name);
        let place = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        self.of[row] = Some(place);
    }
}

/// Returns the kinds on a map of this stage, by the present choice of colours.
pub fn kinds(state: &State, stage: Stage) -> Kinds {
    match state.colouring() {
        Colouring::Label => labels(state),
        Colouring::Group => numbered(state, stage),
        Colouring::Nothing => Kinds::none(state),
    }
}

/// Returns the labels if there are several, else the groups of the first stage that has any, so that
/// all stages are compared by the same groups.
pub fn labels_or_groups(state: &State) -> Kinds {
    let stages = [Stage::Trained, Stage::Untrained, Stage::Pixels].into_iter();
    let mut found = std::iter::once(labels(state)).chain(stages.map(|stage| numbered(state, stage)));
    found.find(|kinds| kinds.names.len() >= 2).unwrap_or_else(|| Kinds::none(state))
}

/// Returns labels, including typed ones, in the order of their first occurrence. A single label that
/// pictures came with, as from one folder, distinguishes nothing and is omitted.
fn labels(state: &State) -> Kinds {
    let mut kinds = Kinds::none(state);
    let has_labels = state.has_labels();
    for (row, entry) in state.pictures.entries().iter().enumerate() {
        let came = entry.label.filter(|_| has_labels);
        let label = state.labels.typed(entry.id).or(came);
        if let Some(name) = label.and_then(|label| state.pictures.label_name(label)) {
            kinds.put(row, name);
        }
    }
    kinds
}

/// Returns groups by their numbers in the tab Sort.
fn numbered(state: &State, stage: Stage) -> Kinds {
    let mut kinds = Kinds::none(state);
    for (number, strip) in (1..).zip(groups(state, stage)) {
        let name = format!("Group {number}");
        let rows = strip.pictures.iter().filter_map(|id| state.pictures.row(*id));
        rows.for_each(|row| kinds.put(row, &name));
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::answer,
        page::fixture::newcomer,
        protocol::{Answer, Clustering, Evaluation, Event, GroupsRequest, Partition},
        settings::{Images, Settings},
    };

    /// Returns a state with six pictures of these labels, in two groups.
    fn state(labels: [Option<&str>; 6]) -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(labels.into_iter().map(|label| newcomer("", label)).collect());
        state.apply(Event::Evaluated(Evaluation {
            step: 3,
            ..Evaluation::bare(Stage::Trained, state.order())
        }));
        let partitions = vec![Partition { silhouette: 0.5, groups: vec![vec![4, 2, 0, 1], vec![3, 5]] }];
        let clustering = Clustering { stage: Stage::Trained, step: 3, partitions };
        answer(&mut state, GroupsRequest { stage: Stage::Trained }, Answer::Groups(clustering));
        state
    }

    fn places(state: &State) -> Vec<Option<usize>> {
        let kinds = kinds(state, Stage::Trained);
        (0..6).map(|id| kinds.of(state, id)).collect()
    }

    #[test]
    fn typed_labels_colour_the_map_with_precedence() {
        let mut state = state([Some("a"), Some("b"), Some("a"), None, Some("b"), None]);
        assert_eq!(state.colouring(), Colouring::Label);
        assert_eq!(places(&state), [Some(0), Some(1), Some(0), None, Some(1), None]);
        state.type_label(0, "b");
        state.type_label(3, "c");
        assert_eq!(kinds(&state, Stage::Trained).names, ["b", "a", "c"]);
        assert_eq!(places(&state), [Some(0), Some(0), Some(1), Some(2), Some(0), None]);
    }

    #[test]
    fn groups_colour_the_map_until_a_label_is_typed() {
        for came in [None, Some("folder")] {
            let mut state = state([came; 6]);
            assert_eq!(state.colouring(), Colouring::Group);
            assert_eq!(kinds(&state, Stage::Trained).names, ["Group 1", "Group 2"]);
            assert_eq!(places(&state), [Some(0), Some(0), Some(0), Some(1), Some(0), Some(1)]);
            assert!(kinds(&state, Stage::Untrained).names.is_empty());
            state.type_label(5, "c");
            assert_eq!(state.colouring(), Colouring::Label);
            assert_eq!(places(&state), [None, None, None, None, None, Some(0)]);
        }
    }

    #[test]
    fn chosen_colouring_is_kept() {
        let mut state = state([None; 6]);
        state.colour_map_by(Colouring::Nothing);
        state.type_label(5, "c");
        assert_eq!((state.colouring(), places(&state)), (Colouring::Nothing, vec![None; 6]));
        state.colour_map_by(Colouring::Group);
        assert_eq!(kinds(&state, Stage::Trained).names.len(), 2);
    }
}
