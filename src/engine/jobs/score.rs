//! Scores the embeddings of one stage by labels that have changed since they were evaluated.

use super::{Kind, Request, Slice};
use crate::{
    evaluate::knn::Scoring,
    progress::Progress,
    protocol::{Breakdown, Event, Stage},
};

/// Asks for the score of a stage by the labels as they are when it is started.
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
