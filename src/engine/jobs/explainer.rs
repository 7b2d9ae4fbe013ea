//! Explanation of the similarity of two pictures.

use burn::tensor::Device;

use super::{Kind, Request, Slice};
use crate::{
    engine::embedded::Embedded,
    evaluate::occlusion::Patches,
    protocol::{Breakdown, Explanation, Floats, Pair, Subject},
};

/// Number of occluded pictures embedded at once; it divides their total, so that a device sees a single
/// shape.
const CHUNK: usize = 9;

/// Returns a request for the regions that make two pictures similar.
pub fn request(pair: Pair) -> Request {
    Request::answer(Kind::Explain, pair, move |context| {
        let side = context.settings.side as usize;
        let find = |subject| match subject {
            Subject::Picture(id) => context.set.find(id),
            Subject::Query(number) => {
                context.query.filter(|query| query.number == number).map(|query| &query.image)
            }
        };
        let [a, b] = pair.subjects.map(|subject| find(subject).map(|image| image.planes(side)));
        let embedded = context.embeddings.get(pair.stage)?.clone();
        Some(explain(pair, [a?, b?], side, embedded, context.device.clone(), context.slice.clone()))
    })
}

/// Occludes regions of two pictures, each `3 × side²` values in 0 … 1, one after the other.
async fn explain(
    pair: Pair,
    planes: [Vec<f32>; 2],
    side: usize,
    embedded: Embedded,
    device: Device,
    slice: Slice,
) -> Result<Explanation, Breakdown> {
    let patches = Patches::new(side);
    let whole = embedded.embed(planes.concat(), side, &device).await?;
    let similarity = whole.cosine(0, 1);
    let mut drops = [Vec::new(), Vec::new()];
    for (covered, drops) in drops.iter_mut().enumerate() {
        for first in (0..patches.count()).step_by(CHUNK) {
            slice.pause().await;
            let places = first..patches.count().min(first + CHUNK);
            let occluded = places.flat_map(|place| patches.occlude(&planes[covered], place)).collect();
            let occluded = embedded.embed(occluded, side, &device).await?;
            let left = |i| occluded.cosine_with(i, &whole, 1 - covered);
            drops.extend((0..occluded.len()).map(|i| similarity - left(i)));
        }
    }
    let drops = drops.map(|drops| Floats(patches.spread(&drops)));
    Ok(Explanation { pair, step: embedded.step, similarity, side: side as u32, drops })
}
