//! Pooling of the last map into the linear layer's input.

use burn::tensor::{Tensor, TensorData};

use crate::kernels::matmul::matmul;

/// Pools a map to `places` × `places` window means, channels last.
///
/// # Shapes
/// - `map`: `[batch, channels, height, width]`, neither of the last two below `places`
/// - result: `[batch, places² · channels]`, place by place, row by row
pub fn read(map: Tensor<4>, places: usize) -> Tensor<2> {
    let [batch, channels, height, width] = map.dims();
    // Channels last, matching the memory layout.
    let pixels = map.permute([0, 2, 3, 1]).reshape([batch, height * width, channels]);
    if [height, width] == [places; 2] {
        return pixels.flatten(1, 2);
    }
    let shape = [1, places * places, height * width];
    let shares = shares([height, width], places);
    let shares = Tensor::<3>::from_data(TensorData::new(shares, shape), &pixels.device());
    matmul(shares.expand([batch, shape[1], shape[2]]), pixels).flatten(1, 2)
}

/// Returns the weight of each pixel of a map in the mean over each of `places` × `places` windows, `[places²,
/// height · width]`.
pub fn shares([height, width]: [usize; 2], places: usize) -> Vec<f32> {
    let [rows, columns] = [height, width].map(|length| windows(length, places));
    let mut shares = Vec::with_capacity(places * places * height * width);
    for row in &rows {
        for column in &columns {
            shares.extend(row.iter().flat_map(|y| column.iter().map(move |x| x * y)));
        }
    }
    shares
}

/// Returns the weight of each of `length` pixels in the mean over each of `places` windows. The windows are
/// those of PyTorch's `AdaptiveAvgPool2d`, which overlap where `places` does not divide `length`.
fn windows(length: usize, places: usize) -> Vec<Vec<f32>> {
    let window = |place: usize| {
        let (start, end) = (place * length / places, ((place + 1) * length).div_ceil(places));
        let share = 1.0 / (end - start) as f32;
        (0..length).map(|at| if (start..end).contains(&at) { share } else { 0.0 }).collect()
    };
    (0..places).map(window).collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, module::adaptive_avg_pool2d};

    use super::*;

    #[test]
    fn readout_is_adaptive_average_pooling() {
        for (side, places) in [(4, 4), (4, 2), (4, 1), (6, 4), (5, 3), (1, 1)] {
            let (batch, channels) = (3, 2);
            let numbers = (0..batch * channels * side * side).map(|at| (at as f32 * 0.7).sin());
            let data = TensorData::new(numbers.collect::<Vec<f32>>(), [batch, channels, side, side]);
            let map = Tensor::<4>::from_data(data, &Device::flex());
            let expected = adaptive_avg_pool2d(map.clone(), [places; 2]).permute([0, 2, 3, 1]);
            let [expected, found]: [Vec<f32>; 2] = [expected.flatten(1, 3), read(map, places)]
                .map(|tensor: Tensor<2>| tensor.into_data().try_into_vec().expect("single precision"));
            assert_eq!(expected.len(), found.len());
            for (expected, found) in expected.iter().zip(&found) {
                assert!((expected - found).abs() < 1e-6, "side {side}, {places} places");
            }
        }
    }
}
