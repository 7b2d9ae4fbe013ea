//! Reading of files into the set, several at a time, in the order of arrival.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::task::spawn_local;
use web_sys::File;

use super::{
    containers,
    decoder::Decoders,
    destination::Destination,
    experiment_file, identity,
    incoming::{Gathered, Incoming},
    model_file, query,
};
use crate::{
    image::{DecodedFile, Details, Remark},
    page::{
        engine::code::words,
        lazy::loader,
        picture_map::Ids,
        state::{IntakeKind, Newcomer, Origin, Refusal, State},
        store::Store,
        timing,
    },
    settings::Images,
};

/// Number of files read at the same time.
const AT_ONCE: usize = 4;

/// Number of files delivered without a break: some milliseconds' work.
const PORTION: usize = 32;

/// Takes files to their destination.
pub fn take(store: Store, destination: Destination, gathered: Gathered) {
    match destination {
        Destination::Search => query::take(store, gathered),
        Destination::Set => add(store, gathered),
    }
}

/// Reads files into the set. The user's first own picture replaces a built-in set, which therefore
/// remains if no file is a picture.
fn add(store: Store, gathered: Gathered) {
    if !containers::any(&gathered.files) {
        return take_opened(store, gathered);
    }
    let ticket = store.with_untracked(State::intake_ticket);
    begin(store, 1, &[]);
    spawn_local(async move {
        let opened = containers::open(gathered).await;
        if store.update(|state| state.end_opening(ticket)) {
            take_opened(store, opened);
            // Training may have waited for pictures, of which there are perhaps none.
            store.update(State::settle);
        }
    });
}

/// Begins to read further files; those left out of earlier ones are no longer offered once these are
/// done.
fn begin(store: Store, total: usize, skipped: &[String]) {
    if !store.with_untracked(|state| state.intake.is_active()) {
        store.originals.take_left_out();
    }
    store.update(|state| state.begin_intake(IntakeKind::Decoding, total, skipped));
}

fn take_opened(store: Store, Gathered { files, unopened, skipped, tables }: Gathered) {
    // An experiment replaces everything, including the other files.
    if let Some(experiment) = files.iter().find(|file| experiment_file::is_one(&file.file.name())) {
        let file = experiment.file.clone();
        return loader::enter(store, move |rooms| (rooms.open_experiment)(store, file));
    }
    let (mut models, pictures): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| model_file::is_one(&file.file.name()));
    let model = models.pop().map(|model| model.file);
    take_pictures(store, Gathered { files: pictures, unopened, skipped, tables }, model, false);
}

/// Takes the files that were left out, although the set has pictures of the same bytes.
pub fn take_left_out(store: Store) {
    let gathered = Gathered { files: store.originals.take_left_out(), ..Gathered::default() };
    store.update(State::take_left_out);
    take_pictures(store, gathered, None, true);
}

/// Takes pictures, and a model among the files; those that the set has already only if `again`.
fn take_pictures(store: Store, gathered: Gathered, model: Option<File>, again: bool) {
    let Gathered { files: incoming, unopened, skipped, tables } = gathered;
    if incoming.is_empty() && unopened.is_empty() && tables.is_empty() {
        return match model {
            Some(model) => model_file::open(store, model),
            None => store.update(|state| state.notify("No pictures were found.")),
        };
    }
    let decoders = match Decoders::new() {
        Ok(decoders) => decoders,
        Err(error) => {
            model.into_iter().for_each(|model| model_file::open(store, model));
            let why = words(&error);
            let sentence = format!(
                "This browser can’t decode pictures in the background: {why}. Reload the page to try again."
            );
            return store.update(|state| state.notify(sentence));
        }
    };
    // A built-in set that is still being drawn would mix with them.
    let is_drawing = |state: &State| {
        is_builtin(state) && state.intake.is_active() && state.intake.kind != IntakeKind::Decoding
    };
    if !incoming.is_empty() && store.with_untracked(is_drawing) {
        store.update(|state| state.clear(Images::Own));
    }
    begin(store, incoming.len() + unopened.len(), &skipped);
    store.update(|state| state.advance_intake(unopened.len(), unopened));
    read(store, Pictures { incoming, tables, again }, model, decoders);
}

fn is_builtin(state: &State) -> bool {
    state.settings.images != Images::Own
}

/// A batch of files being read.
struct Batch {
    store: Store,
    ticket: u32,
    decoders: Decoders,
    incoming: Vec<Incoming>,
    /// Tables of labels, which follow the pictures.
    tables: Vec<(String, Vec<u8>)>,
    /// The model among the files. It is opened once the pictures have replaced a built-in set, which
    /// makes the engine forget its network.
    model: RefCell<Option<File>>,
    next: Cell<usize>,
    /// Outcome of each file, until those before it are done.
    outcomes: RefCell<Vec<Option<Outcome>>>,
    delivered: Cell<usize>,
    /// Whether a delivery is in progress.
    delivering: Cell<bool>,
    /// Whether pictures are added although the set has them already.
    again: bool,
    /// The pictures that this batch has added, among which copies are welcome.
    added: RefCell<Ids>,
}

/// Outcome of a file.
enum Outcome {
    /// A picture.
    Read(Newcomer, Vec<Remark>),
    /// Not a picture.
    Refused(Refusal),
    /// A picture that the set has already.
    LeftOut,
}

/// What is to be read.
struct Pictures {
    incoming: Vec<Incoming>,
    tables: Vec<(String, Vec<u8>)>,
    again: bool,
}

fn read(store: Store, pictures: Pictures, model: Option<File>, decoders: Decoders) {
    let Pictures { incoming, tables, again } = pictures;
    let batch = Rc::new(Batch {
        store,
        ticket: store.with_untracked(State::intake_ticket),
        decoders,
        outcomes: RefCell::new(incoming.iter().map(|_| None).collect()),
        incoming,
        tables,
        model: RefCell::new(model),
        next: Cell::new(0),
        delivered: Cell::new(0),
        delivering: Cell::new(false),
        again,
        added: RefCell::default(),
    });
    if batch.incoming.is_empty() {
        batch.finish();
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
            let outcome = self.outcome(incoming).await;
            if self.store.with_untracked(|state| state.is_wanted(self.ticket)) {
                self.outcomes.borrow_mut()[i] = Some(outcome);
                self.deliver().await;
            }
        }
    }

    async fn outcome(&self, incoming: &Incoming) -> Outcome {
        let origin = identity::of(incoming).await;
        if self.is_in_set(&origin) {
            return Outcome::LeftOut;
        }
        let name = incoming.file.name();
        match self.decoders.decode(&incoming.file).await {
            Ok(DecodedFile { image, whole, details: Details { sides: [width, height], remarks } }) => {
                let origin = Origin { width, height, ..origin };
                let label = incoming.folder.clone();
                Outcome::Read(Newcomer { name, label, origin, image, whole }, remarks)
            }
            Err(why) => Outcome::Refused(Refusal { name, why }),
        }
    }

    /// Returns whether another drop has brought the same bytes.
    fn is_in_set(&self, origin: &Origin) -> bool {
        let Some(digest) = origin.digest.filter(|_| !self.again) else { return false };
        let added = self.added.borrow();
        self.store.with_untracked(|state| {
            let others = state.pictures.len() > added.len();
            others && state.pictures.with_digest(digest).any(|id| !added.contains(&id))
        })
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
        let (mut newcomers, mut files, mut refused, mut left_out) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let first = self.delivered.get();
        while self.delivered.get() < first + PORTION {
            let incoming = self.incoming.get(self.delivered.get()).cloned();
            match self.next_outcome() {
                // Another drop may have brought it meanwhile.
                Some(Outcome::Read(newcomer, remarks)) if !self.is_in_set(&newcomer.origin) => {
                    for remark in remarks {
                        self.store.update(|state| state.remark(remark, newcomer.name.clone()));
                    }
                    newcomers.push(newcomer);
                    files.extend(incoming.map(|incoming| incoming.file));
                }
                Some(Outcome::Refused(refusal)) => refused.push(refusal),
                Some(_) => left_out.extend(incoming),
                None => break,
            }
        }
        let done = self.delivered.get() - first;
        if done == 0 {
            return false;
        }
        if !newcomers.is_empty() {
            self.store.update(|state| state.frame_by_shape(&newcomers));
            if self.store.with_untracked(is_builtin) {
                self.store.update(State::make_room);
            }
            let added = self.store.update(|state| state.add(newcomers));
            added.iter().for_each(|id| self.added.borrow_mut().insert(*id));
            self.store.originals.keep(added.into_iter().zip(files));
            self.open_model();
        }
        self.store.update(|state| state.leave_out(left_out.len()));
        self.store.originals.leave_out(left_out.into_iter());
        let complete = self.store.update(|state| state.advance_intake(done, refused));
        if self.delivered.get() == self.incoming.len() {
            self.finish();
        }
        if complete {
            self.store.update(State::settle);
        }
        done == PORTION
    }

    /// Opens what waited for the pictures.
    fn finish(&self) {
        self.open_model();
        for (name, bytes) in &self.tables {
            self.store.update(|state| state.label_by_table(name, bytes));
        }
    }

    /// Opens the model among the files, if it is not open yet.
    fn open_model(&self) {
        if let Some(model) = self.model.take() {
            model_file::open(self.store, model);
        }
    }

    fn next_outcome(&self) -> Option<Outcome> {
        let outcome = self.outcomes.borrow_mut().get_mut(self.delivered.get())?.take()?;
        self.delivered.set(self.delivered.get() + 1);
        Some(outcome)
    }
}

/// Stops reading; pictures that were read stay.
pub fn stop(store: Store) {
    store.update(State::stop_intake);
    store.update(|state| state.end_intake());
    store.update(State::settle);
}
