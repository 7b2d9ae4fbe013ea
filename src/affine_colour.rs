//! Changes of colour, combined into one affine map.

use serde::{Deserialize, Serialize};

/// Luma weights of red, green and blue (ITU-R BT.601).
pub const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Affine colour map: `out = matrix · rgb + offset`, values in 0 … 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Colour {
    /// Rows for red, green and blue of the result.
    pub matrix: [[f32; 3]; 3],
    /// Offset of red, green and blue.
    pub offset: [f32; 3],
}

impl Colour {
    /// The identity map.
    pub const IDENTITY: Self =
        Self { matrix: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], offset: [0.0; 3] };

    /// Scales every value: `factor · rgb`.
    pub fn brightness(factor: f32) -> Self {
        Self::IDENTITY.blend(&Self { matrix: [[0.0; 3]; 3], offset: [0.0; 3] }, factor)
    }

    /// Scales values about middle grey: `0.5 + factor · (rgb − 0.5)`.
    pub fn contrast(factor: f32) -> Self {
        Self::IDENTITY.blend(&Self { matrix: [[0.0; 3]; 3], offset: [0.5; 3] }, factor)
    }

    /// Scales colours about their luma: `luma + factor · (rgb − luma)`.
    pub fn saturation(factor: f32) -> Self {
        Self::IDENTITY.blend(&Self { matrix: [LUMA; 3], offset: [0.0; 3] }, factor)
    }

    /// Rotates the hue circle by `angle` radians, keeping luma (a rotation of the I-Q plane of YIQ).
    pub fn hue(angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let to_yiq = [LUMA, [0.595_716, -0.274_453, -0.321_263], [0.211_456, -0.522_591, 0.311_135]];
        let from_yiq = [[1.0, 0.956_3, 0.621], [1.0, -0.272_1, -0.647_4], [1.0, -1.107, 1.704_6]];
        let turn = [[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]];
        Self { matrix: product(&product(&from_yiq, &turn), &to_yiq), offset: [0.0; 3] }
    }

    /// Blends towards the negative, `1 − rgb`; 1 gives the negative itself.
    pub fn invert(amount: f32) -> Self {
        let negative = [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]];
        Self { matrix: negative, offset: [1.0; 3] }.blend(&Self::IDENTITY, amount)
    }

    /// Blends towards luma; 1 removes all colour.
    pub fn grayscale(amount: f32) -> Self {
        Self::saturation(1.0 - amount)
    }

    /// Returns `share` of this map plus `1 − share` of the other (extrapolating past 1).
    fn blend(&self, other: &Self, share: f32) -> Self {
        let mix = |a: f32, b: f32| share * a + (1.0 - share) * b;
        Self {
            matrix: std::array::from_fn(|row| {
                std::array::from_fn(|column| mix(self.matrix[row][column], other.matrix[row][column]))
            }),
            offset: std::array::from_fn(|row| mix(self.offset[row], other.offset[row])),
        }
    }

    /// Returns the composition of this map followed by `next`.
    pub fn then(&self, next: &Self) -> Self {
        let moved = |row: usize| (0..3).map(|k| next.matrix[row][k] * self.offset[k]).sum::<f32>();
        Self {
            matrix: product(&next.matrix, &self.matrix),
            offset: std::array::from_fn(|row| moved(row) + next.offset[row]),
        }
    }
}

/// Returns the matrix product `a · b`.
fn product(a: &[[f32; 3]; 3], b: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|row| std::array::from_fn(|column| (0..3).map(|k| a[row][k] * b[k][column]).sum()))
}
