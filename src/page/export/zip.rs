//! A writer of archives of uncompressed files (PKWARE's APPNOTE 6.3, method 0).
//!
//! Most of the content is a PNG, which compresses no further.

/// Version 2.0 of the format, which all readers support.
const VERSION: u16 = 20;

/// File names are UTF-8.
const UTF8: u16 = 1 << 11;

/// 1 January 1980, the first date of the format.
const DATE: u16 = 1 << 5 | 1;

/// Packs named files; together they have to be smaller than 4 GB.
pub fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, contents) in files {
        let start = archive.len() as u32;
        let entry = entry(name, contents);
        archive.extend(b"PK\x03\x04");
        archive.extend(&entry);
        archive.extend(name.as_bytes());
        archive.extend(*contents);

        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&entry);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, length) = (archive.len() as u32, directory.len() as u32);
    archive.append(&mut directory);
    archive.extend(b"PK\x05\x06");
    archive.extend([0; 4]);
    archive.extend([files.len() as u16; 2].map(u16::to_le_bytes).concat());
    archive.extend([length, start].map(u32::to_le_bytes).concat());
    archive.extend([0; 2]);
    archive
}

/// Returns the fields that a file's own header and the directory share.
fn entry(name: &str, contents: &[u8]) -> Vec<u8> {
    let method = 0;
    let time = 0;
    let length = contents.len() as u32;
    let mut entry = [VERSION, UTF8, method, time, DATE].map(u16::to_le_bytes).concat();
    entry.extend([checksum(contents), length, length].map(u32::to_le_bytes).concat());
    let more = 0;
    entry.extend([name.len() as u16, more].map(u16::to_le_bytes).concat());
    entry
}

/// Computes the CRC-32 of IEEE 802.3.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| TABLE[((sum ^ u32::from(*byte)) & 0xff) as usize] ^ (sum >> 8);
    !bytes.iter().fold(u32::MAX, step)
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
    use std::io::{Cursor, Read};

    use super::*;

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

    #[test]
    fn checksum_matches_the_published_value() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }
}
