//! State of the tab Sort: groups, near-duplicates, outliers.

use super::{choose::sharpness, duplicate_threshold::suggested, examples::Examples, folders::Across};
use crate::{
    page::{
        picture_map::Ids,
        state::{Origin, State},
    },
    protocol::{
        Clustering, Command, Copies, CopiesRequest, GroupsRequest, LEAST_LINK, Partition, PictureId,
        Question, Stage, Survey, SurveyRequest,
    },
};

/// Maximum threshold of near-duplicates; above it, equal pictures may differ by rounding.
pub const HIGHEST_THRESHOLD: f32 = 0.999;

/// Maximum number of groups.
pub const MOST_GROUPS: usize = 20;

/// Contents of the tab Sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Finding {
    /// Pictures that form groups.
    #[default]
    Groups,
    /// Copies of one picture.
    Copies,
    /// Near-duplicates.
    Duplicates,
    /// Pictures unlike all others.
    Outliers,
    /// Pictures like the user's examples.
    Examples,
    /// Pictures of poor quality, and a few that stand for the set.
    Choice,
}

impl Finding {
    /// Returns the question whose answer it shows, if any.
    pub fn question(self, stage: Stage) -> Option<Question> {
        match self {
            Self::Groups => Some(GroupsRequest { stage }.into()),
            Self::Copies => Some(CopiesRequest::default().into()),
            Self::Duplicates | Self::Outliers => Some(SurveyRequest { stage }.into()),
            Self::Examples | Self::Choice => None,
        }
    }
}

/// Rule for the picture of a set that is kept; among equals, it is the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeepRule {
    /// The one with the most pixels.
    #[default]
    MostPixels,
    /// The largest file.
    MostBytes,
    /// The file that was changed first.
    Oldest,
    /// The sharpest at working size.
    Sharpest,
    /// The first in the order of the set, which is that of the folders.
    First,
}

/// Choices of the user for the tab Sort.
#[derive(Debug, Default)]
pub struct Groups {
    /// Present contents of the tab.
    finding: Finding,
    /// Number of groups; the suggested one if `None`.
    count: Option<usize>,
    /// Minimum cosine similarity of near-duplicates; the suggested one if `None`.
    threshold: Option<f32>,
    /// Rule for the picture of a set that is kept.
    rule: KeepRule,
    /// Pictures kept by hand, whatever the rule.
    kept: Ids,
    /// Whether the user has stopped the search for copies.
    stopped: bool,
    /// Folders in which sets of copies have to have pictures.
    pub(super) across: Across,
    /// Examples to search by.
    pub(super) examples: Examples,
}

impl Groups {
    /// Returns the rule for the picture of a set that is kept.
    pub fn rule(&self) -> KeepRule {
        self.rule
    }

    /// Returns the present contents of the tab.
    pub fn finding(&self) -> Finding {
        self.finding
    }

    /// Returns the number of groups chosen by the user; `None` for the suggested one.
    pub fn count(&self) -> Option<usize> {
        self.count
    }

    /// Resets everything but the contents of the tab, after all pictures were removed.
    pub(in crate::page) fn clear(&mut self) {
        *self = Self { finding: self.finding, rule: self.rule, ..Self::default() };
    }
}

impl State {
    /// Changes the contents of the tab.
    pub fn look_for(&mut self, finding: Finding) {
        self.groups.finding = finding;
    }

    /// Sets the number of groups; `None` for the suggested one.
    pub fn make_groups(&mut self, count: Option<usize>) {
        self.groups.count = count;
    }

    /// Keeps one picture of each set by a rule.
    pub fn keep_by(&mut self, rule: KeepRule) {
        self.groups.rule = rule;
        self.groups.kept = Ids::default();
    }

    /// Keeps this picture of a set, whatever the rule.
    pub fn keep(&mut self, id: PictureId, set: &[PictureId]) {
        self.groups.kept = self.groups.kept.without(&set.iter().copied().collect());
        self.groups.kept.insert(id);
    }

    /// Returns the picture of a set that is kept.
    pub fn kept_of(&self, set: &[PictureId]) -> PictureId {
        let by_rule = || {
            let unknown = Origin::default();
            let origin = |id: &PictureId| self.pictures.get(*id).map_or(&unknown, |entry| &entry.origin);
            let blur = |id: &PictureId| {
                let sharp = self.pictures.get(*id).map_or(0.0, |entry| sharpness(&entry.image));
                u64::MAX - sharp as u64
            };
            let rank = |id: &PictureId| match (self.groups.rule, origin(id)) {
                (KeepRule::Sharpest, _) => (blur(id), String::new()),
                (KeepRule::MostPixels, origin) => (u64::MAX - origin.pixels(), String::new()),
                (KeepRule::MostBytes, origin) => (u64::MAX - origin.bytes, String::new()),
                (KeepRule::Oldest, Origin { modified, .. }) => (modified.is_empty().into(), modified.clone()),
                (KeepRule::First, _) => (0, String::new()),
            };
            set.iter().min_by_key(|id| rank(id))
        };
        let by_hand = set.iter().find(|id| self.groups.kept.contains(id));
        *by_hand.or_else(by_rule).expect("a set has pictures")
    }

    /// Sets the minimum similarity of near-duplicates.
    pub fn set_threshold(&mut self, threshold: f32) {
        self.groups.threshold = Some(threshold.clamp(LEAST_LINK, HIGHEST_THRESHOLD));
    }

    /// Keeps the threshold as it is, so that the sets acted on stay found, whatever is suggested for the
    /// rest.
    pub fn fix_threshold(&mut self) {
        self.set_threshold(self.threshold(self.stage_to_sort()));
    }

    /// Returns the minimum cosine similarity of near-duplicates at a stage: the user's, else the
    /// suggested one.
    pub fn threshold(&self, stage: Stage) -> f32 {
        let suggested =
            || self.survey(stage).and_then(|survey| suggested(&survey.links, survey.isolated.len()));
        self.groups.threshold.or_else(suggested).unwrap_or(HIGHEST_THRESHOLD)
    }

    /// Returns whether a stage's embeddings, if known, distinguish copies from other pictures.
    pub fn tells_copies(&self, stage: Stage) -> bool {
        let tell = |survey: &Survey| suggested(&survey.links, survey.isolated.len()).is_some();
        self.survey(stage).is_none_or(tell)
    }

    /// Returns a stage's groups by their number, while there are embeddings.
    pub fn clustering(&self, stage: Stage) -> Option<&Clustering> {
        self.answer(GroupsRequest { stage })
    }

    /// Returns a stage's links and isolated pictures, while there are embeddings.
    pub fn survey(&self, stage: Stage) -> Option<&Survey> {
        self.answer(SurveyRequest { stage })
    }

    /// Returns the copies found so far, once there are any results.
    pub fn copies(&self) -> Option<&Copies> {
        self.answer(CopiesRequest::default())
    }

    /// Returns the question to ask for the contents of the tab; none for copies while that is stopped.
    pub fn question_to_sort(&self, stage: Stage) -> Option<Question> {
        let finding = self.groups.finding;
        finding.question(stage).filter(|_| !(finding == Finding::Copies && self.groups.stopped))
    }

    /// Returns whether the user has stopped the search for copies.
    pub fn has_stopped_comparing(&self) -> bool {
        self.groups.stopped
    }

    /// Stops the search for copies; what was found so far stays.
    pub fn stop_comparing(&mut self) {
        self.groups.stopped = true;
        let question = CopiesRequest::default().into();
        self.answers.outdate(|asked| *asked == question);
        self.send(Command::Withdraw(question));
    }

    /// Starts the search for copies again, from the beginning.
    pub fn compare_again(&mut self) {
        self.groups.stopped = false;
    }

    /// Returns the stage whose pictures are compared for the present contents of the tab.
    pub fn stage_to_sort(&self) -> Stage {
        self.stage_for(self.groups.finding)
    }

    /// Returns the stage whose pictures are compared: the shown one, but the pictures themselves for
    /// copies, and for near-duplicates if the network cannot distinguish copies and the user has chosen
    /// no stage.
    pub fn stage_for(&self, finding: Finding) -> Stage {
        let shown = self.shown_stage();
        let by_pixels = match finding {
            Finding::Copies => true,
            Finding::Duplicates => self.chosen_stage.is_none() && !self.tells_copies(shown),
            Finding::Groups | Finding::Outliers | Finding::Examples | Finding::Choice => false,
        };
        if by_pixels { Stage::Pixels } else { shown }
    }

    /// Returns the step of the shown finding.
    pub fn finding_step(&self, stage: Stage) -> Option<u32> {
        match self.groups.finding {
            Finding::Groups => self.clustering(stage).map(|clustering| clustering.step),
            Finding::Duplicates | Finding::Outliers => self.survey(stage).map(|survey| survey.step),
            Finding::Copies | Finding::Examples | Finding::Choice => None,
        }
    }

    /// Returns the partition of a stage whose number of groups is nearest to the wanted one.
    pub fn partition(&self, stage: Stage) -> Option<&Partition> {
        let wanted = self.wanted_groups();
        let partitions = self.clustering(stage)?.partitions.iter();
        partitions.min_by_key(|partition| partition.groups.len().abs_diff(wanted))
    }

    /// Returns the user's number of groups, else the suggested one: that of the labels, or √(n/2) for n
    /// pictures (Mardia et al. 1979) if there are no labels or too many.
    pub fn wanted_groups(&self) -> usize {
        let suggested = || match self.label_names().len() {
            labels @ 2..=MOST_GROUPS => labels,
            _ => ((self.pictures.len() as f64 / 2.0).sqrt().round() as usize).clamp(2, MOST_GROUPS),
        };
        self.groups.count.unwrap_or_else(suggested)
    }

    /// Returns the partition of a stage whose groups are most clearly separated.
    pub fn clearest_partition(&self, stage: Stage) -> Option<&Partition> {
        let partitions = &self.clustering(stage)?.partitions;
        partitions.iter().max_by(|a, b| a.silhouette.total_cmp(&b.silhouette))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        image::Image,
        page::{
            fixture::{newcomer, state},
            state::Newcomer,
        },
    };

    #[test]
    fn one_of_each_set_is_kept_by_the_rule_or_by_hand() {
        let mut state = state(0);
        let file = |width: u32, bytes: u64, modified: &str| {
            let origin =
                Origin { width, height: 10, bytes, modified: modified.to_owned(), ..Origin::default() };
            Newcomer { origin, ..newcomer("1.jpg", None) }
        };
        let sides = [(9, 50, ""), (20, 30, "2024-05-03T12:00:05Z"), (20, 70, "2024-05-03T12:00:06Z")];
        state.add(sides.map(|(width, bytes, modified)| file(width, bytes, modified)).into());
        for (rule, kept) in
            [(KeepRule::MostPixels, 1), (KeepRule::MostBytes, 2), (KeepRule::Oldest, 1), (KeepRule::First, 0)]
        {
            state.keep_by(rule);
            assert_eq!(state.kept_of(&[0, 1, 2]), kept, "{rule:?}");
        }
        state.keep(1, &[0, 1]);
        state.keep(2, &[0, 1, 2]);
        assert_eq!([state.kept_of(&[0, 1, 2]), state.kept_of(&[0, 1])], [2, 0]);
        state.keep_by(KeepRule::MostPixels);
        assert_eq!(state.kept_of(&[0, 1, 2]), 1, "a rule applies to every set");
        let stripes =
            |width: usize| Image::draw(|x, _| [if (x / width).is_multiple_of(2) { 0 } else { 200 }; 3]);
        state
            .add([8, 1, 4].map(|width| Newcomer { image: stripes(width), ..newcomer("1.jpg", None) }).into());
        state.keep_by(KeepRule::Sharpest);
        assert_eq!(state.kept_of(&[3, 4, 5]), 4, "it has most edges");
    }
}
