//! Pictures added and removed, before and during a run.

use likeness::{
    protocol::{
        Answer, Command, Event, InvarianceRequest, MapMethod, MapRequest, MatrixRequest, Refusal, Stage,
        SurveyRequest,
    },
    samples::shape,
    settings::Settings,
};
use strum::VariantArray;

use crate::harness::{Harness, evaluations, labelling, last_batch, pictures, refusals, small, steps};

#[test]
fn too_few_pictures_are_refused_in_a_sentence() {
    for count in 0..4 {
        let mut harness = Harness::with_pictures(small(), count);
        harness.send(Command::Train);
        harness.settle();
        let events = harness.take();
        assert!(refusals(&events)[0].contains("at least 4"), "{count} pictures");
        assert!(steps(&events).is_empty());
    }
}

#[test]
fn set_too_small_for_training_is_still_evaluated() {
    let mut harness = Harness::new(small());
    harness.send(Command::Add(pictures(0..3)));
    harness.send(Command::Train);
    harness.settle();
    let events = harness.take();
    assert_eq!(refusals(&events).len(), 1);
    let stages: Vec<_> = evaluations(&events).into_iter().map(|evaluation| evaluation.stage).collect();
    assert_eq!(stages, [Stage::Pixels, Stage::Classic, Stage::Untrained]);
}

#[test]
fn pictures_are_added_and_removed_without_losing_training() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.send(Command::Step);
    harness.settle();
    harness.take();
    harness.send(Command::Remove(vec![0, 3]));
    harness.send(Command::Add(pictures(20..21)));
    harness.send(Command::Settle);
    harness.settle();
    let events = harness.take();
    assert!(!events.iter().any(|event| matches!(event, Event::Restarted { .. })));
    let trained = evaluations(&events).into_iter().find(|evaluation| evaluation.stage == Stage::Trained);
    let trained = trained.expect("the trained encoder is measured on the new set");
    assert_eq!(trained.pictures, [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 20]);
    assert_eq!(trained.step, 1);

    harness.send(Command::Clear);
    harness.settle();
    harness.send(Command::Train);
    harness.settle();
    let events = harness.take();
    assert!(events.contains(&Event::Refused(Refusal::TooFewPictures(0))), "{events:?}");
}

#[test]
fn pictures_can_be_removed_before_their_last_step_is_reported() {
    let mut harness = Harness::with_pictures(Settings { steps: 100, ..small() }, 12);
    harness.send(Command::Train);
    pollster::block_on(harness.session.work());
    harness.send(Command::Remove((4..12).collect()));
    harness.send(Command::Pause);
    let events = harness.take();
    let batch = events.iter().find_map(|event| match event {
        Event::Batch(batch) => Some(&batch.pictures),
        _ => None,
    });
    assert_eq!(batch.expect("the step is reported").len(), 6);
}

#[test]
fn a_smaller_set_is_measured_only_after_its_last_step_is_reported() {
    let mut harness = Harness::with_pictures(Settings { steps: 100, ..small() }, 12);
    harness.send(Command::Inspect { anchor: Some(11) });
    harness.send(Command::Train);
    pollster::block_on(harness.session.work());
    harness.send(Command::Remove((4..12).collect()));
    harness.send(Command::Settle);
    harness.until(|event| matches!(event, Event::Evaluated(it) if it.stage == Stage::Untrained && it.pictures.len() == 4));
    harness.send(Command::Pause);
    harness.send(Command::Inspect { anchor: Some(0) });
    harness.settle();
    let events = harness.take();
    assert_eq!(last_batch(&events).pictures.len(), 6);
    let rows = events.iter().filter(|event| matches!(event, Event::Row(_))).count();
    assert_eq!(rows, 1, "the old set's views are not drawn from the new one");
}

#[test]
fn a_command_need_not_wait_for_an_evaluation() {
    const COUNT: usize = 300;
    let mut harness = Harness::with_pictures(small(), COUNT);
    harness.send(Command::Step);
    harness.until(|event| matches!(event, Event::Stepped(_)));
    harness.take();
    // Some pieces into the evaluation after the step, a picture is removed.
    for _ in 0..3 {
        pollster::block_on(harness.session.work());
    }
    assert!(evaluations(&harness.take()).is_empty(), "it takes more than three pieces");
    harness.send(Command::Remove(vec![7]));
    harness.send(Command::Settle);
    harness.settle();
    let events = harness.take();
    assert_eq!(evaluations(&events).len(), 4);
    assert!(evaluations(&events).iter().all(|evaluation| evaluation.pictures.len() == COUNT - 1));
}

#[test]
fn requests_about_removed_pictures_are_not_answered() {
    let mut harness = Harness::with_pictures(small(), 60);
    harness.send(Command::Step);
    harness.settle();
    let ask = |harness: &mut Harness| {
        for stage in Stage::VARIANTS.iter().copied() {
            harness.send(Command::Ask(MatrixRequest { stage }.into()));
            harness.send(Command::Ask(labelling(stage, Vec::new()).into()));
            harness.send(Command::Ask(SurveyRequest { stage }.into()));
            harness.send(Command::Ask(InvarianceRequest { stage }.into()));
        }
        harness.send(Command::Ask(MapRequest { stage: Stage::Trained, method: MapMethod::Tsne }.into()));
        harness.take();
    };
    let answered = |events: &[Event]| -> Vec<Stage> {
        let stage = |event: &Event| match event {
            Event::Answered(_, Answer::Matrix(found)) => Some(found.stage),
            Event::Answered(_, Answer::Classification(found)) => Some(found.stage),
            Event::Answered(_, Answer::Survey(found)) => Some(found.stage),
            Event::Answered(_, Answer::Invariance(found)) => Some(found.stage),
            Event::Answered(_, Answer::Map(found)) => Some(found.stage),
            _ => None,
        };
        events.iter().filter_map(stage).collect()
    };
    ask(&mut harness);
    // Part of it is in progress already, or was answered in time.
    pollster::block_on(harness.session.work());
    harness.take();
    harness.send(Command::Remove(vec![3]));
    harness.send(Command::Settle);
    harness.settle();
    assert_eq!(answered(&harness.take()), []);
    // A run that starts over leaves the baselines unchanged.
    ask(&mut harness);
    harness.send(Command::Reset);
    harness.settle();
    let answered = answered(&harness.take());
    assert!(answered.len() >= 3 && answered.iter().all(|stage| stage.is_baseline()), "{answered:?}");
}

#[test]
fn previews_show_what_training_sees() {
    let mut settings = small();
    settings.augmentations = likeness::settings::Augmentations::NONE;
    let mut harness = Harness::with_pictures(settings, 4);
    harness.take();
    harness.send(Command::Preview { pictures: vec![2, 99], views: 2, draw: 0 });
    harness.settle();
    let events = harness.take();
    let Some(Event::Views(views)) = events.first() else { panic!("no views: {events:?}") };
    assert_eq!((views.pictures.as_slice(), views.side), (&[2][..], 16));
    let planes = shape(2, 1).image.planes(16);
    for (at, byte) in views.rgb.iter().enumerate() {
        let (place, channel) = (at / 3 % 256, at % 3);
        let value = planes[channel * 256 + place] * 255.0;
        assert!((f32::from(*byte) - value).abs() <= 0.51, "at {at}: {byte} instead of {value}");
    }
}
