//! A picture file's dimensions, read from its first bytes: enough to refuse a
//! monster before a decoder reserves memory for it.

/// Bytes from the start of a file that hold the dimensions in practice (a JPEG may
/// carry several 64 KiB blocks of metadata before them).
pub const HEADER_BYTES: u32 = 256 * 1024;

/// Width and height of a PNG, JPEG, GIF, BMP or WebP file; `None` for others.
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    png(bytes).or_else(|| gif(bytes)).or_else(|| bmp(bytes)).or_else(|| webp(bytes)).or_else(|| jpeg(bytes))
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n").then_some(())?;
    Some((u32::from_be_bytes(array(bytes, 16)?), u32::from_be_bytes(array(bytes, 20)?)))
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"GIF8").then_some(())?;
    let side = |at| Some(u32::from(u16::from_le_bytes(array(bytes, at)?)));
    Some((side(6)?, side(8)?))
}

fn bmp(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"BM").then_some(())?;
    // A negative height means rows from top to bottom.
    let side = |at| Some(i32::from_le_bytes(array(bytes, at)?).unsigned_abs());
    Some((side(18)?, side(22)?))
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
    bytes.starts_with(&[0xFF, 0xD8]).then_some(())?;
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
    fn dimensions_are_those_that_encoders_write() {
        for format in
            [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP]
        {
            let mut file = Cursor::new(Vec::new());
            DynamicImage::new_rgb8(37, 21).write_to(&mut file, format).expect("it encodes");
            assert_eq!(dimensions(file.get_ref()), Some((37, 21)), "{format:?}");
        }
    }

    #[test]
    fn a_jpeg_may_begin_with_metadata() {
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
    fn anything_cut_short_or_foreign_has_none() {
        for bytes in [&b""[..], b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"BM", b"RIFF....WEBP", b"hello"] {
            assert_eq!(dimensions(bytes), None, "{bytes:?}");
        }
    }
}
