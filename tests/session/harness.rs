//! A session on the CPU, and its events.

use std::{cell::RefCell, rc::Rc};

use likeness::{
    engine::{Progress, Session},
    page::words,
    protocol::{
        Answer, BatchMatrix, Classification, ClassifierRequest, Command, Evaluation, Event, Picture, Stage,
        StepReport,
    },
    samples::shape,
    settings::{BackendChoice, Images, Settings},
};

/// A session that keeps its events.
pub struct Harness {
    pub session: Session<Box<dyn FnMut(Event)>>,
    pub events: Rc<RefCell<Vec<Event>>>,
}

pub fn small() -> Settings {
    let mut settings = Settings::recommended(Images::Shapes);
    settings.backend = BackendChoice::Cpu;
    (settings.side, settings.width, settings.batch, settings.steps) = (16, 4, 6, 5);
    settings
}

pub fn pictures(range: std::ops::Range<usize>) -> Vec<Picture> {
    range
        .map(|index| {
            let sample = shape(index, 1);
            Picture::square(index as u32, Some(index as u32 % 10), sample.image.into_rgb())
        })
        .collect()
}

impl Harness {
    /// Creates a session without pictures.
    pub fn new(settings: Settings) -> Self {
        let events = Rc::new(RefCell::new(Vec::new()));
        let kept = events.clone();
        let session = Session::new(settings, Box::new(move |event| kept.borrow_mut().push(event)) as Box<_>);
        Self { session, events }
    }

    /// Creates a session with `count` pictures, ready to train.
    pub fn with_pictures(settings: Settings, count: usize) -> Self {
        let mut harness = Self::new(settings);
        harness.send(Command::Add(pictures(0..count)));
        harness.send(Command::Settle);
        harness.settle();
        harness
    }

    pub fn send(&mut self, command: Command) {
        pollster::block_on(self.session.handle(command));
    }

    /// Works until nothing is left to do.
    pub fn settle(&mut self) {
        while pollster::block_on(self.session.work()) == Progress::More {}
    }

    /// Works until `enough` holds for an event.
    pub fn until(&mut self, enough: impl Fn(&Event) -> bool) {
        while !self.events.borrow().iter().any(&enough) {
            assert_eq!(pollster::block_on(self.session.work()), Progress::More, "it never came");
        }
    }

    pub fn take(&self) -> Vec<Event> {
        self.events.take()
    }

    /// Trains to the last step and returns all events.
    pub fn train(&mut self) -> Vec<Event> {
        self.take();
        self.send(Command::Train);
        self.settle();
        self.take()
    }
}

pub fn steps(events: &[Event]) -> Vec<StepReport> {
    let reports = events.iter().filter_map(|event| match event {
        Event::Stepped(reports) => Some(reports.clone()),
        _ => None,
    });
    reports.flatten().collect()
}

pub fn evaluations(events: &[Event]) -> Vec<&Evaluation> {
    let evaluations = events.iter().filter_map(|event| match event {
        Event::Evaluated(evaluation) => Some(evaluation),
        _ => None,
    });
    evaluations.collect()
}

pub fn losses(events: &[Event]) -> Vec<u32> {
    steps(events).iter().map(|report| report.loss.to_bits()).collect()
}

pub fn last_batch(events: &[Event]) -> &BatchMatrix {
    let mut batches = events.iter().filter_map(|event| match event {
        Event::Batch(batch) => Some(batch),
        _ => None,
    });
    batches.next_back().expect("a batch")
}

/// Returns all refusals, as sentences.
pub fn refusals(events: &[Event]) -> Vec<String> {
    let refusals = events.iter().filter_map(|event| match event {
        Event::Refused(refusal) => Some(words::refusal(refusal)),
        Event::NotOpened(failure) | Event::NotRestored(failure) => Some(words::model_failure(failure)),
        _ => None,
    });
    refusals.collect()
}

pub fn classifications(events: &[Event]) -> Vec<&Classification> {
    let classifications = events.iter().filter_map(|event| match event {
        Event::Answered(_, Answer::Classification(classification)) => Some(classification),
        _ => None,
    });
    classifications.collect()
}

pub fn labelling(stage: Stage, typed: Vec<(u32, u32)>) -> ClassifierRequest {
    ClassifierRequest { stage, per_class: 2, seed: 1, typed }
}
