//! The random changes that make two views of one picture.
//!
//! What happens to a view is *drawn* on the CPU from a seeded generator, as plain
//! numbers ([`View`]), and *applied* to the whole batch by whatever device trains
//! ([`crate::kernels::views::resample`]). Geometry is one affine map, colour is one affine map, so a
//! view costs one resampling and one 3 × 3 product however many operations it got.

use std::f32::consts::{PI, TAU};

use rand::{Rng, RngExt};

use crate::settings::{Augmentations, Operation};

/// Luma weights of red, green and blue (ITU-R BT.601).
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// The most that brightness, contrast and saturation deviate from 1, at full strength.
const MAX_JITTER: f32 = 0.8;

/// The most that a crop's width-to-height ratio deviates from 1, as a factor.
const MAX_ASPECT: f32 = 1.5;

/// A change of colour: `out = matrix · rgb + offset`, values in 0 … 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    /// Rows give red, green and blue of the result.
    pub matrix: [[f32; 3]; 3],
    /// Added to red, green and blue.
    pub offset: [f32; 3],
}

impl Colour {
    /// Leaves every colour as it is.
    pub const IDENTITY: Self =
        Self { matrix: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], offset: [0.0; 3] };

    /// Multiplies every value: `factor · rgb`.
    pub fn brightness(factor: f32) -> Self {
        Self::IDENTITY.blend(&Self { matrix: [[0.0; 3]; 3], offset: [0.0; 3] }, factor)
    }

    /// Stretches values away from middle grey: `0.5 + factor · (rgb − 0.5)`.
    pub fn contrast(factor: f32) -> Self {
        Self::IDENTITY.blend(&Self { matrix: [[0.0; 3]; 3], offset: [0.5; 3] }, factor)
    }

    /// Stretches colours away from their grey: `luma + factor · (rgb − luma)`.
    pub fn saturation(factor: f32) -> Self {
        Self::IDENTITY.blend(&Self { matrix: [LUMA; 3], offset: [0.0; 3] }, factor)
    }

    /// Turns the hue circle by `angle` radians, keeping luma (a rotation of the
    /// I-Q plane of YIQ).
    pub fn hue(angle: f32) -> Self {
        let (sin, cos) = angle.sin_cos();
        let to_yiq = [LUMA, [0.595_716, -0.274_453, -0.321_263], [0.211_456, -0.522_591, 0.311_135]];
        let from_yiq = [[1.0, 0.956_3, 0.621], [1.0, -0.272_1, -0.647_4], [1.0, -1.107, 1.704_6]];
        let turn = [[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]];
        Self { matrix: product(&product(&from_yiq, &turn), &to_yiq), offset: [0.0; 3] }
    }

    /// Blends towards the negative, `1 − rgb`; 1 is the negative itself.
    pub fn invert(amount: f32) -> Self {
        let negative = [[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]];
        Self { matrix: negative, offset: [1.0; 3] }.blend(&Self::IDENTITY, amount)
    }

    /// Blends towards luma; 1 removes all colour.
    pub fn grayscale(amount: f32) -> Self {
        Self::saturation(1.0 - amount)
    }

    /// `share` of this change and `1 − share` of the other (extrapolating past 1).
    fn blend(&self, other: &Self, share: f32) -> Self {
        let mix = |a: f32, b: f32| share * a + (1.0 - share) * b;
        Self {
            matrix: std::array::from_fn(|row| {
                std::array::from_fn(|column| mix(self.matrix[row][column], other.matrix[row][column]))
            }),
            offset: std::array::from_fn(|row| mix(self.offset[row], other.offset[row])),
        }
    }

    /// This change, then `next`.
    fn then(&self, next: &Self) -> Self {
        let moved = |row: usize| (0..3).map(|k| next.matrix[row][k] * self.offset[k]).sum::<f32>();
        Self {
            matrix: product(&next.matrix, &self.matrix),
            offset: std::array::from_fn(|row| moved(row) + next.offset[row]),
        }
    }
}

/// The matrix product `a · b`.
fn product(a: &[[f32; 3]; 3], b: &[[f32; 3]; 3]) -> [[f32; 3]; 3] {
    std::array::from_fn(|row| std::array::from_fn(|column| (0..3).map(|k| a[row][k] * b[k][column]).sum()))
}

/// Everything that happens to one view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Maps a place in the view to the place in the picture that it shows, both in
    /// −1 … 1 from left to right and top to bottom: `[[xx, xy, x0], [yx, yy, y0]]`.
    pub place: [[f32; 3]; 2],
    /// What happens to its colours.
    pub colour: Colour,
}

impl View {
    /// The picture itself.
    pub const IDENTITY: Self = Self { place: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], colour: Colour::IDENTITY };

    /// Draws what happens to one view.
    ///
    /// Every operation takes the same numbers from the generator whether it is applied
    /// or not, so that changing one of them leaves the others' draws as they were.
    pub fn draw(augmentations: &Augmentations, rng: &mut impl Rng) -> Self {
        Self { place: draw_place(augmentations, rng), colour: draw_colour(augmentations, rng) }
    }
}

/// Draws crop, flip and rotation. The crop's window is turned and mirrored with its contents.
fn draw_place(augmentations: &Augmentations, rng: &mut impl Rng) -> [[f32; 3]; 2] {
    let crop = strength(&augmentations.crop, rng);
    let area = 1.0 - crop * rng.random_range(0.0..1.0f32);
    let aspect = MAX_ASPECT.powf(rng.random_range(-1.0..1.0f32));
    let aspect = if crop > 0.0 { aspect.sqrt() } else { 1.0 };
    let (width, height) = ((area.sqrt() * aspect).min(1.0), (area.sqrt() / aspect).min(1.0));
    let x = (1.0 - width) * rng.random_range(-1.0..1.0f32);
    let y = (1.0 - height) * rng.random_range(-1.0..1.0f32);
    let mirror = if strength(&augmentations.flip, rng) > 0.0 { -1.0 } else { 1.0 };
    let angle = strength(&augmentations.rotation, rng) * PI * rng.random_range(-1.0..1.0f32);
    let (sin, cos) = angle.sin_cos();
    [[cos * width * mirror, -sin * height, x], [sin * width * mirror, cos * height, y]]
}

/// Draws the operations on colour and joins them into one.
fn draw_colour(augmentations: &Augmentations, rng: &mut impl Rng) -> Colour {
    let mut signed = |operation: &Operation| strength(operation, rng) * rng.random_range(-1.0..1.0f32);
    let brightness = Colour::brightness(1.0 + MAX_JITTER * signed(&augmentations.brightness));
    let contrast = Colour::contrast(1.0 + MAX_JITTER * signed(&augmentations.contrast));
    let saturation = Colour::saturation(1.0 + MAX_JITTER * signed(&augmentations.saturation));
    let hue = Colour::hue(TAU / 2.0 * signed(&augmentations.hue));
    let invert = Colour::invert(strength(&augmentations.invert, rng));
    let grayscale = Colour::grayscale(strength(&augmentations.grayscale, rng));
    brightness.then(&contrast).then(&saturation).then(&hue).then(&invert).then(&grayscale)
}

/// The operation's strength with its probability, else 0.
fn strength(operation: &Operation, rng: &mut impl Rng) -> f32 {
    let chance = rng.random_range(0.0..1.0f32);
    if operation.on && chance < operation.probability { operation.strength } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor, TensorData};

    use super::*;
    use crate::{
        kernels::views::resample,
        random::{Purpose, generator},
    };

    const SIDE: usize = 17;

    fn picture() -> Vec<f32> {
        let mut rng = generator(5, Purpose::Preview, 0);
        (0..3 * SIDE * SIDE).map(|_| rng.random_range(0.0..1.0)).collect()
    }

    fn apply(view: View) -> Vec<f32> {
        let device = Device::flex();
        let batch = Tensor::from_data(TensorData::new(picture(), [1, 3, SIDE, SIDE]), &device);
        let views = resample(batch, &[view]);
        views.into_data().try_to_vec().expect("single precision")
    }

    fn assert_close(a: &[f32], b: &[f32]) {
        assert_eq!(a.len(), b.len());
        for (at, (a, b)) in a.iter().zip(b).enumerate() {
            assert!((a - b).abs() < 2e-5, "at {at}: {a} instead of {b}");
        }
    }

    fn pixel(values: &[f32], at: usize) -> [f32; 3] {
        std::array::from_fn(|channel| values[channel * SIDE * SIDE + at])
    }

    /// The picture with its pixels moved: `from(x, y)` says where a pixel comes from.
    fn moved(from: impl Fn(usize, usize) -> (usize, usize)) -> Vec<f32> {
        let picture = picture();
        let place = |at: usize| {
            let (x, y) = from(at % SIDE, at / SIDE);
            y * SIDE + x
        };
        (0..3 * SIDE * SIDE)
            .map(|at| picture[at / (SIDE * SIDE) * SIDE * SIDE + place(at % (SIDE * SIDE))])
            .collect()
    }

    #[test]
    fn settings_that_change_nothing_return_the_picture() {
        let mut rng = generator(1, Purpose::Views, 0);
        let view = View::draw(&Augmentations::NONE, &mut rng);
        assert_close(&apply(view), &picture());
        assert_close(&apply(View::IDENTITY), &picture());
    }

    #[test]
    fn a_seed_draws_the_same_views_again() {
        let draw = |index| {
            let mut rng = generator(9, Purpose::Views, index);
            [(); 8].map(|()| View::draw(&Augmentations::SHAPES, &mut rng))
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn a_mirrored_view_is_the_mirrored_picture() {
        let place = [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        assert_close(&apply(View { place, ..View::IDENTITY }), &moved(|x, y| (SIDE - 1 - x, y)));
    }

    #[test]
    fn a_quarter_turn_moves_rows_to_columns() {
        let place = [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]];
        assert_close(&apply(View { place, ..View::IDENTITY }), &moved(|x, y| (SIDE - 1 - y, x)));
    }

    #[test]
    fn a_crop_shows_only_its_window() {
        let mut only_crop = Augmentations::NONE;
        only_crop.crop = Operation::new(0.75, 1.0);
        let mut rng = generator(2, Purpose::Views, 0);
        for _ in 0..200 {
            let [[width, skew, x], [skew_too, height, y]] = View::draw(&only_crop, &mut rng).place;
            assert_eq!((skew, skew_too), (0.0, 0.0));
            assert!(x.abs() + width <= 1.0 + 1e-6 && y.abs() + height <= 1.0 + 1e-6);
            // A window cut off at the picture's edge is smaller than was drawn.
            assert!(width * height > 0.2 && width * height <= 1.0 + 1e-6, "{}", width * height);
        }
    }

    #[test]
    fn colour_operations_do_what_their_names_say() {
        let original = picture();
        let luma = |rgb: [f32; 3]| rgb.iter().zip(LUMA).map(|(value, weight)| value * weight).sum::<f32>();
        let changed = |colour| apply(View { colour, ..View::IDENTITY });
        let (darker, flat) = (changed(Colour::brightness(0.5)), changed(Colour::contrast(0.0)));
        let (grey, negative) = (changed(Colour::grayscale(1.0)), changed(Colour::invert(1.0)));
        for at in 0..SIDE * SIDE {
            let rgb = pixel(&original, at);
            assert_close(&pixel(&darker, at), &rgb.map(|value| value / 2.0));
            assert_close(&pixel(&flat, at), &[0.5; 3]);
            assert_close(&pixel(&grey, at), &[luma(rgb); 3]);
            assert_close(&pixel(&negative, at), &rgb.map(|value| 1.0 - value));
        }
    }

    #[test]
    fn turning_the_hue_keeps_luma_and_a_full_turn_keeps_all() {
        let rgb = [0.3, 0.5, 0.6];
        let turned = |angle| {
            let Colour { matrix, .. } = Colour::hue(angle);
            matrix.map(|row| row.iter().zip(rgb).map(|(weight, value)| weight * value).sum::<f32>())
        };
        let luma = |rgb: [f32; 3]| rgb.iter().zip(LUMA).map(|(value, weight)| value * weight).sum::<f32>();
        for step in 0..12 {
            let angle = step as f32 * TAU / 12.0;
            assert!((luma(turned(angle)) - luma(rgb)).abs() < 1e-3);
        }
        assert!(turned(TAU).iter().zip(rgb).all(|(a, b)| (a - b).abs() < 1e-3));
        assert!((turned(PI)[0] - rgb[0]).abs() > 0.1);
    }

    #[test]
    fn values_stay_in_range() {
        let bright = apply(View { colour: Colour::brightness(5.0), ..View::IDENTITY });
        assert!(bright.iter().all(|value| (0.0..=1.0).contains(value)));
    }
}
