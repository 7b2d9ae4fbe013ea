//! Batch normalisation with ReLU, and its gradient (Ioffe & Szegedy 2015).
//!
//! Pictures lie channels-last, so that every pixel is one short row of channels.

/// Pixels that are summed in single precision before the sum joins one in double.
const BLOCK: usize = 1024;

/// Mean and variance of every channel of `x`, `[pixels, channels]`.
pub fn moments(x: &[f32], channels: usize) -> [Vec<f32>; 2] {
    let pixels = (x.len() / channels) as f64;
    let share = |sums: Vec<f64>| sums.into_iter().map(|sum| (sum / pixels) as f32).collect::<Vec<f32>>();
    let mean = share(sums(x, channels, |sums, row| {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }));
    let variance = share(sums(x, channels, |sums, row| {
        for ((sum, value), mean) in sums.iter_mut().zip(row).zip(&mean) {
            *sum += (value - mean) * (value - mean);
        }
    }));
    [mean, variance]
}

/// Adds rows into one sum a channel, in blocks, so that no long sum loses digits.
fn sums(x: &[f32], channels: usize, add: impl Fn(&mut [f32], &[f32])) -> Vec<f64> {
    let mut totals = vec![0.0_f64; channels];
    let mut block_sums = vec![0.0; channels];
    for block in x.chunks(BLOCK * channels) {
        block_sums.fill(0.0);
        block.chunks_exact(channels).for_each(|row| add(&mut block_sums, row));
        totals.iter_mut().zip(&block_sums).for_each(|(total, sum)| *total += f64::from(*sum));
    }
    totals
}

/// `max(0, x · scale + shift)` with one scale and shift a channel.
pub fn scale_shift_relu(x: &[f32], scale: &[f32], shift: &[f32]) -> Vec<f32> {
    let mut result = x.to_vec();
    for row in result.chunks_exact_mut(scale.len()) {
        for ((value, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
            *value = (*value * scale + shift).max(0.0);
        }
    }
    result
}

/// What batch normalisation does to one batch.
#[derive(Clone, Copy, Debug)]
pub struct Normalisation<'a> {
    /// Factor of every normalised channel.
    pub gamma: &'a [f32],
    /// Added to every normalised channel.
    pub beta: &'a [f32],
    /// Mean of every channel over the batch.
    pub mean: &'a [f32],
    /// Variance of every channel over the batch.
    pub variance: &'a [f32],
    /// Added to the variance before its root is taken.
    pub epsilon: f32,
}

impl Normalisation<'_> {
    /// One over the deviation of every channel.
    fn inverse(&self) -> Vec<f32> {
        self.variance.iter().map(|variance| 1.0 / (variance + self.epsilon).sqrt()).collect()
    }

    /// The factor and the summand that normalise every channel.
    pub fn scale_and_shift(&self) -> [Vec<f32>; 2] {
        let scale: Vec<f32> = self.gamma.iter().zip(self.inverse()).map(|(gamma, inverse)| gamma * inverse).collect();
        let shifted = |((beta, mean), scale): ((&f32, &f32), &f32)| beta - mean * scale;
        let shift = self.beta.iter().zip(self.mean).zip(&scale).map(shifted).collect();
        [scale, shift]
    }

    /// Normalises `x` by its own moments, then ReLU: gradients of `x`, gamma and beta from
    /// the `gradient` of the result.
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
        let of_beta = single(sums(&of_x, channels, |sums, row| {
            sums.iter_mut().zip(row).for_each(|(sum, gradient)| *sum += gradient);
        }));
        let of_gamma = self.gamma_gradient(x, &of_x);
        self.through_moments(x, &mut of_x, [&scale, &of_gamma, &of_beta]);
        [of_x, of_gamma, of_beta]
    }

    /// Σ gradient · (x − mean) / deviation.
    fn gamma_gradient(&self, x: &[f32], gradient: &[f32]) -> Vec<f32> {
        let channels = self.gamma.len();
        let mut totals = vec![0.0_f64; channels];
        let mut block_sums = vec![0.0_f32; channels];
        for (x, gradient) in x.chunks(BLOCK * channels).zip(gradient.chunks(BLOCK * channels)) {
            block_sums.fill(0.0);
            for (x, gradient) in x.chunks_exact(channels).zip(gradient.chunks_exact(channels)) {
                for (((sum, x), gradient), mean) in block_sums.iter_mut().zip(x).zip(gradient).zip(self.mean) {
                    *sum += gradient * (x - mean);
                }
            }
            totals.iter_mut().zip(&block_sums).for_each(|(total, sum)| *total += f64::from(*sum));
        }
        totals.iter().zip(self.inverse()).map(|(total, inverse)| *total as f32 * inverse).collect()
    }

    /// Turns gradients of normalised channels into those of `x`, which also moves its moments:
    /// `scale · (gradient − Σ gradient / n − x̂ · Σ (gradient · x̂) / n)`.
    fn through_moments(&self, x: &[f32], gradient: &mut [f32], [scale, of_gamma, of_beta]: [&[f32]; 3]) {
        let channels = scale.len();
        let share = channels as f32 / x.len() as f32;
        // Written as a · gradient + b · x + c, so that the loop over all pixels stays short.
        let b: Vec<f32> = scale
            .iter()
            .zip(of_gamma)
            .zip(self.inverse())
            .map(|((scale, of_gamma), inverse)| -scale * of_gamma * share * inverse)
            .collect();
        let c: Vec<f32> = scale
            .iter()
            .zip(of_beta)
            .zip(b.iter().zip(self.mean))
            .map(|((scale, of_beta), (b, mean))| -scale * of_beta * share - b * mean)
            .collect();
        for (row, x) in gradient.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
            for ((((gradient, x), a), b), c) in row.iter_mut().zip(x).zip(scale).zip(&b).zip(&c) {
                *gradient = a * *gradient + b * x + c;
            }
        }
    }
}
