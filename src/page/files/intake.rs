//! Reading of files into the set, several at a time, in the order of arrival.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::task::spawn_local;
use web_sys::File;

use super::{
    decoder::Decoders,
    experiment_file,
    incoming::{Gathered, Incoming},
    model_file,
};
use crate::{
    image::{Failure, Image},
    page::{
        engine::code::words,
        lazy::loader,
        state::{IntakeKind, Newcomer, Refusal, State},
        store::Store,
        timing,
    },
    settings::Images,
};

/// Number of files read at the same time.
const AT_ONCE: usize = 4;

/// Number of files delivered without a break: some milliseconds' work.
const PORTION: usize = 32;

/// Reads files into the set. The user's first own picture replaces a built-in set, which therefore
/// remains if no file is a picture.
pub fn take(store: Store, Gathered { files, unopened }: Gathered) {
    // An experiment replaces everything, including the other files.
    if let Some(experiment) = files.iter().find(|file| experiment_file::is_one(&file.file.name())) {
        let file = experiment.file.clone();
        return loader::enter(store, move |rooms| (rooms.open_experiment)(store, file));
    }
    let (mut models, pictures): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| model_file::is_one(&file.file.name()));
    let model = models.pop().map(|model| model.file);
    match model {
        Some(model) if pictures.is_empty() && unopened.is_empty() => model_file::open(store, model),
        model => take_pictures(store, Gathered { files: pictures, unopened }, model),
    }
}

/// Takes pictures, and a model among the files.
fn take_pictures(store: Store, Gathered { files, unopened }: Gathered, model: Option<File>) {
    let found = files.len();
    let incoming: Vec<_> = files.into_iter().filter(|file| !is_clutter(&file.file.name())).collect();
    let skipped = found - incoming.len();
    if incoming.is_empty() && unopened.is_empty() {
        model.into_iter().for_each(|model| model_file::open(store, model));
        return store.update(|state| state.notify("No pictures were found."));
    }
    // A built-in set that is still being drawn would mix with them.
    if store.with_untracked(|state| {
        is_builtin(state) && state.intake.is_active() && state.intake.kind != IntakeKind::Decoding
    }) {
        store.update(|state| state.clear(Images::Own));
    }
    store.update(|state| {
        state.begin_intake(IntakeKind::Decoding, incoming.len() + unopened.len(), skipped);
        state.advance_intake(unopened.len(), unopened);
    });
    match Decoders::new() {
        Ok(decoders) => read(store, incoming, model, decoders),
        Err(error) => {
            model.into_iter().for_each(|model| model_file::open(store, model));
            store.update(|state| {
                state.end_intake();
                let why = words(&error);
                state.notify(format!("This browser can’t decode pictures in the background: {why}. Reload the page to try again."));
            });
        }
    }
}

fn is_builtin(state: &State) -> bool {
    state.settings.images != Images::Own
}

/// Returns whether a file is one that operating systems leave among pictures.
fn is_clutter(name: &str) -> bool {
    name.starts_with('.')
        || matches!(name.to_ascii_lowercase().as_str(), "thumbs.db" | "desktop.ini" | "icon\r")
}

/// A batch of files being read.
struct Batch {
    store: Store,
    ticket: u32,
    decoders: Decoders,
    incoming: Vec<Incoming>,
    /// The model among the files. It is opened once the pictures have replaced a built-in set, which
    /// makes the engine forget its network.
    model: RefCell<Option<File>>,
    next: Cell<usize>,
    /// Outcome of each file, until those before it are done.
    outcomes: RefCell<Vec<Option<Result<Newcomer, Refusal>>>>,
    delivered: Cell<usize>,
    /// Whether a delivery is in progress.
    delivering: Cell<bool>,
}

fn read(store: Store, incoming: Vec<Incoming>, model: Option<File>, decoders: Decoders) {
    let batch = Rc::new(Batch {
        store,
        ticket: store.with_untracked(State::intake_ticket),
        decoders,
        outcomes: RefCell::new(incoming.iter().map(|_| None).collect()),
        incoming,
        model: RefCell::new(model),
        next: Cell::new(0),
        delivered: Cell::new(0),
        delivering: Cell::new(false),
    });
    if batch.incoming.is_empty() {
        batch.open_model();
    }
    for _ in 0..AT_ONCE.min(batch.incoming.len()) {
        let batch = batch.clone();
        spawn_local(async move { batch.work().await });
    }
}

impl Batch {
    /// Reads files one after another until none is left.
    async fn work(&self) {
        while self.store.with_untracked(|state| state.is_wanted(self.ticket)) {
            let i = self.next.get();
            let Some(incoming) = self.incoming.get(i) else { return };
            self.next.set(i + 1);
            let outcome = self.decoders.decode(&incoming.file).await;
            if self.store.with_untracked(|state| state.is_wanted(self.ticket)) {
                self.outcomes.borrow_mut()[i] = Some(label(incoming, outcome));
                self.deliver().await;
            }
        }
    }

    /// Delivers files that are done and whose predecessors are, a portion at a time, since all that
    /// waited for a slow one become ready at once.
    async fn deliver(&self) {
        if self.delivering.replace(true) {
            return;
        }
        while self.store.with_untracked(|state| state.is_wanted(self.ticket)) && self.deliver_portion() {
            timing::yield_to_event_loop().await;
        }
        self.delivering.set(false);
    }

    /// Delivers up to [`PORTION`] files; returns whether there may be more.
    fn deliver_portion(&self) -> bool {
        let (mut newcomers, mut files, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        while newcomers.len() + refused.len() < PORTION {
            let file = self.incoming.get(self.delivered.get()).map(|incoming| incoming.file.clone());
            match self.next_outcome() {
                Some(Ok(newcomer)) => {
                    newcomers.push(newcomer);
                    files.extend(file);
                }
                Some(Err(refusal)) => refused.push(refusal),
                None => break,
            }
        }
        let done = newcomers.len() + refused.len();
        if done == 0 {
            return false;
        }
        if !newcomers.is_empty() {
            if self.store.with_untracked(is_builtin) {
                self.store.update(State::make_room);
            }
            let added = self.store.update(|state| state.add(newcomers));
            self.store.originals.keep(added.into_iter().zip(files));
            self.open_model();
        }
        let complete = self.store.update(|state| state.advance_intake(done, refused));
        if self.delivered.get() == self.incoming.len() {
            self.open_model();
        }
        if complete {
            self.store.update(State::settle);
        }
        done == PORTION
    }

    /// Opens the model among the files, if it is not open yet.
    fn open_model(&self) {
        if let Some(model) = self.model.take() {
            model_file::open(self.store, model);
        }
    }

    fn next_outcome(&self) -> Option<Result<Newcomer, Refusal>> {
        let outcome = self.outcomes.borrow_mut().get_mut(self.delivered.get())?.take()?;
        self.delivered.set(self.delivered.get() + 1);
        Some(outcome)
    }
}

fn label(incoming: &Incoming, outcome: Result<Image, Failure>) -> Result<Newcomer, Refusal> {
    let name = File::name(&incoming.file);
    match outcome {
        Ok(image) => Ok(Newcomer { name, label: incoming.folder.clone(), image }),
        Err(why) => Err(Refusal { name, why }),
    }
}

/// Stops reading; pictures that were read stay.
pub fn stop(store: Store) {
    store.update(State::stop_intake);
    store.update(|state| state.end_intake());
    store.update(State::settle);
}
