//! The built-in sets, added to the gallery a few pictures at a time.

use js_sys::Promise;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlImageElement;

use crate::{
    page::{
        components::canvas::paint,
        engine::code::words,
        state::{IntakeKind, Newcomer, Origin, State},
        store::Store,
        timing, urls,
    },
    samples::{self, Sample},
    settings::Images,
};

/// Maximum time that a slice of drawing may block the page, in milliseconds.
const SLICE: f64 = 30.0;

/// Replaces the set with a built-in one.
pub fn show(store: Store, images: Images) {
    store.update(|state| state.clear(images));
    spawn_local(load(store, images));
}

/// Sets another seed; drawn pictures depend on it and are drawn again.
pub fn reseed(store: Store, seed: u32) {
    store.edit(|settings| settings.seed = seed);
    if store.with_untracked(|state| state.settings.images == Images::Shapes) {
        show(store, Images::Shapes);
    }
}

/// Adopts the settings of a run for the present pictures; those drawn by its seed are drawn again.
pub fn use_settings_of(store: Store, number: u32) {
    let taken = store.with_untracked(|state| state.record(number).map(|record| record.settings));
    let Some(taken) = taken else { return };
    store.edit(|now| *now = now.with_run_of(taken));
    if store.with_untracked(|state| state.settings.seed != taken.seed) {
        reseed(store, taken.seed);
    }
}

async fn load(store: Store, images: Images) {
    if fill(store, images, &[]).await {
        store.update(State::settle);
    }
}

/// Fills the empty set, except for the places in `removed`; returns whether it is complete, so that
/// it can be settled. The user's own pictures come separately.
pub async fn fill(store: Store, images: Images, removed: &[u32]) -> bool {
    let count = match images {
        Images::Shapes => samples::SHAPES,
        Images::Fashion => samples::FASHION,
        Images::Own => return true,
    };
    let ticket = store.with_untracked(State::intake_ticket);
    // Begun at once, so that pictures of the user's own that come in meanwhile replace it.
    store.update(|state| state.begin_intake(IntakeKind::Drawing, count, &[]));
    let loaded = match images {
        Images::Fashion => fashion(store, ticket).await,
        _ => shapes(store, ticket).await,
    };
    // By now, pictures that arrive or fail may belong to another set.
    if !is_wanted(store, ticket, images) {
        return false;
    }
    if let Err(error) = loaded {
        store.update(|state| {
            state.end_intake();
            state.notify(format!("The pictures could not be loaded: {}.", words(&error)));
        });
        return false;
    }
    store.update(|state| {
        let removed: Vec<_> = removed.iter().map(|place| state.pictures.at(*place)).collect();
        state.remove(&removed);
    });
    true
}

/// Returns whether a built-in set is still to be filled: the user's own pictures may have replaced
/// it.
fn is_wanted(store: Store, ticket: u32, images: Images) -> bool {
    store.with_untracked(|state| state.is_wanted(ticket))
        && store.with_untracked(|state| state.settings.images == images)
}

async fn shapes(store: Store, ticket: u32) -> Result<(), JsValue> {
    let seed = store.with_untracked(|state| state.settings.seed);
    draw(store, ticket, Images::Shapes, samples::SHAPES, |i| samples::shape(i, u64::from(seed))).await;
    Ok(())
}

async fn fashion(store: Store, ticket: u32) -> Result<(), JsValue> {
    let sheet = sheet_pixels().await?;
    draw(store, ticket, Images::Fashion, samples::FASHION, |i| samples::fashion(i, &sheet, 4)).await;
    Ok(())
}

/// Adds pictures in slices while they are wanted.
async fn draw(store: Store, ticket: u32, images: Images, count: usize, sample: impl Fn(usize) -> Sample) {
    let mut next = 0;
    while next < count && is_wanted(store, ticket, images) {
        let start = timing::now();
        let mut slice = Vec::new();
        while next < count && timing::now() - start < SLICE {
            slice.push(newcomer(sample(next)));
            next += 1;
        }
        let done = slice.len();
        store.update(|state| drop(state.add(slice)));
        store.update(|state| state.advance_intake(done, Vec::new()));
        timing::yield_to_event_loop().await;
    }
}

fn newcomer(sample: Sample) -> Newcomer {
    let label = Some(sample.label.to_owned());
    Newcomer { name: sample.name, label, origin: Origin::default(), image: sample.image, whole: None }
}

/// Returns the sheet of clothes as RGBA bytes.
async fn sheet_pixels() -> Result<Vec<u8>, JsValue> {
    let element = HtmlImageElement::new()?;
    element.set_src(&urls::of_build("fashion-1000.png"));
    let decoded: Promise = element.decode();
    JsFuture::from(decoded).await?;
    let [width, height] = [element.natural_width(), element.natural_height()];
    if [width as usize, height as usize] != samples::FASHION_SHEET {
        return Err("the sheet of clothes has the wrong size".into());
    }
    let context = paint::context(&paint::canvas(width, height)).ok_or("no canvas")?;
    context.draw_image_with_html_image_element(&element, 0.0, 0.0)?;
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?;
    Ok(data.data().0)
}
