//! t-SNE: a map that keeps neighbours together (van der Maaten & Hinton 2008).
//!
//! The attraction runs only over each row's nearest neighbours, as in Barnes-Hut t-SNE (van der Maaten 2014);
//! the repulsion over all pairs, exactly.

mod affinities;

use affinities::{Affinities, AffinitySearch};

use super::UnitRows;
use crate::progress::Progress;

/// Number of iterations with exaggerated attraction, so that clusters form.
const EARLY: u32 = 250;

/// Number of iterations after those.
const LATE: u32 = 500;

/// Factor of the attraction in the early iterations.
const EXAGGERATION: f32 = 12.0;

/// Root mean square distance from the centre in a new map.
const START: f32 = 1e-2;

/// Number of points whose repulsion is summed at a time.
const LANES: usize = 8;

/// A map in progress.
pub struct Tsne {
    /// Search for the affinities, until it is complete.
    search: Option<AffinitySearch>,
    affinities: Affinities,
    x: Vec<f32>,
    y: Vec<f32>,
    steps: Vec<[f32; 2]>,
    gains: Vec<[f32; 2]>,
    iteration: u32,
}

impl Tsne {
    /// Starts a map of `rows` from a rough one, for example by principal components.
    ///
    /// # Panics
    /// If the number of points differs from that of rows.
    pub fn new(rows: &UnitRows, rough: &[[f32; 2]]) -> Self {
        let spread = root_mean_square(rough).max(f32::MIN_POSITIVE);
        Self::start(rows, rough.iter().map(|[x, y]| [x / spread * START, y / spread * START]), 0)
    }

    /// Continues from a map of similar rows, in which clusters have formed already.
    ///
    /// # Panics
    /// If the number of points differs from that of rows.
    pub fn resume(rows: &UnitRows, points: &[[f32; 2]]) -> Self {
        Self::start(rows, points.iter().copied(), EARLY + LATE / 2)
    }

    fn start(rows: &UnitRows, points: impl Iterator<Item = [f32; 2]>, iteration: u32) -> Self {
        let (x, y): (Vec<f32>, Vec<f32>) = points.map(|[x, y]| (x, y)).unzip();
        assert_eq!(x.len(), rows.len(), "there is one point a row");
        let count = rows.len();
        let (steps, gains) = (vec![[0.0; 2]; count], vec![[1.0; 2]; count]);
        let search = Some(AffinitySearch::new(rows));
        Self { search, affinities: Affinities::default(), x, y, steps, gains, iteration }
    }

    /// Returns the number of iterations done, and the total.
    pub fn progress(&self) -> (u32, u32) {
        (self.iteration, EARLY + LATE)
    }

    /// Returns the current points of the rows.
    pub fn points(&self) -> Vec<[f32; 2]> {
        self.x.iter().zip(&self.y).map(|(x, y)| [*x, *y]).collect()
    }

    /// Compares some more rows with each other; after all rows, performs one iteration of gradient descent.
    pub fn advance(&mut self) -> Progress {
        if let Some(search) = &mut self.search {
            if search.advance() == Progress::Idle {
                self.affinities = search.finish();
                self.search = None;
            }
            return Progress::More;
        }
        let early = self.iteration < EARLY;
        let gradient = self.gradient(if early { EXAGGERATION } else { 1.0 });
        let count = self.x.len() as f32;
        // Learning rate of Belkina et al. (2019), n / α for a gradient without its factor 4, except for sets
        // so small that points would hardly move; momenta of van der Maaten & Hinton (2008).
        let rate = (count / EXAGGERATION / 4.0).max(12.5);
        let momentum = if early { 0.5 } else { 0.8 };
        for (point, gradient) in gradient.into_iter().enumerate() {
            let (steps, gains) = (&mut self.steps[point], &mut self.gains[point]);
            for ((step, gain), slope) in steps.iter_mut().zip(gains).zip(gradient) {
                let turns = (slope > 0.0) == (*step > 0.0);
                *gain = if turns { (*gain * 0.8).max(0.01) } else { *gain + 0.2 };
                *step = momentum * *step - rate * *gain * slope;
            }
            self.x[point] += self.steps[point][0];
            self.y[point] += self.steps[point][1];
        }
        centre(&mut self.x);
        centre(&mut self.y);
        self.iteration += 1;
        Progress::more_if(self.iteration < EARLY + LATE)
    }

    /// Computes the gradient of the Kullback-Leibler divergence, with exaggerated attraction.
    fn gradient(&self, exaggeration: f32) -> Vec<[f32; 2]> {
        let mut total = 0.0;
        let mut repulsion = Vec::with_capacity(self.x.len());
        for point in 0..self.x.len() {
            let (sum, force) = self.repulsion(point);
            total += f64::from(sum);
            repulsion.push(force);
        }
        let scale = 1.0 / (total as f32).max(1e-20);
        let gradient = repulsion.iter().enumerate().map(|(point, force)| {
            let mut gradient = force.map(|force| -4.0 * scale * force);
            for (other, affinity) in self.affinities.of(point) {
                let (dx, dy) = (self.x[point] - self.x[other], self.y[point] - self.y[other]);
                let pull = 4.0 * exaggeration * affinity / (1.0 + dx * dx + dy * dy);
                gradient[0] += pull * dx;
                gradient[1] += pull * dy;
            }
            gradient
        });
        gradient.collect()
    }

    /// Returns the sum of `q = 1 / (1 + d²)` over all other points, and that of `q²` times the difference
    /// from them.
    fn repulsion(&self, point: usize) -> (f32, [f32; 2]) {
        let (x, y) = (self.x[point], self.y[point]);
        let mut sums = [[0.0; LANES]; 3];
        let mut add = |xs: &[f32], ys: &[f32]| {
            for (lane, (other_x, other_y)) in xs.iter().zip(ys).enumerate() {
                let (dx, dy) = (x - other_x, y - other_y);
                let q = 1.0 / (1.0 + dx * dx + dy * dy);
                sums[0][lane] += q;
                sums[1][lane] += q * q * dx;
                sums[2][lane] += q * q * dy;
            }
        };
        let (xs, ys) = (self.x.chunks_exact(LANES), self.y.chunks_exact(LANES));
        add(xs.remainder(), ys.remainder());
        xs.zip(ys).for_each(|(xs, ys)| add(xs, ys));
        let [q, dx, dy] = sums.map(|lanes| lanes.iter().sum::<f32>());
        // The point itself has q = 1 and difference 0.
        (q - 1.0, [dx, dy])
    }
}

/// Returns the root mean square distance from the origin.
pub fn root_mean_square(points: &[[f32; 2]]) -> f32 {
    let sum: f32 = points.iter().map(|[x, y]| x * x + y * y).sum();
    (sum / points.len().max(1) as f32).sqrt()
}

fn centre(values: &mut [f32]) {
    let mean = values.iter().sum::<f32>() / values.len().max(1) as f32;
    values.iter_mut().for_each(|value| *value -= mean);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::principal_components::principal_components,
        random::{Purpose, generator},
    };
    use rand::{Rng, RngExt};

    /// Returns `count` rows around each of `clusters` directions.
    fn clusters(clusters: usize, count: usize, rng: &mut impl Rng) -> UnitRows {
        let mut values = Vec::new();
        for row in 0..clusters * count {
            let axis = row / count;
            values.extend((0..8).map(|place| {
                let centre = if place == axis { 1.0 } else { 0.0 };
                centre + rng.random_range(-0.15..0.15)
            }));
        }
        UnitRows::new(values, 8)
    }

    #[test]
    fn separate_clusters_stay_separate() {
        let rows = clusters(5, 40, &mut generator(1, Purpose::Preview, 0));
        let mut tsne = Tsne::new(&rows, &principal_components(&rows).points);
        while tsne.advance() == Progress::More {}
        let points = tsne.points();
        for point in 0..points.len() {
            let distance = |other: &usize| {
                let [dx, dy] = [points[point][0] - points[*other][0], points[point][1] - points[*other][1]];
                dx * dx + dy * dy
            };
            let others = (0..points.len()).filter(|other| *other != point);
            let nearest = others.min_by(|a, b| distance(a).total_cmp(&distance(b))).expect("others");
            assert_eq!(nearest / 40, point / 40, "{point} lies beside another cluster's {nearest}");
        }
        let (done, all) = tsne.progress();
        assert_eq!(done, all);
    }

    #[test]
    fn gradient_agrees_with_the_divergence() {
        let mut rng = generator(2, Purpose::Preview, 0);
        let rows = clusters(3, 5, &mut rng);
        let rough: Vec<[f32; 2]> =
            (0..15).map(|_| [rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0)]).collect();
        let mut tsne = Tsne::resume(&rows, &rough);
        while tsne.search.is_some() {
            tsne.advance();
        }
        // By the definition, in double precision, over all pairs.
        let divergence = |points: &[[f64; 2]]| -> f64 {
            let q = |a: usize, b: usize| {
                let [dx, dy] = [points[a][0] - points[b][0], points[a][1] - points[b][1]];
                1.0 / (1.0 + dx * dx + dy * dy)
            };
            let pairs = || (0..15).flat_map(|a| (0..15).filter(move |b| *b != a).map(move |b| (a, b)));
            let total: f64 = pairs().map(|(a, b)| q(a, b)).sum();
            let term = |a: usize| {
                let terms = tsne.affinities.of(a).map(move |(b, p)| (b, f64::from(p)));
                terms.map(|(b, p)| p * (p / (q(a, b) / total)).ln()).sum::<f64>()
            };
            (0..15).map(term).sum()
        };
        let points: Vec<[f64; 2]> = tsne.points().iter().map(|point| point.map(f64::from)).collect();
        for (point, gradient) in tsne.gradient(1.0).iter().enumerate() {
            for axis in 0..2 {
                let at = |shift: f64| {
                    let mut moved = points.clone();
                    moved[point][axis] += shift;
                    divergence(&moved)
                };
                let expected = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!((f64::from(gradient[axis]) - expected).abs() < 1e-4, "{gradient:?} at {point}");
            }
        }
    }

    #[test]
    fn few_rows_give_a_map() {
        for count in 1..4 {
            let rows = UnitRows::new((0..count * 2).map(|i| (i as f32).sin()).collect(), 2);
            let mut tsne = Tsne::new(&rows, &principal_components(&rows).points);
            while tsne.advance() == Progress::More {}
            assert!(tsne.points().iter().flatten().all(|value| value.is_finite()));
        }
    }
}
