//! Files of earlier builds still open: `golden/earlier` contains their files and the expected results.

use std::{fs, path::Path};

use burn::tensor::{Device, Tensor};
use likeness::{
    checkpoint::Checkpoint,
    page::experiment::Experiment,
    samples::shape,
    settings::{Features, FirstLayer, LossKind},
    train::{Trainer, upload},
};
use serde_json::Value;

const SIDE: usize = 16;

fn golden(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/earlier");
    fs::read(folder.join(name)).expect("it is in the repository")
}

fn pictures() -> Tensor<4> {
    let planes = (0..12).flat_map(|index| shape(index, 1).image.planes(SIDE)).collect();
    upload(planes, SIDE, &Device::flex())
}

fn expected(what: &str) -> Vec<f32> {
    let all: Value = serde_json::from_slice(&golden("embeddings-1.json")).expect("it is JSON");
    let numbers = all[what].as_array().expect("there are numbers");
    numbers.iter().map(|number| number.as_f64().expect("a number") as f32).collect()
}

fn assert_close(found: Tensor<2>, what: &str) {
    let found = found.into_data().try_into_vec::<f32>().expect("single precision");
    let expected = expected(what);
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() < 1e-5, "{what}: {found} instead of {expected}");
    }
}

#[test]
fn models_of_the_first_format_embed_as_they_did() {
    let model = Checkpoint::from_file(&golden("model-1.safetensors")).expect("it opens");
    assert_eq!(
        (model.settings.features, model.settings.first_layer),
        (Features::Outputs, FirstLayer::Random)
    );
    assert_eq!((model.settings.loss, model.settings.readout, model.step), (LossKind::InfoNce, 1, 20));
    let trainer = Trainer::resume(model.settings, pictures(), &[], &model);
    assert_close(trainer.network().encoder.forward(pictures()), "trained");
    assert_close(trainer.untrained().encoder.forward(pictures()), "untrained");
    // Written again it has the present format, and the same network.
    let again = Checkpoint::from_file(&model.to_file()).expect("it opens");
    assert_eq!(again, model);
}

#[test]
fn snapshots_of_the_first_format_resume_unchanged() {
    let experiment = Experiment::from_bytes(&golden("experiment-2.bin")).expect("it opens");
    let present = experiment.present.expect("it has one");
    assert_eq!((present.steps.len(), present.pixels, present.classic), (20, Some(0.5), None));
    let snapshot = experiment.snapshot.expect("it has one");
    assert_eq!(snapshot.file, golden("snapshot-1.safetensors"));
    let from = Checkpoint::from_file(&snapshot.file).expect("it opens");
    assert_eq!(experiment.settings.network_shape(), from.settings.network_shape());
    let mut trainer = Trainer::resume(experiment.settings, pictures(), &[], &from);
    for (step, expected) in expected("next_losses").into_iter().enumerate() {
        let loss = trainer.step().statistics.into_data().try_into_vec::<f32>().expect("single precision")[0];
        assert!((loss - expected).abs() < 1e-4, "step {step}: {loss} instead of {expected}");
    }
}
