//! The encoder and its projection head.

mod first_layer;
pub mod readout;

pub use first_layer::first_filters;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData, activation::relu},
};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::{
    kernels::{
        block::{self, BatchStatistics},
        lasting,
        matmul::matmul,
    },
    settings::Settings,
};

/// Number of dimensions of a projection.
pub const PROJECTION: usize = 64;

/// Factor applied to pixel values, 0 … 1, before the first convolution.
pub const INPUT_FACTOR: f32 = 4.0;

/// Offset added after [`INPUT_FACTOR`].
pub const INPUT_OFFSET: f32 = -2.0;

/// Largest number of ghost batches per training batch: each is normalised separately, and the two views of a
/// pair are in different ones.
const GHOSTS: usize = 4;

/// Smallest number of views per ghost batch; smaller training batches are split into fewer.
const MIN_GHOST: usize = 8;

/// Returns the number of ghost batches for a batch of `views`: 1, 2 or 4. First views come first, so with
/// more than one ghost batch no pair is within a single one.
pub fn ghosts(views: usize) -> usize {
    if views >= GHOSTS * MIN_GHOST {
        GHOSTS
    } else if views >= 2 * MIN_GHOST {
        2
    } else {
        1
    }
}

/// Number of weights per filter of the first convolution.
const FILTER: usize = 3 * 3 * 3;

/// Shape of an encoder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncoderConfig {
    /// Output channels and stride of each block’s 3 × 3 convolution.
    pub blocks: Vec<(usize, usize)>,
    /// Side length, in places, of the grid to which the last map is pooled before the linear layer; at most
    /// the map's own side length.
    pub readout: usize,
    /// Number of outputs of the linear layer.
    pub outputs: usize,
}

impl EncoderConfig {
    /// Returns the encoder of a width and a depth whose linear layer reads the mean of the last map and has
    /// as many outputs as that map has channels. The channels double twice; every convolution but the first
    /// halves the side length.
    pub fn new(width: usize, depth: usize) -> Self {
        let block = |at: usize| (width << at.min(2), if at == 0 { 1 } else { 2 });
        Self::with_blocks((0..depth).map(block).collect())
    }

    /// Like [`Self::new`], for arbitrary blocks of `(output channels, stride)`.
    pub fn with_blocks(blocks: Vec<(usize, usize)>) -> Self {
        let (outputs, _) = *blocks.last().expect("an encoder has blocks");
        Self { blocks, readout: 1, outputs }
    }

    /// Returns the encoder configuration chosen by the settings.
    pub fn of(settings: &Settings) -> Self {
        Self {
            readout: settings.readout.min(settings.map_side()) as usize,
            outputs: settings.outputs as usize,
            ..Self::new(settings.width as usize, settings.depth as usize)
        }
    }

    /// Returns the number of inputs of the linear layer.
    pub fn read(&self) -> usize {
        let (channels, _) = *self.blocks.last().expect("an encoder has blocks");
        self.readout * self.readout * channels
    }

    /// Builds the network with weights drawn from `rng`.
    pub fn init(&self, rng: &mut impl Rng, device: &Device) -> Network {
        self.build(&mut |count, inputs| kaiming_uniform(count, inputs, rng), device)
    }

    /// Builds the network with weights of 0.
    pub fn empty(&self, device: &Device) -> Network {
        self.build(&mut |count, _| vec![0.0; count], device)
    }

    /// Builds the network; `draw` returns a number of weights for layers with so many inputs per output.
    fn build(&self, draw: &mut dyn FnMut(usize, usize) -> Vec<f32>, device: &Device) -> Network {
        let mut channels = 3;
        let mut block = |&(out, stride): &(usize, usize)| {
            let block = Block::new(channels, out, stride, draw, device);
            channels = out;
            block
        };
        let blocks = self.blocks.iter().map(&mut block).collect();
        let output = Linear::new(self.read(), self.outputs, draw, device);
        Network {
            encoder: Encoder { blocks, output, readout: self.readout },
            head: Head { output: Linear::new(self.outputs, PROJECTION, draw, device) },
        }
    }
}

/// Encoder and projection head.
#[derive(Module, Debug)]
pub struct Network {
    /// Maps pictures to embeddings.
    pub encoder: Encoder,
    /// Maps embeddings to projections; used only by the loss.
    pub head: Head,
}

/// Convolutions, followed by a linear layer with ReLU on the last map.
///
/// SimCLR cuts the network before that layer and treats it as part of the head; here its outputs can serve as
/// embeddings too (as in Chen et al. 2020, "Big Self-Supervised Models", section 4.2).
#[derive(Module, Debug)]
pub struct Encoder {
    blocks: Vec<Block>,
    output: Linear,
    readout: usize,
}

/// A 3 × 3 convolution, batch normalisation and ReLU.
#[derive(Module, Debug)]
struct Block {
    weight: Param<Tensor<4>>,
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
    /// Running statistics, used outside training.
    mean: Param<Tensor<1>>,
    variance: Param<Tensor<1>>,
    stride: usize,
}

/// Layer between embeddings and the loss.
#[derive(Module, Debug)]
pub struct Head {
    output: Linear,
}

/// `x · weight + bias`.
#[derive(Module, Debug)]
struct Linear {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

impl Encoder {
    /// Computes the linear layer's input for each picture independently, normalised by the running
    /// statistics.
    ///
    /// # Shapes
    /// - `pictures`: `[batch, 3, side, side]`, values in 0 … 1
    /// - result: `[batch, places · channels]`, place by place
    pub fn map(&self, pictures: Tensor<4>) -> Tensor<2> {
        let x = self.blocks.iter().fold(centred(pictures), |x, block| block.forward(x));
        readout::read(x, self.readout)
    }

    /// Computes the outputs of the linear layer, `[batch, outputs]`, for pictures as in [`Encoder::map`].
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<2> {
        self.outputs(self.map(pictures))
    }

    /// Like [`Self::forward`], for a training batch split into ghost batches, each normalised by its own
    /// statistics. Also returns the statistics, one entry per block.
    pub fn forward_batch(&self, pictures: Tensor<4>, ghosts: usize) -> (Tensor<2>, Vec<BatchStatistics>) {
        let mut all_statistics = Vec::with_capacity(self.blocks.len());
        let x = self.blocks.iter().fold(centred(pictures), |x, block| {
            let (x, statistics) = block.forward_batch(x, ghosts);
            all_statistics.push(statistics);
            x
        });
        (self.outputs(readout::read(x, self.readout)), all_statistics)
    }

    /// Returns the shape of the encoder.
    pub fn config(&self) -> EncoderConfig {
        let blocks = self.blocks.iter().map(|block| (block.weight.dims()[0], block.stride)).collect();
        EncoderConfig { blocks, readout: self.readout, outputs: self.dimensions() }
    }

    /// Returns the number of outputs of the linear layer.
    pub fn dimensions(&self) -> usize {
        self.output.bias.dims()[0]
    }

    fn outputs(&self, map: Tensor<2>) -> Tensor<2> {
        relu(self.output.forward(map))
    }

    /// Initialises the first convolution with filters, `[filters, 3, 3, 3]` in row-major order; the remaining
    /// filters keep their weights.
    pub fn start_with(&mut self, filters: &[f32]) {
        let given = filters.len() / FILTER;
        if given == 0 {
            return;
        }
        let filters = TensorData::new(filters.to_vec(), [given, 3, 3, 3]);
        let first = &mut self.blocks[0];
        first.weight = first.weight.clone().map(|weight| {
            let filters = Tensor::from_data(filters, &weight.device());
            weight.slice_assign([0..given, 0..3, 0..3, 0..3], filters)
        });
    }

    /// Returns the number of activations of the first block for one picture of `side` pixels. No later block
    /// has more, so this bounds how many pictures fit into memory at a time.
    pub fn activation(&self, side: usize) -> usize {
        self.blocks[0].weight.dims()[0] * side * side
    }

    /// Replaces `share` of the running statistics by those of a batch, in place.
    pub fn update_running(&mut self, statistics: Vec<BatchStatistics>, share: f64) {
        for (block, BatchStatistics { mean, variance }) in self.blocks.iter_mut().zip(statistics) {
            block.mean = blend(&block.mean, mean, share);
            block.variance = blend(&block.variance, variance, share);
        }
    }
}

/// Scales values to −2 … 2, so that the zero padding of a convolution means middle grey.
fn centred(pictures: Tensor<4>) -> Tensor<4> {
    pictures.mul_scalar(INPUT_FACTOR).add_scalar(INPUT_OFFSET)
}

fn blend(old: &Param<Tensor<1>>, new: Tensor<1>, share: f64) -> Param<Tensor<1>> {
    let (target, tracked) = (old.val(), old.val().is_autodiff());
    let target = target.inner();
    let blended = target.clone().mul_scalar(1.0 - share) + new.inner().mul_scalar(share);
    let running = lasting::assign(target, blended);
    Param::initialized(old.id, if tracked { running.autodiff() } else { running })
}

impl Block {
    fn new(
        input: usize,
        output: usize,
        stride: usize,
        draw: &mut dyn FnMut(usize, usize) -> Vec<f32>,
        device: &Device,
    ) -> Self {
        let weight = draw(output * input * 9, input * 9);
        let constant = |value: f32| Param::from_tensor(Tensor::full([output], value, device));
        Self {
            weight: Param::from_data(TensorData::new(weight, [output, input, 3, 3]), device),
            gamma: constant(1.0),
            beta: constant(0.0),
            mean: constant(0.0).set_require_grad(false),
            variance: constant(1.0).set_require_grad(false),
            stride,
        }
    }

    fn weights(&self) -> block::Weights {
        let (kernel, gamma, beta) = (self.weight.val(), self.gamma.val(), self.beta.val());
        block::Weights { kernel, gamma, beta, stride: self.stride }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let running = BatchStatistics { mean: self.mean.val(), variance: self.variance.val() };
        block::forward_eval(x, self.weights(), running)
    }

    fn forward_batch(&self, x: Tensor<4>, ghosts: usize) -> (Tensor<4>, BatchStatistics) {
        block::forward_train(x, self.weights(), ghosts)
    }
}

impl Head {
    /// Projects embeddings into the space of the loss.
    ///
    /// # Shapes
    /// - `embeddings`: `[batch, dimensions]`
    /// - result: `[batch, 64]`
    pub fn forward(&self, embeddings: Tensor<2>) -> Tensor<2> {
        self.output.forward(embeddings)
    }
}

impl Linear {
    fn new(
        input: usize,
        output: usize,
        draw: &mut dyn FnMut(usize, usize) -> Vec<f32>,
        device: &Device,
    ) -> Self {
        let weight = draw(input * output, input);
        Self {
            weight: Param::from_data(TensorData::new(weight, [input, output]), device),
            bias: Param::from_tensor(Tensor::zeros([output], device)),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        matmul(x, self.weight.val()) + self.bias.val().unsqueeze()
    }
}

/// Draws weights with variance `2 / fan_in`, which keeps the scale through ReLUs (He et al. 2015).
fn kaiming_uniform(count: usize, fan_in: usize, rng: &mut impl Rng) -> Vec<f32> {
    let bound = (6.0 / fan_in as f32).sqrt();
    (0..count).map(|_| rng.random_range(-bound..bound)).collect()
}
