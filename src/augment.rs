//! Random augmentations that make two views of one picture.
//!
//! The parameters of a view are *drawn* on the CPU from a seeded generator, as plain numbers ([`View`]), and
//! *applied* to the whole batch on the training device ([`crate::kernels::views::render`]). Geometry and
//! colour are one affine map each, so a view costs one resampling and one 3 × 3 product however many of those
//! operations apply; blur, noise and cutout follow, in the views that drew them.

mod blur;
mod cutout;
mod noise;

use serde::{Deserialize, Serialize};
use std::f32::consts::PI;

use rand::{Rng, RngExt};

pub use self::{blur::Blur, cutout::Cutout, noise::Noise};
use crate::{
    affine_colour::Colour,
    settings::{Augmentations, Operation},
};

/// Largest deviation of a crop's width-to-height ratio from 1, as a factor (Szegedy et al. 2015).
const MAX_ASPECT: f32 = 4.0 / 3.0;

/// Augmentation of one view.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Maps a place in the view to the place in the picture that it shows, both in −1 … 1 from left to right
    /// and top to bottom: `[[xx, xy, x0], [yx, yy, y0]]`.
    pub affine: [[f32; 3]; 2],
    /// Change of colour.
    pub colour: Colour,
    /// Blur, applied after the change of colour.
    pub blur: Blur,
    /// Noise added to the values.
    pub noise: Noise,
    /// Square covered at the end.
    pub cutout: Cutout,
}

impl View {
    /// The unchanged picture.
    pub const IDENTITY: Self = Self {
        affine: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
        colour: Colour::IDENTITY,
        blur: Blur::NONE,
        noise: Noise::NONE,
        cutout: Cutout::NONE,
    };

    /// Draws the augmentation of one view.
    ///
    /// Every operation consumes the same number of random values whether it applies or not, so that changing
    /// one of them leaves the draws of the others unchanged.
    pub fn draw(augmentations: &Augmentations, rng: &mut impl Rng) -> Self {
        Self {
            affine: draw_affine(augmentations, rng),
            colour: draw_colour(augmentations, rng),
            blur: draw_blur(&augmentations.blur, rng),
            noise: draw_noise(&augmentations.noise, rng),
            cutout: draw_cutout(&augmentations.cutout, rng),
        }
    }
}

/// Draws crop, flips and rotation. The crop's window is rotated and mirrored with its contents.
fn draw_affine(augmentations: &Augmentations, rng: &mut impl Rng) -> [[f32; 3]; 2] {
    let crop = strength(&augmentations.crop, rng);
    let area = 1.0 - crop * rng.random_range(0.0..1.0f32);
    let aspect = MAX_ASPECT.powf(rng.random_range(-1.0..1.0f32));
    let aspect = if crop > 0.0 { aspect.sqrt() } else { 1.0 };
    let (width, height) = ((area.sqrt() * aspect).min(1.0), (area.sqrt() / aspect).min(1.0));
    let x = (1.0 - width) * rng.random_range(-1.0..1.0f32);
    let y = (1.0 - height) * rng.random_range(-1.0..1.0f32);
    let [across, down] = [&augmentations.flip, &augmentations.vertical_flip]
        .map(|flip| if is_drawn(flip, rng) { -1.0 } else { 1.0 });
    let angle = strength(&augmentations.rotation, rng) * PI * rng.random_range(-1.0..1.0f32);
    let (sin, cos) = angle.sin_cos();
    [[cos * width * across, -sin * height * down, x], [sin * width * across, cos * height * down, y]]
}

/// Draws the colour operations and combines them into one.
fn draw_colour(augmentations: &Augmentations, rng: &mut impl Rng) -> Colour {
    let mut signed = |operation: &Operation| strength(operation, rng) * rng.random_range(-1.0..1.0f32);
    let brightness = Colour::brightness(1.0 + Augmentations::MAX_JITTER * signed(&augmentations.brightness));
    let contrast = Colour::contrast(1.0 + Augmentations::MAX_JITTER * signed(&augmentations.contrast));
    let saturation = Colour::saturation(1.0 + Augmentations::MAX_JITTER * signed(&augmentations.saturation));
    let hue = Colour::hue(PI * signed(&augmentations.hue));
    let invert = Colour::invert(strength(&augmentations.invert, rng));
    let grayscale = Colour::grayscale(strength(&augmentations.grayscale, rng));
    brightness.then(&contrast).then(&saturation).then(&hue).then(&invert).then(&grayscale)
}

/// Draws a blur with a deviation up to the maximum.
fn draw_blur(operation: &Operation, rng: &mut impl Rng) -> Blur {
    Blur { deviation: strength(operation, rng) * Augmentations::MAX_BLUR * rng.random_range(0.0..1.0f32) }
}

/// Draws noise with a deviation up to the maximum.
fn draw_noise(operation: &Operation, rng: &mut impl Rng) -> Noise {
    let deviation = strength(operation, rng) * Augmentations::MAX_NOISE * rng.random_range(0.0..1.0f32);
    Noise { deviation, seed: rng.random() }
}

/// Draws the position of a cutout square of fixed size; its centre lies in the picture.
fn draw_cutout(operation: &Operation, rng: &mut impl Rng) -> Cutout {
    let half = strength(operation, rng);
    Cutout { centre: [(); 2].map(|()| rng.random_range(-1.0..1.0f32)), half }
}

/// Returns the operation's strength with its probability, otherwise 0.
fn strength(operation: &Operation, rng: &mut impl Rng) -> f32 {
    if is_drawn(operation, rng) { operation.strength } else { 0.0 }
}

/// Returns whether the operation applies to this view.
fn is_drawn(operation: &Operation, rng: &mut impl Rng) -> bool {
    let chance = rng.random_range(0.0..1.0f32);
    operation.on && chance < operation.probability
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use burn::tensor::{Device, Tensor, TensorData};

    use super::*;
    use crate::affine_colour::LUMA;
    use crate::{
        kernels::views::render,
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
        let views = render(batch, &[view]);
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

    /// Returns the picture with its pixels moved; `from(x, y)` is the source of a pixel.
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
    fn identity_settings_return_the_picture() {
        let mut rng = generator(1, Purpose::Views, 0);
        let view = View::draw(&Augmentations::NONE, &mut rng);
        assert_close(&apply(view), &picture());
        assert_close(&apply(View::IDENTITY), &picture());
    }

    #[test]
    fn views_are_reproducible_from_the_seed() {
        let draw = |index| {
            let mut rng = generator(9, Purpose::Views, index);
            [(); 8].map(|()| View::draw(&Augmentations::SHAPES, &mut rng))
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
    }

    #[test]
    fn mirrored_view_is_the_mirrored_picture() {
        let affine = [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        assert_close(&apply(View { affine, ..View::IDENTITY }), &moved(|x, y| (SIDE - 1 - x, y)));
    }

    #[test]
    fn flips_are_drawn_independently() {
        let mut flips = Augmentations::NONE;
        flips.flip = Operation::new(1.0, 0.5);
        flips.vertical_flip = Operation::new(1.0, 0.5);
        let mut rng = generator(3, Purpose::Views, 0);
        let mut seen = [0; 4];
        for _ in 0..400 {
            let [[across, _, x], [_, down, y]] = View::draw(&flips, &mut rng).affine;
            assert_eq!((across.abs(), down.abs(), x, y), (1.0, 1.0, 0.0, 0.0));
            seen[usize::from(across < 0.0) + 2 * usize::from(down < 0.0)] += 1;
        }
        assert!(seen.iter().all(|count| (60..140).contains(count)), "{seen:?}");
        let upside_down = [[1.0, 0.0, 0.0], [0.0, -1.0, 0.0]];
        assert_close(
            &apply(View { affine: upside_down, ..View::IDENTITY }),
            &moved(|x, y| (x, SIDE - 1 - y)),
        );
    }

    #[test]
    fn blur_noise_and_cutout_are_drawn_up_to_their_strength() {
        let mut last = Augmentations::NONE;
        last.blur = Operation::new(0.5, 1.0);
        last.noise = Operation::new(0.8, 0.5);
        last.cutout = Operation::new(0.3, 1.0);
        let mut rng = generator(6, Purpose::Views, 0);
        let views: Vec<View> = (0..400).map(|_| View::draw(&last, &mut rng)).collect();
        let most = |read: fn(&View) -> f32| views.iter().map(read).fold(0.0, f32::max);
        let (blur, noise) = (most(|view| view.blur.deviation), most(|view| view.noise.deviation));
        assert!((0.030..=0.031_25).contains(&blur), "{blur}");
        assert!((0.19..=0.2).contains(&noise), "{noise}");
        let quiet = views.iter().filter(|view| view.noise.deviation == 0.0).count();
        assert!((150..250).contains(&quiet), "{quiet} views got no noise");
        assert!(views.iter().all(|view| view.cutout.half == 0.3));
        let left = views.iter().filter(|view| view.cutout.centre[0] < 0.0).count();
        assert!((150..250).contains(&left), "{left} squares lie on the left");
    }

    #[test]
    fn quarter_turn_moves_rows_to_columns() {
        let affine = [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]];
        assert_close(&apply(View { affine, ..View::IDENTITY }), &moved(|x, y| (SIDE - 1 - y, x)));
    }

    #[test]
    fn crop_shows_only_its_window() {
        let mut only_crop = Augmentations::NONE;
        only_crop.crop = Operation::new(0.75, 1.0);
        let mut rng = generator(2, Purpose::Views, 0);
        for _ in 0..200 {
            let [[width, skew, x], [skew_too, height, y]] = View::draw(&only_crop, &mut rng).affine;
            assert_eq!((skew, skew_too), (0.0, 0.0));
            assert!(x.abs() + width <= 1.0 + 1e-6 && y.abs() + height <= 1.0 + 1e-6);
            // A window clipped at the picture's edge is smaller than drawn.
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
    fn hue_rotation_keeps_luma_and_a_full_turn_is_the_identity() {
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
