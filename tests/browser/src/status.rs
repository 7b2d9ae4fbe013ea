//! Status of the run, parsed from the page's `role=status`.

use std::fmt::{self, Display};
use std::sync::LazyLock;

use regex::Regex;

/// `step 120 / 500`
static STEP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bstep\s+(\d+)\s*/\s*(\d+)").expect("it is well formed"));

/// `kNN 0.61`
static KNN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bkNN\s+(\d+(?:\.\d+)?)").expect("it is well formed"));

/// Text of the page's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status(pub String);

impl Status {
    /// Returns the number of steps taken.
    pub fn step(&self) -> Option<u32> {
        STEP.captures(&self.0)?[1].parse().ok()
    }

    /// Returns the number of steps of the run.
    pub fn steps(&self) -> Option<u32> {
        STEP.captures(&self.0)?[2].parse().ok()
    }

    /// Returns whether the run has taken its last step and has been evaluated.
    pub fn is_finished(&self) -> bool {
        self.step().is_some() && self.step() == self.steps() && self.0.contains("done")
    }

    /// Returns the device that computes: `WebGPU` or `CPU`.
    pub fn backend(&self) -> Option<&'static str> {
        let text = &self.0;
        ["WebGPU", "CPU"].into_iter().filter(|name| text.contains(name)).min_by_key(|name| text.find(name))
    }

    /// Returns the share of correct predictions by kNN, 0 to 1.
    pub fn knn(&self) -> Option<f64> {
        KNN.captures(&self.0)?[1].parse().ok()
    }
}

impl Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read() {
        let status = Status("step 120 / 500 · loss 1.53 · kNN 0.61 · CPU\ntraining · 5.2 steps/s".into());
        assert_eq!((status.step(), status.steps()), (Some(120), Some(500)));
        assert!(!status.is_finished());
        assert_eq!(status.backend(), Some("CPU"));
        assert_eq!(status.knn(), Some(0.61));
    }

    #[test]
    fn run_is_finished_once_it_is_evaluated() {
        assert!(!Status("step 9 / 9 · CPU\nevaluating".into()).is_finished());
        assert!(Status("step 9 / 9 · CPU\ndone".into()).is_finished());
    }

    #[test]
    fn missing_values_are_not_parsed() {
        let status = Status("Starting".into());
        assert_eq!((status.step(), status.backend(), status.knn()), (None, None, None));
        assert!(!status.is_finished());
    }
}
