//! Search with what a camera sees. Frames are compared one after the other; the last one stays until the search
//! ends, and nothing is sent.

use js_sys::{JSON, Reflect};
use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, MediaStream};

use super::element_decoder::{self, Video};
use crate::{
    image::{Image, SIDE},
    page::{
        components::canvas::paint,
        state::{State, Tab},
        store::Store,
        timing, words,
    },
};

/// Least time between two frames, in milliseconds.
const PAUSE: u64 = 200;

/// Number of pauses after which the next frame is taken even if the engine has not answered.
const PATIENCE: u32 = 10;

/// A small picture, by the camera on the back of a phone.
const WANTED: &str = r#"{"video": {"facingMode": "environment", "width": {"ideal": 320}}}"#;

/// Options of a canvas whose pixels are read again and again.
const READ_BACK: &str = r#"{"willReadFrequently": true}"#;

// Without a secure context, there are no devices.
#[wasm_bindgen]
extern "C" {
    type Host;
    type Devices;
    #[wasm_bindgen(method, getter, js_name = mediaDevices)]
    fn media_devices(this: &Host) -> Option<Devices>;
    #[wasm_bindgen(method, catch, js_name = getUserMedia)]
    async fn get_user_media(this: &Devices, constraints: &JsValue) -> Result<JsValue, JsValue>;

    type Track;
    #[wasm_bindgen(method)]
    fn stop(this: &Track);

    type Painter;
    #[wasm_bindgen(method, catch, js_name = drawImage)]
    fn draw_image(
        this: &Painter,
        source: &Video,
        left: f64,
        top: f64,
        width: f64,
        height: f64,
        to_left: f64,
        to_top: f64,
        to_width: f64,
        to_height: f64,
    ) -> Result<(), JsValue>;
}

/// A camera that is switched on, until it is dropped.
struct Camera {
    stream: MediaStream,
    video: Video,
    context: CanvasRenderingContext2d,
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks() {
            track.unchecked_into::<Track>().stop();
        }
    }
}

impl Camera {
    async fn open() -> Result<Self, JsValue> {
        let host: Host = window().navigator().unchecked_into();
        let devices = host.media_devices().ok_or(JsValue::UNDEFINED)?;
        let stream: MediaStream = devices.get_user_media(&JSON::parse(WANTED)?).await?.unchecked_into();
        let canvas = paint::canvas(SIDE as u32, SIDE as u32);
        let options = JSON::parse(READ_BACK)?;
        let context = canvas.get_context_with_context_options("2d", &options)?.ok_or(JsValue::UNDEFINED)?;
        let camera = Self { stream, video: element_decoder::video()?, context: context.unchecked_into() };
        Reflect::set(&camera.video, &"srcObject".into(), &camera.stream)?;
        let playing = camera.video.play();
        // It may never begin to play: there are no frames then.
        spawn_local(async move { drop(JsFuture::from(playing).await) });
        Ok(camera)
    }

    /// Returns the central square of what the camera sees now, once it sees anything.
    fn frame(&self) -> Option<Image> {
        let (width, height) = (self.video.width(), self.video.height());
        let side = width.min(height);
        if side == 0.0 {
            return None;
        }
        let [left, top] = [width, height].map(|length| (length - side) / 2.0);
        let all = SIDE as f64;
        let painter: &Painter = self.context.unchecked_ref();
        painter.draw_image(&self.video, left, top, side, side, 0.0, 0.0, all, all).ok()?;
        let data = self.context.get_image_data(0.0, 0.0, all, all).ok()?;
        Image::from_rgba(&data.data())
    }
}

/// Searches with what the camera sees, until the user ends it or looks elsewhere.
pub fn start(store: Store) {
    let attempt = store.update(State::begin_camera);
    spawn_local(async move {
        match Camera::open().await {
            Ok(camera) => watch(store, attempt, &camera).await,
            Err(error) => {
                let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
                store.update(|state| state.notify(words::no_camera(name.as_deref())));
            }
        }
        store.update(|state| state.end_camera(attempt));
    });
}

async fn watch(store: Store, attempt: u32, camera: &Camera) {
    let is_wanted = || {
        let is_in_front = |state: &State| {
            state.search.is_live(attempt) && *state.tab == Tab::Explore && !state.is_without_engine()
        };
        camera.stream.active() && !document().hidden() && store.with_untracked(is_in_front)
    };
    while is_wanted() {
        if let Some(frame) = camera.frame() {
            store.update(|state| state.search_live(attempt, frame));
        }
        for pause in 0..PATIENCE {
            let is_awaited = store.with_untracked(|state| state.search.is_awaited());
            if pause > 0 && !(is_awaited && is_wanted()) {
                break;
            }
            timing::timeout(PAUSE).await.ok();
        }
    }
}
