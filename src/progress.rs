//! Progress of work that is done in pieces.

/// Whether work is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// At least one more piece is left.
    More,
    /// No work is left, or none until more is requested.
    Idle,
}

impl Progress {
    /// Returns [`Progress::More`] if `more`, otherwise [`Progress::Idle`].
    pub fn more_if(more: bool) -> Self {
        if more { Self::More } else { Self::Idle }
    }
}
