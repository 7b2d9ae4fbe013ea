//! Puts pixels on canvases.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Paints a square of RGB bytes, one pixel each; CSS scales it.
pub fn rgb(canvas: &HtmlCanvasElement, bytes: &[u8], side: usize) {
    let rgba: Vec<u8> = bytes.chunks_exact(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect();
    self::rgba(canvas, &rgba, side);
}

/// Paints a square of RGBA bytes, one pixel each; CSS scales it.
pub fn rgba(canvas: &HtmlCanvasElement, bytes: &[u8], side: usize) {
    if side == 0 {
        return;
    }
    let side = side as u32;
    // Setting the size clears the canvas, so it is set only when it changes.
    if canvas.width() != side || canvas.height() != side {
        canvas.set_width(side);
        canvas.set_height(side);
    }
    let context = canvas.get_context("2d").ok().flatten();
    let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(bytes), side, side);
    if let (Some(context), Ok(data)) = (context, data) {
        let context: CanvasRenderingContext2d = context.unchecked_into();
        context.put_image_data(&data, 0.0, 0.0).ok();
    }
}
