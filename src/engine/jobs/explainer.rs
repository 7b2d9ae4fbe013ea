//! Explains what makes two pictures alike, a few occluded pictures after the other.

use burn::tensor::Device;

use super::{Advance, Context, Job, Kind, Request};
use crate::{
    engine::embedded::Embedded,
    evaluate::{UnitRows, occlusion::Patches},
    progress::Progress,
    protocol::{Breakdown, Event, Explanation, Floats, Pair, Subject},
};

/// Occluded pictures that are embedded in one piece of work; it divides their number, so that a
/// device sees one shape of them.
const CHUNK: usize = 9;

/// An explanation on its way.
struct Explainer {
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

/// Asks which places make two pictures alike.
pub fn request(pair: Pair) -> Request {
    Request::only(Kind::Explain, Some(pair.stage), move |context| Explainer::new(pair, context))
}

impl Job for Explainer {
    fn advance<'a>(&'a mut self, context: &'a mut Context<'_>) -> Advance<'a> {
        Box::pin(self.occlude_chunk(context.device))
    }

    fn finish(self: Box<Self>) -> Option<Event> {
        Some(Event::Explained(self.explanation()))
    }
}

impl Explainer {
    /// Returns `None` where a picture is gone.
    fn new(pair: Pair, context: &Context<'_>) -> Option<Self> {
        let side = context.settings.side as usize;
        let planes = |subject| match subject {
            Subject::Picture(id) => Some(context.set.find(id)?.planes(side)),
            Subject::Query(number) => {
                let query = context.query.filter(|query| query.number == number)?;
                Some(query.image.planes(side))
            }
        };
        let [a, b] = pair.subjects.map(planes);
        let embedded = context.embeddings.get(pair.stage)?.clone();
        let patches = Patches::new(side);
        Some(Self { pair, planes: [a?, b?], side, patches, embedded, whole: None, drops: Vec::new() })
    }

    async fn occlude_chunk(&mut self, device: &Device) -> Result<Progress, Breakdown> {
        let Some(whole) = &self.whole else {
            self.whole = Some(self.embedded.embed(self.planes.concat(), self.side, device).await?);
            return Ok(Progress::More);
        };
        let covered = self.drops.len() / self.patches.count();
        let first = self.drops.len() % self.patches.count();
        let places = first..self.patches.count().min(first + CHUNK);
        let occluded = places.flat_map(|place| self.patches.occlude(&self.planes[covered], place)).collect();
        let occluded = self.embedded.embed(occluded, self.side, device).await?;
        let before = whole.cosine(0, 1);
        self.drops.extend((0..occluded.len()).map(|i| before - occluded.cosine_with(i, whole, 1 - covered)));
        Ok(Progress::more_if(self.drops.len() < 2 * self.patches.count()))
    }

    fn explanation(self) -> Explanation {
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
