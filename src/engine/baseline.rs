//! Baselines for a network: features without learning.

use web_time::{Duration, Instant};

use super::embedded::Source;
use crate::{
    classic_features::classic_features, evaluate::centre::centre, progress::Progress, protocol::Stage,
};

/// Returns a baseline's features of one picture, `3 × side²` values in 0 … 1.
///
/// # Panics
/// If the stage is not a baseline.
pub fn features(stage: Stage, planes: &[f32], side: usize) -> Vec<f32> {
    match stage {
        Stage::Pixels => planes.to_vec(),
        Stage::Classic => classic_features(planes, side),
        Stage::Untrained | Stage::Trained => panic!("a network has features of its own"),
    }
}

/// Computation of a baseline's features of a whole set, one slice of time after another.
pub struct Describing {
    stage: Stage,
    planes: Vec<f32>,
    side: usize,
    pictures: usize,
    done: usize,
    features: Vec<f32>,
}

impl Describing {
    /// Starts with pictures, `3 × side²` values in 0 … 1 each, at least one.
    pub fn new(stage: Stage, planes: Vec<f32>, side: usize) -> Self {
        let pictures = planes.len() / (3 * side * side);
        Self { stage, planes, side, pictures, done: 0, features: Vec::new() }
    }

    /// Works for approximately the given time.
    pub fn advance(&mut self, time: Duration) -> Progress {
        let (started, plane) = (Instant::now(), 3 * self.side * self.side);
        while self.done < self.pictures && started.elapsed() < time {
            let picture = &self.planes[self.done * plane..][..plane];
            self.features.extend(features(self.stage, picture, self.side));
            self.done += 1;
        }
        Progress::more_if(self.done < self.pictures)
    }

    /// Returns the features minus their mean, one row per picture, and the source that embeds further
    /// pictures in the same way.
    pub fn finish(self) -> (Vec<f32>, Source) {
        let mut rows = self.features;
        let dimensions = rows.len() / self.pictures;
        let mean = centre(&mut rows, dimensions).map_or_else(Vec::new, |centred| centred.mean);
        (rows, Source::baseline(self.stage, mean))
    }
}
