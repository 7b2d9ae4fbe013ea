//! Decoding of files, and the reasons for refusals.

use std::io::Cursor;

use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use likeness::image::{BACKGROUND, DecodedFile, Details, Failure, ForeignFormat, Image, Remark, SIDE};
use tiff::encoder::{TiffEncoder, colortype::RGB8};

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
        let DecodedFile { image, details: Details { sides, .. }, .. } =
            DecodedFile::read(&file(halves(120, 80), format))
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
fn the_whole_of_a_picture_that_is_not_square_is_kept_besides() {
    let banner = RgbImage::from_fn(60, 90, |_, y| Rgb(if y < 81 { RED } else { BLUE }));
    let DecodedFile { image, whole, .. } = DecodedFile::read(&file(banner, ImageFormat::Png)).expect("a PNG");
    assert!(image.rgb().chunks_exact(3).all(|pixel| pixel == RED), "the banner is outside the centre");
    let whole = whole.expect("it is not square");
    let edge = SIDE * 81 / 90;
    assert_near(pixel(&whole, SIDE / 2, edge - 3), RED);
    assert_near(pixel(&whole, SIDE / 2, edge + 2), BLUE);
    for (width, height) in [(100, 100), (101, 100), (50, 51)] {
        let decoded = DecodedFile::read(&file(halves(width, height), ImageFormat::Png)).expect("a PNG");
        assert_eq!(decoded.whole, None, "{width} × {height}");
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
    let DecodedFile { image, details: Details { sides, .. }, .. } =
        DecodedFile::read(&turned).expect("a JPEG");
    assert_eq!(sides, [60, 80]);
    assert_near(pixel(&image, SIDE / 2, 8), RED);
    assert_near(pixel(&image, SIDE / 2, SIDE - 9), BLUE);
}

#[test]
fn the_orientation_of_a_webp_is_applied() {
    let chunk = |name: &[u8; 4], contents: &[u8]| {
        [name.as_slice(), &(contents.len() as u32).to_le_bytes(), contents].concat()
    };
    let plain = file(halves(80, 80), ImageFormat::WebP);
    let head = chunk(b"VP8X", &[8, 0, 0, 0, 79, 0, 0, 79, 0, 0]);
    let exif = chunk(b"EXIF", b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    let turned = chunk(b"RIFF", &[b"WEBP", head.as_slice(), &plain[12..], &exif].concat());
    let image = Image::decode(&turned).expect("a WebP");
    assert_near(pixel(&image, SIDE / 2, 8), RED);
    assert_near(pixel(&image, SIDE / 2, SIDE - 9), BLUE);
}

#[test]
fn values_of_fewer_than_16_bits_are_scaled_to_their_range() {
    let ramp = |most: u32| {
        ImageBuffer::from_fn(SIDE as u32, SIDE as u32, move |x, _| {
            Luma([(x * most / (SIDE as u32 - 1)) as u16])
        })
    };
    let eight =
        RgbImage::from_fn(SIDE as u32, SIDE as u32, |x, _| Rgb([(x * 255 / (SIDE as u32 - 1)) as u8; 3]));
    let expected = Image::decode(&file(eight, ImageFormat::Png)).expect("a PNG");
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        for (most, remarks) in [(1023, vec![Remark::Scaled]), (4095, vec![Remark::Scaled]), (65_535, vec![])]
        {
            let file = file(DynamicImage::ImageLuma16(ramp(most)), format);
            let DecodedFile { image, details: Details { remarks: found, .. }, .. } =
                DecodedFile::read(&file).expect("a picture");
            assert_eq!(found, remarks, "{format:?}, {most}");
            let off = image.rgb().iter().zip(expected.rgb()).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(off <= Some(1), "{format:?}, {most}: {off:?}");
        }
    }
    let opaque = ImageBuffer::from_pixel(9, 9, Rgba([0, 4095_u16, 0, 65_535]));
    let DecodedFile { image, details: Details { remarks: found, .. }, .. } =
        DecodedFile::read(&file(opaque, ImageFormat::Png)).expect("a PNG");
    assert_eq!((pixel(&image, 50, 50), found), ([0, 255, 0], vec![Remark::Scaled]), "alpha is no colour");
}

/// Returns a TIFF of directories at these offsets, with data from 1000 on; an entry is a tag, a type, a
/// count and a value.
fn directories(is_big: bool, all: &[(usize, &[[u32; 4]], u32)], data: &[u8]) -> Vec<u8> {
    let short = |value: u32| if is_big { (value as u16).to_be_bytes() } else { (value as u16).to_le_bytes() };
    let long = |value: u32| if is_big { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut bytes = [if is_big { b"MM\0\x2a" } else { b"II\x2a\0" }.as_slice(), &long(100)].concat();
    for (start, entries, next) in all {
        bytes.resize(*start, 0);
        bytes.extend(short(entries.len() as u32));
        for [tag, kind, count, value] in *entries {
            bytes.extend([short(*tag), short(*kind)].concat());
            bytes.extend(long(*count));
            // A short stands at the beginning of its four bytes.
            let value = if *kind == 3 { [short(*value), [0; 2]].concat() } else { long(*value).to_vec() };
            bytes.extend(value);
        }
        bytes.extend(long(*next));
    }
    bytes.resize(1000, 0);
    [&bytes, data].concat()
}

#[test]
fn raw_files_are_read_by_their_largest_preview() {
    let small = file(RgbImage::from_pixel(16, 16, Rgb(BLUE)), ImageFormat::Jpeg);
    let large = file(halves(160, 160), ImageFormat::Jpeg);
    let [small_length, large_length] = [&small, &large].map(|jpeg| jpeg.len() as u32);
    let sensor = b"\xff\xd8 the sensor's values, which no decoder here reads".repeat(1000);
    let after = 1000 + small_length + large_length;
    for is_big in [false, true] {
        // The first directory has a turn and a small preview, its children the sensor's values and the
        // large preview, as in NEF and DNG.
        let first = [[274, 3, 1, 6], [330, 4, 2, 700], [513, 4, 1, 1000], [514, 4, 1, small_length]];
        let raw = [[259, 3, 1, 7], [262, 3, 1, 32_803], [273, 4, 1, after], [279, 4, 1, sensor.len() as u32]];
        let preview =
            [[259, 3, 1, 7], [262, 3, 1, 6], [273, 4, 1, 1000 + small_length], [279, 4, 1, large_length]];
        let data = [small.as_slice(), &large, &sensor].concat();
        let mut bytes = directories(is_big, &[(100, &first, 0), (300, &raw, 0), (500, &preview, 0)], &data);
        let children =
            [300_u32, 500].map(|start| if is_big { start.to_be_bytes() } else { start.to_le_bytes() });
        bytes[700..708].copy_from_slice(&children.concat());
        let DecodedFile { image, details: Details { remarks, .. }, .. } =
            DecodedFile::read(&bytes).expect("a preview");
        assert_eq!(remarks, [Remark::Preview]);
        assert_near(pixel(&image, SIDE / 2, 8), RED);
        assert_near(pixel(&image, SIDE / 2, SIDE - 9), BLUE);
        let bare = directories(is_big, &[(100, &raw, 0)], &[]);
        assert_eq!(Image::decode(&bare), Err(Failure::OtherFormat(ForeignFormat::Raw)));
        for length in (0..bytes.len()).step_by(97) {
            Image::decode(&bytes[..length]).ok();
        }
    }
    let box_of_canon = b"\0\0\xff\xffPRVW\0\0\0\0\0\x01\0\xa0\0\xa0\0\x01\0\0\x10\0";
    let canon = [b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom".as_slice(), box_of_canon, &large, &sensor].concat();
    let DecodedFile { image, details: Details { remarks, .. }, .. } =
        DecodedFile::read(&canon).expect("a preview");
    assert_eq!(remarks, [Remark::Preview]);
    assert_near(pixel(&image, 5, SIDE / 2), RED);
}

#[test]
fn further_pages_are_remarked() {
    let pages = |count| {
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes).expect("it can be written");
        for _ in 0..count {
            encoder.write_image::<RGB8>(2, 2, &[9; 12]).expect("it can be written");
        }
        DecodedFile::read(bytes.get_ref()).expect("a TIFF").details.remarks
    };
    assert_eq!((pages(1), pages(3)), (vec![], vec![Remark::FirstPage]));
}

#[test]
fn unreadable_files_are_refused_with_the_reason() {
    let png = file(halves(64, 64), ImageFormat::Png);
    let jpeg = file(halves(64, 64), ImageFormat::Jpeg);
    let damaged = |format: &str| Failure::Damaged { format: format.to_owned() };
    for (bytes, why) in [
        (&b""[..], Failure::Empty),
        (b"only text", Failure::UnknownFormat),
        (b"%PDF-1.7", Failure::OtherFormat(ForeignFormat::Pdf)),
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
