//! Input of studies of a whole set.

use std::rc::Rc;

use super::{Context, Slice};
use crate::{
    evaluate::UnitRows,
    protocol::{PictureId, Stage},
};

/// Embeddings of the whole set, and everything else that a study needs.
pub struct Input {
    pub stage: Stage,
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// Embeddings, one row per picture.
    pub rows: Rc<UnitRows>,
    /// Pictures, in the order of the rows.
    pub pictures: Vec<PictureId>,
    /// Seed of all random choices.
    pub seed: u32,
    pub slice: Slice,
}

impl Input {
    /// Collects the input; `None` if there are no embeddings.
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
