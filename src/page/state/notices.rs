//! Sentences for the user.

use super::State;

/// A sentence for the user, shown until it is dismissed.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Names it.
    pub id: u32,
    /// The sentence.
    pub text: String,
    /// What only programmers may want to read about it.
    pub details: Option<String>,
    /// Whether it offers to take back what it speaks of.
    pub can_undo: bool,
}

impl State {
    /// Shows a sentence until it is dismissed; one that is already there is not repeated.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.notify_with(text.into(), None);
    }

    /// The same, with what only programmers may want to read about it.
    pub fn notify_with(&mut self, text: String, details: Option<String>) {
        if self.notices.iter().any(|notice| notice.text == text) {
            return;
        }
        self.notices.push(Notice { id: self.next_notice, text, details, can_undo: false });
        self.next_notice += 1;
    }

    /// Takes a sentence away.
    pub fn dismiss(&mut self, id: u32) {
        self.notices.retain(|notice| notice.id != id);
        self.undo.take_if(|undo| undo.is_offered_by(id));
    }
}

#[cfg(test)]
mod tests {
    use crate::page::fixture::state;

    #[test]
    fn the_same_sentence_is_shown_once() {
        let mut state = state(4);
        state.notify("No.");
        state.notify("No.");
        assert_eq!(state.notices.len(), 1);
        let id = state.notices[0].id;
        state.dismiss(id);
        assert!(state.notices.is_empty());
    }
}
