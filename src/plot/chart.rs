//! Geometry of a line chart: from measured values to an SVG path.

use super::ticks::ticks;

/// Values at the plot's edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axes {
    /// Values at the left and right edge.
    pub x: (f32, f32),
    /// Values at the bottom and top edge.
    pub y: (f32, f32),
}

/// Inner rectangle of the plot, in pixels from the top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Frame {
    /// Returns the horizontal pixel of a value.
    pub fn x(&self, axes: &Axes, value: f32) -> f32 {
        self.left + share(value, axes.x) * self.width
    }

    /// Returns the vertical pixel of a value.
    pub fn y(&self, axes: &Axes, value: f32) -> f32 {
        self.top + (1.0 - share(value, axes.y)) * self.height
    }
}

impl Frame {
    /// Returns the value at a horizontal pixel.
    pub fn value_at(&self, axes: &Axes, pixel: f32) -> f32 {
        axes.x.0 + (pixel - self.left) / self.width * (axes.x.1 - axes.x.0)
    }
}

fn share(value: f32, (from, to): (f32, f32)) -> f32 {
    if to > from { (value - from) / (to - from) } else { 0.5 }
}

/// Returns the smallest and the largest of all finite values.
pub fn span(values: &[f32]) -> Option<(f32, f32)> {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// Returns the smallest and the largest value except for 2 % at either end, if these few take up more than
/// half of the range; otherwise [`span`].
pub fn bulk(values: &[f32]) -> Option<(f32, f32)> {
    let (min, max) = span(values)?;
    let [low, high] = [0.02, 0.98].map(|share| quantile(values, share, (min, max)));
    Some(if max - min > 2.0 * (high - low) { (low, high) } else { (min, max) })
}

/// Returns the value between two ends that a share of the finite values does not exceed, by bisection.
fn quantile(values: &[f32], share: f32, (mut low, mut high): (f32, f32)) -> f32 {
    /// Number of bisection steps: down to a millionth of the distance.
    const HALVINGS: usize = 20;
    let up_to = |limit: f32| values.iter().filter(|value| value.is_finite() && **value <= limit).count();
    let wanted = (share * up_to(high) as f32).ceil() as usize;
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if up_to(middle) >= wanted { high = middle } else { low = middle }
    }
    high
}

/// Returns the ends of an axis that holds all finite values, widened to round numbers.
pub fn extent(values: impl Iterator<Item = f32>) -> Option<(f32, f32)> {
    let (min, max) = span(&values.collect::<Vec<_>>())?;
    let pad = ((max - min) * 0.04).max(max.abs() * 0.01).max(1e-3);
    let round = ticks(min - pad, max + pad, 4);
    let step = round.windows(2).next().map_or(0.0, |pair| pair[1] - pair[0]);
    let (first, last) = (round.first().copied().unwrap_or(min), round.last().copied().unwrap_or(max));
    let low = if first > min { first - step } else { first };
    let high = if last < max { last + step } else { last };
    Some(if low < high { (low, high) } else { (min - pad, max + pad) })
}

/// Returns a curve smoothed for display, by an exponential moving average without initial bias: the newest
/// value weighs 5 %, in short curves up to 20 %, so that no end follows a single value.
pub fn smooth(values: &[f32]) -> Vec<f32> {
    averaged(values, (30.0 / values.len() as f64).clamp(0.05, 0.2))
}

/// Returns for each value the mean of those up to it, each `1 - newest` times as heavy as the next. Values
/// that are not finite stay as they are, and count for no other.
fn averaged(values: &[f32], newest: f64) -> Vec<f32> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let mean = |value: &f32| {
        if !value.is_finite() {
            return *value;
        }
        sum = (1.0 - newest) * sum + f64::from(*value);
        weight = (1.0 - newest) * weight + 1.0;
        (sum / weight) as f32
    };
    values.iter().map(mean).collect()
}

/// Returns fewer points with the same outline: the lowest and the highest of each run of points that shares
/// one of `buckets` columns.
pub fn thinned(points: &[(f32, f32)], buckets: usize) -> Vec<(f32, f32)> {
    if buckets == 0 || points.len() <= 2 * buckets {
        return points.to_vec();
    }
    let run = points.len().div_ceil(buckets);
    let extremes = |run: &[(f32, f32)]| {
        let lowest = (0..run.len()).min_by(|a, b| run[*a].1.total_cmp(&run[*b].1));
        let highest = (0..run.len()).max_by(|a, b| run[*a].1.total_cmp(&run[*b].1));
        let (Some(low), Some(high)) = (lowest, highest) else { return Vec::new() };
        [low.min(high), low.max(high)].map(|i| run[i]).to_vec()
    };
    points.chunks(run).flat_map(extremes).collect()
}

/// Returns the path of a line through points, interrupted where a value is not finite.
pub fn path(points: &[(f32, f32)], axes: &Axes, frame: &Frame) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    for &(x, y) in points {
        let (x, y) = (frame.x(axes, x), frame.y(axes, y));
        if !(x.is_finite() && y.is_finite()) {
            pen_down = false;
            continue;
        }
        path.push_str(&format!("{}{x:.1} {y:.1}", if pen_down { 'L' } else { 'M' }));
        pen_down = true;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const AXES: Axes = Axes { x: (0.0, 10.0), y: (0.0, 1.0) };
    const FRAME: Frame = Frame { left: 5.0, top: 10.0, width: 100.0, height: 50.0 };

    #[test]
    fn a_path_runs_through_its_points_and_breaks_at_gaps() {
        let points = [(0.0, 0.0), (5.0, 1.0), (7.0, f32::NAN), (10.0, 0.5)];
        assert_eq!(path(&points, &AXES, &FRAME), "M5.0 60.0L55.0 10.0M105.0 35.0");
    }

    #[test]
    fn an_extent_is_round_and_holds_every_value() {
        let (low, high) = extent([0.3, f32::NAN, 4.7].into_iter()).expect("finite values");
        assert!(low <= 0.3 && high >= 4.7);
        assert_eq!(extent([f32::NAN].into_iter()), None);
        let (low, high) = extent([2.0].into_iter()).expect("one value");
        assert!(low < 2.0 && 2.0 < high);
    }

    #[test]
    fn a_few_outliers_do_not_stretch_the_bulk() {
        // Sorted, 2 % of 1,000 values are 20.
        let mut values: Vec<f32> = (0..1000).map(|i| ((i * 617) % 1000) as f32 / 1000.0).collect();
        assert_eq!(bulk(&values), span(&values));
        for (i, outlier) in values.iter_mut().take(15).enumerate() {
            *outlier = 500.0 + i as f32;
        }
        let mut sorted = values.clone();
        sorted.sort_by(f32::total_cmp);
        let (low, high) = bulk(&values).expect("there are values");
        assert!((low - sorted[19]).abs() < 2e-3 && (high - sorted[979]).abs() < 2e-3, "{low} to {high}");
        assert_eq!(span(&values), Some((sorted[0], 514.0)));
        // With few values, none is an outlier.
        assert_eq!(bulk(&[1.0, f32::NAN, 2.0, 900.0]), Some((1.0, 900.0)));
        assert_eq!((bulk(&[f32::NAN]), span(&[])), (None, None));
    }

    #[test]
    fn value_at_a_pixel_is_the_value_drawn_there() {
        for value in [0.0, 2.5, 10.0] {
            assert!((FRAME.value_at(&AXES, FRAME.x(&AXES, value)) - value).abs() < 1e-4);
        }
    }

    #[test]
    fn smoothed_values_are_means_with_decaying_weights() {
        let mut values: Vec<f32> = (0..90).map(|i| ((i * 37) % 11) as f32).collect();
        let known = values.clone();
        values.insert(40, f32::NAN);
        let mut means = averaged(&values, 0.1);
        assert!(means.remove(40).is_nan());
        for (end, mean) in means.into_iter().enumerate() {
            let weight = |i: usize| 0.9_f64.powi((end - i) as i32);
            let sum: f64 = (0..=end).map(|i| weight(i) * f64::from(known[i])).sum();
            let weights: f64 = (0..=end).map(weight).sum();
            assert!((f64::from(mean) - sum / weights).abs() < 1e-5, "{end}");
        }
        assert_eq!((smooth(&[]), smooth(&[5.0]), smooth(&[3.0; 80])), (vec![], vec![5.0], vec![3.0; 80]));
    }

    #[test]
    fn last_value_weighs_no_more_than_those_before_it() {
        for count in [60, 200, 3000] {
            let peak = |place: usize| {
                let mut values = vec![1.0; count];
                values[place] = 9.0;
                smooth(&values)[place]
            };
            let (middle, last) = (peak(count / 2), peak(count - 1));
            assert!((middle - last).abs() < 0.01 && last < 2.7, "{count}: {middle}, {last}");
        }
    }

    #[test]
    fn thinning_keeps_the_outline() {
        let mut points: Vec<(f32, f32)> = (0..10_000).map(|i| (i as f32, 0.0)).collect();
        points[5_000].1 = 9.0;
        points[7_000].1 = -4.0;
        let thin = thinned(&points, 100);
        assert!(thin.len() <= 200);
        assert!(thin.iter().any(|p| p.1 == 9.0) && thin.iter().any(|p| p.1 == -4.0));
        assert!(thin.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }
}
