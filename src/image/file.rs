//! Decoding of files by the `image` crate.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, imageops::FilterType,
    metadata::Orientation,
};

use super::{
    BACKGROUND, Codec, DecodedFile, Details, Failure, ForeignFormat, Image, MAX_FILE_SIDE, Remark, SIDE,
    directories::Directories, is_square, tiff,
};

/// Largest amount of memory for the pixels of a decoded file, in bytes: WebAssembly never returns memory, and
/// training continues beside it.
const MAX_PIXELS: u64 = 1 << 29;

/// Values of 16 bits below this one leave at least two bits unused.
const FEW_BITS: u16 = 1 << 14;

impl Image {
    /// Decodes a file, with its EXIF orientation applied and transparency composited on [`BACKGROUND`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Failure> {
        DecodedFile::read(bytes).map(|file| file.image)
    }
}

impl DecodedFile {
    /// Decodes a file, with its EXIF orientation applied and transparency composited on [`BACKGROUND`].
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        if bytes.is_empty() {
            return Err(Failure::Empty);
        }
        match Codec::of(bytes) {
            #[cfg(feature = "heic")]
            Codec::Heic => return Self::read_by(super::heic::read, bytes),
            #[cfg(feature = "jpeg_xl")]
            Codec::JpegXl => return Self::read_by(super::jpeg_xl::read, bytes),
            _ => {}
        }
        if let Some(preview) = preview(bytes) {
            return Ok(Self::new(preview?, vec![Remark::Preview]));
        }
        let format = format(bytes).ok_or_else(|| unreadable(bytes))?;
        let (mut picture, orientation) = read(bytes, format)?;
        let mut remarks = Vec::new();
        if scale_to_range(&mut picture) {
            remarks.push(Remark::Scaled);
        }
        if Directories::read(bytes).is_some_and(|directories| directories.has_more_pages()) {
            remarks.push(Remark::FirstPage);
        }
        picture.apply_orientation(orientation);
        Ok(Self::new(picture, remarks))
    }

    /// Decodes a file by a decoder that applies its orientation.
    #[cfg(any(feature = "heic", feature = "jpeg_xl"))]
    pub fn read_by(
        read: fn(&[u8]) -> Result<image::RgbaImage, Failure>,
        bytes: &[u8],
    ) -> Result<Self, Failure> {
        read(bytes).map(|picture| Self::new(picture.into(), Vec::new()))
    }

    /// Crops a decoded picture to its central square, and resizes that and the whole.
    fn new(picture: DynamicImage, remarks: Vec<Remark>) -> Self {
        let sides = [picture.width(), picture.height()];
        let short = picture.width().min(picture.height());
        let whole = (!is_square(sides.map(f64::from))).then(|| small(&picture));
        let image = if picture.width() == picture.height() {
            small(&picture)
        } else {
            let (x, y) = ((picture.width() - short) / 2, (picture.height() - short) / 2);
            small(&picture.crop_imm(x, y, short, short))
        };
        Self { image, whole, details: Details { sides, remarks } }
    }
}

/// Resizes a picture to the working size.
fn small(picture: &DynamicImage) -> Image {
    // Resized first, so that compositing covers only the remaining pixels.
    let small = picture.resize_exact(SIDE as u32, SIDE as u32, FilterType::Triangle);
    Image { rgb: small.to_rgba8().pixels().flat_map(|pixel| on_background(pixel.0)).collect() }
}

/// Decodes a file of a known format.
fn read(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), Failure> {
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
    let picture = if format == ImageFormat::Tiff && tiff::is_planar(bytes) {
        tiff::read_planar(bytes)?
    } else {
        DynamicImage::from_decoder(decoder).map_err(failed)?
    };
    if picture.width() == 0 || picture.height() == 0 {
        return Err(Failure::NoPixels);
    }
    Ok((picture, orientation))
}

/// Returns the largest preview in a camera's raw file that can be read; `None` for other files.
fn preview(bytes: &[u8]) -> Option<Result<DynamicImage, Failure>> {
    let directories = Directories::read(bytes).filter(Directories::is_raw);
    let previews = match &directories {
        Some(directories) => directories.previews(),
        None => vec![canon_preview(bytes)?],
    };
    let found = previews.into_iter().find_map(|jpeg| read(jpeg, ImageFormat::Jpeg).ok());
    Some(found.ok_or(Failure::OtherFormat(ForeignFormat::Raw)).map(|(mut picture, own)| {
        let outer = directories.and_then(|found| Orientation::from_exif(found.orientation()?));
        picture.apply_orientation(if own == Orientation::NoTransforms { outer.unwrap_or(own) } else { own });
        picture
    }))
}

/// Returns the preview in a raw file of Canon's third version, which a box of its own contains.
fn canon_preview(bytes: &[u8]) -> Option<&[u8]> {
    (bytes.get(4..12)? == b"ftypcrx ").then_some(())?;
    let at = bytes.windows(4).position(|name| name == b"PRVW").unwrap_or(bytes.len());
    Some(bytes.get(at + 20..).unwrap_or_default())
}

/// Scales 16-bit values that use fewer bits, as from a sensor of 12, to their range; returns whether it
/// did.
fn scale_to_range(picture: &mut DynamicImage) -> bool {
    // Of two or four channels, the last is transparency.
    let (samples, channels, colours): (&mut [u16], _, _) = match picture {
        DynamicImage::ImageLuma16(pixels) => (pixels, 1, 1),
        DynamicImage::ImageLumaA16(pixels) => (pixels, 2, 1),
        DynamicImage::ImageRgb16(pixels) => (pixels, 3, 3),
        DynamicImage::ImageRgba16(pixels) => (pixels, 4, 3),
        _ => return false,
    };
    let brightest = samples.chunks_exact(channels).flat_map(|pixel| &pixel[..colours]).max().copied();
    let Some(brightest) = brightest.filter(|value| (1..FEW_BITS).contains(value)) else { return false };
    let range = u32::from(brightest + 1).next_power_of_two() - 1;
    for value in samples.chunks_exact_mut(channels).flat_map(|pixel| &mut pixel[..colours]) {
        *value = (u32::from(*value) * u32::from(u16::MAX) / range) as u16;
    }
    true
}

/// Returns the format of the contents, whatever the file's name.
fn format(bytes: &[u8]) -> Option<ImageFormat> {
    let tga = || is_tga(bytes).then_some(ImageFormat::Tga);
    image::guess_format(bytes).ok().filter(ImageFormat::reading_enabled).or_else(tga)
}

/// Names the format of contents that cannot be decoded, if it is known.
fn unreadable(bytes: &[u8]) -> Failure {
    let format = match (bytes, bytes.get(4..12)) {
        ([b'8', b'B', b'P', b'S', ..], _) => ForeignFormat::Psd,
        ([b'%', b'P', b'D', b'F', ..], _) => ForeignFormat::Pdf,
        ([0x76, 0x2f, 0x31, 0x01, ..], _) => ForeignFormat::OpenExr,
        ([0xff, 0x4f, 0xff, 0x51, ..], _) | (_, Some(b"jP  \r\n\x87\n")) => ForeignFormat::Jpeg2000,
        // Browsers read whole ones.
        (_, Some(b"ftypavif" | b"ftypavis")) => return Failure::Damaged { format: "AVIF".to_owned() },
        // Olympus, Panasonic, Fujifilm.
        ([b'I', b'I', b'R' | b'U', ..] | [b'M', b'M', b'O', b'R', ..], _) => ForeignFormat::Raw,
        (_, Some(b"FILMCCD-")) => ForeignFormat::Raw,
        // MP4 and QuickTime; Matroska and WebM; AVI; MPEG.
        (_, Some([b'f', b't', b'y', b'p', ..] | [b'm', b'o', b'o', b'v', ..])) => ForeignFormat::Video,
        ([0x1a, 0x45, 0xdf, 0xa3, ..] | [0, 0, 1, 0xb3 | 0xba, ..], _) => ForeignFormat::Video,
        ([b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..], _) => ForeignFormat::Video,
        (
            [b'P', b'K', 3 | 5, ..]
            | [b'R', b'a', b'r', b'!', ..]
            | [b'7', b'z', 0xbc, 0xaf, ..]
            | [0x1f, 0x8b, ..],
            _,
        ) => ForeignFormat::Archive,
        _ => return Failure::UnknownFormat,
    };
    Failure::OtherFormat(format)
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
