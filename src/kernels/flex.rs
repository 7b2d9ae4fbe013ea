//! Operations on burn's `Flex` backend: own loops on the CPU.

use std::ops::Range;

use burn::{
    backend::{Flex, TensorMetadata, flex::FlexTensor, ops::FloatTensorOps},
    tensor::TensorData,
};

use super::{
    adamw::FACTORS,
    block::EPSILON,
    cpu::{
        adamw, convolution,
        normalisation::{self, Normalisation},
        views,
    },
    extension::{
        BlockGradients, BlockOutputs, BlockPasses, InferenceKernels,
        adamw::{Moved, ParameterStep},
        lasting::LastingTensors,
        matmul::MatMul,
    },
    geometry::{Geometry, ghost_batches},
    views::NUMBERS,
};
use crate::{affine_colour::Colour, augment::View};

/// Returns a contiguous tensor with channels last.
fn channels_last(tensor: &FlexTensor) -> FlexTensor {
    tensor.permute(&[0, 2, 3, 1]).to_contiguous()
}

/// Returns a tensor shaped `[batch, channels, height, width]` from numbers stored channels-last.
fn channels_first(numbers: Vec<f32>, [batch, channels, height, width]: [usize; 4]) -> FlexTensor {
    tensor(numbers, [batch, height, width, channels]).permute(&[0, 3, 1, 2])
}

fn tensor<const D: usize>(numbers: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(numbers, shape))
}

fn numbers(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("contiguous, in single precision")
}

/// Reads a ghost batch's statistics as stored by [`Flex::block_forward`]: gamma, beta, mean, variance.
fn normalisation(statistics: &[f32]) -> Normalisation<'_> {
    let channels = statistics.len() / 4;
    let row = |row: usize| &statistics[row * channels..][..channels];
    Normalisation { gamma: row(0), beta: row(1), mean: row(2), variance: row(3), epsilon: EPSILON as f32 }
}

/// Returns the range of each ghost batch within all `numbers` of a batch.
fn spans(batch: usize, ghosts: usize, numbers: usize) -> impl Iterator<Item = Range<usize>> {
    let each = numbers / batch;
    ghost_batches(batch, ghosts).map(move |pictures| pictures.start * each..pictures.end * each)
}

/// Returns the view encoded by these numbers, see [`super::views::numbers`], without blur, noise and cutout.
fn view(numbers: &[f32]) -> View {
    let row = |at: usize| std::array::from_fn(|column| numbers[3 * at + column]);
    let colour = Colour { matrix: [row(2), row(3), row(4)], offset: row(5) };
    View { affine: [row(0), row(1)], colour, ..View::IDENTITY }
}

/// Adds values to sums, element by element.
fn add(sums: &mut [f32], values: impl Iterator<Item = f32>) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

impl BlockPasses for Flex {
    fn block_forward(
        x: FlexTensor,
        kernel: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        stride: usize,
        ghosts: usize,
    ) -> BlockOutputs<Self> {
        let geometry = Geometry::new(x.shape().dims(), kernel.shape()[0], stride);
        let [batch, channels, height, width] = geometry.output_shape();
        let (x, kernel) = (channels_last(&x), kernel.to_contiguous());
        let convolved = convolution::forward(numbers(&x), numbers(&kernel), &geometry);
        let (gamma, beta) = (gamma.to_contiguous(), beta.to_contiguous());
        // A copy: the gradient needs the input of the normalisation.
        let mut result = convolved.clone();
        let (mut means, mut variances) = (vec![0.0; channels], vec![0.0; channels]);
        let mut statistics = Vec::with_capacity(4 * ghosts * channels);
        for span in spans(batch, ghosts, convolved.len()) {
            let [mean, variance] = normalisation::statistics(&convolved[span.clone()], channels);
            let of_ghost = [numbers(&gamma), numbers(&beta), &mean, &variance].concat();
            let [scale, shift] = normalisation(&of_ghost).scale_and_shift();
            normalisation::scale_shift_relu(&mut result[span], &scale, &shift);
            add(&mut means, mean.iter().map(|mean| mean / ghosts as f32));
            add(&mut variances, variance.iter().map(|variance| variance / ghosts as f32));
            statistics.extend(of_ghost);
        }
        BlockOutputs {
            result: channels_first(result, geometry.output_shape()),
            mean: tensor(means, [channels]),
            variance: tensor(variances, [channels]),
            convolved: tensor(convolved, [batch, height, width, channels]),
            packed: kernel.reshape([1, geometry.weights()].into()),
            statistics: tensor(statistics, [ghosts, 4, channels]),
        }
    }

    fn block_backward(
        x: FlexTensor,
        convolved: FlexTensor,
        statistics: FlexTensor,
        gradient: FlexTensor,
        stride: usize,
    ) -> BlockGradients<Self> {
        let [batch, _, _, channels] = convolved.shape().dims();
        let geometry = Geometry::new(x.shape().dims(), channels, stride);
        let gradient = channels_last(&gradient);
        let (values, gradient) = (numbers(&convolved), numbers(&gradient));
        let (mut gamma, mut beta) = (vec![0.0; channels], vec![0.0; channels]);
        let mut of_convolved = Vec::with_capacity(values.len());
        let ghosts = statistics.shape()[0];
        let of_ghosts = numbers(&statistics).chunks_exact(4 * channels);
        for (span, of_ghost) in spans(batch, ghosts, values.len()).zip(of_ghosts) {
            let [of_values, of_gamma, of_beta] =
                normalisation(of_ghost).relu_gradients(&values[span.clone()], &gradient[span]);
            of_convolved.extend(of_values);
            add(&mut gamma, of_gamma.into_iter());
            add(&mut beta, of_beta.into_iter());
        }
        let kernel = convolution::weight_gradient(numbers(&channels_last(&x)), &of_convolved, &geometry);
        BlockGradients {
            convolved: tensor(of_convolved, convolved.shape().dims::<4>()),
            kernel: tensor(kernel, geometry.kernel_shape()),
            gamma: tensor(gamma, [channels]),
            beta: tensor(beta, [channels]),
        }
    }

    fn input_gradient(
        convolved: FlexTensor,
        packed: FlexTensor,
        [height, width]: [usize; 2],
        stride: usize,
    ) -> FlexTensor {
        let [batch, _, _, output] = convolved.shape().dims();
        let input = packed.shape()[1] / (9 * output);
        let geometry = Geometry { batch, size: [height, width], input, output, stride };
        let gradient = convolution::input_gradient(numbers(&convolved), numbers(&packed), &geometry);
        channels_first(gradient, geometry.input_shape())
    }
}

impl InferenceKernels for Flex {
    fn block_in_use(
        x: FlexTensor,
        kernel: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        stride: usize,
    ) -> FlexTensor {
        let geometry = Geometry::new(x.shape().dims(), kernel.shape()[0], stride);
        let mut result =
            convolution::forward(numbers(&channels_last(&x)), numbers(&kernel.to_contiguous()), &geometry);
        let [gamma, beta, mean, variance] =
            [gamma, beta, mean, variance].map(|tensor| tensor.to_contiguous());
        let statistics = [&gamma, &beta, &mean, &variance].map(numbers).concat();
        let [scale, shift] = normalisation(&statistics).scale_and_shift();
        normalisation::scale_shift_relu(&mut result, &scale, &shift);
        channels_first(result, geometry.output_shape())
    }

    fn resample(pictures: FlexTensor, all_numbers: FlexTensor, at: usize, views: usize) -> FlexTensor {
        let [_, channels, height, width] = pictures.shape().dims();
        let each = channels * height * width;
        let pictures = pictures.to_contiguous();
        let mut shown = Vec::with_capacity(views * each);
        let show = |of_view: &[f32]| {
            shown.extend_from_slice(&numbers(&pictures)[of_view[0] as usize * each..][..each]);
            view(&of_view[1..])
        };
        let of_views = numbers(&all_numbers)[at..].chunks_exact(NUMBERS).take(views);
        let views: Vec<View> = of_views.map(show).collect();
        channels_first(views::render(&shown, height, &views), [views.len(), channels, height, width])
    }

    fn render(pictures: FlexTensor, views: Vec<View>) -> FlexTensor {
        let [count, channels, height, width] = pictures.shape().dims();
        let result = views::render(numbers(&pictures.to_contiguous()), height, &views);
        channels_first(result, [count, channels, height, width])
    }
}

impl ParameterStep for Flex {
    fn adamw(
        value: FlexTensor,
        gradient: FlexTensor,
        moment_1: FlexTensor,
        moment_2: FlexTensor,
        factors: FlexTensor,
        at: usize,
    ) -> Moved<Self> {
        let [value, gradient, moment_1, moment_2] =
            [value, gradient, moment_1, moment_2].map(|tensor| tensor.to_contiguous());
        let results = adamw::adamw(
            numbers(&value),
            numbers(&gradient),
            numbers(&moment_1),
            numbers(&moment_2),
            std::array::from_fn::<_, FACTORS, _>(|factor| numbers(&factors)[at + factor]),
        );
        let shaped = |numbers| FlexTensor::from_data(TensorData::new(numbers, value.shape()));
        let [moved, moment_1, moment_2] = results.map(shaped);
        Moved { value: moved, moment_1, moment_2 }
    }
}

/// Tensors on this backend are immutable, so a new one serves as well.
impl LastingTensors for Flex {
    fn refresh(tensor: FlexTensor, numbers: Vec<f32>) -> FlexTensor {
        FlexTensor::from_data(TensorData::new(numbers, tensor.shape()))
    }

    fn assign(_target: FlexTensor, source: FlexTensor) -> FlexTensor {
        source
    }

    fn copy(tensor: FlexTensor) -> FlexTensor {
        tensor
    }
}

/// Burn's own product suits the CPU.
impl MatMul for Flex {
    fn matmul(left: FlexTensor, right: FlexTensor) -> FlexTensor {
        Self::float_matmul(left, right)
    }
}
