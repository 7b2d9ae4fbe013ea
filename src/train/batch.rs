//! Composition of a step's batch, and upload of pictures to a device.

use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::seq::SliceRandom;

use crate::{
    random::{Purpose, generator},
    settings::Settings,
};

/// Uploads concatenated pictures of `3 × side²` values in 0 … 1: `[pictures, 3, side, side]`.
pub fn upload(planes: Vec<f32>, side: usize, device: &Device) -> Tensor<4> {
    let shape = [planes.len() / (3 * side * side), 3, side, side];
    Tensor::from_data(TensorData::new(planes, shape), device)
}

/// Selects pictures by row, in the given order; rows may repeat.
pub fn select(pictures: &Tensor<4>, rows: &[usize]) -> Tensor<4> {
    let rows: Vec<i32> = rows.iter().map(|row| *row as i32).collect();
    let count = rows.len();
    let rows = Tensor::<1, Int>::from_data(TensorData::new(rows, [count]), &pictures.device());
    pictures.clone().select(0, rows)
}

/// Returns the rows of a step's batch: without repetition within an epoch; the remainder that does not fill a
/// batch is dropped.
pub(super) fn batch_rows(settings: &Settings, pictures: usize, pairs: usize, step: u32) -> Vec<usize> {
    let batches = (pictures / pairs) as u32;
    let mut rows: Vec<usize> = (0..pictures).collect();
    rows.shuffle(&mut generator(settings.seed, Purpose::Batches, step / batches));
    let start = (step % batches) as usize * pairs;
    rows[start..start + pairs].to_vec()
}
