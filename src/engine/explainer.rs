//! Explains what makes two pictures alike, a few occluded pictures after the other.

use burn::tensor::Device;
use web_time::{Duration, Instant};

use super::embedded::Embedded;
use crate::{
    evaluate::{UnitRows, occlusion::Patches},
    progress::Progress,
    protocol::{Breakdown, Explanation, Floats, Pair, Stage},
};

/// Occluded pictures that are embedded between two looks at the clock; it divides their number,
/// so that a device sees one shape of them.
const CHUNK: usize = 9;

/// An explanation on its way.
pub struct Explainer {
    pair: Pair,
    planes: [Vec<f32>; 2],
    side: usize,
    patches: Patches,
    embedded: Embedded,
    /// The embeddings of the whole pictures, once they were taken.
    whole: Option<UnitRows>,
    /// By how much the similarity drops, place by place; first those of the first picture.
    drops: Vec<f32>,
}

impl Explainer {
    /// Starts on two pictures, each `3 × side²` values in 0 … 1.
    pub fn new(pair: Pair, planes: [Vec<f32>; 2], side: usize, embedded: Embedded) -> Self {
        let patches = Patches::new(side);
        Self { pair, planes, side, patches, embedded, whole: None, drops: Vec::new() }
    }

    /// Which embeddings.
    pub fn stage(&self) -> Stage {
        self.pair.stage
    }

    /// Works for about as long as given.
    pub async fn advance(&mut self, time: Duration, device: &Device) -> Result<Progress, Breakdown> {
        let started = Instant::now();
        if self.whole.is_none() {
            self.whole = Some(self.embedded.embed(self.planes.concat(), self.side, device).await?);
        }
        while self.drops.len() < 2 * self.patches.count() {
            self.occlude_chunk(device).await?;
            if started.elapsed() >= time {
                return Ok(Progress::More);
            }
        }
        Ok(Progress::Idle)
    }

    async fn occlude_chunk(&mut self, device: &Device) -> Result<(), Breakdown> {
        let Some(whole) = &self.whole else { return Ok(()) };
        let covered = self.drops.len() / self.patches.count();
        let first = self.drops.len() % self.patches.count();
        let places = first..self.patches.count().min(first + CHUNK);
        let occluded = places.flat_map(|place| self.patches.occlude(&self.planes[covered], place)).collect();
        let occluded = self.embedded.embed(occluded, self.side, device).await?;
        let before = whole.cosine(0, 1);
        self.drops.extend((0..occluded.len()).map(|i| before - occluded.cosine_with(i, whole, 1 - covered)));
        Ok(())
    }

    /// What was found.
    pub fn finish(self) -> Explanation {
        let (first, second) = self.drops.split_at(self.patches.count());
        Explanation {
            pair: self.pair,
            step: self.embedded.step,
            similarity: self.whole.map_or(0.0, |whole| whole.cosine(0, 1)),
            side: self.side as u32,
            drops: [first, second].map(|drops| Floats(self.patches.spread(drops))),
        }
    }
}
