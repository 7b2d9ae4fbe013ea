//! Rendering of views: resampled along an affine map, recoloured by another, then blurred, noised and partly
//! covered.

use std::iter;

use burn::{
    backend::Dispatch,
    tensor::{Tensor, TensorData},
};

use super::{extension::InferenceKernels, is_cpu, matmul::matmul};
use crate::augment::{Blur, Cutout, View};

/// Renders one view of every picture: bilinear between pixels, mirrored beyond the edges, values clamped to
/// 0 … 1.
///
/// # Shapes
/// - `pictures`: `[views.len(), 3, side, side]`, values in 0 … 1, without gradients
/// - result: as `pictures`
pub fn render(pictures: Tensor<4>, views: &[View]) -> Tensor<4> {
    let cpu = is_cpu(&pictures.device());
    let drawn = Tensor::from_dispatch(Dispatch::render(pictures.into_dispatch(), views.to_vec()));
    // Operations that few views use are not part of the kernel, so that most runs need not pay for them.
    if cpu { drawn } else { covered(noised(blurred(drawn, views), views), views) }
}

/// Number of values that encode a view before blur, noise and cutout: the picture's row, the affine map,
/// `[2, 3]`, the colour matrix, `[3, 3]`, and offset, `[3]`.
pub const NUMBERS: usize = 19;

/// Returns the values of one view of the picture in a row.
pub fn numbers(row: usize, view: &View) -> impl Iterator<Item = f32> {
    let View { affine, colour, .. } = *view;
    let (affine, matrix) = (affine.into_iter().flatten(), colour.matrix.into_iter().flatten());
    // Single precision is exact for every row below 2²⁴.
    iter::once(row as f32).chain(affine).chain(matrix).chain(colour.offset)
}

/// Renders views of pictures as described by numbers on the device, in a row from offset `at` on, [`NUMBERS`]
/// per view.
///
/// # Shapes
/// - `pictures`: `[pictures, 3, side, side]`, values in 0 … 1, without gradients
/// - result: `[views, 3, side, side]`
pub fn resample(pictures: Tensor<4>, numbers: Tensor<1>, at: usize, views: usize) -> Tensor<4> {
    let (pictures, numbers) = (pictures.into_dispatch(), numbers.into_dispatch());
    Tensor::from_dispatch(Dispatch::resample(pictures, numbers, at, views))
}

/// Blurs by products with a band matrix from both sides.
fn blurred(pictures: Tensor<4>, views: &[View]) -> Tensor<4> {
    if views.iter().all(|view| view.blur == Blur::NONE) {
        return pictures;
    }
    let [count, channels, side, _] = pictures.dims();
    let bands: Vec<f32> = views.iter().flat_map(|view| band(&view.blur.weights(side), side)).collect();
    let bands = Tensor::<4>::from_data(TensorData::new(bands, [count, 1, side, side]), &pictures.device())
        .expand([count, channels, side, side]);
    matmul(matmul(bands.clone(), pictures), bands.swap_dims(2, 3))
}

/// Returns the matrix that convolves `side` numbers with `weights`, mirrored at both ends.
fn band(weights: &[f32], side: usize) -> Vec<f32> {
    let mut matrix = vec![0.0; side * side];
    for row in 0..side {
        for (place, weight) in weights.iter().enumerate() {
            matrix[row * side + mirrored(row + place, weights.len() / 2, side)] += weight;
        }
    }
    matrix
}

/// Returns the pixel at `at − reach` of a line of `side` pixels that is mirrored at both ends.
pub(super) fn mirrored(at: usize, reach: usize, side: usize) -> usize {
    let at = (at as isize - reach as isize).rem_euclid(2 * side as isize) as usize;
    at.min(2 * side - 1 - at)
}

fn noised(pictures: Tensor<4>, views: &[View]) -> Tensor<4> {
    if views.iter().all(|view| view.noise.deviation == 0.0) {
        return pictures;
    }
    let [count, channels, side, _] = pictures.dims();
    let each = channels * side * side;
    let noise: Vec<f32> = views
        .iter()
        .flat_map(|view| match view.noise.deviation {
            0.0 => vec![0.0; each],
            _ => view.noise.values().take(each).collect(),
        })
        .collect();
    let noise =
        Tensor::<4>::from_data(TensorData::new(noise, [count, side, side, channels]), &pictures.device());
    (pictures + noise.permute([0, 3, 1, 2])).clamp(0.0, 1.0)
}

fn covered(pictures: Tensor<4>, views: &[View]) -> Tensor<4> {
    if views.iter().all(|view| view.cutout.half == 0.0) {
        return pictures;
    }
    let [count, _, side, _] = pictures.dims();
    let kept = views.iter().flat_map(|view| {
        let pixels = (0..side * side).map(move |at| [at % side, at / side]);
        pixels.map(|pixel| if view.cutout.covers(pixel, side) { 0.0 } else { 1.0 })
    });
    let kept: Vec<f32> = kept.collect();
    let kept = Tensor::<4>::from_data(TensorData::new(kept, [count, 1, side, side]), &pictures.device());
    (pictures - Cutout::GREY) * kept + Cutout::GREY
}

#[cfg(test)]
mod tests {
    use burn::tensor::{
        Device,
        ops::{GridSampleOptions, GridSamplePaddingMode, InterpolateMode},
    };
    use rand::RngExt;

    use super::*;
    use crate::{
        augment::Noise,
        random::{Purpose, generator},
        settings::{Augmentations, Operation},
    };

    fn plain(pictures: Tensor<4>, views: &[View]) -> Tensor<4> {
        let [count, _, side, _] = pictures.dims();
        let pixels = side * side;
        let device = pictures.device();
        let upload = |numbers: Vec<f32>, shape: [usize; 3]| {
            Tensor::<3>::from_data(TensorData::new(numbers, shape), &device)
        };
        // Transposed, so that places · map gives (x, y) pairs.
        let map = views
            .iter()
            .flat_map(|view| (0..3).flat_map(|column| [view.affine[0][column], view.affine[1][column]]));
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
        let coloured = coloured.clamp(0.0, 1.0).reshape([count, 3, side, side]);
        covered(noised(blurred(coloured, views), views), views)
    }

    /// Returns homogeneous coordinates of a view's pixel centres, `[1, side², 3]`.
    fn places(side: usize, device: &Device) -> Tensor<3> {
        let centre = |at: usize| (2 * at + 1) as f32 / side as f32 - 1.0;
        let places: Vec<f32> =
            (0..side * side).flat_map(|at| [centre(at % side), centre(at / side), 1.0]).collect();
        Tensor::from_data(TensorData::new(places, [1, side * side, 3]), device)
    }

    /// Returns augmentations with every operation, each in some of the views.
    fn everything() -> Augmentations {
        let mut augmentations = Augmentations::SIMCLR;
        for operation in augmentations.each_mut() {
            *operation = Operation::new(0.6, 0.6);
        }
        augmentations
    }

    /// Returns the pixels of one picture, 3 planes of `side` × `side`, before and after.
    fn changed(view: View, side: usize) -> [Vec<f32>; 2] {
        let mut rng = generator(5, Purpose::Views, 0);
        let numbers: Vec<f32> = (0..3 * side * side).map(|_| rng.random_range(0.0..1.0)).collect();
        let device = Device::flex();
        let picture = Tensor::<4>::from_data(TensorData::new(numbers.clone(), [1, 3, side, side]), &device);
        [numbers, render(picture, &[view]).into_data().try_to_vec().expect("numbers")]
    }

    #[test]
    fn blur_is_the_weighted_mean_of_the_neighbourhood() {
        let (side, blur) = (17, Blur { deviation: 0.06 });
        let [before, after] = changed(View { blur, ..View::IDENTITY }, side);
        // In two dimensions at once, pixel by pixel.
        let weights = blur.weights(side);
        let reach = (weights.len() / 2) as i32;
        let fold = |at: i32| {
            if at < 0 {
                -1 - at
            } else if at >= side as i32 {
                2 * side as i32 - 1 - at
            } else {
                at
            }
        };
        for (at, after) in after.iter().enumerate() {
            let (plane, y, x) = (at / (side * side), (at / side % side) as i32, (at % side) as i32);
            let mut sum = 0.0;
            for down in -reach..=reach {
                for across in -reach..=reach {
                    let from =
                        plane * side * side + (fold(y + down) * side as i32 + fold(x + across)) as usize;
                    sum +=
                        weights[(down + reach) as usize] * weights[(across + reach) as usize] * before[from];
                }
            }
            assert!((after - sum).abs() < 1e-5, "at {at}: {after} instead of {sum}");
        }
    }

    #[test]
    fn noise_is_added_pixel_by_pixel_and_a_cutout_is_grey() {
        let side = 9;
        let noise = Noise { deviation: 0.1, seed: 3 };
        let [before, after] = changed(View { noise, ..View::IDENTITY }, side);
        for (at, added) in noise.values().take(3 * side * side).enumerate() {
            let place = at % 3 * side * side + at / 3;
            let expected = (before[place] + added).clamp(0.0, 1.0);
            assert!((after[place] - expected).abs() < 1e-5);
        }
        let cutout = Cutout { centre: [0.5, -0.5], half: 0.4 };
        let [before, after] = changed(View { cutout, ..View::IDENTITY }, side);
        for at in 0..3 * side * side {
            let (x, y) = (at % side, at / side % side);
            let expected = if cutout.covers([x, y], side) { 0.5 } else { before[at] };
            assert!((after[at] - expected).abs() < 1e-5);
        }
    }

    fn assert_agrees(device: &Device) {
        let mut rng = generator(4, Purpose::Views, 0);
        for (count, side) in [(40, 17), (3, 32), (1, 1)] {
            let numbers: Vec<f32> =
                (0..count * 3 * side * side).map(|_| rng.random_range(0.0..1.0)).collect();
            let pictures = |device: &Device| {
                let data = TensorData::new(numbers.clone(), [count, 3, side, side]);
                Tensor::<4>::from_data(data, device)
            };
            let values = |tensor: Tensor<4>| tensor.into_data().try_to_vec::<f32>().expect("numbers");
            for augmentations in [Augmentations::SHAPES, everything()] {
                let views: Vec<View> = (0..count).map(|_| View::draw(&augmentations, &mut rng)).collect();
                let own = values(render(pictures(device), &views));
                let plain = values(plain(pictures(&Device::flex()), &views));
                for (at, (own, plain)) in own.iter().zip(&plain).enumerate() {
                    assert!((own - plain).abs() < 1e-4, "{side} px at {at}: {own} instead of {plain}");
                }
            }
        }
    }

    #[test]
    fn own_loops_and_plain_operations_agree() {
        assert_agrees(&Device::flex());
    }

    #[test]
    #[cfg(feature = "webgpu")]
    fn own_kernels_and_plain_operations_agree() {
        assert_agrees(&Device::wgpu(burn::tensor::DeviceKind::DefaultDevice));
    }
}
