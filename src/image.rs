//! A picture at working size, and decoding of files.
//!
//! The central square of every picture, and the whole of one that is not square, is resized to [`SIDE`] pixels
//! once, on arrival. In the browser, the browser's own decoders do that; what they cannot read is decoded in
//! workers that hold nothing else: [`Codec`] lists their programs. Outside a browser, these decoders read
//! everything.

mod codec;
pub mod directories;
mod failure;
mod file;
#[cfg(feature = "heic")]
pub mod heic;
#[cfg(feature = "jpeg_xl")]
pub mod jpeg_xl;
mod program;
mod tiff;

pub use codec::Codec;
pub use failure::{Failure, ForeignFormat, Remark};
use image::{
    RgbImage,
    imageops::{self, FilterType},
};
use serde::{Deserialize, Serialize};

use crate::settings::Framing;

/// Side of a picture at working size, in pixels.
pub const SIDE: usize = 96;

/// Colour behind transparent pixels: a neutral middle grey, so that neither dark nor light drawings vanish.
pub const BACKGROUND: u8 = 128;

/// Longest side of a file that is decoded, in pixels.
pub const MAX_FILE_SIDE: u32 = 20_000;

/// Largest amount of memory that a browser may take to decode one file, in bytes.
pub const MAX_FILE_MEMORY: u64 = 1 << 30;

/// Largest number of pixels that the decoders of HEIC and JPEG XL unpack: they take eight bytes for each, of the
/// 1.5 GiB that a worker may.
#[cfg(any(feature = "heic", feature = "jpeg_xl"))]
const MAX_DECODED_PIXELS: u64 = 1 << 26;

/// Ratio of a picture's sides up to which its central square is as good as the whole.
pub const SQUARE: f64 = 1.02;

/// Returns whether the central square of a picture of these sides is as good as the whole.
pub fn is_square([width, height]: [f64; 2]) -> bool {
    width.max(height) <= SQUARE * width.min(height)
}

/// A decoded file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecodedFile {
    /// The central square.
    pub image: Image,
    /// The whole picture, stretched to a square; `None` for square ones.
    pub whole: Option<Image>,
    /// Details of the file.
    pub details: Details,
}

impl DecodedFile {
    /// Returns the part of the picture that the network sees.
    pub fn framed(self, framing: Framing) -> Image {
        match (framing, self.whole) {
            (Framing::Whole, Some(whole)) => whole.fitted(self.details.sides),
            _ => self.image,
        }
    }
}

/// Result of decoding a file.
pub type Decoded = Result<DecodedFile, Failure>;

/// Width and height of a whole picture in pixels, upright.
pub type Sides = [u32; 2];

/// What decoding tells of a picture besides its pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Sides of the whole picture.
    pub sides: Sides,
    /// What was changed or left out.
    pub remarks: Vec<Remark>,
}

/// Picture of RGB bytes, [`SIDE`] × [`SIDE`], row by row.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "serde_bytes::ByteBuf", into = "serde_bytes::ByteBuf")]
pub struct Image {
    rgb: Vec<u8>,
}

impl From<Image> for serde_bytes::ByteBuf {
    fn from(image: Image) -> Self {
        Self::from(image.rgb)
    }
}

impl TryFrom<serde_bytes::ByteBuf> for Image {
    type Error = &'static str;

    fn try_from(bytes: serde_bytes::ByteBuf) -> Result<Self, Self::Error> {
        Self::from_rgb(bytes.into_vec()).ok_or("a picture of another size")
    }
}

impl Image {
    /// Wraps RGB bytes; `None` unless there are [`SIDE`]² × 3 of them.
    pub fn from_rgb(rgb: Vec<u8>) -> Option<Self> {
        (rgb.len() == SIDE * SIDE * 3).then_some(Self { rgb })
    }

    /// Wraps RGBA bytes of the working size, dropping the alpha; `None` unless there are [`SIDE`]² × 4 of
    /// them.
    pub fn from_rgba(rgba: &[u8]) -> Option<Self> {
        let (pixels, _) = rgba.as_chunks();
        let rgb: Vec<_> = pixels.iter().map(|&[red, green, blue, _]| [red, green, blue]).collect();
        Self::from_rgb(rgb.into_flattened())
    }

    /// Draws a picture with the colour of every pixel from `colour(x, y)`.
    pub fn draw(mut colour: impl FnMut(usize, usize) -> [u8; 3]) -> Self {
        let mut rgb = Vec::with_capacity(SIDE * SIDE * 3);
        for y in 0..SIDE {
            for x in 0..SIDE {
                rgb.extend(colour(x, y));
            }
        }
        Self { rgb }
    }

    /// Returns a whole picture of these sides, stretched to a square, in its own shape, with bars of
    /// [`BACKGROUND`] beside it.
    pub fn fitted(&self, sides: Sides) -> Self {
        let long = sides[0].max(sides[1]).max(1);
        let [width, height] = sides.map(|side| {
            let length = (f64::from(side) * SIDE as f64 / f64::from(long)).round();
            (length as u32).clamp(1, SIDE as u32)
        });
        let picture = RgbImage::from_raw(SIDE as u32, SIDE as u32, self.rgb.clone())
            .expect("the bytes fill the picture");
        let small = imageops::resize(&picture, width, height, FilterType::Triangle);
        let mut square = RgbImage::from_pixel(SIDE as u32, SIDE as u32, image::Rgb([BACKGROUND; 3]));
        let [left, top] = [width, height].map(|length| i64::from((SIDE as u32 - length) / 2));
        imageops::replace(&mut square, &small, left, top);
        Self { rgb: square.into_raw() }
    }

    /// Returns the bytes.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Returns the bytes without copying them.
    pub fn into_rgb(self) -> Vec<u8> {
        self.rgb
    }

    /// Returns the picture as an encoder's input: `side` × `side`, three planes (red, green, blue), values in
    /// 0 … 1, smoothly resampled.
    pub fn planes(&self, side: usize) -> Vec<f32> {
        self.plane_bytes(side).into_iter().map(plane_value).collect()
    }

    /// Like [`Self::planes`], as bytes, each of which [`plane_value`] turns into a value.
    pub fn plane_bytes(&self, side: usize) -> Vec<u8> {
        let picture = RgbImage::from_raw(SIDE as u32, SIDE as u32, self.rgb.clone())
            .expect("the bytes fill the picture");
        let small = imageops::resize(&picture, side as u32, side as u32, FilterType::Triangle);
        let plane = |channel: usize| small.pixels().map(move |pixel| pixel.0[channel]);
        (0..3).flat_map(plane).collect()
    }
}

/// Converts a byte of a plane to its value in 0 … 1.
pub fn plane_value(byte: u8) -> f32 {
    f32::from(byte) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_do_not_fill_a_picture_are_refused() {
        assert!(Image::from_rgb(vec![0; SIDE * SIDE * 3 - 1]).is_none());
        assert!(Image::from_rgba(&vec![0; SIDE * SIDE * 4]).is_some());
    }

    #[test]
    fn whole_pictures_stand_between_bars() {
        let stretched =
            Image::draw(|x, y| [if x < SIDE / 2 { 200 } else { 20 }, if y < SIDE / 2 { 250 } else { 10 }, 0]);
        for (sides, width, height) in
            [([300, 100], SIDE, SIDE / 3), ([50, 100], SIDE / 2, SIDE), ([9000, 1], SIDE, 1)]
        {
            let fitted = stretched.fitted(sides);
            let (left, top) = ((SIDE - width) / 2, (SIDE - height) / 2);
            let (pixels, _) = fitted.rgb().as_chunks::<3>();
            for (at, pixel) in pixels.iter().enumerate() {
                let (x, y) = (at % SIDE, at / SIDE);
                let is_inside = (left..left + width).contains(&x) && (top..top + height).contains(&y);
                if !is_inside {
                    assert_eq!(*pixel, [BACKGROUND; 3], "{sides:?} at {x}, {y}");
                } else if (x - left).abs_diff(width / 2) > 1 && (y - top).abs_diff(height / 2) > 1 {
                    let red = if x - left < width / 2 { 200 } else { 20 };
                    let green = if y - top < height / 2 { 250 } else { 10 };
                    assert_eq!(*pixel, [red, green, 0], "{sides:?} at {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn planes_keep_a_flat_colour_at_every_side() {
        let image = Image::draw(|_, _| [255, 51, 0]);
        for side in [16, 17, 32, SIDE] {
            let planes = image.planes(side);
            assert_eq!(planes.len(), 3 * side * side);
            for (plane, value) in planes.chunks_exact(side * side).zip([1.0, 0.2, 0.0]) {
                assert!(plane.iter().all(|cell| (cell - value).abs() < 5e-3));
            }
        }
    }
}
