//! Learning-rate schedule: linear warm-up, then half a cosine (Loshchilov & Hutter 2017).

/// Share of a run's steps over which the learning rate rises to its peak.
const WARM_UP: f32 = 0.05;

/// Returns the learning rate of a training step as a share of its peak: a linear rise over the first
/// [`WARM_UP`] of the run, then the cosine. `step` counts from 0.
pub fn warmed_up(step: u32, steps: u32) -> f32 {
    let warm_up = (WARM_UP * steps as f32).max(1.0);
    let rise = (step as f32 + 1.0) / warm_up;
    rise.min(1.0) * half_cosine((step as f32 - warm_up) / (steps as f32 - warm_up).max(1.0))
}

/// Like [`warmed_up`], without the rise: the first of `steps` steps has the full rate.
pub fn falling(step: u32, steps: u32) -> f32 {
    half_cosine(step as f32 / steps as f32)
}

/// Falls from 1, at and before 0, to 0, at and beyond 1.
fn half_cosine(share: f32) -> f32 {
    0.5 * (1.0 + (std::f32::consts::PI * share.clamp(0.0, 1.0)).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_rises_linearly_to_its_peak_and_falls_from_there() {
        let shares: Vec<f32> = (0..200).map(|step| warmed_up(step, 200)).collect();
        for (step, share) in shares[..10].iter().enumerate() {
            assert!((share - (step as f32 + 1.0) / 10.0).abs() < 1e-6, "step {step}: {share}");
        }
        assert!(shares[10..].is_sorted_by(|a, b| a >= b));
        // A third of the way down, three quarters remain, since cos 60° is a half. Of 60 steps, the first 3
        // rise: step 22 is the 19th of 57.
        for share in [warmed_up(22, 60), falling(20, 60)] {
            assert!((share - 0.75).abs() < 1e-6, "{share}");
        }
    }

    #[test]
    fn no_step_is_idle() {
        for steps in [1, 2, 5, 19, 1700] {
            let shares = [0, steps / 2, steps - 1].map(|step| warmed_up(step, steps));
            assert!(shares.iter().all(|share| 0.0 < *share && *share <= 1.0), "{steps}: {shares:?}");
            assert!(falling(steps - 1, steps) > 0.0);
        }
        assert_eq!((warmed_up(0, 1), warmed_up(0, 2), falling(0, 100)), (1.0, 1.0, 1.0));
    }

    #[test]
    fn beyond_the_last_step_the_rate_is_0() {
        // The number of steps may be lowered during a run.
        assert_eq!((warmed_up(100, 100), warmed_up(5000, 100)), (0.0, 0.0));
    }
}
