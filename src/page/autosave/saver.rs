//! Saving the experiment to the browser's own storage, and offering it on return.

use std::{rc::Rc, time::Duration};

use futures_util::lock::Mutex;
use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::{
    ev,
    leptos_dom::helpers::window_event_listener_untyped,
    prelude::{GetValue, LocalStorage, StoredValue, document, set_interval, window_event_listener},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Event;

use super::{
    persistence,
    state::{AutosaveStatus, Backoff, Offer},
    storage::{Storage, StorageError},
};
use crate::{
    page::{
        files::{
            download,
            experiment_file::{self, Outcome},
        },
        picture_map::Ids,
        preferences::{self, THEME},
        state::State,
        store::Store,
        timing, words,
    },
    protocol::PictureId,
    settings::Images,
};

/// Interval between checks for unsaved changes.
const EVERY: Duration = Duration::from_secs(4);

/// Number of pictures per write.
const PORTION: usize = 128;

/// A handle on the experiment in the browser's own storage.
#[derive(Clone, Copy)]
pub struct Autosave {
    storage: StoredValue<Storage, LocalStorage>,
    kept: StoredValue<Shared, LocalStorage>,
}

impl Default for Autosave {
    fn default() -> Self {
        Self {
            storage: StoredValue::new_local(Storage::default()),
            kept: StoredValue::new_local(Shared::default()),
        }
    }
}

impl Autosave {
    /// Returns the browser's storage.
    pub fn storage(self) -> Storage {
        self.storage.get_value()
    }

    fn kept(self) -> Shared {
        self.kept.get_value()
    }
}

/// The part of this visit that is in the storage. Whoever writes to the storage or restores from it
/// holds the lock, so that the two never interleave.
type Shared = Rc<Mutex<Kept>>;

/// The part of this visit that is in the storage.
#[derive(Debug, Default)]
struct Kept {
    /// Key of this visit's experiment in the storage, once any of it was written.
    key: Option<String>,
    /// The set that the stored pictures belong to.
    set: Option<PictureId>,
    /// Number of renamings of its labels.
    renamings: u32,
    /// Places of the stored pictures.
    places: Ids,
    /// The state's revision at the last write.
    revision: u64,
    /// Pause after writes that failed.
    backoff: Backoff,
}

/// Starts the storage, offers the work of an earlier visit and keeps this visit's.
pub fn start(store: Store) {
    let storage = store.autosave.storage();
    spawn_local(async move {
        let found = storage.ask("find", &JsValue::UNDEFINED, &Array::new()).await;
        store.update(|state| match found {
            Ok(found) => {
                state.set_autosave(AutosaveStatus::On);
                state.set_offer(offer(&found));
            }
            Err(_) => state.set_autosave(AutosaveStatus::Denied),
        });
    });
    // WebKit keeps a page that is left, with its worker's locks, for *Back*; offline.js then reloads it.
    let leaving = store.autosave.storage();
    window_event_listener_untyped("pagehide", move |event| {
        if Reflect::get(&event, &"persisted".into()).is_ok_and(|kept| kept.is_truthy()) {
            leaving.leave();
        }
    });
    set_interval(move || keep(store), EVERY);
    window_event_listener(ev::visibilitychange, move |_| {
        if document().hidden() {
            keep(store);
        }
    });
}

fn offer(found: &JsValue) -> Option<Offer> {
    let found: &Array = found.dyn_ref()?;
    let text = |place| found.get(place).as_string();
    Some(Offer { key: text(0)?, when: text(1)?, what: text(2)? })
}

/// Writes the changes since the last write.
fn keep(store: Store) {
    spawn_local(async move {
        let kept = store.autosave.kept();
        // A write or a restoration in progress has precedence.
        let Some(mut kept) = kept.try_lock() else { return };
        let Some(revision) = store.with_untracked(|state| state.wants_autosave()) else { return };
        if kept.revision == revision || !kept.backoff.is_over(timing::now()) {
            return;
        }
        let written = write(store, &mut kept).await;
        store.update(|state| state.set_autosave(outcome(&written)));
        match written {
            Ok(()) => {
                (kept.revision, kept.backoff) = (revision, Backoff::default());
                persistence::ask_once();
            }
            Err(trouble) => {
                if trouble == StorageError::Taken {
                    *kept = Kept { backoff: kept.backoff, ..Kept::default() };
                }
                kept.backoff.lose(timing::now());
            }
        }
    });
}

fn outcome(written: &Result<(), StorageError>) -> AutosaveStatus {
    match written {
        Ok(()) => AutosaveStatus::On,
        Err(StorageError::Forgotten) => AutosaveStatus::Forgotten,
        Err(StorageError::Full) => AutosaveStatus::Full,
        Err(StorageError::Taken | StorageError::Other(_)) => AutosaveStatus::Failing,
    }
}

/// Writes everything but the pictures, then the pictures that were added or removed.
async fn write(store: Store, kept: &mut Kept) -> Result<(), StorageError> {
    let storage = store.autosave.storage();
    let key = kept.key.get_or_insert_with(new_key).clone();
    let (body, words, set, now, renamings) = store.with_untracked(|state| {
        let own = state.settings.images == Images::Own;
        let entries = state.pictures.entries().iter().filter(|_| own);
        let now: Ids = entries.map(|entry| state.pictures.place(entry.id)).collect();
        let (set, renamings) = (state.pictures.first(), state.pictures.renamings());
        (state.experiment().to_bytes(), state.kept_words(), set, now, renamings)
    });
    // Each picture is kept with the name of its label.
    let anew = kept.set != Some(set) || kept.renamings != renamings;
    let before = if anew { Ids::default() } else { kept.places.clone() };
    let gone = before.without(&now);
    let gone_places: Array = gone.iter().map(|place| JsValue::from(*place)).collect();
    let body = Uint8Array::from(body.as_slice());
    let everything_else = message(&key, &Array::new(), &gone_places);
    set_field(&everything_else, "body", &body);
    set_field(&everything_else, "words", &words.into());
    set_field(&everything_else, "anew", &anew.into());
    storage.ask("keep", &everything_else, &Array::of1(&body.buffer())).await?;
    let came: Vec<u32> = now.without(&before).iter().copied().collect();
    (kept.set, kept.places, kept.renamings) = (Some(set), before.without(&gone), renamings);
    for portion in came.chunks(PORTION) {
        let (pictures, buffers) = (Array::new(), Array::new());
        let wanted = store.with_untracked(|state| {
            let found = portion.iter().filter_map(|place| state.picture_bytes(state.pictures.at(*place)));
            for (place, bytes) in found.filter(|_| state.pictures.first() == set) {
                let bytes = Uint8Array::from(bytes.as_slice());
                buffers.push(&bytes.buffer());
                pictures.push(&Array::of2(&place.into(), &bytes));
            }
            !state.autosave.is_over()
        });
        if !wanted {
            return Err(StorageError::Forgotten);
        }
        storage.ask("keep", &message(&key, &pictures, &Array::new()), &buffers).await?;
        portion.iter().for_each(|place| kept.places.insert(*place));
    }
    Ok(())
}

/// Returns a key that no other experiment has.
fn new_key() -> String {
    format!("{}-{}", js_sys::Date::now(), js_sys::Math::random())
}

fn message(key: &str, pictures: &Array, gone: &Array) -> Object {
    let message = Object::new();
    set_field(&message, "key", &key.into());
    set_field(&message, "pictures", pictures);
    set_field(&message, "gone", gone);
    message
}

fn set_field(message: &Object, name: &str, value: &JsValue) {
    Reflect::set(message, &name.into(), value).expect("a plain object takes it");
}

/// Restores the offered experiment, if one is offered. It stays in the storage as it is until all of it
/// is on the page; if that fails, it is offered again.
pub fn accept(store: Store) {
    let Some(offer) = store.update(State::take_offer) else { return };
    spawn_local(async move {
        let kept = store.autosave.kept();
        // Waits for a write in progress, and prevents further ones until everything is restored.
        let mut kept = kept.lock().await;
        match load(store, &offer.key).await {
            Ok(Outcome::Opened { set, places }) => {
                *kept = Kept { key: Some(offer.key), set: Some(set), places, ..Kept::default() };
            }
            Ok(Outcome::Cancelled) => store.update(|state| state.set_offer(Some(offer))),
            Err(sentence) => store.update(|state| {
                state.set_offer(Some(offer));
                state.notify(sentence);
            }),
        }
    });
}

async fn load(store: Store, key: &str) -> Result<Outcome, String> {
    let loaded = store.autosave.storage().ask("load", &key.into(), &Array::new()).await;
    let loaded = loaded.map_err(|trouble| format!("It could not be loaded: {}.", trouble.words()))?;
    let loaded: Array = loaded.dyn_into().map_err(|_| "It is open in another tab.".to_owned())?;
    let body = Uint8Array::from(loaded.get(0)).to_vec();
    let read = experiment_file::read(&body, &loaded.get(1).unchecked_into());
    let (experiment, pictures) = read.map_err(|failure| words::experiment_failure(&failure))?;
    // If no engine can continue from the snapshot, the pictures are still worth restoring.
    Ok(experiment_file::put(store, experiment, pictures).await)
}

/// Removes the offered experiment.
pub fn decline(store: Store, offer: Offer) {
    store.update(|state| state.set_offer(None));
    spawn_local(async move {
        let storage = store.autosave.storage();
        if let Err(trouble) = storage.ask("forget", &offer.key.as_str().into(), &Array::new()).await {
            let sentence = format!("It could not be removed: {}.", trouble.words());
            store.update(|state| state.notify(sentence));
        }
    });
}

/// Removes everything that the page has ever kept in this browser, including the page itself, which
/// offline.js keeps.
pub fn forget_everything(store: Store) {
    preferences::set(THEME, None);
    download::set_for_spreadsheets(store, false);
    store.update(|state| {
        state.set_offer(None);
        state.set_autosave(AutosaveStatus::Forgetting);
    });
    let told = Event::new("everything-forgotten").and_then(|event| document().dispatch_event(&event));
    told.expect("a page takes events");
    spawn_local(async move {
        let storage = store.autosave.storage();
        let removed = storage.ask("forgetAll", &JsValue::UNDEFINED, &Array::new()).await;
        store.update(|state| match removed {
            Ok(_) => state.set_autosave(AutosaveStatus::Forgotten),
            Err(trouble) => state.notify(format!("Not everything could be removed: {}.", trouble.words())),
        });
    });
}
