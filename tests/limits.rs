//! Settings at their limits and beyond them: training goes on, and on finite numbers.

use std::{cell::RefCell, rc::Rc};

use likeness::{
    engine::{Progress, Session},
    protocol::{Command, Event, Picture, StepReport},
    samples::shape,
    settings::{BackendChoice, Images, LossKind, Mining, Settings, Similarity},
};

/// Steps of each run.
const STEPS: u32 = 3;

fn small() -> Settings {
    let mut settings = Settings::recommended(Images::Shapes);
    settings.backend = BackendChoice::Cpu;
    (settings.side, settings.width, settings.batch, settings.steps) = (16, 4, 6, STEPS);
    settings
}

/// Trains on six pictures and returns what every step reports.
fn train(settings: Settings) -> Vec<StepReport> {
    let reports = Rc::new(RefCell::new(Vec::new()));
    let kept = reports.clone();
    let keep = move |event| match event {
        Event::Stepped(steps) => kept.borrow_mut().extend(steps),
        Event::Failed(reason) => panic!("{reason}"),
        _ => {}
    };
    let mut session = Session::new(small(), keep);
    let pictures =
        (0..6).map(|index| Picture { id: index as u32, label: None, rgb: shape(index, 1).image.into_rgb() });
    let commands =
        [Command::Configure(settings), Command::Add(pictures.collect()), Command::Settle, Command::Train];
    for command in commands {
        pollster::block_on(session.handle(command));
    }
    while pollster::block_on(session.work()) == Progress::More && reports.borrow().len() < STEPS as usize {}
    reports.take()
}

fn assert_finite(what: &str, settings: Settings) {
    let reports = train(settings);
    assert!(!reports.is_empty(), "{what}: no step was taken");
    for report in &reports {
        assert!(report.loss.is_finite(), "{what}: the loss of step {} is {}", report.step, report.loss);
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
fn what_lies_beyond_a_limit_trains_as_the_limit_does() {
    let bits = |settings: Settings| -> Vec<u32> {
        train(settings).iter().map(|report| report.loss.to_bits()).collect()
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
