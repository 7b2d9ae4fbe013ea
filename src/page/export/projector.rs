//! Embeddings, labels and pictures for TensorBoard's Embedding Projector.

use super::{embeddings::rows, zip::pack};
use crate::{
    image::SIDE,
    page::state::{IndexedEvaluation, Origin, State},
    plot::{contact_sheet::Sheet, shrink::shrink},
};

/// Maximum side of the sprite, in pixels: half of what the projector accepts, so that any computer
/// can paint it.
const MAX_SPRITE: usize = 4096;

/// Factors by which pictures may be shrunk, the least first: the projector shows them small.
const FACTORS: [usize; 6] = [2, 3, 4, 6, 8, 12];

/// Returns the archive: tensors, metadata, sprite, and the configuration that names them.
pub fn zip(state: &State, scored: &IndexedEvaluation, sprite: &[u8]) -> Vec<u8> {
    let tensors = tensors(state, scored);
    let metadata = metadata(state, scored);
    let count = rows(state, scored).count();
    let config = config(Layout::of(count).side);
    pack(&[
        ("projector_config.pbtxt", config.as_bytes()),
        ("tensors.tsv", tensors.as_bytes()),
        ("metadata.tsv", metadata.as_bytes()),
        ("sprite.png", sprite),
    ])
}

/// Returns the pictures side by side, row by row from the top left, in a square.
pub fn sprite(state: &State, scored: &IndexedEvaluation) -> Sheet {
    let count = rows(state, scored).count();
    let Layout { columns, side, factor } = Layout::of(count);
    let width = columns * side;
    let mut sheet = Sheet { rgba: vec![0; width * width * 4], width, height: width };
    for (place, row) in rows(state, scored).enumerate() {
        let small = shrink(row.entry.image.rgb(), SIDE, factor);
        let (left, top) = (place % columns * side, place / columns * side);
        for (y, line) in small.chunks_exact(side * 3).enumerate() {
            let start = ((top + y) * width + left) * 4;
            let target = sheet.rgba[start..start + side * 4].chunks_exact_mut(4);
            for (target, source) in target.zip(line.chunks_exact(3)) {
                target[..3].copy_from_slice(source);
                target[3] = 255;
            }
        }
    }
    sheet
}

/// Layout of the pictures on the sprite.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Layout {
    /// Number of pictures in a row, and of rows.
    columns: usize,
    /// Side of a picture in pixels.
    side: usize,
    /// Factor by which it is shrunk.
    factor: usize,
}

impl Layout {
    /// Returns the layout with the largest pictures of which `count` fit.
    fn of(count: usize) -> Self {
        let columns = count.isqrt() + usize::from(count.isqrt().pow(2) < count);
        let fits = |factor: &usize| columns * (SIDE / factor) <= MAX_SPRITE;
        let factor = FACTORS.into_iter().find(fits).unwrap_or(FACTORS[FACTORS.len() - 1]);
        Self { columns, side: SIDE / factor, factor }
    }
}

/// Returns the embeddings, one picture per line, without a header.
fn tensors(state: &State, scored: &IndexedEvaluation) -> String {
    let mut text = String::new();
    for row in rows(state, scored) {
        for (place, value) in row.embedding.iter().enumerate() {
            text.push_str(if place > 0 { "\t" } else { "" });
            text.push_str(&value.to_string());
        }
        text.push('\n');
    }
    text
}

/// Returns names, labels and files, one picture per line, with a header.
fn metadata(state: &State, scored: &IndexedEvaluation) -> String {
    let mut text = format!("name\tlabel\t{}\n", Origin::COLUMNS.join("\t"));
    for row in rows(state, scored) {
        let name = state.pictures.name(row.entry.id);
        let fields =
            [&[name, row.label.unwrap_or_default()].map(str::to_owned)[..], &row.entry.origin.cells()];
        let fields: Vec<_> = fields.concat().iter().map(|field| on_one_line(field)).collect();
        text.push_str(&format!("{}\n", fields.join("\t")));
    }
    text
}

/// Replaces characters that would end a field by spaces: the format has no quotes.
fn on_one_line(field: &str) -> String {
    field.replace(['\t', '\r', '\n'], " ")
}

/// Returns the configuration that TensorBoard looks for in its folder.
fn config(side: usize) -> String {
    format!(
        "embeddings {{\n  tensor_name: \"Likeness\"\n  tensor_path: \"tensors.tsv\"\n  metadata_path: \"metadata.tsv\"\n  \
         sprite {{\n    image_path: \"sprite.png\"\n    single_image_dim: {side}\n    single_image_dim: {side}\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;
    use crate::page::export::samples::{EMBEDDINGS, state};

    #[test]
    fn archive_contains_what_the_projector_reads() {
        let state = state();
        let file = zip(&state, state.results.latest().expect("an evaluation"), b"a picture");
        let mut archive = ::zip::ZipArchive::new(Cursor::new(file)).expect("it is an archive");
        let mut text = |name: &str| {
            let mut text = String::new();
            let mut file = archive.by_name(name).expect("the file is there");
            file.read_to_string(&mut text).expect("it is text");
            text
        };
        let numbers: Vec<f32> = text("tensors.tsv")
            .lines()
            .flat_map(|line| {
                line.split('\t').map(|number| number.parse().expect("a number")).collect::<Vec<f32>>()
            })
            .collect();
        assert_eq!(numbers, EMBEDDINGS);
        let metadata = text("metadata.tsv");
        let rows: Vec<Vec<_>> = metadata.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(rows[0], [&["name", "label"][..], &Origin::COLUMNS].concat());
        let named: Vec<_> = rows[1..].iter().map(|row| [row[0], row[1]]).collect();
        assert_eq!(named, [["a \"b\", c.png", "cats"], ["d é.png", ""], ["e.png", ""]]);
        assert_eq!(rows[2][2..], ["x/d é.png", "40", "30", "1234", "2024-05-03T12:00:05Z", ""]);
        let config = text("projector_config.pbtxt");
        for line in
            ["tensor_path: \"tensors.tsv\"", "metadata_path: \"metadata.tsv\"", "image_path: \"sprite.png\""]
        {
            assert!(config.contains(line), "{config}");
        }
        assert_eq!(config.matches("single_image_dim: 48").count(), 2, "{config}");
        assert_eq!(text("sprite.png"), "a picture");
    }

    #[test]
    fn pictures_are_laid_out_row_by_row_in_a_square() {
        let state = state();
        let sheet = sprite(&state, state.results.latest().expect("an evaluation"));
        let side = 48;
        assert_eq!((sheet.width, sheet.height), (2 * side, 2 * side));
        let at = |column: usize, row: usize| {
            let (x, y) = (column * side + side / 2, row * side + side / 2);
            &sheet.rgba[(y * sheet.width + x) * 4..][..4]
        };
        assert_eq!((at(0, 0), at(1, 0)), (&[250, 0, 10, 255][..], &[0, 200, 20, 255][..]));
        assert_eq!((at(0, 1), at(1, 1)), (&[30, 0, 150, 255][..], &[0; 4][..]));
    }

    #[test]
    fn sprites_stay_within_the_projectors_limits() {
        for count in [1, 2, 4, 5, 1000, 1849, 1850, 10_000, 100_000] {
            let layout = Layout::of(count);
            assert!(layout.columns.pow(2) >= count && (layout.columns - 1).pow(2) < count);
            assert!(layout.columns * layout.side <= MAX_SPRITE, "{count}: {layout:?}");
            assert_eq!(layout.side * layout.factor, SIDE);
        }
        assert_eq!((Layout::of(1000).side, Layout::of(10_000).side), (48, 32));
    }
}
