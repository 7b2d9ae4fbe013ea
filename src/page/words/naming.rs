//! Names of pictures, and their files in words.

use super::{count, megabytes};
use crate::{
    page::state::{Entry, Origin, State},
    protocol::PictureId,
    settings::Framing,
};

/// Returns a picture's label, unless its name begins with it or all labels are the same, and its name.
pub fn label_and_name(state: &State, id: PictureId) -> (Option<String>, String) {
    if state.pictures.get(id).is_none() {
        return (None, "a picture that was removed".to_owned());
    }
    let name = state.pictures.name(id);
    let tells = || state.labels.typed(id).is_some() || state.has_labels();
    let label = state.label_of(id).filter(|label| !name.starts_with(*label) && tells());
    (label.map(str::to_owned), name.to_owned())
}

/// Returns a picture's name and label.
pub fn title(state: &State, id: PictureId) -> String {
    match label_and_name(state, id) {
        (Some(label), name) => format!("{name} ({label})"),
        (None, name) => name,
    }
}

/// Describes a picture's file, as far as it is known: its path, if that is more than the picture's name,
/// its size and its times. Empty for a drawn picture.
pub fn file(state: &State, id: PictureId) -> String {
    let Some(Entry { origin, .. }) = state.pictures.get(id) else { return String::new() };
    let is_more = |path: &String| !path.is_empty() && path != state.pictures.name(id);
    // Times are shown to the minute.
    let minute = |what: &str, time: &str| Some(format!("{what} {}", time.get(..16)?.replace('T', " ")));
    let mut parts: Vec<String> = Some(origin.path.clone()).filter(is_more).into_iter().collect();
    parts.extend(size(origin));
    parts.extend(minute("taken", &origin.taken));
    parts.extend(minute("changed", &origin.modified).map(|time| time + " UTC"));
    parts.join(" · ")
}

/// States what the network sees of the pictures, if it is not all of them as they are.
pub fn cropped(entries: &[Entry], framing: Framing) -> Option<String> {
    if framing == Framing::Whole {
        let fitted = entries.iter().filter(|entry| entry.centre.is_some()).count();
        return (fitted > 0).then(|| {
            format!(
                "The network sees whole pictures, {} of {} with grey bars.",
                count(fitted),
                count(entries.len())
            )
        });
    }
    let far = entries.iter().filter(|entry| entry.origin.is_far_from_square()).count();
    let loses = if far == 1 { "loses" } else { "lose" };
    (far > 0).then(|| {
        format!(
            "The network sees the central square of each picture. {} of {} {loses} a third or more. Copies are found on whole pictures.",
            count(far),
            count(entries.len())
        )
    })
}

/// Describes the size of a picture in pixels and that of its file, as far as they are known.
pub fn size(origin: &Origin) -> Vec<String> {
    let Origin { width, height, bytes, .. } = *origin;
    let pixels = format!("{} × {} pixels", count(width as usize), count(height as usize));
    let size = if bytes < 100_000 { format!("{} kB", bytes.div_ceil(1000)) } else { megabytes(bytes as f64) };
    let parts = [Some(pixels).filter(|_| width > 0), Some(size).filter(|_| bytes > 0)];
    parts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{
        fixture::{newcomer, state},
        state::{Newcomer, Origin},
    };

    #[test]
    fn title_has_the_folder_where_two_names_clash() {
        let mut state = state(0);
        let dropped = |path: &str, label| {
            let origin = Origin { path: path.to_owned(), ..Origin::default() };
            Newcomer { origin, ..newcomer("1.jpg", label) }
        };
        state.add(vec![dropped("a/1.jpg", "x")]);
        assert_eq!(title(&state, 0), "1.jpg", "a label of all tells nothing");
        state.add(vec![dropped("b/1.jpg", "b")]);
        state.settle();
        assert_eq!([0, 1].map(|id| title(&state, id)), ["a/1.jpg (x)", "b/1.jpg"], "the folder is the label");
        state.remove(&[0]);
        assert_eq!([0, 1].map(|id| title(&state, id)), ["a picture that was removed", "1.jpg"]);
        state.type_label(1, "mine");
        assert_eq!(title(&state, 1), "1.jpg (mine)");
    }

    #[test]
    fn pictures_far_from_square_are_counted() {
        let mut state = state(2);
        assert_eq!(cropped(state.pictures.entries(), Framing::Centre), None);
        let origin = Origin { width: 900, height: 300, ..Origin::default() };
        state.add(vec![Newcomer { origin, ..newcomer("1.jpg", None) }]);
        assert_eq!(
            cropped(state.pictures.entries(), Framing::Centre).as_deref(),
            Some(
                "The network sees the central square of each picture. 1 of 3 loses a third or more. Copies are found on whole pictures."
            )
        );
    }

    #[test]
    fn file_is_described_as_far_as_it_is_known() {
        let mut state = state(1);
        assert_eq!(file(&state, 0), "");
        let origin = Origin {
            path: "a/1.jpg".to_owned(),
            width: 4000,
            height: 300,
            bytes: 2_340_000,
            modified: "2024-05-03T12:00:05Z".to_owned(),
            taken: "2021-05-03T14:00:05".to_owned(),
            digest: None,
        };
        state.add(vec![Newcomer { origin, ..newcomer("1.jpg", None) }]);
        assert_eq!(
            file(&state, 1),
            "a/1.jpg · 4,000 × 300 pixels · 2.3 MB · taken 2021-05-03 14:00 · changed 2024-05-03 12:00 UTC"
        );
    }
}
