//! Files with pictures that the browser paints and encodes.

use web_sys::HtmlCanvasElement;

use crate::{
    image::{Image, SIDE},
    page::{
        components::canvas::paint,
        export::{Export, File, poster::poster, projector},
        store::Store,
        urls,
    },
    plot::map::Point,
};

/// Width of a poster, in pixels.
const WIDTH: usize = 4000;

/// Height of the text below it, in pixels.
const TEXT: usize = 120;

/// Share of a cell that its picture fills.
const FILLED: f64 = 0.96;

/// Writes a file; `None` if the browser cannot paint what it contains.
pub async fn write(store: Store, export: Export) -> Option<File> {
    let painted = match export {
        Export::Projector => {
            let sheet =
                store.with_untracked(|state| Some(projector::sprite(state, state.results.latest()?)))?;
            paint::png(&sheet.rgba, sheet.width, sheet.height).await?
        }
        Export::Poster => paint::png_of(&painted_poster(store)?).await?,
        _ => Vec::new(),
    };
    let canvas = paint::canvas(SIDE as u32, SIDE as u32);
    store.with_untracked(|state| export.write(state, &painted, &|image| thumbnail(&canvas, image)))
}

/// Returns the address of a picture's data, compressed.
fn thumbnail(canvas: &HtmlCanvasElement, image: &Image) -> String {
    paint::rgb(canvas, image.rgb(), SIDE);
    canvas.to_data_url_with_type("image/jpeg").unwrap_or_default()
}

/// Paints the poster: pictures on white, and below them how it was made, and the page's address.
fn painted_poster(store: Store) -> Option<HtmlCanvasElement> {
    let poster = store.with_untracked(poster)?;
    let rows = poster.cells.len().div_ceil(poster.columns);
    let pitch = WIDTH / poster.columns;
    let size = [poster.columns * pitch, rows * pitch + TEXT];
    let canvas = paint::canvas(size[0] as u32, size[1] as u32);
    let one = paint::canvas(SIDE as u32, SIDE as u32);
    let context = paint::context(&canvas)?;
    context.set_fill_style_str("#ffffff");
    context.fill_rect(0.0, 0.0, size[0] as f64, size[1] as f64);
    let side = FILLED * pitch as f64;
    for (place, id) in poster.cells.iter().enumerate() {
        let corner: Point =
            [place % poster.columns, place / poster.columns].map(|cell| (cell * pitch) as f32);
        let [left, top] = corner.map(|edge| f64::from(edge) + 0.5 * (1.0 - FILLED) * pitch as f64);
        store.with_untracked(|state| {
            if let Some(entry) = state.pictures.get(*id) {
                paint::square(&context, &one, entry.image.rgb(), [left, top], side);
            }
        });
    }
    context.set_fill_style_str("#1c1a17");
    context.set_font("600 44px Inter, system-ui, sans-serif");
    context.set_text_baseline("middle");
    let (middle, width) = ((size[1] - TEXT / 2) as f64, size[0] as f64);
    context.fill_text(&poster.origin, 32.0, middle).ok();
    context.set_text_align("right");
    context.fill_text(&urls::resolve(""), width - 32.0, middle).ok();
    Some(canvas)
}
