//! A checkpoint as a safetensors file.

use std::{collections::BTreeMap, str::FromStr};

use safetensors::{
    Dtype, SafeTensors,
    tensor::{Metadata, TensorView},
};

use super::{Check, Checkpoint, HostTensor, NamedTensors, OptimizerSteps, check::PICTURES, layout};
use crate::{
    encoder::{EncoderConfig, INPUT_FACTOR, INPUT_OFFSET, PROJECTION},
    evaluate::whitening::{MAX_COMPONENTS, Whitening},
    image::SIDE,
    kernels::block::EPSILON,
    link,
    protocol::{BUILD, MAX_MODEL_BYTES, ModelFailure},
    settings::{Features, Settings},
};

/// Name of this format in the metadata.
const FORMAT: &str = "likeness";

/// Version of the format, raised whenever older pages could not read the file.
const VERSION: u32 = 3;

/// Version of files without check pictures.
const WITHOUT_CHECK: u32 = 2;

/// First version, whose networks all had one kind of readout, and their outputs as embeddings.
const FIRST_VERSION: u32 = 1;

/// Names of the whitening's tensors.
const WHITENING: [&str; 2] = ["embedding.mean", "embedding.matrix"];

/// Names of the check's tensors.
pub(super) const CHECK: [&str; 2] = ["check.pictures", "check.embeddings"];

/// Metadata key of the map's effective rank before whitening.
const RANK: &str = "effective_rank";

/// Returns the checkpoint as a file.
pub fn write(checkpoint: &Checkpoint) -> Vec<u8> {
    let metadata = metadata(checkpoint).into_iter().map(|(name, value)| (name.to_owned(), value));
    let mut tensors = views(&checkpoint.numbers);
    if let Some(Whitening { mean, matrix, .. }) = &checkpoint.whitening {
        tensors.insert(WHITENING[0], floats(mean, vec![mean.len()]));
        tensors.insert(WHITENING[1], floats(matrix, vec![mean.len(), matrix.len() / mean.len()]));
    }
    if let Some(Check { pictures, embeddings }) = &checkpoint.check {
        let side = checkpoint.settings.side as usize;
        tensors.insert(CHECK[0], view(Dtype::U8, pictures, vec![PICTURES, 3, side, side]));
        tensors.insert(CHECK[1], floats(embeddings, vec![PICTURES, embeddings.len() / PICTURES]));
    }
    safetensors::serialize(tensors, Some(metadata.collect())).expect("shapes fit the values")
}

fn views(numbers: &NamedTensors) -> BTreeMap<&str, TensorView<'_>> {
    numbers.iter().map(|(name, tensor)| (name.as_str(), tensor.view())).collect()
}

fn floats(values: &[f32], shape: Vec<usize>) -> TensorView<'_> {
    view(Dtype::F32, bytemuck::cast_slice(values), shape)
}

fn view(kind: Dtype, bytes: &[u8], shape: Vec<usize>) -> TensorView<'_> {
    TensorView::new(kind, shape, bytes).expect("the shape fits the values")
}

/// Returns the metadata, which describe the numbers in text.
pub fn metadata(checkpoint: &Checkpoint) -> BTreeMap<&'static str, String> {
    let Checkpoint { settings, step, training, whitening, check, .. } = checkpoint;
    let version = if check.is_some() { VERSION } else { WITHOUT_CHECK };
    let mut metadata = BTreeMap::from_iter(shape(settings, version));
    metadata.extend([
        ("format", FORMAT.to_owned()),
        ("version", version.to_string()),
        ("build", BUILD.to_owned()),
        ("settings", link::write(settings)),
        ("step", step.to_string()),
    ]);
    if let Some(Whitening { effective_rank, .. }) = whitening {
        metadata.insert(RANK, effective_rank.to_string());
    }
    if let Some(OptimizerSteps { network, loss }) = training {
        metadata.insert("optimizer_steps", network.to_string());
        metadata.insert("loss_optimizer_steps", loss.to_string());
    }
    metadata
}

/// Returns the metadata that another program needs to build the network and to prepare its input, as in files
/// of a version.
fn shape(settings: &Settings, version: u32) -> Vec<(&'static str, String)> {
    let config = EncoderConfig::of(settings);
    let first = [
        ("width", settings.width.to_string()),
        ("depth", settings.depth.to_string()),
        ("side", settings.side.to_string()),
        ("stages", stages(&config)),
        ("projection", PROJECTION.to_string()),
        ("picture_side", SIDE.to_string()),
        ("input_factor", INPUT_FACTOR.to_string()),
        ("input_offset", INPUT_OFFSET.to_string()),
        ("epsilon", EPSILON.to_string()),
    ];
    let later = [
        ("readout", config.readout.to_string()),
        ("outputs", config.outputs.to_string()),
        ("features", (if settings.features == Features::Map { "map" } else { "outputs" }).to_owned()),
        ("mirrored", u8::from(settings.augmentations.mirrors()).to_string()),
    ];
    let count = if version == FIRST_VERSION { 0 } else { later.len() };
    first.into_iter().chain(later.into_iter().take(count)).collect()
}

/// Returns channels and stride of every convolution, as JSON.
fn stages(config: &EncoderConfig) -> String {
    format!("{:?}", config.blocks.iter().map(|(channels, stride)| [*channels, *stride]).collect::<Vec<_>>())
}

/// Reads a file.
pub fn read(bytes: &[u8]) -> Result<Checkpoint, ModelFailure> {
    if bytes.len() > MAX_MODEL_BYTES {
        return Err(ModelFailure::TooLarge);
    }
    let broken = |_| ModelFailure::NotSafetensors;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(broken)?;
    let mut checkpoint = understand(&header)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(broken)?;
    let expected = layout::tensors(&checkpoint.settings, checkpoint.training.is_some());
    checkpoint.whitening = whitening(&tensors, &header, &checkpoint)?;
    checkpoint.check = check(&tensors, &checkpoint)?;
    let belongs = |name: &str| {
        expected.contains_key(name)
            || checkpoint.whitening.is_some() && WHITENING.contains(&name)
            || checkpoint.check.is_some() && CHECK.contains(&name)
    };
    if let Some(name) = tensors.names().into_iter().find(|name| !belongs(name)) {
        return Err(ModelFailure::UnknownTensor(shortened(name)));
    }
    let mut numbers = BTreeMap::new();
    for (name, shape) in expected {
        let tensor = tensors.tensor(&name).map_err(|_| ModelFailure::MissingTensor(name.clone()))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
            return Err(ModelFailure::TensorShape(name));
        }
        let values = bytemuck::pod_collect_to_vec(tensor.data());
        numbers.insert(name, HostTensor { shape, values });
    }
    layout::check_values(&numbers)?;
    Ok(Checkpoint { numbers, ..checkpoint })
}

/// Reads the whitening of the map, if the file is a model that has one.
fn whitening(
    tensors: &SafeTensors,
    header: &Metadata,
    checkpoint: &Checkpoint,
) -> Result<Option<Whitening>, ModelFailure> {
    let Checkpoint { settings, training, .. } = checkpoint;
    let found = WHITENING.map(|name| tensors.tensor(name).ok());
    let [Some(mean), Some(matrix)] = found else { return Ok(None) };
    let features = EncoderConfig::of(settings).read();
    let fits = training.is_none()
        && settings.features == Features::Map
        && [mean.dtype(), matrix.dtype()] == [Dtype::F32; 2]
        && mean.shape() == [features]
        && matches!(matrix.shape(), [rows, columns] if *rows == features && (1..=MAX_COMPONENTS).contains(columns));
    if !fits {
        return Err(ModelFailure::WhiteningShape);
    }
    let [mean, matrix] = [mean, matrix].map(|tensor| bytemuck::pod_collect_to_vec::<_, f32>(tensor.data()));
    let rank = header.metadata().as_ref().and_then(|all| all.get(RANK)).map(String::as_str);
    let effective_rank: f32 = number(rank, RANK)?;
    if mean.iter().chain(&matrix).chain([&effective_rank]).any(|value| !value.is_finite()) {
        return Err(ModelFailure::WhiteningValues);
    }
    Ok(Some(Whitening { mean, matrix, effective_rank }))
}

/// Reads the check pictures, if the file is a model that has some.
fn check(tensors: &SafeTensors, checkpoint: &Checkpoint) -> Result<Option<Check>, ModelFailure> {
    let Checkpoint { settings, training, whitening, .. } = checkpoint;
    let found = CHECK.map(|name| tensors.tensor(name).ok());
    let [Some(pictures), Some(embeddings)] = found else { return Ok(None) };
    let config = EncoderConfig::of(settings);
    let dimensions = match (settings.features, whitening) {
        (Features::Outputs, _) => config.outputs,
        (Features::Map, None) => config.read(),
        (Features::Map, Some(whitening)) => whitening.components(),
    };
    let side = settings.side as usize;
    let fits = training.is_none()
        && [pictures.dtype(), embeddings.dtype()] == [Dtype::U8, Dtype::F32]
        && pictures.shape() == [PICTURES, 3, side, side]
        && embeddings.shape() == [PICTURES, dimensions];
    if !fits {
        return Err(ModelFailure::Check);
    }
    let embeddings: Vec<f32> = bytemuck::pod_collect_to_vec(embeddings.data());
    if embeddings.iter().any(|value| !value.is_finite()) {
        return Err(ModelFailure::Check);
    }
    Ok(Some(Check { pictures: pictures.data().to_vec(), embeddings }))
}

/// Reads the network's description from the metadata; its numbers are still to be read.
fn understand(header: &Metadata) -> Result<Checkpoint, ModelFailure> {
    let get = |name: &str| header.metadata().as_ref()?.get(name).map(String::as_str);
    if get("format") != Some(FORMAT) {
        return Err(ModelFailure::Foreign);
    }
    let version: u32 = number(get("version"), "version")?;
    if !(FIRST_VERSION..=VERSION).contains(&version) {
        return Err(ModelFailure::Version { found: version, newest: VERSION });
    }
    let settings = get("settings").ok_or_else(|| ModelFailure::Entry("settings".to_owned()))?;
    let (settings, problems) = link::read_stored(settings);
    if let Some(problem) = problems.into_iter().next() {
        return Err(ModelFailure::Settings(problem));
    }
    if let Some((name, _)) = shape(&settings, version).iter().find(|(name, value)| get(name) != Some(value)) {
        return Err(ModelFailure::Shape((*name).to_owned()));
    }
    let training = match (get("optimizer_steps"), get("loss_optimizer_steps")) {
        (None, None) => None,
        (network, loss) => Some(OptimizerSteps {
            network: number(network, "optimizer_steps")?,
            loss: number(loss, "loss_optimizer_steps")?,
        }),
    };
    let step = number(get("step"), "step")?;
    let OptimizerSteps { network, loss } = training.unwrap_or_default();
    if [step, network, loss].into_iter().any(|steps| steps > Settings::STEPS.max) {
        return Err(ModelFailure::TooManySteps);
    }
    Ok(Checkpoint { settings, step, training, whitening: None, check: None, numbers: BTreeMap::new() })
}

fn number<T: FromStr>(text: Option<&str>, name: &str) -> Result<T, ModelFailure> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| ModelFailure::Entry(name.to_owned()))
}

/// Returns the beginning of a text from a file, which may be of any length.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use safetensors::serialize;

    use super::*;
    use crate::{
        checkpoint::NamedTensors,
        link::Problem,
        settings::{FirstLayer, Images},
        train::{Trainer, upload},
    };

    fn checkpoint(training: Option<OptimizerSteps>) -> Checkpoint {
        let mut settings = Settings::recommended(Images::Shapes);
        (settings.width, settings.side, settings.seed) = (4, 16, 9);
        let pictures = upload(vec![0.5; 4 * 3 * 16 * 16], 16, &burn::tensor::Device::flex());
        let trainer = Trainer::new(settings, pictures, &[]);
        let taken = match training {
            Some(_) => pollster::block_on(trainer.snapshot()),
            None => pollster::block_on(trainer.model()),
        };
        let numbers = taken.expect("the CPU answers").expect("they are numbers").numbers().clone();
        Checkpoint::new(settings, 7, training, numbers).expect("they are numbers")
    }

    /// Writes and reads a file with changed metadata and tensors.
    fn tampered(
        tamper: impl FnOnce(&mut BTreeMap<&'static str, String>, &mut NamedTensors),
    ) -> Result<Checkpoint, ModelFailure> {
        let mut checkpoint = checkpoint(None);
        let mut metadata = metadata(&checkpoint);
        tamper(&mut metadata, &mut checkpoint.numbers);
        let metadata = metadata.into_iter().map(|(name, value)| (name.to_owned(), value));
        let bytes = serialize(views(&checkpoint.numbers), Some(metadata.collect())).expect("shapes fit");
        Checkpoint::from_file(&bytes)
    }

    fn refusal(read: Result<Checkpoint, ModelFailure>) -> ModelFailure {
        read.expect_err("it is refused")
    }

    /// Returns a file with this header and `bytes` bytes after it.
    fn with_header(header: &str, bytes: usize) -> Vec<u8> {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        file.resize(file.len() + bytes, 0);
        file
    }

    #[test]
    fn models_and_snapshots_round_trip_exactly() {
        for training in [None, Some(OptimizerSteps { network: 7, loss: 3 })] {
            let checkpoint = checkpoint(training);
            assert_eq!(Checkpoint::from_file(&checkpoint.to_file()), Ok(checkpoint));
        }
    }

    #[test]
    fn models_are_checked_by_their_pictures() {
        for features in [Features::Map, Features::Outputs] {
            let mut model = checkpoint(None);
            model.settings.features = features;
            let whole = model.with_check();
            assert_eq!(Checkpoint::from_file(&whole.to_file()), Ok(whole.clone()));
            assert_eq!(whole.verify(), Ok(()));
            // Of every kind of damage that leaves the file readable, one.
            let mut others = [whole.clone(), whole.clone(), whole];
            others[0].numbers.get_mut("encoder.blocks.1.gamma").expect("it is there").values[0] += 1.0;
            others[1].check.as_mut().expect("it is there").embeddings[0] = f32::NAN;
            others[2].check.as_mut().expect("it is there").pictures.fill(7);
            assert!(others.iter().all(|model| model.verify() == Err(ModelFailure::Check)));
            others[1].check.as_mut().expect("it is there").embeddings.truncate(PICTURES);
            assert_eq!(refusal(Checkpoint::from_file(&others[1].to_file())), ModelFailure::Check);
        }
    }

    #[test]
    fn snapshots_of_a_random_first_layer_open() {
        let mut settings = Settings::recommended(Images::Shapes);
        (settings.width, settings.side, settings.first_layer) = (4, 16, FirstLayer::Random);
        let pictures = upload(vec![0.5; 4 * 3 * 16 * 16], 16, &burn::tensor::Device::flex());
        let snapshot = pollster::block_on(Trainer::new(settings, pictures, &[]).snapshot());
        let snapshot = snapshot.expect("the CPU answers").expect("they are numbers");
        assert_eq!(Checkpoint::from_file(&snapshot.to_file()), Ok(snapshot));
    }

    #[test]
    fn whitening_round_trips_or_is_refused() {
        let features = 2 * 2 * 16;
        let whitening =
            |matrix: Vec<f32>| Whitening { mean: vec![0.5; features], matrix, effective_rank: 2.5 };
        let with = |matrix| checkpoint(None).with_whitening(Some(whitening(matrix)));
        let whole = with((0..features * 3).map(|at| at as f32 * 0.1).collect());
        assert_eq!(Checkpoint::from_file(&whole.to_file()), Ok(whole));
        let of_no_numbers = with(vec![f32::NAN; features]);
        assert_eq!(refusal(Checkpoint::from_file(&of_no_numbers.to_file())), ModelFailure::WhiteningValues);
        let mut too_short = with(vec![1.0; features]);
        too_short.whitening =
            too_short.whitening.map(|it| Whitening { mean: vec![0.0; 8], matrix: vec![0.0; 8], ..it });
        assert_eq!(refusal(Checkpoint::from_file(&too_short.to_file())), ModelFailure::WhiteningShape);
        // A network whose outputs embed pictures has no whitening.
        let mut of_outputs = with(vec![1.0; features]);
        of_outputs.settings.features = Features::Outputs;
        assert_eq!(refusal(Checkpoint::from_file(&of_outputs.to_file())), ModelFailure::WhiteningShape);
    }

    #[test]
    fn names_and_metadata_match_the_documented_format() {
        let file = checkpoint(None).to_file();
        let tensors = SafeTensors::deserialize(&file).expect("it is whole");
        assert_eq!(tensors.tensor("encoder.blocks.1.weight").expect("it is there").shape(), [8, 4, 3, 3]);
        let (_, header) = SafeTensors::read_metadata(&file).expect("it is whole");
        let get = |name: &str| header.metadata().as_ref().and_then(|all| all.get(name)).map(String::as_str);
        assert_eq!(get("stages"), Some("[[4, 1], [8, 2], [16, 2], [16, 2]]"));
        assert_eq!(
            (get("input_factor"), get("input_offset"), get("epsilon")),
            (Some("4"), Some("-2"), Some("0.00001"))
        );
        assert_eq!((get("step"), get("side"), get("optimizer_steps")), (Some("7"), Some("16"), None));
    }

    #[test]
    fn truncated_files_are_refused() {
        let whole = checkpoint(None).to_file();
        let lengths = (0..64).chain((64..whole.len()).step_by(97)).chain([whole.len() - 1]);
        for length in lengths {
            refusal(Checkpoint::from_file(&whole[..length]));
        }
        let longer = [whole.as_slice(), &[0]].concat();
        refusal(Checkpoint::from_file(&longer));
    }

    #[test]
    fn foreign_files_and_other_versions_are_named() {
        let foreign = with_header(r#"{"weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8);
        assert_eq!(refusal(Checkpoint::from_file(&foreign)), ModelFailure::Foreign);
        let picture = Checkpoint::from_file(b"\x89PNG\r\n\x1a\n not a model at all");
        assert_eq!(refusal(picture), ModelFailure::NotSafetensors);
        let other = tampered(|metadata, _| drop(metadata.insert("version", "4".to_owned())));
        assert_eq!(refusal(other), ModelFailure::Version { found: 4, newest: VERSION });
        let unknown =
            tampered(|metadata, _| drop(metadata.insert("settings", "width=4&taste=sweet".to_owned())));
        assert_eq!(refusal(unknown), ModelFailure::Settings(Problem::Unknown("taste".to_owned())));
    }

    #[test]
    fn hostile_headers_are_refused_without_large_allocations() {
        let huge = format!("[{}]", ["4294967296"; 8].join(","));
        for tensors in [
            format!(r#""encoder.blocks.0.weight":{{"dtype":"F32","shape":{huge},"data_offsets":[0,8]}}"#),
            r#""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}"#.to_owned(),
            r#""a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#.to_owned(),
            r#""a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551615]}"#.to_owned(),
        ] {
            let header = format!(r#"{{"__metadata__":{{"format":"likeness","version":"1"}},{tensors}}}"#);
            refusal(Checkpoint::from_file(&with_header(&header, 12)));
        }
        let mut endless = u64::MAX.to_le_bytes().to_vec();
        endless.extend([b'{'; 64]);
        refusal(Checkpoint::from_file(&endless));
    }

    #[test]
    fn tensors_that_do_not_fit_are_named() {
        let missing = tampered(|_, numbers| drop(numbers.remove("head.output.bias")));
        assert_eq!(refusal(missing), ModelFailure::MissingTensor("head.output.bias".to_owned()));
        let extra = tampered(|_, numbers| {
            numbers.insert("x".repeat(500), HostTensor::zeros(vec![1]));
        });
        assert_eq!(refusal(extra), ModelFailure::UnknownTensor("x".repeat(80) + "…"));
        let reshaped = tampered(|_, numbers| {
            numbers.insert("head.output.bias".to_owned(), HostTensor::zeros(vec![1, 64]));
        });
        assert_eq!(refusal(reshaped), ModelFailure::TensorShape("head.output.bias".to_owned()));
        let wider = tampered(|metadata, _| drop(metadata.insert("width", "8".to_owned())));
        assert_eq!(refusal(wider), ModelFailure::Shape("width".to_owned()));
    }

    #[test]
    fn impossible_values_are_refused() {
        for (name, value) in [
            ("encoder.blocks.2.weight", f32::NAN),
            ("head.output.bias", f32::INFINITY),
            ("encoder.blocks.0.variance", -0.5),
        ] {
            let read = tampered(|_, numbers| {
                numbers.get_mut(name).expect("it is there").values[0] = value;
            });
            assert_eq!(refusal(read), ModelFailure::TensorValues(name.to_owned()));
        }
    }
}
