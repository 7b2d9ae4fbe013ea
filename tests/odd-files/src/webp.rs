//! WebP, still and animated, valid and faulty.

use anyhow::Result;
use image::ImageFormat;

use crate::Fate::Picture;
use crate::{DAMAGED, FOREIGN, OddFile, TOO_LARGE, encode, first_part, halves};

pub fn files() -> Result<Vec<OddFile>> {
    let plain = encode(halves(64, 64), ImageFormat::WebP)?;
    let extended = |side: u32| file(&[header(side, false), plain[12..].to_vec()]);
    let turned = [b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0".as_slice(), &[0; 4]].concat();
    let mut with_exif = header(64, false);
    with_exif[8] = 8;
    let turned = file(&[with_exif, plain[12..].to_vec(), chunk(b"EXIF", &turned)]);
    let sound = [b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0".as_slice(), &[1; 20]].concat();
    Ok(vec![
        OddFile::new("lossless.webp", plain.clone(), Picture),
        OddFile::new("extended.webp", extended(64), Picture),
        OddFile::new("turned.webp", turned, Picture),
        OddFile::new("animated.webp", animated(&plain), Picture),
        OddFile::new("bomb.webp", extended(1 << 24), TOO_LARGE),
        OddFile::new("cut.webp", first_part(&plain, 2), DAMAGED),
        OddFile::new("signature-alone.webp", &plain[..12], DAMAGED),
        OddFile::new("sound.webp", sound, FOREIGN),
    ])
}

fn chunk(name: &[u8; 4], contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).expect("chunks are short").to_le_bytes();
    let padding = if contents.len().is_multiple_of(2) { [].as_slice() } else { &[0] };
    [name.as_slice(), &length, contents, padding].concat()
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"RIFF", &[b"WEBP".as_slice(), &chunks.concat()].concat())
}

/// Returns the header of the extended form.
fn header(side: u32, moving: bool) -> Vec<u8> {
    let less_one = &(side - 1).to_le_bytes()[..3];
    chunk(b"VP8X", &[&[if moving { 2 } else { 0 }, 0, 0, 0], less_one, less_one].concat())
}

/// Returns the same frame twice.
fn animated(plain: &[u8]) -> Vec<u8> {
    let less_one = [63, 0, 0];
    let frame = [&[0; 6], less_one.as_slice(), &less_one, &[100, 0, 0, 0], &plain[12..]].concat();
    let frame = chunk(b"ANMF", &frame);
    file(&[header(64, true), chunk(b"ANIM", &[0; 6]), frame.clone(), frame])
}
