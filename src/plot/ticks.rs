//! Round numbers along an axis.

/// Returns round values from `min` to `max`, at most `count` steps: multiples of 1, 2 or 5 times a power of
/// ten.
///
/// Empty if the ends are not finite; a single value if they coincide.
pub fn ticks(min: f32, max: f32, count: usize) -> Vec<f32> {
    if !(min.is_finite() && max.is_finite() && min <= max) {
        return Vec::new();
    }
    if min == max {
        return vec![min];
    }
    let step = round_step(f64::from(max - min) / count.max(1) as f64);
    let first = (f64::from(min) / step - 1e-6).ceil() as i64;
    let last = (f64::from(max) / step + 1e-6).floor() as i64;
    (first..=last).map(|i| (i as f64 * step) as f32).collect()
}

/// Returns round values between two ends, at most `count` steps, each with its label.
pub fn labelled((min, max): (f32, f32), count: usize) -> Vec<(f32, String)> {
    let values = ticks(min, max, count);
    let step = values.windows(2).next().map_or(0.1, |pair| pair[1] - pair[0]);
    values.into_iter().map(|value| (value, label(value, step))).collect()
}

/// Returns the smallest of 1, 2 and 5 times a power of ten that is not below `step`.
pub fn round_step(step: f64) -> f64 {
    let power = 10f64.powi(step.log10().floor() as i32);
    let round = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= step * 0.999_999);
    round.unwrap_or(10.0) * power
}

/// Returns a tick's label, with as many decimals as the `step` between ticks requires.
fn label(value: f32, step: f32) -> String {
    let decimals = if step > 0.0 { (-step.log10()).ceil().clamp(0.0, 6.0) } else { 2.0 };
    let text = format!("{value:.*}", decimals as usize);
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_round_and_within() {
        assert_eq!(ticks(0.0, 5.0, 5), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(ticks(0.13, 0.87, 4), [0.2, 0.4, 0.6, 0.8]);
        assert_eq!(ticks(-1.0, 1.0, 4), [-1.0, -0.5, 0.0, 0.5, 1.0]);
        assert_eq!(ticks(0.0, 600.0, 6), [0.0, 100.0, 200.0, 300.0, 400.0, 500.0, 600.0]);
    }

    #[test]
    fn invalid_ends_give_no_ticks() {
        assert!(ticks(f32::NAN, 1.0, 5).is_empty());
        assert!(ticks(2.0, 1.0, 5).is_empty());
        assert_eq!(ticks(3.0, 3.0, 5), [3.0]);
    }

    #[test]
    fn labels_have_sensible_digits() {
        assert_eq!(label(0.5, 0.5), "0.5");
        assert_eq!(label(-0.25, 0.05), "−0.25");
        assert_eq!(label(200.0, 100.0), "200");
    }
}
