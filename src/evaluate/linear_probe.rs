//! Linear probe: a linear classifier trained on frozen embeddings and a few labels.
//!
//! Multinomial logistic regression (Alain & Bengio 2016 for the probe): the mean cross-entropy over the given
//! rows in nats, plus [`PENALTY`] / 2 times the squared weights. Features are standardised by the given rows'
//! mean and variance and divided by the root of their number, so that one penalty suits embeddings and raw
//! pixels alike. The problem is convex: its solution depends only on the rows and their labels.

use std::cell::RefCell;

use super::{
    UnitRows, dot,
    lbfgs::{Minimiser, Objective},
};
use crate::progress::Progress;

/// Weight of the squared weights; biases are not penalised. With 100 rows of 128 features it is close to
/// scikit-learn's default (C = 1).
pub const PENALTY: f64 = 1e-4;

/// Largest number of iterations, after which the solution is taken as it is.
const MAX_ITERATIONS: usize = 120;

/// Standardisation of features.
struct Standard {
    means: Vec<f32>,
    scales: Vec<f32>,
}

impl Standard {
    /// Fits the standardisation to some rows; features constant among them are dropped.
    fn of(rows: &UnitRows, given: &[usize]) -> Self {
        let (dimensions, count) = (rows.dimensions(), given.len() as f32);
        let mut means = vec![0.0; dimensions];
        for row in given {
            means.iter_mut().zip(rows.row(*row)).for_each(|(mean, value)| *mean += value / count);
        }
        let mut variances = vec![0.0; dimensions];
        for row in given {
            let away = rows.row(*row).iter().zip(&means).map(|(value, mean)| (value - mean).powi(2));
            variances.iter_mut().zip(away).for_each(|(variance, square)| *variance += square / count);
        }
        let root = (dimensions as f32).sqrt();
        let scale = |variance: f32| if variance > 1e-12 { 1.0 / (variance.sqrt() * root) } else { 0.0 };
        Self { means, scales: variances.into_iter().map(scale).collect() }
    }

    fn apply(&self, row: &[f32]) -> Vec<f32> {
        let features = row.iter().zip(&self.means).zip(&self.scales);
        features.map(|((value, mean), scale)| (value - mean) * scale).collect()
    }
}

/// Loss of the regression as a function of its weights, class by class, each class's weights followed by its
/// bias.
struct Regression {
    features: Vec<f32>,
    dimensions: usize,
    /// Class of each given row, below `classes`.
    targets: Vec<usize>,
    classes: usize,
    penalty: f64,
    /// Single-precision weights and gradient, reused between evaluations.
    scratch: RefCell<(Vec<f32>, Vec<f32>)>,
}

impl Regression {
    fn new(features: Vec<f32>, dimensions: usize, targets: Vec<usize>, classes: usize, penalty: f64) -> Self {
        Self { features, dimensions, targets, classes, penalty, scratch: RefCell::default() }
    }

    fn parameters(&self) -> usize {
        self.classes * (self.dimensions + 1)
    }
}

impl Objective for Regression {
    fn evaluate(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let width = self.dimensions + 1;
        let (weights, slopes) = &mut *self.scratch.borrow_mut();
        weights.clear();
        weights.extend(x.iter().map(|value| *value as f32));
        slopes.clear();
        slopes.resize(x.len(), 0.0);
        let mut loss = 0.0;
        let share = 1.0 / self.targets.len() as f64;
        for (row, target) in self.features.chunks_exact(self.dimensions).zip(&self.targets) {
            let mut chances = logits(weights, row);
            loss -= share * log_softmax(&mut chances, *target);
            for (class, slopes) in slopes.chunks_exact_mut(width).enumerate() {
                let wrong = chances[class] - f64::from(u8::from(class == *target));
                let pull = (share * wrong) as f32;
                slopes.iter_mut().zip(row).for_each(|(slope, value)| *slope += pull * value);
                slopes[self.dimensions] += pull;
            }
        }
        for (at, slope) in gradient.iter_mut().enumerate() {
            let weight = if at % width == self.dimensions { 0.0 } else { x[at] };
            loss += self.penalty / 2.0 * weight * weight;
            *slope = f64::from(slopes[at]) + self.penalty * weight;
        }
        loss
    }
}

/// Returns every class's score for one row.
fn logits(weights: &[f32], row: &[f32]) -> Vec<f64> {
    let score = |weights: &[f32]| f64::from(dot(&weights[..row.len()], row) + weights[row.len()]);
    weights.chunks_exact(row.len() + 1).map(score).collect()
}

/// Turns scores into probabilities; returns the log probability of `class`.
fn log_softmax(scores: &mut [f64], class: usize) -> f64 {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let own = scores[class] - most;
    scores.iter_mut().for_each(|score| *score = (*score - most).exp());
    let sum: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
    own - sum.ln()
}

/// A probe in training.
pub struct LinearProbe {
    standard: Standard,
    regression: Regression,
    minimiser: Minimiser,
    iterations: usize,
}

impl LinearProbe {
    /// Starts from zero weights. `given` are rows with a class each, below `classes`.
    ///
    /// # Panics
    /// If no row is given, or the numbers of rows and classes differ.
    pub fn new(rows: &UnitRows, given: &[usize], targets: Vec<usize>, classes: usize) -> Self {
        assert!(!given.is_empty() && given.len() == targets.len(), "every given row has a class");
        let standard = Standard::of(rows, given);
        let features = given.iter().flat_map(|row| standard.apply(rows.row(*row))).collect();
        let regression = Regression::new(features, rows.dimensions(), targets, classes, PENALTY);
        let minimiser = Minimiser::new(vec![0.0; regression.parameters()], &regression);
        Self { standard, regression, minimiser, iterations: 0 }
    }

    /// Performs one iteration, until the solution is found.
    pub fn advance(&mut self) -> Progress {
        self.iterations += 1;
        Progress::more_if(self.iterations <= MAX_ITERATIONS && self.minimiser.step(&self.regression))
    }

    /// Returns the probability of each class for the rows `which`, row by row.
    pub fn probabilities(&self, rows: &UnitRows, which: &[usize]) -> Vec<f32> {
        let weights: Vec<f32> = self.minimiser.x().iter().map(|value| *value as f32).collect();
        let chances = |row: &usize| {
            let mut scores = logits(&weights, &self.standard.apply(rows.row(*row)));
            log_softmax(&mut scores, 0);
            scores.into_iter().map(|chance| chance as f32)
        };
        which.iter().flat_map(chances).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, generator};
    use rand::{Rng, RngExt};

    fn solved(rows: &UnitRows, given: &[usize], targets: Vec<usize>, classes: usize) -> LinearProbe {
        let mut probe = LinearProbe::new(rows, given, targets, classes);
        while probe.advance() == Progress::More {}
        probe
    }

    fn numbers(count: usize, rng: &mut impl Rng) -> Vec<f32> {
        (0..count).map(|_| rng.random_range(-1.0..1.0)).collect()
    }

    #[test]
    fn gradient_agrees_with_finite_differences() {
        let mut rng = generator(1, Purpose::Preview, 0);
        let regression =
            Regression::new(numbers(12 * 5, &mut rng), 5, (0..12).map(|i| i % 3).collect(), 3, 0.3);
        let x: Vec<f64> = numbers(regression.parameters(), &mut rng).into_iter().map(f64::from).collect();
        let mut gradient = vec![0.0; x.len()];
        regression.evaluate(&x, &mut gradient);
        for at in 0..x.len() {
            let value = |change: f64| {
                let mut x = x.clone();
                x[at] += change;
                regression.evaluate(&x, &mut vec![0.0; x.len()])
            };
            let slope = (value(0.01) - value(-0.01)) / 0.02;
            assert!((slope - gradient[at]).abs() < 1e-4, "{at}: {slope} and {}", gradient[at]);
        }
    }

    #[test]
    fn separable_classes_are_separated() {
        let mut rng = generator(2, Purpose::Preview, 0);
        let row = |class: usize, rng: &mut _| {
            let noise = numbers(6, rng);
            (0..6).map(move |i| noise[i] * 0.2 + if i == class { 1.0 } else { 0.0 })
        };
        let rows = UnitRows::new((0..90).flat_map(|i| row(i % 3, &mut rng).collect::<Vec<_>>()).collect(), 6);
        let given: Vec<usize> = (0..30).collect();
        let probe = solved(&rows, &given, given.iter().map(|i| i % 3).collect(), 3);
        let held_out: Vec<usize> = (30..90).collect();
        for (row, chances) in held_out.iter().zip(probe.probabilities(&rows, &held_out).chunks_exact(3)) {
            assert!((chances.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            assert!(chances[row % 3] > 0.5, "row {row}: {chances:?}");
        }
    }

    #[test]
    fn without_information_probabilities_are_the_classes_shares() {
        // Every row is the same, so only the biases matter: their optimum is the log of the shares.
        let rows = UnitRows::new([0.6, 0.8].repeat(9), 2);
        let probe = solved(&rows, &[0, 1, 2, 3, 4, 5, 6, 7], vec![0, 0, 0, 0, 1, 1, 2, 2], 3);
        for (chance, share) in probe.probabilities(&rows, &[8]).iter().zip([0.5, 0.25, 0.25]) {
            assert!((chance - share).abs() < 1e-4, "{chance} instead of {share}");
        }
    }

    #[test]
    fn two_mirrored_rows_agree_with_the_closed_form() {
        // Standardised, the rows are ±1, so by symmetry the classes' weights are ±w with penalty · w = 1 / (1
        // + exp 2w), solved here by bisection.
        let rows = UnitRows::new(vec![1.0, -1.0], 1);
        let (mut low, mut high) = (0.0, 20.0);
        for _ in 0..60 {
            let w: f64 = (low + high) / 2.0;
            if PENALTY * w < 1.0 / (1.0 + (2.0 * w).exp()) { low = w } else { high = w }
        }
        let expected = 1.0 / (1.0 + (-2.0 * low).exp());
        let probe = solved(&rows, &[0, 1], vec![0, 1], 2);
        let chances = probe.probabilities(&rows, &[0]);
        assert!((f64::from(chances[0]) - expected).abs() < 1e-4, "{chances:?} instead of {expected}");
    }

    #[test]
    fn agrees_with_scipy() {
        #[derive(serde::Deserialize)]
        struct Golden {
            dimensions: usize,
            given: usize,
            classes: Vec<usize>,
            rows: Vec<f32>,
            probabilities: Vec<f32>,
        }
        let golden: Golden = serde_json::from_str(include_str!("../../tests/golden/linear_probe.json"))
            .expect("a golden file");
        let rows = UnitRows::new(golden.rows, golden.dimensions);
        let given: Vec<usize> = (0..golden.given).collect();
        let probe = solved(&rows, &given, golden.classes, 3);
        let held_out: Vec<usize> = (golden.given..rows.len()).collect();
        let probabilities = probe.probabilities(&rows, &held_out);
        assert_eq!(probabilities.len(), golden.probabilities.len());
        for (ours, theirs) in probabilities.iter().zip(&golden.probabilities) {
            assert!((ours - theirs).abs() < 1e-3, "{ours} instead of {theirs}");
        }
    }
}
