//! GIF, still and animated, valid and faulty.

use anyhow::Result;
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat};

use crate::Fate::{Either, Picture};
use crate::{DAMAGED, OddFile, TOO_LARGE, encode, halves};

pub fn files() -> Result<Vec<OddFile>> {
    let plain = encode(halves(24, 16), ImageFormat::Gif)?;
    let with = |at: usize, sides: [u16; 2]| {
        let mut bytes = plain.clone();
        bytes[at..at + 4].copy_from_slice(&sides.map(u16::to_le_bytes).concat());
        bytes
    };
    let frame = plain.windows(5).position(|bytes| bytes == [0x2C, 0, 0, 0, 0]).expect("there is a frame");
    let older = [b"GIF87a", &plain[6..]].concat();
    Ok(vec![
        OddFile::new("still.gif", plain.clone(), Picture),
        OddFile::new("animated.gif", animated()?, Picture),
        OddFile::new("older.gif", older, Either),
        OddFile::new("frame-in-a-larger-screen.gif", with(6, [60, 50]), Picture),
        OddFile::new("screen-bomb.gif", with(6, [65_535, 65_535]), TOO_LARGE),
        OddFile::new("frame-bomb.gif", with(frame + 5, [30_000, 30_000]), TOO_LARGE),
        OddFile::new("no-pixels.gif", with(frame + 5, [0, 0]), Either),
        OddFile::new("cut.gif", &plain[..plain.len() - 12], Either),
        OddFile::new("cut-in-its-colours.gif", &plain[..40], DAMAGED),
        OddFile::new("signature-alone.gif", &plain[..6], DAMAGED),
        OddFile::new("without-frames.gif", *b"GIF89a\x08\0\x08\0\0\0\0\x3b", DAMAGED),
    ])
}

/// Returns twelve frames of growing size.
fn animated() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    for side in 1..=12 {
        let frame = DynamicImage::from(halves(2 * side, 2 * side)).into_rgba8();
        encoder.encode_frame(Frame::new(frame))?;
    }
    drop(encoder);
    Ok(bytes)
}
