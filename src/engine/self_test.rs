//! Compares a device with the CPU before anyone relies on it.
//!
//! Graphics drivers are many and some compute wrong numbers without saying so. Two
//! training steps on both backends show it, from the views to the moved weights. Their batch and
//! network are of the size of the run's own, so that what is compiled for them is what the run
//! needs; how large pictures are is compiled into nothing.

use burn::{
    module::{Module, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::{Device, Tensor},
};

use crate::{
    encoder::first_filters,
    protocol::{Agreement, Disagreement},
    readback,
    samples::shape,
    settings::{Images, Settings},
    train::{Computed, Trainer, upload},
};

/// The most that a value of a view may differ, out of 1: less than what a byte can hold.
const VIEW_TOLERANCE: f32 = 3e-3;

/// The most that a loss may differ, relative to its value.
const LOSS_TOLERANCE: f32 = 1e-3;

/// The most that all gradients together may differ, relative to their norm. The
/// measured difference on sound drivers is below a tenth of it.
const GRADIENT_TOLERANCE: f32 = 1e-2;

/// Steps that are compared; the second one shows whether the first moved the weights
/// the same way.
const STEPS: usize = 2;

/// The numbers of a tensor; a device that loses them computes wrongly too.
async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Disagreement> {
    readback::read(tensor).await.map_err(|_| Disagreement::Lost)
}

/// Returns how close the device comes to the CPU in steps as large as by these settings.
///
/// # Errors
/// If something differs too much.
pub async fn self_test(device: &Device, settings: &Settings) -> Result<Agreement, Disagreement> {
    let settings = of_size(settings);
    // All steps are begun before any is waited for: what is to be compiled is compiled meanwhile.
    let (side, pictures) = (settings.side as usize, settings.batch as usize);
    let planes: Vec<f32> = (0..pictures).flat_map(|index| shape(index, 1).image.planes(side)).collect();
    let filters = first_filters(&settings, &planes);
    let steps =
        |device: &Device| steps(Trainer::new(settings, upload(planes.clone(), side, device), &filters));
    let (theirs, ours) = (steps(device), steps(&Device::flex()));
    let (mut worst_view, mut worst_gradient) = (0.0_f32, 0.0_f32);
    for (step, (theirs, ours)) in (1..).zip(theirs.into_iter().zip(ours)) {
        let views = greatest_difference(&read(theirs.views).await?, &read(ours.views).await?);
        if is_off(views, VIEW_TOLERANCE) {
            return Err(Disagreement::Views { step, difference: views });
        }
        let gradients = relative_difference(&read(theirs.gradients).await?, &read(ours.gradients).await?);
        if is_off(gradients, GRADIENT_TOLERANCE) {
            return Err(Disagreement::Gradients { step, difference: gradients });
        }
        let (theirs_loss, ours_loss) = (read(theirs.statistics).await?[0], read(ours.statistics).await?[0]);
        let difference_in_loss = (theirs_loss - ours_loss).abs() / ours_loss.abs();
        if is_off(difference_in_loss, LOSS_TOLERANCE) {
            return Err(Disagreement::Loss { step, found: theirs_loss, expected: ours_loss });
        }
        (worst_view, worst_gradient) = (worst_view.max(views), worst_gradient.max(gradients));
    }
    Ok(Agreement { steps: STEPS as u32, views: worst_view, gradients: worst_gradient })
}

/// What a step leaves on its device.
struct Step {
    views: Tensor<4>,
    /// All of them in one row.
    gradients: Tensor<1>,
    /// The loss first.
    statistics: Tensor<1>,
}

fn steps(mut trainer: Trainer) -> Vec<Step> {
    let step = |_| {
        let views = trainer.next_views();
        let computed = trainer.compute();
        let gradients = gradients(&trainer, &computed);
        Step { views, gradients, statistics: trainer.apply(computed).statistics }
    };
    (0..STEPS).map(step).collect()
}

/// What is recommended, with smaller pictures, and smaller where `settings` are: what is larger would
/// take the CPU long.
fn of_size(settings: &Settings) -> Settings {
    let recommended = Settings::recommended(Images::Shapes);
    Settings {
        batch: recommended.batch.min(settings.batch),
        side: (recommended.side / 2).min(settings.side),
        width: recommended.width.min(settings.width),
        depth: recommended.depth.min(settings.depth),
        ..recommended
    }
}

/// All gradients of a step in one row.
fn gradients(trainer: &Trainer, computed: &Computed) -> Tensor<1> {
    let mut collector = Collector { gradients: &computed.gradients, collected: Vec::new() };
    trainer.network_in_training().visit(&mut collector);
    Tensor::cat(collector.collected, 0)
}

struct Collector<'a> {
    gradients: &'a GradientsParams,
    collected: Vec<Tensor<1>>,
}

impl ModuleVisitor for Collector<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            let count = gradient.shape().num_elements();
            self.collected.push(gradient.reshape([count]));
        }
    }
}

/// Whether a difference is too large, or no number at all.
fn is_off(difference: f32, tolerance: f32) -> bool {
    difference.is_nan() || difference >= tolerance
}

/// The most that a value differs from the other's.
fn greatest_difference(a: &[f32], b: &[f32]) -> f32 {
    if a.len() != b.len() {
        return f32::INFINITY;
    }
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    // Not `f32::max`, which would pass over a NaN.
    let keeps = |worst: f32, difference: f32| worst.is_nan() || difference <= worst;
    differences.fold(0.0, |worst, difference| if keeps(worst, difference) { worst } else { difference })
}

/// ‖a − b‖ / ‖b‖.
fn relative_difference(a: &[f32], b: &[f32]) -> f32 {
    let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|v| v * v).sum::<f32>().sqrt();
    if a.len() != b.len() {
        return f32::INFINITY;
    }
    norm(&mut a.iter().zip(b).map(|(x, y)| x - y)) / norm(&mut b.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cpu_agrees_with_itself() {
        let settings = Settings { batch: 4, side: 16, width: 4, ..Settings::recommended(Images::Shapes) };
        let verdict = pollster::block_on(self_test(&Device::flex(), &settings));
        assert_eq!(verdict, Ok(Agreement { steps: 2, views: 0.0, gradients: 0.0 }));
    }

    #[test]
    fn a_difference_is_noticed() {
        assert_eq!(relative_difference(&[1.0, 2.0], &[1.0, 2.0]), 0.0);
        assert!(is_off(relative_difference(&[1.0, 2.1], &[1.0, 2.0]), GRADIENT_TOLERANCE));
        assert!(is_off(relative_difference(&[1.0], &[1.0, 2.0]), GRADIENT_TOLERANCE));
        assert!(is_off(relative_difference(&[f32::NAN, 2.0], &[1.0, 2.0]), GRADIENT_TOLERANCE));
        assert_eq!(greatest_difference(&[1.0, 2.5, 3.0], &[1.0, 2.0, 3.0]), 0.5);
        assert!(is_off(greatest_difference(&[f32::NAN, 2.0], &[1.0, 2.0]), VIEW_TOLERANCE));
        assert!(is_off(greatest_difference(&[1.0, f32::NAN], &[1.0, 2.0]), VIEW_TOLERANCE));
        assert!(is_off(greatest_difference(&[], &[1.0, 2.0]), VIEW_TOLERANCE));
    }
}
