//! Files of every kind that a folder of pictures may contain, valid, odd and hostile, each with its expected
//! outcome.
//!
//! They are made by other encoders, or byte by byte, never by the decoders under test. [`fuzz`] extends them
//! to files that nobody thought of.

mod bitmap;
mod containers;
pub mod fuzz;
mod gif;
mod jpeg;
mod names;
pub mod phones;
mod png;
mod text;
pub mod tiff;
mod webp;

use std::fs;
use std::io::Cursor;
use std::path::Path;

use anyhow::Result;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use Fate::Refused;
pub use jpeg::orientation_segment;
pub use names::NESTED_FOLDERS;

/// A file with its expected outcome.
#[derive(Clone, Debug)]
pub struct OddFile {
    /// Unique name of the file.
    pub name: String,
    /// Contents of the file.
    pub bytes: Vec<u8>,
    /// Expected outcome.
    pub fate: Fate,
}

/// Outcome of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A picture.
    Picture,
    /// Refusal with a reason that contains these words.
    Refused(&'static str),
    /// Damaged: decoders may show the rest of it, or refuse it.
    Either,
}

impl OddFile {
    fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>, fate: Fate) -> Self {
        Self { name: name.into(), bytes: bytes.into(), fate }
    }
}

/// Outcome of a file whose contents are not a picture.
const FOREIGN: Fate = Refused("isn’t in a picture format");

/// Outcome of a picture that is too large to be decoded.
const TOO_LARGE: Fate = Refused("too large");

/// Outcome of a file that starts as a picture but is damaged.
const DAMAGED: Fate = Refused("It ");

/// Returns files of every kind.
pub fn all() -> Result<Vec<OddFile>> {
    let kinds = [
        png::files()?,
        jpeg::files()?,
        gif::files()?,
        webp::files()?,
        bitmap::files()?,
        tiff::files()?,
        phones::files(),
        containers::files()?,
        text::files()?,
        names::files()?,
    ];
    Ok(kinds.concat())
}

/// Writes files into a folder.
pub fn write(files: &[OddFile], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for file in files {
        fs::write(folder.join(&file.name), &file.bytes)?;
    }
    Ok(())
}

/// Writes `count` small files into a folder: four of five are pictures, the others are not.
pub fn write_many(folder: &Path, count: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    for number in 0..count {
        let shade = (number % 251) as u8;
        let picture = RgbImage::from_fn(8, 8, |x, y| Rgb([shade, (x * 31) as u8, (y * 31) as u8]));
        let (ending, format) = match number % 5 {
            0 => ("png", Some(ImageFormat::Png)),
            1 => ("jpg", Some(ImageFormat::Jpeg)),
            2 => ("gif", Some(ImageFormat::Gif)),
            3 => ("bmp", Some(ImageFormat::Bmp)),
            _ => ("webp", None),
        };
        let bytes = match format {
            Some(format) => encode(picture, format)?,
            None => format!("Note {number}\n").into_bytes(),
        };
        fs::write(folder.join(format!("{number:05}.{ending}")), bytes)?;
    }
    Ok(())
}

/// Returns the picture in most files: red on the left, blue on the right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { RED } else { BLUE })
}

const RED: Rgb<u8> = Rgb([210, 30, 20]);
const BLUE: Rgb<u8> = Rgb([20, 40, 200]);

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Result<Vec<u8>> {
    let mut bytes = Cursor::default();
    picture.into().write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

/// Returns the first of `parts` equal parts of the bytes.
fn first_part(bytes: &[u8], parts: usize) -> Vec<u8> {
    bytes[..bytes.len() / parts].to_vec()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn files_are_many_and_have_distinct_names() {
        let files = all().unwrap();
        let names: HashSet<_> = files.iter().map(|file| file.name.to_lowercase()).collect();
        assert_eq!(names.len(), files.len());
        assert!(files.len() >= 100, "{}", files.len());
    }

    #[test]
    fn a_bomb_is_small_until_it_is_decoded() {
        let files = all().unwrap();
        let bomb = files.iter().find(|file| file.name == "bomb.png").unwrap();
        assert!(bomb.bytes.len() < 1_000_000, "{}", bomb.bytes.len());
        let reader = image::ImageReader::with_format(Cursor::new(&bomb.bytes), ImageFormat::Png);
        assert_eq!(reader.into_dimensions().unwrap(), (30_000, 30_000));
    }
}
