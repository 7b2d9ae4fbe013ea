//! TIFF, which browsers leave to the page's own decoders: depths, colours, compressions, valid and faulty.

use std::io::Cursor;

use anyhow::Result;
use tiff::encoder::colortype::{CMYK8, ColorType, Gray8, Gray16, RGB8, RGB16, RGB32Float, RGBA8};
use tiff::encoder::{Compression, TiffEncoder, TiffValue};
use tiff::tags::Tag;

use crate::Fate::Picture;
use crate::{DAMAGED, OddFile};

/// Files written by tifffile with `tifffile/write.py`: in planes and tiles or strips, of 8 and 16 bits.
const IN_PIECES: [(&str, &[u8]); 7] = [
    ("planar-tiles.tiff", include_bytes!("tifffile/planar-tiles.tiff")),
    ("planar-tiles-16-bit.tiff", include_bytes!("tifffile/planar-tiles-16-bit.tiff")),
    ("planar-tiles-alpha.tiff", include_bytes!("tifffile/planar-tiles-alpha.tiff")),
    ("planar-strips.tiff", include_bytes!("tifffile/planar-strips.tiff")),
    ("planar-strips-16-bit.tiff", include_bytes!("tifffile/planar-strips-16-bit.tiff")),
    ("tiles.tiff", include_bytes!("tifffile/tiles.tiff")),
    ("tiles-16-bit.tiff", include_bytes!("tifffile/tiles-16-bit.tiff")),
];

/// Side of the pictures.
const SIDE: u32 = 20;

/// Returns the files written by tifffile.
pub fn in_pieces() -> Vec<OddFile> {
    IN_PIECES.iter().map(|&(name, bytes)| OddFile::new(name, bytes, Picture)).collect()
}

pub fn files() -> Result<Vec<OddFile>> {
    let plain = flat::<RGB8>(&[210, 30, 20], Compression::Uncompressed, 1)?;
    let mut bomb = plain.clone();
    set_sides(&mut bomb, 30_000);
    let mut large = plain.clone();
    set_sides(&mut large, 15_000);
    let nowhere = [&b"II\x2a\0"[..], &u32::MAX.to_le_bytes()].concat();
    // A directory that is followed by itself.
    let circle = [&b"II\x2a\0\x08\0\0\0"[..], &[0, 0], &8_u32.to_le_bytes()].concat();
    let mut files = vec![
        OddFile::new("rgb.tiff", plain.clone(), Picture),
        OddFile::new("rgba.tiff", flat::<RGBA8>(&[210, 30, 20, 128], Compression::Uncompressed, 1)?, Picture),
        OddFile::new("grey.tiff", flat::<Gray8>(&[90], Compression::Uncompressed, 1)?, Picture),
        OddFile::new("16-bit-grey.tiff", flat::<Gray16>(&[9000], Compression::Uncompressed, 1)?, Picture),
        OddFile::new("12-bit-grey.tiff", flat::<Gray16>(&[4000], Compression::Uncompressed, 1)?, Picture),
        OddFile::new(
            "16-bit-rgb.tiff",
            flat::<RGB16>(&[60_000, 8000, 0], Compression::Uncompressed, 1)?,
            Picture,
        ),
        OddFile::new(
            "float.tiff",
            flat::<RGB32Float>(&[0.9, 0.1, 0.1], Compression::Uncompressed, 1)?,
            Picture,
        ),
        OddFile::new("cmyk.tiff", flat::<CMYK8>(&[0, 220, 220, 10], Compression::Uncompressed, 1)?, Picture),
        OddFile::new("lzw.tiff", flat::<RGB8>(&[210, 30, 20], Compression::Lzw, 1)?, Picture),
        OddFile::new("packed.tiff", flat::<RGB8>(&[210, 30, 20], Compression::Packbits, 1)?, Picture),
        OddFile::new(
            "three-pages.tiff",
            flat::<RGB8>(&[20, 40, 200], Compression::Uncompressed, 3)?,
            Picture,
        ),
        OddFile::new("bomb.tiff", bomb, DAMAGED),
        OddFile::new("large-claim.tiff", large, DAMAGED),
        OddFile::new("cut.tiff", &plain[..plain.len() / 2], DAMAGED),
        OddFile::new("nowhere.tiff", nowhere, DAMAGED),
        OddFile::new("circle.tiff", circle, DAMAGED),
    ];
    files.extend(in_pieces());
    Ok(files)
}

/// Returns pages of one colour.
fn flat<C: ColorType>(pixel: &[C::Inner], compression: Compression, pages: usize) -> Result<Vec<u8>>
where
    C::Inner: Copy,
    [C::Inner]: TiffValue,
{
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)?.with_compression(compression);
    for _ in 0..pages {
        encoder.write_image::<C>(SIDE, SIDE, &pixel.repeat((SIDE * SIDE) as usize))?;
    }
    Ok(bytes.into_inner())
}

/// Makes a little-endian file claim other sides.
fn set_sides(tiff: &mut [u8], side: u16) {
    for tag in [Tag::ImageWidth, Tag::ImageLength] {
        let tag = tag.to_u16().to_le_bytes();
        let entry = tiff.windows(2).rposition(|bytes| bytes == tag).expect("the directory holds it");
        tiff[entry + 8..entry + 12].copy_from_slice(&u32::from(side).to_le_bytes());
    }
}
