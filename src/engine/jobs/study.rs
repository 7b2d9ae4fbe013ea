//! What studies of a whole set start from.

use std::rc::Rc;

use super::{Context, Slice};
use crate::{
    evaluate::UnitRows,
    protocol::{PictureId, Stage},
};

/// Embeddings of the whole set, and what else a study of them needs.
pub struct Input {
    pub stage: Stage,
    /// The step after which the embeddings were taken.
    pub step: u32,
    /// The embeddings.
    pub rows: Rc<UnitRows>,
    /// The pictures, one a row.
    pub pictures: Vec<PictureId>,
    /// Draws what is random.
    pub seed: u32,
    pub slice: Slice,
}

impl Input {
    /// Returns `None` where there are no embeddings.
    pub fn new(context: &Context<'_>, stage: Stage) -> Option<Self> {
        let embedded = context.embeddings.get(stage)?;
        let (step, rows, pictures) = (embedded.step, embedded.rows.clone(), context.set.ids());
        Some(Self { stage, step, rows, pictures, seed: context.settings.seed, slice: context.slice.clone() })
    }

    #[cfg(test)]
    pub fn of(rows: UnitRows, pictures: Vec<PictureId>) -> Self {
        let (stage, rows, slice) = (Stage::Trained, Rc::new(rows), Slice::default());
        Self { stage, step: 7, rows, pictures, seed: 1, slice }
    }
}
