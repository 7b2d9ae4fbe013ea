//! Decoding of files, and the reasons for refusals.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use likeness::image::{BACKGROUND, Failure, Image, SIDE};

const RED: [u8; 3] = [200, 30, 20];
const BLUE: [u8; 3] = [20, 40, 210];

/// Returns a picture with a red left half and a blue right half.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| Rgb(if x < width / 2 { RED } else { BLUE }))
}

fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.into().write_to(&mut Cursor::new(&mut bytes), format).expect("the format can be written");
    bytes
}

fn pixel(image: &Image, x: usize, y: usize) -> [u8; 3] {
    image.rgb()[(y * SIDE + x) * 3..][..3].try_into().expect("three bytes")
}

fn assert_near(pixel: [u8; 3], colour: [u8; 3]) {
    let near = pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 12);
    assert!(near, "{pixel:?} instead of {colour:?}");
}

#[test]
fn every_format_that_can_be_written_can_be_read() {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Pnm, Qoi, Tga, Tiff, WebP};
    for format in [Bmp, Gif, Jpeg, Png, Pnm, Qoi, Tga, Tiff, WebP] {
        let (image, sides) = Image::decode_with_sides(&file(halves(120, 80), format))
            .unwrap_or_else(|why| panic!("{format:?}: {why:?}"));
        assert_eq!(sides, [120, 80], "{format:?}");
        assert_near(pixel(&image, 5, SIDE / 2), RED);
        assert_near(pixel(&image, SIDE - 6, SIDE / 2), BLUE);
    }
}

#[test]
fn the_central_square_is_kept() {
    let wide = RgbImage::from_fn(300, 100, |x, _| Rgb(if (100..200).contains(&x) { RED } else { BLUE }));
    let image = Image::decode(&file(wide, ImageFormat::Png)).expect("a PNG");
    for at in [2, SIDE / 2, SIDE - 3] {
        assert_near(pixel(&image, at, at), RED);
    }
}

#[test]
fn transparency_shows_a_neutral_background() {
    let picture =
        RgbaImage::from_fn(40, 40, |x, _| if x < 20 { Rgba([0, 0, 0, 0]) } else { Rgba([200, 30, 20, 255]) });
    let image = Image::decode(&file(picture, ImageFormat::Png)).expect("a PNG");
    assert_near(pixel(&image, 4, 50), [BACKGROUND; 3]);
    assert_near(pixel(&image, SIDE - 5, 50), RED);
}

#[test]
fn the_orientation_of_a_photograph_is_applied() {
    // An EXIF segment for a quarter turn, clockwise (orientation 6).
    let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    let plain = file(halves(80, 60), ImageFormat::Jpeg);
    let turned = [&plain[..2], &exif, &plain[2..]].concat();
    let (image, sides) = Image::decode_with_sides(&turned).expect("a JPEG");
    assert_eq!(sides, [60, 80]);
    assert_near(pixel(&image, SIDE / 2, 8), RED);
    assert_near(pixel(&image, SIDE / 2, SIDE - 9), BLUE);
}

#[test]
fn unreadable_files_are_refused_with_the_reason() {
    let png = file(halves(64, 64), ImageFormat::Png);
    let jpeg = file(halves(64, 64), ImageFormat::Jpeg);
    let damaged = |format: &str| Failure::Damaged { format: format.to_owned() };
    for (bytes, why) in [
        (&b""[..], Failure::Empty),
        (b"only text", Failure::UnknownFormat),
        (b"%PDF-1.7", Failure::OtherFormat { format: "PDF".to_owned() }),
        (&png[..png.len() / 2], damaged("PNG")),
        (&jpeg[..40], damaged("JPEG")),
    ] {
        assert_eq!(Image::decode(bytes), Err(why));
    }
}

#[test]
fn a_bomb_is_refused_before_it_is_decoded() {
    // A valid PNG head that claims 30,000 × 30,000 pixels.
    let mut png = file(halves(4, 4), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    assert!(Image::decode(&png).is_err());
    // Sides within the limits that together take too much memory: 1.6 GB of RGBA.
    let mut qoi = file(halves(4, 4), ImageFormat::Qoi);
    qoi[4..12].copy_from_slice(&[19_999_u32, 19_999].map(u32::to_be_bytes).concat());
    assert_eq!(Image::decode(&qoi), Err(Failure::TooMuchMemory));
}

#[test]
fn tiny_and_extreme_shapes_become_pictures() {
    for (width, height) in [(1, 1), (1, 2000), (2000, 1)] {
        let flat = RgbImage::from_pixel(width, height, Rgb(RED));
        let image = Image::decode(&file(flat, ImageFormat::Png)).expect("a PNG");
        assert_near(pixel(&image, SIDE / 2, SIDE / 2), RED);
    }
}
