//! Copies across two folders, such as those of the pictures to train with and to test with.

use crate::{page::state::State, protocol::PictureId, small_sort::sorted};

/// Two folders, each with a slash at its end; `None` for any.
pub type Across = [Option<String>; 2];

impl State {
    /// Returns the folders in which sets of copies have to have pictures.
    pub fn across(&self) -> &Across {
        &self.groups.across
    }

    /// Sets one of these folders.
    pub fn set_across(&mut self, place: usize, folder: Option<String>) {
        self.groups.across[place] = folder;
    }

    /// Returns whether a set has a picture in the one folder and another in the other.
    pub fn is_across(&self, set: &[PictureId]) -> bool {
        let is_in = |id: &PictureId, folder: &Option<String>| {
            let path = self.pictures.get(*id).map_or("", |entry| &entry.origin.path);
            folder.as_ref().is_none_or(|folder| path.starts_with(folder.as_str()))
        };
        let [one, other] = self
            .across()
            .each_ref()
            .map(|folder| set.iter().filter(|id| is_in(id, folder)).collect::<Vec<_>>());
        one.iter().any(|a| other.iter().any(|b| a != b))
    }
}

/// Returns the folders that hold some of the pictures, but not all, in alphabetical order.
pub fn folders(state: &State) -> Vec<String> {
    let paths = state.pictures.entries().iter().map(|entry| entry.origin.path.as_str());
    let folders = paths.flat_map(|path| path.match_indices('/').map(move |(slash, _)| &path[..=slash]));
    let folders = sorted(&folders.collect::<Vec<_>>(), Ord::cmp);
    let some = folders.chunk_by(|a, b| a == b).filter(|same| same.len() < state.pictures.len());
    some.map(|same| same[0].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture::from_paths;

    #[test]
    fn sets_are_filtered_by_two_folders() {
        let mut state = from_paths(&["d/test/a/1", "d/test/b/2", "d/train/a/3", "d/train2/4", "d/5"]);
        assert_eq!(
            folders(&state),
            ["d/test/", "d/test/a/", "d/test/b/", "d/train/", "d/train/a/", "d/train2/"]
        );
        let across = |state: &mut State, folders: [Option<&str>; 2]| -> Vec<bool> {
            (0..2).for_each(|place| state.set_across(place, folders[place].map(str::to_owned)));
            [vec![0, 1], vec![0, 2], vec![0, 3], vec![2, 4, 1], vec![2]]
                .iter()
                .map(|set| state.is_across(set))
                .collect()
        };
        assert_eq!(across(&mut state, [None, None]), [true, true, true, true, false]);
        let (test, train) = (Some("d/test/"), Some("d/train/"));
        assert_eq!(across(&mut state, [test, train]), [false, true, false, true, false]);
        assert_eq!(across(&mut state, [test, None]), [true, true, true, true, false]);
        assert_eq!(across(&mut state, [test, test]), [true, false, false, false, false]);
        state.remove(&[0, 1, 2, 3, 4]);
        assert!(folders(&state).is_empty());
    }
}
