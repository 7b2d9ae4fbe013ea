//! JPEG XL files.

use image::RgbaImage;
use jxl::{
    api::{Event, JxlDecoder, JxlDecoderOptions, JxlOutputBuffer, JxlPixelFormat, ProfileLevel},
    error::Error,
};

use super::{Failure, MAX_DECODED_PIXELS};

/// Largest number of channels: colours, transparency and others.
const MAX_CHANNELS: usize = 8;

/// Decodes the first frame of a file, upright.
pub fn read(bytes: &[u8]) -> Result<RgbaImage, Failure> {
    let mut options = JxlDecoderOptions::default();
    options.sample_limit = Some(MAX_CHANNELS / 2 * MAX_DECODED_PIXELS as usize);
    options.max_profile_level = ProfileLevel::Main10;
    let mut decoder = JxlDecoder::new(options);
    let mut input = bytes;
    let Event::BasicInfo = decoder.process(&mut input, None, None).map_err(|error| failure(&error))? else {
        return Err(damaged());
    };
    let info = decoder.basic_info().ok_or_else(damaged)?;
    let ((width, height), channels) = (info.size, info.extra_channels.len());
    if width as u64 * height as u64 > MAX_DECODED_PIXELS || channels > MAX_CHANNELS {
        return Err(Failure::TooMuchMemory);
    }
    decoder.set_pixel_format(JxlPixelFormat::rgba8(channels)).map_err(|error| failure(&error))?;
    let mut pixels = vec![0; width * height * 4];
    loop {
        let mut output = [JxlOutputBuffer::new(&mut pixels, height, width * 4)];
        match decoder.process(&mut input, Some(&mut output), None).map_err(|error| failure(&error))? {
            Event::FrameComplete { .. } | Event::Complete => break,
            Event::NeedMoreInput { .. } => return Err(damaged()),
            _ => {}
        }
    }
    RgbaImage::from_raw(width as u32, height as u32, pixels).ok_or(Failure::NoPixels)
}

fn damaged() -> Failure {
    Failure::Damaged { format: "JPEG XL".to_owned() }
}

/// Converts the decoder's error, which is meant for programmers.
fn failure(error: &Error) -> Failure {
    match error {
        Error::ImageSizeTooLarge(..)
        | Error::ImageDimensionTooLarge(_)
        | Error::ImageOutOfMemory(..)
        | Error::OutOfMemory(_) => Failure::TooMuchMemory,
        _ => damaged(),
    }
}
