//! Dimensions from a picture file's first bytes: enough to refuse a huge picture before a decoder
//! reserves memory for it.

/// Number of bytes from the start of a file that contain the dimensions in practice (a JPEG may have
/// several 64 KiB blocks of metadata before them).
pub const HEADER_BYTES: u32 = 256 * 1024;

/// Number of bytes to search in a JPEG without earlier dimensions, so that long metadata cannot hide
/// them.
pub const LONG_HEADER_BYTES: u32 = 8 * 1024 * 1024;

/// Returns whether a file is a JPEG by its first bytes.
pub fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, 0xD8])
}

/// Returns width and height of a PNG, JPEG, GIF, BMP, WebP, AVIF or HEIC file; `None` for others.
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    [png, gif, bmp, webp, heif, jpeg].into_iter().find_map(|read| read(bytes))
}

/// Returns whether the page's own decoders are to be preferred to the browser's: for PNGs of 16 bits, of
/// which fewer may be in use, and for WebPs with EXIF, whose orientation not every browser applies.
pub fn prefers_own_decoders(bytes: &[u8]) -> bool {
    let has = |at, bits: u8| bytes.get(at).is_some_and(|byte| byte & bits == bits);
    match bytes.get(12..16) {
        Some(b"IHDR") => has(24, 16),
        Some(b"VP8X") => has(20, 8),
        _ => false,
    }
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16)? == b"IHDR").then_some(())?;
    Some((u32::from_be_bytes(array(bytes, 16)?), u32::from_be_bytes(array(bytes, 20)?)))
}

/// Returns the size of a GIF's screen, or of its first frame if that is larger: decoders reserve
/// memory for both.
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"GIF8").then_some(())?;
    let side = |at| Some(u32::from(u16::from_le_bytes(array(bytes, at)?)));
    let screen = (side(6)?, side(8)?);
    let frame = first_frame(bytes).and_then(|at| Some((side(at + 5)?, side(at + 7)?)));
    let (width, height) = frame.unwrap_or_default();
    Some((screen.0.max(width), screen.1.max(height)))
}

/// Returns the offset of a GIF's first frame, after the colours and the extensions.
fn first_frame(bytes: &[u8]) -> Option<usize> {
    let flags = bytes.get(10)?;
    let colours = if flags & 0x80 == 0 { 0 } else { 2 << (flags & 7) };
    let mut at = 13 + 3 * colours;
    while *bytes.get(at)? == 0x21 {
        at += 2;
        while *bytes.get(at)? != 0 {
            at += 1 + usize::from(bytes[at]);
        }
        at += 1;
    }
    (bytes[at] == 0x2C).then_some(at)
}

fn bmp(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"BM").then_some(())?;
    if u32::from_le_bytes(array(bytes, 14)?) == 12 {
        // The older header, of OS/2.
        let side = |at| Some(u32::from(u16::from_le_bytes(array(bytes, at)?)));
        return Some((side(18)?, side(20)?));
    }
    // A negative height means rows from top to bottom.
    let side = |at| Some(i32::from_le_bytes(array(bytes, at)?).unsigned_abs());
    Some((side(18)?, side(22)?))
}

/// Returns the largest of the pictures that make up an AVIF or HEIC file.
fn heif(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.get(4..8)? == b"ftyp").then_some(())?;
    let extents = bytes.windows(4).enumerate().filter(|(_, name)| name == b"ispe");
    let sides = extents.filter_map(|(at, _)| {
        let side = |at| Some(u32::from_be_bytes(array(bytes, at)?));
        Some((side(at + 8)?, side(at + 12)?))
    });
    sides.max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP").then_some(())?;
    match bytes.get(12..16)? {
        b"VP8X" => {
            let side = |at: usize| {
                let [a, b, c] = array(bytes, at)?;
                Some(u32::from_le_bytes([a, b, c, 0]) + 1)
            };
            Some((side(24)?, side(27)?))
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(array(bytes, 21)?);
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        b"VP8 " => {
            let side = |at| Some(u32::from(u16::from_le_bytes(array(bytes, at)?) & 0x3FFF));
            Some((side(26)?, side(28)?))
        }
        _ => None,
    }
}

/// Walks a JPEG's segments to the first frame header.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    is_jpeg(bytes).then_some(())?;
    let mut at = 2;
    loop {
        let [0xFF, marker] = array(bytes, at)? else { return None };
        match marker {
            // Padding, and markers without a length.
            0xFF => at += 1,
            0x01 | 0xD0..=0xD8 => at += 2,
            // Frame headers; C4, C8 and CC are tables.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let side = |at| Some(u32::from(u16::from_be_bytes(array(bytes, at)?)));
                return Some((side(at + 7)?, side(at + 5)?));
            }
            _ => at += 2 + usize::from(u16::from_be_bytes(array(bytes, at + 2)?)),
        }
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat};

    use super::*;

    #[test]
    fn dimensions_match_those_that_encoders_write() {
        for format in
            [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP]
        {
            let mut file = Cursor::new(Vec::new());
            DynamicImage::new_rgb8(37, 21).write_to(&mut file, format).expect("it encodes");
            assert_eq!(dimensions(file.get_ref()), Some((37, 21)), "{format:?}");
        }
    }

    #[test]
    fn deep_pngs_and_webps_with_exif_are_for_the_own_decoders() {
        let preferred = |picture: DynamicImage, format| {
            let mut file = Cursor::new(Vec::new());
            picture.write_to(&mut file, format).expect("it encodes");
            prefers_own_decoders(file.get_ref())
        };
        assert!(preferred(DynamicImage::new_luma16(3, 3), ImageFormat::Png));
        assert!(!preferred(DynamicImage::new_rgb8(3, 3), ImageFormat::Png));
        assert!(!preferred(DynamicImage::new_rgb8(3, 3), ImageFormat::WebP));
        let mut webp = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0".to_vec();
        assert!(prefers_own_decoders(&webp));
        webp[20] = 2;
        assert!(!prefers_own_decoders(&webp));
    }

    #[test]
    fn jpeg_may_begin_with_metadata() {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(5, 9).write_to(&mut file, ImageFormat::Jpeg).expect("it encodes");
        let mut bytes = file.into_inner();
        let mut segment = vec![0xFF, 0xE1, 0x40, 0x00];
        segment.resize(2 + 0x4000, 0xC0);
        bytes.splice(2..2, segment);
        assert_eq!(dimensions(&bytes), Some((5, 9)));
    }

    #[test]
    fn webp_in_its_extended_and_lossy_forms() {
        let mut extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
        extended.extend([0x0F, 0x27, 0, 0xFF, 0, 0]);
        assert_eq!(dimensions(&extended), Some((10_000, 256)));
        let mut lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a".to_vec();
        lossy.extend([0x40, 0x01, 0xF0, 0x00]);
        assert_eq!(dimensions(&lossy), Some((320, 240)));
    }

    #[test]
    fn frame_larger_than_its_screen_counts() {
        let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF".to_vec();
        gif.extend(b"\x21\xF9\x04\0\0\0\0\0\x21\xFE\x03abc\x02de\0");
        assert_eq!(dimensions(&gif), Some((1, 1)));
        gif.extend(b"\x2C\0\0\0\0\x30\x75\x31\x75\0");
        assert_eq!(dimensions(&gif), Some((30_000, 30_001)));
    }

    #[test]
    fn bitmaps_of_both_headers() {
        let mut old = b"BM\0\0\0\0\0\0\0\0\x1A\0\0\0\x0C\0\0\0".to_vec();
        old.extend([0x40, 0, 0x30, 0, 1, 0, 24, 0]);
        assert_eq!(dimensions(&old), Some((64, 48)));
        let mut topdown = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
        topdown.extend(64_i32.to_le_bytes().into_iter().chain((-48_i32).to_le_bytes()));
        assert_eq!(dimensions(&topdown), Some((64, 48)));
    }

    #[test]
    fn largest_part_of_an_avif_counts() {
        let mut avif = b"\0\0\0\x14ftypavif\0\0\0\0avif".to_vec();
        for (width, height) in [(64_u32, 64_u32), (30_000, 20_000), (512, 512)] {
            avif.extend(b"\0\0\0\x14ispe\0\0\0\0");
            avif.extend(width.to_be_bytes().into_iter().chain(height.to_be_bytes()));
        }
        assert_eq!(dimensions(&avif), Some((30_000, 20_000)));
    }

    #[test]
    fn truncated_and_foreign_files_have_no_dimensions() {
        for bytes in [&b""[..], b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"BM", b"RIFF....WEBP", b"hello"] {
            assert_eq!(dimensions(bytes), None, "{bytes:?}");
        }
    }
}
