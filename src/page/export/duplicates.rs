//! Near-duplicates, as a table.

use super::csv::Csv;
use crate::{
    page::{
        picture_map::PictureMap,
        state::{Origin, State},
        views::sort::picture_groups::{self, Strip},
        words,
    },
    protocol::{PictureId, Stage},
};

/// Columns of both tables before the others.
const HEADER: [&str; 3] = ["group", "name", "label"];

/// Returns one row for each picture that has near-duplicates, group by group, the most similar first;
/// `similarity` is the greatest with another picture of the group.
pub fn csv(state: &State, stage: Stage) -> String {
    // A maximum spanning forest contains every picture's greatest similarity. Its links are sorted,
    // the most similar first (see `Survey`); in reverse, a greater similarity replaces a smaller one.
    let links = state.survey(stage).map_or(&[][..], |survey| &survey.links).iter().rev();
    let greatest: PictureMap<f32> =
        links.flat_map(|&(a, b, similarity)| [(a, similarity), (b, similarity)]).collect();
    table(state, &["similarity"], picture_groups::duplicates(state, stage), |csv, id| {
        csv.number(greatest.get(&id).copied().unwrap_or_default());
    })
}

/// Returns one row for each picture that has copies, set by set.
pub fn copies_csv(state: &State) -> String {
    table(state, &[], picture_groups::copies(state), |_, _| {})
}

/// Returns a table with the number of each picture's group, its name, its label, the columns that `more`
/// adds, those of its file, 1 if it is kept, and what is found of the group.
fn table(state: &State, columns: &[&str], groups: Vec<Strip>, more: impl Fn(&mut Csv, PictureId)) -> String {
    let mut csv = Csv::new(&[&HEADER, columns, &Origin::COLUMNS, &["kept", "found"]].concat());
    for (group, strip) in (1..).zip(groups) {
        let kept = state.kept_of(&strip.pictures);
        for id in &strip.pictures {
            csv.number(group);
            csv.picture(state, *id);
            more(&mut csv, *id);
            csv.origin(state, *id);
            csv.number(u8::from(*id == kept));
            csv.text(&strip.remark.as_ref().map(words::strip_remark).unwrap_or_default());
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
            [
                "group,name,label,similarity,path,width,height,bytes,modified,taken,kept,found",
                "1,\"a \"\"b\"\", c.png\",cats,0.995,,,,,,,1,similarity 0.995",
                "1,e.png,,0.995,,,,,,,0,similarity 0.995",
            ]
        );
        state.set_threshold(0.85);
        let text = csv(&state, Stage::Trained);
        assert_eq!(text.lines().count(), 4);
        let row = "1,d\té.png,,0.9,x/d\té.png,40,30,1234,2024-05-03T12:00:05Z,,1,similarity 0.900\r\n";
        assert!(text.contains(row), "{text}");
    }

    #[test]
    fn copies_are_listed_set_by_set() {
        let mut state = state();
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Pixels, vec![0, 1, 2])));
        let sets = vec![vec![0, 2], vec![1, 77]];
        answer(&mut state, CopiesRequest::default(), Answer::Copies(Copies { sets, ..Copies::default() }));
        let text = copies_csv(&state);
        let lines: Vec<_> = text.lines().collect();
        // A picture whose copies were removed is no copy.
        assert_eq!(
            lines,
            [
                "group,name,label,path,width,height,bytes,modified,taken,kept,found",
                "1,\"a \"\"b\"\", c.png\",cats,,,,,,,1,same picture",
                "1,e.png,,,,,,,,0,same picture",
            ]
        );
    }

    #[test]
    fn missing_survey_gives_only_the_header() {
        assert_eq!(csv(&state(), Stage::Pixels).lines().count(), 1);
    }
}
