//! Damaged model files are refused with a sentence and never make the reader panic.

use rand::RngExt;

use super::Checkpoint;
use crate::{
    random::{Purpose, generator},
    settings::{Images, Settings},
    train::{Trainer, upload},
};

/// Number of files tried.
const FILES: u32 = 2_000;

/// Largest number of changes to one file.
const CHANGES: usize = 4;

/// Number of leading bytes, with names and shapes, to which every other change is confined.
const HEADER: usize = 2_048;

fn model() -> Vec<u8> {
    let mut settings = Settings::recommended(Images::Shapes);
    (settings.width, settings.side, settings.depth) =
        (Settings::WIDTH.min, Settings::SIDE.min, Settings::DEPTH.min);
    let (count, side) = (4, settings.side as usize);
    let pictures = upload(vec![0.5; count * 3 * side * side], side, &burn::tensor::Device::flex());
    let model = pollster::block_on(Trainer::new(settings.clamped(), pictures, &[]).model());
    model.expect("the CPU answers").expect("they are numbers").to_file()
}

fn damage(file: &mut Vec<u8>, random: &mut impl RngExt) {
    let within = if random.random() { file.len() } else { HEADER.min(file.len()) };
    let at = random.random_range(0..within);
    match random.random_range(0..8) {
        0 => file.truncate(at + 1),
        1 => file.insert(at, random.random()),
        _ => file[at] = random.random(),
    }
}

#[test]
fn damaged_models_are_read_or_refused() {
    let whole = model();
    assert!(Checkpoint::from_file(&whole).is_ok());
    let mut refused = 0;
    for seed in 0..FILES {
        let mut random = generator(seed, Purpose::Weights, 0);
        let mut file = whole.clone();
        (0..random.random_range(1..=CHANGES)).for_each(|_| damage(&mut file, &mut random));
        match Checkpoint::from_file(&file) {
            Ok(model) => assert!(Checkpoint::from_file(&model.to_file()).is_ok(), "seed {seed}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > FILES / 4, "{refused} of {FILES} were refused");
}
