//! The embeddings of the set at each stage, and what made them.

use std::{cell::OnceCell, collections::HashMap, rc::Rc};
use strum::VariantArray;

use burn::tensor::{Device, Tensor};

use super::baseline;
use crate::{
    embedding::Embedding,
    evaluate::{UnitRows, knn::Scoring, neighbours::NearestNeighbours, order::order},
    protocol::{Breakdown, LabelId, Stage},
    readback::read,
    train::upload,
};

/// The embeddings that there are, and the order of a matrix's rows, once that was asked for.
#[derive(Default)]
pub struct Embeddings {
    stages: HashMap<Stage, Embedded>,
    order: OnceCell<Vec<usize>>,
}

impl Embeddings {
    pub fn get(&self, stage: Stage) -> Option<&Embedded> {
        self.stages.get(&stage)
    }

    /// Returns the stages that there are embeddings of.
    pub fn stages(&self) -> Vec<Stage> {
        Stage::VARIANTS.iter().copied().filter(|stage| self.stages.contains_key(stage)).collect()
    }

    pub fn insert(&mut self, stage: Stage, embedded: Embedded) {
        self.stages.insert(stage, embedded);
        self.order.take();
    }

    /// Drops those of some stages.
    pub fn forget(&mut self, which: impl Fn(Stage) -> bool) {
        self.stages.retain(|stage, _| !which(*stage));
        self.order.take();
    }

    /// Returns the order of the rows in a matrix: one for all stages, by the network's latest
    /// embeddings and the labels that pictures came with.
    pub fn order(&self, labels: &[Option<LabelId>]) -> Option<&[usize]> {
        let latest = [Stage::Trained, Stage::Untrained].into_iter().find_map(|stage| self.get(stage))?;
        Some(self.order.get_or_init(|| order(&latest.rows, labels)))
    }
}

/// The set as it was embedded; further pictures can be embedded just so.
#[derive(Clone)]
pub struct Embedded {
    /// The step after which that was.
    pub step: u32,
    /// One row a picture.
    pub rows: Rc<UnitRows>,
    /// Each picture's nearest others.
    pub nearest: Rc<NearestNeighbours>,
    /// What embedded it.
    pub source: Source,
}

/// What embeds pictures at one stage.
#[derive(Clone)]
pub enum Source {
    /// A network as it was then.
    Network(Rc<Embedding>),
    /// Features of a baseline, less their mean over the set.
    Baseline(Stage, Rc<[f32]>),
}

impl Source {
    /// A baseline, and the mean of its features over the set.
    pub fn baseline(stage: Stage, mean: Vec<f32>) -> Self {
        Self::Baseline(stage, mean.into())
    }
}

impl Embedded {
    /// Sets out to say how well neighbours agree with labels, one a picture.
    pub fn scoring(&self, labels: &[Option<LabelId>]) -> Scoring {
        Scoring::new(&self.rows, &self.nearest, labels)
    }

    /// Embeds pictures that need not be of the set, `3 × side²` values in 0 … 1 each, one after
    /// another; one row a picture.
    pub async fn embed(&self, planes: Vec<f32>, side: usize, device: &Device) -> Result<UnitRows, Breakdown> {
        match &self.source {
            Source::Network(_) => self.embed_tensor(upload(planes, side, device)).await,
            // They have no need of the device.
            Source::Baseline(stage, mean) => Ok(baseline_rows(*stage, mean, &planes, side)),
        }
    }

    /// The same for pictures that are on the device already, `[pictures, 3, side, side]`.
    pub async fn embed_tensor(&self, pictures: Tensor<4>) -> Result<UnitRows, Breakdown> {
        match &self.source {
            Source::Network(embedding) => {
                let embeddings = embedding.forward(pictures);
                let dimensions = embeddings.dims()[1];
                Ok(UnitRows::new(read(embeddings).await?, dimensions))
            }
            Source::Baseline(stage, mean) => {
                let side = pictures.dims()[3];
                Ok(baseline_rows(*stage, mean, &read(pictures).await?, side))
            }
        }
    }
}

fn baseline_rows(stage: Stage, mean: &[f32], planes: &[f32], side: usize) -> UnitRows {
    let mut features: Vec<f32> = planes
        .chunks_exact(3 * side * side)
        .flat_map(|planes| baseline::features(stage, planes, side))
        .collect();
    let dimensions = features.len() / (planes.len() / (3 * side * side));
    // A mean that was taken at another input size fits no longer.
    if mean.len() == dimensions {
        for row in features.chunks_exact_mut(dimensions) {
            row.iter_mut().zip(mean).for_each(|(value, mean)| *value -= mean);
        }
    }
    UnitRows::new(features, dimensions)
}
