//! Minimisation of a smooth function by L-BFGS (Nocedal 1980), one iteration at a time.

use std::collections::VecDeque;

/// Number of steps whose curvature is kept.
const MEMORY: usize = 8;

/// Share of the decrease predicted by the slope that a step has to achieve (Armijo 1966).
const SUFFICIENT: f64 = 1e-4;

/// Number of times a step is halved before the minimum counts as found.
const MAX_HALVINGS: usize = 30;

/// Largest gradient norm, relative to the norm of `x`, that counts as zero.
const FLAT: f64 = 2e-6;

/// A function with its gradient.
pub trait Objective {
    /// Returns the value at `x` and fills in `gradient`, which has the length of `x`.
    fn evaluate(&self, x: &[f64], gradient: &mut [f64]) -> f64;
}

/// A step and its change of gradient.
struct Curvature {
    moved: Vec<f64>,
    gradient_change: Vec<f64>,
    /// Dot product of the two, above 0.
    product: f64,
}

/// State of a minimisation.
pub struct Minimiser {
    x: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    memory: VecDeque<Curvature>,
}

impl Minimiser {
    /// Starts at `x`.
    pub fn new(x: Vec<f64>, objective: &impl Objective) -> Self {
        let mut gradient = vec![0.0; x.len()];
        let value = objective.evaluate(&x, &mut gradient);
        Self { x, value, gradient, memory: VecDeque::new() }
    }

    /// Returns the point reached.
    pub fn x(&self) -> &[f64] {
        &self.x
    }

    /// Takes one step downhill; returns false if the minimum is reached.
    pub fn step(&mut self, objective: &impl Objective) -> bool {
        if dot(&self.gradient, &self.gradient).sqrt() <= FLAT * dot(&self.x, &self.x).sqrt().max(1.0) {
            return false;
        }
        let direction = self.direction();
        let slope = dot(&direction, &self.gradient);
        let mut length = 1.0;
        let mut gradient = vec![0.0; self.x.len()];
        for _ in 0..MAX_HALVINGS {
            let x: Vec<f64> = self.x.iter().zip(&direction).map(|(x, d)| x + length * d).collect();
            let value = objective.evaluate(&x, &mut gradient);
            if value <= self.value + SUFFICIENT * length * slope {
                self.move_to(x, value, gradient);
                return true;
            }
            length /= 2.0;
        }
        false
    }

    /// Returns the descent direction by the two loops of Nocedal's recursion.
    fn direction(&self) -> Vec<f64> {
        let mut direction: Vec<f64> = self.gradient.iter().map(|g| -g).collect();
        let mut shares = Vec::with_capacity(self.memory.len());
        for step in self.memory.iter().rev() {
            let share = dot(&step.moved, &direction) / step.product;
            add(&mut direction, -share, &step.gradient_change);
            shares.push(share);
        }
        let scale = match self.memory.back() {
            Some(step) => step.product / dot(&step.gradient_change, &step.gradient_change),
            None => 1.0 / dot(&self.gradient, &self.gradient).sqrt(),
        };
        direction.iter_mut().for_each(|d| *d *= scale);
        for (step, share) in self.memory.iter().zip(shares.into_iter().rev()) {
            let back = dot(&step.gradient_change, &direction) / step.product;
            add(&mut direction, share - back, &step.moved);
        }
        direction
    }

    fn move_to(&mut self, x: Vec<f64>, value: f64, gradient: Vec<f64>) {
        let moved = difference(&x, &self.x);
        let gradient_change = difference(&gradient, &self.gradient);
        let product = dot(&moved, &gradient_change);
        // Rounding can hide the curvature of a tiny step.
        if product > 1e-14 * dot(&gradient_change, &gradient_change) {
            self.memory.push_back(Curvature { moved, gradient_change, product });
            if self.memory.len() > MEMORY {
                self.memory.pop_front();
            }
        }
        (self.x, self.value, self.gradient) = (x, value, gradient);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn add(to: &mut [f64], share: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(x, y)| *x += share * y);
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| x - y).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Narrow valley: (x − 1)² + 100 (y + 2)² + 0.01 z⁴.
    struct Valley;

    impl Objective for Valley {
        fn evaluate(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
            let (a, b, c) = (x[0] - 1.0, x[1] + 2.0, x[2]);
            gradient.copy_from_slice(&[2.0 * a, 200.0 * b, 0.04 * c.powi(3)]);
            a * a + 100.0 * b * b + 0.01 * c.powi(4)
        }
    }

    #[test]
    fn finds_the_bottom_of_a_narrow_valley() {
        let mut minimiser = Minimiser::new(vec![8.0, 5.0, 3.0], &Valley);
        let steps = (0..100).take_while(|_| minimiser.step(&Valley)).count();
        assert!(steps < 60, "{steps} steps");
        let [x, y, z] = minimiser.x() else { panic!("three numbers") };
        assert!((x - 1.0).abs() < 1e-3 && (y + 2.0).abs() < 1e-4 && z.abs() < 0.3, "{:?}", minimiser.x());
    }

    #[test]
    fn every_step_descends_until_the_minimum() {
        let mut minimiser = Minimiser::new(vec![-3.0, 7.0, 1.0], &Valley);
        let mut before = minimiser.value;
        while minimiser.step(&Valley) {
            assert!(minimiser.value < before);
            before = minimiser.value;
        }
        assert!(!Minimiser::new(vec![1.0, -2.0, 0.0], &Valley).step(&Valley));
    }
}
