//! Progress of incoming pictures.

use super::State;
use crate::image::Failure;

/// Source of incoming pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntakeKind {
    /// Files being decoded.
    #[default]
    Decoding,
    /// A built-in set being drawn.
    Drawing,
    /// An experiment being opened.
    Opening,
}

/// Progress of files being read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intake {
    /// Source of the latest files.
    pub kind: IntakeKind,
    /// Number of files in total.
    pub total: usize,
    /// Number of files that were read or given up.
    pub done: usize,
    /// Number of files skipped silently because they are never pictures.
    pub skipped: usize,
    /// Files that could not be read.
    pub refused: Vec<Refusal>,
    /// Number of files left out, since the set has pictures of the same bytes.
    pub left_out: usize,
}

impl Intake {
    /// Returns whether pictures are still coming in.
    pub fn is_active(&self) -> bool {
        self.done < self.total
    }
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// Name of the file.
    pub name: String,
    /// Reason for the refusal.
    pub why: Failure,
}

impl State {
    /// Records that further pictures are coming in.
    pub fn begin_intake(&mut self, kind: IntakeKind, total: usize, skipped: usize) {
        if !self.intake.is_active() {
            *self.intake = Intake::default();
        }
        self.intake.kind = kind;
        self.intake.total += total;
        self.intake.skipped += skipped;
    }

    /// Records that some arrived or failed; returns whether none are left.
    pub fn advance_intake(&mut self, done: usize, refused: Vec<Refusal>) -> bool {
        self.intake.done += done;
        self.intake.refused.extend(refused);
        !self.intake.is_active()
    }

    /// Records that some were left out.
    pub fn leave_out(&mut self, files: usize) {
        if files > 0 {
            self.intake.left_out += files;
        }
    }

    /// Records that no more will come.
    pub fn end_intake(&mut self) {
        self.intake.total = self.intake.done;
    }

    /// Returns a ticket for pictures that arrive over time, valid until the next
    /// [`Self::stop_intake`].
    pub fn intake_ticket(&self) -> u32 {
        self.intake_ticket
    }

    /// Returns whether pictures requested under a ticket are still wanted.
    pub fn is_wanted(&self, ticket: u32) -> bool {
        self.intake_ticket == ticket
    }

    /// Invalidates the tickets of pictures being read or drawn; those that arrived stay.
    pub fn stop_intake(&mut self) {
        self.intake_ticket = self.intake_ticket.wrapping_add(1);
    }

    /// Clears the list of files that could not be read.
    pub fn dismiss_refused(&mut self) {
        self.intake.refused.clear();
        self.intake.skipped = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture::state;

    #[test]
    fn batches_of_files_are_counted_together() {
        let mut state = state(0);
        state.begin_intake(IntakeKind::Decoding, 3, 1);
        let refusal = Refusal { name: "x.png".to_owned(), why: Failure::Empty };
        assert!(!state.advance_intake(2, vec![refusal]));
        state.begin_intake(IntakeKind::Decoding, 2, 0);
        assert_eq!((state.intake.done, state.intake.total, state.intake.skipped), (2, 5, 1));
        assert!(state.advance_intake(3, Vec::new()));
        assert_eq!(state.intake.refused.len(), 1);
        state.begin_intake(IntakeKind::Decoding, 1, 0);
        assert_eq!((state.intake.done, state.intake.total, state.intake.refused.len()), (0, 1, 0));
        state.end_intake();
        assert!(!state.intake.is_active());
    }
}
