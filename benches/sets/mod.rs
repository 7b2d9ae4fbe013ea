//! Sets of pictures for measurements.
//!
//! A set is `shapes`, `shapes-N` with so many, `fashion`, a folder whose subfolders are kinds of pictures, or a sheet of square
//! pictures in rows with their kinds listed line by line in a second file (`NAME.png` and `NAME.labels`).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use image::{GenericImageView, RgbImage};
use likeness::{
    image::Image,
    samples::{FASHION, SHAPES, fashion, shape},
};

/// Pictures with the number of each one's kind.
pub struct Set {
    /// The pictures.
    pub images: Vec<Image>,
    /// Number of each picture's kind.
    pub kinds: Vec<u32>,
}

impl Set {
    fn new(named: Vec<(String, Image)>) -> Self {
        let mut numbers = BTreeMap::new();
        let kind = |name: &String| {
            let next = numbers.len() as u32;
            *numbers.entry(name.clone()).or_insert(next)
        };
        let kinds = named.iter().map(|(name, _)| name).map(kind).collect();
        Self { images: named.into_iter().map(|(_, image)| image).collect(), kinds }
    }

    fn shapes(count: usize, seed: u32) -> Self {
        let samples = (0..count).map(|index| shape(index, u64::from(seed)));
        Self::new(samples.map(|sample| (sample.label.to_owned(), sample.image)).collect())
    }

    /// Reads a set by its name.
    pub fn read(name: &str, seed: u32) -> Self {
        match name {
            "shapes" => Self::shapes(SHAPES, seed),
            "fashion" => {
                let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/fashion-1000.png");
                let sheet = image::open(file).expect("the sheet is shipped").to_rgba8().into_raw();
                let samples = (0..FASHION).map(|index| fashion(index, &sheet, 4));
                Self::new(samples.map(|sample| (sample.label.to_owned(), sample.image)).collect())
            }
            name if let Some(count) = name.strip_prefix("shapes-").and_then(|count| count.parse().ok()) => {
                Self::shapes(count, seed)
            }
            path if Path::new(path).is_dir() => Self::new(folder(Path::new(path))),
            path => Self::new(sheet(Path::new(path))),
        }
    }
}

/// Reads the pictures of a folder's subfolders, which name their kinds; other files are skipped.
fn folder(path: &Path) -> Vec<(String, Image)> {
    let mut named = Vec::new();
    for kind in files(path).into_iter().filter(|path| path.is_dir()) {
        let name = kind.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let images = files(&kind).into_iter().filter_map(|file| Image::decode(&fs::read(file).ok()?).ok());
        named.extend(images.map(|image| (name.clone(), image)));
    }
    named
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files
}

/// Reads the pictures of a sheet, as many as there are lines in the file of their kinds.
fn sheet(path: &Path) -> Vec<(String, Image)> {
    let labels = fs::read_to_string(path.with_extension("labels")).expect("the kinds lie beside the sheet");
    let labels: Vec<&str> = labels.lines().collect();
    let sheet = image::open(path).expect("a sheet of pictures");
    let (width, height) = sheet.dimensions();
    let holds = |side: &u32| {
        width % side == 0 && height % side == 0 && (width / side * (height / side)) as usize >= labels.len()
    };
    let side = (1..=width.min(height)).rev().find(holds).expect("the sheet holds squares");
    let columns = width / side;
    let tile = |at: u32| {
        let tile: RgbImage = sheet.crop_imm(at % columns * side, at / columns * side, side, side).to_rgb8();
        let mut file = std::io::Cursor::new(Vec::new());
        tile.write_to(&mut file, image::ImageFormat::Png).expect("it can be written");
        Image::decode(file.get_ref()).expect("it was just written")
    };
    (0..).zip(labels).map(|(at, label)| (label.to_owned(), tile(at))).collect()
}
