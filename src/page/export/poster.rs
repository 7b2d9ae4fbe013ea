//! The whole set with similar pictures side by side: on a grid, and as a page that opens anywhere.

use std::fmt::Write;

use crate::{
    image::Image,
    page::{state::State, views::explore::map::kinds::labels_or_groups, words},
    plot::grid::{arranged, columns},
    protocol::{GroupsRequest, MapRequest, PictureId, Question, Stage},
};

/// The pictures on a grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Poster {
    /// Number of columns.
    pub columns: usize,
    /// The picture of each cell, row by row; only the last row may be incomplete.
    pub cells: Vec<PictureId>,
    /// A sentence on how it was made.
    pub origin: String,
}

/// Returns the request for the map by which the pictures are placed: that which the page shows.
fn map_request(state: &State) -> MapRequest {
    MapRequest { stage: state.shown_stage(), method: state.map_method() }
}

/// Returns the question whose answer the poster needs, or with `grouped` the contact sheet, if there
/// is no complete answer.
pub fn lacks(state: &State, grouped: bool) -> Option<Question> {
    let map = map_request(state);
    let is_drawn = state.answer(map).is_some_and(|map| map.done >= map.total);
    let groups = GroupsRequest { stage: map.stage }.into();
    let is_lacking = |question: &Question| state.needs(question) || state.answers.is_awaited(question);
    let map = map.into();
    if is_lacking(&map) || !is_drawn {
        return Some(map);
    }
    (grouped && !state.has_labels() && is_lacking(&groups)).then_some(groups)
}

/// Places the pictures on a grid by the latest map; `None` without one.
pub fn poster(state: &State) -> Option<Poster> {
    let map = state.map()?;
    let points = map.pictures.iter().zip(map.points.0.chunks_exact(2));
    let (pictures, points): (Vec<_>, Vec<_>) = points
        .filter(|(id, _)| state.pictures.get(**id).is_some())
        .map(|(id, point)| (*id, [point[0], point[1]]))
        .unzip();
    let columns = columns(pictures.len());
    let cells = arranged(&points, columns).into_iter().map(|place| pictures[place]).collect();
    let by = match map.stage {
        Stage::Trained => {
            format!(
                "a network after {} of training without labels",
                words::counted(map.step as usize, "step")
            )
        }
        Stage::Untrained => "a network before training".to_owned(),
        Stage::Pixels | Stage::Classic => "their pixels alone".to_owned(),
    };
    let count = words::counted(pictures.len(), "picture");
    Some(Poster { columns, cells, origin: format!("{count}, similar ones side by side. Placed by {by}.") })
}

/// Returns the contact sheet, an HTML page: the pictures by label, or without labels by group, with
/// their names; `thumbnail` returns the address of a picture's data.
pub fn contact_sheet(state: &State, thumbnail: &dyn Fn(&Image) -> String) -> Option<String> {
    let poster = poster(state)?;
    // Back and forth, so that what follows each other is side by side.
    let mut order = Vec::new();
    for (place, row) in poster.cells.chunks(poster.columns).enumerate() {
        let mut row = row.to_vec();
        if place % 2 == 1 {
            row.reverse();
        }
        order.extend(row);
    }
    let kinds = labels_or_groups(state);
    let mut page = HEAD.to_owned();
    write!(page, "<h1>Likeness</h1>\n<p>{}</p>\n", poster.origin).expect("text can be written to");
    for section in 0..=kinds.names.len() {
        let wanted = (section < kinds.names.len()).then_some(section);
        let entries = order.iter().filter(|id| kinds.of(state, **id) == wanted);
        let entries: Vec<_> = entries.filter_map(|id| state.pictures.get(*id)).collect();
        let name = match wanted {
            Some(kind) => kinds.names[kind].as_str(),
            None if kinds.names.is_empty() => "All pictures",
            None => "Others",
        };
        if entries.is_empty() {
            continue;
        }
        let count = words::counted(entries.len(), "picture");
        write!(page, "<h2>{} <small>{count}</small></h2>\n<ul>\n", escaped(name))
            .expect("text can be written to");
        for entry in entries {
            let (image, name) = (thumbnail(&entry.image), escaped(&entry.name));
            writeln!(page, "<li><img src=\"{image}\" alt=\"\"><span>{name}</span></li>")
                .expect("text can be written to");
        }
        page.push_str("</ul>\n");
    }
    Some(page)
}

/// The beginning of a contact sheet.
const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Contact sheet by Likeness</title>
<style>
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
body { margin: 24px; }
small { font-weight: 400; opacity: 0.7; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: 12px; margin: 0; padding: 0; list-style: none; }
li { break-inside: avoid; font-size: 11px; overflow-wrap: anywhere; }
img { display: block; width: 100%; border-radius: 6px; }
</style>
";

/// Returns a text with the characters replaced that mean something in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{answer, newcomer, state},
        protocol::{Answer, Clustering, Evaluation, Event, Floats, Map, MapMethod, Partition},
        settings::{Images, Settings},
    };

    fn evaluated(mut state: State) -> State {
        let order = state.order();
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, order)));
        state
    }

    fn map(state: &State, done: u32) -> Answer {
        let count = state.pictures.len();
        Answer::Map(Map {
            stage: Stage::Trained,
            step: 30,
            method: MapMethod::Pca,
            pictures: state.order(),
            points: Floats((0..2 * count).map(|i| (i * 31 % 17) as f32).collect()),
            radius: 1.0,
            explained: 1.0,
            done,
            total: 9,
        })
    }

    #[test]
    fn poster_waits_for_a_complete_map_and_holds_each_picture_once() {
        let mut state = evaluated(state(23));
        let question = Question::from(map_request(&state));
        assert_eq!(lacks(&state, false), Some(question.clone()));
        let partial = map(&state, 3);
        answer(&mut state, question.clone(), partial);
        assert_eq!(lacks(&state, false), Some(question.clone()), "the map still changes");
        let complete = map(&state, 9);
        answer(&mut state, question, complete);
        assert_eq!((lacks(&state, false), lacks(&state, true)), (None, None));
        let poster = poster(&state).expect("a map");
        let mut cells = poster.cells.clone();
        cells.sort_unstable();
        assert_eq!((cells, poster.columns), (state.order(), 6));
        assert_eq!(
            poster.origin,
            "23 pictures, similar ones side by side. Placed by a network after 30 steps of training without labels."
        );
        state.remove(&[4]);
        assert_eq!(super::poster(&state).map(|poster| poster.cells.len()), Some(22));
    }

    #[test]
    fn contact_sheet_lists_each_picture_with_its_name_by_label_or_group() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(["a&b.png", "<c>.png", "d.png"].map(|name| newcomer(name, None)).into());
        let mut state = evaluated(state);
        let (question, complete) = (map_request(&state), map(&state, 9));
        answer(&mut state, question, complete);
        let groups = GroupsRequest { stage: Stage::Trained };
        assert_eq!(lacks(&state, true), Some(groups.into()));
        let partitions = vec![Partition { silhouette: 0.5, groups: vec![vec![2, 0], vec![1]] }];
        answer(&mut state, groups, Answer::Groups(Clustering { stage: Stage::Trained, step: 0, partitions }));
        assert_eq!(lacks(&state, true), None);
        let page = contact_sheet(&state, &|image| format!("data:{}", image.rgb().len())).expect("a map");
        for part in [
            "<h2>Group 1 <small>2 pictures",
            "<h2>Group 2 <small>1 picture<",
            "a&amp;b.png",
            "&lt;c&gt;.png",
            "d.png",
        ] {
            assert_eq!(page.matches(part).count(), 1, "{part} in {page}");
        }
        assert_eq!(page.matches("<img src=\"data:27648\"").count(), 3);
        let first_group = page.split("Group 2").next().expect("a part");
        assert!(first_group.contains("d.png") && !first_group.contains("&lt;c&gt;"));
    }
}
