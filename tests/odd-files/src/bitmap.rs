//! Bitmaps of Windows and OS/2, and icons.

use anyhow::Result;
use image::ImageFormat;

use crate::Fate::{Either, Picture};
use crate::{DAMAGED, OddFile, TOO_LARGE, encode, halves};

pub fn files() -> Result<Vec<OddFile>> {
    let plain = encode(halves(24, 16), ImageFormat::Bmp)?;
    let with_sides = |width: i32, height: i32| {
        let mut bytes = plain.clone();
        bytes[18..26].copy_from_slice(&[width, height].map(i32::to_le_bytes).concat());
        bytes
    };
    let icon = encode(halves(32, 32), ImageFormat::Ico)?;
    let mut icon_bomb = icon.clone();
    // The icon contains a PNG with its sides at bytes 16 to 24.
    let png = icon_bomb.windows(4).position(|name| name == b"IHDR").expect("the encoder writes a PNG") - 12;
    icon_bomb[png + 16..png + 24].copy_from_slice(&[30_000_u32, 30_000].map(u32::to_be_bytes).concat());
    let sum = crc32fast::hash(&icon_bomb[png + 12..png + 29]);
    icon_bomb[png + 29..png + 33].copy_from_slice(&sum.to_be_bytes());
    Ok(vec![
        OddFile::new("windows.bmp", plain.clone(), Picture),
        OddFile::new("top-down.bmp", with_sides(24, -16), Picture),
        OddFile::new("os2.bmp", os2(), Picture),
        OddFile::new("two-colours.bmp", two_colours(), Picture),
        OddFile::new("bomb.bmp", with_sides(30_000, 30_000), TOO_LARGE),
        OddFile::new("negative-width.bmp", with_sides(-24, 16), DAMAGED),
        OddFile::new("least-height.bmp", with_sides(24, i32::MIN), TOO_LARGE),
        OddFile::new("cut.bmp", &plain[..plain.len() / 2], Either),
        OddFile::new("signature-alone.bmp", *b"BM", DAMAGED),
        OddFile::new("icon.ico", icon.clone(), Picture),
        OddFile::new("icon-bomb.ico", icon_bomb, DAMAGED),
        OddFile::new("cut.ico", &icon[..icon.len() / 2], DAMAGED),
    ])
}

fn file(header: &[u8], colours: &[u8], pixels: &[u8]) -> Vec<u8> {
    let start = 14 + header.len() + colours.len();
    let numbers = [start + pixels.len(), 0, start].map(|number| (number as u32).to_le_bytes()).concat();
    [b"BM".as_slice(), &numbers, header, colours, pixels].concat()
}

/// Returns a bitmap with the first kind of header, with sides of 16 bits: 8 × 4 pixels of 24 bits.
fn os2() -> Vec<u8> {
    let header =
        [&12_u32.to_le_bytes(), [8_u16, 4, 1, 24].map(u16::to_le_bytes).concat().as_slice()].concat();
    file(&header, &[], &[20, 30, 210].repeat(8 * 4))
}

/// Returns a bitmap with one bit per pixel, and two colours: 8 × 4 pixels.
fn two_colours() -> Vec<u8> {
    let sides = [40_u32, 8, 4].map(u32::to_le_bytes).concat();
    let planes_and_depth = [1_u16, 1].map(u16::to_le_bytes).concat();
    let rest = [0_u32, 16, 2835, 2835, 2, 2].map(u32::to_le_bytes).concat();
    let header = [sides, planes_and_depth, rest].concat();
    file(&header, &[20, 30, 210, 0, 200, 40, 20, 0], &[0xF0, 0, 0, 0].repeat(4))
}
