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
    /// Action that the notice offers.
    pub offer: Option<NoticeOffer>,
}

/// An action offered by a notice.
#[derive(Clone, Debug, PartialEq)]
pub enum NoticeOffer {
    /// Undoes the last removal or labelling.
    Undo,
    /// Fetches the picture at this address from its server.
    Fetch(String),
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
        self.push_notice(text, details, None);
    }

    /// Shows a message with an offer, and returns its id.
    pub(in crate::page) fn push_notice(
        &mut self,
        text: String,
        details: Option<String>,
        offer: Option<NoticeOffer>,
    ) -> u32 {
        let id = self.next_notice;
        self.next_notice += 1;
        self.notices.push(Notice { id, text, details, offer });
        id
    }

    /// Changes the text of a notice; returns whether it is still shown.
    pub fn renew_notice(&mut self, id: u32, text: String) -> bool {
        let notice = self.notices.iter_mut().find(|notice| notice.id == id);
        notice.map(|notice| notice.text = text).is_some()
    }

    /// Offers to fetch the picture at an address, since the page contacts no other server by itself.
    pub fn offer_fetch(&mut self, address: String) {
        let host = address.split('/').nth(2).unwrap_or_default();
        let text = format!("This page contacts no other server by itself. Fetch the picture from {host}?");
        self.push_notice(text, None, Some(NoticeOffer::Fetch(address)));
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
