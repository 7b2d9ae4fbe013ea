//! Programs that decode what browsers cannot, by format.

/// A program that decodes files (`src/bin`), with nothing else in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// The formats of the `image` crate.
    Common,
    /// HEIC, the format of many phones' photographs.
    Heic,
    /// JPEG XL.
    JpegXl,
}

/// Brands of HEIF files with pictures in HEVC, or in several formats.
const HEIC_BRANDS: [&[u8; 4]; 8] = [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"];

impl Codec {
    /// All programs.
    pub const ALL: [Self; 3] = [Self::Common, Self::Heic, Self::JpegXl];

    /// Returns the program for a file, by its first bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let brand = || HEIC_BRANDS.iter().any(|brand| bytes[8..].starts_with(*brand));
        match (bytes, bytes.get(4..12)) {
            (_, Some([b'f', b't', b'y', b'p', ..])) if brand() => Self::Heic,
            ([0xff, 0x0a, ..], _) | (_, Some(b"JXL \r\n\x87\n")) => Self::JpegXl,
            _ => Self::Common,
        }
    }

    /// Returns the prefix of the names of the program's files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Common => "decoder",
            Self::Heic => "decoder_heic",
            Self::JpegXl => "decoder_jxl",
        }
    }
}
