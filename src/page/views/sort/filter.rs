//! Pictures by label, folder and date.

use crate::{
    page::{
        picture_map::Ids,
        state::{Entry, State},
    },
    protocol::PictureId,
};

/// Conditions on pictures; those that are not set hold for all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The label; empty for pictures without one.
    pub label: Option<String>,
    /// The folder, with a slash at its end.
    pub folder: Option<String>,
    /// The first and the last day, in ISO 8601: of the photograph or, if that is unknown, of its file.
    pub days: [Option<String>; 2],
}

/// Returns the pictures for which all conditions hold, in the order of the set.
pub fn matching(state: &State, filter: &Filter) -> Vec<PictureId> {
    let Filter { label, folder, days: [first, last] } = filter;
    let labelled: Option<Ids> = label.as_ref().map(|label| {
        let name = Some(label.as_str()).filter(|name| !name.is_empty());
        state.labelled(name).into_iter().collect()
    });
    let matches = |entry: &Entry| {
        let origin = &entry.origin;
        let time = if origin.taken.is_empty() { &origin.modified } else { &origin.taken };
        let day = time.get(..10);
        labelled.as_ref().is_none_or(|labelled| labelled.contains(&entry.id))
            && folder.as_ref().is_none_or(|folder| origin.path.starts_with(folder))
            && first.as_deref().is_none_or(|first| day.is_some_and(|day| day >= first))
            && last.as_deref().is_none_or(|last| day.is_some_and(|day| day <= last))
    };
    state.pictures.entries().iter().filter(|entry| matches(entry)).map(|entry| entry.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::newcomer,
            state::{Newcomer, Origin},
        },
        settings::{Images, Settings},
    };

    #[test]
    fn all_conditions_have_to_hold() {
        let mut state = State::new(Settings::recommended(Images::Own));
        let picture = |(path, label, taken, modified): (&str, Option<&str>, &str, &str)| {
            let [path, taken, modified] = [path, taken, modified].map(str::to_owned);
            Newcomer { origin: Origin { path, taken, modified, ..Origin::default() }, ..newcomer("x", label) }
        };
        let pictures = [
            ("a/1", Some("cat"), "2020-01-31T23:59:59", "2024-01-01T00:00:00Z"),
            ("a/2", None, "", "2020-02-01T00:00:00Z"),
            ("b/3", Some("cat"), "", ""),
            ("ab/4", Some("dog"), "2019-12-31T00:00:00", ""),
        ];
        state.add(pictures.map(picture).into());
        let text = |text: &str| Some(text.to_owned());
        let check = |filter: Filter, expected: &[PictureId]| {
            assert_eq!(matching(&state, &filter), expected, "{filter:?}")
        };
        let all = Filter::default;
        check(all(), &[0, 1, 2, 3]);
        check(Filter { label: text("cat"), ..all() }, &[0, 2]);
        check(Filter { label: text(""), ..all() }, &[1]);
        check(Filter { folder: text("a/"), ..all() }, &[0, 1]);
        check(Filter { days: [text("2020-01-31"), None], ..all() }, &[0, 1]);
        check(Filter { days: [None, text("2020-01-31")], ..all() }, &[0, 3]);
        check(Filter { days: [text("2020-02-01"), text("2020-02-01")], ..all() }, &[1]);
        check(Filter { label: text("cat"), folder: text("b/"), days: [None, None] }, &[2]);
        check(Filter { label: text("cat"), folder: text("b/"), days: [text("1970-01-01"), None] }, &[]);
    }

    #[test]
    fn a_folder_s_name_is_no_label_beside_typed_ones() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(["1", "2", "3"].map(|name| newcomer(name, "album")).into());
        state.type_label(1, "cat");
        let found =
            |label: &str| matching(&state, &Filter { label: Some(label.to_owned()), ..Filter::default() });
        assert_eq!([found("cat"), found("")], [vec![1], vec![0, 2]]);
    }
}
