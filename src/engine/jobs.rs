//! Jobs: requests about pictures and embeddings, with a common lifecycle.
//!
//! A [`Request`] waits in the [`Queue`], where a newer one replaces an older one of the same key. When its
//! turn comes it starts, and works one slice of time after another until its answer is ready. It is dropped
//! together with the embeddings that it refers to; the client asks again once there are new ones.
//!
//! Each job is a module with a function that makes the request from its inputs and an asynchronous function
//! that pauses now and then and returns the answer.
//! - [`preview`]: views of some pictures
//! - [`search`]: the pictures nearest to one that is not in the set
//! - [`score`]: agreement of neighbours with labels that have changed
//! - [`explainer`]: regions of two pictures that make them similar
//! - [`measuring`]: invariances of an encoder
//! - [`matrix`]: similarities within the whole set
//! - [`mapper`]: map of the set in the plane
//! - [`classifier`]: classification from a few labels, with [`held_out`]
//! - [`fine_tuning`]: the same with a fine-tuned copy of the encoder
//! - [`grouping`]: partitions into every number of groups
//! - [`survey`]: near-duplicates and outliers
//! - [`copies`]: copies of one picture
//! - [`study`]: input of studies of a whole set

mod classifier;
mod copies;
mod explainer;
pub mod fine_tuning;
mod grouping;
mod held_out;
mod mapper;
mod matrix;
mod measuring;
pub mod preview;
pub mod score;
pub mod search;
mod study;
mod survey;

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::Poll,
};

use burn::tensor::Device;
use web_time::{Duration, Instant};

use self::search::QueryPicture;
use super::{embedded::Embeddings, pictures::PictureSet, session::Run};
use crate::{
    protocol::{self, Breakdown, Event, Map, Question, Stage},
    settings::Settings,
};

/// Kind of a job; the session's schedule defines the priorities.
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

/// State of a session that jobs start from.
pub struct Context<'a> {
    pub device: &'a Device,
    pub settings: &'a Settings,
    pub set: &'a PictureSet,
    pub embeddings: &'a Embeddings,
    pub run: Option<&'a Run>,
    pub query: Option<&'a Rc<QueryPicture>>,
    /// Map shown last; the next one is aligned with it.
    pub last_map: &'a Rc<RefCell<Option<Map>>>,
    pub slice: Slice,
}

/// Slice of time in which a job works; unlimited unless a queue sets a limit.
#[derive(Clone, Default)]
pub struct Slice(Rc<Inner>);

#[derive(Default)]
struct Inner {
    end: Cell<Option<Instant>>,
    paused: Cell<bool>,
    events: RefCell<Vec<Event>>,
}

impl Slice {
    /// Ends a short piece of work; resumes at once, or with the next slice if this one is over.
    pub async fn pause(&self) {
        let is_over = self.0.end.get().is_some_and(|end| Instant::now() >= end);
        self.0.paused.set(is_over);
        poll_fn(|_| if self.0.paused.get() { Poll::Pending } else { Poll::Ready(()) }).await;
    }

    /// Reports an event ahead of the answer.
    pub fn emit(&self, event: Event) {
        self.0.events.borrow_mut().push(event);
    }

    /// Works until a slice of the given length is over; returns the answer if it is ready by then.
    async fn run(&self, work: &mut Work, time: Duration) -> Option<Answer> {
        self.0.end.set(Some(Instant::now() + time));
        self.0.paused.set(false);
        // Work that is pending without having paused waits for the device.
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Pending if self.0.paused.get() => Poll::Ready(None),
            poll => poll.map(Some),
        })
        .await
    }
}

type Answer = Result<Option<Event>, Breakdown>;

/// A job that has started.
pub type Work = Pin<Box<dyn Future<Output = Answer>>>;

/// Makes a job of a future that resolves to an answer.
pub fn work<A: Into<Option<Event>>>(answer: impl Future<Output = Result<A, Breakdown>> + 'static) -> Work {
    Box::pin(async { Ok(answer.await?.into()) })
}

/// Starts a job, or returns the one already started; `None` if there is nothing to do.
type Start = Box<dyn FnOnce(&Context<'_>) -> Option<Work>>;

/// A job that waits or has started.
pub struct Request {
    pub kind: Kind,
    /// Stage whose embeddings the job needs.
    pub stage: Option<Stage>,
    /// Question that the job answers, if any.
    question: Option<Question>,
    /// Event that reports that the job was dropped or could not start.
    given_up: Option<Event>,
    start: Start,
}

impl Request {
    /// Returns a request that replaces another of its kind at the same stage.
    pub fn new<A: Into<Option<Event>>, F: Future<Output = Result<A, Breakdown>> + 'static>(
        kind: Kind,
        stage: Option<Stage>,
        start: impl FnOnce(&Context<'_>) -> Option<F> + 'static,
    ) -> Self {
        let start: Start = Box::new(|context| start(context).map(work));
        Self { kind, stage, question: None, given_up: None, start }
    }

    /// Returns a request for the answer to a question, which replaces another as the question specifies.
    pub fn answer<
        R: protocol::Request + 'static,
        F: Future<Output = Result<R::Answer, Breakdown>> + 'static,
    >(
        kind: Kind,
        request: R,
        start: impl FnOnce(&Context<'_>) -> Option<F> + 'static,
    ) -> Self {
        let (stage, question) = (request.stage(), request.into());
        let answered = question.clone();
        let start = move |context: &Context<'_>| {
            let answer = start(context)?;
            Some(async move { Ok(Event::Answered(answered, R::wrap(answer.await?))) })
        };
        Self { question: Some(question), ..Self::new(kind, Some(stage), start) }
    }

    /// Returns whether the request concerns the embeddings of one evaluation: the client repeats it after the
    /// next.
    pub fn is_of_evaluation(&self) -> bool {
        self.question.is_some() || self.kind == Kind::Score
    }

    /// Returns whether the request is for the answer to this very question.
    pub fn is_for(&self, question: &Question) -> bool {
        self.question.as_ref() == Some(question)
    }

    /// Returns whether this request replaces another.
    fn replaces(&self, other: &Self) -> bool {
        match (&self.question, &other.question) {
            (Some(question), Some(other)) => question.replaces(other),
            (None, None) => (self.kind, self.stage) == (other.kind, other.stage),
            _ => false,
        }
    }

    /// Returns the request with an event that reports that it was dropped or could not start.
    fn or_say(self, event: Event) -> Self {
        Self { given_up: Some(event), ..self }
    }
}

/// Returns the request for the answer to any question.
pub fn request(question: Question) -> Request {
    match question {
        Question::Matrix(request) => matrix::request(request),
        Question::Map(request) => mapper::request(request),
        Question::Groups(request) => grouping::request(request),
        Question::Survey(request) => survey::request(request),
        Question::Copies(request) => copies::request(request),
        Question::Invariance(request) => measuring::request(request),
        Question::Explanation(pair) => explainer::request(pair),
        Question::Classification(request) => classifier::request(request),
    }
}

/// Waiting and started jobs, in the order of their requests.
#[derive(Default)]
pub struct Queue {
    requests: Vec<Request>,
    pub slice: Slice,
}

impl Queue {
    /// Enqueues a request, in place of an older one of the same key.
    pub fn put(&mut self, request: Request) {
        match self.requests.iter_mut().find(|older| request.replaces(older)) {
            Some(older) => *older = request,
            None => self.requests.push(request),
        }
    }

    /// Returns whether there is a job of a kind.
    pub fn has(&self, kind: Kind) -> bool {
        self.requests.iter().any(|request| request.kind == kind)
    }

    /// Drops the jobs that `which` selects.
    pub fn give_up(&mut self, which: impl Fn(&Request) -> bool, emit: impl FnMut(Event)) {
        let dropped = self.requests.extract_if(.., |request| which(request));
        dropped.filter_map(|request| request.given_up).for_each(emit);
    }

    /// Works on the first job of a kind for approximately the given time.
    pub async fn advance(
        &mut self,
        kind: Kind,
        context: &Context<'_>,
        time: Duration,
        mut emit: impl FnMut(Event),
    ) -> Result<(), Breakdown> {
        let Some(place) = self.requests.iter().position(|request| request.kind == kind) else {
            return Ok(());
        };
        let mut request = self.requests.remove(place);
        let Some(mut work) = (request.start)(context) else {
            request.given_up.into_iter().for_each(emit);
            return Ok(());
        };
        let answer = self.slice.run(&mut work, time).await;
        self.slice.0.events.take().into_iter().for_each(&mut emit);
        match answer {
            Some(Ok(answer)) => answer.into_iter().for_each(emit),
            // Failed jobs are not retried.
            Some(Err(breakdown)) => {
                request.given_up.into_iter().for_each(emit);
                return Err(breakdown);
            }
            None => {
                request.start = Box::new(|_| Some(work));
                self.requests.insert(place, request);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{
            ClassifierRequest, GroupsRequest, InvarianceRequest, MapMethod, MapRequest, MatrixRequest, Pair,
            Query, Subject, SurveyRequest,
        },
        settings::Images,
    };

    const LONG: Duration = Duration::from_secs(60);

    /// Returns an event after so many pieces of work.
    async fn count(pieces: u32, name: u32, slice: Slice) -> Result<Event, Breakdown> {
        for _ in 1..pieces {
            slice.pause().await;
        }
        Ok(named(name))
    }

    fn named(name: u32) -> Event {
        Event::Tuning { done: name, total: 0 }
    }

    fn pieces(pieces: u32, name: u32) -> impl FnOnce(&Context<'_>) -> Option<Work> {
        move |context| Some(work(count(pieces, name, context.slice.clone())))
    }

    fn asked(kind: Kind, question: impl Into<Question>, name: u32) -> Request {
        let question = question.into();
        let stage = Some(question.stage());
        Request { question: Some(question), ..Request::new(kind, stage, pieces(2, name)) }
    }

    fn groups(stage: Stage, name: u32) -> Request {
        asked(Kind::Study, GroupsRequest { stage }, name)
    }

    fn survey(stage: Stage, name: u32) -> Request {
        asked(Kind::Study, SurveyRequest { stage }, name)
    }

    fn queue(requests: impl IntoIterator<Item = Request>) -> Queue {
        let mut queue = Queue::default();
        requests.into_iter().for_each(|request| queue.put(request));
        queue
    }

    /// Advances a job; returns the result and the events emitted.
    fn advance(queue: &mut Queue, kind: Kind, time: Duration) -> (Result<(), Breakdown>, Vec<Event>) {
        let settings = Settings::recommended(Images::Shapes);
        let mut events = Vec::new();
        let context = Context {
            device: &Device::flex(),
            settings: &settings,
            set: &PictureSet::new(16),
            embeddings: &Embeddings::default(),
            run: None,
            query: None,
            last_map: &Rc::default(),
            slice: queue.slice.clone(),
        };
        let done = pollster::block_on(queue.advance(kind, &context, time, |event| events.push(event)));
        (done, events)
    }

    /// Completes all jobs of a kind.
    fn answers(queue: &mut Queue, kind: Kind) -> Vec<Event> {
        let mut events = Vec::new();
        while queue.has(kind) {
            events.extend(advance(queue, kind, LONG).1);
        }
        events
    }

    #[test]
    fn the_latest_request_replaces_others_of_its_kind_and_stage() {
        let at = |stage, name| Request::new(Kind::Score, Some(stage), pieces(2, name));
        let mut jobs = queue([at(Stage::Trained, 1), at(Stage::Pixels, 2), at(Stage::Trained, 3)]);
        assert_eq!(answers(&mut jobs, Kind::Score), [named(3), named(2)]);
        // A started one is replaced too.
        let mut jobs = queue([at(Stage::Trained, 1), at(Stage::Pixels, 2)]);
        assert_eq!(advance(&mut jobs, Kind::Score, Duration::ZERO).1, []);
        jobs.put(at(Stage::Trained, 3));
        assert_eq!(answers(&mut jobs, Kind::Score), [named(3), named(2)]);
    }

    #[test]
    fn some_kinds_have_one_request_and_each_study_has_its_own() {
        let map = |stage, name| asked(Kind::Map, MapRequest { stage, method: MapMethod::Pca }, name);
        let mut jobs = queue([map(Stage::Trained, 1), map(Stage::Pixels, 2)]);
        let pair = Pair { stage: Stage::Pixels, subjects: [Subject::Picture(0); 2] };
        jobs.put(asked(Kind::Explain, pair, 3));
        assert_eq!(answers(&mut jobs, Kind::Map), [named(2)]);
        assert_eq!(answers(&mut jobs, Kind::Explain), [named(3)]);

        let mut jobs = queue([
            groups(Stage::Trained, 1),
            survey(Stage::Trained, 2),
            groups(Stage::Pixels, 3),
            groups(Stage::Trained, 4),
        ]);
        assert_eq!(answers(&mut jobs, Kind::Study), [named(4), named(2), named(3)]);
    }

    #[test]
    fn a_job_ends_before_the_next_of_its_kind_begins() {
        let mut jobs = queue([groups(Stage::Pixels, 1), survey(Stage::Pixels, 2)]);
        let events = [0; 4].map(|_| advance(&mut jobs, Kind::Study, Duration::ZERO).1);
        assert_eq!(events, [vec![], vec![named(1)], vec![], vec![named(2)]]);
        assert!(!jobs.has(Kind::Study));
        assert_eq!(advance(&mut jobs, Kind::Study, LONG), (Ok(()), Vec::new()));
    }

    #[test]
    fn dropped_and_unstartable_jobs_are_reported() {
        let tune = |name| Request::new(Kind::FineTune, Some(Stage::Trained), pieces(3, name));
        let mut jobs = queue([tune(1).or_say(Event::Finished), groups(Stage::Pixels, 2)]);
        // Replacement is not reported as an end.
        jobs.put(tune(3).or_say(Event::Finished));
        assert_eq!(advance(&mut jobs, Kind::FineTune, Duration::ZERO).1, []);
        let mut events = Vec::new();
        jobs.give_up(|_| true, |event| events.push(event));
        assert_eq!((events.as_slice(), jobs.requests.len()), (&[Event::Finished][..], 0));

        let nothing = || Request::new(Kind::FineTune, None, |_| None::<Work>);
        jobs.put(nothing().or_say(Event::Finished));
        assert_eq!(answers(&mut jobs, Kind::FineTune), [Event::Finished]);
        jobs.put(nothing());
        assert_eq!(answers(&mut jobs, Kind::FineTune), []);
    }

    async fn broken() -> Result<Event, Breakdown> {
        Err(Breakdown::Ended)
    }

    #[test]
    fn failed_jobs_are_not_retried() {
        let request = Request::new(Kind::Preview, None, |_| Some(broken())).or_say(Event::Finished);
        let mut jobs = queue([request]);
        let (done, events) = advance(&mut jobs, Kind::Preview, LONG);
        assert!(done.is_err() && !jobs.has(Kind::Preview));
        assert_eq!(events, [Event::Finished]);
    }

    /// Returns one request of every kind at a stage.
    fn every_request(stage: Stage) -> Vec<Request> {
        let task = || ClassifierRequest { stage, per_class: 1, seed: 1, typed: Vec::new() };
        let rgb = vec![0; 3 * crate::image::SIDE * crate::image::SIDE];
        let query = QueryPicture::new(Query { number: 1, rgb, among: Vec::new() }).expect("a whole picture");
        vec![
            preview::request(vec![1], 1, 1),
            search::request(Rc::new(query), stage),
            score::request(stage),
            request(Pair { stage, subjects: [Subject::Picture(0); 2] }.into()),
            request(InvarianceRequest { stage }.into()),
            request(MatrixRequest { stage }.into()),
            request(MapRequest { stage, method: MapMethod::Pca }.into()),
            request(task().into()),
            request(GroupsRequest { stage }.into()),
            request(SurveyRequest { stage }.into()),
            fine_tuning::request(1, task()),
        ]
    }

    #[test]
    fn forgetting_a_stage_drops_only_its_requests() {
        let kinds = |jobs: &Queue| jobs.requests.iter().map(|request| request.kind).collect::<Vec<_>>();
        let forget = |jobs: &mut Queue, stage| jobs.give_up(|request| request.stage == Some(stage), |_| {});
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
        let kinds: Vec<Kind> = jobs.requests.iter().map(|request| request.kind).collect();
        for kind in kinds {
            let nothing = kind == Kind::FineTune;
            assert_eq!(answers(&mut jobs, kind).len(), usize::from(nothing), "{kind:?}");
        }
    }
}
