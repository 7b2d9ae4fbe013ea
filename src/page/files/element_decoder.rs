//! Conversion of files to pictures by elements of the document: drawings in SVG, and videos.

use std::pin::pin;

use futures_util::future::{Either, select};
use js_sys::{Promise, Reflect};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlImageElement, Url};

use crate::{
    image::{
        BACKGROUND, DecodedFile, Details, Image, MAX_FILE_MEMORY, MAX_FILE_SIDE, Remark, SIDE, is_square,
    },
    page::{components::canvas::paint, timing},
};

/// Time limit for the first frame of a video, in milliseconds; it does not grow with the file, most of which is not
/// read.
const PATIENCE: u64 = 30_000;

#[wasm_bindgen]
extern "C" {
    /// Element that shows a video.
    pub type Video;
    /// Begins to play.
    #[wasm_bindgen(method)]
    pub fn play(this: &Video) -> Promise;
    /// Width of its frames in pixels, 0 until there is one.
    #[wasm_bindgen(method, getter, js_name = videoWidth)]
    pub fn width(this: &Video) -> f64;
    /// Height of its frames in pixels, 0 until there is one.
    #[wasm_bindgen(method, getter, js_name = videoHeight)]
    pub fn height(this: &Video) -> f64;

    type Painter;
    #[wasm_bindgen(method, catch, js_name = drawImage)]
    fn draw_image(
        this: &Painter,
        source: &JsValue,
        left: f64,
        top: f64,
        width: f64,
        height: f64,
    ) -> Result<(), JsValue>;
}

/// Returns an element for videos, without sound.
pub fn video() -> Result<Video, JsValue> {
    let video: Video = document().create_element("video")?.unchecked_into();
    // Phones play no video in its place otherwise.
    for name in ["muted", "playsInline"] {
        Reflect::set(&video, &name.into(), &JsValue::TRUE)?;
    }
    Ok(video)
}

/// Draws a file by an image element, the only decoder for SVG.
pub async fn by_image(file: &File) -> Result<DecodedFile, JsValue> {
    let url = Url::create_object_url_with_blob(file)?;
    let element = HtmlImageElement::new()?;
    element.set_src(&url);
    let loaded = JsFuture::from(element.decode()).await;
    let sides = [element.natural_width(), element.natural_height()];
    let image = loaded.and_then(|_| draw(&element, sides, Vec::new()));
    Url::revoke_object_url(&url)?;
    image
}

/// Draws the first frame of a video, if the browser can play it.
pub async fn by_video(file: &File) -> Result<DecodedFile, JsValue> {
    let url = Url::create_object_url_with_blob(file)?;
    let video = video()?;
    Reflect::set(&video, &"preload".into(), &"auto".into())?;
    let shown = async {
        reached(&video, "onloadeddata", ("src", JsValue::from(&url))).await?;
        // Some browsers draw no frame before they have been told to show one.
        reached(&video, "onseeked", ("currentTime", 0.into())).await
    };
    let shown = match select(pin!(shown), timing::timeout(PATIENCE)).await {
        Either::Left((shown, _)) => shown,
        Either::Right(_) => Err("it took too long".into()),
    };
    let [width, height] = [video.width(), video.height()];
    let fits =
        width.max(height) <= f64::from(MAX_FILE_SIDE) && width * height * 4.0 <= MAX_FILE_MEMORY as f64;
    let image = match shown {
        Ok(()) if fits => draw(&video, [width as u32, height as u32], vec![Remark::FirstFrame]),
        Ok(()) => Err("its frames are too large".into()),
        Err(error) => Err(error),
    };
    // The element lets go of the file.
    Reflect::set(&video, &"src".into(), &"".into())?;
    Url::revoke_object_url(&url)?;
    image
}

/// Sets a property of a video, and waits for the event that it leads to.
async fn reached(video: &Video, event: &str, (name, value): (&str, JsValue)) -> Result<(), JsValue> {
    let event = Promise::new(&mut |resolve, reject| {
        for (name, value) in [(event, &resolve.into()), ("onerror", &reject.into()), (name, &value)] {
            Reflect::set(video, &name.into(), value).ok();
        }
    });
    JsFuture::from(event).await.map(drop)
}

/// Draws the central square of an element's picture at working size, and the whole stretched to it.
fn draw(source: &JsValue, sides: [u32; 2], remarks: Vec<Remark>) -> Result<DecodedFile, JsValue> {
    let side = SIDE as f64;
    // A drawing without its own dimensions fills the square.
    let [width, height] = sides.map(|length| if length == 0 { side } else { f64::from(length) });
    let scale = side / width.min(height);
    let image = drawn(source, [width * scale, height * scale])?;
    let whole = if is_square([width, height]) { None } else { Some(drawn(source, [side; 2])?) };
    Ok(DecodedFile { image, whole, details: Details { sides, remarks } })
}

/// Draws a picture of these sides in the middle of a square of the working size.
fn drawn(source: &JsValue, [width, height]: [f64; 2]) -> Result<Image, JsValue> {
    let side = SIDE as f64;
    let context = paint::context(&paint::canvas(SIDE as u32, SIDE as u32)).ok_or("no canvas")?;
    context.set_fill_style_str(&format!("rgb({BACKGROUND} {BACKGROUND} {BACKGROUND})"));
    context.fill_rect(0.0, 0.0, side, side);
    let painter: &Painter = context.unchecked_ref();
    painter.draw_image(source, (side - width) / 2.0, (side - height) / 2.0, width, height)?;
    let pixels = context.get_image_data(0.0, 0.0, side, side)?.data();
    Ok(Image::from_rgba(&pixels).ok_or("no pixels")?)
}
