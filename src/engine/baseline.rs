//! What a network has to beat: features for which nothing was learned.

use web_time::{Duration, Instant};

use super::embedded::Source;
use crate::{
    classic_features::classic_features, evaluate::centre::centre, progress::Progress, protocol::Stage,
};

/// A baseline's features of one picture, `3 × side²` values in 0 … 1.
///
/// # Panics
/// Where the stage is none of a baseline.
pub fn features(stage: Stage, planes: &[f32], side: usize) -> Vec<f32> {
    match stage {
        Stage::Pixels => planes.to_vec(),
        Stage::Classic => classic_features(planes, side),
        Stage::Untrained | Stage::Trained => panic!("a network has features of its own"),
    }
}

/// A whole set on its way to a baseline's features, a slice of time after the other.
pub struct Describing {
    stage: Stage,
    planes: Vec<f32>,
    side: usize,
    pictures: usize,
    done: usize,
    features: Vec<f32>,
}

impl Describing {
    /// Starts on pictures, `3 × side²` values in 0 … 1 each, at least one.
    pub fn new(stage: Stage, planes: Vec<f32>, side: usize) -> Self {
        let pictures = planes.len() / (3 * side * side);
        Self { stage, planes, side, pictures, done: 0, features: Vec::new() }
    }

    /// Works for about as long as given.
    pub fn advance(&mut self, time: Duration) -> Progress {
        let (started, plane) = (Instant::now(), 3 * self.side * self.side);
        while self.done < self.pictures && started.elapsed() < time {
            let picture = &self.planes[self.done * plane..][..plane];
            self.features.extend(features(self.stage, picture, self.side));
            self.done += 1;
        }
        Progress::more_if(self.done < self.pictures)
    }

    /// The features less their mean, one row a picture, and what embeds further pictures just so.
    pub fn finish(self) -> (Vec<f32>, Source) {
        let mut rows = self.features;
        let dimensions = rows.len() / self.pictures;
        let mean = centre(&mut rows, dimensions).map_or_else(Vec::new, |centred| centred.mean);
        (rows, Source::baseline(self.stage, mean))
    }
}
