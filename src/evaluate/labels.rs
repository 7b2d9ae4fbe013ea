//! Checks of label sets.

use crate::protocol::LabelId;

/// Returns whether two rows have different labels.
pub fn several(labels: &[Option<LabelId>]) -> bool {
    let mut given = labels.iter().flatten();
    given.next().is_some_and(|first| given.any(|other| other != first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_label_is_not_several() {
        assert!(!several(&[]) && !several(&[None, None]) && !several(&[Some(3), None, Some(3)]));
        assert!(several(&[None, Some(3), Some(3), Some(0)]));
    }
}
