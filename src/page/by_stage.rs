//! Values by stage of embeddings.

use std::ops::{Index, IndexMut};

use strum::VariantArray;

use crate::protocol::Stage;

/// A value for each [`Stage`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ByStage<T>([T; Stage::VARIANTS.len()]);

impl<T> Index<Stage> for ByStage<T> {
    type Output = T;

    fn index(&self, stage: Stage) -> &T {
        &self.0[stage as usize]
    }
}

impl<T> IndexMut<Stage> for ByStage<T> {
    fn index_mut(&mut self, stage: Stage) -> &mut T {
        &mut self.0[stage as usize]
    }
}
