//! Model files.

use burn::tensor::Device;
use likeness::{
    checkpoint::Checkpoint,
    embedding::Embedding,
    encoder::first_filters,
    protocol::{Command, Event, Floats, ModelFormat, Stage},
    samples::shape,
    settings::{Features, Settings},
    train::{Trainer, upload},
};

use crate::harness::{Harness, evaluations, losses, refusals, small, steps};
use crate::snapshots::snapshots;
use crate::snapshots::successor;

#[test]
fn a_model_opens_in_another_session_with_its_settings_and_embeddings() {
    let mut harness = Harness::with_pictures(Settings { temperature: 0.3, ..small() }, 12);
    harness.send(Command::Train);
    harness.settle();
    harness.send(Command::SaveModel(ModelFormat::Safetensors));
    let events = harness.take();
    let file = events.iter().find_map(|event| match event {
        Event::Model { step: 5, file, .. } => Some(file.clone()),
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
    // Training continues with its own number of steps.
    opener.send(Command::Configure(Settings { steps: 8, ..settings.expect("settings") }));
    opener.send(Command::Train);
    opener.settle();
    let numbers: Vec<u32> = steps(&opener.take()).iter().map(|report| report.step).collect();
    assert_eq!(numbers, [6, 7, 8]);
}

/// Returns the latest embeddings of the untrained encoder.
fn untrained(events: &[Event]) -> Floats {
    let found = evaluations(events).into_iter().rfind(|evaluation| evaluation.stage == Stage::Untrained);
    found.expect("an evaluation").embeddings.clone()
}

#[test]
fn the_network_of_another_seed_keeps_its_first_weights() {
    let mut first = Harness::with_pictures(Settings { seed: 9, ..small() }, 12);
    first.send(Command::Step);
    first.settle();
    first.send(Command::SaveModel(ModelFormat::Safetensors));
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
    // Another engine takes over from the snapshot after the step.
    let (_, file) = snapshots(&events).pop().expect("a snapshot");
    let mut successor = successor(settings, 12, file);
    successor.settle();
    assert_eq!(untrained(&successor.take()), of_seed_9);
}

#[test]
fn a_model_saved_after_mirroring_was_switched_has_the_embeddings_of_the_page() {
    let settings = Settings { features: Features::Map, ..small() };
    let mut switched = settings;
    switched.augmentations.flip.on = !settings.augmentations.flip.on;
    let mut harness = Harness::with_pictures(settings, 12);
    harness.send(Command::Train);
    harness.settle();
    let trained = |events: &[Event]| {
        let found = evaluations(events).into_iter().rfind(|evaluation| evaluation.stage == Stage::Trained);
        found.expect("an evaluation").embeddings.clone()
    };
    let before = trained(&harness.take());
    harness.send(Command::Configure(switched));
    harness.settle();
    harness.send(Command::SaveModel(ModelFormat::Safetensors));
    let events = harness.take();
    let after = trained(&events);
    assert_ne!(after, before);
    let model = events.iter().find_map(|event| match event {
        Event::Model { file, .. } => Some(Checkpoint::from_file(file).expect("a model")),
        _ => None,
    });
    let model = model.expect("a model");
    let whitening = model.whitening.as_ref().expect("pictures that differ");
    let side = settings.side as usize;
    let planes: Vec<f32> = (0..12).flat_map(|index| shape(index, 1).image.planes(side)).collect();
    let filters = first_filters(&switched, &planes);
    let pictures = upload(planes, side, &Device::flex());
    let encoder = Trainer::resume(switched, pictures.clone(), &filters, &model).network().encoder;
    let mirrored = switched.augmentations.mirrors();
    let maps = Embedding::mean_map(encoder, mirrored).forward(pictures).into_data();
    let maps: Vec<f32> = maps.try_into_vec().expect("single precision");
    for (at, mean) in whitening.mean.iter().enumerate() {
        let column = maps.iter().skip(at).step_by(whitening.mean.len());
        assert!((column.sum::<f32>() / 12.0 - mean).abs() < 1e-5, "feature {at}");
    }
}

#[test]
fn file_that_is_not_a_model_changes_nothing() {
    let settings = Settings { steps: 12, ..small() };
    let whole = Harness::with_pictures(settings, 12).train();
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
