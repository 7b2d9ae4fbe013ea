//! Formats that browsers leave to the page's own decoders have their expected outcome there.

use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage};
use likeness::image::Image;
use likeness::page::words::failure;
use odd_files::Fate;

/// File extensions that no browser but Safari reads.
const ENDINGS: [&str; 8] = [".tiff", ".qoi", ".tga", ".ppm", ".pgm", ".pbm", ".exr", ".psd"];

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

/// Returns the picture written by `src/tifffile/write.py`, as a PNG.
fn shade(alpha: bool) -> Vec<u8> {
    let sample = |channel: u32, x: u32, y: u32| ((channel * 40 + y * 5 + x * 4) % 256) as u8;
    let picture = RgbaImage::from_fn(30, 20, |x, y| {
        Rgba([0, 1, 2, 3].map(|channel| if channel < 3 || alpha { sample(channel, x, y) } else { 255 }))
    });
    let mut bytes = Cursor::default();
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn planar_and_tiled_tiffs_agree_with_tifffile() {
    let files = odd_files::tiff::in_pieces();
    assert!(files.len() >= 7);
    for file in files {
        let expected = Image::decode(&shade(file.name.contains("alpha"))).unwrap();
        let found = Image::decode(&file.bytes).unwrap_or_else(|why| panic!("{}: {why:?}", file.name));
        let off = found.rgb().iter().zip(expected.rgb()).map(|(a, b)| a.abs_diff(*b)).max();
        // 16 bits are resampled before they are reduced to 8.
        assert!(off <= Some(1), "{}: {off:?}", file.name);
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
