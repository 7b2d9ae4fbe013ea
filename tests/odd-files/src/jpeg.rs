//! JPEG in its colour types, valid and faulty.

use anyhow::Result;
use image::ImageFormat;
use jpeg_encoder::{ColorType, Encoder};

use crate::Fate::{Either, Picture};
use crate::{DAMAGED, OddFile, TOO_LARGE, encode, first_part, halves};

const SIDE: u16 = 64;

pub fn files() -> Result<Vec<OddFile>> {
    let plain = encode(halves(u32::from(SIDE), u32::from(SIDE)), ImageFormat::Jpeg)?;
    let frame = frame_header(&plain);
    let with_sides = |height: u16, width: u16| {
        let mut bytes = plain.clone();
        bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        bytes
    };
    let mut scan_of_zeros = plain.clone();
    let end = scan_of_zeros.len() - 2;
    scan_of_zeros[end - 60..end].fill(0);
    let after_start = |segment: &[u8]| [&plain[..2], segment, &plain[2..]].concat();
    let comment = [[0xFF, 0xE5, 0xFF, 0xFF].as_slice(), &[0xD9; 0xFFFD]].concat();
    let comments = comment.repeat(3);
    // Beyond the part of a file that the page reads first.
    let many_comments = comment.repeat(6);
    let hidden_sides = [&plain[..2], &many_comments, &with_sides(65_500, 65_500)[2..]].concat();
    Ok(vec![
        OddFile::new("rgb.jpg", plain.clone(), Picture),
        OddFile::new("grey.jpg", by_colours(ColorType::Luma, &[90], false)?, Picture),
        OddFile::new("cmyk.jpg", by_colours(ColorType::Cmyk, &[20, 220, 220, 10], false)?, Picture),
        OddFile::new("ycck.jpg", by_colours(ColorType::CmykAsYcck, &[20, 220, 220, 10], false)?, Picture),
        OddFile::new("progressive.jpg", by_colours(ColorType::Rgb, &[210, 30, 20], true)?, Picture),
        OddFile::new("turned-3.jpg", after_start(&orientation_segment(3)), Picture),
        OddFile::new("turned-99.jpg", after_start(&orientation_segment(99)), Picture),
        OddFile::new("much-metadata.jpg", after_start(&comments), Picture),
        OddFile::new("more-metadata.jpg", after_start(&many_comments), Picture),
        OddFile::new("hidden-65500x65500.jpg", hidden_sides, TOO_LARGE),
        OddFile::new("called.png", plain.clone(), Picture),
        OddFile::new("cut.jpg", first_part(&plain, 2), Either),
        OddFile::new("cut-in-its-head.jpg", &plain[..frame], DAMAGED),
        OddFile::new("start-alone.jpg", [0xFF, 0xD8, 0xFF], DAMAGED),
        OddFile::new("scan-of-zeros.jpg", scan_of_zeros, Either),
        OddFile::new("65500x65500.jpg", with_sides(65_500, 65_500), TOO_LARGE),
        OddFile::new("without-height.jpg", with_sides(0, SIDE), Either),
        OddFile::new("without-width.jpg", with_sides(SIDE, 0), DAMAGED),
    ])
}

/// Returns a picture of one colour.
fn by_colours(kind: ColorType, pixel: &[u8], progressive: bool) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_progressive(progressive);
    encoder.encode(&pixel.repeat(usize::from(SIDE).pow(2)), SIDE, SIDE, kind)?;
    Ok(bytes)
}

/// Returns the start of the frame header, which holds the sides.
fn frame_header(jpeg: &[u8]) -> usize {
    let at = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]);
    at.expect("the encoder writes the baseline form")
}

/// Returns the smallest EXIF segment: a TIFF header and one directory with one entry, the orientation.
pub fn orientation_segment(orientation: u8) -> Vec<u8> {
    let tiff_header = b"MM\0\x2a\0\0\0\x08";
    let entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    let body = [b"Exif\0\0", tiff_header.as_slice(), &[0, 1], &entry, &[0; 4]].concat();
    let length = u16::try_from(body.len() + 2).expect("it is short").to_be_bytes();
    [&[0xff, 0xe1], length.as_slice(), &body].concat()
}
