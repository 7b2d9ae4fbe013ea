//! Decoding of files by the `image` crate.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, imageops::FilterType};

use super::{BACKGROUND, Failure, Image, MAX_FILE_SIDE, SIDE, Sides, tiff};

/// Largest amount of memory for the pixels of a decoded file, in bytes: WebAssembly never returns memory, and
/// training continues beside it.
const MAX_PIXELS: u64 = 1 << 29;

impl Image {
    /// Decodes a file, with its EXIF orientation applied and transparency composited on [`BACKGROUND`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Failure> {
        Self::decode_with_sides(bytes).map(|(image, _)| image)
    }

    /// Like [`Self::decode`], with the sides of the whole picture.
    pub fn decode_with_sides(bytes: &[u8]) -> Result<(Self, Sides), Failure> {
        if bytes.is_empty() {
            return Err(Failure::Empty);
        }
        let format = format(bytes).ok_or_else(|| unreadable(bytes))?;
        let failed = |error: ImageError| failure(format, &error);
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_FILE_SIDE);
        limits.max_image_height = Some(MAX_FILE_SIDE);
        limits.max_alloc = Some(MAX_PIXELS);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(failed)?;
        // The limits do not cover the memory for the result.
        if decoder.total_bytes() > MAX_PIXELS {
            return Err(Failure::TooMuchMemory);
        }
        let orientation = decoder.orientation().map_err(failed)?;
        let mut picture = if format == ImageFormat::Tiff && tiff::is_planar(bytes) {
            tiff::read_planar(bytes)?
        } else {
            DynamicImage::from_decoder(decoder).map_err(failed)?
        };
        if picture.width() == 0 || picture.height() == 0 {
            return Err(Failure::NoPixels);
        }
        picture.apply_orientation(orientation);
        let sides = [picture.width(), picture.height()];
        Ok((Self::from_picture(picture), sides))
    }

    /// Crops a decoded picture to its central square and resizes it.
    fn from_picture(picture: DynamicImage) -> Self {
        let side = picture.width().min(picture.height());
        let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
        let square =
            if picture.width() == picture.height() { picture } else { picture.crop_imm(x, y, side, side) };
        // Resized first, so that compositing covers only the remaining pixels.
        let small = square.resize_exact(SIDE as u32, SIDE as u32, FilterType::Triangle);
        let rgb = small.to_rgba8().pixels().flat_map(|pixel| on_background(pixel.0)).collect();
        Self { rgb }
    }
}

/// Returns the format of the contents, whatever the file's name.
fn format(bytes: &[u8]) -> Option<ImageFormat> {
    let tga = || is_tga(bytes).then_some(ImageFormat::Tga);
    image::guess_format(bytes).ok().filter(ImageFormat::reading_enabled).or_else(tga)
}

/// Names the format of contents that cannot be decoded, if it is known.
fn unreadable(bytes: &[u8]) -> Failure {
    let name = match (bytes, bytes.get(4..12)) {
        ([b'8', b'B', b'P', b'S', ..], _) => "PSD",
        ([b'%', b'P', b'D', b'F', ..], _) => "PDF",
        ([0x76, 0x2f, 0x31, 0x01, ..], _) => "OpenEXR",
        ([0xff, 0x0a, ..], _) | (_, Some(b"JXL \r\n\x87\n")) => "JPEG XL",
        ([0xff, 0x4f, 0xff, 0x51, ..], _) | (_, Some(b"jP  \r\n\x87\n")) => "JPEG 2000",
        // Browsers read whole ones.
        (_, Some(b"ftypavif" | b"ftypavis")) => return Failure::Damaged { format: "AVIF".to_owned() },
        (_, Some(b"ftypheic" | b"ftypheix" | b"ftyphevc" | b"ftypmif1" | b"ftypmsf1")) => "HEIC",
        _ => return Failure::UnknownFormat,
    };
    Failure::OtherFormat { format: name.to_owned() }
}

/// Returns whether a file starts with a valid TGA header, which has no signature: a known kind of colours,
/// nonzero sides, a known depth.
fn is_tga(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk::<18>() else { return false };
    let [_, palette, kind, ..] = *header;
    let side = |at| u16::from_le_bytes([header[at], header[at + 1]]);
    let kind_fits = matches!((palette, kind), (1, 1 | 9) | (0, 2 | 3 | 10 | 11));
    kind_fits && side(12) > 0 && side(14) > 0 && matches!(header[16], 8 | 15 | 16 | 24 | 32)
}

/// Composites one pixel on the background colour.
fn on_background([r, g, b, a]: [u8; 4]) -> [u8; 3] {
    let alpha = u32::from(a);
    let over =
        |colour: u8| ((u32::from(colour) * alpha + u32::from(BACKGROUND) * (255 - alpha) + 127) / 255) as u8;
    [over(r), over(g), over(b)]
}

/// Converts a decoder's error, which is meant for programmers.
fn failure(format: ImageFormat, error: &ImageError) -> Failure {
    let format = format!("{format:?}").to_ascii_uppercase();
    match error {
        ImageError::Limits(_) => Failure::TooMuchMemory,
        ImageError::Unsupported(_) => Failure::UnknownKind { format },
        _ => Failure::Damaged { format },
    }
}
