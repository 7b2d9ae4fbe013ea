//! How much time a run is given: presets of steps and width.

use super::Settings;

/// A preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// A first look.
    Quick,
    /// What is recommended.
    Balanced,
    /// Twice as many steps of a wider network.
    Thorough,
}

/// How often [`Effort::Balanced`] looks at each picture of a large set: photographs gain little more
/// after that (`benches/LEARNING.md`).
const LOOKS: f32 = 18.0;

/// Numbers of steps are multiples of this one.
const ROUND: f32 = 100.0;

/// Width of the network in [`Effort::Thorough`].
const WIDE: u32 = 24;

impl Effort {
    /// All presets, the shortest first.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Balanced, Self::Thorough];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quick => "Quick",
            Self::Balanced => "Balanced",
            Self::Thorough => "Thorough",
        }
    }

    /// The settings with this preset's steps and width, for a set of so many pictures: large sets take
    /// more steps.
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

    /// The preset that settings are of, for a set of so many pictures.
    pub fn of(settings: &Settings, pictures: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|effort| effort.apply(*settings, pictures) == *settings)
    }
}

impl Settings {
    /// Multiplications that the encoder takes for one view: what a step's time grows with.
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
    fn what_is_recommended_is_balanced_and_large_sets_take_more() {
        let settings = Settings::recommended(Images::Own);
        for (pictures, steps) in
            [(0, [400, 1700, 3400]), (3_068, [400, 1700, 3400]), (10_000, [1400, 5600, 11_200])]
        {
            let presets = Effort::ALL.map(|effort| effort.apply(settings, pictures));
            assert_eq!(presets.map(|settings| settings.steps), steps, "{pictures} pictures");
            for (effort, settings) in Effort::ALL.into_iter().zip(presets) {
                assert_eq!(Effort::of(&settings, pictures), Some(effort));
            }
        }
        assert_eq!(Effort::of(&settings, 12), Some(Effort::Balanced));
        assert_eq!(Effort::of(&Settings { steps: 1234, ..settings }, 12), None);
    }

    #[test]
    fn multiplications_are_those_of_loops() {
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
