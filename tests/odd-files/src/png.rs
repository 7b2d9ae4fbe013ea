//! PNG in its colour types and depths, valid and faulty.

use std::io::Write;

use anyhow::Result;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma};

use crate::Fate::{Either, Picture, Refused};
use crate::{DAMAGED, FOREIGN, OddFile, TOO_LARGE, encode, first_part, halves};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Colour types.
const GREY: u8 = 0;
const RGB: u8 = 2;
const PALETTE: u8 = 3;

pub fn files() -> Result<Vec<OddFile>> {
    let halves = DynamicImage::from(halves(24, 16));
    let plain = encode(halves.clone(), ImageFormat::Png)?;
    let without_end = &plain[..plain.len() - 12];
    let twice = [plain.as_slice(), &plain].concat();
    let with_garbage = [plain.as_slice(), b"and more"].concat();
    let grown =
        encode(halves.resize_exact(200, 200, image::imageops::FilterType::Nearest), ImageFormat::Png)?;
    Ok(vec![
        OddFile::new("rgb.png", plain.clone(), Picture),
        OddFile::new("rgba.png", encode(halves.to_rgba8(), ImageFormat::Png)?, Picture),
        OddFile::new("grey.png", encode(halves.to_luma8(), ImageFormat::Png)?, Picture),
        OddFile::new("grey-alpha.png", encode(halves.to_luma_alpha8(), ImageFormat::Png)?, Picture),
        OddFile::new("16-bit-grey.png", encode(halves.to_luma16(), ImageFormat::Png)?, Picture),
        OddFile::new("16-bit-rgb.png", encode(halves.to_rgb16(), ImageFormat::Png)?, Picture),
        OddFile::new("16-bit-rgba.png", encode(halves.to_rgba16(), ImageFormat::Png)?, Picture),
        OddFile::new("12-bit-grey.png", encode(twelve_bits(24), ImageFormat::Png)?, Picture),
        OddFile::new("palette.png", palette(), Picture),
        OddFile::new("1-bit.png", flat(40, 30, 1, GREY), Picture),
        OddFile::new("4-bit-grey.png", flat(40, 30, 4, GREY), Picture),
        OddFile::new("interlaced.png", interlaced(), Picture),
        OddFile::new("animated.png", animated(), Picture),
        OddFile::new("1x1.png", flat(1, 1, 8, RGB), Picture),
        OddFile::new("1x20000.png", flat(1, 20_000, 8, RGB), Picture),
        OddFile::new("20000x1.png", flat(20_000, 1, 8, RGB), Picture),
        OddFile::new("20001x1.png", flat(20_001, 1, 8, RGB), Refused("too large: 20001 × 1")),
        OddFile::new("bomb.png", flat(30_000, 30_000, 1, GREY), Refused("too large: 30000 × 30000")),
        OddFile::new("bomb-by-area.png", flat(19_000, 19_000, 1, GREY), TOO_LARGE),
        OddFile::new("largest-sides.png", headed(u32::MAX, u32::MAX), TOO_LARGE),
        OddFile::new("no-pixels.png", headed(0, 0), DAMAGED),
        OddFile::new("bomb-in-a-comment.png", with_comment_bomb(), Picture),
        OddFile::new("cut.png", first_part(&grown, 3), DAMAGED),
        OddFile::new("cut-in-its-head.png", &plain[..20], DAMAGED),
        OddFile::new("signature-alone.png", SIGNATURE, DAMAGED),
        OddFile::new("no-end.png", without_end, Either),
        OddFile::new("wrong-sum.png", with_wrong_sum(&plain), Either),
        OddFile::new("wrong-pixels.png", with_noise(&grown), Either),
        OddFile::new("more-after-the-end.png", with_garbage, Picture),
        OddFile::new("two-in-one.png", twice, Picture),
        OddFile::new("called.jpg", plain.clone(), Picture),
        OddFile::new("called.txt", plain.clone(), Picture),
        OddFile::new("without-ending", plain.clone(), Picture),
        OddFile::new("empty.png", [], Refused("empty")),
        OddFile::new("one-byte.png", [0x89], FOREIGN),
    ])
}

/// Returns a picture whose 16-bit values use only 12 bits, as from a sensor.
fn twelve_bits(side: u32) -> ImageBuffer<Luma<u16>, Vec<u16>> {
    ImageBuffer::from_fn(side, side, |x, _| Luma([(x * 4095 / (side - 1)) as u16]))
}

/// Returns a chunk: its length, name, contents and checksum.
fn chunk(name: &[u8; 4], contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).expect("chunks are short").to_be_bytes();
    let body = [name.as_slice(), contents].concat();
    [length.as_slice(), &body, &crc32fast::hash(&body).to_be_bytes()].concat()
}

fn header(width: u32, height: u32, depth: u8, colour: u8, interlace: u8) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[sides.as_slice(), &[depth, colour, 0, 0, interlace]].concat())
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    [SIGNATURE, &chunks.concat(), &chunk(b"IEND", &[])].concat()
}

/// Returns compressed zeros.
fn zeros(count: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let block = [0; 1 << 16];
    let mut left = count;
    while left > 0 {
        let part = left.min(block.len());
        encoder.write_all(&block[..part]).expect("memory can be written");
        left -= part;
    }
    encoder.finish().expect("memory can be written")
}

/// Returns a picture of a single colour, black.
fn flat(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
    let channels = if colour == RGB { 3 } else { 1 };
    let row = 1 + (width as usize * usize::from(depth) * channels).div_ceil(8);
    file(&[header(width, height, depth, colour, 0), chunk(b"IDAT", &zeros(row * height as usize))])
}

/// Returns a picture that claims these sides but has the contents of a single pixel.
fn headed(width: u32, height: u32) -> Vec<u8> {
    file(&[header(width, height, 8, RGB, 0), chunk(b"IDAT", &zeros(4))])
}

/// Returns a picture of two palette colours, one of them transparent.
fn palette() -> Vec<u8> {
    let colours = chunk(b"PLTE", &[210, 30, 20, 20, 40, 200]);
    let pixels = chunk(b"IDAT", &zeros(16 * (1 + 24)));
    file(&[header(24, 16, 8, PALETTE, 0), colours, chunk(b"tRNS", &[255, 0]), pixels])
}

/// Returns an interlaced picture: a single pixel needs only the first of the seven passes.
fn interlaced() -> Vec<u8> {
    file(&[header(1, 1, 8, RGB, 1), chunk(b"IDAT", &zeros(4))])
}

/// Returns two frames of one picture.
fn animated() -> Vec<u8> {
    let control = |number: u32| {
        let numbers = [number, 8, 8, 0, 0].map(u32::to_be_bytes).concat();
        chunk(b"fcTL", &[numbers.as_slice(), &[0, 1, 0, 10, 0, 0]].concat())
    };
    let pixels = zeros(8 * (1 + 8 * 3));
    let second = [2_u32.to_be_bytes().as_slice(), &pixels].concat();
    file(&[
        header(8, 8, 8, RGB, 0),
        chunk(b"acTL", &[2_u32, 0].map(u32::to_be_bytes).concat()),
        control(0),
        chunk(b"IDAT", &pixels),
        control(1),
        chunk(b"fdAT", &second),
    ])
}

/// Returns a small picture with a compressed text that grows to 64 MB.
fn with_comment_bomb() -> Vec<u8> {
    let text = [b"Comment\0\0".as_slice(), &zeros(64 << 20)].concat();
    let pixels = chunk(b"IDAT", &zeros(8 * (1 + 8 * 3)));
    file(&[header(8, 8, 8, RGB, 0), chunk(b"zTXt", &text), pixels])
}

/// Returns the file with a wrong checksum after its pixels.
fn with_wrong_sum(plain: &[u8]) -> Vec<u8> {
    let mut bytes = plain.to_vec();
    let sum = bytes.len() - 12 - 1;
    bytes[sum] ^= 0xFF;
    bytes
}

/// Returns the file with noise within its pixels.
fn with_noise(plain: &[u8]) -> Vec<u8> {
    let mut bytes = plain.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 16].iter_mut().enumerate().for_each(|(i, byte)| *byte = (i * 37) as u8);
    bytes
}
