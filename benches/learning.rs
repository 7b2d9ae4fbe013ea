//! Accuracy gained by training, set by set: `cargo xtask learning [SET…] [KEY=VALUE…]`.
//!
//! The sets are those of [`sets`]; their kinds are used only for scoring. Settings are written as in links;
//! the others have their default values.
//!
//! It prints the share of pictures whose kind is that of most of their ten nearest neighbours, leaving out
//! each picture in turn: for the baselines, before training, and during training, by the seconds that its
//! steps have taken on one core.

mod sets;

use std::{env, rc::Rc, time::Instant};

use burn::tensor::{Device, Tensor};
use likeness::{
    embedding::Embedding,
    encoder::{Encoder, first_filters},
    evaluate::{UnitRows, centre::centre, knn::Scoring, neighbours::NeighbourSearch, whitening::Fitting},
    link,
    progress::Progress,
    settings::{Features, Settings},
    train::{Trainer, upload},
};

use sets::Set;

/// Training times in seconds at which the score is measured.
const SECONDS: [f32; 4] = [10.0, 25.0, 50.0, 100.0];

/// Number of pictures passed through a network at a time.
const CHUNK: usize = 64;

/// Returns the share of rows whose kind is that of most of their ten nearest neighbours.
fn vote(rows: Vec<f32>, kinds: &[u32]) -> f32 {
    let dimensions = rows.len() / kinds.len();
    let rows = UnitRows::new(rows, dimensions);
    let mut search = NeighbourSearch::new(&rows, 10);
    while search.advance() == Progress::More {}
    let labels: Vec<Option<u32>> = kinds.iter().copied().map(Some).collect();
    let mut scoring = Scoring::new(&rows, &Rc::new(search.found().clone()), &labels);
    while scoring.advance() == Progress::More {}
    scoring.finish().map_or(f32::NAN, |score| score.accuracy)
}

/// Like [`vote`], for centred features.
fn baseline(mut rows: Vec<f32>, kinds: &[u32]) -> f32 {
    let dimensions = rows.len() / kinds.len();
    centre(&mut rows, dimensions);
    vote(rows, kinds)
}

/// Applies a network to pictures, chunk by chunk.
fn rows(pictures: &Tensor<4>, forward: impl Fn(Tensor<4>) -> Tensor<2>) -> Vec<f32> {
    let count = pictures.dims()[0];
    let chunk = |start| {
        let some = pictures.clone().narrow(0, start, CHUNK.min(count - start));
        forward(some).into_data().try_into_vec::<f32>().expect("single precision")
    };
    (0..count).step_by(CHUNK).flat_map(chunk).collect()
}

/// Returns the set's embeddings, computed as on the page.
fn embedded(encoder: Encoder, pictures: &Tensor<4>, settings: &Settings) -> Vec<f32> {
    let embedding = match settings.features {
        Features::Outputs => Embedding::outputs(encoder),
        Features::Map => {
            let mirrored = settings.augmentations.mirrors();
            let of_map = Embedding::mean_map(encoder.clone(), mirrored);
            let maps = rows(pictures, |some| of_map.forward(some));
            let features = maps.len() / pictures.dims()[0];
            let whitening = Fitting::new(maps, features).map(|mut fitting| {
                while fitting.advance() == Progress::More {}
                fitting.finish()
            });
            Embedding::map(encoder, whitening.as_ref(), mirrored, &pictures.device())
        }
    };
    rows(pictures, |some| embedding.forward(some))
}

/// Prints a set's line, each cell as soon as it is known.
fn measure(name: &str, entries: &[String]) {
    let images = if ["shapes", "fashion"].contains(&name) { name } else { "own" };
    let (settings, problems) = link::read(&format!("images={images}&{}", entries.join("&")));
    assert!(problems.is_empty(), "{problems:?}");
    let Set { images, kinds } = Set::read(name, settings.seed);
    let side = settings.side as usize;
    let cell = |score: f32| print!(" {score:.3} |");
    print!("| {name}, {} |", images.len());
    let planes: Vec<f32> = images.iter().flat_map(|image| image.planes(side)).collect();
    cell(baseline(planes.clone(), &kinds));
    let classic = planes
        .chunks_exact(3 * side * side)
        .flat_map(|planes| likeness::classic_features::classic_features(planes, side));
    cell(baseline(classic.collect(), &kinds));
    let filters = first_filters(&settings, &planes);
    let pictures = upload(planes, side, &Device::flex());
    let mut trainer = Trainer::new(settings, pictures.clone(), &filters);
    cell(vote(embedded(trainer.untrained().encoder.clone(), &pictures, &settings), &kinds));
    let (mut seconds, mut due) = (0.0, SECONDS.iter().copied().peekable());
    let score = |trainer: &Trainer| vote(embedded(trainer.network().encoder, &pictures, &settings), &kinds);
    for _ in 0..settings.steps {
        let started = Instant::now();
        trainer.step();
        seconds += started.elapsed().as_secs_f32();
        if due.next_if(|due| seconds >= *due).is_some() {
            cell(score(&trainer));
        }
    }
    due.for_each(|_| print!(" – |"));
    cell(score(&trainer));
    println!(" {seconds:.0} |");
}

fn main() {
    let words = env::args().skip(1).filter(|word| word != "--bench");
    let (entries, mut sets): (Vec<_>, Vec<_>) = words.partition(|word| word.contains('='));
    if sets.is_empty() {
        sets = ["shapes", "fashion"].map(str::to_owned).into();
    }
    let after: Vec<_> = SECONDS.iter().map(|seconds| format!("{seconds:.0} s")).collect();
    println!(
        "| set, pictures | raw pixels | classic features | untrained | {} | end | seconds |",
        after.join(" | ")
    );
    println!("|---|{}", "---:|".repeat(5 + SECONDS.len()));
    sets.iter().for_each(|set| measure(set, &entries));
}
