//! HEIC and JPEG XL files, written by libheif and libjxl with `phones/write.py`.

use crate::{DAMAGED, Fate, OddFile, first_part};

/// A file's name with its contents.
type Written = (&'static str, &'static [u8]);

/// The files.
const WRITTEN: [Written; 12] = [
    ("plain.heic", include_bytes!("phones/plain.heic")),
    ("turned.heic", include_bytes!("phones/turned.heic")),
    ("turned-with-exif.heic", include_bytes!("phones/turned-with-exif.heic")),
    ("tiles.heic", include_bytes!("phones/tiles.heic")),
    ("10-bit.heic", include_bytes!("phones/10-bit.heic")),
    ("full-chroma.heic", include_bytes!("phones/full-chroma.heic")),
    ("alpha.heic", include_bytes!("phones/alpha.heic")),
    ("plain.jxl", include_bytes!("phones/plain.jxl")),
    ("lossless.jxl", include_bytes!("phones/lossless.jxl")),
    ("alpha.jxl", include_bytes!("phones/alpha.jxl")),
    ("turned.jxl", include_bytes!("phones/turned.jxl")),
    ("16-bit.jxl", include_bytes!("phones/16-bit.jxl")),
];

/// Returns the written files.
pub fn written() -> Vec<OddFile> {
    WRITTEN.iter().map(|(name, bytes)| OddFile::new(*name, *bytes, Fate::Picture)).collect()
}

/// Returns the written files, and damaged ones.
pub fn files() -> Vec<OddFile> {
    let cut = written()
        .into_iter()
        .filter(|file| file.name.starts_with("plain"))
        .map(|file| OddFile::new(format!("half-of-{}", file.name), first_part(&file.bytes, 2), DAMAGED));
    written().into_iter().chain(cut).collect()
}
