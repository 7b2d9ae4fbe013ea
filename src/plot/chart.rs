//! Geometry of a line chart: from measured values to an SVG path.

use super::ticks::{labelled, round_step};

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

/// Space for a character of a tick's label, in pixels.
const CHARACTER: f32 = 7.0;
/// Distance of labels from the axis at their right.
pub const GAP: f32 = 6.0;
/// Space for the labels below the plot.
const BOTTOM: f32 = 20.0;
/// Space above the plot, and at least to the right of it.
const MARGIN: f32 = 10.0;

impl Frame {
    /// Returns the plot's area in a drawing of this size with labelled axes; `None` if no space is left.
    pub fn inside((width, height): (f64, f64), axes: &Axes) -> Option<Self> {
        let extent = |label: &str| label.chars().count() as f32 * CHARACTER;
        let mut frame = Self { left: 0.0, top: MARGIN, width: 0.0, height: height as f32 - BOTTOM - MARGIN };
        let widest = frame.rows(axes).iter().map(|(_, label)| extent(label)).fold(0.0, f32::max);
        // Labels below the plot are centred on their values.
        let right = MARGIN.max(0.5 * extent(&format!("{:.0}", axes.x.1)));
        frame.left = widest + GAP;
        frame.width = width as f32 - frame.left - right;
        (frame.width > 0.0 && frame.height > 0.0).then_some(frame)
    }

    /// Returns the values marked on the vertical axis, with their labels.
    pub fn rows(&self, axes: &Axes) -> Vec<(f32, String)> {
        labelled(axes.y, (self.height / 36.0) as usize + 1)
    }

    /// Returns the whole numbers marked on the horizontal axis, with their labels.
    pub fn columns(&self, axes: &Axes) -> Vec<(f32, String)> {
        let whole = (axes.x.1 - axes.x.0) as usize;
        labelled(axes.x, ((self.width / 90.0) as usize + 1).min(whole))
    }

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

/// Usual values of shares.
pub const SHARE: (f32, f32) = (0.0, 1.0);
/// Usual values of quantities without a sign.
pub const POSITIVE: (f32, f32) = (0.0, f32::INFINITY);

/// Returns the ends of an axis that holds all finite values, widened to round numbers, but not beyond the
/// usual values unless some lie there.
///
/// Equal values, too, get a visible range: a tenth of the usual one, or 2 % of their magnitude if it has no
/// end.
pub fn extent(values: impl Iterator<Item = f32>, usual: (f32, f32)) -> Option<(f32, f32)> {
    let (min, max) = span(&values.collect::<Vec<_>>())?;
    let least = if usual.1 - usual.0 < f32::INFINITY {
        0.1 * (usual.1 - usual.0)
    } else {
        (0.02 * min.abs().max(max.abs())).max(0.01)
    };
    let missing = 0.5 * (least - (max - min)).max(0.0);
    let (from, to) = (f64::from(min - missing), f64::from(max + missing));
    let step = round_step((to - from) / 4.0);
    let low = ((from / step + 1e-6).floor() * step) as f32;
    let high = ((to / step - 1e-6).ceil() * step) as f32;
    let low = if min < usual.0 { low } else { low.max(usual.0) };
    let high = if max > usual.1 { high } else { high.min(usual.1) };
    Some((low, high))
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

    const ANY: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

    fn ends(values: &[f32], usual: (f32, f32)) -> (f32, f32) {
        extent(values.iter().copied(), usual).expect("finite values")
    }

    #[test]
    fn an_extent_is_round_and_holds_every_value() {
        assert_eq!(extent([f32::NAN].into_iter(), ANY), None);
        assert_eq!(ends(&[0.3, f32::NAN, 4.7], ANY), (0.0, 6.0));
        assert_eq!(ends(&[0.3, 0.7], SHARE), (0.3, 0.7));
        for i in 1..400 {
            let (min, max) = (-2.0 + 0.013 * i as f32, -2.0 + 0.013 * i as f32 + 1e-5 * (i * i) as f32);
            let (low, high) = ends(&[min, max], ANY);
            assert!(low <= min && max <= high && low < high && high - low <= 3.0 * (max - min).max(0.1));
        }
    }

    #[test]
    fn equal_values_get_a_range_within_the_usual_one() {
        let cases = [
            (0.0, SHARE, (0.0, 0.05)),
            (1.0, SHARE, (0.95, 1.0)),
            (0.5, SHARE, (0.45, 0.55)),
            (0.0, POSITIVE, (0.0, 0.005)),
            (-2.0, (f32::NEG_INFINITY, 0.0), (-2.02, -1.98)),
        ];
        for (value, usual, (low, high)) in cases {
            let found = ends(&[value; 3], usual);
            assert!((found.0 - low).abs() < 1e-5 && (found.1 - high).abs() < 1e-5, "{found:?}");
        }
        let (low, high) = ends(&[-0.5, 0.2], POSITIVE);
        assert!(low <= -0.5 && high >= 0.2, "unusual values are shown as well");
    }

    #[test]
    fn labels_fit_beside_the_plot() {
        for y in [(0.0, 1.0), (0.98, 1.0), (-0.004, 0.001), (0.0, 12_000.0), (4.0, 4.0001)] {
            for x in [(0.0, 20.0), (0.0, 1_000_000.0)] {
                let axes = Axes { x, y };
                let frame = Frame::inside((300.0, 150.0), &axes).expect("there is space");
                for (_, label) in frame.rows(&axes) {
                    assert!(frame.left >= 6.0 + 7.0 * label.chars().count() as f32, "{label}");
                }
                for (value, label) in frame.columns(&axes) {
                    let half = 3.5 * label.chars().count() as f32;
                    assert!(frame.x(&axes, value) + half <= 300.0, "{label}");
                }
            }
        }
        assert_eq!(Frame::inside((30.0, 150.0), &AXES), None);
        let columns = FRAME.columns(&Axes { x: (2.0, 3.0), y: (0.0, 1.0) });
        assert_eq!(columns, [(2.0, "2".to_owned()), (3.0, "3".to_owned())]);
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
