//! Painting of pixels on canvases, one to one; CSS scales them.

use futures_channel::oneshot;
use leptos::prelude::document;
use wasm_bindgen::{Clamped, JsCast, JsValue, closure::Closure};
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::page::files::blob;

/// Paints a square of RGB bytes.
pub fn rgb(canvas: &HtmlCanvasElement, bytes: &[u8], side: usize) {
    let (pixels, _) = bytes.as_chunks();
    let rgba: Vec<_> = pixels.iter().map(|&[red, green, blue]| [red, green, blue, 255]).collect();
    self::rgba(canvas, rgba.as_flattened(), side, side);
}

/// Paints RGBA bytes, row by row.
pub fn rgba(canvas: &HtmlCanvasElement, bytes: &[u8], width: usize, height: usize) {
    let (width, height) = (width as u32, height as u32);
    // Setting the size clears the canvas, so it is set only when it changes.
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    rgba_at(canvas, bytes, width, height, [0.0, 0.0]);
}

/// Paints RGBA bytes with their upper left corner at a place.
pub fn rgba_at(canvas: &HtmlCanvasElement, bytes: &[u8], width: u32, height: u32, [left, top]: [f64; 2]) {
    let context = context(canvas);
    // A canvas without area has no image data, and nothing to paint.
    let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(bytes), width, height);
    if let (Some(context), Ok(data)) = (context, data) {
        context.put_image_data(&data, left, top).ok();
    }
}

/// Draws a square of RGB bytes, scaled to another side, by way of a canvas of its own side.
pub fn square(
    context: &CanvasRenderingContext2d,
    own: &HtmlCanvasElement,
    bytes: &[u8],
    [left, top]: [f64; 2],
    side: f64,
) {
    rgb(own, bytes, own.width() as usize);
    // Fails only for a canvas without area.
    context.draw_image_with_html_canvas_element_and_dw_and_dh(own, left, top, side, side).ok();
}

/// Returns a canvas that is not on the page.
pub fn canvas(width: u32, height: u32) -> HtmlCanvasElement {
    let canvas = document().create_element("canvas").expect("a document makes canvases");
    let canvas: HtmlCanvasElement = canvas.unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    canvas
}

/// Returns a canvas's drawing context.
pub fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    Some(canvas.get_context("2d").ok().flatten()?.unchecked_into())
}

/// Encodes RGBA bytes as a PNG by the browser's encoder; `None` if it cannot, as with too many
/// pixels.
pub async fn png(bytes: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
    let canvas = canvas(width as u32, height as u32);
    rgba(&canvas, bytes, width, height);
    png_of(&canvas).await
}

/// Encodes a canvas as a PNG by the browser's encoder; `None` if it cannot, as with too many pixels.
pub async fn png_of(canvas: &HtmlCanvasElement) -> Option<Vec<u8>> {
    let (sender, receiver) = oneshot::channel();
    let done = Closure::once(move |blob: JsValue| {
        sender.send(blob).ok();
    });
    canvas.to_blob(done.as_ref().unchecked_ref()).ok()?;
    let blob: Blob = receiver.await.ok()?.dyn_into().ok()?;
    blob::bytes(&blob).await.ok()
}
