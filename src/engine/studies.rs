//! What is asked about a whole set: one study after the other, a slice of time each.

use std::rc::Rc;

use web_time::{Duration, Instant};

use super::{grouping::Groups, survey::Surveying};
use crate::{
    evaluate::UnitRows,
    progress::Progress,
    protocol::{Clustering, Event, PictureId, Stage, Study},
};

/// What a study starts from.
pub struct Studied {
    /// The step after which the embeddings were taken.
    pub step: u32,
    /// The embeddings.
    pub rows: Rc<UnitRows>,
    /// The pictures, one a row.
    pub pictures: Vec<PictureId>,
    /// Draws what is random.
    pub seed: u32,
}

/// A study on its way.
enum Work {
    Groups(Groups),
    Survey(Surveying),
}

struct InHand {
    study: Study,
    stage: Stage,
    step: u32,
    work: Work,
}

/// Studies that wait, and the one in hand.
#[derive(Default)]
pub struct Studies {
    waiting: Vec<(Study, Stage)>,
    in_hand: Option<InHand>,
}

impl Studies {
    /// Puts a study in line; one of the same kind and stage starts over.
    pub fn put(&mut self, study: Study, stage: Stage) {
        self.in_hand.take_if(|busy| (busy.study, busy.stage) == (study, stage));
        if !self.waiting.contains(&(study, stage)) {
            self.waiting.push((study, stage));
        }
    }

    /// Gives those of some stages up.
    pub fn forget(&mut self, which: impl Fn(Stage) -> bool) {
        self.waiting.retain(|(_, stage)| !which(*stage));
        self.in_hand.take_if(|busy| which(busy.stage));
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.in_hand.is_none()
    }

    /// Works for about as long as given; what was found, if a study came to its end.
    /// A study whose stage has no embeddings is dropped.
    pub fn advance(
        &mut self,
        studied: impl FnOnce(Stage) -> Option<Studied>,
        time: Duration,
    ) -> Option<Event> {
        let started = Instant::now();
        if self.in_hand.is_none() && !self.waiting.is_empty() {
            let (study, stage) = self.waiting.remove(0);
            self.in_hand = studied(stage).map(|studied| InHand::new(study, stage, studied));
        }
        let busy = self.in_hand.as_mut()?;
        while busy.work.advance() == Progress::More {
            if started.elapsed() >= time {
                return None;
            }
        }
        self.in_hand.take().map(InHand::finish)
    }
}

impl InHand {
    fn new(study: Study, stage: Stage, studied: Studied) -> Self {
        let Studied { step, rows, pictures, seed } = studied;
        let work = match study {
            Study::Groups => Work::Groups(Groups::new(rows, pictures, seed)),
            Study::Survey => Work::Survey(Surveying::new(&rows, pictures)),
        };
        Self { study, stage, step, work }
    }

    fn finish(self) -> Event {
        let (stage, step) = (self.stage, self.step);
        match self.work {
            Work::Groups(groups) => Event::Clustered(Clustering { stage, step, partitions: groups.finish() }),
            Work::Survey(surveying) => Event::Surveyed(surveying.finish(stage, step)),
        }
    }
}

impl Work {
    fn advance(&mut self) -> Progress {
        match self {
            Self::Groups(groups) => groups.advance(),
            Self::Survey(surveying) => surveying.advance(),
        }
    }
}
