//! Model files outside the page: `python/embed.py` and ONNX Runtime embed pictures as the page does.
//!
//! Runs only on request, and needs numpy and Pillow in `python3`, or in the program named by
//! `LIKENESS_PYTHON`, and there onnxruntime for what is said about ONNX.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use burn::tensor::{Device, Tensor};
use likeness::{
    checkpoint::Checkpoint,
    embedding::Embedding,
    encoder::{Encoder, first_filters},
    evaluate::whitening::{Fitting, Whitening},
    image::{Image, SIDE},
    progress::Progress,
    samples::shape,
    settings::{Features, Images, Settings},
    train::{Trainer, upload},
};

/// Number of pictures embedded.
const PICTURES: usize = 12;

/// Largest difference of a number.
const TOLERANCE: f32 = 1e-4;

fn python() -> Command {
    Command::new(env::var("LIKENESS_PYTHON").unwrap_or_else(|_| "python3".to_owned()))
}

fn has(modules: &str) -> bool {
    let output = python().args(["-c", &format!("import {modules}")]).output();
    output.is_ok_and(|output| output.status.success())
}

/// Returns a trainer after some steps, which have moved every weight and every moment.
fn trained(side: u32, features: Features) -> (Trainer, Vec<Image>) {
    let mut settings = Settings::recommended(Images::Shapes);
    (settings.side, settings.width, settings.batch, settings.steps) = (side, 8, 8, 20);
    settings.features = features;
    let images: Vec<Image> = (0..PICTURES).map(|index| shape(index, 1).image).collect();
    let planes: Vec<f32> = images.iter().flat_map(|image| image.planes(side as usize)).collect();
    let filters = first_filters(&settings, &planes);
    let mut trainer = Trainer::new(settings, upload(planes, side as usize, &Device::flex()), &filters);
    (0..20).for_each(|_| drop(trainer.step()));
    (trainer, images)
}

fn save(image: &Image, path: &Path) {
    let side = SIDE as u32;
    let picture = image::RgbImage::from_raw(side, side, image.rgb().to_vec()).expect("the bytes fill it");
    picture.save(path).expect("it can be written");
}

/// Returns the rows of the script's table.
fn rows(output: &Output) -> Vec<Vec<f32>> {
    let text = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    let number = |cell: &str| cell.trim().parse().unwrap_or_else(|_| panic!("“{cell}” is no number"));
    text.lines().skip(1).map(|line| line.split(',').skip(1).map(number).collect()).collect()
}

/// Returns the whitening of a trainer's map over its pictures.
fn whitening(encoder: &Encoder, pictures: Tensor<4>) -> Whitening {
    let maps = Embedding::mean_map(encoder.clone(), true)
        .forward(pictures)
        .into_data()
        .try_into_vec::<f32>()
        .expect("single precision");
    let features = maps.len() / PICTURES;
    let mut fitting = Fitting::new(maps, features).expect("they differ");
    while fitting.advance() == Progress::More {}
    fitting.finish()
}

#[test]
#[ignore = "it needs a python3 with numpy and Pillow"]
fn the_script_reproduces_embeddings() {
    assert!(has("numpy, PIL"), "There is no python3 with numpy and Pillow: set LIKENESS_PYTHON to one.");
    let (there, missing): (Vec<_>, Vec<_>) =
        ["torch", "jax", "numpy"].into_iter().partition(|name| has(name));
    println!("computing with {}; not installed: {}", there.join(", "), missing.join(", "));
    // At 96 pixels nothing is resized, and the last map is pooled; 32 is the side of most runs.
    for (side, features) in [(32, Features::Map), (SIDE as u32, Features::Map), (32, Features::Outputs)] {
        let folder = tempfile::TempDir::new().expect("a folder for the files");
        let (trainer, images) = trained(side, features);
        let model = pollster::block_on(trainer.model()).expect("the CPU answers").expect("numbers");
        let planes = images.iter().flat_map(|image| image.planes(side as usize)).collect();
        let pictures = upload(planes, side as usize, &Device::flex());
        let encoder = trainer.network().encoder;
        let (model, embedding) = match features {
            Features::Outputs => (model, Embedding::outputs(encoder)),
            Features::Map => {
                let whitening = whitening(&encoder, pictures.clone());
                let embedding = Embedding::map(encoder, Some(&whitening), true, &Device::flex());
                (model.with_whitening(Some(whitening)), embedding)
            }
        };
        let mut model = model.with_check();
        let file = folder.path().join("model.safetensors");
        fs::write(&file, model.to_file()).expect("it can be written");
        assert_script_agrees(&there, &file, &images, embedding.forward(pictures));
        assert_onnx_agrees(folder.path(), &model);
        // A program that embeds the check pictures otherwise refuses the model.
        model.check.as_mut().expect("it was made").embeddings[3] += 0.1;
        fs::write(&file, model.to_file()).expect("it can be written");
        let output = python().arg(script()).arg(&file).arg("none.png").output().expect("python3 runs");
        assert!(String::from_utf8_lossy(&output.stderr).contains("check pictures"), "{output:?}");
    }
}

/// Embeds the check pictures that a model's metadata hold in two batches, compares the result with the embeddings
/// there, and prints it as `python/embed.py` does.
const RUN_ONNX: &str = "
import sys
from base64 import b64decode
from numpy import abs, concatenate, frombuffer
from onnxruntime import InferenceSession
session = InferenceSession(sys.argv[1], providers=['CPUExecutionProvider'])
metadata = session.get_modelmeta().custom_metadata_map
side = int(metadata['side'])
pictures = frombuffer(b64decode(metadata['check.pictures']), 'u1')
pictures = pictures.reshape(-1, 3, side, side).astype('f4') / 255
batches = [session.run(['embeddings'], {'pictures': batch})[0] for batch in (pictures[:3], pictures[3:])]
rows = concatenate(batches)
expected = frombuffer(b64decode(metadata['check.embeddings']), '<f4').reshape(rows.shape)
assert abs(rows - expected).max() < 1e-4, abs(rows - expected).max()
print('name,…')
for row in rows:
    print('', *row, sep=',')
";

/// Compares the output of ONNX Runtime for a model with its check's.
fn assert_onnx_agrees(folder: &Path, model: &Checkpoint) {
    if !has("onnxruntime") {
        return println!("The network in ONNX was not run: there is no onnxruntime.");
    }
    let check = model.check.as_ref().expect("it was made");
    let network = folder.join("network.onnx");
    fs::write(&network, model.to_onnx()).expect("it can be written");
    let output = python().args(["-c", RUN_ONNX]).arg(network).output().expect("python3 runs");
    let found = rows(&output).concat();
    assert_eq!(found.len(), check.embeddings.len());
    for (place, (found, expected)) in found.iter().zip(&check.embeddings).enumerate() {
        assert!((found - expected).abs() < TOLERANCE, "number {place}: {found} instead of {expected}");
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python/embed.py")
}

/// Models of the first format too; `tests/earlier.rs` describes their origin.
#[test]
#[ignore = "it needs a python3 with numpy and Pillow"]
fn the_script_reads_models_of_the_first_format() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/earlier/model-1.safetensors");
    let model = Checkpoint::from_file(&fs::read(&file).expect("it is there")).expect("it opens");
    let side = model.settings.side as usize;
    let images: Vec<Image> = (0..PICTURES).map(|index| shape(index, 1).image).collect();
    let planes = images.iter().flat_map(|image| image.planes(side)).collect();
    let pictures = upload(planes, side, &Device::flex());
    let trainer = Trainer::resume(model.settings, pictures.clone(), &[], &model);
    assert_script_agrees(&["numpy"], &file, &images, trainer.network().encoder.forward(pictures));
}

/// Compares the script's output for a model and pictures with the expected embeddings.
fn assert_script_agrees(libraries: &[&str], model: &Path, images: &[Image], expected: Tensor<2>) {
    let folder = tempfile::TempDir::new().expect("a folder for the files");
    let names: Vec<_> = (0..images.len()).map(|i| folder.path().join(format!("{i}.png"))).collect();
    images.iter().zip(&names).for_each(|(image, name)| save(image, name));
    let expected = expected.into_data().try_into_vec::<f32>().expect("single precision");
    assert!(expected.iter().any(|value| *value > 0.1), "the embeddings say nothing: {expected:?}");
    for library in libraries {
        let output = python().arg(script()).args(["--with", library]).arg(model).args(&names).output();
        let found = rows(&output.expect("python3 runs"));
        assert_eq!((found.len(), found.concat().len()), (images.len(), expected.len()));
        for (place, (found, expected)) in found.iter().flatten().zip(&expected).enumerate() {
            let off = (found - expected).abs();
            assert!(off < TOLERANCE, "{library}, number {place}: {found} instead of {expected}");
        }
    }
}
