//! The limits of a setting.

/// The numbers that a setting may take, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range<T> {
    /// The least value.
    pub min: T,
    /// The greatest value.
    pub max: T,
}

impl<T: PartialOrd + Copy> Range<T> {
    /// Whether `value` lies within (never true of a NaN).
    pub fn contains(&self, value: T) -> bool {
        self.min <= value && value <= self.max
    }

    /// The value of the range that lies nearest; a NaN becomes the least.
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
