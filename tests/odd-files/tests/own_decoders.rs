//! Formats that browsers leave to the page's own decoders have their expected outcome there.

use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage, imageops};
use likeness::image::{DecodedFile, Image};
use likeness::page::words::failure;
use odd_files::Fate;

/// File extensions that no browser but Safari reads.
const ENDINGS: [&str; 10] =
    [".heic", ".jxl", ".tiff", ".qoi", ".tga", ".ppm", ".pgm", ".pbm", ".exr", ".psd"];

#[test]
fn formats_unknown_to_browsers_are_decoded_or_refused_with_the_reason() {
    let files = odd_files::all().unwrap();
    let own = files.iter().filter(|file| ENDINGS.iter().any(|ending| file.name.ends_with(ending)));
    let mut count = 0;
    for file in own {
        count += 1;
        match (file.fate, Image::decode(&file.bytes)) {
            (Fate::Picture, Ok(_)) | (Fate::Either, _) => {}
            (Fate::Refused(words), Err(why)) if failure(&why).contains(words) => {}
            (fate, outcome) => panic!("{}: {fate:?}, yet {:?}", file.name, outcome.map(drop)),
        }
    }
    assert!(count > 20, "{count}");
}

/// Decodes a picture from a PNG of it.
fn decoded(picture: &RgbaImage) -> Image {
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).unwrap();
    Image::decode(&png.into_inner()).unwrap()
}

/// Returns the picture written by `src/tifffile/write.py`.
fn shade(alpha: bool) -> RgbaImage {
    let sample = |channel: u32, x: u32, y: u32| ((channel * 40 + y * 5 + x * 4) % 256) as u8;
    RgbaImage::from_fn(30, 20, |x, y| {
        Rgba([0, 1, 2, 3].map(|channel| if channel < 3 || alpha { sample(channel, x, y) } else { 255 }))
    })
}

#[test]
fn planar_and_tiled_tiffs_agree_with_tifffile() {
    let files = odd_files::tiff::in_pieces();
    assert!(files.len() >= 7);
    for file in files {
        let expected = decoded(&shade(file.name.contains("alpha")));
        let found = Image::decode(&file.bytes).unwrap_or_else(|why| panic!("{}: {why:?}", file.name));
        let off = found.rgb().iter().zip(expected.rgb()).map(|(a, b)| a.abs_diff(*b)).max();
        // 16 bits are resampled before they are reduced to 8.
        assert!(off <= Some(1), "{}: {off:?}", file.name);
    }
}

/// Returns the picture written by `src/phones/write.py`.
fn smooth(alpha: bool) -> RgbaImage {
    let alpha = |x: u32| if alpha { 100 + x } else { 255 };
    RgbaImage::from_fn(150, 100, |x, y| {
        Rgba([20 + x, 20 + 2 * y, 220 - (x + y) / 2, alpha(x)].map(|it| it as u8))
    })
}

#[test]
fn heic_and_jpeg_xl_agree_with_the_pictures_given_to_libheif_and_libjxl() {
    for file in odd_files::phones::written() {
        let mut expected = smooth(file.name.starts_with("alpha"));
        // HEIF's own turns apply; those in EXIF data are for readers of EXIF alone.
        if file.name.starts_with("turned.") {
            expected = imageops::rotate90(&expected);
        }
        let sides = [expected.width(), expected.height()];
        let expected = decoded(&expected);
        let DecodedFile { image: found, details, .. } =
            DecodedFile::read(&file.bytes).unwrap_or_else(|why| panic!("{}: {why:?}", file.name));
        assert_eq!(details.sides, sides, "{}", file.name);
        let off = found.rgb().iter().zip(expected.rgb()).map(|(a, b)| a.abs_diff(*b));
        let (most, sum) = off.fold((0, 0), |(most, sum), off| (most.max(off), sum + u32::from(off)));
        let mean = f64::from(sum) / found.rgb().len() as f64;
        assert!(most <= 8 && mean < 1.5, "{}: up to {most}, {mean} on average", file.name);
    }
}

#[test]
fn damaged_planar_and_tiled_tiffs_never_panic() {
    for file in odd_files::tiff::in_pieces() {
        for length in (0..file.bytes.len()).step_by(7) {
            Image::decode(&file.bytes[..length]).ok();
        }
        for at in 0..file.bytes.len().min(300) {
            for byte in [0, 2, 0xff] {
                let mut bytes = file.bytes.clone();
                bytes[at] = byte;
                Image::decode(&bytes).ok();
            }
        }
    }
}
