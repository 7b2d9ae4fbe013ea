//! Planar TIFF, with separate planes for the colours, in strips or tiles of 8 or 16 bits.
//!
//! The `tiff` crate reads every piece of it, but cannot assemble tiles: it treats the last row of tiles as
//! complete in every plane but the first.

use std::io::Cursor;

use super::Failure;
use image::{DynamicImage, RgbImage, RgbaImage};
use tiff::{
    ColorType, TiffError, TiffFormatError, TiffResult, TiffUnsupportedError,
    decoder::{Decoder, DecodingResult},
    tags::{PlanarConfiguration, Tag},
};

type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

/// Returns whether a file's colours are in separate planes.
pub fn is_planar(bytes: &[u8]) -> bool {
    let planar = PlanarConfiguration::Planar.to_u16();
    Decoder::new(Cursor::new(bytes)).is_ok_and(|mut reader| {
        let samples = reader.find_tag_unsigned::<u16>(Tag::SamplesPerPixel);
        samples.is_ok_and(|samples| samples > Some(1))
            && reader.find_tag_unsigned(Tag::PlanarConfiguration).is_ok_and(|found| found == Some(planar))
    })
}

/// Reads a planar TIFF, reducing 16 bits to 8. The caller has to check that there is enough memory.
pub fn read_planar(bytes: &[u8]) -> Result<DynamicImage, Failure> {
    let format = || "TIFF".to_owned();
    try_read_planar(bytes).map_err(|error| match error {
        TiffError::LimitsExceeded => Failure::TooMuchMemory,
        TiffError::UnsupportedError(_) => Failure::UnknownKind { format: format() },
        _ => Failure::Damaged { format: format() },
    })
}

fn try_read_planar(bytes: &[u8]) -> TiffResult<DynamicImage> {
    let mut reader = Decoder::new(Cursor::new(bytes))?;
    let (width, height) = reader.dimensions()?;
    let colours = reader.colortype()?;
    let rgb = |pixels| RgbImage::from_raw(width, height, pixels).map(DynamicImage::from);
    let picture = match colours {
        ColorType::RGB(8 | 16) => rgb(pixels::<3>(&mut reader)?),
        ColorType::CMYK(8 | 16) => rgb(printed(&pixels::<4>(&mut reader)?)),
        ColorType::RGBA(8 | 16) => {
            RgbaImage::from_raw(width, height, pixels::<4>(&mut reader)?).map(DynamicImage::from)
        }
        _ => return Err(TiffUnsupportedError::UnsupportedColorType(colours).into()),
    };
    Ok(picture.expect("the pixels fill the picture"))
}

/// Interleaves the samples of the first `PLANES` planes.
fn pixels<const PLANES: usize>(reader: &mut Reader<'_>) -> TiffResult<Vec<u8>> {
    let (width, height) = as_sizes(reader.dimensions()?);
    let (piece_width, piece_height) = as_sizes(reader.chunk_dimensions());
    let (across, down) = (width.div_ceil(piece_width), height.div_ceil(piece_height));
    let mut pixels = vec![[0; PLANES]; width * height];
    for plane in 0..PLANES {
        for piece in 0..across * down {
            let (x, y) = (piece % across * piece_width, piece / across * piece_height);
            let number = u32::try_from(plane * across * down + piece)?;
            let samples = samples(reader.read_chunk(number)?)?;
            let line = piece_width.min(width - x);
            // Rows below the picture are padding.
            for (line, y) in samples.chunks_exact(line).zip(y..height) {
                let places = &mut pixels[y * width + x..][..line.len()];
                places.iter_mut().zip(line).for_each(|(pixel, sample)| pixel[plane] = *sample);
            }
        }
    }
    Ok(pixels.into_flattened())
}

fn as_sizes((width, height): (u32, u32)) -> (usize, usize) {
    (width as usize, height as usize)
}

/// Returns a piece's samples as bytes.
fn samples(piece: DecodingResult) -> TiffResult<Vec<u8>> {
    match piece {
        DecodingResult::U8(samples) => Ok(samples),
        DecodingResult::U16(samples) => {
            Ok(samples.into_iter().map(|sample| ((u32::from(sample) + 128) / 257) as u8).collect())
        }
        _ => Err(TiffError::FormatError(TiffFormatError::InconsistentSizesEncountered)),
    }
}

/// Converts CMYK to RGB.
fn printed(inks: &[u8]) -> Vec<u8> {
    let light = |ink: u8, black: u8| (u16::from(255 - ink) * u16::from(255 - black) / 255) as u8;
    let (pixels, _) = inks.as_chunks();
    pixels.iter().flat_map(|&[c, m, y, k]| [c, m, y].map(|ink| light(ink, k))).collect()
}
