//! Picture files for tests to drop on the page: an album in two folders.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::Result;
use image::{ImageFormat, Rgb, RgbImage};
use odd_files::orientation_segment;

/// Side of the pictures.
const SIDE: u32 = 48;

/// Formats of a folder's valid files, with their extensions.
const FORMATS: [(ImageFormat, &str); 6] = [
    (ImageFormat::Png, "png"),
    (ImageFormat::Jpeg, "jpg"),
    (ImageFormat::Gif, "gif"),
    (ImageFormat::Bmp, "bmp"),
    (ImageFormat::WebP, "webp"),
    (ImageFormat::Tiff, "tiff"),
];

/// Folders of the album; a folder's pictures are named after it, as in `discs.png`.
pub const FOLDERS: [&str; 2] = ["discs", "stripes"];

/// Number of readable files in the album: every format in every folder, and [`TURNED`].
pub const GOOD_FILES: usize = FORMATS.len() * FOLDERS.len() + 1;

/// A photograph taken with the camera held on its side: red above blue when turned upright.
pub const TURNED: &str = "turned.jpg";

/// Files that only seem to be pictures.
pub const BROKEN_FILES: [&str; 2] = ["truncated.png", "notes.png"];

/// Number of bytes of a PNG that contain its size but no pixels: Firefox shows the rest of a file that is cut
/// off after some of its pixels.
const PNG_HEAD: usize = 33;

/// Writes the folders of the album, with broken files among the valid ones, into `parent`.
pub fn write_album(parent: &Path) -> Result<()> {
    for (name, draw) in FOLDERS.into_iter().zip([disc as fn(u32) -> RgbImage, stripes]) {
        let folder = parent.join(name);
        fs::create_dir_all(&folder)?;
        for (variant, (format, ending)) in (0..).zip(FORMATS) {
            fs::write(folder.join(format!("{name}.{ending}")), encode(&draw(variant), format)?)?;
        }
    }
    let [discs, stripes] = FOLDERS.map(|folder| parent.join(folder));
    let whole = encode(&disc(0), ImageFormat::Png)?;
    fs::write(discs.join(TURNED), turned()?)?;
    fs::write(discs.join(BROKEN_FILES[0]), &whole[..PNG_HEAD])?;
    fs::write(stripes.join(BROKEN_FILES[1]), "Buy milk.\n")?;
    Ok(())
}

/// Returns the files of the album in `parent`, folder by folder.
pub fn album_files(parent: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        let entries = fs::read_dir(parent.join(folder))?.map(|entry| Ok(entry?.path()));
        files.extend(entries.collect::<Result<Vec<_>>>()?);
    }
    files.sort();
    Ok(files)
}

/// Returns whether [`TURNED`] is upright in this image of it.
pub fn is_upright(shown: &[u8]) -> Result<bool> {
    let shown = image::load_from_memory(shown)?.into_rgb8();
    let colour_at =
        |height: f64| shown.get_pixel(shown.width() / 2, (f64::from(shown.height()) * height) as u32).0;
    let (above, below) = (colour_at(0.3), colour_at(0.7));
    Ok(above[0] > above[2] && below[2] > below[0])
}

/// Writes `count` JPEGs of the size of a photograph into `folder`.
pub fn write_photographs(folder: &Path, count: u32, side: u32) -> Result<()> {
    fs::create_dir_all(folder)?;
    for number in 0..count {
        let picture = RgbImage::from_fn(side, side, |x, y| {
            let wave = |period: u32| ((x * (number % 7 + 1) + y * period) % 256) as u8;
            Rgb([wave(1), wave(2), (number % 256) as u8])
        });
        fs::write(folder.join(format!("{number:04}.jpg")), encode(&picture, ImageFormat::Jpeg)?)?;
    }
    Ok(())
}

fn encode(picture: &RgbImage, format: ImageFormat) -> Result<Vec<u8>> {
    let mut bytes = Cursor::default();
    picture.write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

/// Draws a warm disc, of a different size in each variant.
fn disc(variant: u32) -> RgbImage {
    let (middle, radius) = (SIDE / 2, SIDE / 6 + 2 * variant);
    RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let inside = x.abs_diff(middle).pow(2) + y.abs_diff(middle).pow(2) <= radius.pow(2);
        if inside { Rgb([230, 120, 30 + 10 * variant as u8]) } else { Rgb([250, 240, 220]) }
    })
}

/// Draws cold stripes, of a different width in each variant.
fn stripes(variant: u32) -> RgbImage {
    RgbImage::from_fn(SIDE, SIDE, |x, _| {
        let dark = (x / (3 + variant)).is_multiple_of(2);
        if dark { Rgb([20, 40, 120 + 10 * variant as u8]) } else { Rgb([170, 200, 230]) }
    })
}

/// Returns a JPEG that is red on the left and blue on the right, with EXIF data to turn it clockwise.
fn turned() -> Result<Vec<u8>> {
    let lying =
        RgbImage::from_fn(
            SIDE,
            SIDE,
            |x, _| {
                if x < SIDE / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) }
            },
        );
    let jpeg = encode(&lying, ImageFormat::Jpeg)?;
    let (start_of_image, rest) = jpeg.split_at(2);
    Ok([start_of_image, &orientation_segment(6), rest].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoders_see_the_orientation() {
        use image::{ImageDecoder, ImageReader, metadata::Orientation};

        let reader = ImageReader::with_format(Cursor::new(turned().unwrap()), ImageFormat::Jpeg);
        let orientation = reader.into_decoder().unwrap().orientation().unwrap();
        assert_eq!(orientation, Orientation::Rotate90);
    }

    #[test]
    fn valid_files_decode_and_broken_ones_do_not() {
        let parent = tempfile::tempdir().unwrap();
        write_album(parent.path()).unwrap();
        let mut good = 0;
        for folder in FOLDERS {
            for entry in fs::read_dir(parent.path().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                let broken = BROKEN_FILES.contains(&name);
                assert_eq!(image::open(&path).is_err(), broken, "{name}");
                good += usize::from(!broken);
            }
        }
        assert_eq!(good, GOOD_FILES);
    }
}
