//! Scores of one stage's embeddings after labels have changed since the evaluation.

use super::{Kind, Request, Slice};
use crate::{
    evaluate::knn::Scoring,
    progress::Progress,
    protocol::{Breakdown, Event, Stage},
};

/// Returns a request for the score of a stage under the labels at the start of the job.
pub fn request(stage: Stage) -> Request {
    Request::new(Kind::Score, Some(stage), move |context| {
        let scoring = context.embeddings.get(stage)?.scoring(&context.set.labels_now());
        Some(score(stage, scoring, context.slice.clone()))
    })
}

async fn score(stage: Stage, mut scoring: Scoring, slice: Slice) -> Result<Event, Breakdown> {
    while scoring.advance() == Progress::More {
        slice.pause().await;
    }
    Ok(Event::Scored { stage, knn: scoring.finish() })
}
