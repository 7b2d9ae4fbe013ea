//! HEIC and HEIF files, in which many phones keep their photographs.

use heifer::{Error, Options, heifer_isobmff::HeifFile};
use image::RgbaImage;

use super::{Failure, MAX_DECODED_PIXELS};

/// Largest number of pixels decoded for one picture, in multiples of [`MAX_DECODED_PIXELS`]: its own, and those of
/// its tiles, which may be used repeatedly.
const MAX_WORK: u64 = 3;

/// Decodes a file, upright and in sRGB where its colours can be converted.
pub fn read(bytes: &[u8]) -> Result<RgbaImage, Failure> {
    let options = Options { max_threads: 1, max_pixels: MAX_DECODED_PIXELS };
    let file = HeifFile::parse(bytes).map_err(|error| failure(&error.into()))?;
    let area = |id| {
        let [width, height] =
            file.image_size(id).ok().flatten().map_or([0; 2], |(width, height)| [width, height]);
        u64::from(width) * u64::from(height)
    };
    let tiles = file.referenced_items(file.primary_id, b"dimg");
    let work = tiles.iter().map(|tile| area(*tile)).fold(area(file.primary_id), u64::saturating_add);
    if area(file.primary_id) > MAX_DECODED_PIXELS || work > MAX_WORK * MAX_DECODED_PIXELS {
        return Err(Failure::TooMuchMemory);
    }
    let image = match heifer::decode_srgb_rgba8(bytes, &options) {
        // Colours for high dynamic range, and profiles of printers: values as they are.
        Err(Error::Unsupported(_)) => heifer::decode_rgba8(bytes, &options),
        decoded => decoded,
    };
    let image = image.map_err(|error| failure(&error))?;
    RgbaImage::from_raw(image.width, image.height, image.data).ok_or(Failure::NoPixels)
}

/// Converts the decoder's error, which is meant for programmers.
fn failure(error: &Error) -> Failure {
    let format = "HEIC".to_owned();
    match error {
        Error::Unsupported(_) => Failure::UnknownKind { format },
        _ => Failure::Damaged { format },
    }
}
