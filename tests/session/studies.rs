//! Clusters, near-duplicates and outliers.

use likeness::protocol::{
    Activity, Answer, Command, CopiesRequest, Event, GroupsRequest, Stage, SurveyRequest,
};

use crate::harness::{Harness, small, steps};

#[test]
fn studies_are_answered_at_rest_and_while_training() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    let ask = |harness: &mut Harness, stage| {
        harness.send(Command::Ask(GroupsRequest { stage }.into()));
        harness.send(Command::Ask(SurveyRequest { stage }.into()));
    };
    ask(&mut harness, Stage::Untrained);
    // There is no trained encoder yet.
    ask(&mut harness, Stage::Trained);
    harness.settle();
    let answers = |events: &[Event]| {
        let mut stages = Vec::new();
        for event in events {
            match event {
                Event::Answered(_, Answer::Groups(found)) => {
                    assert_eq!(found.partitions.len(), 10);
                    for partition in &found.partitions {
                        let mut pictures = partition.groups.concat();
                        pictures.sort_unstable();
                        assert_eq!(pictures, (0..12).collect::<Vec<_>>());
                    }
                    stages.push(found.stage);
                }
                Event::Answered(_, Answer::Survey(found)) => {
                    assert_eq!((found.isolated.len(), found.nearest), (12, 10));
                    stages.push(found.stage);
                }
                _ => {}
            }
        }
        stages
    };
    assert_eq!(answers(&harness.take()), [Stage::Untrained; 2]);

    harness.send(Command::Train);
    ask(&mut harness, Stage::Pixels);
    harness.settle();
    let events = harness.take();
    assert_eq!(answers(&events), [Stage::Pixels; 2]);
    assert_eq!((steps(&events).len(), events.last()), (5, Some(&Event::Activity(Activity::Idle))));
}

#[test]
fn withdrawn_question_is_not_answered() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    let groups = GroupsRequest { stage: Stage::Pixels }.into();
    harness.send(Command::Ask(groups));
    harness.send(Command::Ask(CopiesRequest::default().into()));
    harness.send(Command::Withdraw(CopiesRequest::default().into()));
    harness.settle();
    let events = harness.take();
    let answered = |events: &[Event], wanted: fn(&Answer) -> bool| {
        events.iter().any(|event| matches!(event, Event::Answered(_, answer) if wanted(answer)))
    };
    assert!(!answered(&events, |answer| matches!(answer, Answer::Copies(_))));
    assert!(answered(&events, |answer| matches!(answer, Answer::Groups(_))), "the other one stays");
}

#[test]
fn study_of_removed_pictures_is_cancelled() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    harness.send(Command::Ask(GroupsRequest { stage: Stage::Pixels }.into()));
    harness.send(Command::Remove(vec![0, 1]));
    harness.send(Command::Settle);
    harness.settle();
    assert!(!harness.take().iter().any(|event| matches!(event, Event::Answered(_, Answer::Groups(_)))));
}
