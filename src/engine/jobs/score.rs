//! Scores the embeddings of one stage by labels that have changed since they were evaluated.

use super::{Computation, Kind, Request};
use crate::{
    evaluate::knn::Scoring,
    progress::Progress,
    protocol::{Event, Stage},
};

/// A scoring on its way.
struct Score {
    stage: Stage,
    scoring: Scoring,
}

/// Asks for the score of a stage by the labels as they are when it is started.
pub fn request(stage: Stage) -> Request {
    Request::at(Kind::Score, stage, move |context| {
        let scoring = context.embeddings.get(stage)?.scoring(&context.set.labels_now());
        Some(Score { stage, scoring })
    })
}

impl Computation for Score {
    fn advance(&mut self) -> Progress {
        self.scoring.advance()
    }

    fn finish(self) -> Event {
        Event::Scored { stage: self.stage, knn: self.scoring.finish() }
    }
}
