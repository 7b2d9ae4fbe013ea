//! Keeps the experiment in the browser's own storage, and offers it on return.

use std::collections::BTreeSet;

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::{
    ev,
    prelude::{GetValue, SetValue, UpdateValue, WithValue, document, set_interval, window_event_listener},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    experiment_file,
    session::Session,
    storage::{Storage, Trouble},
    theme,
};
use crate::{
    page::state::{Keeping, Offer},
    protocol::PictureId,
    settings::Images,
};

/// How often it is seen whether there is something new to keep.
const EVERY: std::time::Duration = std::time::Duration::from_secs(4);

/// Pictures that are written at once.
const PORTION: usize = 128;

/// What of this visit is in the storage.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The set that the pictures belong to.
    set: Option<PictureId>,
    /// Their places.
    places: BTreeSet<u32>,
    /// The state's revision that was written last.
    revision: u64,
    /// Whether something is being written.
    busy: bool,
}

/// Starts the storage, offers what an earlier visit left there, and keeps this visit.
pub fn start(session: Session) {
    let Ok(storage) = Storage::new() else {
        return session.change(|state| state.set_keeping(Keeping::Denied));
    };
    session.storage.set_value(Some(storage.clone()));
    spawn_local(async move {
        let found = storage.ask("find", &JsValue::UNDEFINED).await;
        session.change(|state| match found {
            Ok(found) => {
                state.set_keeping(Keeping::On);
                state.set_offer(offer(&found));
            }
            Err(_) => state.set_keeping(Keeping::Denied),
        });
    });
    set_interval(move || keep(session), EVERY);
    window_event_listener(ev::visibilitychange, move |_| {
        if document().hidden() {
            keep(session);
        }
    });
}

fn offer(found: &JsValue) -> Option<Offer> {
    let found: &Array = found.dyn_ref()?;
    let text = |place| found.get(place).as_string();
    Some(Offer { key: text(0)?, when: text(1)?, what: text(2)? })
}

/// Writes what changed since it was written last.
fn keep(session: Session) {
    let revision = session
        .peek(|state| (state.keeping == Keeping::On && state.is_worth_keeping()).then(|| state.revision()));
    let due = |kept: &Kept| revision.filter(|revision| !kept.busy && kept.revision != *revision);
    let Some(revision) = session.kept.with_value(due) else { return };
    session.kept.update_value(|kept| kept.busy = true);
    spawn_local(async move {
        let written = write(session).await;
        session.kept.update_value(|kept| (kept.busy, kept.revision) = (false, revision));
        if let Err(Trouble { name, words }) = written {
            session.change(|state| {
                state.set_keeping(match name.as_str() {
                    "QuotaExceededError" => Keeping::Full,
                    _ if words == "forgotten" => Keeping::Forgotten,
                    _ => Keeping::Denied,
                });
            });
        }
    });
}

/// Writes everything but the pictures, then those that came and went.
async fn write(session: Session) -> Result<(), Trouble> {
    let Some(storage) = session.storage.get_value() else { return Ok(()) };
    let (body, words, set, now) = session.peek(|state| {
        let own = state.settings.images == Images::Own;
        let entries = state.pictures.entries().iter().filter(|_| own);
        let now: BTreeSet<u32> = entries.map(|entry| state.pictures.place(entry.id)).collect();
        (state.experiment().to_bytes(), state.kept_words(), state.pictures.first(), now)
    });
    let kept = session.kept.get_value();
    let anew = kept.set != Some(set);
    let before = if anew { BTreeSet::new() } else { kept.places };
    let gone: Array = before.difference(&now).map(|place| JsValue::from(*place)).collect();
    let body = Uint8Array::from(body.as_slice());
    storage.ask("keep", &message(Some((&body, &words)), &Array::new(), &gone, anew)).await?;
    let came: Vec<u32> = now.difference(&before).copied().collect();
    session.kept.update_value(|kept| (kept.set, kept.places) = (Some(set), &before & &now));
    for portion in came.chunks(PORTION) {
        let pictures = Array::new();
        session.peek(|state| {
            let found = portion.iter().filter_map(|place| state.picture_bytes(state.pictures.at(*place)));
            for (place, bytes) in found.filter(|_| state.pictures.first() == set) {
                pictures.push(&Array::of2(&place.into(), &Uint8Array::from(bytes.as_slice())));
            }
        });
        storage.ask("keep", &message(None, &pictures, &Array::new(), false)).await?;
        session.kept.update_value(|kept| kept.places.extend(portion));
    }
    Ok(())
}

fn message(body: Option<(&Uint8Array, &str)>, pictures: &Array, gone: &Array, anew: bool) -> JsValue {
    let message = Object::new();
    let set = |name: &str, value: &JsValue| {
        Reflect::set(&message, &name.into(), value).expect("a plain object takes it");
    };
    if let Some((body, words)) = body {
        set("body", body);
        set("words", &words.into());
    }
    set("pictures", pictures);
    set("gone", gone);
    set("anew", &anew.into());
    message.into()
}

/// Takes up what was offered.
pub fn accept(session: Session, offer: Offer) {
    session.change(|state| state.set_offer(None));
    let Some(storage) = session.storage.get_value() else { return };
    // Nothing of what is there now is to be written over what was kept.
    session.kept.update_value(|kept| kept.busy = true);
    spawn_local(async move {
        let taken = match storage.ask("adopt", &offer.key.as_str().into()).await {
            Ok(answer) if answer.is_object() => {
                let answer: Array = answer.unchecked_into();
                let (body, pictures) =
                    (Uint8Array::from(answer.get(0)).to_vec(), answer.get(1).unchecked_into());
                experiment_file::take_up(session, &body, &pictures).await
            }
            Ok(_) => Err("It is open in another tab.".to_owned()),
            Err(Trouble { words, .. }) => Err(format!("It could not be loaded: {words}.")),
        };
        let (set, places) = session.peek(|state| {
            let own = state.pictures.entries().iter().filter(|_| state.settings.images == Images::Own);
            (state.pictures.first(), own.map(|entry| state.pictures.place(entry.id)).collect())
        });
        session.kept.update_value(|kept| {
            kept.busy = false;
            if taken.is_ok() {
                (kept.set, kept.places) = (Some(set), places);
            }
        });
        if let Err(sentence) = taken {
            session.change(|state| state.notify(sentence));
        }
    });
}

/// Removes what was offered.
pub fn decline(session: Session, offer: Offer) {
    session.change(|state| state.set_offer(None));
    let Some(storage) = session.storage.get_value() else { return };
    spawn_local(async move {
        if let Err(Trouble { words, .. }) = storage.ask("forget", &offer.key.as_str().into()).await {
            session.change(|state| state.notify(format!("It could not be removed: {words}.")));
        }
    });
}

/// Removes everything that the page ever kept in this browser.
pub fn forget_everything(session: Session) {
    theme::forget();
    session.change(|state| {
        state.set_offer(None);
        state.set_keeping(Keeping::Forgotten);
    });
    let Some(storage) = session.storage.get_value() else { return };
    spawn_local(async move {
        if let Err(Trouble { words, .. }) = storage.ask("forgetAll", &JsValue::UNDEFINED).await {
            session.change(|state| state.notify(format!("Not everything could be removed: {words}.")));
        }
    });
}
