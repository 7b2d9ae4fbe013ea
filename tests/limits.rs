//! Settings at their limits and beyond them: training continues, with finite numbers.

use std::{cell::RefCell, rc::Rc};

use likeness::{
    engine::{Progress, Session},
    protocol::{Command, Event, Picture, Refusal, Stage, StepReport},
    samples::shape,
    settings::{BackendChoice, Images, LossKind, Mining, Settings, Similarity},
};

/// Number of steps in each run.
const STEPS: u32 = 3;

fn small() -> Settings {
    let mut settings = Settings::recommended(Images::Shapes);
    settings.backend = BackendChoice::Cpu;
    (settings.side, settings.width, settings.batch, settings.steps) = (16, 4, 6, STEPS);
    settings
}

/// A session with six pictures, and its events.
struct Harness {
    session: Session<Box<dyn FnMut(Event)>>,
    events: Rc<RefCell<Vec<Event>>>,
}

impl Harness {
    fn new(settings: Settings, count: usize) -> Self {
        let events = Rc::new(RefCell::new(Vec::new()));
        let kept = events.clone();
        let session = Session::new(small(), Box::new(move |event| kept.borrow_mut().push(event)) as Box<_>);
        let mut harness = Self { session, events };
        let picture = |index: usize| {
            let rgb = shape(index, 1).image.into_rgb();
            Picture::square(index as u32, None, rgb)
        };
        harness.send(Command::Configure(settings));
        harness.send(Command::Add((0..count).map(picture).collect()));
        harness.send(Command::Settle);
        harness
    }

    fn send(&mut self, command: Command) {
        pollster::block_on(self.session.handle(command));
    }

    /// Works until nothing is left to do; returns all events since the last time.
    fn settle(&mut self) -> Vec<Event> {
        while pollster::block_on(self.session.work()) == Progress::More {}
        self.events.take()
    }
}

/// Trains on six pictures for [`STEPS`] steps, or fewer if so set, and measures the outcome; returns the
/// report of every step.
fn train(what: &str, settings: Settings) -> Vec<StepReport> {
    let mut harness = Harness::new(settings, 6);
    let mut events = harness.settle();
    if settings.steps <= STEPS {
        harness.send(Command::Train);
        events.extend(harness.settle());
    } else {
        // All steps would take too long.
        for _ in 0..STEPS {
            harness.send(Command::Step);
            events.extend(harness.settle());
        }
    }
    let (mut reports, mut evaluated) = (Vec::new(), None);
    for event in events {
        match event {
            Event::Stepped(steps) => reports.extend(steps),
            Event::Evaluated(evaluation) => {
                let rows = &evaluation.embeddings.0;
                assert!(rows.iter().all(|value| value.is_finite()), "{what}: {:?}", evaluation.stage);
                evaluated = Some((evaluation.stage, evaluation.step));
            }
            Event::Failed(reason) => panic!("{what}: {reason:?}"),
            Event::Refused(reason) => panic!("{what}: {reason:?}"),
            _ => {}
        }
    }
    assert_eq!(evaluated, Some((Stage::Trained, reports.len() as u32)), "{what}");
    reports
}

fn assert_finite(what: &str, settings: Settings) {
    let reports = train(what, settings);
    assert_eq!(reports.len() as u32, settings.steps.min(STEPS), "{what}");
    for report in &reports {
        let numbers = [report.loss, report.accuracy, report.alignment, report.uniformity];
        assert!(numbers.iter().all(|number| number.is_finite()), "{what}: {report:?}");
    }
}

#[test]
fn every_number_trains_at_both_its_limits() {
    for (what, change) in [
        ("fewest steps", (|settings| settings.steps = Settings::STEPS.min) as fn(&mut Settings)),
        ("most steps", |settings| settings.steps = Settings::STEPS.max),
        ("fewest pairs", |settings| settings.batch = Settings::BATCH.min),
        ("more pairs than pictures", |settings| settings.batch = Settings::BATCH.max),
        ("largest side", |settings| settings.side = Settings::SIDE.max),
        ("widest", |settings| settings.width = Settings::WIDTH.max),
        ("coldest", |settings| settings.temperature = Settings::TEMPERATURE.min),
        ("hottest", |settings| settings.temperature = Settings::TEMPERATURE.max),
        ("slowest", |settings| settings.learning_rate = Settings::LEARNING_RATE.min),
        ("fastest", |settings| settings.learning_rate = Settings::LEARNING_RATE.max),
        ("greatest seed", |settings| settings.seed = u32::MAX),
    ] {
        let mut settings = small();
        change(&mut settings);
        assert_finite(what, settings);
    }
}

#[test]
fn every_loss_trains_at_the_lowest_temperature_and_the_widest_margin() {
    let mut settings = small();
    settings.temperature = Settings::TEMPERATURE.min;
    for loss in [LossKind::InfoNce, LossKind::Nce] {
        for similarity in [Similarity::Cosine, Similarity::Dot] {
            for learned_temperature in [false, true] {
                let settings = Settings { loss, similarity, learned_temperature, ..settings };
                assert_finite(&format!("{loss:?}, {similarity:?}, learned: {learned_temperature}"), settings);
            }
        }
    }
    for mining in [Mining::Random, Mining::SemiHard, Mining::Hard] {
        for margin in [Settings::MARGIN.min, Settings::MARGIN.max] {
            let settings = Settings { loss: LossKind::Triplet, mining, margin, ..settings };
            assert_finite(&format!("{mining:?}, {margin}"), settings);
        }
    }
}

#[test]
fn limits_train_together() {
    let fast = Settings { learning_rate: Settings::LEARNING_RATE.max, ..small() };
    let cold = Settings { temperature: Settings::TEMPERATURE.min, ..fast };
    for loss in [LossKind::InfoNce, LossKind::Nce, LossKind::Triplet] {
        for similarity in [Similarity::Cosine, Similarity::Dot] {
            let settings = Settings { loss, similarity, learned_temperature: true, ..cold };
            assert_finite(&format!("fast and cold: {loss:?}, {similarity:?}"), settings);
        }
        let [side, width, depth] = [Settings::SIDE.min, Settings::WIDTH.max, Settings::DEPTH.max];
        assert_finite(
            &format!("small, wide and deep: {loss:?}"),
            Settings { side, width, depth, loss, ..fast },
        );
        let [side, width, depth] = [Settings::SIDE.max, Settings::WIDTH.min, Settings::DEPTH.min];
        let settings = Settings { side, width, depth, loss, batch: Settings::BATCH.max, ..fast };
        assert_finite(&format!("large, narrow and flat: {loss:?}"), settings);
    }
}

#[test]
fn step_beyond_the_memory_is_refused_with_a_sentence() {
    let mut huge = small();
    (huge.side, huge.width, huge.depth) = (Settings::SIDE.max, Settings::WIDTH.max, Settings::DEPTH.min);
    huge.batch = Settings::BATCH.max;
    // Each limit on its own can be trained: see above.
    let mut harness = Harness::new(huge, 64);
    harness.send(Command::Train);
    let events = harness.settle();
    let refusals = events.iter().filter_map(|event| match event {
        Event::Refused(refusal) => Some(refusal),
        _ => None,
    });
    let [refusal] = refusals.collect::<Vec<_>>()[..] else { panic!("refused once") };
    assert!(matches!(refusal, Refusal::TooLarge { pairs: 64, .. }), "{refusal:?}");
    assert!(!events.iter().any(|event| matches!(event, Event::Stepped(_) | Event::Failed(_))));
    // Its advice works.
    harness.send(Command::Configure(Settings { batch: 2, ..huge }));
    harness.send(Command::Step);
    assert!(harness.settle().iter().any(|event| matches!(event, Event::Stepped(_))));
}

#[test]
fn every_augmentation_trains_at_full_strength_and_at_none() {
    for strength in [Settings::UNIT.min, Settings::UNIT.max] {
        let mut settings = small();
        for operation in settings.augmentations.each_mut() {
            (operation.on, operation.strength, operation.probability) = (true, strength, 1.0);
        }
        assert_finite(&format!("strength {strength}"), settings);
    }
}

#[test]
fn values_beyond_a_limit_train_like_the_limit() {
    let bits = |settings: Settings| -> Vec<u32> {
        train("beyond", settings).iter().map(|report| report.loss.to_bits()).collect()
    };
    let mut beyond = small();
    (beyond.side, beyond.width, beyond.batch) = (0, 0, 0);
    (beyond.temperature, beyond.learning_rate, beyond.margin) = (0.0, f32::INFINITY, f32::NAN);
    let mut limits = small();
    (limits.side, limits.width, limits.batch) =
        (Settings::SIDE.min, Settings::WIDTH.min, Settings::BATCH.min);
    (limits.temperature, limits.learning_rate, limits.margin) =
        (Settings::TEMPERATURE.min, Settings::LEARNING_RATE.max, Settings::MARGIN.min);
    for (beyond, limit) in beyond.augmentations.each_mut().into_iter().zip(limits.augmentations.each_mut()) {
        (beyond.on, beyond.strength, beyond.probability) = (true, 10.0, f32::NAN);
        (limit.on, limit.strength, limit.probability) = (true, Settings::UNIT.max, Settings::UNIT.min);
    }
    let trained = bits(beyond);
    assert_eq!(trained.len(), STEPS as usize);
    assert_eq!(trained, bits(limits));
}

#[test]
#[cfg(feature = "webgpu")]
fn replayed_steps_take_no_additional_memory() {
    use burn::{
        backend::{Backend, Dispatch},
        tensor::{Device, DeviceKind},
    };
    use likeness::train::{Trainer, upload};

    let device = Device::wgpu(DeviceKind::DefaultDevice);
    let planes = (0..10).flat_map(|index| shape(index, 1).image.planes(16)).collect();
    let settings = Settings { batch: 4, steps: 1000, ..small() };
    let mut trainer = Trainer::new(settings, upload(planes, 16, &device), &[]);
    let mut used_after = |steps: usize| {
        let left = (0..steps).map(|_| trainer.step().statistics).last().expect("some steps");
        left.into_data();
        let used = Dispatch::memory_pool_usage(device.as_dispatch()).expect("it tells");
        (trainer.is_recorded(), used.bytes_in_use, used.bytes_reserved)
    };
    let first = used_after(20);
    assert!(first.0 && first.1 > 0);
    for _ in 0..3 {
        assert_eq!(used_after(100), first);
    }
}
