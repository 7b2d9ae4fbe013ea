//! Answers to what was asked about pictures and embeddings, a piece at a time.

use super::{SLICE, Session, questions::Preview};
use crate::{
    augment::View,
    engine::{
        classifier::Classifier, embedded::Embedded, explainer::Explainer, fine_tuning::FineTuning,
        held_out::HeldOut, mapper::Mapper, measuring::Measuring, search::Search, studies,
    },
    kernels::views::render,
    progress::Progress,
    protocol::{Activity, Breakdown, ClassifierRequest, Event, Pair, PictureId, Query, Subject, Views},
    random::{Purpose, generator},
    readback::read_rgb,
    train::{select, upload},
};

impl<E: FnMut(Event)> Session<E> {
    /// Shows views of some pictures; of those that are gone, nothing.
    pub(super) async fn preview(&mut self) -> Result<(), Breakdown> {
        let Some(Preview { pictures, views, draw }) = self.questions.preview.take() else { return Ok(()) };
        let side = self.settings.side as usize;
        let opened = self.opened.as_ref().expect("the device is open");
        let found: Vec<_> = pictures.iter().filter_map(|id| Some((*id, self.set.find(*id)?))).collect();
        if found.is_empty() || views == 0 {
            return Ok(());
        }
        let planes = found.iter().flat_map(|(_, image)| image.planes(side)).collect();
        let rows: Vec<usize> =
            (0..found.len()).flat_map(|row| std::iter::repeat_n(row, views as usize)).collect();
        let mut rng = generator(self.settings.seed, Purpose::Preview, draw);
        let changes: Vec<View> =
            rows.iter().map(|_| View::draw(&self.settings.augmentations, &mut rng)).collect();
        let batch = select(&upload(planes, side, &opened.device), &rows);
        let pictures: Vec<PictureId> = found.iter().map(|(id, _)| *id).collect();
        let rgb = read_rgb(render(batch, &changes)).await?;
        (self.emit)(Event::Views(Views { pictures, views, side: side as u32, rgb }));
        Ok(())
    }

    pub(super) fn start_search(&mut self, query: Option<Query>) {
        self.questions.search = query.and_then(|query| Search::new(query, self.embedded.keys().copied()));
    }

    /// Searches one more stage with the query.
    pub(super) async fn search(&mut self) -> Result<(), Breakdown> {
        self.set_activity(Activity::Evaluating);
        let opened = self.opened.as_ref().expect("the device is open");
        let Some(search) = &mut self.questions.search else { return Ok(()) };
        let Some(stage) = search.take_due() else { return Ok(()) };
        // Embeddings dropped meanwhile are taken anew, and searched then.
        let Some(embedded) = self.embedded.get(&stage) else { return Ok(()) };
        let (ids, side) = (self.set.ids(), self.settings.side as usize);
        if let Some(answer) = search.answer(stage, embedded, &ids, side, &opened.device).await? {
            (self.emit)(Event::Queried(answer));
        }
        Ok(())
    }

    /// Starts an explanation that was asked for, and brings it a slice further.
    pub(super) async fn explain(&mut self) -> Result<(), Breakdown> {
        self.set_activity(Activity::Evaluating);
        if let Some(pair) = self.questions.pair.take() {
            self.questions.explainer = self.explainer_of(pair);
        }
        let opened = self.opened.as_ref().expect("the device is open");
        let Some(explainer) = &mut self.questions.explainer else { return Ok(()) };
        if explainer.advance(SLICE, &opened.device).await? == Progress::Idle
            && let Some(finished) = self.questions.explainer.take()
        {
            (self.emit)(Event::Explained(finished.finish()));
        }
        Ok(())
    }

    /// `None` where a picture is gone or the embeddings are: these are taken anew, and
    /// asked about anew.
    fn explainer_of(&self, pair: Pair) -> Option<Explainer> {
        let side = self.settings.side as usize;
        let find = |subject| match subject {
            Subject::Picture(id) => self.set.find(id),
            Subject::Query(number) => {
                let search = self.questions.search.as_ref().filter(|search| search.number() == number)?;
                Some(search.image())
            }
        };
        let [a, b] = pair.subjects.map(|subject| find(subject).map(|image| image.planes(side)));
        let embedded = self.embedded.get(&pair.stage)?.clone();
        Some(Explainer::new(pair, [a?, b?], side, embedded))
    }

    /// Starts to measure an invariance that was asked for, or brings the one in hand a slice
    /// further. Embeddings dropped meanwhile are taken anew, and asked about anew.
    pub(super) async fn measure(&mut self) -> Result<(), Breakdown> {
        self.set_activity(Activity::Evaluating);
        let questions = &mut self.questions;
        if questions.measuring.is_none() && !questions.invariances.is_empty() {
            let stage = questions.invariances.remove(0);
            questions.measuring = self.embedded.get(&stage).zip(self.run.as_ref()).map(|(embedded, run)| {
                Measuring::new(stage, embedded.clone(), &run.pictures, &self.settings)
            });
        }
        let Some(measuring) = &mut questions.measuring else { return Ok(()) };
        if measuring.advance(SLICE).await? == Progress::Idle
            && let Some(finished) = questions.measuring.take()
        {
            (self.emit)(Event::Invariance(finished.finish()));
        }
        Ok(())
    }

    /// Starts a map, unless its embeddings were dropped meanwhile.
    pub(super) fn start_map(&mut self) {
        let Some((stage, method)) = self.questions.map.take() else { return };
        self.questions.mapper = self.embedded.get(&stage).map(|embedded| {
            let before = self.questions.last_map.as_ref();
            Mapper::new((stage, method), embedded.step, self.set.ids(), &embedded.rows, before)
        });
    }

    /// Brings the map in hand a slice further.
    pub(super) fn draw_map(&mut self) {
        self.evaluating_at_rest();
        let Some(mapper) = &mut self.questions.mapper else { return };
        let (map, progress) = mapper.advance(SLICE);
        if progress == Progress::Idle {
            self.questions.mapper = None;
        }
        if let Some(map) = map {
            self.questions.last_map = Some(map.clone());
            (self.emit)(Event::Mapped(map));
        }
    }

    /// Starts a classifier that was asked for, or brings the one in hand a slice further.
    pub(super) fn classify(&mut self) {
        self.set_activity(Activity::Evaluating);
        let questions = &mut self.questions;
        if let Some(labelling) = questions.labellings.take_next(questions.classifier.as_ref()) {
            // Embeddings dropped meanwhile are taken anew, and asked about anew.
            questions.classifier = self.embedded.get(&labelling.stage).map(|embedded| {
                let (ids, labels) = (self.set.ids(), self.set.labels());
                let held_out = HeldOut::new(&labelling, embedded.step, ids, labels);
                Classifier::new(held_out, embedded.rows.clone())
            });
        }
        let Some(classifier) = &mut questions.classifier else { return };
        if classifier.advance(SLICE) == Progress::Idle
            && let Some(finished) = questions.classifier.take()
        {
            (self.emit)(Event::Classified(finished.finish()));
        }
    }

    /// Brings the study in hand a slice further.
    pub(super) fn study(&mut self) {
        self.evaluating_at_rest();
        let (embedded, set, seed) = (&self.embedded, &self.set, self.settings.seed);
        let subject = |stage| {
            let Embedded { step, rows, .. } = embedded.get(&stage)?;
            Some(studies::Studied { step: *step, rows: rows.clone(), pictures: set.ids(), seed })
        };
        if let Some(event) = self.questions.studies.advance(subject, SLICE) {
            (self.emit)(event);
        }
    }

    /// Starts to fine-tune a copy of the encoder as it is now, or brings it a piece further,
    /// and reports every step.
    pub(super) async fn fine_tune(&mut self) -> Result<(), Breakdown> {
        self.set_activity(Activity::Evaluating);
        if let Some(labelling) = self.questions.lesson.take() {
            self.questions.fine_tuning = self.fine_tuning_of(&labelling);
            if self.questions.fine_tuning.is_none() {
                (self.emit)(Event::Tuning { done: 0, total: 0 });
            }
        }
        let Some(tuning) = &mut self.questions.fine_tuning else { return Ok(()) };
        let before = tuning.progress();
        let progress = tuning.advance().await?;
        let (done, total) = tuning.progress();
        if (done, total) != before {
            (self.emit)(Event::Tuning { done, total });
        }
        if progress == Progress::Idle
            && let Some(tuning) = self.questions.fine_tuning.take()
        {
            let found = tuning.finish().await?;
            (self.emit)(Event::Tuned(found));
        }
        Ok(())
    }

    /// `None` where there is no encoder for the set as it is, or not two classes.
    fn fine_tuning_of(&self, labelling: &ClassifierRequest) -> Option<FineTuning> {
        // The pictures of the run may not be those of the set until they are embedded anew.
        let run = self.run.as_ref().filter(|run| run.ids == self.set.ids())?;
        let (ids, labels) = (self.set.ids(), self.set.labels());
        let held_out = HeldOut::new(labelling, run.trainer.steps_taken(), ids, labels);
        let encoder = run.trainer.network().encoder;
        FineTuning::new(&self.settings, held_out, encoder, run.pictures.clone())
    }

    pub(super) fn give_up_fine_tuning(&mut self) {
        let (waiting, going) = (self.questions.lesson.take(), self.questions.fine_tuning.take());
        if waiting.is_some() || going.is_some() {
            (self.emit)(Event::Tuning { done: 0, total: 0 });
        }
    }

    /// What goes on beside training is not what the engine is said to do then.
    fn evaluating_at_rest(&mut self) {
        if !self.is_training() {
            self.set_activity(Activity::Evaluating);
        }
    }
}
