//! Training runs, step by step.

use likeness::{
    page::views::hood::training::row::Row,
    protocol::{Backend, Command, Event, Stage},
    samples::shape,
    settings::{LossKind, Mining, Settings, Similarity},
};

use crate::harness::{Harness, evaluations, last_batch, losses, pictures, refusals, small, steps};

#[test]
fn a_settled_set_is_scored_before_any_training() {
    let events = Harness::with_pictures(small(), 12).take();
    assert!(events.iter().any(|event| matches!(event, Event::Ready(it) if it.backend == Backend::Cpu)));
    assert!(events.iter().any(|event| matches!(event, Event::Restarted { parameters } if *parameters > 100)));
    let stages: Vec<_> = evaluations(&events).iter().map(|evaluation| evaluation.stage).collect();
    assert_eq!(stages, [Stage::Pixels, Stage::Classic, Stage::Untrained]);
    for evaluation in evaluations(&events) {
        assert_eq!(evaluation.pictures, (0..12).collect::<Vec<_>>());
        assert!(evaluation.knn.is_some_and(|score| score.neighbours == 10));
    }
}

#[test]
fn requested_run_starts_before_comparisons_and_previews() {
    let mut harness = Harness::new(small());
    harness.send(Command::Add(pictures(0..12)));
    harness.send(Command::Preview { pictures: vec![2], views: 2, draw: 0 });
    harness.send(Command::Train);
    harness.settle();
    let events = harness.take();
    let first = |is_one: fn(&Event) -> bool| events.iter().position(is_one).expect("it happens");
    let stepped = first(|event| matches!(event, Event::Stepped(_)));
    assert!(stepped < first(|event| matches!(event, Event::Evaluated(_))));
    assert!(stepped < first(|event| matches!(event, Event::Views(_))));
    let known: Vec<_> = evaluations(&events).iter().map(|found| (found.stage, found.step)).collect();
    assert_eq!(known[..3], [(Stage::Pixels, 0), (Stage::Classic, 0), (Stage::Untrained, 0)]);
    assert_eq!(known.last(), Some(&(Stage::Trained, 5)));

    // Comparisons made later give the same results as before.
    let before = Harness::with_pictures(small(), 12).take();
    let pairs = evaluations(&before).into_iter().zip(evaluations(&events));
    assert!(pairs.take(3).all(|(before, after)| before == after));
    assert_eq!(steps(&events).len(), 5);
}

#[test]
fn pending_run_starts_with_the_remaining_pictures_if_enough() {
    let settings = Settings { loss: LossKind::Triplet, mining: Mining::Random, ..small() };
    for (left, taken) in [(5, 5), (3, 0), (1, 0), (0, 0)] {
        // Everything is requested before the device is open.
        let mut harness = Harness::new(settings);
        harness.send(Command::Add(pictures(0..12)));
        harness.send(Command::Train);
        harness.send(Command::Remove((left..12).collect()));
        harness.send(Command::Settle);
        harness.settle();
        assert_eq!(steps(&harness.take()).len(), taken, "with {left} pictures");
        // Pictures added later do not start training by themselves.
        if taken == 0 {
            harness.send(Command::Add(pictures(20..32)));
            harness.send(Command::Settle);
            harness.settle();
            assert_eq!(steps(&harness.take()).len(), 0);
        }
    }
}

#[test]
fn training_reports_every_step_and_ends_with_an_evaluation() {
    let mut harness = Harness::with_pictures(small(), 12);
    let events = harness.train();
    let numbers: Vec<_> = steps(&events).iter().map(|report| report.step).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert!(steps(&events).iter().all(|report| report.loss.is_finite() && report.milliseconds > 0.0));
    assert!(events.contains(&Event::Finished));
    let last = evaluations(&events).last().copied().expect("an evaluation").clone();
    assert_eq!((last.stage, last.step), (Stage::Trained, 5));
    assert_eq!(last.embeddings.0.len(), 12 * last.dimensions as usize);
    for event in &events {
        if let Event::Batch(batch) = event {
            assert_eq!(batch.pictures.len(), 6);
            assert_eq!(batch.cells.0.len(), 12 * 12);
        }
    }
    harness.send(Command::Train);
    harness.settle();
    assert!(refusals(&harness.take())[0].contains("taken all its steps"));
}

#[test]
fn the_same_settings_give_the_same_losses_to_the_last_bit() {
    let run = || {
        let mut harness = Harness::with_pictures(small(), 12);
        harness.send(Command::Train);
        harness.settle();
        losses(&harness.take())
    };
    assert_eq!(run(), run());
}

#[test]
fn stepping_pausing_and_resetting() {
    // More steps than are ever collected before a report.
    let mut harness = Harness::with_pictures(Settings { steps: 100, ..small() }, 12);
    harness.take();
    harness.send(Command::Step);
    harness.settle();
    let first = harness.take();
    assert_eq!(steps(&first).len(), 1);
    assert!(!first.contains(&Event::Finished));

    harness.send(Command::Train);
    harness.until(|event| matches!(event, Event::Stepped(_)));
    // One more step, too soon after the report to be in it.
    pollster::block_on(harness.session.work());
    harness.send(Command::Pause);
    harness.settle();
    let paused = harness.take();
    assert!(!paused.contains(&Event::Finished));
    let last = evaluations(&paused).last().expect("a pause ends with an evaluation").step;
    assert_eq!(last, steps(&paused).last().expect("a step").step);

    harness.send(Command::Reset);
    harness.settle();
    assert!(harness.take().iter().any(|event| matches!(event, Event::Restarted { .. })));
    harness.send(Command::Step);
    harness.settle();
    assert_eq!(losses(&harness.take()), losses(&first));
}

#[test]
fn only_changes_of_the_network_restart_the_run() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.send(Command::Step);
    harness.settle();
    harness.take();
    let mut settings = small();
    settings.temperature = 0.5;
    settings.batch = 4;
    harness.send(Command::Configure(settings));
    harness.send(Command::Step);
    harness.settle();
    let events = harness.take();
    assert_eq!(steps(&events)[0].step, 2);
    settings.width = 6;
    harness.send(Command::Configure(settings));
    harness.settle();
    assert!(harness.take().iter().any(|event| matches!(event, Event::Restarted { .. })));
}

#[test]
fn switching_the_loss_keeps_the_weights() {
    let mut harness = Harness::with_pictures(Settings { steps: 100, ..small() }, 12);
    harness.send(Command::Step);
    harness.settle();
    let mut settings = Settings { steps: 100, ..small() };
    for (taken, (loss, similarity, mining)) in (2..).zip([
        (LossKind::Nce, Similarity::Cosine, Mining::Random),
        (LossKind::Triplet, Similarity::Cosine, Mining::Random),
        (LossKind::Triplet, Similarity::Cosine, Mining::SemiHard),
        (LossKind::Triplet, Similarity::Cosine, Mining::Hard),
        (LossKind::InfoNce, Similarity::Dot, Mining::Hard),
    ]) {
        harness.take();
        (settings.loss, settings.similarity, settings.mining) = (loss, similarity, mining);
        settings.learned_temperature = true;
        harness.send(Command::Configure(settings));
        harness.send(Command::Step);
        harness.settle();
        let events = harness.take();
        assert!(!events.iter().any(|event| matches!(event, Event::Restarted { .. })));
        let reports = steps(&events);
        assert_eq!((reports.len(), reports[0].step), (1, taken));
        let batch = last_batch(&events);
        assert_eq!((batch.details.loss, batch.details.similarity), (loss, similarity));
        assert_eq!(batch.details.negatives.len(), if loss == LossKind::Triplet { 12 } else { 0 });
        let rows = (0..12).map(|anchor| Row::new(batch, anchor, None).expect("a row").loss);
        let mean = rows.sum::<f64>() / 12.0;
        let difference = (f64::from(reports[0].loss) - mean).abs();
        assert!(difference < 1e-4 * mean.max(1.0), "{loss:?}: {mean} instead of {}", reports[0].loss);
    }
}

#[test]
fn a_learned_temperature_moves_and_a_fixed_one_stays() {
    for learned in [false, true] {
        let settings = Settings { learned_temperature: learned, ..small() };
        let mut harness = Harness::with_pictures(settings, 12);
        harness.send(Command::Train);
        harness.settle();
        let moved = (last_batch(&harness.take()).details.temperature - settings.temperature).abs();
        assert_eq!(moved > 1e-4, learned, "{moved}");
    }
}

#[test]
fn inspected_row_shows_its_views() {
    let mut settings = small();
    settings.augmentations = likeness::settings::Augmentations::NONE;
    settings.loss = LossKind::Triplet;
    let mut harness = Harness::with_pictures(settings, 12);
    harness.send(Command::Step);
    harness.settle();
    let batch = last_batch(&harness.take()).clone();
    harness.send(Command::Inspect { anchor: Some(7) });
    let events = harness.take();
    let [Event::Row(row)] = events.as_slice() else { panic!("no row: {events:?}") };
    assert_eq!((row.step, row.anchor, row.side), (1, 7, 16));
    let pixels = 16 * 16 * 3;
    let shown = [7, 1, batch.details.negatives[7] as usize].map(|view| batch.pictures[view % 6]);
    assert_eq!(row.rgb.len(), shown.len() * pixels);
    for (view, picture) in row.rgb.chunks_exact(pixels).zip(shown) {
        let planes = shape(picture as usize, 1).image.planes(16);
        let error =
            |(at, byte): (usize, &u8)| (f32::from(*byte) - planes[at % 3 * 256 + at / 3] * 255.0).abs();
        assert!(view.iter().enumerate().map(error).all(|error| error <= 0.51), "not {picture}");
    }
    harness.send(Command::Step);
    harness.settle();
    assert!(harness.take().iter().any(|event| matches!(event, Event::Row(row) if row.step == 2)));
    harness.send(Command::Inspect { anchor: None });
    harness.send(Command::Step);
    harness.settle();
    assert!(!harness.take().iter().any(|event| matches!(event, Event::Row(_))));
}
