//! Diverging colour map for signed quantities: blue, almost white, orange.
//!
//! Both arms run through Oklab (Ottosson 2020) with the same lightness and chroma at the same distance from
//! zero, so that neither sign looks stronger.

/// Hues of the two ends, in radians: blue and orange.
const HUES: [f32; 2] = [4.5, 0.87];
/// Lightness at the centre and at the ends.
const LIGHTNESS: (f32, f32) = (0.96, 0.56);
/// Chroma at the ends.
const CHROMA: f32 = 0.145;
/// Number of colours in a CSS gradient.
const STOPS: usize = 13;

/// Returns the colour of a share between −1 (blue) and 1 (orange); others are clamped, NaN counts as 0.
pub fn diverging(share: f32) -> [u8; 3] {
    let share = if share.is_nan() { 0.0 } else { share.clamp(-1.0, 1.0) };
    let hue = HUES[usize::from(share > 0.0)];
    let strength = share.abs();
    let lightness = LIGHTNESS.0 + (LIGHTNESS.1 - LIGHTNESS.0) * strength;
    let chroma = CHROMA * strength;
    srgb([lightness, chroma * hue.cos(), chroma * hue.sin()])
}

/// Returns the colour map as stops of a CSS gradient, blue to orange.
pub fn css_stops() -> String {
    let stops = (0..STOPS).map(|i| {
        let [r, g, b] = diverging(2.0 * i as f32 / (STOPS - 1) as f32 - 1.0);
        format!("rgb({r} {g} {b})")
    });
    stops.collect::<Vec<_>>().join(", ")
}

/// Converts Oklab to sRGB bytes, by the matrices of its author.
fn srgb([lightness, a, b]: [f32; 3]) -> [u8; 3] {
    let l = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let linear = [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ];
    linear.map(|channel| {
        let curved =
            if channel <= 0.003_130_8 { 12.92 * channel } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 };
        (curved.clamp(0.0, 1.0) * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(rgb: [u8; 3]) -> f32 {
        let linear = rgb.map(|byte| (f32::from(byte) / 255.0).powf(2.2));
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[test]
    fn known_oklab_colours_are_converted() {
        // White, and sRGB red as published by Oklab's author.
        assert_eq!(srgb([1.0, 0.0, 0.0]), [255, 255, 255]);
        assert_eq!(srgb([0.627_955, 0.224_863, 0.125_846]), [255, 0, 0]);
    }

    #[test]
    fn ends_are_blue_and_orange_and_zero_is_neither() {
        let ([r, g, b], [blue_r, _, blue_b]) = (diverging(1.0), diverging(-1.0));
        assert!(r > g && g > b && blue_b > blue_r);
        let [r, g, b] = diverging(0.0);
        assert!(r == g && g == b && r > 230);
        assert_eq!(diverging(f32::NAN), diverging(0.0));
        assert_eq!((diverging(-9.0), diverging(9.0)), (diverging(-1.0), diverging(1.0)));
    }

    #[test]
    fn both_arms_darken_alike() {
        let shades = |sign: f32| (0..=50).map(move |i| luminance(diverging(sign * i as f32 / 50.0)));
        for (below, above) in shades(-1.0).zip(shades(1.0)) {
            assert!((below - above).abs() < 0.06, "{below} and {above}");
        }
        let above: Vec<f32> = shades(1.0).collect();
        assert!(above.windows(2).all(|pair| pair[0] > pair[1]));
    }
}
