//! The replay as a video, recorded from a canvas by the browser, or where it cannot as an animated GIF.

use futures_channel::oneshot;
use image::{
    Delay, Frame, ImageError, RgbaImage,
    codecs::gif::{GifEncoder, Repeat},
};
use js_sys::{Array, Reflect, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, BlobEvent, BlobPropertyBag, HtmlCanvasElement, MediaRecorder, MediaRecorderOptions};

use crate::{
    page::{
        components::canvas::paint,
        files::{download, sending},
        state::State,
        store::Store,
        timing, urls,
        views::explore::map::{canvas::scene::Scene, kinds::kinds},
        words,
    },
    plot::map::{Point, Viewport},
    protocol::Stage,
};

/// Id of the canvas.
pub const CANVAS: &str = "recording";

/// Width and height of the video, in pixels.
const SIZE: Point = [1280.0, 720.0];

/// Height of the line of text at the bottom, in pixels.
const TEXT: f32 = 44.0;

/// Margin around the pictures, in pixels.
const MARGIN: f32 = 60.0;

/// Time from one moment to the next, in milliseconds.
const BEAT: f64 = 600.0;

/// Times for which the first moment and the last one stay, in milliseconds.
const LEAD: f64 = 1000.0;
const REST: f64 = 1500.0;

/// Size of a file that holds no frames, in bytes: some browsers on busy computers begin too late.
const EMPTY: f64 = 1000.0;

/// Frames and bits per second.
const FRAME_RATE: f64 = 30.0;
const BIT_RATE: u32 = 8_000_000;

/// Kinds of video and the endings of their files, the best first.
const KINDS: [(&str, &str); 3] =
    [("video/webm;codecs=vp9", "webm"), ("video/webm", "webm"), ("video/mp4", "mp4")];

/// Kind of the file where the browser records no video, and its ending.
const ANIMATION: (&str, &str) = ("image/gif", "gif");

/// Width and height of an animation, in pixels, and the time of each frame, in milliseconds.
const ANIMATION_SIZE: [u32; 2] = [640, 360];
const ANIMATION_FRAME: f64 = 100.0;

/// Speed of the choice of an animation's colours, 1 … 30.
const QUANTISATION_SPEED: i32 = 20;

/// Name of the file, without its ending.
const NAME: &str = "likeness-replay";

/// State of a recording.
#[derive(Clone)]
pub enum Recording {
    /// There is none, or it cannot be sent.
    Idle,
    /// It is made; the share that is done.
    UnderWay(f32),
    /// It is saved, and can be sent to other apps.
    Sendable(Video),
}

/// A recorded video.
#[derive(Clone)]
pub struct Video {
    name: String,
    kind: &'static str,
    contents: Blob,
}

/// State of a recording, which its button shows.
pub type Progress = RwSignal<Recording, LocalStorage>;

/// Records the replay and saves it, unless `progress` leaves [`Recording::UnderWay`] before its end or is there
/// already.
pub async fn save(store: Store, progress: Progress) {
    // The button may be gone, or pressed twice, before this code has come.
    if !progress.try_with_untracked(|recording| !is_under_way(recording)).unwrap_or_default() {
        return;
    }
    progress.set(Recording::UnderWay(0.0));
    let (kind, ending) = best_kind().unwrap_or(ANIMATION);
    let made = if (kind, ending) == ANIMATION {
        animate(store, progress).await
    } else {
        record(store, progress, kind).await
    };
    let mut after = Recording::Idle;
    match made {
        Ok(Some(contents)) => {
            let name = format!("{NAME}.{ending}");
            download::save_blob(store, &name, &contents);
            if sending::is_possible(&name, kind) {
                after = Recording::Sendable(Video { name, kind, contents });
            }
        }
        Ok(None) => {}
        Err(_) => store.update(|state| state.notify("The video could not be recorded. Try again.")),
    }
    progress.try_set(after);
}

/// Hands a video to another app.
pub async fn send(store: Store, Video { name, kind, contents }: Video) {
    sending::send_contents(store, &contents, &name, kind, "Similar pictures drawing together.").await;
}

/// Returns whether a recording is being made.
pub fn is_under_way(recording: &Recording) -> bool {
    matches!(recording, Recording::UnderWay(_))
}

/// Returns the best kind of video that the browser records, and the ending of its files.
fn best_kind() -> Option<(&'static str, &'static str)> {
    let recorder = Reflect::get(&window(), &"MediaRecorder".into()).ok()?;
    KINDS.into_iter().find(|(kind, _)| !recorder.is_undefined() && MediaRecorder::is_type_supported(kind))
}

/// Records a video of the replay; `None` if it was cancelled.
async fn record(store: Store, progress: Progress, kind: &str) -> Result<Option<Blob>, JsValue> {
    let (mut film, canvas) = Film::open(store).await?;
    store.with_untracked(|state| film.paint(&canvas, state, 0.0));
    let options = MediaRecorderOptions::new();
    options.set_mime_type(kind);
    options.set_video_bits_per_second(BIT_RATE);
    let stream = canvas.capture_stream_with_frame_request_rate(FRAME_RATE)?;
    let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)?;
    let parts = Array::new();
    let kept = parts.clone();
    let keep = Closure::<dyn FnMut(BlobEvent)>::new(move |event: BlobEvent| {
        event.data().iter().for_each(|part| {
            kept.push(part);
        });
    });
    recorder.set_ondataavailable(Some(keep.as_ref().unchecked_ref()));
    let (sender, stopped) = oneshot::channel();
    let stop = Closure::once(move |_: JsValue| {
        sender.send(()).ok();
    });
    recorder.set_onstop(Some(stop.as_ref().unchecked_ref()));
    recorder.start()?;
    let is_complete = film.play(&canvas, store, progress).await;
    recorder.stop()?;
    stopped.await.ok();
    if !is_complete {
        return Ok(None);
    }
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let video = Blob::new_with_blob_sequence_and_options(&parts, &options)?;
    if video.size() < EMPTY { Err(JsValue::NULL) } else { Ok(Some(video)) }
}

/// Makes an animated GIF of the replay; `None` if it was cancelled.
async fn animate(store: Store, progress: Progress) -> Result<Option<Blob>, JsValue> {
    let (mut film, canvas) = Film::open(store).await?;
    let [width, height] = ANIMATION_SIZE;
    let small = paint::canvas(width, height);
    let context = paint::context(&small).ok_or(JsValue::NULL)?;
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut file, QUANTISATION_SPEED);
    let failed = |error: ImageError| JsValue::from(error.to_string());
    encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
    let mut elapsed = 0.0;
    while elapsed < film.duration() {
        store.with_untracked(|state| film.paint(&canvas, state, Film::place(elapsed)));
        let [right, bottom] = ANIMATION_SIZE.map(f64::from);
        context.draw_image_with_html_canvas_element_and_dw_and_dh(&canvas, 0.0, 0.0, right, bottom)?;
        let pixels = context.get_image_data(0.0, 0.0, right, bottom)?.data().0;
        let picture = RgbaImage::from_raw(width, height, pixels).ok_or(JsValue::NULL)?;
        let delay = Delay::from_numer_denom_ms(ANIMATION_FRAME as u32, 1);
        encoder.encode_frame(Frame::from_parts(picture, 0, 0, delay)).map_err(failed)?;
        elapsed += ANIMATION_FRAME;
        timing::yield_to_event_loop().await;
        if !progress.try_with_untracked(is_under_way).unwrap_or_default() {
            return Ok(None);
        }
        progress.set(Recording::UnderWay((elapsed / film.duration()) as f32));
    }
    drop(encoder);
    let options = BlobPropertyBag::new();
    options.set_type(ANIMATION.0);
    let parts = Array::of1(&Uint8Array::from(file.as_slice()));
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).map(Some)
}

/// What the video shows, as it was when the recording began.
struct Film {
    scene: Scene,
    /// Step and positions of each moment.
    moments: Vec<(u32, Vec<Point>)>,
    address: String,
}

impl Film {
    fn new(state: &State) -> Self {
        let moments: Vec<_> =
            state.moments.moments.iter().map(|moment| (moment.step, moment.points.clone())).collect();
        let mut scene = Scene::default();
        let pictures = &state.moments.pictures;
        let last = moments.last().map_or_else(Vec::new, |moment| moment.1.clone());
        scene.send(pictures, last, true);
        let kinds = kinds(state, Stage::Trained);
        scene.distinguish(pictures.iter().map(|id| kinds.of(state, *id)).collect(), kinds.names);
        let all: Vec<Point> = moments.iter().flat_map(|moment| moment.1.iter().copied()).collect();
        scene.chosen = Some(Viewport::fit(&all, [SIZE[0], SIZE[1] - TEXT], MARGIN));
        let address = urls::resolve("");
        Self { scene, moments, address }
    }

    /// Returns the film with all its pictures, and the canvas on which it is painted.
    async fn open(store: Store) -> Result<(Self, HtmlCanvasElement), JsValue> {
        // The canvas is on the page from the next frame on.
        timing::frame().await;
        let canvas = document().get_element_by_id(CANVAS).ok_or(JsValue::NULL)?.unchecked_into();
        let mut film = store.with_untracked(Self::new);
        while store.with_untracked(|state| film.scene.advance(timing::now(), state))
            && film.scene.is_incomplete()
        {
            timing::yield_to_event_loop().await;
        }
        Ok((film, canvas))
    }

    /// Returns the place between moments after a time in milliseconds.
    fn place(elapsed: f64) -> f64 {
        ((elapsed - LEAD) / BEAT).max(0.0)
    }

    /// Returns the length in milliseconds.
    fn duration(&self) -> f64 {
        LEAD + (self.moments.len() - 1) as f64 * BEAT + REST
    }

    /// Paints frame after frame; returns whether it was not cancelled before the end.
    async fn play(&mut self, canvas: &HtmlCanvasElement, store: Store, progress: Progress) -> bool {
        let start = timing::now();
        loop {
            timing::frame().await;
            let elapsed = timing::now() - start;
            store.with_untracked(|state| self.paint(canvas, state, Self::place(elapsed)));
            if elapsed > self.duration() {
                return true;
            }
            if !progress.try_with_untracked(is_under_way).unwrap_or_default() {
                return false;
            }
            progress.set(Recording::UnderWay((elapsed / self.duration()) as f32));
        }
    }

    /// Paints the frame at a place between moments.
    fn paint(&mut self, canvas: &HtmlCanvasElement, state: &State, place: f64) {
        let from = (place as usize).min(self.moments.len() - 1);
        let to = (from + 1).min(self.moments.len() - 1);
        // Slow at both moments.
        let part = (place - from as f64).clamp(0.0, 1.0) as f32;
        let part = part * part * (3.0 - 2.0 * part);
        let way = |(a, b): (&Point, &Point)| [0, 1].map(|axis| a[axis] + part * (b[axis] - a[axis]));
        self.scene.points = self.moments[from].1.iter().zip(&self.moments[to].1).map(way).collect();
        self.scene.outdate();
        self.scene.paint(canvas, (SIZE, 1.0), state, &[], &[]);
        let Some(context) = paint::context(canvas) else { return };
        let [width, height] = SIZE.map(f64::from);
        let step = self.moments[if part < 0.5 { from } else { to }].0;
        let words = words::replayed(step);
        let colours = self.scene.colours();
        context.set_fill_style_str(&colours.ink);
        context.set_font("600 22px Inter, system-ui, sans-serif");
        context.set_text_baseline("middle");
        for (text, x, align) in [(&words, 24.0, "left"), (&self.address, width - 24.0, "right")] {
            context.set_text_align(align);
            // Finite coordinates are never refused.
            context.fill_text(text, x, height - 0.5 * f64::from(TEXT)).ok();
        }
        // The map's ground is that of its element, which no video contains.
        context.set_global_composite_operation("destination-over").ok();
        context.set_fill_style_str(&colours.ground);
        context.fill_rect(0.0, 0.0, width, height);
        context.set_global_composite_operation("source-over").ok();
    }
}
