//! Viridis, the perceptually uniform colour map of matplotlib (van der Walt & Smith 2015, CC0).

/// Viridis at equal intervals, dark to bright; colours in between are interpolated.
const ANCHORS: [[u8; 3]; 18] = [
    [68, 1, 84],
    [72, 23, 105],
    [71, 42, 122],
    [67, 61, 132],
    [61, 78, 138],
    [53, 94, 141],
    [46, 109, 142],
    [41, 123, 142],
    [35, 137, 142],
    [31, 151, 139],
    [33, 165, 133],
    [46, 179, 124],
    [70, 192, 111],
    [101, 203, 94],
    [137, 213, 72],
    [176, 221, 47],
    [216, 226, 25],
    [253, 231, 37],
];

/// Returns the colour of a share between 0 (dark violet) and 1 (yellow); others are clamped, NaN counts as 0.
pub fn viridis(share: f32) -> [u8; 3] {
    let place = share.clamp(0.0, 1.0).max(0.0) * (ANCHORS.len() - 1) as f32;
    let below = (place as usize).min(ANCHORS.len() - 2);
    let rest = place - below as f32;
    std::array::from_fn(|channel| {
        let (low, high) = (ANCHORS[below][channel], ANCHORS[below + 1][channel]);
        (f32::from(low) + (f32::from(high) - f32::from(low)) * rest).round() as u8
    })
}

/// Returns the CSS colour, black or white, that is more readable on a colour.
pub fn ink_on(rgb: [u8; 3]) -> &'static str {
    // Where the contrasts with black and with white are equal: √(1.05 × 0.05) − 0.05.
    if luminance(rgb) > 0.179 { "#000" } else { "#fff" }
}

/// Returns the relative luminance as defined by WCAG, with a simpler gamma.
fn luminance(rgb: [u8; 3]) -> f32 {
    let linear = rgb.map(|byte| (f32::from(byte) / 255.0).powf(2.2));
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

/// Returns the colour map as stops of a CSS gradient, dark to bright.
pub fn css_stops() -> String {
    let stops = ANCHORS.iter().map(|[r, g, b]| format!("rgb({r} {g} {b})"));
    stops.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_those_of_viridis() {
        assert_eq!(viridis(0.0), [68, 1, 84]);
        assert_eq!(viridis(1.0), [253, 231, 37]);
        assert_eq!((viridis(-3.0), viridis(7.0)), (viridis(0.0), viridis(1.0)));
        assert_eq!(viridis(f32::NAN), viridis(0.0));
    }

    #[test]
    fn brightness_only_grows() {
        let shades: Vec<f32> = (0..=100).map(|i| luminance(viridis(i as f32 / 100.0))).collect();
        assert!(shades.windows(2).all(|pair| pair[0] < pair[1]));
    }
    #[test]
    fn numbers_are_readable_on_every_colour() {
        for i in 0..=1000 {
            let rgb = viridis(i as f32 / 1000.0);
            let channel = |byte: u8| {
                let value = f32::from(byte) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            let [r, g, b] = rgb.map(channel);
            let luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            let contrast =
                if ink_on(rgb) == "#000" { (luminance + 0.05) / 0.05 } else { 1.05 / (luminance + 0.05) };
            assert!(contrast >= 4.5, "{rgb:?}: {contrast}");
        }
    }
}
