//! What is asked about the whole set at one stage, one study a file.

use std::rc::Rc;

use super::{Context, Job, Request, grouping::Groups, survey::Surveying};
use crate::{
    evaluate::UnitRows,
    protocol::{PictureId, Stage, Study},
};

/// The list of studies: each with what starts it.
fn start(study: Study, context: &Context<'_>, stage: Stage) -> Option<Box<dyn Job>> {
    Some(match study {
        Study::Groups => Box::new(Groups::new(Input::at(context, stage)?)),
        Study::Survey => Box::new(Surveying::new(Input::at(context, stage)?)),
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
}

impl Input {
    /// Returns `None` where there are no embeddings.
    fn at(context: &Context<'_>, stage: Stage) -> Option<Self> {
        let embedded = context.embeddings.get(stage)?;
        let (step, rows) = (embedded.step, embedded.rows.clone());
        Some(Self { stage, step, rows, pictures: context.set.ids(), seed: context.settings.seed })
    }
}
