//! What was found out about the whole set: groups, near-duplicates, odd ones out.

use super::duplicate_threshold::suggested;
use crate::{
    page::state::State,
    protocol::{Clustering, GroupsRequest, LEAST_LINK, Partition, Question, Stage, Survey, SurveyRequest},
};

/// The highest threshold of near-duplicates; equal pictures may differ by rounding above it.
pub const HIGHEST_THRESHOLD: f32 = 0.999;

/// What the tab Groups shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Finding {
    /// Pictures that form groups.
    #[default]
    Groups,
    /// Pictures that are nearly the same.
    Duplicates,
    /// Pictures unlike all others.
    Outliers,
}

impl Finding {
    /// Returns the question that it answers.
    pub fn question(self, stage: Stage) -> Question {
        match self {
            Self::Groups => GroupsRequest { stage }.into(),
            Self::Duplicates | Self::Outliers => SurveyRequest { stage }.into(),
        }
    }
}

/// What the user looks for, and what was found.
#[derive(Debug, Default)]
pub struct Groups {
    /// What is looked at.
    finding: Finding,
    /// How many groups; as suggested when `None`.
    count: Option<usize>,
    /// The least cosine similarity of near-duplicates; as suggested when `None`.
    threshold: Option<f32>,
}

impl Groups {
    /// What is looked at.
    pub fn finding(&self) -> Finding {
        self.finding
    }

    /// How many groups the user wants; as suggested when `None`.
    pub fn count(&self) -> Option<usize> {
        self.count
    }

    /// All pictures are taken out; what is looked at stays.
    pub(in crate::page) fn clear(&mut self) {
        *self = Self { finding: self.finding, ..Self::default() };
    }
}

impl State {
    /// Looks at something else.
    pub fn look_for(&mut self, finding: Finding) {
        self.groups.finding = finding;
    }

    /// Makes so many groups; `None` makes as many as suggested.
    pub fn make_groups(&mut self, count: Option<usize>) {
        self.groups.count = count;
    }

    /// Takes pictures of at least this similarity for near-duplicates.
    pub fn set_threshold(&mut self, threshold: f32) {
        self.groups.threshold = Some(threshold.clamp(LEAST_LINK, HIGHEST_THRESHOLD));
    }

    /// The least cosine similarity of near-duplicates at a stage: what the user set, else
    /// what its similarities suggest.
    pub fn threshold(&self, stage: Stage) -> f32 {
        let suggested =
            || self.survey(stage).and_then(|survey| suggested(&survey.links, survey.isolated.len()));
        self.groups.threshold.or_else(suggested).unwrap_or(HIGHEST_THRESHOLD)
    }

    /// Whether a stage's embeddings, as far as they are known, tell copies from other pictures.
    pub fn tells_copies(&self, stage: Stage) -> bool {
        let tell = |survey: &Survey| suggested(&survey.links, survey.isolated.len()).is_some();
        self.survey(stage).is_none_or(tell)
    }

    /// A stage's groups by their counts, while there are embeddings.
    pub fn clustering(&self, stage: Stage) -> Option<&Clustering> {
        self.answer(GroupsRequest { stage })
    }

    /// What is near and what apart at a stage, while there are embeddings.
    pub fn survey(&self, stage: Stage) -> Option<&Survey> {
        self.answer(SurveyRequest { stage })
    }

    /// The stage whose pictures are compared: what the user chose, else the latest encoder's;
    /// copies are looked for in raw pixels where that encoder cannot tell them.
    pub fn stage_to_study(&self, chosen: Option<Stage>) -> Stage {
        let trained = self.results.scored(Stage::Trained).is_some();
        let latest = if trained { Stage::Trained } else { Stage::Untrained };
        match chosen {
            Some(Stage::Trained) => latest,
            Some(chosen) => chosen,
            None if self.groups.finding == Finding::Duplicates && !self.tells_copies(latest) => Stage::Pixels,
            None => latest,
        }
    }

    /// The step that a finding belongs to.
    pub fn finding_step(&self, stage: Stage) -> Option<u32> {
        match self.groups.finding {
            Finding::Groups => self.clustering(stage).map(|clustering| clustering.step),
            Finding::Duplicates | Finding::Outliers => self.survey(stage).map(|survey| survey.step),
        }
    }

    /// The partition of a stage into as many groups as the user wants, else into as many as are
    /// suggested, or the number nearest to that.
    pub fn partition(&self, stage: Stage) -> Option<&Partition> {
        let wanted = self.groups.count.unwrap_or_else(|| self.suggested_groups());
        let partitions = self.clustering(stage)?.partitions.iter();
        partitions.min_by_key(|partition| partition.groups.len().abs_diff(wanted))
    }

    /// The number of groups that is suggested: that of the labels, and without labels √(n/2) of n
    /// pictures (Mardia et al. 1979), at most 20.
    fn suggested_groups(&self) -> usize {
        match self.label_names().len() {
            0 | 1 => ((self.pictures.len() as f64 / 2.0).sqrt().round() as usize).clamp(2, 20),
            labels => labels,
        }
    }

    /// The partition of a stage whose groups stand apart most clearly.
    pub fn clearest_partition(&self, stage: Stage) -> Option<&Partition> {
        let partitions = &self.clustering(stage)?.partitions;
        partitions.iter().max_by(|a, b| a.silhouette.total_cmp(&b.silhouette))
    }
}
