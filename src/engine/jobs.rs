//! Jobs: requests about pictures and embeddings, and the one life that they share.
//!
//! A [`Request`] waits in the [`Queue`], where a newer one takes the place of an older one of the
//! same key. When its turn comes it is started, and advanced a slice of time after the other until
//! its answer is emitted. It is given up when the embeddings that it is about are dropped: whoever
//! asked asks again when there are others.
//!
//! One job a file, with the function that makes its request; those of the whole set at one stage
//! are in the list of [`studies`].
//! - [`preview`]: views of some pictures
//! - [`search`]: the nearest pictures of one that is not of the set
//! - [`score`]: agreement of neighbours with labels that have changed
//! - [`explainer`]: places of two pictures that make them alike
//! - [`measuring`]: what an encoder overlooks
//! - [`matrix`]: similarities within the whole set
//! - [`mapper`]: the set on a plane
//! - [`classifier`]: what a few labels are worth, with [`held_out`] and [`guessing`]
//! - [`fine_tuning`]: the same for a copy of the encoder that learns them
//! - [`studies`]: [`grouping`], [`survey`]

pub mod classifier;
pub mod explainer;
pub mod fine_tuning;
mod grouping;
mod guessing;
mod held_out;
pub mod mapper;
pub mod matrix;
pub mod measuring;
pub mod preview;
pub mod score;
pub mod search;
pub mod studies;
mod survey;

use std::{future::ready, pin::Pin, rc::Rc};

use burn::tensor::Device;
use web_time::{Duration, Instant};

use self::search::QueryPicture;
use super::{embedded::Embeddings, pictures::PictureSet, session::Run};
use crate::{
    progress::Progress,
    protocol::{Breakdown, Event, Map, Stage, Study},
    settings::Settings,
};

/// Kinds of jobs; the session's schedule says which comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Preview,
    Search,
    Score,
    Explain,
    Measure,
    Matrix,
    Map,
    Classify,
    Study,
    FineTune,
}

/// Everything of a session that jobs work with.
pub struct Context<'a> {
    pub device: &'a Device,
    pub settings: &'a Settings,
    pub set: &'a PictureSet,
    pub embeddings: &'a Embeddings,
    pub run: Option<&'a Run>,
    pub query: Option<&'a Rc<QueryPicture>>,
    /// The map shown last: the next one is turned like it.
    pub last_map: &'a mut Option<Map>,
    pub report: &'a mut dyn FnMut(Event),
}

impl Context<'_> {
    /// Reports an answer, if there is one.
    pub fn emit(&mut self, answer: impl Into<Option<Event>>) {
        answer.into().into_iter().for_each(&mut *self.report);
    }
}

/// A piece of a job: reading from the device takes its time.
pub type Advance<'a> = Pin<Box<dyn Future<Output = Result<Progress, Breakdown>> + 'a>>;

/// A job that was started.
pub trait Job {
    /// Does one short piece of work, and emits answers that are to be shown on the way.
    fn advance<'a>(&'a mut self, context: &'a mut Context<'_>) -> Advance<'a>;

    /// Returns the answer once nothing is left to do.
    fn finish(self: Box<Self>) -> Option<Event> {
        None
    }
}

/// A job that needs nothing but its own data.
pub trait Computation {
    /// Does one short piece of work.
    fn advance(&mut self) -> Progress;

    /// Returns the answer once nothing is left to do.
    fn finish(self) -> Event;
}

impl<C: Computation> Job for C {
    fn advance<'a>(&'a mut self, _: &'a mut Context<'_>) -> Advance<'a> {
        Box::pin(ready(Ok(Computation::advance(self))))
    }

    fn finish(self: Box<Self>) -> Option<Event> {
        Some(Computation::finish(*self))
    }
}

/// An answer that took one piece.
impl Computation for Event {
    fn advance(&mut self) -> Progress {
        Progress::Idle
    }

    fn finish(self) -> Event {
        self
    }
}

/// Starts a job, or hands out the one that was started; `None` where there is nothing to do.
type Start = Box<dyn FnOnce(&Context<'_>) -> Option<Box<dyn Job>>>;

/// A job that waits or is at work.
pub struct Request {
    pub kind: Kind,
    /// The stage whose embeddings it needs.
    pub stage: Option<Stage>,
    /// Together with the kind, what tells it from requests that it does not replace.
    key: (Option<Study>, Option<Stage>),
    /// Says that it was given up, or could not be started.
    given_up: Option<Event>,
    start: Start,
}

impl Request {
    /// Returns a request that replaces every other of its kind.
    pub fn only<J: Job + 'static>(
        kind: Kind,
        stage: Option<Stage>,
        start: impl FnOnce(&Context<'_>) -> Option<J> + 'static,
    ) -> Self {
        let start = |context: &Context<'_>| Some(Box::new(start(context)?) as Box<dyn Job>);
        Self { kind, stage, key: (None, None), given_up: None, start: Box::new(start) }
    }

    /// Returns a request that replaces another of its kind at the same stage.
    pub fn at<J: Job + 'static>(
        kind: Kind,
        stage: Stage,
        start: impl FnOnce(&Context<'_>) -> Option<J> + 'static,
    ) -> Self {
        Self { key: (None, Some(stage)), ..Self::only(kind, Some(stage), start) }
    }

    /// Returns a request that replaces the same study at the same stage.
    fn study(
        study: Study,
        stage: Stage,
        start: impl FnOnce(&Context<'_>) -> Option<Box<dyn Job>> + 'static,
    ) -> Self {
        let key = (Some(study), Some(stage));
        Self { kind: Kind::Study, stage: Some(stage), key, given_up: None, start: Box::new(start) }
    }

    /// The same, with an event that says that it was given up or could not be started.
    fn or_say(self, event: Event) -> Self {
        Self { given_up: Some(event), ..self }
    }
}

/// Jobs that wait and jobs at work, in the order in which they were asked for.
#[derive(Default)]
pub struct Queue(Vec<Request>);

impl Queue {
    /// Puts a request in line, in the place of an older one of the same key.
    pub fn put(&mut self, request: Request) {
        let is_older = |other: &&mut Request| (other.kind, other.key) == (request.kind, request.key);
        match self.0.iter_mut().find(is_older) {
            Some(older) => *older = request,
            None => self.0.push(request),
        }
    }

    /// Returns whether there is a job of a kind.
    pub fn has(&self, kind: Kind) -> bool {
        self.0.iter().any(|request| request.kind == kind)
    }

    /// Drops some jobs.
    pub fn give_up(&mut self, which: impl Fn(&Request) -> bool, emit: &mut dyn FnMut(Event)) {
        let dropped = self.0.extract_if(.., |request| which(request));
        dropped.filter_map(|request| request.given_up).for_each(emit);
    }

    /// Advances the first job of a kind for about as long as given.
    pub async fn advance(
        &mut self,
        kind: Kind,
        context: &mut Context<'_>,
        time: Duration,
    ) -> Result<(), Breakdown> {
        let started = Instant::now();
        let Some(place) = self.0.iter().position(|request| request.kind == kind) else { return Ok(()) };
        // A job that breaks down is not tried again.
        let mut request = self.0.remove(place);
        let Some(mut job) = (request.start)(context) else {
            context.emit(request.given_up);
            return Ok(());
        };
        while job.advance(context).await? == Progress::More {
            if started.elapsed() >= time {
                request.start = Box::new(|_| Some(job));
                self.0.insert(place, request);
                return Ok(());
            }
        }
        context.emit(job.finish());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{ClassifierRequest, MapMethod, Pair, Query, Subject},
        settings::Images,
    };

    const LONG: Duration = Duration::from_secs(60);

    /// A job of so many pieces.
    struct Pieces {
        left: u32,
        name: u32,
    }

    impl Computation for Pieces {
        fn advance(&mut self) -> Progress {
            self.left -= 1;
            Progress::more_if(self.left > 0)
        }

        fn finish(self) -> Event {
            named(self.name)
        }
    }

    fn named(name: u32) -> Event {
        Event::Tuning { done: name, total: 0 }
    }

    fn pieces(left: u32, name: u32) -> impl FnOnce(&Context<'_>) -> Option<Pieces> {
        move |_| Some(Pieces { left, name })
    }

    fn study(study: Study, stage: Stage, name: u32) -> Request {
        Request::study(study, stage, move |_| Some(Box::new(Pieces { left: 2, name })))
    }

    fn queue(requests: impl IntoIterator<Item = Request>) -> Queue {
        let mut queue = Queue::default();
        requests.into_iter().for_each(|request| queue.put(request));
        queue
    }

    /// Returns what comes of it, and the answers on the way.
    fn advance(queue: &mut Queue, kind: Kind, time: Duration) -> (Result<(), Breakdown>, Vec<Event>) {
        let settings = Settings::recommended(Images::Shapes);
        let mut events = Vec::new();
        let mut context = Context {
            device: &Device::flex(),
            settings: &settings,
            set: &PictureSet::new(16),
            embeddings: &Embeddings::default(),
            run: None,
            query: None,
            last_map: &mut None,
            report: &mut |event| events.push(event),
        };
        let done = pollster::block_on(queue.advance(kind, &mut context, time));
        (done, events)
    }

    /// Advances all jobs of a kind to their ends.
    fn answers(queue: &mut Queue, kind: Kind) -> Vec<Event> {
        let mut events = Vec::new();
        while queue.has(kind) {
            events.extend(advance(queue, kind, LONG).1);
        }
        events
    }

    #[test]
    fn the_latest_request_of_a_kind_and_stage_counts() {
        let at = |stage, name| Request::at(Kind::Classify, stage, pieces(2, name));
        let mut jobs = queue([at(Stage::Trained, 1), at(Stage::Pixels, 2), at(Stage::Trained, 3)]);
        assert_eq!(answers(&mut jobs, Kind::Classify), [named(3), named(2)]);
        // One that is at work already makes room as well.
        let mut jobs = queue([at(Stage::Trained, 1), at(Stage::Pixels, 2)]);
        assert_eq!(advance(&mut jobs, Kind::Classify, Duration::ZERO).1, []);
        jobs.put(at(Stage::Trained, 3));
        assert_eq!(answers(&mut jobs, Kind::Classify), [named(3), named(2)]);
    }

    #[test]
    fn some_kinds_have_one_request_and_each_study_has_its_own() {
        let only = |stage, name| Request::only(Kind::Map, Some(stage), pieces(2, name));
        let mut jobs = queue([only(Stage::Trained, 1), only(Stage::Pixels, 2)]);
        jobs.put(Request::only(Kind::Explain, Some(Stage::Pixels), pieces(1, 3)));
        assert_eq!(answers(&mut jobs, Kind::Map), [named(2)]);
        assert_eq!(answers(&mut jobs, Kind::Explain), [named(3)]);

        let mut jobs = queue([
            study(Study::Groups, Stage::Trained, 1),
            study(Study::Survey, Stage::Trained, 2),
            study(Study::Groups, Stage::Pixels, 3),
            study(Study::Groups, Stage::Trained, 4),
        ]);
        assert_eq!(answers(&mut jobs, Kind::Study), [named(4), named(2), named(3)]);
    }

    #[test]
    fn a_job_ends_before_the_next_of_its_kind_begins() {
        let mut jobs =
            queue([study(Study::Groups, Stage::Pixels, 1), study(Study::Survey, Stage::Pixels, 2)]);
        let events = [0; 4].map(|_| advance(&mut jobs, Kind::Study, Duration::ZERO).1);
        assert_eq!(events, [vec![], vec![named(1)], vec![], vec![named(2)]]);
        assert!(!jobs.has(Kind::Study));
        assert_eq!(advance(&mut jobs, Kind::Study, LONG), (Ok(()), Vec::new()));
    }

    #[test]
    fn who_asked_for_it_hears_of_a_job_that_is_given_up_or_cannot_start() {
        let tune = |name| Request::only(Kind::FineTune, Some(Stage::Trained), pieces(3, name));
        let mut jobs = queue([tune(1).or_say(Event::Finished), study(Study::Groups, Stage::Pixels, 2)]);
        // A newer one in its place is no end.
        jobs.put(tune(3).or_say(Event::Finished));
        assert_eq!(advance(&mut jobs, Kind::FineTune, Duration::ZERO).1, []);
        let mut events = Vec::new();
        jobs.give_up(|_| true, &mut |event| events.push(event));
        assert_eq!((events.as_slice(), jobs.0.len()), (&[Event::Finished][..], 0));

        let nothing = || Request::only(Kind::FineTune, None, |_| None::<Pieces>);
        jobs.put(nothing().or_say(Event::Finished));
        assert_eq!(answers(&mut jobs, Kind::FineTune), [Event::Finished]);
        jobs.put(nothing());
        assert_eq!(answers(&mut jobs, Kind::FineTune), []);
    }

    /// A job that the device does not answer.
    struct Broken;

    impl Job for Broken {
        fn advance<'a>(&'a mut self, _: &'a mut Context<'_>) -> Advance<'a> {
            Box::pin(ready(Err(Breakdown::Told("it broke".to_owned()))))
        }
    }

    #[test]
    fn a_job_that_breaks_down_is_not_tried_again() {
        let mut jobs = queue([Request::only(Kind::Preview, None, |_| Some(Broken))]);
        assert!(advance(&mut jobs, Kind::Preview, LONG).0.is_err());
        assert!(!jobs.has(Kind::Preview));
    }

    /// One request of every kind about a stage, all that there are.
    fn every_request(stage: Stage) -> Vec<Request> {
        let task = || ClassifierRequest { number: 0, stage, per_class: 1, seed: 1, typed: Vec::new() };
        let rgb = vec![0; 3 * crate::image::SIDE * crate::image::SIDE];
        let query = QueryPicture::new(Query { number: 1, rgb }).expect("a whole picture");
        vec![
            preview::request(vec![1], 1, 1),
            search::request(Rc::new(query), stage),
            score::request(stage),
            explainer::request(Pair { stage, subjects: [Subject::Picture(0); 2] }),
            measuring::request(stage),
            matrix::request(stage),
            mapper::request(stage, MapMethod::Pca),
            classifier::request(task()),
            fine_tuning::request(task()),
            studies::request(Study::Groups, stage),
            studies::request(Study::Survey, stage),
        ]
    }

    #[test]
    fn what_is_asked_about_one_stage_is_forgotten_with_it_alone() {
        let kinds = |jobs: &Queue| jobs.0.iter().map(|request| request.kind).collect::<Vec<_>>();
        let forget =
            |jobs: &mut Queue, stage| jobs.give_up(|request| request.stage == Some(stage), &mut |_| {});
        let mut jobs = queue(every_request(Stage::Trained));
        let all = kinds(&jobs);
        forget(&mut jobs, Stage::Pixels);
        assert_eq!(kinds(&jobs), all);
        forget(&mut jobs, Stage::Trained);
        assert_eq!(kinds(&jobs), [Kind::Preview]);
    }

    #[test]
    fn without_embeddings_nothing_is_answered() {
        let mut jobs = queue(every_request(Stage::Trained));
        let kinds: Vec<Kind> = jobs.0.iter().map(|request| request.kind).collect();
        for kind in kinds {
            let nothing = kind == Kind::FineTune;
            assert_eq!(answers(&mut jobs, kind).len(), usize::from(nothing), "{kind:?}");
        }
    }
}
