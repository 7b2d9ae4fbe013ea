//! Snapshots from which another engine continues.

use likeness::{
    protocol::{Command, Event, ModelFailure, Stage},
    settings::{LossKind, Mining, Settings},
};

use crate::harness::{Harness, evaluations, losses, pictures, refusals, small, steps};

/// Returns the snapshots and the steps after which they were taken.
pub fn snapshots(events: &[Event]) -> Vec<(u32, Vec<u8>)> {
    let snapshots = events.iter().filter_map(|event| match event {
        Event::Snapshot { step, file } => Some((*step, file.clone())),
        _ => None,
    });
    snapshots.collect()
}

/// Returns an engine that takes over from a snapshot, before its first step.
pub fn successor(settings: Settings, count: usize, file: Vec<u8>) -> Harness {
    let mut harness = Harness::with_pictures(settings, 0);
    harness.send(Command::Restore { file });
    harness.send(Command::Add(pictures(0..count)));
    harness.send(Command::Settle);
    harness
}

#[test]
fn a_run_is_kept_after_its_first_step_and_after_its_last() {
    let mut harness = Harness::with_pictures(small(), 12);
    let taken: Vec<u32> = snapshots(&harness.train()).into_iter().map(|(step, _)| step).collect();
    assert_eq!((taken.first(), taken.last()), (Some(&1), Some(&5)));
    harness.send(Command::Configure(Settings { steps: 30, ..small() }));
    harness.send(Command::Train);
    // One step, too soon after the last report to be in one.
    pollster::block_on(harness.session.work());
    harness.send(Command::Pause);
    assert_eq!(snapshots(&harness.take()).last().map(|(step, _)| *step), Some(6));
}

#[test]
fn successor_engine_continues_exactly() {
    let plain = Settings { steps: 40, ..small() };
    for settings in [
        plain,
        Settings { loss: LossKind::Nce, learned_temperature: true, ..plain },
        Settings { loss: LossKind::Triplet, mining: Mining::SemiHard, ..plain },
    ] {
        let mut harness = Harness::with_pictures(settings, 12);
        let whole = harness.train();
        let mut interrupted = Harness::with_pictures(settings, 12);
        for _ in 0..12 {
            interrupted.send(Command::Step);
            interrupted.settle();
        }
        let (step, file) = snapshots(&interrupted.take()).pop().expect("a snapshot");
        assert_eq!(step, 12);
        let mut successor = successor(settings, 12, file);
        successor.send(Command::Train);
        successor.settle();
        let events = successor.take();
        let restored = |event: &Event| matches!(event, Event::Restored { step: at, .. } if *at == step);
        assert!(
            events.iter().any(restored)
                && !events.iter().any(|event| matches!(event, Event::Restarted { .. }))
        );
        assert_eq!(steps(&events).first().map(|report| report.step), Some(step + 1));
        assert_eq!(losses(&events), losses(&whole)[step as usize..], "{settings:?}");
        let untrained = |events: &[Event]| {
            let evaluations = evaluations(events);
            let found =
                evaluations.into_iter().find(|evaluation| evaluation.stage == Stage::Untrained).cloned();
            found.map(|evaluation| evaluation.embeddings)
        };
        harness.send(Command::Reset);
        harness.settle();
        assert_eq!(untrained(&events), untrained(&harness.take()), "{settings:?}");
    }
}

#[test]
fn finished_run_takes_no_further_step() {
    let whole = Harness::with_pictures(small(), 12).train();
    let (step, file) = snapshots(&whole).pop().expect("a snapshot");
    assert_eq!(step, small().steps);
    let mut successor = successor(small(), 12, file);
    // Before the run to be resumed is restored.
    successor.send(Command::Train);
    successor.settle();
    let events = successor.take();
    assert_eq!((steps(&events).len(), events.contains(&Event::Finished)), (0, true));

    // The same holds for a shortened run.
    let mut shortened = Harness::with_pictures(Settings { steps: 30, ..small() }, 12);
    shortened.send(Command::Train);
    shortened.until(|event| matches!(event, Event::Stepped(_)));
    shortened.send(Command::Configure(Settings { steps: 1, ..small() }));
    let before = steps(&shortened.take()).last().map(|report| report.step);
    shortened.settle();
    let events = shortened.take();
    assert!(events.contains(&Event::Finished));
    assert_eq!(steps(&events).last().map(|report| report.step).or(before), before);
}

#[test]
fn a_snapshot_of_another_shape_is_refused() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.send(Command::Step);
    harness.settle();
    let (_, file) = snapshots(&harness.take()).pop().expect("a snapshot");
    let mut successor = successor(Settings { width: 8, ..small() }, 12, file);
    successor.settle();
    let events = successor.take();
    assert!(refusals(&events)[0].contains("another shape"));
    assert!(events.iter().any(|event| matches!(event, Event::Restarted { .. })));
}

#[test]
fn a_snapshot_is_vetted_without_changing_anything() {
    let settings = Settings { steps: 12, ..small() };
    let whole = Harness::with_pictures(settings, 12).train();
    let (_, file) = snapshots(&whole).pop().expect("a snapshot");
    let damaged = file[..file.len() / 2].to_vec();

    let mut harness = Harness::with_pictures(settings, 12);
    harness.take();
    harness.send(Command::Step);
    harness.settle();
    let before = harness.take();
    for (request, settings, file) in [
        (0, settings, file.clone()),
        (1, Settings { width: 8, ..settings }, file),
        (2, settings, damaged),
        (3, settings, Vec::new()),
    ] {
        harness.send(Command::Validate { request, settings, file });
    }
    let events = harness.take();
    let verdicts: Vec<_> = (0..)
        .zip(&events)
        .map(|(number, event)| match event {
            Event::Validated { request, verdict } if *request == number => verdict.as_ref().err(),
            _ => panic!("no verdict: {event:?}"),
        })
        .collect();
    let [other, damaged] = [ModelFailure::OtherNetwork, ModelFailure::NotSafetensors];
    assert_eq!(verdicts, [None, Some(&other), Some(&damaged), Some(&damaged)]);
    // The run continues as if nothing had been asked.
    harness.send(Command::Train);
    harness.settle();
    assert_eq!([losses(&before), losses(&harness.take())].concat(), losses(&whole));
}
