//! Operations on burn's `Cube` backend: own kernels on WebGPU.

use burn::{
    backend::{TensorMetadata, ops::FloatTensorOps},
    tensor::TensorData,
};
use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};

use super::views::{NUMBERS, numbers};
use super::{
    extension::{
        BlockGradients, BlockOutputs, BlockPasses, InferenceKernels,
        adamw::{Moved, ParameterStep},
        lasting::LastingTensors,
        matmul::MatMul,
    },
    geometry::Geometry,
    gpu::{
        adamw, convolution, lasting,
        launch::{channels_first, channels_last, dims, empty},
        matmul,
        normalisation::{self, BatchNorm, Measured},
        padding, views,
    },
};
use crate::augment::View;

impl BlockPasses for CubeBackend {
    fn block_forward(
        x: CubeTensor,
        kernel: CubeTensor,
        gamma: CubeTensor,
        beta: CubeTensor,
        stride: usize,
        ghosts: usize,
    ) -> BlockOutputs<Self> {
        let geometry = Geometry::new(dims(&x), kernel.shape()[0], stride);
        let packed = convolution::pack(&into_contiguous(kernel), &geometry);
        let convolved = convolution::forward(&padding::pixels(x), &packed, &geometry);
        let [gamma, beta] = [gamma, beta].map(into_contiguous);
        let Measured { mean, variance, statistics } =
            normalisation::measure(&convolved, &gamma, &beta, ghosts);
        let result = channels_first(normalisation::apply(&convolved, &statistics));
        BlockOutputs { result, mean, variance, convolved, packed, statistics }
    }

    fn block_backward(
        x: CubeTensor,
        convolved: CubeTensor,
        statistics: CubeTensor,
        gradient: CubeTensor,
        stride: usize,
    ) -> BlockGradients<Self> {
        let [_, _, _, output] = dims(&convolved);
        let geometry = Geometry::new(dims(&x), output, stride);
        let gradients = normalisation::gradients(&convolved, &statistics, &channels_last(gradient));
        let kernel = convolution::weight_gradient(&padding::pixels(x), &gradients.x, &geometry);
        BlockGradients { convolved: gradients.x, kernel, gamma: gradients.gamma, beta: gradients.beta }
    }

    fn input_gradient(
        convolved: CubeTensor,
        packed: CubeTensor,
        size: [usize; 2],
        stride: usize,
    ) -> CubeTensor {
        let [batch, _, _, output] = dims(&convolved);
        let [_, weights] = dims(&packed);
        let geometry = Geometry { batch, size, input: weights / (9 * output), output, stride };
        channels_first(convolution::input_gradient(&into_contiguous(convolved), &packed, &geometry))
    }
}

impl InferenceKernels for CubeBackend {
    fn block_in_use(
        x: CubeTensor,
        kernel: CubeTensor,
        gamma: CubeTensor,
        beta: CubeTensor,
        mean: CubeTensor,
        variance: CubeTensor,
        stride: usize,
    ) -> CubeTensor {
        let geometry = Geometry::new(dims(&x), kernel.shape()[0], stride);
        let packed = convolution::pack(&into_contiguous(kernel), &geometry);
        let convolved = convolution::forward(&padding::pixels(x), &packed, &geometry);
        let [gamma, beta, mean, variance] = [gamma, beta, mean, variance].map(into_contiguous);
        let statistics = BatchNorm { gamma, beta, mean, variance }.statistics();
        channels_first(normalisation::apply(&convolved, &statistics))
    }

    fn resample(pictures: CubeTensor, numbers: CubeTensor, at: usize, views: usize) -> CubeTensor {
        channels_first(views::resample(&into_contiguous(pictures), &into_contiguous(numbers), at, views))
    }

    /// Applies geometry and colour; [`super::views`] does the rest.
    fn render(pictures: CubeTensor, views: Vec<View>) -> CubeTensor {
        let numbers: Vec<f32> = views.iter().enumerate().flat_map(|(row, view)| numbers(row, view)).collect();
        let data = TensorData::new(numbers, [views.len(), NUMBERS]);
        let numbers = Self::float_from_data(data, &pictures.device);
        Self::resample(pictures, numbers, 0, views.len())
    }
}

impl MatMul for CubeBackend {
    fn matmul(left: CubeTensor, right: CubeTensor) -> CubeTensor {
        matmul::matmul(&left, &right)
    }
}

impl LastingTensors for CubeBackend {
    fn refresh(tensor: CubeTensor, numbers: Vec<f32>) -> CubeTensor {
        let tensor = into_contiguous(tensor);
        let count = numbers.len();
        tensor.client.write(&tensor.handle, TensorData::new(numbers, [count]).into_bytes());
        tensor
    }

    fn assign(target: CubeTensor, source: CubeTensor) -> CubeTensor {
        let [target, source] = [target, source].map(into_contiguous);
        lasting::assign(&target, &source);
        target
    }

    fn copy(tensor: CubeTensor) -> CubeTensor {
        let result = empty(&tensor, tensor.shape());
        lasting::assign(&result, &into_contiguous(tensor));
        result
    }
}

impl ParameterStep for CubeBackend {
    fn adamw(
        value: CubeTensor,
        gradient: CubeTensor,
        moment_1: CubeTensor,
        moment_2: CubeTensor,
        factors: CubeTensor,
        at: usize,
    ) -> Moved<Self> {
        let [value, gradient, moment_1, moment_2, factors] =
            [value, gradient, moment_1, moment_2, factors].map(into_contiguous);
        adamw::adamw(&value, &gradient, &moment_1, &moment_2, &factors, at);
        Moved { value, moment_1, moment_2 }
    }
}
