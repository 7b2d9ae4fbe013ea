//! What was asked about pictures and embeddings and is not answered yet.

use std::collections::VecDeque;

use super::labellings::Labellings;
use crate::{
    engine::{
        classifier::Classifier, explainer::Explainer, fine_tuning::FineTuning, mapper::Mapper,
        measuring::Measuring, search::Search, studies::Studies,
    },
    evaluate::knn::Scoring,
    protocol::{ClassifierRequest, Map, MapMethod, Pair, PictureId, Stage},
};

/// Views that are to be shown.
pub struct Preview {
    pub pictures: Vec<PictureId>,
    /// How many of each picture.
    pub views: u32,
    pub draw: u32,
}

/// Questions that wait, and answers in the making.
#[derive(Default)]
pub struct Questions {
    pub preview: Option<Preview>,
    /// The row of every batch whose views are to be shown.
    pub inspected: Option<u32>,
    pub search: Option<Search>,
    pub pair: Option<Pair>,
    pub explainer: Option<Explainer>,
    /// By labels that have changed since the stages were evaluated.
    pub scorings: VecDeque<(Stage, Scoring)>,
    pub invariances: Vec<Stage>,
    pub measuring: Option<Measuring>,
    pub matrices: Vec<Stage>,
    pub map: Option<(Stage, MapMethod)>,
    pub mapper: Option<Mapper>,
    /// The map shown last: the next one is turned like it.
    pub last_map: Option<Map>,
    pub labellings: Labellings,
    pub classifier: Option<Classifier>,
    pub studies: Studies,
    pub lesson: Option<ClassifierRequest>,
    pub fine_tuning: Option<FineTuning>,
}

impl Questions {
    /// Forgets what was asked about the embeddings of some stages, which are gone: whoever
    /// asked asks again when there are others. What does not depend on embeddings stays.
    pub fn forget(&mut self, which: impl Fn(Stage) -> bool) {
        self.pair.take_if(|pair| which(pair.stage));
        self.explainer.take_if(|explainer| which(explainer.stage()));
        self.scorings.retain(|(stage, _)| !which(*stage));
        self.invariances.retain(|stage| !which(*stage));
        self.measuring.take_if(|measuring| which(measuring.stage()));
        self.matrices.retain(|stage| !which(*stage));
        self.map.take_if(|(stage, _)| which(*stage));
        self.mapper.take_if(|mapper| which(mapper.stage()));
        self.labellings.forget(&which);
        self.classifier.take_if(|classifier| which(classifier.stage()));
        self.studies.forget(&which);
    }

    /// Asks for a stage's matrix.
    pub fn want_matrix(&mut self, stage: Stage) {
        if !self.matrices.contains(&stage) {
            self.matrices.push(stage);
        }
    }

    /// Asks what a stage overlooks, from the beginning.
    pub fn want_invariance(&mut self, stage: Stage) {
        self.measuring.take_if(|measuring| measuring.stage() == stage);
        if !self.invariances.contains(&stage) {
            self.invariances.push(stage);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Study, Subject};

    /// Everything that can wait, at each of the stages.
    fn everything(stages: &[Stage]) -> Questions {
        let mut questions = Questions::default();
        for stage in stages {
            questions.want_matrix(*stage);
            questions.want_invariance(*stage);
            questions.labellings.put(ClassifierRequest {
                number: 0,
                stage: *stage,
                per_class: 1,
                seed: 1,
                typed: Vec::new(),
            });
            questions.studies.put(Study::Groups, *stage);
            questions.map = Some((*stage, MapMethod::Pca));
            questions.pair = Some(Pair { stage: *stage, subjects: [Subject::Picture(0); 2] });
        }
        questions
    }

    fn waiting(questions: &Questions) -> [bool; 6] {
        [
            !questions.matrices.is_empty(),
            !questions.invariances.is_empty(),
            !questions.labellings.is_empty(),
            !questions.studies.is_empty(),
            questions.map.is_some(),
            questions.pair.is_some(),
        ]
    }

    #[test]
    fn what_is_asked_about_one_stage_is_forgotten_with_it_alone() {
        let mut questions = everything(&[Stage::Trained]);
        questions.forget(|stage| stage == Stage::Pixels);
        assert_eq!(waiting(&questions), [true; 6]);
        questions.forget(|stage| stage == Stage::Trained);
        assert_eq!(waiting(&questions), [false; 6]);

        let mut questions = everything(&[Stage::Trained, Stage::Pixels]);
        questions.forget(|stage| !stage.is_baseline());
        assert_eq!((questions.matrices.as_slice(), waiting(&questions)), (&[Stage::Pixels][..], [true; 6]));
    }

    #[test]
    fn a_stage_is_asked_about_once() {
        let questions = everything(&[Stage::Untrained, Stage::Trained, Stage::Untrained]);
        assert_eq!(questions.matrices, [Stage::Untrained, Stage::Trained]);
        assert_eq!(questions.invariances, [Stage::Untrained, Stage::Trained]);
    }
}
