//! Invariances of the encoder.

use likeness::protocol::{Answer, Command, Event, Invariance, InvarianceRequest, Picture, Stage};

use crate::harness::{Harness, small};

fn invariances(events: &[Event]) -> Vec<&Invariance> {
    let found = events.iter().filter_map(|event| match event {
        Event::Answered(_, Answer::Invariance(invariance)) => Some(invariance),
        _ => None,
    });
    found.collect()
}

/// Returns a grey picture that is its own mirror image in both directions.
fn symmetric(id: u32) -> Picture {
    let side = likeness::image::SIDE;
    let rgb = (0..side * side).flat_map(|at| {
        let [x, y] = [at % side, at / side].map(|at| at.min(side - 1 - at));
        [((x * (3 + id as usize) + y * y * (1 + id as usize)) % 251) as u8; 3]
    });
    Picture::square(id, None, rgb.collect())
}

#[test]
fn invisible_changes_are_ignored_at_every_stage() {
    let mut harness = Harness::with_pictures(small(), 0);
    harness.send(Command::Add((0..8).map(symmetric).collect()));
    harness.send(Command::Settle);
    harness.send(Command::Train);
    harness.settle();
    harness.take();
    for stage in [Stage::Pixels, Stage::Untrained, Stage::Trained] {
        harness.send(Command::Ask(InvarianceRequest { stage }.into()));
        harness.settle();
        let events = harness.take();
        let [found] = invariances(&events)[..] else { panic!("one answer at {stage:?}") };
        let step = if stage == Stage::Trained { 5 } else { 0 };
        assert_eq!((found.stage, found.step, found.pictures), (stage, step, 8));
        // Grey pictures have no colour to change, and these are their own mirror images.
        let [_, flip, vertical_flip, _, _, _, saturation, hue, _, grayscale, ..] = found.operations.0[..]
        else {
            panic!("thirteen operations: {found:?}")
        };
        for same in [flip, vertical_flip, saturation, hue, grayscale] {
            assert!((same - 1.0).abs() < 1e-3, "{stage:?}: {found:?}");
        }
        let noticed = found.operations.0.iter().filter(|cosine| **cosine < 0.999).count();
        assert!(noticed >= 3 && found.others < 0.999, "{stage:?}: {found:?}");
    }
}
