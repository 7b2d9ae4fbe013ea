//! Values drawn on the CPU for a step, and their layout on the device.

use burn::tensor::{Tensor, TensorData};

use crate::{
    augment::View,
    kernels::{
        adamw::FACTORS,
        lasting,
        views::{NUMBERS, numbers, resample},
    },
    settings::Augmentations,
};

/// Offset in the row of the factors for the network's step.
pub const OF_NETWORK: usize = 0;

/// Offset of the factors for the step of temperature and bias.
pub const OF_SCALE: usize = FACTORS;

const VIEWS: usize = 2 * FACTORS;

/// All random values of a step of `n` pairs. On the device they form one row: the factors, the numbers of
/// every view, then the negatives.
#[derive(Clone)]
pub struct Drawn {
    /// AdamW's factors for the network, and for temperature and bias.
    pub factors: [[f32; FACTORS]; 2],
    /// Row in the set of each pair's picture.
    pub rows: Vec<usize>,
    /// Augmentations of the `2n` views, first views first.
    pub views: Vec<View>,
    /// Random negatives of triplets, `2n` or none.
    pub negatives: Vec<f32>,
}

/// Returns whether the device's numbers describe views completely, that is, blur, noise and cutout are off.
pub fn is_compact(augmentations: &Augmentations) -> bool {
    let Augmentations { blur, noise, cutout, .. } = augmentations;
    !(blur.on || noise.on || cutout.on)
}

impl Drawn {
    /// Uploads the values as one row, into the previous step's tensor if its length is the same.
    pub fn upload(&self, before: &Tensor<1>) -> Tensor<1> {
        let rows = self.rows.iter().cycle();
        let views = rows.zip(&self.views).flat_map(|(row, view)| numbers(*row, view));
        let all = self.factors.iter().flatten().copied().chain(views);
        let all: Vec<f32> = all.chain(self.negatives.iter().copied()).collect();
        if all.len() == before.dims()[0] {
            lasting::refresh(before.clone(), all)
        } else {
            let shape = [all.len()];
            Tensor::from_data(TensorData::new(all, shape), &before.device())
        }
    }

    /// Renders the views, `[2n, 3, side, side]`, of pictures, `[pictures, 3, side, side]`, from the row on
    /// the device.
    pub fn render(&self, pictures: &Tensor<4>, row: &Tensor<1>) -> Tensor<4> {
        resample(pictures.clone(), row.clone(), VIEWS, self.views.len())
    }

    /// Returns the negatives from the row on the device, `[2n, 1]`, if there are any.
    pub fn negatives(&self, row: &Tensor<1>) -> Option<Tensor<2>> {
        let count = self.negatives.len();
        let first = VIEWS + NUMBERS * self.views.len();
        (count > 0).then(|| Tensor::from_inner(row.clone().narrow(0, first, count).unsqueeze_dim(1)))
    }
}
