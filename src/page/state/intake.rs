//! Progress of incoming pictures.

use super::State;
use crate::image::{Failure, Remark};

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
    /// Source of the first files.
    pub kind: IntakeKind,
    /// Number of files in total.
    pub total: usize,
    /// Number of files that were read or given up.
    pub done: usize,
    /// Names of the files and folders of the system that were skipped, with their numbers.
    pub skipped: Vec<(String, usize)>,
    /// Remarks on how files were decoded, with the files' names.
    pub remarks: Vec<(Remark, Vec<String>)>,
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
    pub fn begin_intake(&mut self, kind: IntakeKind, total: usize, skipped: &[String]) {
        if !self.intake.is_active() {
            *self.intake = Intake { kind, ..Intake::default() };
        }
        self.intake.total += total;
        for name in skipped {
            // Each picture has a hidden file of its own.
            let name = if name.starts_with("._") { "._*" } else { name };
            match self.intake.skipped.iter_mut().find(|(known, _)| known == name) {
                Some((_, count)) => *count += 1,
                None => self.intake.skipped.push((name.to_owned(), 1)),
            }
        }
    }

    /// Records a remark on how a file was decoded.
    pub fn remark(&mut self, remark: Remark, name: String) {
        let remarks = &mut self.intake.remarks;
        match remarks.iter_mut().find(|(known, _)| *known == remark) {
            Some((_, names)) => names.push(name),
            None => remarks.push((remark, vec![name])),
        }
    }

    /// Records that the containers among incoming files were opened; returns whether their contents
    /// are still wanted.
    pub fn end_opening(&mut self, ticket: u32) -> bool {
        let is_wanted = self.is_wanted(ticket);
        if is_wanted {
            self.intake.total -= 1;
        }
        is_wanted
    }

    /// Lists a file that could not be used, besides those being read.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.intake.total += 1;
        self.advance_intake(1, vec![refusal]);
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

    /// Takes back the files that were left out, since they are to be read after all.
    pub fn take_left_out(&mut self) {
        let files = std::mem::take(&mut self.intake.left_out);
        self.intake.total -= files;
        self.intake.done -= files;
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
        self.intake.skipped.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{commands, state},
        protocol::Command,
        settings::Images,
    };

    #[test]
    fn batches_of_files_are_counted_together() {
        let mut state = state(0);
        let skipped = ["@eaDir", "._a", "@eaDir", "._b"].map(str::to_owned);
        state.begin_intake(IntakeKind::Decoding, 3, &skipped[..2]);
        let refusal = Refusal { name: "x.png".to_owned(), why: Failure::Empty };
        assert!(!state.advance_intake(2, vec![refusal]));
        state.begin_intake(IntakeKind::Decoding, 2, &skipped[2..]);
        assert_eq!((state.intake.done, state.intake.total), (2, 5));
        assert_eq!(state.intake.skipped, [("@eaDir".to_owned(), 2), ("._*".to_owned(), 2)]);
        assert!(state.advance_intake(3, Vec::new()));
        assert_eq!(state.intake.refused.len(), 1);
        state.begin_intake(IntakeKind::Decoding, 1, &[]);
        assert_eq!((state.intake.done, state.intake.total, state.intake.refused.len()), (0, 1, 0));
        state.end_intake();
        assert!(!state.intake.is_active());
        let ticket = state.intake_ticket();
        state.begin_intake(IntakeKind::Decoding, 1, &[]);
        assert!(state.intake.is_active() && state.end_opening(ticket) && !state.intake.is_active());
    }

    #[test]
    fn files_opened_while_a_set_is_drawn_leave_it_being_drawn() {
        let mut state = state(0);
        state.begin_intake(IntakeKind::Drawing, 1000, &[]);
        state.advance_intake(20, Vec::new());
        let ticket = state.intake_ticket();
        state.begin_intake(IntakeKind::Decoding, 1, &[]);
        assert_eq!((state.intake.kind, state.intake.total), (IntakeKind::Drawing, 1001));
        assert!(state.end_opening(ticket));
        state.clear(Images::Own);
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
        assert_eq!((state.intake.kind, state.intake.total), (IntakeKind::Decoding, 2));
        assert!(state.advance_intake(2, Vec::new()));
    }

    #[test]
    fn training_starts_when_opened_files_bring_no_picture() {
        let mut state = state(4);
        let ticket = state.intake_ticket();
        state.begin_intake(IntakeKind::Decoding, 1, &[]);
        state.train();
        assert!(!commands(&mut state).contains(&Command::Train));
        assert!(state.end_opening(ticket));
        state.begin_intake(IntakeKind::Decoding, 1, &[]);
        state.advance_intake(1, vec![Refusal { name: "x.zip".to_owned(), why: Failure::Unopened }]);
        state.settle();
        assert!(commands(&mut state).contains(&Command::Train));
    }

    #[test]
    fn files_added_anyway_are_offered_once() {
        let mut state = state(4);
        state.begin_intake(IntakeKind::Decoding, 5, &[]);
        state.leave_out(2);
        state.advance_intake(3, Vec::new());
        state.take_left_out();
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
        assert_eq!((state.intake.left_out, state.intake.done, state.intake.total), (0, 1, 5));
        assert!(state.advance_intake(4, Vec::new()));
    }
}
