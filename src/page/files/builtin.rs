//! The built-in sets, brought into the gallery a few pictures at a time.

use js_sys::Promise;
use leptos::{prelude::document, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use crate::{
    page::{
        engine::code::{address, words},
        session::Session,
        state::{IntakeKind, Newcomer},
        timing,
    },
    samples::{self, Sample},
    settings::Images,
};

/// How long a slice of drawing may keep the page, in milliseconds.
const SLICE: f64 = 30.0;

/// Replaces the set by a built-in one.
pub fn show(session: Session, images: Images) {
    session.clear(images);
    spawn_local(load(session, images));
}

/// Takes another seed; drawn pictures depend on it and are drawn anew.
pub fn reseed(session: Session, seed: u32) {
    session.edit(|settings| settings.seed = seed);
    if session.with_untracked(|state| state.settings.images == Images::Shapes) {
        show(session, Images::Shapes);
    }
}

async fn load(session: Session, images: Images) {
    if fill(session, images, &[]).await {
        session.settle();
    }
}

/// Fills the empty set, leaving out the places of `removed`; whether all of it came, so that it can
/// be settled. The user's own pictures bring themselves.
pub async fn fill(session: Session, images: Images, removed: &[u32]) -> bool {
    let count = match images {
        Images::Shapes => samples::SHAPES,
        Images::Fashion => samples::FASHION,
        Images::Own => return true,
    };
    let ticket = session.intake_ticket();
    // At once, so that pictures of the user's own that come in meanwhile take its place.
    session.update(|state| state.begin_intake(IntakeKind::Drawing, count, 0));
    let loaded = match images {
        Images::Fashion => fashion(session, ticket).await,
        _ => shapes(session, ticket).await,
    };
    // What comes in by now, or fails to, may be somebody else's.
    if !is_wanted(session, ticket, images) {
        return false;
    }
    if let Err(error) = loaded {
        session.update(|state| {
            state.end_intake();
            state.notify(format!("The pictures could not be loaded: {}.", words(&error)));
        });
        return false;
    }
    session.remove(
        session.with_untracked(|state| removed.iter().map(|place| state.pictures.at(*place)).collect()),
    );
    true
}

/// Whether a built-in set is still to be filled: the user's own pictures may have taken its place.
fn is_wanted(session: Session, ticket: u32, images: Images) -> bool {
    session.is_wanted(ticket) && session.with_untracked(|state| state.settings.images == images)
}

async fn shapes(session: Session, ticket: u32) -> Result<(), JsValue> {
    let seed = session.with_untracked(|state| state.settings.seed);
    draw(session, ticket, Images::Shapes, samples::SHAPES, |i| samples::shape(i, u64::from(seed))).await;
    Ok(())
}

async fn fashion(session: Session, ticket: u32) -> Result<(), JsValue> {
    let sheet = sheet_pixels().await?;
    draw(session, ticket, Images::Fashion, samples::FASHION, |i| samples::fashion(i, &sheet, 4)).await;
    Ok(())
}

/// Adds pictures in slices, as long as they are wanted.
async fn draw(session: Session, ticket: u32, images: Images, count: usize, sample: impl Fn(usize) -> Sample) {
    let mut next = 0;
    while next < count && is_wanted(session, ticket, images) {
        let start = timing::now();
        let mut slice = Vec::new();
        while next < count && timing::now() - start < SLICE {
            slice.push(newcomer(sample(next)));
            next += 1;
        }
        let done = slice.len();
        session.add(slice);
        session.update(|state| state.advance_intake(done, Vec::new()));
        timing::yield_to_event_loop().await;
    }
}

fn newcomer(sample: Sample) -> Newcomer {
    Newcomer { name: sample.name, label: Some(sample.label.to_owned()), image: sample.image }
}

/// The sheet of clothes as RGBA bytes.
async fn sheet_pixels() -> Result<Vec<u8>, JsValue> {
    let element = HtmlImageElement::new()?;
    element.set_src(&address("fashion-1000.png"));
    let decoded: Promise = element.decode();
    JsFuture::from(decoded).await?;
    let [width, height] = [element.natural_width(), element.natural_height()];
    if [width as usize, height as usize] != samples::FASHION_SHEET {
        return Err("the sheet of clothes is of another size".into());
    }
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d")?.ok_or("no canvas")?.unchecked_into::<CanvasRenderingContext2d>();
    context.draw_image_with_html_image_element(&element, 0.0, 0.0)?;
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?;
    Ok(data.data().0)
}
