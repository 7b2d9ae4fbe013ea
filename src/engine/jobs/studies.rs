//! What is asked about the whole set at one stage. A study is a file with an asynchronous function
//! that returns its answer, and a line in the list that starts it.
//! - [`grouping`]: every count of groups
//! - [`survey`]: near-duplicates, and what stands apart

mod grouping;
mod survey;

use std::rc::Rc;

use super::{Context, Request, Slice, Work, work};
use crate::{
    evaluate::UnitRows,
    protocol::{PictureId, Stage, Study},
};

/// The list of studies.
fn start(study: Study, context: &Context<'_>, stage: Stage) -> Option<Work> {
    Some(match study {
        Study::Groups => work(grouping::groups(Input::new(context, stage)?)),
        Study::Survey => work(survey::survey(Input::new(context, stage)?)),
    })
}

/// Asks for a study.
pub fn request(study: Study, stage: Stage) -> Request {
    Request::study(study, stage, move |context| start(study, context, stage))
}

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
    fn new(context: &Context<'_>, stage: Stage) -> Option<Self> {
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
