//! Messages to the user.

use super::State;

/// A message to the user, shown until it is dismissed.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Identifier of the notice.
    pub id: u32,
    /// Text of the message.
    pub text: String,
    /// Details for programmers.
    pub details: Option<String>,
    /// Whether the notice offers an undo.
    pub can_undo: bool,
}

impl State {
    /// Shows a message until it is dismissed; one that is already shown is not repeated.
    pub fn notify(&mut self, text: impl Into<String>) {
        self.notify_with(text.into(), None);
    }

    /// Shows a message with details for programmers, likewise.
    pub fn notify_with(&mut self, text: String, details: Option<String>) {
        if self.notices.iter().any(|notice| notice.text == text) {
            return;
        }
        self.notices.push(Notice { id: self.next_notice, text, details, can_undo: false });
        self.next_notice += 1;
    }

    /// Removes a notice, and the undo that it offers.
    pub fn dismiss(&mut self, id: u32) {
        self.notices.retain(|notice| notice.id != id);
        self.undo.take_if(|undo| undo.is_offered_by(id));
    }
}

#[cfg(test)]
mod tests {
    use crate::page::fixture::state;

    #[test]
    fn repeated_message_is_shown_once() {
        let mut state = state(4);
        state.notify("No.");
        state.notify("No.");
        assert_eq!(state.notices.len(), 1);
        let id = state.notices[0].id;
        state.dismiss(id);
        assert!(state.notices.is_empty());
    }
}
