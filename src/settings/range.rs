//! Limits of a setting.

/// Range of values a setting may take, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range<T> {
    /// Smallest value.
    pub min: T,
    /// Largest value.
    pub max: T,
}

impl<T: PartialOrd + Copy> Range<T> {
    /// Returns whether `value` lies within the range; false for NaN.
    pub fn contains(&self, value: T) -> bool {
        self.min <= value && value <= self.max
    }

    /// Returns the nearest value in the range; NaN becomes the smallest.
    pub fn clamp(&self, value: T) -> T {
        if value > self.max {
            self.max
        } else if value >= self.min {
            value
        } else {
            self.min
        }
    }
}
