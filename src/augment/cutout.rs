//! Cutout (DeVries & Taylor 2017).

use serde::{Deserialize, Serialize};

/// Square of a view that is covered in grey.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cutout {
    /// Centre, −1 … 1 from left to right and top to bottom.
    pub centre: [f32; 2],
    /// Half the side in the same unit, equal to the side as a share of the view's; 0 covers nothing.
    pub half: f32,
}

impl Cutout {
    /// No cutout.
    pub const NONE: Self = Self { centre: [0.0; 2], half: 0.0 };

    /// Colour of the square: the middle of 0 … 1, the value that the encoder's padding represents.
    pub const GREY: f32 = 0.5;

    /// Returns whether the square covers a pixel, given as column and row of a view of `side` pixels.
    pub fn covers(&self, pixel: [usize; 2], side: usize) -> bool {
        let centre = |at: usize| (2 * at + 1) as f32 / side as f32 - 1.0;
        (0..2).all(|axis| (centre(pixel[axis]) - self.centre[axis]).abs() < self.half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutout_covers_the_requested_share() {
        let covered = |cutout: Cutout| {
            let pixels = (0..32).flat_map(|y| (0..32).map(move |x| [x, y]));
            pixels.filter(|pixel| cutout.covers(*pixel, 32)).count()
        };
        assert_eq!(covered(Cutout::NONE), 0);
        assert_eq!(covered(Cutout { centre: [0.0, 0.0], half: 0.5 }), 16 * 16);
        // A square at the corner is clipped to the view.
        assert_eq!(covered(Cutout { centre: [-1.0, 1.0], half: 0.5 }), 8 * 8);
        assert_eq!(covered(Cutout { centre: [0.0, 0.0], half: 1.1 }), 32 * 32);
    }
}
