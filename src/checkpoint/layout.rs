//! Names, shapes and valid values of a checkpoint's tensors.

use std::collections::BTreeMap;

use super::{
    LOSS, NamedTensors, UNTRAINED,
    numbers::{FIRST, SECOND},
};
use crate::{
    encoder::{EncoderConfig, PROJECTION},
    protocol::ModelFailure,
    settings::{FirstLayer, Settings},
};

/// Returns name and shape of every tensor except those of the whitening.
pub fn tensors(settings: &Settings, of_snapshot: bool) -> BTreeMap<String, Vec<usize>> {
    let mut tensors = network(&EncoderConfig::of(settings));
    if !of_snapshot {
        return tensors;
    }
    let loss = ["log_temperature", "bias"].map(|name| (format!("{LOSS}.{name}"), vec![1]));
    let (running, trained): (Vec<_>, Vec<_>) =
        tensors.clone().into_iter().partition(|(name, _)| is_running_statistic(name));
    for (name, shape) in trained.into_iter().chain(loss.clone()) {
        tensors.insert(format!("{FIRST}.{name}"), shape.clone());
        tensors.insert(format!("{SECOND}.{name}"), shape);
    }
    tensors.extend(loss);
    let first = (settings.first_layer == FirstLayer::Whitened)
        .then(|| (FIRST_WEIGHT.to_owned(), tensors[FIRST_WEIGHT].clone()));
    let untrained = running.into_iter().chain(first);
    tensors.extend(untrained.map(|(name, shape)| (format!("{UNTRAINED}.{name}"), shape)));
    tensors
}

fn network(config: &EncoderConfig) -> BTreeMap<String, Vec<usize>> {
    let mut tensors = BTreeMap::new();
    let mut channels = 3;
    for (place, (output, _)) in config.blocks.iter().enumerate() {
        let name = |name: &str| format!("encoder.blocks.{place}.{name}");
        tensors.insert(name("weight"), vec![*output, channels, 3, 3]);
        for channel in ["gamma", "beta", "mean", "variance"] {
            tensors.insert(name(channel), vec![*output]);
        }
        channels = *output;
    }
    let layers =
        [("encoder.output", config.read(), config.outputs), ("head.output", config.outputs, PROJECTION)];
    for (layer, input, output) in layers {
        tensors.insert(format!("{layer}.weight"), vec![input, output]);
        tensors.insert(format!("{layer}.bias"), vec![output]);
    }
    tensors
}

/// Filters of the first convolution.
const FIRST_WEIGHT: &str = "encoder.blocks.0.weight";

/// Returns whether a tensor of the untrained network does not come from the seed.
pub fn is_made_for_the_set(name: &str) -> bool {
    is_running_statistic(name) || name.ends_with(FIRST_WEIGHT)
}

/// Returns whether a tensor is one of AdamW's moments.
pub fn is_moment(name: &str) -> bool {
    name.starts_with(FIRST) || name.starts_with(SECOND)
}

/// Returns whether a tensor is a running statistic, which is not trained.
pub fn is_running_statistic(name: &str) -> bool {
    name.ends_with(".mean") || name.ends_with(".variance")
}

/// Fails if a value is not finite, or negative where its root is taken.
pub fn check_values(numbers: &NamedTensors) -> Result<(), ModelFailure> {
    for (name, tensor) in numbers {
        let is_square = name.ends_with(".variance") || name.starts_with(SECOND);
        if tensor.values.iter().any(|value| !value.is_finite() || is_square && *value < 0.0) {
            return Err(ModelFailure::TensorValues(name.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::{
        checkpoint::Gatherer,
        random::{Purpose, generator},
        settings::Images,
    };

    fn settings() -> Settings {
        Settings { width: 4, side: 16, ..Settings::recommended(Images::Shapes) }
    }

    #[test]
    fn layout_matches_the_network() {
        let settings = settings();
        let config = EncoderConfig::of(&settings);
        let network = config.init(&mut generator(1, Purpose::Weights, 0), &Device::flex());
        let mut gatherer = Gatherer::default();
        gatherer.take("", &network);
        let gathered = pollster::block_on(gatherer.finish()).expect("the CPU answers");
        let shapes: BTreeMap<_, _> =
            gathered.into_iter().map(|(name, numbers)| (name, numbers.shape)).collect();
        assert_eq!(tensors(&settings, false), shapes);
    }

    #[test]
    fn snapshot_has_moments_of_trained_parameters_only() {
        let names: Vec<_> = tensors(&settings(), true).into_keys().collect();
        let has = |name: &str| names.iter().any(|other| other == name);
        assert!(has("optimizer.first.encoder.blocks.0.weight") && has("optimizer.second.loss.bias"));
        assert!(has("untrained.encoder.blocks.3.variance") && has("loss.log_temperature"));
        assert!(has("untrained.encoder.blocks.0.weight") && !has("untrained.encoder.blocks.1.weight"));
        assert!(!has("optimizer.first.encoder.blocks.0.mean") && !has("untrained.head.output.bias"));
    }
}
