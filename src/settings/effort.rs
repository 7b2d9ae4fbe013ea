//! Presets of steps and width for the time a run may take.

use super::Settings;
use strum::VariantArray;

/// A preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Effort {
    /// Short run for a first look.
    Quick,
    /// Recommended settings.
    Balanced,
    /// Twice as many steps with a wider network.
    Thorough,
}

/// Average number of times [`Effort::Balanced`] uses each picture of a large set: photographs gain little
/// more after that (`benches/LEARNING.md`).
const LOOKS: f32 = 18.0;

/// Numbers of steps are multiples of this.
const ROUND: f32 = 100.0;

/// Width of the network in [`Effort::Thorough`].
const WIDE: u32 = 24;

impl Effort {
    /// Returns the preset's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quick => "Quick",
            Self::Balanced => "Balanced",
            Self::Thorough => "Thorough",
        }
    }

    /// Returns the settings with this preset's steps and width, for a set of this many pictures: large sets
    /// take more steps.
    pub fn apply(self, settings: Settings, pictures: usize) -> Settings {
        let recommended = Settings::recommended(settings.images);
        let looks = LOOKS * pictures as f32 / settings.batch as f32;
        let balanced = ((looks / ROUND).round() * ROUND).max(recommended.steps as f32);
        let (share, width) = match self {
            Self::Quick => (0.25, recommended.width),
            Self::Balanced => (1.0, recommended.width),
            Self::Thorough => (2.0, WIDE),
        };
        let steps = ((balanced * share / ROUND).round() * ROUND) as u32;
        Settings { steps, width, ..settings }.clamped()
    }

    /// Returns the preset that matches the settings, for a set of this many pictures.
    pub fn of(settings: &Settings, pictures: usize) -> Option<Self> {
        Self::VARIANTS.iter().copied().find(|effort| effort.apply(*settings, pictures) == *settings)
    }
}

impl Settings {
    /// Returns the number of multiplications in the encoder for one view, which determines the time of a
    /// step.
    pub fn multiplications(&self) -> f64 {
        let channels = |block: u32| f64::from(self.width << block.min(2));
        let block = |block: u32| {
            let input = if block == 0 { 3.0 } else { channels(block - 1) };
            let side = f64::from((0..block).fold(self.side, |side, _| side.div_ceil(2)));
            9.0 * input * channels(block) * side * side
        };
        let places = f64::from(self.readout.min(self.map_side())).powi(2);
        (0..self.depth).map(block).sum::<f64>() + places * channels(self.depth - 1) * f64::from(self.outputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn recommended_settings_are_balanced_and_large_sets_take_more_steps() {
        let settings = Settings::recommended(Images::Own);
        for (pictures, steps) in
            [(0, [400, 1700, 3400]), (3_068, [400, 1700, 3400]), (10_000, [1400, 5600, 11_200])]
        {
            for (effort, steps) in Effort::VARIANTS.iter().zip(steps) {
                let preset = effort.apply(settings, pictures);
                assert_eq!((preset.steps, Effort::of(&preset, pictures)), (steps, Some(*effort)));
            }
        }
        assert_eq!(Effort::of(&settings, 12), Some(Effort::Balanced));
        assert_eq!(Effort::of(&Settings { steps: 1234, ..settings }, 12), None);
    }

    #[test]
    fn multiplications_agree_with_loops() {
        let settings = Settings {
            side: 32,
            width: 16,
            depth: 4,
            readout: 4,
            outputs: 128,
            ..Settings::recommended(Images::Own)
        };
        let blocks: [(u32, u32, u32); 4] = [(3, 16, 32), (16, 32, 16), (32, 64, 8), (64, 64, 4)];
        let convolutions: u32 =
            blocks.iter().map(|(input, output, side)| 9 * input * output * side * side).sum();
        assert_eq!(settings.multiplications(), f64::from(convolutions + 16 * 64 * 128));
    }
}
