//! Embeddings of the set at each stage, and their sources.

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

/// Existing embeddings, and the row order of matrices once it has been requested.
#[derive(Default)]
pub struct Embeddings {
    stages: HashMap<Stage, Embedded>,
    order: OnceCell<Vec<usize>>,
}

impl Embeddings {
    pub fn get(&self, stage: Stage) -> Option<&Embedded> {
        self.stages.get(&stage)
    }

    /// Returns the stages that have embeddings.
    pub fn stages(&self) -> Vec<Stage> {
        Stage::VARIANTS.iter().copied().filter(|stage| self.stages.contains_key(stage)).collect()
    }

    pub fn insert(&mut self, stage: Stage, embedded: Embedded) {
        self.stages.insert(stage, embedded);
        self.order.take();
    }

    /// Drops the embeddings of the stages that `which` selects.
    pub fn forget(&mut self, which: impl Fn(Stage) -> bool) {
        self.stages.retain(|stage, _| !which(*stage));
        self.order.take();
    }

    /// Returns the row order of matrices: one for all stages, from the network's latest embeddings and the
    /// labels that pictures came with.
    pub fn order(&self, labels: &[Option<LabelId>]) -> Option<&[usize]> {
        let latest = [Stage::Trained, Stage::Untrained].into_iter().find_map(|stage| self.get(stage))?;
        Some(self.order.get_or_init(|| order(&latest.rows, labels)))
    }
}

/// The set as embedded at one stage; further pictures can be embedded in the same way.
#[derive(Clone)]
pub struct Embedded {
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// Embeddings, one row per picture.
    pub rows: Rc<UnitRows>,
    /// Nearest neighbours of each picture.
    pub nearest: Rc<NearestNeighbours>,
    /// Source of the embeddings.
    pub source: Source,
}

/// Embedding of pictures at one stage.
#[derive(Clone)]
pub enum Source {
    /// A network in its state at the time.
    Network(Rc<Embedding>),
    /// Features of a baseline, minus their mean over the set.
    Baseline(Stage, Rc<[f32]>),
}

impl Source {
    /// Returns the source for a baseline, given the mean of its features over the set.
    pub fn baseline(stage: Stage, mean: Vec<f32>) -> Self {
        Self::Baseline(stage, mean.into())
    }
}

impl Embedded {
    /// Starts to measure the agreement of neighbours with labels, one per picture.
    pub fn scoring(&self, labels: &[Option<LabelId>]) -> Scoring {
        Scoring::new(&self.rows, &self.nearest, labels)
    }

    /// Embeds pictures, in the set or not, `3 × side²` values in 0 … 1 each, one after another; returns one
    /// row per picture.
    pub async fn embed(&self, planes: Vec<f32>, side: usize, device: &Device) -> Result<UnitRows, Breakdown> {
        match &self.source {
            Source::Network(_) => self.embed_tensor(upload(planes, side, device)).await,
            // Baselines do not need the device.
            Source::Baseline(stage, mean) => Ok(baseline_rows(*stage, mean, &planes, side)),
        }
    }

    /// Embeds pictures that are already on the device, `[pictures, 3, side, side]`.
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
    // A mean taken at another input size no longer fits.
    if mean.len() == dimensions {
        for row in features.chunks_exact_mut(dimensions) {
            row.iter_mut().zip(mean).for_each(|(value, mean)| *value -= mean);
        }
    }
    UnitRows::new(features, dimensions)
}
