//! The run in PyTorch: `python/likeness` trains, embeds and writes files as this crate does.
//!
//! [`the_settings_of_the_package_are_these`] compares the package's table of settings with this crate; the
//! other tests are parts of `cargo xtask torch`, before and after the package's own tests.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use burn::tensor::{Device, Tensor};
use likeness::{
    augment::View,
    checkpoint::{Checkpoint, HostTensor},
    embedding::Embedding,
    encoder::{INPUT_FACTOR, INPUT_OFFSET, PROJECTION, first_filters},
    evaluate::whitening::{Fitting, MAX_COMPONENTS, Whitening},
    image::{Image, SIDE},
    kernels::{block::EPSILON, views::render},
    link,
    page::experiment::{Experiment, pictures_from_bytes},
    progress::Progress,
    protocol::BUILD,
    random::{Purpose, generator},
    samples::shape,
    settings::{
        Augmentations, Features, FirstLayer, Images, LossKind, Mining, Operation, Settings, Similarity,
        field::{FIELDS, Form},
    },
    train::{ADAMW, BATCH_NORM_MOMENTUM, Trainer, upload},
};
use rand::{Rng, RngExt, seq::SliceRandom};
use serde_json::{Value, json};

/// Environment variable with the folder of the golden files.
const FOLDER: &str = "LIKENESS_GOLDEN";

/// Number of pictures of the built-in set in the golden runs.
const PICTURES: usize = 60;

/// Number of steps of a golden run.
const STEPS: u32 = 10;

/// Largest difference of an embedding.
const TOLERANCE: f32 = 1e-4;

fn folder() -> PathBuf {
    env::var_os(FOLDER).unwrap_or_else(|| panic!("{FOLDER} names no folder")).into()
}

/// Returns the table of settings and the constants that the package reads.
fn table() -> Value {
    let all = [Images::Shapes, Images::Fashion, Images::Own];
    let shapes = Settings::recommended(Images::Shapes);
    let fields = FIELDS.iter().map(|field| match field.read(&mut shapes.clone(), "NaN") {
        Err(Form::Number(min, max)) => {
            let number = |text: String| match text.parse::<u32>() {
                Ok(whole) => json!(whole),
                Err(_) => json!(text.parse::<f64>().expect("limits are numbers")),
            };
            let kind = if field.number().is_whole { "whole" } else { "real" };
            json!({"key": field.key, "kind": kind, "min": number(min), "max": number(max)})
        }
        Err(Form::Name(names)) => json!({"key": field.key, "kind": "name", "names": names}),
        Err(Form::Operation) => json!({"key": field.key, "kind": "operation"}),
        Ok(()) => panic!("“NaN” is a valid value of {}", field.key),
    });
    let number = |value: f32| value.to_string().parse::<f64>().expect("it is finite");
    json!({
        "fields": fields.collect::<Vec<_>>(),
        "recommended": all.map(|images| link::write(&Settings::recommended(images))),
        "first_network": link::write(&shapes.with_first_network()),
        "max_jitter": number(Augmentations::MAX_JITTER),
        "max_blur": number(Augmentations::MAX_BLUR),
        "max_noise": number(Augmentations::MAX_NOISE),
        "adamw": {
            "beta_1": number(ADAMW.beta_1),
            "beta_2": number(ADAMW.beta_2),
            "epsilon": number(ADAMW.epsilon),
            "weight_decay": number(ADAMW.weight_decay),
        },
        "batch_norm_momentum": BATCH_NORM_MOMENTUM,
        "epsilon": EPSILON,
        "projection": PROJECTION,
        "input_factor": number(INPUT_FACTOR),
        "input_offset": number(INPUT_OFFSET),
        "picture_side": SIDE,
        "max_components": MAX_COMPONENTS,
    })
}

#[test]
fn the_settings_of_the_package_are_these() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/likeness/settings.json");
    let expected = serde_json::to_string_pretty(&table()).expect("it is JSON") + "\n";
    if env::var_os(FOLDER).is_some() {
        fs::write(&path, &expected).expect("it can be written");
    }
    let found = fs::read_to_string(&path).expect("it is in the repository");
    assert!(found == expected, "{} is outdated: `cargo xtask torch` writes it anew", path.display());
}

/// Golden numbers by name, written as one safetensors file, and values of other kinds, as JSON.
#[derive(Default)]
struct Golden {
    tensors: BTreeMap<String, HostTensor>,
    values: serde_json::Map<String, Value>,
}

impl Golden {
    fn tensor(&mut self, name: &str, shape: &[usize], values: Vec<f32>) {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
        self.tensors.insert(name.to_owned(), HostTensor { shape: shape.to_vec(), values });
    }

    fn value(&mut self, name: &str, value: impl Into<Value>) {
        self.values.insert(name.to_owned(), value.into());
    }

    fn write(self, folder: &Path) {
        let tensors = self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.view()));
        let bytes = safetensors::serialize(tensors, None).expect("shapes fit");
        fs::write(folder.join("golden.safetensors"), bytes).expect("it can be written");
        let text = serde_json::to_string(&self.values).expect("it is JSON");
        fs::write(folder.join("golden.json"), text).expect("it can be written");
    }
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("single precision")
}

fn write(folder: &Path, name: &str, file: &Checkpoint) {
    assert!(Checkpoint::from_file(&file.to_file()).as_ref() == Ok(file), "{name} does not open");
    fs::write(folder.join(name), file.to_file()).expect("it can be written");
}

fn save(image: &Image, path: &Path) {
    let side = SIDE as u32;
    let picture = image::RgbImage::from_raw(side, side, image.rgb().to_vec()).expect("the bytes fill it");
    picture.save(path).expect("it can be written");
}

/// Returns augmentations with every operation, each in some of the views.
fn everything() -> Augmentations {
    let mut augmentations = Augmentations::SIMCLR;
    for operation in augmentations.each_mut() {
        *operation = Operation::new(0.6, 0.6);
    }
    augmentations
}

/// Returns the numbers of a view but for the seed of its noise: affine map, colour, deviations, cutout.
fn parameters(view: &View) -> Vec<f32> {
    let View { affine, colour, blur, noise, cutout } = view;
    let mut all = affine.concat();
    all.extend(colour.matrix.concat());
    all.extend(colour.offset);
    all.extend([blur.deviation, noise.deviation, cutout.centre[0], cutout.centre[1], cutout.half]);
    all
}

fn shapes(count: usize) -> Vec<Image> {
    (0..count).map(|index| shape(index, 1).image).collect()
}

fn planes(images: &[Image], side: usize) -> Vec<f32> {
    images.iter().flat_map(|image| image.planes(side)).collect()
}

fn add_random(golden: &mut Golden) {
    let mut rng = generator(7, Purpose::Groups, 3);
    let words: Vec<_> = (0..5).map(|_| rng.next_u64().to_string()).collect();
    golden.value("words", words);
    golden.value("below", (0..500).map(|_| rng.random_range(1..=900_000usize)).collect::<Vec<_>>());
    for count in [0, 1, 2, 3, 60, 3000, 70_000] {
        let mut rows: Vec<usize> = (0..count).collect();
        rows.shuffle(&mut generator(7, Purpose::Batches, count as u32));
        golden.value(&format!("shuffled.{count}"), rows);
    }
    let noise = likeness::augment::Noise { deviation: 1.0, seed: 12_345_678_901_234_567_890 };
    golden.tensor("normal", &[50_000], noise.values().take(50_000).collect());
}

fn add_views(golden: &mut Golden) {
    for (name, augmentations, side, count) in [
        ("every", everything(), 32, 40),
        ("odd", everything(), 17, 24),
        ("large", everything(), SIDE, 6),
        ("shapes", Augmentations::SHAPES, 32, 24),
        ("none", Augmentations::NONE, 32, 2),
    ] {
        let mut rng = generator(11, Purpose::Views, 5);
        let views: Vec<View> = (0..count).map(|_| View::draw(&augmentations, &mut rng)).collect();
        let settings = Settings { augmentations, seed: 11, ..Settings::recommended(Images::Shapes) };
        golden.value(&format!("views.{name}"), json!({"link": link::write(&settings), "side": side}));
        let parameters: Vec<f32> = views.iter().flat_map(parameters).collect();
        golden.tensor(&format!("views.{name}.parameters"), &[count, parameters.len() / count], parameters);
        let seeds: Vec<_> = views.iter().map(|view| view.noise.seed.to_string()).collect();
        golden.value(&format!("views.{name}.seeds"), seeds);
        let pictures = planes(&shapes(count), side);
        let rendered = numbers(render(upload(pictures.clone(), side, &Device::flex()), &views));
        golden.tensor(&format!("views.{name}.pictures"), &[count, 3, side, side], pictures);
        golden.tensor(&format!("views.{name}.rendered"), &[count, 3, side, side], rendered);
    }
}

/// Returns the settings of the golden runs, by name.
fn runs() -> Vec<(&'static str, Settings)> {
    // On flat areas the whitened first layer gives numbers close to 0, whose sign depends on rounding; blur and
    // noise leave no such areas.
    let shapes = Settings { width: 8, batch: 16, ..Settings::recommended(Images::Shapes) };
    let usual = Settings { augmentations: everything(), steps: 400, ..shapes };
    let with = |loss| Settings { loss, ..usual };
    let mined = |mining| Settings { mining, ..with(LossKind::Triplet) };
    vec![
        ("dcl", usual),
        ("infonce", with(LossKind::InfoNce)),
        ("nce", with(LossKind::Nce)),
        ("semihard", mined(Mining::SemiHard)),
        ("hard", mined(Mining::Hard)),
        ("random", mined(Mining::Random)),
        ("dot", Settings { similarity: Similarity::Dot, temperature: 1.0, ..usual }),
        ("learned", Settings { learned_temperature: true, ..with(LossKind::InfoNce) }),
        ("nce-learned", Settings { learned_temperature: true, ..with(LossKind::Nce) }),
        ("shapes", shapes),
        ("small", Settings { batch: 5, side: 17, depth: 3, readout: 3, outputs: 24, ..usual }),
        ("plain", Settings { first_layer: FirstLayer::Random, ..usual }.with_first_network()),
    ]
}

fn whitening(maps: Tensor<2>) -> Whitening {
    let features = maps.dims()[1];
    let mut fitting = Fitting::new(numbers(maps), features).expect("they differ");
    while fitting.advance() == Progress::More {}
    fitting.finish()
}

fn add_runs(golden: &mut Golden, folder: &Path) {
    for (name, settings) in runs() {
        let side = settings.side as usize;
        let planes = planes(&shapes(PICTURES), side);
        let filters = first_filters(&settings, &planes);
        golden.tensor(&format!("run.{name}.filters"), &[filters.len()], filters.clone());
        let pictures = upload(planes, side, &Device::flex());
        let mut trainer = Trainer::new(settings, pictures.clone(), &filters);
        let snapshot = |trainer: &Trainer| {
            pollster::block_on(trainer.snapshot()).expect("the CPU answers").expect("numbers")
        };
        write(folder, &format!("{name}-start.safetensors"), &snapshot(&trainer));
        let (mut statistics, mut rows) = (Vec::new(), Vec::new());
        for _ in 0..STEPS {
            let outcome = trainer.step();
            statistics.extend(numbers(outcome.statistics));
            rows.push(outcome.rows);
        }
        golden.tensor(&format!("run.{name}.statistics"), &[STEPS as usize, 4], statistics);
        golden.value(&format!("run.{name}"), json!({"link": link::write(&settings), "rows": rows}));
        write(folder, &format!("{name}-end.safetensors"), &snapshot(&trainer));
        let model = pollster::block_on(trainer.model()).expect("the CPU answers").expect("numbers");
        let (model, embedding) = embedding(&trainer, model, pictures.clone());
        write(folder, &format!("{name}-model.safetensors"), &model);
        let embeddings = embedding.forward(pictures);
        let shape = embeddings.dims();
        golden.tensor(&format!("run.{name}.embeddings"), &shape, numbers(embeddings));
    }
}

/// Returns a model with the whitening that its settings ask for, and the embedding by it.
fn embedding(trainer: &Trainer, model: Checkpoint, pictures: Tensor<4>) -> (Checkpoint, Embedding) {
    let encoder = trainer.network().encoder;
    if model.settings.features == Features::Outputs {
        return (model, Embedding::outputs(encoder));
    }
    let mirrored = model.settings.augmentations.mirrors();
    let whitening = whitening(Embedding::mean_map(encoder.clone(), mirrored).forward(pictures));
    let embedding = Embedding::map(encoder, Some(&whitening), mirrored, &Device::flex());
    (model.with_whitening(Some(whitening)), embedding)
}

#[test]
#[ignore = "a part of `cargo xtask torch`"]
fn golden_files_are_written() {
    let folder = folder();
    let mut golden = Golden::default();
    golden.value("build", BUILD);
    add_random(&mut golden);
    add_views(&mut golden);
    add_runs(&mut golden, &folder);
    golden.write(&folder);
    for (index, image) in shapes(PICTURES).iter().enumerate() {
        let kind = folder.join("shapes").join(shape(index, 1).label);
        fs::create_dir_all(&kind).expect("it can be created");
        save(image, &kind.join(format!("{index:03}.png")));
    }
}

/// Reads a table of numbers that the package's tests wrote.
fn rows(path: &Path) -> Vec<f32> {
    let text = fs::read_to_string(path).expect("the package's tests wrote it");
    let rows: Vec<Vec<f32>> = serde_json::from_str(&text).expect("it is JSON");
    rows.concat()
}

#[test]
#[ignore = "a part of `cargo xtask torch`, after the package's tests"]
fn files_of_the_package_open_and_embed_alike() {
    let folder = folder().join("written");
    let read = |name: &str| fs::read(folder.join(name)).expect("the package's tests wrote it");
    let model = Checkpoint::from_file(&read("model.safetensors")).expect("it opens");
    let snapshot = Checkpoint::from_file(&read("snapshot.safetensors")).expect("it opens");
    assert_eq!((model.step, snapshot.step), (model.settings.steps, model.settings.steps));
    let side = model.settings.side as usize;
    // The package reads the pictures kind by kind.
    let mut order: Vec<usize> = (0..PICTURES).collect();
    order.sort_by_key(|index| (shape(*index, 1).label, *index));
    let images: Vec<Image> = order.into_iter().map(|index| shape(index, 1).image).collect();
    let pictures = upload(planes(&images, side), side, &Device::flex());
    let expected = rows(&folder.join("embeddings.json"));
    let filters = first_filters(&model.settings, &planes(&images, side));
    for (file, whose) in [(&model, "model"), (&snapshot, "snapshot")] {
        let trainer = Trainer::resume(file.settings, pictures.clone(), &filters, file);
        let mirrored = file.settings.augmentations.mirrors();
        let encoder = trainer.network().encoder;
        let whitening = model.whitening.as_ref();
        let found =
            numbers(Embedding::map(encoder, whitening, mirrored, &Device::flex()).forward(pictures.clone()));
        assert_eq!(found.len(), expected.len(), "{whose}");
        for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert!((found - expected).abs() < TOLERANCE, "{whose}, {at}: {found} instead of {expected}");
        }
    }
    // The untrained network, from which “Before” is measured, is that of a run which the crate starts itself.
    let own = Trainer::new(model.settings, pictures.clone(), &filters);
    let resumed = Trainer::resume(model.settings, pictures.clone(), &filters, &snapshot);
    let [own, resumed] = [own, resumed].map(|it| numbers(it.untrained().encoder.forward(pictures.clone())));
    for (own, resumed) in own.iter().zip(&resumed) {
        assert!((own - resumed).abs() < 1e-3 * own.abs().max(1.0), "{resumed} instead of {own}");
    }
}

#[test]
#[ignore = "a part of `cargo xtask torch`, after the package's tests"]
fn a_sample_opens_as_an_experiment() {
    let folder = folder().join("written");
    let part = |name: &str| fs::read(folder.join(name)).expect("the package's tests wrote it");
    let experiment = Experiment::from_bytes(&part("experiment-0.bin")).expect("it opens");
    assert_eq!(experiment.settings.images, Images::Own);
    let snapshot = experiment.snapshot.expect("it has one");
    let from = Checkpoint::from_file(&snapshot.file).expect("it opens");
    assert_eq!(from.settings.network_shape(), experiment.settings.network_shape());
    let present = experiment.present.expect("it has one");
    assert_eq!(present.steps.last().expect("it has steps").step, from.step);
    let parts: Vec<_> = (1..=12).map(|at| part(&format!("experiment-{at}.bin"))).collect();
    let pictures = pictures_from_bytes(parts.iter().map(Vec::as_slice)).expect("they open");
    let mut labels = Vec::new();
    for (place, (at, picture)) in pictures.iter().enumerate() {
        assert_eq!(*at as usize, place);
        let index: usize = picture.name.trim_end_matches(".png").parse().expect("a number");
        let expected = shape(index, 1);
        assert_eq!((&picture.image, picture.label.as_deref()), (&expected.image, Some(expected.label)));
        labels.push(expected.label);
    }
    labels.sort_unstable();
    labels.dedup();
    assert!(labels.len() > 5, "twelve far pictures show only {labels:?}");
    let side = from.settings.side as usize;
    let images: Vec<Image> = pictures.into_iter().map(|(_, picture)| picture.image).collect();
    let filters = first_filters(&from.settings, &planes(&images, side));
    let pictures = upload(planes(&images, side), side, &Device::flex());
    let mut trainer = Trainer::resume(experiment.settings, pictures, &filters, &from);
    let loss = numbers(trainer.step().statistics)[0];
    assert!(loss.is_finite());
}
