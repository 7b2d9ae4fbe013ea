//! Folders of pictures to be dropped.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use image::RgbImage;
use likeness::image::SIDE;
use likeness::samples::{SHAPES, shape};

/// Writes `count` drawn figures into folders named after their kinds: half of them PNGs, half JPEGs.
pub fn write_figures(parent: &Path, count: usize) -> Result<()> {
    for number in 0..count {
        // Each seed draws a different set.
        let sample = shape(number % SHAPES, (number / SHAPES) as u64);
        let folder = parent.join(sample.label);
        fs::create_dir_all(&folder)?;
        let picture = RgbImage::from_raw(SIDE as u32, SIDE as u32, sample.image.into_rgb());
        let ending = if (number / 10).is_multiple_of(2) { "png" } else { "jpg" };
        let file = folder.join(format!("{number:05}.{ending}"));
        picture.context("the bytes fill the picture")?.save(file)?;
    }
    Ok(())
}

/// Links the files of a folder under further names, until there are `count`.
pub fn multiply(folder: &Path, count: usize) -> Result<()> {
    let originals: Vec<_> = fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    ensure!(!originals.is_empty(), "No picture was written.");
    for (number, original) in (originals.len()..count).zip(originals.iter().cycle()) {
        fs::hard_link(original.path(), folder.join(format!("{number:04}.jpg")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_lie_in_folders_of_their_kinds() {
        let parent = tempfile::tempdir().unwrap();
        write_figures(parent.path(), 20).unwrap();
        for file in ["disc/00000.png", "stripes/00009.png", "disc/00010.jpg"] {
            let picture = image::open(parent.path().join(file)).unwrap();
            assert_eq!((picture.width(), picture.height()), (SIDE as u32, SIDE as u32));
        }
    }

    #[test]
    fn few_files_become_many() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["0000.jpg", "0001.jpg"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        multiply(folder.path(), 5).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
    }
}
