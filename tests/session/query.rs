//! Search with a picture that is not in the set.

use likeness::protocol::{Command, Event, Query, QueryAnswer, Stage};

use crate::harness::{Harness, evaluations, pictures, small};

pub fn answers(events: &[Event]) -> Vec<&QueryAnswer> {
    let answers = events.iter().filter_map(|event| match event {
        Event::Queried(answer) => Some(answer),
        _ => None,
    });
    answers.collect()
}

#[test]
fn a_query_finds_its_nearest_at_every_stage_without_joining() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    // A copy of a picture of the set: the nearest are that picture and its neighbours.
    let rgb = pictures(4..5).remove(0).rgb;
    harness.send(Command::Query(Some(Query { number: 3, rgb, among: Vec::new() })));
    harness.settle();
    let mut stages: Vec<_> = answers(&harness.events.borrow()).iter().map(|answer| answer.stage).collect();
    stages.sort_by_key(|stage| *stage as u32);
    assert_eq!(stages, [Stage::Pixels, Stage::Classic, Stage::Untrained]);
    let events = harness.train();
    let trained = evaluations(&events).last().copied().expect("an evaluation");
    let answer = answers(&events).last().copied().expect("an answer to the new evaluation");
    assert_eq!((answer.number, answer.stage, trained.stage), (3, Stage::Trained, Stage::Trained));
    assert_eq!(trained.pictures.len(), 12);
    let k = trained.neighbours.k as usize;
    let expected: Vec<_> = trained.neighbours.indices[4 * k..5 * k].to_vec();
    assert_eq!((answer.pictures[0], &answer.pictures[1..]), (4, &expected[..]));
    let similarities = &trained.neighbours.similarities.0[4 * k..5 * k];
    for (found, expected) in answer.similarities.0[1..].iter().zip(similarities) {
        assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
    }
    // Among some pictures, the nearest come in the same order.
    let among = vec![expected[5], 4, expected[1], expected[9]];
    let rgb = pictures(4..5).remove(0).rgb;
    harness.send(Command::Query(Some(Query { number: 4, rgb, among })));
    harness.settle();
    let events = harness.take();
    let trained = answers(&events).into_iter().find(|answer| answer.stage == Stage::Trained);
    let trained = trained.expect("an answer of the trained network");
    assert_eq!(trained.pictures, [4, expected[1], expected[5], expected[9]]);
    // Once ended, the query is not answered any more.
    harness.send(Command::Query(None));
    harness.send(Command::Add(pictures(12..14)));
    harness.send(Command::Settle);
    harness.settle();
    assert!(answers(&harness.take()).is_empty());
}
