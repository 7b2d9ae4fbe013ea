//! A whole session on the CPU: commands in, events out.

use std::{cell::RefCell, rc::Rc};

use likeness::{
    checkpoint::Checkpoint,
    engine::{Progress, Session},
    page::row::Row,
    protocol::{
        Activity, Backend, BatchMatrix, Classification, Command, Evaluation, Event, Explanation, Floats,
        Invariance, Labelling, Map, MapMethod, Pair, Picture, Query, QueryAnswer, Stage, StepReport, Study,
        Subject,
    },
    samples::shape,
    settings::{BackendChoice, Images, LossKind, Mining, Settings, Similarity},
};

/// A session with its events kept.
struct Harness {
    session: Session<Box<dyn FnMut(Event)>>,
    events: Rc<RefCell<Vec<Event>>>,
}

fn small() -> Settings {
    let mut settings = Settings::recommended(Images::Shapes);
    settings.backend = BackendChoice::Cpu;
    (settings.side, settings.width, settings.batch, settings.steps) = (16, 4, 6, 5);
    settings
}

fn pictures(range: std::ops::Range<usize>) -> Vec<Picture> {
    range
        .map(|index| {
            let sample = shape(index, 1);
            Picture { id: index as u32, label: Some(index as u32 % 10), rgb: sample.image.into_rgb() }
        })
        .collect()
}

impl Harness {
    /// A session with `count` pictures, ready to train.
    fn with_pictures(settings: Settings, count: usize) -> Self {
        let events = Rc::new(RefCell::new(Vec::new()));
        let kept = events.clone();
        let session = Session::new(settings, Box::new(move |event| kept.borrow_mut().push(event)) as Box<_>);
        let mut harness = Self { session, events };
        harness.send(Command::Add(pictures(0..count)));
        harness.send(Command::Settle);
        harness.settle();
        harness
    }

    fn send(&mut self, command: Command) {
        pollster::block_on(self.session.handle(command));
    }

    /// Works until nothing is left to do.
    fn settle(&mut self) {
        while pollster::block_on(self.session.work()) == Progress::More {}
    }

    /// Works until `enough` holds of an event.
    fn until(&mut self, enough: impl Fn(&Event) -> bool) {
        while !self.events.borrow().iter().any(&enough) {
            assert_eq!(pollster::block_on(self.session.work()), Progress::More, "it never came");
        }
    }

    fn take(&self) -> Vec<Event> {
        self.events.take()
    }
}

fn steps(events: &[Event]) -> Vec<StepReport> {
    let reports = events.iter().filter_map(|event| match event {
        Event::Stepped(reports) => Some(reports.clone()),
        _ => None,
    });
    reports.flatten().collect()
}

fn evaluations(events: &[Event]) -> Vec<&Evaluation> {
    let evaluations = events.iter().filter_map(|event| match event {
        Event::Evaluated(evaluation) => Some(evaluation),
        _ => None,
    });
    evaluations.collect()
}

fn losses(events: &[Event]) -> Vec<u32> {
    steps(events).iter().map(|report| report.loss.to_bits()).collect()
}

fn last_batch(events: &[Event]) -> &BatchMatrix {
    let mut batches = events.iter().filter_map(|event| match event {
        Event::Batch(batch) => Some(batch),
        _ => None,
    });
    batches.next_back().expect("a batch")
}

fn refusals(events: &[Event]) -> Vec<&str> {
    let refusals = events.iter().filter_map(|event| match event {
        Event::Refused(sentence) => Some(sentence.as_str()),
        _ => None,
    });
    refusals.collect()
}

#[test]
fn a_settled_set_is_scored_before_any_training() {
    let events = Harness::with_pictures(small(), 12).take();
    assert!(events.iter().any(|event| matches!(event, Event::Ready(it) if it.backend == Backend::Cpu)));
    assert!(events.iter().any(|event| matches!(event, Event::Restarted { parameters } if *parameters > 100)));
    let stages: Vec<_> = evaluations(&events).iter().map(|evaluation| evaluation.stage).collect();
    assert_eq!(stages, [Stage::Pixels, Stage::Untrained]);
    for evaluation in evaluations(&events) {
        assert_eq!(evaluation.pictures, (0..12).collect::<Vec<_>>());
        assert!(evaluation.knn.is_some() && evaluation.shared_labels.is_some());
    }
}

#[test]
fn training_reports_every_step_and_ends_with_an_evaluation() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    harness.send(Command::Train);
    harness.settle();
    let events = harness.take();
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
fn pictures_come_and_go_without_losing_what_was_learned() {
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
    assert!(refusals(&harness.take())[0].contains("there are 0"));
}

#[test]
fn pictures_may_go_before_their_last_step_is_reported() {
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
    // Some pieces into the evaluation that follows the step, a picture goes.
    for _ in 0..3 {
        pollster::block_on(harness.session.work());
    }
    assert!(evaluations(&harness.take()).is_empty(), "it takes more than three pieces");
    harness.send(Command::Remove(vec![7]));
    harness.send(Command::Settle);
    harness.settle();
    let events = harness.take();
    assert_eq!(evaluations(&events).len(), 3);
    assert!(evaluations(&events).iter().all(|evaluation| evaluation.pictures.len() == COUNT - 1));
}

#[test]
fn the_matrix_holds_the_cosines_of_the_embeddings() {
    let mut harness = Harness::with_pictures(small(), 12);
    let events = harness.take();
    let untrained = evaluations(&events)[1].clone();
    harness.send(Command::Matrix { stage: Stage::Untrained });
    harness.settle();
    let matrix = harness.take().into_iter().find_map(|event| match event {
        Event::Matrix(matrix) => Some(matrix),
        _ => None,
    });
    let matrix = matrix.expect("a matrix");
    // By label: 0 and 10 are of the same kind, 1 and 11 too.
    assert_eq!(matrix.order, [0, 10, 1, 11, 2, 3, 4, 5, 6, 7, 8, 9]);
    let row = |id: u32| {
        let at = untrained.pictures.iter().position(|picture| *picture == id).expect("it is there");
        let width = untrained.dimensions as usize;
        &untrained.embeddings.0[at * width..][..width]
    };
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    for (at, cell) in matrix.cells.0.iter().enumerate() {
        let (a, b) = (row(matrix.order[at / 12]), row(matrix.order[at % 12]));
        let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
        assert!((cell - cosine).abs() < 1e-5, "cell {at}: {cell} instead of {cosine}");
    }
}

#[test]
fn every_matrix_that_was_asked_for_comes_in_one_order() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.send(Command::Train);
    harness.settle();
    harness.take();
    // All at once, as they come during a long piece of work.
    for stage in [Stage::Untrained, Stage::Trained, Stage::Untrained, Stage::Pixels] {
        harness.send(Command::Matrix { stage });
    }
    harness.settle();
    let events = harness.take();
    let matrices: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Matrix(matrix) => Some((matrix.stage, &matrix.order)),
            _ => None,
        })
        .collect();
    let stages: Vec<_> = matrices.iter().map(|(stage, _)| *stage).collect();
    assert_eq!(stages, [Stage::Untrained, Stage::Trained, Stage::Pixels]);
    assert!(matrices.iter().all(|(_, order)| order.len() == 12 && *order == matrices[0].1));
}

#[test]
fn what_was_asked_about_pictures_that_are_gone_is_not_answered() {
    let mut harness = Harness::with_pictures(small(), 60);
    harness.send(Command::Step);
    harness.settle();
    let ask = |harness: &mut Harness| {
        for stage in [Stage::Pixels, Stage::Untrained, Stage::Trained] {
            harness.send(Command::Matrix { stage });
            harness.send(Command::Classify(labelling(stage, Vec::new())));
            harness.send(Command::Study { study: Study::Survey, stage });
            harness.send(Command::Invariance { stage });
        }
        harness.send(Command::Map { stage: Stage::Trained, method: MapMethod::Tsne });
        harness.take();
    };
    let answered = |events: &[Event]| -> Vec<Stage> {
        let stage = |event: &Event| match event {
            Event::Matrix(found) => Some(found.stage),
            Event::Classified(found) => Some(found.stage),
            Event::Surveyed(found) => Some(found.stage),
            Event::Invariance(found) => Some(found.stage),
            Event::Mapped(found) => Some(found.stage),
            _ => None,
        };
        events.iter().filter_map(stage).collect()
    };
    ask(&mut harness);
    // Some of it is in hand already, or was answered in time.
    pollster::block_on(harness.session.work());
    harness.take();
    harness.send(Command::Remove(vec![3]));
    harness.send(Command::Settle);
    harness.settle();
    assert_eq!(answered(&harness.take()), []);
    // A run that starts over leaves the pixels as they are.
    ask(&mut harness);
    harness.send(Command::Reset);
    harness.settle();
    let answered = answered(&harness.take());
    assert!(answered.len() >= 3 && answered.iter().all(|stage| *stage == Stage::Pixels), "{answered:?}");
}

fn classifications(events: &[Event]) -> Vec<&Classification> {
    let classifications = events.iter().filter_map(|event| match event {
        Event::Classified(classification) => Some(classification),
        _ => None,
    });
    classifications.collect()
}

fn labelling(stage: Stage, typed: Vec<(u32, u32)>) -> Labelling {
    Labelling { number: 1, stage, per_class: 2, seed: 1, typed }
}

#[test]
fn typed_labels_score_every_evaluation_anew() {
    let mut harness = Harness::with_pictures(small(), 60);
    harness.send(Command::Step);
    harness.settle();
    let events = harness.take();
    let of = |stage| evaluations(&events).into_iter().rfind(|evaluation| evaluation.stage == stage);
    let stages = [Stage::Pixels, Stage::Untrained, Stage::Trained];
    let before =
        stages.map(|stage| of(stage).map(|it| (stage, it.shared_labels, it.knn)).expect("it is there"));
    let mut scores = |typed: Vec<(u32, u32)>| -> Vec<(Stage, Option<f32>, Option<f32>)> {
        harness.send(Command::Label(typed));
        let scored = |event: &Event| match event {
            Event::Scored { stage, shared_labels, knn } => Some((*stage, *shared_labels, *knn)),
            _ => None,
        };
        harness.take().iter().filter_map(scored).collect()
    };
    let one = scores((0..60).map(|id| (id, 7)).collect());
    assert_eq!(one, stages.map(|stage| (stage, None, None)), "one label tells nothing");
    let renamed = scores(pictures(0..60).iter().map(|it| (it.id, 100 + it.label.unwrap_or(0))).collect());
    assert_eq!(renamed, before, "the name of a label does not matter");
    assert_ne!(scores((0..60).map(|id| (id, id % 7)).collect()), before);
    assert_eq!(scores(Vec::new()), before, "what pictures came with shows again");
}

#[test]
fn a_few_labels_classify_the_rest_on_the_same_split_at_every_stage() {
    let mut harness = Harness::with_pictures(small(), 60);
    harness.send(Command::Step);
    harness.settle();
    let untouched = losses(&harness.take());
    for stage in [Stage::Trained, Stage::Untrained, Stage::Pixels] {
        harness.send(Command::Classify(labelling(stage, vec![(7, 3)])));
    }
    harness.settle();
    let events = harness.take();
    let found = classifications(&events);
    assert_eq!(
        found.iter().map(|found| found.stage).collect::<Vec<_>>(),
        [Stage::Trained, Stage::Untrained, Stage::Pixels]
    );
    for classification in &found {
        assert_eq!((classification.given.len(), classification.held_out.len()), (20, 40));
        assert_eq!((&classification.given, &classification.held_out), (&found[0].given, &found[0].held_out));
        assert!(classification.given.contains(&7) && classification.scored == 40);
        for guesses in [&classification.probe, &classification.vote] {
            assert_eq!((guesses.labels.len(), guesses.confidences.0.len()), (40, 40));
            let right = classification.held_out.iter().zip(&guesses.labels);
            let right = right.filter(|(id, label)| *id % 10 == **label).count();
            assert_eq!(guesses.accuracy, Some(right as f32 / 40.0));
        }
    }
    // Labels are kept away from training: without them the steps are the same.
    harness.send(Command::Reset);
    harness.send(Command::Step);
    harness.settle();
    assert_eq!(losses(&harness.take()), untouched);
}

#[test]
fn fine_tuning_learns_on_a_copy_and_leaves_the_run_alone() {
    let run = |tune: bool| {
        let mut harness = Harness::with_pictures(small(), 40);
        harness.send(Command::Step);
        harness.settle();
        harness.take();
        if tune {
            harness.send(Command::FineTune(labelling(Stage::Trained, Vec::new())));
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
        Event::Tuned(found) => Some(found),
        _ => None,
    });
    let tuned = tuned.expect("an answer");
    assert_eq!((tuned.given.len(), tuned.held_out.len(), tuned.step), (20, 20, 1));
    assert_eq!((tuned.probe.labels.len(), tuned.vote.labels.len()), (20, 0));
    assert!(tuned.probe.accuracy.is_some());
}

#[test]
fn a_fine_tuning_that_cannot_go_on_says_so() {
    let nothing = Event::Tuning { done: 0, total: 0 };
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    harness.send(Command::FineTune(Labelling { per_class: 0, ..labelling(Stage::Trained, Vec::new()) }));
    harness.settle();
    assert!(harness.take().contains(&nothing));
    harness.send(Command::FineTune(labelling(Stage::Trained, Vec::new())));
    pollster::block_on(harness.session.work());
    harness.send(Command::StopTuning);
    assert!(harness.take().contains(&nothing));
    harness.send(Command::FineTune(labelling(Stage::Trained, Vec::new())));
    pollster::block_on(harness.session.work());
    harness.send(Command::Reset);
    assert!(harness.take().contains(&nothing));
    harness.settle();
    assert!(!harness.take().iter().any(|event| matches!(event, Event::Tuned(_))));
}

#[test]
fn labels_of_embeddings_that_are_not_there_are_passed_over() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    harness.send(Command::Classify(labelling(Stage::Trained, Vec::new())));
    harness.send(Command::Classify(labelling(Stage::Pixels, vec![(2, 40), (99, 41)])));
    harness.settle();
    let events = harness.take();
    let found = classifications(&events);
    assert_eq!(found.len(), 1);
    // Two of labels 0 and 1, one of the others; 2 is typed as something else.
    assert_eq!(found[0].classes, [0, 1, 3, 4, 5, 6, 7, 8, 9, 40]);
    assert!(found[0].held_out.is_empty() && refusals(&events).is_empty());
}

#[test]
fn previews_show_what_training_sees_and_decoding_says_why_not() {
    let mut settings = small();
    settings.augmentations = likeness::settings::Augmentations::NONE;
    let mut harness = Harness::with_pictures(settings, 4);
    harness.take();
    harness.send(Command::Preview { pictures: vec![2, 99], views: 2, draw: 0 });
    harness.send(Command::Decode { request: 5, bytes: b"no picture".to_vec() });
    harness.settle();
    let mut events = harness.take();
    events.sort_by_key(|event| matches!(event, Event::Decoded { .. }));
    let Some(Event::Views(views)) = events.first() else { panic!("no views: {events:?}") };
    assert_eq!((views.pictures.as_slice(), views.side), (&[2][..], 16));
    let planes = shape(2, 1).image.planes(16);
    for (at, byte) in views.rgb.iter().enumerate() {
        let (place, channel) = (at / 3 % 256, at % 3);
        let value = planes[channel * 256 + place] * 255.0;
        assert!((f32::from(*byte) - value).abs() <= 0.51, "at {at}: {byte} instead of {value}");
    }
    let Some(Event::Decoded { request: 5, picture: Err(sentence) }) = events.last() else {
        panic!("no answer: {events:?}")
    };
    assert!(sentence.contains("not a picture format"));
}

#[test]
fn changes_that_shape_the_network_restart_the_run_and_others_do_not() {
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
fn switching_the_loss_goes_on_with_the_same_weights() {
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
fn a_row_that_is_looked_into_shows_its_views() {
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

fn answers(events: &[Event]) -> Vec<&QueryAnswer> {
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
    // A copy of a picture of the set: its nearest are that picture, and then that picture's.
    let rgb = pictures(4..5).remove(0).rgb;
    harness.send(Command::Query(Some(Query { number: 3, rgb })));
    harness.settle();
    let mut stages: Vec<_> = answers(&harness.events.borrow()).iter().map(|answer| answer.stage).collect();
    stages.sort_by_key(|stage| *stage as u32);
    assert_eq!(stages, [Stage::Pixels, Stage::Untrained]);
    harness.take();
    harness.send(Command::Train);
    harness.settle();
    let events = harness.take();
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
    // Once ended, it is asked about no more.
    harness.send(Command::Query(None));
    harness.send(Command::Add(pictures(12..14)));
    harness.send(Command::Settle);
    harness.settle();
    assert!(answers(&harness.take()).is_empty());
}

/// Works until a pair is explained; how many pieces of work that took.
fn explanation(harness: &mut Harness, pair: Pair) -> (Explanation, usize) {
    harness.take();
    harness.send(Command::Explain(pair));
    let mut pieces = 0;
    loop {
        let progress = pollster::block_on(harness.session.work());
        pieces += 1;
        for event in harness.take() {
            if let Event::Explained(explanation) = event {
                return (explanation, pieces);
            }
        }
        assert_eq!(progress, Progress::More, "it never came");
    }
}

#[test]
fn a_pair_is_explained_at_every_stage() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.send(Command::Train);
    harness.settle();
    harness.send(Command::Query(Some(Query { number: 1, rgb: pictures(30..31).remove(0).rgb })));
    harness.settle();
    let events = harness.take();
    for stage in [Stage::Pixels, Stage::Untrained, Stage::Trained] {
        let mut all = evaluations(&events).into_iter().filter(|evaluation| evaluation.stage == stage);
        let evaluation = all.next_back().expect("an evaluation");
        let near = (evaluation.neighbours.indices[0], evaluation.neighbours.similarities.0[0]);
        let pair = Pair { stage, subjects: [Subject::Picture(0), Subject::Picture(near.0)] };
        let (found, _) = explanation(&mut harness, pair);
        assert_eq!((found.pair, found.step, found.side), (pair, evaluation.step, 16));
        assert!((found.similarity - near.1).abs() < 1e-4, "{} instead of {}", found.similarity, near.1);
        for Floats(drops) in &found.drops {
            assert_eq!(drops.len(), 16 * 16);
            assert!(drops.iter().all(|drop| drop.is_finite()) && drops.iter().any(|drop| *drop != 0.0));
        }
        // The same pair the other way round says the same.
        let [first, second] = found.drops;
        let turned = Pair { stage, subjects: [Subject::Picture(near.0), Subject::Picture(0)] };
        assert_eq!(explanation(&mut harness, turned).0.drops, [second, first]);
        let answer = answers(&events).into_iter().rfind(|answer| answer.stage == stage).expect("an answer");
        let with_query = Pair { stage, subjects: [Subject::Query(1), Subject::Picture(answer.pictures[0])] };
        let (found, _) = explanation(&mut harness, with_query);
        assert!((found.similarity - answer.similarities.0[0]).abs() < 1e-4);
    }
}

#[test]
fn raw_pixels_drop_as_brute_force_says() {
    let mut harness = Harness::with_pictures(small(), 12);
    let pair = Pair { stage: Stage::Pixels, subjects: [Subject::Picture(3), Subject::Picture(8)] };
    let (found, _) = explanation(&mut harness, pair);
    let planes = |index: usize| shape(index, 1).image.planes(16);
    let cosine = |a: &[f32], b: &[f32]| {
        let sum = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(x * y)).sum::<f64>();
        sum(a, b) / (sum(a, a) * sum(b, b)).sqrt()
    };
    let (a, b) = (planes(3), planes(8));
    let (mut sums, mut counts) = (vec![0.0; 256], vec![0.0; 256]);
    // Nine places of a patch of 4 pixels along each side: from 0 to 12, halves rounded up.
    for (top, left) in (0..81).map(|place| (place / 9, place % 9)) {
        let [top, left] = [top, left].map(|step| (f64::from(step) * 1.5).round() as usize);
        let inside =
            |pixel: usize| (top..top + 4).contains(&(pixel / 16)) && (left..left + 4).contains(&(pixel % 16));
        let covered: Vec<f32> =
            a.iter().enumerate().map(|(i, value)| if inside(i % 256) { 0.5 } else { *value }).collect();
        let drop = cosine(&a, &b) - cosine(&covered, &b);
        for pixel in (0..256).filter(|pixel| inside(*pixel)) {
            sums[pixel] += drop;
            counts[pixel] += 1.0;
        }
    }
    for (pixel, found) in found.drops[0].0.iter().enumerate() {
        let expected = sums[pixel] / counts[pixel];
        assert!((f64::from(*found) - expected).abs() < 1e-5, "pixel {pixel}: {found}, not {expected}");
    }
}

#[test]
fn an_explanation_lets_training_and_pause_in() {
    let mut settings = small();
    (settings.side, settings.width, settings.steps) = (96, 16, 500);
    let mut harness = Harness::with_pictures(settings, 6);
    let pair = Pair { stage: Stage::Untrained, subjects: [Subject::Picture(0), Subject::Picture(1)] };
    let (_, pieces) = explanation(&mut harness, pair);
    assert!(pieces > 3, "it came in {pieces} pieces");
    // A set that changes has no explanation of what it was.
    harness.send(Command::Explain(pair));
    pollster::block_on(harness.session.work());
    harness.send(Command::Remove(vec![1]));
    harness.send(Command::Settle);
    harness.settle();
    assert!(!harness.take().iter().any(|event| matches!(event, Event::Explained(_))));
}

#[test]
fn studies_are_answered_at_rest_and_while_training() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    let ask = |harness: &mut Harness, stage| {
        harness.send(Command::Study { study: Study::Groups, stage });
        harness.send(Command::Study { study: Study::Survey, stage });
    };
    ask(&mut harness, Stage::Untrained);
    // There is no trained encoder yet.
    ask(&mut harness, Stage::Trained);
    harness.settle();
    let answers = |events: &[Event]| {
        let mut stages = Vec::new();
        for event in events {
            match event {
                Event::Clustered(found) => {
                    assert_eq!(found.partitions.len(), 10);
                    for partition in &found.partitions {
                        let mut pictures = partition.groups.concat();
                        pictures.sort_unstable();
                        assert_eq!(pictures, (0..12).collect::<Vec<_>>());
                    }
                    stages.push(found.stage);
                }
                Event::Surveyed(found) => {
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
fn a_study_of_pictures_that_are_gone_is_given_up() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    harness.send(Command::Study { study: Study::Groups, stage: Stage::Pixels });
    harness.send(Command::Remove(vec![0, 1]));
    harness.send(Command::Settle);
    harness.settle();
    assert!(!harness.take().iter().any(|event| matches!(event, Event::Clustered(_))));
}

fn invariances(events: &[Event]) -> Vec<&Invariance> {
    let found = events.iter().filter_map(|event| match event {
        Event::Invariance(invariance) => Some(invariance),
        _ => None,
    });
    found.collect()
}

/// A picture that is grey and the same from left to right and from top to bottom.
fn symmetric(id: u32) -> Picture {
    let side = likeness::image::SIDE;
    let rgb = (0..side * side).flat_map(|at| {
        let [x, y] = [at % side, at / side].map(|at| at.min(side - 1 - at));
        [((x * (3 + id as usize) + y * y * (1 + id as usize)) % 251) as u8; 3]
    });
    Picture { id, label: None, rgb: rgb.collect() }
}

#[test]
fn what_cannot_be_seen_is_overlooked_at_every_stage() {
    let mut harness = Harness::with_pictures(small(), 0);
    harness.send(Command::Add((0..8).map(symmetric).collect()));
    harness.send(Command::Settle);
    harness.send(Command::Train);
    harness.settle();
    harness.take();
    for stage in [Stage::Pixels, Stage::Untrained, Stage::Trained] {
        harness.send(Command::Invariance { stage });
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

#[test]
fn maps_are_drawn_beside_training_and_at_rest() {
    let mut harness = Harness::with_pictures(Settings { steps: 40, ..small() }, 12);
    harness.take();
    harness.send(Command::Train);
    harness.send(Command::Map { stage: Stage::Untrained, method: MapMethod::Tsne });
    harness.settle();
    let events = harness.take();
    assert_eq!((steps(&events).len(), events.contains(&Event::Finished)), (40, true));
    let last = maps(&events).last().copied().expect("a map").clone();
    assert_eq!((last.stage, last.step, last.points.0.len()), (Stage::Untrained, 0, 24));
    assert!(last.total > 0 && last.done == last.total);
    harness.send(Command::Map { stage: Stage::Trained, method: MapMethod::Pca });
    harness.settle();
    let events = harness.take();
    let [map] = maps(&events)[..] else { panic!("one map: {events:?}") };
    assert_eq!((map.stage, map.step, map.total), (Stage::Trained, 40, 0));
    assert_eq!(map.pictures, (0..12).collect::<Vec<_>>());
}

fn maps(events: &[Event]) -> Vec<&Map> {
    let maps = events.iter().filter_map(|event| match event {
        Event::Mapped(map) => Some(map),
        _ => None,
    });
    maps.collect()
}

/// Snapshots and the steps that they were taken after.
fn snapshots(events: &[Event]) -> Vec<(u32, Vec<u8>)> {
    let snapshots = events.iter().filter_map(|event| match event {
        Event::Snapshot { step, file } => Some((*step, file.clone())),
        _ => None,
    });
    snapshots.collect()
}

/// An engine that takes over from a snapshot, before its first step.
fn successor(settings: Settings, count: usize, file: Vec<u8>) -> Harness {
    let mut harness = Harness::with_pictures(settings, 0);
    harness.send(Command::Restore { file });
    harness.send(Command::Add(pictures(0..count)));
    harness.send(Command::Settle);
    harness
}

#[test]
fn a_run_is_kept_before_its_first_step_and_after_its_last() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    harness.send(Command::Train);
    harness.settle();
    let taken: Vec<u32> = snapshots(&harness.take()).into_iter().map(|(step, _)| step).collect();
    assert_eq!((taken.first(), taken.last()), (Some(&0), Some(&5)));
    harness.send(Command::Configure(Settings { steps: 30, ..small() }));
    harness.send(Command::Train);
    // One step, too soon after the last report to be in one.
    pollster::block_on(harness.session.work());
    harness.send(Command::Pause);
    assert_eq!(snapshots(&harness.take()).last().map(|(step, _)| *step), Some(6));
}

#[test]
fn an_engine_that_takes_over_goes_on_to_the_last_bit() {
    let plain = Settings { steps: 40, ..small() };
    for settings in [
        plain,
        Settings { loss: LossKind::Nce, learned_temperature: true, ..plain },
        Settings { loss: LossKind::Triplet, mining: Mining::SemiHard, ..plain },
    ] {
        let mut harness = Harness::with_pictures(settings, 12);
        harness.take();
        harness.send(Command::Train);
        harness.settle();
        let whole = harness.take();
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
fn a_model_opens_in_another_session_with_its_settings_and_embeddings() {
    let mut harness = Harness::with_pictures(Settings { temperature: 0.3, ..small() }, 12);
    harness.send(Command::Train);
    harness.settle();
    harness.send(Command::SaveModel);
    let events = harness.take();
    let file = events.iter().find_map(|event| match event {
        Event::Model { step: 5, file } => Some(file.clone()),
        _ => None,
    });
    let trained = |events: &[Event]| evaluations(events).last().copied().cloned().expect("an evaluation");
    let other = Settings { width: 8, side: 20, seed: 7, steps: 9, ..small() };
    let mut opener = Harness::with_pictures(other, 12);
    opener.take();
    opener.send(Command::OpenModel { file: file.expect("a model") });
    opener.settle();
    let opened = opener.take();
    let settings = opened.iter().find_map(|event| match event {
        Event::Opened(settings) => Some(*settings),
        _ => None,
    });
    assert_eq!(settings, Some(Settings { seed: 7, temperature: 0.3, ..small() }));
    assert_eq!(trained(&opened), trained(&events));
    assert_eq!(snapshots(&opened).len(), 1, "a breakdown before the next step must not lose it");
    // It trains on, by its own number of steps.
    opener.send(Command::Configure(Settings { steps: 8, ..settings.expect("settings") }));
    opener.send(Command::Train);
    opener.settle();
    let numbers: Vec<u32> = steps(&opener.take()).iter().map(|report| report.step).collect();
    assert_eq!(numbers, [6, 7, 8]);
}

/// The untrained encoder's embeddings, as they were reported last.
fn untrained(events: &[Event]) -> Floats {
    let found = evaluations(events).into_iter().rfind(|evaluation| evaluation.stage == Stage::Untrained);
    found.expect("an evaluation").embeddings.clone()
}

#[test]
fn the_network_of_another_seed_keeps_its_first_weights() {
    let mut first = Harness::with_pictures(Settings { seed: 9, ..small() }, 12);
    first.send(Command::Step);
    first.settle();
    first.send(Command::SaveModel);
    let events = first.take();
    let model = events.iter().find_map(|event| match event {
        Event::Model { file, .. } => Some(file.clone()),
        _ => None,
    });
    let of_seed_9 = untrained(&events);
    let settings = Settings { seed: 7, ..small() };
    let mut opener = Harness::with_pictures(settings, 12);
    assert_ne!(untrained(&opener.take()), of_seed_9);
    opener.send(Command::OpenModel { file: model.expect("a model") });
    opener.settle();
    opener.send(Command::Step);
    opener.settle();
    let events = opener.take();
    assert_eq!(untrained(&events), of_seed_9);
    // Another engine takes over from what the step left.
    let (_, file) = snapshots(&events).pop().expect("a snapshot");
    let mut successor = successor(settings, 12, file);
    successor.settle();
    assert_eq!(untrained(&successor.take()), of_seed_9);
}

#[test]
fn a_file_that_is_no_model_changes_nothing() {
    let settings = Settings { steps: 12, ..small() };
    let mut harness = Harness::with_pictures(settings, 12);
    harness.take();
    harness.send(Command::Train);
    harness.settle();
    let whole = harness.take();
    let mut model = snapshots(&whole).pop().expect("a snapshot").1;
    let middle = model.len() / 2;
    model[middle..].fill(0xff);

    let mut harness = Harness::with_pictures(settings, 12);
    harness.take();
    harness.send(Command::Step);
    harness.settle();
    for file in [Vec::new(), b"GIF89a".to_vec(), model] {
        harness.send(Command::OpenModel { file: file.clone() });
        harness.send(Command::Restore { file });
    }
    harness.send(Command::Train);
    harness.settle();
    let events = harness.take();
    assert_eq!(refusals(&events).len(), 6, "{:?}", refusals(&events));
    assert_eq!(losses(&events), losses(&whole));
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
    let mut harness = Harness::with_pictures(settings, 12);
    harness.take();
    harness.send(Command::Train);
    harness.settle();
    let whole = harness.take();
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
        harness.send(Command::Vet { request, settings, file });
    }
    let events = harness.take();
    let verdicts: Vec<_> = (0..)
        .zip(&events)
        .map(|(number, event)| match event {
            Event::Vetted { request, verdict } if *request == number => verdict.as_ref().err(),
            _ => panic!("no verdict: {event:?}"),
        })
        .collect();
    let [None, Some(foreign), Some(damaged), Some(empty)] = verdicts[..] else { panic!("{verdicts:?}") };
    assert!(foreign.contains("another shape"), "{foreign}");
    assert!([damaged, empty].iter().all(|sentence| sentence.contains("cannot be used")), "{damaged} {empty}");
    // The run goes on as if nobody had asked.
    harness.send(Command::Train);
    harness.settle();
    assert_eq!([losses(&before), losses(&harness.take())].concat(), losses(&whole));
}

/// A snapshot after one step whose weights are so large that their products are infinite, but
/// numbers themselves.
fn monstrous(settings: Settings, tensor: &str) -> Vec<u8> {
    let mut harness = Harness::with_pictures(settings, 12);
    harness.send(Command::Step);
    harness.settle();
    let (_, file) = snapshots(&harness.take()).pop().expect("a snapshot");
    let snapshot = Checkpoint::from_file(&file).expect("it is whole");
    let mut numbers = snapshot.numbers().clone();
    numbers.get_mut(tensor).expect("it is there").values.fill(3e38);
    Checkpoint::new(settings, 1, snapshot.training, numbers).expect("numbers").to_file()
}

#[test]
fn embeddings_that_are_no_numbers_end_at_the_last_good_step() {
    let settings = Settings { steps: 30, learning_rate: 0.05, ..small() };
    // Without labels: embeddings alone say in which order their matrix stands.
    let unlabelled = |picture| Picture { label: None, ..picture };
    let mut harness = Harness::with_pictures(settings, 0);
    harness.send(Command::Restore { file: monstrous(settings, "encoder.output.weight") });
    harness.send(Command::Add(pictures(0..12).into_iter().map(unlabelled).collect()));
    harness.send(Command::Settle);
    harness.take();
    harness.settle();
    harness.send(Command::Matrix { stage: Stage::Trained });
    harness.send(Command::Matrix { stage: Stage::Untrained });
    harness.settle();
    let events = harness.take();
    let [refusal] = refusals(&events)[..] else { panic!("refused once: {:?}", refusals(&events)) };
    assert!(refusal.starts_with("By step 1 the embeddings had stopped being numbers"), "{refusal}");
    // The latest snapshot is the one that went wrong.
    assert!(refusal.contains("went back to step 0") && refusal.contains("learning rate, 0.05"), "{refusal}");
    assert!(events.iter().any(|event| matches!(event, Event::Restarted { .. })));
    assert!(events.iter().any(|event| matches!(event, Event::Matrix(it) if it.stage == Stage::Untrained)));
    // It trains again.
    harness.send(Command::Train);
    harness.settle();
    assert_eq!(steps(&harness.take()).len(), 30);
}

#[test]
fn numbers_that_go_wrong_end_at_the_last_good_step() {
    let settings = Settings { steps: 30, learning_rate: 0.05, ..small() };
    let mut harness = successor(settings, 12, monstrous(settings, "head.output.weight"));
    harness.send(Command::Train);
    harness.settle();
    let events = harness.take();
    let refusal = refusals(&events)[0];
    assert!(refusal.starts_with("At step 2 the loss stopped being a number"), "{refusal}");
    assert!(refusal.contains("went back to step 1") && refusal.contains("learning rate, 0.05"), "{refusal}");
    assert!(steps(&events).is_empty() && !events.contains(&Event::Finished));
    let restored = events.iter().filter(|event| matches!(event, Event::Restored { step: 1, .. })).count();
    assert_eq!(restored, 2);
    assert_eq!(events.last(), Some(&Event::Activity(Activity::Idle)));
}
