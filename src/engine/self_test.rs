//! Comparison of a device with the CPU before it is relied on.
//!
//! Graphics drivers are numerous, and some compute wrong numbers silently. Two training steps on both
//! backends reveal this, from the views to the updated weights. Their batch and network are no larger than
//! the run's own, so that what is compiled for them serves the run; the size of pictures is not compiled into
//! anything.

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

/// Maximum difference of a view's value, out of 1: less than one step of a byte.
const VIEW_TOLERANCE: f32 = 3e-3;

/// Maximum difference of a loss, relative to its value.
const LOSS_TOLERANCE: f32 = 1e-3;

/// Maximum difference of all gradients together, relative to their norm. The measured difference on sound
/// drivers is below a tenth of it.
const GRADIENT_TOLERANCE: f32 = 1e-2;

/// Number of steps compared; the second shows whether the first updated the weights equally.
const STEPS: usize = 2;

/// Reads the numbers of a tensor; losing them counts as disagreement.
async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Disagreement> {
    readback::read(tensor).await.map_err(|_| Disagreement::Lost)
}

/// Compares steps on the device and the CPU, of the size that the settings imply.
///
/// # Errors
/// If any difference is too large, or the results cannot be read.
pub async fn self_test(device: &Device, settings: &Settings) -> Result<Agreement, Disagreement> {
    let settings = of_size(settings);
    // All steps are started before any is awaited, so that compilation proceeds meanwhile.
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

/// Results of a step on its device.
struct Step {
    views: Tensor<4>,
    /// All gradients in one row.
    gradients: Tensor<1>,
    /// Statistics, starting with the loss.
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

/// Returns the recommended settings, reduced to smaller pictures and at most the size of `settings`: anything
/// larger would take the CPU long.
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

/// Returns all gradients of a step in one row.
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

/// Returns whether a difference is too large or NaN.
fn is_off(difference: f32, tolerance: f32) -> bool {
    difference.is_nan() || difference >= tolerance
}

/// Returns the greatest difference between corresponding values.
fn greatest_difference(a: &[f32], b: &[f32]) -> f32 {
    if a.len() != b.len() {
        return f32::INFINITY;
    }
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    // `f32::max` would skip a NaN.
    let keeps = |worst: f32, difference: f32| worst.is_nan() || difference <= worst;
    differences.fold(0.0, |worst, difference| if keeps(worst, difference) { worst } else { difference })
}

/// Returns ‖a − b‖ / ‖b‖.
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
    fn differences_are_detected() {
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
