//! How far work is that is done in pieces.

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Another piece is left.
    More,
    /// Nothing is left to do, or nothing until more is asked for.
    Idle,
}

impl Progress {
    /// [`Progress::More`] if so.
    pub fn more_if(more: bool) -> Self {
        if more { Self::More } else { Self::Idle }
    }
}
