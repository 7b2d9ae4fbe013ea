//! Measurement of an encoder's invariance to one operation after another.

use burn::tensor::Tensor;

use super::{Kind, Request, Slice};
use crate::{
    augment::View,
    engine::embedded::Embedded,
    evaluate::invariance,
    kernels::views::render,
    protocol::{Breakdown, Floats, Invariance, InvarianceRequest, Stage},
    random::{Purpose, generator},
    sampling::strided,
    settings::{Augmentations, Operation, Settings},
    train::select,
};

/// Maximum number of pictures changed: enough for means accurate to a few hundredths.
const SAMPLE: usize = 64;

/// Number of times that each operation changes each picture.
const DRAWS: usize = 2;

/// Returns a request for the invariances of a stage to the augmentations at the start of the job.
pub fn request(request: InvarianceRequest) -> Request {
    let stage = request.stage;
    Request::answer(Kind::Measure, request, move |context| {
        let (embedded, set) = (context.embeddings.get(stage)?.clone(), &context.run?.pictures);
        // An evenly spaced sample.
        let pictures = select(set, &strided(set.dims()[0], SAMPLE));
        Some(measure(stage, embedded, pictures, *context.settings, context.slice.clone()))
    })
}

/// Measures with pictures, `[pictures, 3, side, side]`, unchanged and changed by each operation.
async fn measure(
    stage: Stage,
    embedded: Embedded,
    pictures: Tensor<4>,
    settings: Settings,
    slice: Slice,
) -> Result<Invariance, Breakdown> {
    let unchanged = embedded.embed_tensor(pictures.clone()).await?;
    let alone = each_alone(settings.augmentations);
    let mut cosines = Vec::new();
    for draw in 0..DRAWS * alone.len() {
        slice.pause().await;
        let mut rng = generator(settings.seed, Purpose::Invariance, draw as u32);
        let operation = &alone[draw / DRAWS];
        let views: Vec<View> = (0..unchanged.len()).map(|_| View::draw(operation, &mut rng)).collect();
        let changed = embedded.embed_tensor(render(pictures.clone(), &views)).await?;
        cosines.push(invariance::mean_of_same(&unchanged, &changed));
    }
    let mean = |draws: &[f32]| draws.iter().sum::<f32>() / DRAWS as f32;
    Ok(Invariance {
        stage,
        step: embedded.step,
        pictures: unchanged.len() as u32,
        operations: Floats(cosines.chunks_exact(DRAWS).map(mean).collect()),
        others: invariance::mean_of_others(&unchanged),
    })
}

/// Returns, for each operation, augmentations that apply only it, to every view, at its strength.
fn each_alone(set: Augmentations) -> Vec<Augmentations> {
    let strengths = set.each().map(|operation| operation.strength);
    let alone = strengths.into_iter().enumerate().map(|(place, strength)| {
        let mut alone = Augmentations::NONE;
        *alone.each_mut()[place] = Operation::new(strength, 1.0);
        alone
    });
    alone.collect()
}
