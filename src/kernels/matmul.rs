//! Products of matrices.
//!
//! Burn's own WebGPU kernels are made for large matrices. A step has nine small products, and compiling those
//! kernels for them took longer than compiling everything else (`benches/PROFILE.md`).

use burn::{backend::Dispatch, tensor::Tensor};

use super::extension::matmul::MatMul;

/// Computes `left · right` over the last two dimensions.
///
/// # Shapes
/// - `left`: `[…, rows, depth]`
/// - `right`: `[…, depth, columns]`, with the same leading dimensions
/// - result: `[…, rows, columns]`
///
/// # Panics
/// If the shapes do not match.
pub fn matmul<const D: usize>(left: Tensor<D>, right: Tensor<D>) -> Tensor<D> {
    let (of_left, of_right) = (left.dims(), right.dims());
    assert!(
        D >= 2 && of_left[D - 1] == of_right[D - 2] && of_left[..D - 2] == of_right[..D - 2],
        "{of_left:?} and {of_right:?} cannot be multiplied"
    );
    Tensor::from_dispatch(Dispatch::matmul(left.into_dispatch(), right.into_dispatch()))
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};
    use rand::RngExt;

    use super::*;
    use crate::random::{Purpose, generator};

    /// Matrices, rows, depth, columns: usual and odd sizes.
    const SIZES: [[usize; 4]; 6] =
        [[1, 64, 64, 64], [1, 5, 7, 3], [1, 1, 1, 1], [2, 4, 33, 9], [6, 17, 17, 17], [1, 130, 16, 66]];

    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        let mut rng = generator(seed, Purpose::Weights, 0);
        (0..count).map(|_| rng.random_range(-1.0..1.0)).collect()
    }

    /// Computes `Σ_depth left[row][depth] · right[depth][column]` by loops.
    fn by_loops(left: &[f32], right: &[f32], [matrices, rows, depth, columns]: [usize; 4]) -> Vec<f32> {
        let mut result = Vec::new();
        for matrix in 0..matrices {
            for row in 0..rows {
                for column in 0..columns {
                    let term = |at| {
                        left[(matrix * rows + row) * depth + at]
                            * right[(matrix * depth + at) * columns + column]
                    };
                    result.push((0..depth).map(term).sum());
                }
            }
        }
        result
    }

    fn transposed(matrices: &[f32], [count, rows, columns]: [usize; 3]) -> Vec<f32> {
        let mut result = Vec::new();
        for matrix in 0..count {
            for column in 0..columns {
                result.extend((0..rows).map(|row| matrices[(matrix * rows + row) * columns + column]));
            }
        }
        result
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_into_vec().expect("single precision")
    }

    fn assert_close(own: &[f32], expected: &[f32], what: &str) {
        assert_eq!(own.len(), expected.len(), "{what}");
        for (at, (own, expected)) in own.iter().zip(expected).enumerate() {
            assert!((own - expected).abs() < 1e-4, "{what} at {at}: {own} instead of {expected}");
        }
    }

    /// Checks the product and both gradients, with factors stored as given and transposed.
    fn assert_agrees(device: &Device) {
        let device = device.clone().autodiff();
        for sizes @ [matrices, rows, depth, columns] in SIZES {
            let (left, right) = (numbers(matrices * rows * depth, 1), numbers(matrices * depth * columns, 2));
            let pull = numbers(matrices * rows * columns, 3);
            let tensor = |numbers: &[f32], shape: [usize; 3]| {
                Tensor::<3>::from_data(TensorData::new(numbers.to_vec(), shape), &device)
            };
            // The right factor is stored transposed.
            let lying = transposed(&right, [matrices, depth, columns]);
            let left_factor = tensor(&left, [matrices, rows, depth]).require_grad();
            let right_factor = tensor(&lying, [matrices, columns, depth]).require_grad();
            let result = matmul(left_factor.clone(), right_factor.clone().swap_dims(1, 2));
            let gradients = (result.clone() * tensor(&pull, [matrices, rows, columns])).sum().backward();

            assert_close(&values(result), &by_loops(&left, &right, sizes), &format!("{sizes:?}"));
            let of_left = by_loops(&pull, &lying, [matrices, rows, columns, depth]);
            let gradient = values(left_factor.grad(&gradients).expect("tracked"));
            assert_close(&gradient, &of_left, &format!("of the left, {sizes:?}"));
            let turned = transposed(&left, [matrices, rows, depth]);
            let of_right = by_loops(&turned, &pull, [matrices, depth, rows, columns]);
            let gradient = values(right_factor.grad(&gradients).expect("tracked").swap_dims(1, 2));
            assert_close(&gradient, &of_right, &format!("of the right, {sizes:?}"));
        }
    }

    /// Checks a single matrix, and one broadcast to many.
    fn assert_shapes_agree(device: &Device) {
        let (left, right) = (numbers(6 * 4, 4), numbers(4 * 5, 5));
        let matrix = |numbers: &[f32], shape: [usize; 2]| {
            Tensor::<2>::from_data(TensorData::new(numbers.to_vec(), shape), device)
        };
        let one = matmul(matrix(&left, [6, 4]), matrix(&right, [4, 5]));
        assert_close(&values(one), &by_loops(&left, &right, [1, 6, 4, 5]), "one");
        let many = matrix(&left, [6, 4]).reshape([2, 1, 3, 4]);
        let same = matrix(&right, [4, 5]).reshape([1, 1, 4, 5]).expand([2, 1, 4, 5]);
        assert_close(&values(matmul(many, same)), &by_loops(&left, &right, [1, 6, 4, 5]), "many");
    }

    /// Checks a matrix times its own transpose, whose gradient comes from both sides.
    fn assert_squares_agree(device: &Device) {
        let (count, depth) = (9, 6);
        let (rows, pull) = (numbers(count * depth, 6), numbers(count * count, 7));
        let device = device.clone().autodiff();
        let tensor = |numbers: &[f32], shape: [usize; 2]| {
            Tensor::<2>::from_data(TensorData::new(numbers.to_vec(), shape), &device)
        };
        let factor = tensor(&rows, [count, depth]).require_grad();
        let result = matmul(factor.clone(), factor.clone().transpose());
        let gradients = (result * tensor(&pull, [count, count])).sum().backward();
        // (P + Pᵀ) · rows
        let back = transposed(&pull, [1, count, count]);
        let both: Vec<f32> = pull.iter().zip(back).map(|(a, b)| a + b).collect();
        let gradient = values(factor.grad(&gradients).expect("tracked"));
        assert_close(&gradient, &by_loops(&both, &rows, [1, count, count, depth]), "of both");
    }

    #[test]
    fn products_on_the_cpu_agree_with_loops() {
        assert_agrees(&Device::flex());
        assert_shapes_agree(&Device::flex());
        assert_squares_agree(&Device::flex());
    }

    #[test]
    #[cfg(feature = "webgpu")]
    fn products_on_webgpu_agree_with_loops() {
        let device = Device::wgpu(burn::tensor::DeviceKind::DefaultDevice);
        assert_agrees(&device);
        assert_shapes_agree(&device);
        assert_squares_agree(&device);
    }

    #[test]
    #[should_panic(expected = "cannot be multiplied")]
    fn mismatched_shapes_are_refused() {
        let zeros = |shape: [usize; 2]| Tensor::<2>::zeros(shape, &Device::flex());
        matmul(zeros([2, 3]), zeros([2, 3]));
    }
}
