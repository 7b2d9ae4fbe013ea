//! Views of pictures: resampled along an affine map and recoloured by another.

use burn::{
    backend::Dispatch,
    tensor::{
        Device, Tensor, TensorData,
        ops::{GridSampleOptions, GridSamplePaddingMode, InterpolateMode},
    },
};

use super::{extension::InferenceKernels, is_cpu};
use crate::augment::View;

/// Makes one view of every picture: bilinear between pixels, mirrored beyond the edges.
///
/// # Shapes
/// - `pictures`: `[views.len(), 3, side, side]`, values in 0 … 1, without gradients
/// - result: the same
pub fn resample(pictures: Tensor<4>, views: &[View]) -> Tensor<4> {
    if is_cpu(&pictures.device()) {
        Tensor::from_dispatch(Dispatch::resample(pictures.into_dispatch(), views.to_vec()))
    } else {
        plain(pictures, views)
    }
}

fn plain(pictures: Tensor<4>, views: &[View]) -> Tensor<4> {
    let [count, _, side, _] = pictures.dims();
    let pixels = side * side;
    let device = pictures.device();
    let upload = |numbers: Vec<f32>, shape: [usize; 3]| {
        Tensor::<3>::from_data(TensorData::new(numbers, shape), &device)
    };
    // Transposed, so that places · map gives (x, y) side by side.
    let map = views
        .iter()
        .flat_map(|view| (0..3).flat_map(|column| [view.place[0][column], view.place[1][column]]));
    let map = upload(map.collect(), [count, 3, 2]);
    let grid = places(side, &device).expand([count, pixels, 3]).matmul(map);
    let options = GridSampleOptions::new(InterpolateMode::Bilinear)
        .with_padding_mode(GridSamplePaddingMode::Reflection)
        .with_align_corners(false);
    let sampled = pictures.grid_sample_2d(grid.reshape([count, side, side, 2]), options);

    let matrix = views.iter().flat_map(|view| view.colour.matrix).flatten();
    let matrix = upload(matrix.collect(), [count, 3, 3]);
    let offset = views.iter().flat_map(|view| view.colour.offset);
    let offset = upload(offset.collect(), [count, 3, 1]);
    let coloured = matrix.matmul(sampled.reshape([count, 3, pixels])) + offset;
    coloured.clamp(0.0, 1.0).reshape([count, 3, side, side])
}

/// Homogeneous places of a view's pixel centres, `[1, side², 3]`.
fn places(side: usize, device: &Device) -> Tensor<3> {
    let centre = |at: usize| (2 * at + 1) as f32 / side as f32 - 1.0;
    let places: Vec<f32> =
        (0..side * side).flat_map(|at| [centre(at % side), centre(at / side), 1.0]).collect();
    Tensor::from_data(TensorData::new(places, [1, side * side, 3]), device)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::{
        random::{Purpose, generator},
        settings::Augmentations,
    };

    #[test]
    fn own_loops_and_plain_operations_agree() {
        let mut rng = generator(4, Purpose::Views, 0);
        for (count, side) in [(40, 17), (3, 32), (1, 1)] {
            let numbers: Vec<f32> = (0..count * 3 * side * side).map(|_| rng.random_range(0.0..1.0)).collect();
            let device = Device::flex();
            let pictures = Tensor::<4>::from_data(TensorData::new(numbers, [count, 3, side, side]), &device);
            let views: Vec<View> =
                (0..count).map(|_| View::draw(&Augmentations::SHAPES, &mut rng)).collect();
            let values = |tensor: Tensor<4>| tensor.into_data().try_to_vec::<f32>().expect("numbers");
            let (own, plain) = (values(resample(pictures.clone(), &views)), values(plain(pictures, &views)));
            for (at, (own, plain)) in own.iter().zip(&plain).enumerate() {
                assert!((own - plain).abs() < 1e-4, "{side} px at {at}: {own} instead of {plain}");
            }
        }
    }
}
