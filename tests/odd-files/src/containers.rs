//! The rarer formats, and files that are not pictures, whatever their names.

use anyhow::Result;
use image::{DynamicImage, ImageFormat};

use crate::Fate::{Either, Picture, Refused};
use crate::{DAMAGED, FOREIGN, OddFile, TOO_LARGE, encode, first_part, halves};

/// Two by two pixels, written by libavif.
const AVIF: &[u8] = include_bytes!("two-by-two.avif");

pub fn files() -> Result<Vec<OddFile>> {
    let halves = DynamicImage::from(halves(24, 16));
    let qoi = encode(halves.clone(), ImageFormat::Qoi)?;
    let mut qoi_bomb = qoi.clone();
    qoi_bomb[4..12].copy_from_slice(&[19_999_u32, 19_999].map(u32::to_be_bytes).concat());
    let extent = AVIF.windows(4).position(|name| name == b"ispe").expect("it holds its sides");
    let mut avif_bomb = AVIF.to_vec();
    avif_bomb[extent + 8..extent + 16].copy_from_slice(&[30_000_u32, 30_000].map(u32::to_be_bytes).concat());
    Ok(vec![
        OddFile::new("small.avif", AVIF, Picture),
        OddFile::new("bomb.avif", avif_bomb, TOO_LARGE),
        OddFile::new("cut.avif", first_part(AVIF, 2), DAMAGED),
        OddFile::new("small.qoi", qoi.clone(), Picture),
        OddFile::new("bomb.qoi", qoi_bomb, TOO_LARGE),
        OddFile::new("cut.qoi", first_part(&qoi, 2), DAMAGED),
        OddFile::new("truevision.tga", encode(halves.to_rgba8(), ImageFormat::Tga)?, Picture),
        OddFile::new("binary.ppm", encode(halves.clone(), ImageFormat::Pnm)?, Picture),
        OddFile::new("letters.pgm", *b"P2\n# grey\n3 2\n15\n0 5 10 15 10 5\n", Picture),
        OddFile::new("bits.pbm", *b"P1\n4 2\n1 0 1 0\n0 1 0 1\n", Picture),
        OddFile::new("bomb.ppm", *b"P6\n19999 19999\n255\n", TOO_LARGE),
        OddFile::new("largest-sides.pgm", *b"P5\n4294967295 4294967295\n255\n", TOO_LARGE),
        OddFile::new("not-even-numbers.ppm", *b"P6\nfour five\n255\n", DAMAGED),
        OddFile::new(
            "document.pdf",
            *b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
            Refused("format PDF"),
        ),
        OddFile::new("film.mp4", *b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2\0\0\0\x08mdat", Refused("a video")),
        OddFile::new("phone.heic", *b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat", DAMAGED),
        OddFile::new(
            "archive.zip",
            *b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            Refused("No files were found"),
        ),
        OddFile::new("archive.png", *b"PK\x03\x04\x14\0\0\0\0\0", Refused("an archive")),
        OddFile::new("film.webm", *b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01", Refused("a video")),
        OddFile::new("film.avi", *b"RIFF\x24\0\0\0AVI LIST", Refused("a video")),
        OddFile::new("olympus.orf", *b"IIRO\x08\0\0\0", Refused("raw file")),
        OddFile::new("without-preview.cr3", *b"\0\0\0\x18ftypcrx \0\0\0\0crx isom", Refused("raw file")),
        OddFile::new(
            "layers.psd",
            *b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x08\0\0\0\x08\0\x08\0\x03",
            Refused("format PSD"),
        ),
        OddFile::new("long.jxl", *b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ", DAMAGED),
        OddFile::new("light.exr", *b"\x76\x2f\x31\x01\x02\0\0\0channels\0", Refused("format OpenEXR")),
        OddFile::new("program.exe.png", *b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", FOREIGN),
        OddFile::new("zeros.webp", [0; 4096], FOREIGN),
        OddFile::new("noise.jpg", noise(), FOREIGN),
        OddFile::new("pointer.cur", *b"\0\0\x02\0\x01\0\x01\x01\0\0\0\0\0\0\x30\0\0\0\x16\0\0\0", Either),
        OddFile::new("nothing", [], Refused("empty")),
    ])
}

/// Returns bytes that match no format.
fn noise() -> Vec<u8> {
    let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    std::iter::successors(Some(7_u32), next).map(|state| (state >> 24) as u8).take(5000).collect()
}
