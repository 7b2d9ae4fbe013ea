//! Pictures in folders: the paths of their files in an archive.

use std::collections::BTreeSet;

use crate::{
    page::{
        picture_map::Ids,
        state::State,
        views::sort::picture_groups::{Strip, surplus},
        words,
    },
    protocol::PictureId,
};

/// Characters that some system does not allow in names.
const FORBIDDEN: [char; 9] = ['<', '>', ':', '"', '/', '\\', '|', '?', '*'];

/// Number of unreadable files that are named.
const NAMED: usize = 5;

/// Pictures to be packed, with names for the archive and for its files.
#[derive(Clone, Debug, PartialEq)]
pub struct Folders {
    /// Name of the archive.
    pub name: &'static str,
    /// The pictures with the path of each, without an ending if its file is not at hand.
    pub pictures: Vec<(PictureId, String)>,
}

impl Folders {
    /// Puts the pictures of each group into a folder of its own.
    pub fn of_groups(state: &State, groups: &[Strip]) -> Self {
        let digits = groups.len().to_string().len();
        let folder = |(number, group): (usize, &Strip)| {
            let folder = format!("group {number:0digits$}");
            let path = move |id: &PictureId| (*id, format!("{folder}/{}", allowed(state.pictures.name(*id))));
            group.pictures.iter().map(path).collect::<Vec<_>>()
        };
        Self { name: "likeness-groups.zip", pictures: (1..).zip(groups).flat_map(folder).collect() }
    }

    /// Puts pictures where they came from.
    fn of_pictures(state: &State, name: &'static str, pictures: impl Iterator<Item = PictureId>) -> Self {
        let path = |id: PictureId| {
            let origin = state.pictures.get(id).map_or("", |entry| &entry.origin.path);
            let path = if origin.is_empty() { state.pictures.name(id) } else { origin };
            (id, path.split('/').map(allowed).collect::<Vec<_>>().join("/"))
        };
        Self { name, pictures: pictures.map(path).collect() }
    }

    /// Returns the selected pictures.
    pub fn of_selection(state: &State) -> Self {
        Self::of_pictures(state, "likeness-selection.zip", state.selection.iter())
    }

    /// Returns all pictures but those of which another one is kept.
    pub fn of_kept(state: &State, sets: &[Strip]) -> Self {
        let surplus: Ids = surplus(state, sets).into_iter().collect();
        let ids = state.pictures.entries().iter().map(|entry| entry.id);
        Self::of_pictures(state, "likeness-kept.zip", ids.filter(|id| !surplus.contains(id)))
    }
}

/// Returns the part of a path as every system takes it.
fn allowed(name: &str) -> String {
    let letter = |letter: char| if letter.is_control() || FORBIDDEN.contains(&letter) { '_' } else { letter };
    let name: String = name.chars().map(letter).collect();
    // Windows drops these at the end, and ".." leads elsewhere.
    let name = name.trim_end_matches(['.', ' ']);
    // Windows takes these for devices, whatever follows the point.
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let is_numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
    };
    let is_device =
        ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || is_numbered("COM") || is_numbered("LPT");
    if name.is_empty() || is_device { format!("_{name}") } else { name.to_owned() }
}

/// Paths that are in use, whatever the case of their letters.
#[derive(Debug, Default)]
pub struct UniquePaths(BTreeSet<String>);

impl UniquePaths {
    /// Returns the path, with a number before its ending if it is in use.
    pub fn add(&mut self, path: &str) -> String {
        let name = path.rfind('/').map_or(0, |slash| slash + 1);
        let ending =
            path[name..].rfind('.').filter(|point| *point > 0).map_or(path.len(), |point| name + point);
        let numbered = |number: usize| format!("{} ({number}){}", &path[..ending], &path[ending..]);
        let mut paths = std::iter::once(path.to_owned()).chain((2..).map(numbered));
        paths.find(|path| self.0.insert(path.to_ascii_lowercase())).expect("numbers do not end")
    }
}

/// Returns what is said of an archive of so many pictures, some of which are small copies and some of whose files could
/// not be read.
pub fn remarks(packed: usize, small: usize, unread: &[String]) -> Vec<String> {
    let of_all = |number| format!("{} of {}", words::count(number), words::counted(packed, "picture"));
    let copies = (small > 0).then(|| {
        format!("{} are small copies of 96 pixels, since the page does not have their files.", of_all(small))
    });
    let missing = (!unread.is_empty()).then(|| {
        let paths = unread.iter().take(NAMED).map(|path| format!("“{path}”")).collect::<Vec<_>>().join(", ");
        let more = if unread.len() > NAMED { " and others" } else { "" };
        format!("{} could not be read any more and are missing: {paths}{more}.", of_all(unread.len()))
    });
    copies.into_iter().chain(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture::from_paths;

    fn strip(pictures: &[PictureId]) -> Strip {
        Strip { pictures: pictures.to_vec(), remark: None }
    }

    #[test]
    fn each_group_has_a_folder() {
        let state = from_paths(&["a/1.jpg", "b/1.jpg", "b/2.jpg"]);
        let folders = Folders::of_groups(&state, &[strip(&[2, 0]), strip(&[1])]);
        let expected = [(2, "group 1/2.jpg"), (0, "group 1/a_1.jpg"), (1, "group 2/b_1.jpg")];
        assert_eq!(folders.pictures, expected.map(|(id, path)| (id, path.to_owned())));
        let ten = vec![strip(&[0]); 10];
        assert_eq!(Folders::of_groups(&state, &ten).pictures[0].1, "group 01/a_1.jpg");
    }

    #[test]
    fn kept_and_selected_pictures_stay_in_their_folders() {
        let mut state = from_paths(&["a/1.jpg", "b/1.jpg", "../../b/2.jpg"]);
        let kept = Folders::of_kept(&state, &[strip(&[0, 1])]);
        assert_eq!(kept.pictures, [(0, "a/1.jpg".to_owned()), (2, "_/_/b/2.jpg".to_owned())]);
        state.select_all([1]);
        assert_eq!(Folders::of_selection(&state).pictures, [(1, "b/1.jpg".to_owned())]);
    }

    #[test]
    fn names_are_allowed_everywhere() {
        for (name, expected) in [
            ("صورة 1.jpg", "صورة 1.jpg"),
            ("a:b\\c/d?.jpg", "a_b_c_d_.jpg"),
            ("line\nbreak", "line_break"),
            ("..", "_"),
            ("", "_"),
            ("end. ", "end"),
            ("con", "_con"),
            ("LPT1.txt.jpg", "_LPT1.txt.jpg"),
            ("COM10.jpg", "COM10.jpg"),
            ("contact.jpg", "contact.jpg"),
            (".hidden", ".hidden"),
        ] {
            assert_eq!(allowed(name), expected, "{name:?}");
        }
    }

    #[test]
    fn paths_differ_in_more_than_the_case_of_letters() {
        let mut unique = UniquePaths::default();
        let added = ["a.b/1.jpg", "a.b/1.JPG", "A.B/1.jpg", "a.b/1 (2).jpg", "x", "x", ".y", ".y"];
        let expected = [
            "a.b/1.jpg",
            "a.b/1 (2).JPG",
            "A.B/1 (3).jpg",
            "a.b/1 (2) (2).jpg",
            "x",
            "x (2)",
            ".y",
            ".y (2)",
        ];
        assert_eq!(added.map(|path| unique.add(path)), expected);
    }

    #[test]
    fn what_is_not_as_it_was_is_said() {
        assert!(remarks(7, 0, &[]).is_empty());
        let unread: Vec<String> = (0..6).map(|name| name.to_string()).collect();
        let said = remarks(1200, 1, &unread);
        assert!(said[0].starts_with("1 of 1,200 pictures are small copies"), "{said:?}");
        assert!(said[1].ends_with("missing: “0”, “1”, “2”, “3”, “4” and others."), "{said:?}");
        assert!(remarks(7, 0, &unread[..1])[0].ends_with("missing: “0”."));
    }
}
