//! Fine-tuning of a copy of the encoder on labels.

use likeness::protocol::{ClassifierRequest, Command, Event, Stage};

use crate::harness::{Harness, labelling, losses, small};

#[test]
fn fine_tuning_trains_a_copy_and_leaves_the_run_unchanged() {
    let run = |tune: bool| {
        let mut harness = Harness::with_pictures(small(), 40);
        harness.send(Command::Step);
        harness.settle();
        harness.take();
        if tune {
            harness.send(Command::FineTune { number: 1, request: labelling(Stage::Trained, Vec::new()) });
            harness.settle();
        }
        let tuned = harness.take();
        harness.send(Command::Step);
        harness.settle();
        (tuned, losses(&harness.take()))
    };
    let (events, after) = run(true);
    assert_eq!(after, run(false).1);
    let steps = events.iter().filter(|event| matches!(event, Event::Tuning { total: 100, .. })).count();
    assert_eq!(steps, 100);
    let tuned = events.iter().find_map(|event| match event {
        Event::Tuned { classification, .. } => Some(classification),
        _ => None,
    });
    let tuned = tuned.expect("an answer");
    assert_eq!((tuned.given.len(), tuned.held_out.len(), tuned.step), (20, 20, 1));
    assert_eq!((tuned.probe.labels.len(), tuned.vote.labels.len()), (20, 0));
    assert!(tuned.probe.accuracy.is_some());
}

#[test]
fn failed_fine_tuning_is_reported() {
    let nothing = Event::Tuning { done: 0, total: 0 };
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    harness.send(Command::FineTune {
        number: 1,
        request: ClassifierRequest { per_class: 0, ..labelling(Stage::Trained, Vec::new()) },
    });
    harness.settle();
    assert!(harness.take().contains(&nothing));
    harness.send(Command::FineTune { number: 1, request: labelling(Stage::Trained, Vec::new()) });
    pollster::block_on(harness.session.work());
    harness.send(Command::StopTuning);
    assert!(harness.take().contains(&nothing));
    harness.send(Command::FineTune { number: 1, request: labelling(Stage::Trained, Vec::new()) });
    pollster::block_on(harness.session.work());
    harness.send(Command::Reset);
    assert!(harness.take().contains(&nothing));
    harness.settle();
    assert!(!harness.take().iter().any(|event| matches!(event, Event::Tuned { .. })));
}
