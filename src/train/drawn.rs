//! What a step draws on the CPU, and how the device reads it.

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

/// Where the factors of the network's step begin in the row.
pub const OF_NETWORK: usize = 0;

/// Where those of the step of temperature and bias do.
pub const OF_SCALE: usize = FACTORS;

const VIEWS: usize = 2 * FACTORS;

/// All that a step of `n` pairs draws. The device has it in one row: the factors, what is seen in
/// every view, then the negatives.
#[derive(Clone)]
pub struct Drawn {
    /// AdamW's factors for the network, and for temperature and bias.
    pub factors: [[f32; FACTORS]; 2],
    /// The pictures' rows in the set, one a pair.
    pub rows: Vec<usize>,
    /// What happens to the views, first views first, `2n` of them.
    pub views: Vec<View>,
    /// A triplet's random negatives, `2n` or none.
    pub negatives: Vec<f32>,
}

/// Whether numbers as the device has them say all of a view: neither blur nor noise nor cutout is on.
pub fn is_compact(augmentations: &Augmentations) -> bool {
    let Augmentations { blur, noise, cutout, .. } = augmentations;
    !(blur.on || noise.on || cutout.on)
}

impl Drawn {
    /// The row on the device: in the tensor of the step before, if that is of the same length.
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

    /// The views, `[2n, 3, side, side]`, of pictures, `[pictures, 3, side, side]`, by the row on the
    /// device.
    pub fn render(&self, pictures: &Tensor<4>, row: &Tensor<1>) -> Tensor<4> {
        resample(pictures.clone(), row.clone(), VIEWS, self.views.len())
    }

    /// The negatives in the row on the device, `[2n, 1]`, if there are any.
    pub fn negatives(&self, row: &Tensor<1>) -> Option<Tensor<2>> {
        let count = self.negatives.len();
        let first = VIEWS + NUMBERS * self.views.len();
        (count > 0).then(|| Tensor::from_inner(row.clone().narrow(0, first, count).unsqueeze_dim(1)))
    }
}
