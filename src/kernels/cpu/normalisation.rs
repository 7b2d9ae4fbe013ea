//! Batch normalisation with ReLU, and its gradient (Ioffe & Szegedy 2015).
//!
//! Pictures are stored channels-last, so that every pixel is one short row of channels.

/// Number of pixels summed in single precision before the sum is added to one in double.
const BLOCK: usize = 1024;

/// Returns mean and variance of every channel of `x`, `[pixels, channels]`.
pub fn statistics(x: &[f32], channels: usize) -> [Vec<f32>; 2] {
    let pixels = (x.len() / channels) as f64;
    let per_pixel = |sums: Vec<f64>| sums.into_iter().map(|sum| (sum / pixels) as f32).collect::<Vec<f32>>();
    let mean = per_pixel(sums([x], channels, |sums, [row]| {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }));
    let variance = per_pixel(sums([x], channels, |sums, [row]| {
        for ((sum, value), mean) in sums.iter_mut().zip(row).zip(&mean) {
            *sum += (value - mean) * (value - mean);
        }
    }));
    [mean, variance]
}

/// Sums over corresponding rows of `all`, one sum per channel, in blocks, so that long sums lose no digits.
fn sums<const N: usize>(
    all: [&[f32]; N],
    channels: usize,
    add: impl Fn(&mut [f32], [&[f32]; N]),
) -> Vec<f64> {
    let mut totals = vec![0.0_f64; channels];
    let mut block_sums = vec![0.0; channels];
    let count = all[0].len();
    for start in (0..count).step_by(BLOCK * channels) {
        block_sums.fill(0.0);
        for at in (start..count.min(start + BLOCK * channels)).step_by(channels) {
            add(&mut block_sums, all.map(|values| &values[at..at + channels]));
        }
        totals.iter_mut().zip(&block_sums).for_each(|(total, sum)| *total += f64::from(*sum));
    }
    totals
}

/// Replaces `x` by `max(0, x · scale + shift)`, with one scale and shift per channel.
///
/// A NaN is kept, unlike with `f32::max`; otherwise faulty numbers would be noticed only layers and steps
/// later.
pub fn scale_shift_relu(x: &mut [f32], scale: &[f32], shift: &[f32]) {
    for row in x.chunks_exact_mut(scale.len()) {
        for ((value, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
            let y = *value * scale + shift;
            *value = if y < 0.0 { 0.0 } else { y };
        }
    }
}

/// Parameters and statistics of batch normalisation for one batch.
#[derive(Clone, Copy, Debug)]
pub struct Normalisation<'a> {
    /// Scale of every normalised channel.
    pub gamma: &'a [f32],
    /// Shift of every normalised channel.
    pub beta: &'a [f32],
    /// Mean of every channel over the batch.
    pub mean: &'a [f32],
    /// Variance of every channel over the batch.
    pub variance: &'a [f32],
    /// Added to the variance before its root is taken.
    pub epsilon: f32,
}

impl Normalisation<'_> {
    /// Returns the inverse standard deviation of every channel.
    fn inverse(&self) -> Vec<f32> {
        self.variance.iter().map(|variance| 1.0 / (variance + self.epsilon).sqrt()).collect()
    }

    /// Returns the scale and the shift that normalise every channel.
    pub fn scale_and_shift(&self) -> [Vec<f32>; 2] {
        let scale: Vec<f32> =
            self.gamma.iter().zip(self.inverse()).map(|(gamma, inverse)| gamma * inverse).collect();
        let shifted = |((beta, mean), scale): ((&f32, &f32), &f32)| beta - mean * scale;
        let shift = self.beta.iter().zip(self.mean).zip(&scale).map(shifted).collect();
        [scale, shift]
    }

    /// Computes the gradients of `x`, gamma and beta through normalisation by the batch's own statistics and
    /// ReLU, from the `gradient` of the result.
    pub fn relu_gradients(&self, x: &[f32], gradient: &[f32]) -> [Vec<f32>; 3] {
        let channels = self.gamma.len();
        let [scale, shift] = self.scale_and_shift();
        let mut of_x = gradient.to_vec();
        for (row, x) in of_x.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
            for (((gradient, x), scale), shift) in row.iter_mut().zip(x).zip(&scale).zip(&shift) {
                *gradient = if x * scale + shift > 0.0 { *gradient } else { 0.0 };
            }
        }
        let single = |sums: Vec<f64>| sums.into_iter().map(|sum| sum as f32).collect::<Vec<f32>>();
        let of_beta = single(sums([&of_x], channels, |sums, [row]| {
            sums.iter_mut().zip(row).for_each(|(sum, gradient)| *sum += gradient);
        }));
        let of_gamma = self.gamma_gradient(x, &of_x);
        self.through_statistics(x, &mut of_x, [&scale, &of_gamma, &of_beta]);
        [of_x, of_gamma, of_beta]
    }

    /// Computes Σ gradient · (x − mean) / deviation.
    fn gamma_gradient(&self, x: &[f32], gradient: &[f32]) -> Vec<f32> {
        let totals = sums([x, gradient], self.gamma.len(), |sums, [x, gradient]| {
            for (((sum, x), gradient), mean) in sums.iter_mut().zip(x).zip(gradient).zip(self.mean) {
                *sum += gradient * (x - mean);
            }
        });
        totals.iter().zip(self.inverse()).map(|(total, inverse)| *total as f32 * inverse).collect()
    }

    /// Turns gradients of normalised channels into those of `x`, which also affects the statistics:
    /// `scale · (gradient − Σ gradient / n − x̂ · Σ (gradient · x̂) / n)`.
    fn through_statistics(&self, x: &[f32], gradient: &mut [f32], [scale, of_gamma, of_beta]: [&[f32]; 3]) {
        let channels = scale.len();
        let per_pixel = channels as f32 / x.len() as f32;
        // Written as a · gradient + b · x + c, to keep the loop over all pixels short.
        let b: Vec<f32> = scale
            .iter()
            .zip(of_gamma)
            .zip(self.inverse())
            .map(|((scale, of_gamma), inverse)| -scale * of_gamma * per_pixel * inverse)
            .collect();
        let c: Vec<f32> = scale
            .iter()
            .zip(of_beta)
            .zip(b.iter().zip(self.mean))
            .map(|((scale, of_beta), (b, mean))| -scale * of_beta * per_pixel - b * mean)
            .collect();
        for (row, x) in gradient.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
            for ((((gradient, x), a), b), c) in row.iter_mut().zip(x).zip(scale).zip(&b).zip(&c) {
                *gradient = a * *gradient + b * x + c;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_stays_nan() {
        let mut y = [f32::NAN, -3.0, 2.0, f32::INFINITY];
        scale_shift_relu(&mut y, &[2.0], &[1.0]);
        assert!(y[0].is_nan());
        assert_eq!(y[1..], [0.0, 5.0, f32::INFINITY]);
    }

    #[test]
    fn long_sums_keep_their_digits() {
        // Several blocks, the last one partial, with a mean that is large relative to the deviation.
        let channels = 3;
        let value = |at: usize| 100.0 + (at % channels) as f32 + (at as f32 * 0.37).sin();
        let x: Vec<f32> = (0..(3 * BLOCK + 77) * channels).map(value).collect();
        let [mean, variance] = statistics(&x, channels);
        for channel in 0..channels {
            let values: Vec<f64> = x.iter().skip(channel).step_by(channels).map(|v| f64::from(*v)).collect();
            let exact = values.iter().sum::<f64>() / values.len() as f64;
            let spread = values.iter().map(|v| (v - exact).powi(2)).sum::<f64>() / values.len() as f64;
            assert!((f64::from(mean[channel]) - exact).abs() < 1e-4, "{mean:?}");
            assert!((f64::from(variance[channel]) - spread).abs() < 1e-4, "{variance:?}");
        }
    }
}
