//! The time at which a photograph was taken, from its EXIF data.

use crate::image::directories::Directories;

/// Maximum number of marks that are followed: each may lead through many directories.
const MOST_MARKS: usize = 16;

/// Returns the time in ISO 8601 without a zone, from a file's first bytes; `None` if it is unknown.
pub fn date_taken(bytes: &[u8]) -> Option<String> {
    // EXIF data are a TIFF file within another file, after a mark and, depending on the other format,
    // two zeros or a length: Exif in JPEG and HEIC, eXIf in PNG, EXIF in WebP.
    let marks = bytes.windows(4).enumerate().filter(|(_, mark)| mark.eq_ignore_ascii_case(b"exif"));
    let starts = marks.take(MOST_MARKS).flat_map(|(at, _)| [at + 4, at + 6, at + 8]);
    std::iter::once(0).chain(starts).find_map(|start| Directories::read(bytes.get(start..)?)?.date_taken())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a TIFF file with this time, by the specification: the directory with the camera's maker
    /// and the offset of the EXIF directory, which holds the time.
    fn tiff(is_big_endian: bool, time: &[u8; 19]) -> Vec<u8> {
        let short = |n: u16| if is_big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
        let long = |n: u32| if is_big_endian { n.to_be_bytes() } else { n.to_le_bytes() };
        let field =
            |tag, kind, count, value| [&short(tag)[..], &short(kind), &long(count), &long(value)].concat();
        let mut file = if is_big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        file.extend([&short(42)[..], &long(8), &short(2)].concat());
        file.extend([field(0x010F, 2, 4, 0), field(0x8769, 4, 1, 38), long(0).to_vec()].concat());
        file.extend([&short(1)[..], &field(0x9003, 2, 20, 56), &long(0)].concat());
        file.extend([&time[..], b"\0"].concat());
        file
    }

    #[test]
    fn time_is_read_in_both_orders_of_bytes_and_in_every_container() {
        for is_big_endian in [false, true] {
            let tiff = tiff(is_big_endian, b"2021:05:03 14:00:05");
            for before in [
                &b""[..],
                b"\xFF\xD8\xFF\xE1\0\x60Exif\0\0",
                b"\x89PNG\r\n\x1a\n\0\0\0\x60eXIf",
                b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0EXIF\x60\0\0\0",
                b"\0\0\0\x18ftypheicinfe\0\0Exif\0\0\0\0\0\0\0\x06Exif\0\0",
            ] {
                let file = [before, &tiff].concat();
                assert_eq!(date_taken(&file).as_deref(), Some("2021-05-03T14:00:05"), "{before:?}");
                for length in 0..file.len() - 1 {
                    assert_eq!(date_taken(&file[..length]), None, "{length} bytes of {before:?}");
                }
            }
        }
    }

    #[test]
    fn marks_without_data_are_followed_a_few_times() {
        let tiff = tiff(false, b"2021:05:03 14:00:05");
        let after = |marks: usize| [b"Exif".repeat(marks), b"\0\0".to_vec(), tiff.clone()].concat();
        assert!(date_taken(&after(MOST_MARKS)).is_some());
        assert_eq!(date_taken(&after(MOST_MARKS + 1)), None);
    }

    #[test]
    fn unset_clocks_and_other_texts_are_no_time() {
        for time in [b"0000:00:00 00:00:00", b"    :  :     :  :  ", b"2021-05-03 14:00:05"] {
            assert_eq!(date_taken(&tiff(false, time)), None);
        }
    }
}
