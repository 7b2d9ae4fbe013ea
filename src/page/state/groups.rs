//! What was found out about the whole set: groups, near-duplicates, odd ones out.

use super::{Part, State};
use crate::protocol::{Clustering, LEAST_LINK, Partition, Stage, Study, Survey};

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
    OddOnes,
}

impl Finding {
    /// The study that finds it out.
    pub fn study(self) -> Study {
        match self {
            Self::Groups => Study::Groups,
            Self::Duplicates | Self::OddOnes => Study::Survey,
        }
    }
}

/// What is known of one stage, and what was asked since its embeddings changed.
#[derive(Debug, Default)]
struct Known {
    clustering: Option<Clustering>,
    survey: Option<Survey>,
    asked: Vec<Study>,
}

/// What the user looks for, and what was found.
#[derive(Debug)]
pub struct Groups {
    /// What is looked at.
    finding: Finding,
    /// How many groups; as suggested when `None`.
    count: Option<usize>,
    /// The least cosine similarity of near-duplicates.
    threshold: f32,
    /// By the number of the stage.
    known: [Known; 3],
}

impl Default for Groups {
    fn default() -> Self {
        Self { finding: Finding::default(), count: None, threshold: 0.98, known: Default::default() }
    }
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

    /// The least cosine similarity of near-duplicates.
    pub fn threshold(&self) -> f32 {
        self.threshold
    }

    pub(super) fn ask_again_of(&mut self, stage: Stage) {
        self.known[stage as usize].asked.clear();
    }

    pub(super) fn keep_clustering(&mut self, clustering: Clustering) {
        let stage = clustering.stage as usize;
        self.known[stage].clustering = Some(clustering);
    }

    pub(super) fn keep_survey(&mut self, survey: Survey) {
        let stage = survey.stage as usize;
        self.known[stage].survey = Some(survey);
    }

    /// All pictures are taken out; what is looked at stays.
    pub(super) fn clear(&mut self) {
        self.known = Default::default();
        self.count = None;
    }
}

impl State {
    /// Looks at something else.
    pub fn look_for(&mut self, finding: Finding) {
        self.touch(Part::Groups);
        self.groups.finding = finding;
    }

    /// Makes so many groups; `None` makes as many as suggested.
    pub fn make_groups(&mut self, count: Option<usize>) {
        self.touch(Part::Groups);
        self.groups.count = count;
    }

    /// Takes pictures of at least this similarity for near-duplicates.
    pub fn set_threshold(&mut self, threshold: f32) {
        self.touch(Part::Groups);
        self.groups.threshold = threshold.clamp(LEAST_LINK, HIGHEST_THRESHOLD);
    }

    /// A stage's groups by their counts, while there are embeddings.
    pub fn clustering(&self, stage: Stage) -> Option<&Clustering> {
        self.results.scored(stage)?;
        self.groups.known[stage as usize].clustering.as_ref()
    }

    /// What is near and what apart at a stage, while there are embeddings.
    pub fn survey(&self, stage: Stage) -> Option<&Survey> {
        self.results.scored(stage)?;
        self.groups.known[stage as usize].survey.as_ref()
    }

    /// The step that a finding belongs to.
    pub fn finding_step(&self, stage: Stage) -> Option<u32> {
        match self.groups.finding.study() {
            Study::Groups => self.clustering(stage).map(|clustering| clustering.step),
            Study::Survey => self.survey(stage).map(|survey| survey.step),
        }
    }

    /// The partition of a stage that the user wants, else the one with the best silhouette.
    pub fn partition(&self, stage: Stage) -> Option<&Partition> {
        let partitions = &self.clustering(stage)?.partitions;
        let wanted = self.groups.count.and_then(|count| {
            partitions.iter().find(|partition| partition.groups.len() == count).or(partitions.last())
        });
        let best = || partitions.iter().max_by(|a, b| a.silhouette.total_cmp(&b.silhouette));
        wanted.or_else(best)
    }

    /// Whether to ask the engine for what is looked at: once for each change of embeddings,
    /// and while training goes on only if nothing is known, so that it is not slowed down.
    pub fn wants_study(&mut self, stage: Stage) -> Option<Study> {
        let stale = self.run.running && self.finding_step(stage).is_some();
        if stale { None } else { self.wants_this_study(self.groups.finding.study(), stage) }
    }

    /// Whether to ask the engine for a study, once for each change of embeddings.
    pub fn wants_this_study(&mut self, study: Study, stage: Stage) -> Option<Study> {
        let known = &mut self.groups.known[stage as usize];
        if self.results.scored(stage).is_none() || known.asked.contains(&study) {
            return None;
        }
        known.asked.push(study);
        Some(study)
    }
}
