//! Strips of related pictures, as the tab Sort shows them.

use super::state::Finding;
use crate::{
    disjoint_sets::DisjointSets,
    page::{picture_map::PictureMap, state::State, words},
    protocol::{PictureId, Stage},
    small_sort::sorted,
};

/// Related pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// The pictures, the representative first.
    pub pictures: Vec<PictureId>,
    /// What is known of all of them.
    pub remark: Option<StripRemark>,
}

/// What is known of all pictures of a strip.
#[derive(Clone, Debug, PartialEq)]
pub enum StripRemark {
    /// None of them has a label.
    NoLabels,
    /// The label that most of those with a label have.
    CommonLabel {
        /// Its name.
        name: String,
        /// Number of pictures with this label.
        count: usize,
        /// Number of pictures with any label.
        labelled: usize,
        /// Number of pictures.
        all: usize,
    },
    /// They are connected by similarities of at least this.
    Similarity(f32),
    /// They are copies whose files do not differ.
    SameBytes,
    /// They are copies whose files differ.
    SamePicture,
}

/// Returns the groups of the present partition, the largest first.
pub fn groups(state: &State, stage: Stage) -> Vec<Strip> {
    let groups = state.partition(stage).map_or(&[][..], |partition| &partition.groups);
    let strip = |group: &Vec<PictureId>| {
        let pictures = present(state, group.iter().copied());
        Strip { remark: common_label(state, &pictures), pictures }
    };
    groups.iter().map(strip).filter(|strip| !strip.pictures.is_empty()).collect()
}

/// Returns the number of each picture's group, as the tab Sort counts them.
pub fn numbers(state: &State) -> PictureMap<usize> {
    let groups = groups(state, state.stage_for(Finding::Groups));
    let numbered = (1..).zip(groups).flat_map(|(number, group)| {
        group.pictures.into_iter().map(move |id| (id, number)).collect::<Vec<_>>()
    });
    sorted(&numbered.collect::<Vec<_>>(), Ord::cmp).into_iter().collect()
}

/// Returns the sets of pictures connected by links of at least the threshold, the most similar first;
/// each contains its pictures in the order of the set. Only those across the chosen folders count.
pub fn duplicates(state: &State, stage: Stage) -> Vec<Strip> {
    let Some(survey) = state.survey(stage) else { return Vec::new() };
    let threshold = state.threshold(stage);
    let near = survey.links.iter().take_while(|link| link.2 >= threshold);
    let strip = |(pictures, weakest): (Vec<PictureId>, f32)| Strip {
        pictures,
        remark: Some(StripRemark::Similarity(weakest)),
    };
    let found = connected(state, near.copied()).into_iter();
    found.filter(|(pictures, _)| state.is_across(pictures)).map(strip).collect()
}

/// Returns the sets of pictures connected by links, in the order of their first links, each with the
/// similarity of its last link.
fn connected(
    state: &State,
    links: impl Iterator<Item = (PictureId, PictureId, f32)>,
) -> Vec<(Vec<PictureId>, f32)> {
    let row = |id| state.pictures.row(id);
    let links: Vec<_> = links.filter_map(|(a, b, s)| Some((row(a)?, row(b)?, s))).collect();
    let mut sets = DisjointSets::new(state.pictures.len());
    for (a, b, _) in &links {
        sets.join(*a, *b);
    }
    let mut places = vec![None; state.pictures.len()];
    let mut found: Vec<(Vec<usize>, f32)> = Vec::new();
    for (a, b, similarity) in links {
        let place = *places[sets.find(a)].get_or_insert_with(|| {
            found.push((Vec::new(), similarity));
            found.len() - 1
        });
        found[place].0.extend([a, b]);
        found[place].1 = similarity;
    }
    let in_order = |(rows, last): (Vec<usize>, f32)| {
        let mut rows = sorted(&rows, Ord::cmp);
        rows.dedup();
        (rows.into_iter().map(|row| state.pictures.entries()[row].id).collect(), last)
    };
    found.into_iter().map(in_order).collect()
}

/// Returns the sets of copies of one picture, those of the same bytes first; each contains its pictures in
/// the order of the set. The same bytes are known without the engine. Only those across the chosen folders count.
pub fn copies(state: &State) -> Vec<Strip> {
    let digested = state.pictures.entries().iter().filter_map(|entry| Some((entry.origin.digest?, entry.id)));
    let digested = sorted(&digested.collect::<Vec<_>>(), Ord::cmp);
    let same = digested.chunk_by(|a, b| a.0 == b.0).map(|same| same.iter().map(|(_, id)| *id).collect());
    let found = state.copies().map_or(&[][..], |copies| &copies.sets).iter();
    let found = found.map(|set| present(state, set.iter().copied()));
    let sets: Vec<Vec<PictureId>> = same.chain(found).collect();
    let links = sets.iter().flat_map(|set| set.windows(2).map(|pair| (pair[0], pair[1], 1.0)));
    let strip = |(pictures, _): (Vec<PictureId>, f32)| {
        let is_same = is_same_bytes(state, &pictures);
        let remark = if is_same { StripRemark::SameBytes } else { StripRemark::SamePicture };
        Strip { pictures, remark: Some(remark) }
    };
    let found = connected(state, links).into_iter();
    let strips: Vec<Strip> = found.filter(|(pictures, _)| state.is_across(pictures)).map(strip).collect();
    let rank = |strip: &Strip| (strip.remark != Some(StripRemark::SameBytes), strip.pictures[0]);
    sorted(&strips, |a, b| rank(a).cmp(&rank(b)))
}

/// Returns whether the files of all these pictures have the same contents.
pub fn is_same_bytes(state: &State, pictures: &[PictureId]) -> bool {
    let digest = |id: &PictureId| state.pictures.get(*id).and_then(|entry| entry.origin.digest);
    digest(&pictures[0]).is_some() && pictures.iter().all(|id| digest(id) == digest(&pictures[0]))
}

/// Returns all pictures but the kept one of each set.
pub fn surplus(state: &State, sets: &[Strip]) -> Vec<PictureId> {
    let mut surplus = Vec::new();
    for set in sets {
        let kept = state.kept_of(&set.pictures);
        surplus.extend(set.pictures.iter().filter(|id| **id != kept));
    }
    surplus
}

/// Returns all pictures and their mean similarity with their nearest neighbours, the least first.
pub fn outliers(state: &State, stage: Stage) -> Vec<(PictureId, f32)> {
    let isolated = state.survey(stage).map_or(&[][..], |survey| &survey.isolated);
    isolated.iter().filter(|(id, _)| state.pictures.get(*id).is_some()).copied().collect()
}

fn present(state: &State, ids: impl Iterator<Item = PictureId>) -> Vec<PictureId> {
    ids.filter(|id| state.pictures.get(*id).is_some()).collect()
}

/// Returns a sentence for a set of near-duplicates with more than a quarter of all pictures: such a
/// threshold takes similarity for identity.
pub fn crowd(state: &State, stage: Stage, sets: &[Strip]) -> Option<String> {
    /// Smaller sets are acceptable, however few pictures there are.
    const SMALL: usize = 4;
    let pictures = state.pictures.len();
    let largest = sets.iter().map(|set| set.pictures.len()).max()?;
    (largest > SMALL.max(pictures / 4)).then(|| {
        let pixels = if stage == Stage::Pixels { "" } else { ", or choose Pixels above" };
        format!(
            "At this similarity, {} of {} count as duplicates of each other. Raise it{pixels}.",
            words::count(largest),
            words::counted(pictures, "picture")
        )
    })
}

/// Returns the label that most of the labelled pictures have, if there are several labels.
fn common_label(state: &State, pictures: &[PictureId]) -> Option<StripRemark> {
    if state.label_names().len() < 2 {
        return None;
    }
    let labels: Vec<&str> = pictures.iter().filter_map(|id| state.label_of(*id)).collect();
    let labels = sorted(&labels, Ord::cmp);
    let counts = labels.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len()));
    let most = counts.max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)));
    Some(most.map_or(StripRemark::NoLabels, |(name, count)| StripRemark::CommonLabel {
        name: name.to_owned(),
        count,
        labelled: labels.len(),
        all: pictures.len(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{answer, newcomer},
            state::{Newcomer, Origin},
        },
        protocol::{
            Answer, Clustering, Copies, CopiesRequest, Evaluation, Event, GroupsRequest, Partition, Survey,
            SurveyRequest,
        },
        settings::{Images, Settings},
    };

    const GROUPS: GroupsRequest = GroupsRequest { stage: Stage::Trained };
    const SURVEY: SurveyRequest = SurveyRequest { stage: Stage::Trained };

    /// Returns a state with pictures 0 to 5 labelled a, b, a, b, …, and an evaluation of them.
    fn state() -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add((0..6).map(|i| newcomer(&i.to_string(), ["a", "b"][i % 2])).collect());
        evaluate(&mut state);
        state
    }

    fn evaluate(state: &mut State) {
        state.apply(Event::Evaluated(Evaluation {
            step: 3,
            ..Evaluation::bare(Stage::Trained, state.order())
        }));
    }

    fn clustering() -> Answer {
        let two = Partition { silhouette: 0.2, groups: vec![vec![4, 2, 0, 1], vec![3, 5]] };
        let three = Partition { silhouette: 0.6, groups: vec![vec![4, 2], vec![3, 5], vec![0, 1]] };
        Answer::Groups(Clustering { stage: Stage::Trained, step: 3, partitions: vec![two, three] })
    }

    fn survey() -> Answer {
        let links = vec![(2, 5, 1.0), (0, 3, 0.99), (3, 4, 0.985), (1, 2, 0.9)];
        let isolated = vec![(1, 0.1), (5, 0.2), (0, 0.3)];
        Answer::Survey(Survey { stage: Stage::Trained, step: 3, links, nearest: 5, isolated })
    }

    fn pictures(strips: &[Strip]) -> Vec<Vec<PictureId>> {
        strips.iter().map(|strip| strip.pictures.clone()).collect()
    }

    fn remark(strip: &Strip) -> String {
        strip.remark.as_ref().map(words::strip_remark).unwrap_or_default()
    }

    #[test]
    fn number_of_labels_is_suggested_until_the_user_sets_a_number() {
        let mut state = state();
        assert!(groups(&state, Stage::Trained).is_empty());
        answer(&mut state, GROUPS, clustering());
        let clearest = state.clearest_partition(Stage::Trained).expect("there are partitions");
        assert_eq!(clearest.groups.len(), 3, "whatever is clearest");
        let two = groups(&state, Stage::Trained);
        assert_eq!(pictures(&two), [vec![4, 2, 0, 1], vec![3, 5]]);
        assert_eq!([0, 1].map(|place| remark(&two[place])), ["75% a", "100% b"]);
        assert_eq!(
            (0..6).map(|id| numbers(&state).get(&id).copied()).collect::<Vec<_>>(),
            [1, 1, 1, 2, 1, 2].map(Some)
        );
        state.make_groups(Some(9));
        assert_eq!(groups(&state, Stage::Trained).len(), 3);
        state.make_groups(None);
        assert_eq!(groups(&state, Stage::Trained).len(), 2);
        assert!(groups(&state, Stage::Untrained).is_empty());
    }

    #[test]
    fn copies_of_the_same_bytes_come_first_and_need_no_answer() {
        let mut state = state();
        let digested = |digest: u8| Newcomer {
            origin: Origin { digest: Some([digest; 32]), ..Origin::default() },
            ..newcomer("7.jpg", None)
        };
        state.add([9, 4, 9, 4, 4].map(digested).into());
        let found = |state: &State| -> Vec<(Vec<PictureId>, String)> {
            copies(state).into_iter().map(|strip| (strip.pictures.clone(), remark(&strip))).collect()
        };
        let (bytes, picture) = ("same bytes".to_owned(), "same picture".to_owned());
        assert_eq!(found(&state), [(vec![6, 8], bytes.clone()), (vec![7, 9, 10], bytes.clone())]);
        let sets = vec![vec![0, 2], vec![3, 7], vec![6, 8]];
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Pixels, state.order())));
        answer(&mut state, CopiesRequest::default(), Answer::Copies(Copies { sets, ..Copies::default() }));
        assert_eq!(
            found(&state),
            [(vec![6, 8], bytes), (vec![0, 2], picture.clone()), (vec![3, 7, 9, 10], picture)]
        );
        assert_eq!(surplus(&state, &copies(&state)), [8, 2, 7, 9, 10]);
    }

    #[test]
    fn near_duplicates_are_connected_by_links_above_the_threshold() {
        let mut state = state();
        answer(&mut state, SURVEY, survey());
        // In so small a set, one pair is allowed.
        assert_eq!(pictures(&duplicates(&state, Stage::Trained)), [vec![2, 5]]);
        state.set_threshold(0.98);
        assert_eq!(pictures(&duplicates(&state, Stage::Trained)), [vec![2, 5], vec![0, 3, 4]]);
        assert_eq!(remark(&duplicates(&state, Stage::Trained)[1]), "similarity 0.985");
        state.set_threshold(0.987);
        assert_eq!(pictures(&duplicates(&state, Stage::Trained)), [vec![2, 5], vec![0, 3]]);
        state.set_threshold(0.2);
        assert_eq!(pictures(&duplicates(&state, Stage::Trained)), [vec![1, 2, 5], vec![0, 3, 4]]);
    }

    #[test]
    fn set_with_more_than_a_quarter_of_the_pictures_is_a_crowd() {
        let mut state = state();
        answer(&mut state, SURVEY, survey());
        let told = |state: &State| crowd(state, Stage::Trained, &duplicates(state, Stage::Trained));
        assert_eq!(told(&state), None);
        state.set_threshold(0.98);
        assert_eq!(told(&state), None, "three are no crowd");
        let links = (0..5).map(|id| (id, id + 1, 0.985)).collect();
        let isolated = vec![(0, 0.3); 6];
        let survey = Survey { stage: Stage::Trained, step: 3, links, nearest: 5, isolated };
        answer(&mut state, SURVEY, Answer::Survey(survey));
        assert_eq!(
            told(&state).as_deref(),
            Some(
                "At this similarity, 6 of 6 pictures count as duplicates of each other. Raise it, or choose Pixels above."
            )
        );
    }

    #[test]
    fn pixels_are_not_advised_while_they_are_compared() {
        let strips = [Strip { pictures: (0..6).collect(), remark: None }];
        let told = crowd(&state(), Stage::Pixels, &strips).expect("a crowd");
        assert!(told.ends_with("Raise it."), "{told}");
    }

    #[test]
    fn suggested_threshold_applies_until_the_user_sets_one() {
        let mut state = state();
        assert!(state.tells_copies(Stage::Trained), "nothing is known yet");
        answer(&mut state, SURVEY, survey());
        // The first pair reaches it; the second, of 0.99, does not.
        assert!((state.threshold(Stage::Trained) - 0.991).abs() < 1e-4);
        let links = (0..5).map(|id| (id, id + 1, 0.9999)).collect();
        let isolated = vec![(0, 0.3); 6];
        let survey = Survey { stage: Stage::Trained, step: 3, links, nearest: 5, isolated };
        answer(&mut state, SURVEY, Answer::Survey(survey));
        assert!(!state.tells_copies(Stage::Trained));
        assert_eq!(state.stage_to_sort(), Stage::Trained, "groups are looked for");
        state.look_for(Finding::Duplicates);
        assert_eq!(state.stage_to_sort(), Stage::Pixels);
        state.show_stage(Stage::Trained);
        assert_eq!(state.stage_to_sort(), Stage::Trained, "as the user chose");
        state.set_threshold(0.85);
        assert!((state.threshold(Stage::Trained) - 0.85).abs() < 1e-6);
        state.clear(Images::Own);
        assert!(state.threshold(Stage::Trained) > 0.9, "other pictures, another threshold");
    }

    #[test]
    fn share_of_a_label_is_among_labelled_pictures() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add((0..6).map(|i| newcomer(&i.to_string(), None)).collect());
        evaluate(&mut state);
        answer(&mut state, GROUPS, clustering());
        state.make_groups(Some(2));
        for (id, label) in [(4, "cat"), (2, "cat"), (0, "dog"), (3, "dog")] {
            state.type_label(id, label);
        }
        let remarks: Vec<_> = groups(&state, Stage::Trained).iter().map(remark).collect();
        assert_eq!(remarks, ["2 of 3 labelled are cat", "1 of 1 labelled is dog"]);
    }

    #[test]
    fn suggested_groups_are_the_labels_or_grow_with_the_root_of_the_set() {
        // Pictures, labels, and the number of groups; beyond 20, labels are too many.
        for (pictures, labels, suggested) in
            [(6, 0, 2), (6, 1, 2), (18, 0, 3), (200, 0, 10), (200, 10, 10), (40, 20, 20), (98, 21, 7)]
        {
            let mut state = State::new(Settings::recommended(Images::Own));
            let label = |i: usize| (labels > 0).then(|| (i % labels).to_string());
            state.add((0..pictures).map(|i| newcomer(&i.to_string(), label(i).as_deref())).collect());
            evaluate(&mut state);
            assert_eq!(state.wanted_groups(), suggested);
            let partition = |count: usize| Partition {
                // The fewer the groups, the more clearly they are separated.
                silhouette: 1.0 / count as f32,
                groups: (0..count).map(|group| vec![group as PictureId]).collect(),
            };
            let counts = (2..=20).take_while(|count| *count < pictures);
            let partitions = counts.map(partition).collect();
            let clustering = Clustering { stage: Stage::Trained, step: 3, partitions };
            answer(&mut state, GROUPS, Answer::Groups(clustering));
            let shown = state.partition(Stage::Trained).expect("there are partitions");
            assert_eq!(shown.groups.len(), suggested, "{pictures} pictures, {labels} labels");
        }
    }

    #[test]
    fn removed_pictures_leave_strips_and_outliers() {
        let mut state = state();
        answer(&mut state, GROUPS, clustering());
        answer(&mut state, SURVEY, survey());
        state.make_groups(Some(3));
        state.set_threshold(0.98);
        state.remove(&[4, 2, 5]);
        assert_eq!(pictures(&groups(&state, Stage::Trained)), [vec![3], vec![0, 1]]);
        assert_eq!(pictures(&duplicates(&state, Stage::Trained)), [vec![0, 3]]);
        assert_eq!(outliers(&state, Stage::Trained), [(1, 0.1), (0, 0.3)]);
    }
}
