//! Messages between the page and the engine.
//!
//! The page sends [`Command`]s and the engine answers with [`Event`]s; both are plain data, serialised by
//! postcard into one buffer that is transferred, not copied, between the threads. [`encode`] puts the build
//! in front of every message and [`decode`] refuses that of another build, so that a page never acts on a
//! foreign engine's messages.
//!
//! Submodules define what both refer to: pictures, stages and other subjects, training steps, and results
//! about the whole set.

mod command;
mod event;
mod failure;
mod question;
mod results;
mod subject;
mod training;
mod wire;

pub use command::{ClassifierRequest, Command, MAX_MODEL_BYTES, ModelFormat, Picture, Query};
pub use event::{Activity, Backend, Environment, Event};
pub use failure::{Agreement, BackendReason, Breakdown, Cause, Disagreement, ModelFailure, Refusal, Symptom};
pub use question::{
    Answer, CopiesRequest, GroupsRequest, InvarianceRequest, MapRequest, MatrixRequest, Question, Request,
    SurveyRequest,
};
pub use results::{
    Classification, Clustering, Copies, CrossValidation, Evaluation, Explanation, Guesses, Invariance,
    KnnScore, LEAST_LINK, Map, Neighbours, Partition, QueryAnswer, SetMatrix, Survey,
};
pub use subject::{LabelId, MapMethod, Pair, PictureId, Stage, Subject};
pub use training::{BatchMatrix, LossDetails, RowViews, StepReport, Views};
pub use wire::{BUILD, Floats, MessageError, decode, encode};

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::{Serialize, de::DeserializeOwned};

    use super::*;
    use crate::settings::{Images, Settings};

    fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: T) {
        assert_eq!(decode(&encode(&message)), Ok(message));
    }

    #[test]
    fn commands_round_trip() {
        let typed = vec![(4, 2)];
        for command in [
            Command::Configure(Settings::recommended(Images::Fashion)),
            Command::Add(vec![Picture::square(7, Some(3), vec![1, 2, 3])]),
            Command::Preview { pictures: vec![1, 2], views: 2, draw: 9 },
            Command::Ask(MatrixRequest { stage: Stage::Trained }.into()),
            Command::Withdraw(CopiesRequest::default().into()),
            Command::Label(typed.clone()),
            Command::Inspect { anchor: Some(3) },
            Command::Query(Some(Query { number: 2, rgb: vec![4, 5, 6], among: vec![7] })),
            Command::Restore { file: vec![7, 8] },
            Command::Validate { request: 3, settings: Settings::recommended(Images::Own), file: vec![9] },
            Command::Ask(SurveyRequest { stage: Stage::Pixels }.into()),
            Command::FineTune {
                number: 1,
                request: ClassifierRequest {
                    stage: Stage::Trained,
                    per_class: 0,
                    seed: 1,
                    typed: Vec::new(),
                },
            },
            Command::Ask(ClassifierRequest { stage: Stage::Pixels, per_class: 10, seed: 1, typed }.into()),
        ] {
            survives(command);
        }
    }

    #[test]
    fn events_round_trip() {
        let cells = Floats(vec![0.1, -1.0, f32::MAX]);
        let details = LossDetails { negatives: vec![3, 0], ..LossDetails::default() };
        let pair = Pair { stage: Stage::Untrained, subjects: [Subject::Picture(1), Subject::Query(2)] };
        let drops = [Floats(vec![0.5]), Floats(vec![-0.25])];
        let partitions = vec![Partition { silhouette: 0.5, groups: vec![vec![3, 1], vec![2]] }];
        let (links, isolated) = (vec![(3, 1, 0.99)], vec![(2, 0.1), (1, 0.4), (3, 0.5)]);
        for event in [
            Event::Batch(BatchMatrix { step: 1, pictures: vec![4], cells, details }),
            Event::Answered(
                pair.into(),
                Answer::Explanation(Explanation { pair, step: 3, similarity: 0.75, side: 1, drops }),
            ),
            Event::Scored {
                stage: Stage::Pixels,
                knn: Some(KnnScore { shared_labels: 0.5, accuracy: 0.25, neighbours: 10 }),
            },
            Event::Snapshot { step: 20, file: vec![9, 0] },
            Event::Row(RowViews { step: 1, anchor: 0, side: 1, rgb: vec![1, 2, 3] }),
            Event::Tuned {
                number: 2,
                classification: Classification {
                    stage: Stage::Trained,
                    step: 40,
                    given: vec![4, 5],
                    classes: vec![1, 2],
                    held_out: vec![6],
                    scored: 1,
                    probe: Guesses { labels: vec![2], confidences: Floats(vec![0.75]), accuracy: Some(1.0) },
                    vote: Guesses::default(),
                    crossed: Some(CrossValidation {
                        pictures: vec![4, 5],
                        folds: 2,
                        ..CrossValidation::default()
                    }),
                },
            },
            Event::Answered(
                GroupsRequest { stage: Stage::Trained }.into(),
                Answer::Groups(Clustering { stage: Stage::Trained, step: 4, partitions }),
            ),
            Event::Answered(
                SurveyRequest { stage: Stage::Pixels }.into(),
                Answer::Survey(Survey { stage: Stage::Pixels, step: 0, links, nearest: 2, isolated }),
            ),
            Event::Validated { request: 3, verdict: Ok(()) },
        ] {
            survives(event);
        }
    }

    #[test]
    fn messages_of_another_build_are_refused_with_its_name() {
        let foreign = postcard::to_stdvec(&("0.0.0-other", Event::Finished)).expect("plain data");
        let error = decode::<Event>(&foreign).expect_err("another build");
        assert_eq!(error, MessageError::OtherBuild { theirs: "0.0.0-other".to_owned() });
        assert!(error.to_string().contains("0.0.0-other"));
    }

    #[test]
    fn malformed_messages_are_refused() {
        let whole = encode(&Event::Refused(Refusal::TooFewPictures(3)));
        for length in 0..whole.len() {
            assert!(decode::<Event>(&whole[..length]).is_err(), "{length} bytes");
        }
        assert_eq!(decode::<Event>(&[0xff; 40]), Err(MessageError::Malformed));
    }
}
