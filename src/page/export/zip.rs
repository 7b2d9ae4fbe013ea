//! A writer of archives of uncompressed files (PKWARE's APPNOTE 6.3, method 0; beyond 4 GB or 65,534 files with
//! the fields of Zip64, section 4.3.14).
//!
//! Pictures compress no further.

/// Version 2.0 of the format, which all readers support.
const VERSION: u16 = 20;

/// Version that introduced Zip64.
const VERSION_64: u16 = 45;

/// File names are UTF-8.
const UTF8: u16 = 1 << 11;

/// 1 January 1980, the first date of the format, and midnight.
const FIRST: Time = Time { date: 1 << 5 | 1, time: 0 };

/// A time in the format's two fields, without a zone.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Time {
    date: u16,
    time: u16,
}

impl Time {
    /// Reads a time in ISO 8601; any that the format cannot express is its first.
    fn read(text: &str) -> Self {
        let number = |from, to| text.get(from..to).and_then(|digits| digits.parse::<u16>().ok());
        let read = || {
            let year = number(0, 4)?.checked_sub(1980).filter(|year| *year < 128)?;
            let date = year << 9 | number(5, 7)? << 5 | number(8, 10)?;
            let time = number(11, 13)? << 11 | number(14, 16)? << 5 | (number(17, 19)? / 2);
            Some(Self { date, time })
        };
        read().unwrap_or(FIRST)
    }
}

/// A file of an archive, without its contents.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Path within the archive, with slashes.
    pub path: &'a str,
    /// Local time of the last change in ISO 8601; empty if unknown.
    pub modified: &'a str,
    /// CRC-32 of the contents.
    pub checksum: Checksum,
    /// Number of bytes of the contents.
    pub length: u32,
}

/// An archive being written, without the contents of its files.
#[derive(Debug, Default)]
pub struct Archive {
    directory: Vec<u8>,
    files: u64,
    length: u64,
}

impl Archive {
    /// Adds a file, and returns the bytes that precede its contents in the archive.
    pub fn add(&mut self, member: &Member) -> Vec<u8> {
        let start = self.length;
        let mut header = b"PK\x03\x04".to_vec();
        header.extend(member.fields(VERSION, 0));
        header.extend(member.path.as_bytes());
        self.files += 1;
        self.length += header.len() as u64 + u64::from(member.length);

        let (short, long) = match u32::try_from(start) {
            Ok(short) if short < u32::MAX => (short, Vec::new()),
            // The extra field 1 of eight bytes.
            _ => (u32::MAX, [&[1, 0, 8, 0], &start.to_le_bytes()[..]].concat()),
        };
        let version = if long.is_empty() { VERSION } else { VERSION_64 };
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION_64.to_le_bytes());
        self.directory.extend(member.fields(version, long.len() as u16));
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(short.to_le_bytes());
        self.directory.extend(member.path.as_bytes());
        self.directory.extend(long);
        header
    }

    /// Returns the bytes that follow the contents of the last file.
    pub fn finish(self) -> Vec<u8> {
        let (start, length) = (self.length, self.directory.len() as u64);
        let mut end = self.directory;
        let files = u16::try_from(self.files).unwrap_or(u16::MAX);
        let [short_length, short_start] =
            [length, start].map(|value| u32::try_from(value).unwrap_or(u32::MAX));
        if files == u16::MAX || short_start == u32::MAX || short_length == u32::MAX {
            end.extend(b"PK\x06\x06");
            // Bytes of this record after this field.
            end.extend(44_u64.to_le_bytes());
            end.extend([VERSION_64; 2].map(u16::to_le_bytes).concat());
            // First disk.
            end.extend([0; 8]);
            end.extend([self.files, self.files, length, start].map(u64::to_le_bytes).concat());
            end.extend(b"PK\x06\x07");
            end.extend([0; 4]);
            end.extend((start + length).to_le_bytes());
            end.extend(1_u32.to_le_bytes());
        }
        end.extend(b"PK\x05\x06");
        end.extend([0; 4]);
        end.extend([files; 2].map(u16::to_le_bytes).concat());
        end.extend([short_length, short_start].map(u32::to_le_bytes).concat());
        end.extend([0; 2]);
        end
    }
}

impl Member<'_> {
    /// Returns the fields that a file's own header and the directory share.
    fn fields(&self, version: u16, extra: u16) -> Vec<u8> {
        let method = 0;
        let Time { date, time } = Time::read(self.modified);
        let mut fields = [version, UTF8, method, time, date].map(u16::to_le_bytes).concat();
        fields.extend([self.checksum.finish(), self.length, self.length].map(u32::to_le_bytes).concat());
        fields.extend([self.path.len() as u16, extra].map(u16::to_le_bytes).concat());
        fields
    }
}

/// Packs named files; each has to be smaller than 4 GB.
pub fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Archive::default();
    let mut packed = Vec::new();
    for (path, contents) in files {
        let mut checksum = Checksum::default();
        checksum.update(contents);
        packed.extend(archive.add(&Member { path, modified: "", checksum, length: contents.len() as u32 }));
        packed.extend(*contents);
    }
    packed.extend(archive.finish());
    packed
}

/// The CRC-32 of IEEE 802.3 of bytes that come in portions.
#[derive(Clone, Copy, Debug)]
pub struct Checksum(u32);

impl Default for Checksum {
    fn default() -> Self {
        Self(u32::MAX)
    }
}

impl Checksum {
    /// Adds a portion.
    pub fn update(&mut self, bytes: &[u8]) {
        let step = |sum: u32, byte: &u8| TABLE[((sum ^ u32::from(*byte)) & 0xff) as usize] ^ (sum >> 8);
        self.0 = bytes.iter().fold(self.0, step);
    }

    const fn finish(self) -> u32 {
        !self.0
    }
}

/// Change of the checksum by each value of a byte.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < table.len() {
        let mut sum = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Result, Seek, SeekFrom};

    use super::*;

    fn checksum(bytes: &[u8]) -> Checksum {
        let mut checksum = Checksum::default();
        checksum.update(bytes);
        checksum
    }

    #[test]
    fn another_reader_reads_the_files() {
        let large: Vec<u8> = (0..100_000_u32).map(|i| (i.wrapping_mul(i) % 251) as u8).collect();
        let files: [(&str, &[u8]); 3] = [("a.txt", b"123456789"), ("empty", b""), ("dé/large.bin", &large)];
        let mut archive = zip::ZipArchive::new(Cursor::new(pack(&files))).expect("it is an archive");
        assert_eq!(archive.len(), files.len());
        for (place, (name, contents)) in files.into_iter().enumerate() {
            let mut file = archive.by_index(place).expect("the file is there");
            assert_eq!(file.name().expect("it is UTF-8"), name);
            let mut read = Vec::new();
            // The reader compares the checksum at the end.
            file.read_to_end(&mut read).expect("the file is whole");
            assert_eq!(read, contents);
        }
    }

    /// Pieces at their places, between zeros that take no memory.
    struct Sparse {
        pieces: Vec<(u64, Vec<u8>)>,
        length: u64,
        at: u64,
    }

    impl Sparse {
        fn push(&mut self, piece: Vec<u8>) {
            let start = self.length;
            self.length += piece.len() as u64;
            self.pieces.push((start, piece));
        }
    }

    impl Read for Sparse {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            let count = (buffer.len() as u64).min(self.length - self.at) as usize;
            for (place, byte) in (self.at..).zip(&mut buffer[..count]) {
                let piece = self.pieces.iter().rev().find(|(start, _)| *start <= place);
                let found = piece.and_then(|(start, piece)| piece.get((place - start) as usize));
                *byte = found.copied().unwrap_or(0);
            }
            self.at += count as u64;
            Ok(count)
        }
    }

    impl Seek for Sparse {
        fn seek(&mut self, to: SeekFrom) -> Result<u64> {
            self.at = match to {
                SeekFrom::Start(place) => place,
                SeekFrom::End(back) => self.length.checked_add_signed(back).expect("a place"),
                SeekFrom::Current(on) => self.at.checked_add_signed(on).expect("a place"),
            };
            Ok(self.at)
        }
    }

    #[test]
    fn archives_beyond_four_gigabytes_are_read() {
        let mut archive = Archive::default();
        let mut written = Sparse { pieces: Vec::new(), length: 0, at: 0 };
        for path in ["a", "b"] {
            let member = Member { path, modified: "", checksum: checksum(b""), length: u32::MAX - 1 };
            written.push(archive.add(&member));
            written.length += u64::from(member.length);
        }
        let last = Member { path: "last", modified: "", checksum: checksum(b"likeness"), length: 8 };
        written.push(archive.add(&last));
        written.push(b"likeness".to_vec());
        written.push(archive.finish());
        assert!(written.length > 2 * u64::from(u32::MAX));
        let mut read = zip::ZipArchive::new(written).expect("it is an archive");
        let mut contents = String::new();
        read.by_name("last").expect("it is there").read_to_string(&mut contents).expect("it is whole");
        assert_eq!((read.len(), contents.as_str()), (3, "likeness"));
        assert_eq!(read.by_name("b").expect("it is there").size(), u64::from(u32::MAX - 1));
    }

    #[test]
    fn any_number_of_files_is_read() {
        let names: Vec<String> = (0..70_000).map(|name: u32| name.to_string()).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
        let read = zip::ZipArchive::new(Cursor::new(pack(&files))).expect("it is an archive");
        assert_eq!(read.len(), files.len());
    }

    #[test]
    fn times_are_kept_to_two_seconds() {
        let time = |text| {
            let mut archive = Archive::default();
            let mut bytes =
                archive.add(&Member { path: "a", modified: text, checksum: checksum(b""), length: 0 });
            bytes.extend(archive.finish());
            let mut read = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is an archive");
            let time = read.by_index(0).expect("it is there").last_modified().expect("it is a time");
            let date = [time.year(), time.month().into(), time.day().into()];
            (date, [time.hour(), time.minute(), time.second()])
        };
        assert_eq!(time("2024-05-03T12:59:05Z"), ([2024, 5, 3], [12, 59, 4]));
        let first = ([1980, 1, 1], [0, 0, 0]);
        assert_eq!(["", "1979-12-31T00:00:00Z", "2108-01-01T00:00:00Z", "soon"].map(time), [first; 4]);
    }

    #[test]
    fn checksum_matches_the_published_value() {
        assert_eq!(checksum(b"123456789").finish(), 0xcbf4_3926);
        let mut portions = checksum(b"1234");
        portions.update(b"56789");
        assert_eq!(portions.finish(), 0xcbf4_3926);
    }
}
