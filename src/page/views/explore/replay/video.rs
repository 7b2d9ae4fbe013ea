//! The replay as a video, recorded from a canvas by the browser.

use futures_channel::oneshot;
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, BlobEvent, BlobPropertyBag, HtmlCanvasElement, MediaRecorder, MediaRecorderOptions};

use crate::{
    page::{
        components::canvas::paint,
        files::download,
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

/// Records the replay and saves it, unless `progress` becomes `None` before its end or is under way.
pub async fn save(store: Store, progress: RwSignal<Option<f32>>) {
    // The button may be gone, or pressed twice, before this code has come.
    if progress.try_get_untracked() != Some(None) {
        return;
    }
    let trouble = match best_kind() {
        None => Some("This browser cannot record a video. A current Chrome, Edge or Firefox can."),
        Some((kind, ending)) => {
            progress.set(Some(0.0));
            match record(store, progress, kind).await {
                Ok(Some(video)) => {
                    download::save_blob(store, &format!("likeness-replay.{ending}"), &video);
                    None
                }
                Ok(None) => None,
                Err(_) => Some("The video could not be recorded. Try again."),
            }
        }
    };
    if let Some(sentence) = trouble {
        store.update(|state| state.notify(sentence));
    }
    progress.try_set(None);
}

/// Returns the best kind of video that the browser records, and the ending of its files.
fn best_kind() -> Option<(&'static str, &'static str)> {
    let recorder = Reflect::get(&window(), &"MediaRecorder".into()).ok()?;
    KINDS.into_iter().find(|(kind, _)| !recorder.is_undefined() && MediaRecorder::is_type_supported(kind))
}

/// Records a video of the replay; `None` if it was cancelled.
async fn record(store: Store, progress: RwSignal<Option<f32>>, kind: &str) -> Result<Option<Blob>, JsValue> {
    // The canvas is on the page from the next frame on.
    timing::frame().await;
    let canvas: HtmlCanvasElement =
        document().get_element_by_id(CANVAS).ok_or(JsValue::NULL)?.unchecked_into();
    let mut film = store.with_untracked(Film::new);
    while store.with_untracked(|state| film.scene.advance(timing::now(), state)) && film.scene.is_incomplete()
    {
        timing::yield_to_event_loop().await;
    }
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

    /// Returns the length in milliseconds.
    fn duration(&self) -> f64 {
        LEAD + (self.moments.len() - 1) as f64 * BEAT + REST
    }

    /// Paints frame after frame; returns whether it was not cancelled before the end.
    async fn play(
        &mut self,
        canvas: &HtmlCanvasElement,
        store: Store,
        progress: RwSignal<Option<f32>>,
    ) -> bool {
        let start = timing::now();
        loop {
            timing::frame().await;
            let elapsed = timing::now() - start;
            store.with_untracked(|state| self.paint(canvas, state, ((elapsed - LEAD) / BEAT).max(0.0)));
            if elapsed > self.duration() {
                return true;
            }
            if !matches!(progress.try_get_untracked(), Some(Some(_))) {
                return false;
            }
            progress.set(Some((elapsed / self.duration()) as f32));
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
