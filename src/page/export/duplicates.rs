//! Near-duplicates, as a table.

use super::csv::Csv;
use crate::{
    page::{
        picture_map::PictureMap,
        state::State,
        views::sort::picture_groups::{self, Strip},
    },
    protocol::{PictureId, Stage},
};

/// Columns of the table; that of copies has no similarity.
const HEADER: [&str; 4] = ["group", "name", "label", "similarity"];

/// Returns one row for each picture that has near-duplicates, group by group, the most similar first;
/// `similarity` is the greatest with another picture of the group.
pub fn csv(state: &State, stage: Stage) -> String {
    // A maximum spanning forest contains every picture's greatest similarity. Its links are sorted,
    // the most similar first (see `Survey`); in reverse, a greater similarity replaces a smaller one.
    let links = state.survey(stage).map_or(&[][..], |survey| &survey.links).iter().rev();
    let greatest: PictureMap<f32> =
        links.flat_map(|&(a, b, similarity)| [(a, similarity), (b, similarity)]).collect();
    table(state, &HEADER, picture_groups::duplicates(state, stage), |csv, id| {
        csv.number(greatest.get(&id).copied().unwrap_or_default());
    })
}

/// Returns one row for each picture that has copies, set by set.
pub fn copies_csv(state: &State) -> String {
    table(state, &HEADER[..3], picture_groups::copies(state), |_, _| {})
}

/// Returns a table with the number of each picture's group, its name, its label, and what `more` adds.
fn table(state: &State, header: &[&str], groups: Vec<Strip>, more: impl Fn(&mut Csv, PictureId)) -> String {
    let mut csv = Csv::new(header);
    for (group, strip) in (1..).zip(groups) {
        for id in strip.pictures {
            csv.number(group);
            csv.text(state.pictures.get(id).map_or("", |entry| &entry.name));
            csv.text(state.label_of(id).unwrap_or_default());
            more(&mut csv, id);
            csv.end_row();
        }
    }
    csv.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{export::samples::state, fixture::answer},
        protocol::{Answer, Copies, CopiesRequest, Evaluation, Event, Survey, SurveyRequest},
    };

    #[test]
    fn groups_follow_the_threshold() {
        let mut state = state();
        let survey = Survey {
            stage: Stage::Trained,
            step: 5,
            links: vec![(2, 0, 0.995), (0, 1, 0.9)],
            nearest: 1,
            isolated: Vec::new(),
        };
        answer(&mut state, SurveyRequest { stage: Stage::Trained }, Answer::Survey(survey));
        let text = csv(&state, Stage::Trained);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            ["group,name,label,similarity", "1,\"a \"\"b\"\", c.png\",cats,0.995", "1,e.png,,0.995"]
        );
        state.set_threshold(0.85);
        let text = csv(&state, Stage::Trained);
        assert_eq!(text.lines().count(), 4);
        assert!(text.contains("1,d\té.png,,0.9\r\n"), "{text}");
    }

    #[test]
    fn copies_are_listed_set_by_set() {
        let mut state = state();
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Pixels, vec![0, 1, 2])));
        let sets = vec![vec![0, 2], vec![1, 77]];
        answer(&mut state, CopiesRequest::default(), Answer::Copies(Copies { sets }));
        let text = copies_csv(&state);
        let lines: Vec<_> = text.lines().collect();
        // A picture whose copies were removed is no copy.
        assert_eq!(lines, ["group,name,label", "1,\"a \"\"b\"\", c.png\",cats", "1,e.png,"]);
    }

    #[test]
    fn missing_survey_gives_only_the_header() {
        assert_eq!(csv(&state(), Stage::Pixels).lines().count(), 1);
    }
}
