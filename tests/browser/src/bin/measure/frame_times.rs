//! Frame times of the page.

use std::fmt::{self, Display};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::Page;

/// Longest time that 95 of 100 frames may take, in milliseconds: 50 frames a second.
pub const GOAL: f64 = 20.0;

/// Calls back in every frame for a number of milliseconds; returns the time of each frame.
const RECORD: &str = "(async (milliseconds, act) => {
    const frame = () => new Promise(requestAnimationFrame);
    const times = [];
    const start = await frame();
    for (let now = start; now - start < milliseconds;) {
        act(now - start);
        const next = await frame();
        times.push(next - now);
        now = next;
    }
    return times;
})";

/// Times of consecutive frames, sorted in ascending order, in milliseconds.
#[derive(Debug)]
pub struct FrameTimes(Vec<f64>);

impl FrameTimes {
    /// Records frames while the page is idle.
    pub async fn record(page: &Page, time: Duration) -> Result<Self> {
        Self::record_while(page, time, "() => {}").await
    }

    /// Records frames, calling a JavaScript function in each with the milliseconds elapsed; `act` is an
    /// expression that evaluates to the function.
    pub async fn record_while(page: &Page, time: Duration, act: &str) -> Result<Self> {
        let times = page.evaluate(&format!("{RECORD}({}, {act})", time.as_millis())).await?;
        let times = times.as_array().context("The page recorded no frames.")?;
        Self::new(times.iter().filter_map(|time| time.as_f64()).collect())
    }

    fn new(mut times: Vec<f64>) -> Result<Self> {
        ensure!(!times.is_empty(), "The page drew no frames.");
        times.sort_by(f64::total_cmp);
        Ok(Self(times))
    }

    /// Returns the time that a share of the frames did not exceed.
    fn percentile(&self, share: f64) -> f64 {
        let rank = (share * self.0.len() as f64).ceil() as usize;
        self.0[rank.clamp(1, self.0.len()) - 1]
    }

    fn per_second(&self) -> f64 {
        1e3 * self.0.len() as f64 / self.0.iter().sum::<f64>()
    }
}

impl Display for FrameTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, most, longest] = [0.5, 0.95, 1.0].map(|share| self.percentile(share));
        write!(
            f,
            "{:.0} frames/s; a frame takes {median:.1} ms (median), {most:.1} ms (95th percentile; goal: \
             {GOAL:.0} or less), {longest:.0} ms (longest)",
            self.per_second()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let frames = FrameTimes::new((1..=100).rev().map(f64::from).collect()).unwrap();
        assert_eq!([0.0, 0.5, 0.95, 1.0].map(|share| frames.percentile(share)), [1.0, 50.0, 95.0, 100.0]);
        assert!(FrameTimes::new(Vec::new()).is_err());
    }

    #[test]
    fn frame_rate_covers_the_whole_time() {
        let frames = FrameTimes::new(vec![10.0, 30.0]).unwrap();
        assert!((frames.per_second() - 50.0).abs() < 1e-9);
    }
}
