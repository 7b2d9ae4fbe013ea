//! Directories of TIFF files, which most cameras' raw files and all EXIF data are: previews, pages and dates.

/// Maximum number of directories read.
const MOST: usize = 64;

/// Tags of the entries that are read.
mod tag {
    pub const SUBFILE_TYPE: u16 = 254;
    pub const COMPRESSION: u16 = 259;
    pub const PHOTOMETRIC: u16 = 262;
    pub const STRIP_OFFSETS: u16 = 273;
    pub const ORIENTATION: u16 = 274;
    pub const STRIP_LENGTHS: u16 = 279;
    pub const SUB_DIRECTORIES: u16 = 330;
    pub const JPEG_OFFSET: u16 = 513;
    pub const JPEG_LENGTH: u16 = 514;
    pub const EXIF: u16 = 0x8769;
    pub const DATE_TIME_ORIGINAL: u16 = 0x9003;
}

/// Photometric interpretations of a sensor's values: behind a colour filter, and without one.
const SENSOR: [u32; 2] = [32_803, 34_892];

/// Compressions by JPEG, older and newer.
const JPEG: [u32; 2] = [6, 7];

/// Form of a date and time.
const DATE_TIME: &[u8; 19] = b"0000:00:00 00:00:00";

/// The directories of a file: those of its pages first.
pub struct Directories<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
    starts: Vec<usize>,
    /// Number of directories in the chain of pages.
    chain: usize,
}

impl<'a> Directories<'a> {
    /// Reads a file's directories; `None` if it is no TIFF.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let is_big_endian = match bytes.get(..4)? {
            b"II\x2a\0" => false,
            b"MM\0\x2a" => true,
            _ => return None,
        };
        let mut found = Self { bytes, is_big_endian, starts: Vec::new(), chain: 0 };
        let mut next = found.number(4, 4)?;
        while found.push(next) {
            let start = next as usize;
            let end = start + 2 + 12 * found.number(start, 2).unwrap_or_default() as usize;
            next = found.number(end, 4).unwrap_or_default();
        }
        found.chain = found.starts.len();
        for place in 0..found.chain {
            let children = found.values(found.starts[place], tag::SUB_DIRECTORIES);
            for start in children {
                found.push(start);
            }
        }
        Some(found)
    }

    /// Adds a directory, unless it is known, outside of the file or one too many; returns whether it did.
    fn push(&mut self, start: u32) -> bool {
        let start = start as usize;
        let is_new = (1..self.bytes.len()).contains(&start) && !self.starts.contains(&start);
        let is_added = is_new && self.starts.len() < MOST;
        if is_added {
            self.starts.push(start);
        }
        is_added
    }

    /// Returns whether the file holds a camera's raw values.
    pub fn is_raw(&self) -> bool {
        let is_sensor =
            |start: &usize| self.value(*start, tag::PHOTOMETRIC).is_some_and(|found| SENSOR.contains(&found));
        // Canon's second version has a mark of its own.
        self.bytes.get(8..10) == Some(b"CR") || self.starts.iter().any(is_sensor)
    }

    /// Returns the JPEG files within, the longest first.
    pub fn previews(&self) -> Vec<&'a [u8]> {
        let pair = |start: usize, offset, length| {
            let [offset, length] = [offset, length].map(|tag| self.values(start, tag));
            let ([offset], [length]) = (offset.as_slice(), length.as_slice()) else { return None };
            let end = (*offset as usize).checked_add(*length as usize)?;
            self.bytes.get(*offset as usize..end).filter(|jpeg| jpeg.starts_with(&[0xFF, 0xD8]))
        };
        let in_strip = |start: &usize| {
            let is_jpeg = self.value(*start, tag::COMPRESSION).is_some_and(|found| JPEG.contains(&found));
            is_jpeg.then(|| pair(*start, tag::STRIP_OFFSETS, tag::STRIP_LENGTHS)).flatten()
        };
        let apart = |start: &usize| pair(*start, tag::JPEG_OFFSET, tag::JPEG_LENGTH);
        let mut found: Vec<_> =
            self.starts.iter().filter_map(apart).chain(self.starts.iter().filter_map(in_strip)).collect();
        found.sort_by_key(|jpeg| std::cmp::Reverse(jpeg.len()));
        found
    }

    /// Returns the EXIF orientation of the first directory.
    pub fn orientation(&self) -> Option<u8> {
        u8::try_from(self.value(*self.starts.first()?, tag::ORIENTATION)?).ok()
    }

    /// Returns whether there are pages after the first; smaller copies of it do not count.
    pub fn has_more_pages(&self) -> bool {
        let rest = self.starts[..self.chain].iter().skip(1);
        rest.copied().any(|start| self.value(start, tag::SUBFILE_TYPE).unwrap_or_default() & 1 == 0)
    }

    /// Returns the time at which the photograph was taken, in ISO 8601 without a zone.
    pub fn date_taken(&self) -> Option<String> {
        let exif = self.value(*self.starts.first()?, tag::EXIF)? as usize;
        let at = self.number(self.entry(exif, tag::DATE_TIME_ORIGINAL)? + 8, 4)? as usize;
        let text = self.bytes.get(at..)?.first_chunk::<{ DATE_TIME.len() }>()?;
        let fits =
            |(letter, form): (&u8, &u8)| if *form == b'0' { letter.is_ascii_digit() } else { letter == form };
        // Cameras whose clock was never set write zeros.
        let is_date = text.iter().zip(DATE_TIME).all(fits) && !text.starts_with(b"0000");
        let text = str::from_utf8(text).ok().filter(|_| is_date)?;
        let (date, time) = text.split_once(' ')?;
        Some(format!("{}T{time}", date.replace(':', "-")))
    }

    fn value(&self, start: usize, tag: u16) -> Option<u32> {
        self.values(start, tag).first().copied()
    }

    /// Returns the values of an entry of 16- or 32-bit integers.
    fn values(&self, start: usize, tag: u16) -> Vec<u32> {
        self.entry(start, tag).and_then(|entry| self.read_values(entry)).unwrap_or_default()
    }

    /// Returns the offset of an entry of the directory at an offset.
    fn entry(&self, start: usize, tag: u16) -> Option<usize> {
        let first = start.checked_add(2)?;
        let mut entries = (0..self.number(start, 2)? as usize).map(|place| first + 12 * place);
        entries.find(|entry| self.number(*entry, 2) == Some(tag.into()))
    }

    fn read_values(&self, entry: usize) -> Option<Vec<u32>> {
        let width = match self.number(entry + 2, 2)? {
            3 => 2,
            // Whole numbers, and offsets of directories.
            4 | 13 => 4,
            _ => return None,
        };
        let count = (self.number(entry + 4, 4)? as usize).min(MOST);
        let at = if count * width > 4 { self.number(entry + 8, 4)? as usize } else { entry + 8 };
        (0..count).map(|place| self.number(at.checked_add(place * width)?, width)).collect()
    }

    /// Reads a number of this many bytes.
    fn number(&self, at: usize, width: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(width)?)?.iter().map(|byte| u32::from(*byte));
        let join = |number, byte| number << 8 | byte;
        Some(if self.is_big_endian { bytes.fold(0, join) } else { bytes.rev().fold(0, join) })
    }
}
