//! Files on their way to becoming pictures.

use super::State;
use crate::image::Failure;

/// How pictures come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntakeKind {
    /// Files are decoded.
    #[default]
    Decoding,
    /// A built-in set is drawn.
    Drawing,
    /// An experiment is opened.
    Opening,
}

/// Files being read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intake {
    /// How the latest of them come.
    pub kind: IntakeKind,
    /// How many there are.
    pub total: usize,
    /// How many were read or given up.
    pub done: usize,
    /// Files left out without a word because they never are pictures.
    pub skipped: usize,
    /// Files that could not be read.
    pub refused: Vec<Refusal>,
}

impl Intake {
    /// Whether pictures are still on their way.
    pub fn is_active(&self) -> bool {
        self.done < self.total
    }
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: Failure,
}

impl State {
    /// Notes that pictures are on their way, after those that already are.
    pub fn begin_intake(&mut self, kind: IntakeKind, total: usize, skipped: usize) {
        if !self.intake.is_active() {
            *self.intake = Intake::default();
        }
        self.intake.kind = kind;
        self.intake.total += total;
        self.intake.skipped += skipped;
    }

    /// Notes that some came or failed; whether none are left.
    pub fn advance_intake(&mut self, done: usize, refused: Vec<Refusal>) -> bool {
        self.intake.done += done;
        self.intake.refused.extend(refused);
        !self.intake.is_active()
    }

    /// Notes that no more will come.
    pub fn end_intake(&mut self) {
        self.intake.total = self.intake.done;
    }

    /// Returns a ticket for pictures that come in over time, valid until the next
    /// [`Self::stop_intake`].
    pub fn intake_ticket(&self) -> u32 {
        self.intake_ticket
    }

    /// Returns whether pictures that came in under a ticket are still wanted.
    pub fn is_wanted(&self, ticket: u32) -> bool {
        self.intake_ticket == ticket
    }

    /// Ends what is being read or drawn; what already came stays.
    pub fn stop_intake(&mut self) {
        self.intake_ticket = self.intake_ticket.wrapping_add(1);
    }

    /// Takes the list of files that could not be read away.
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
    fn two_batches_of_files_are_counted_together() {
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
