//! What the browser keeps between visits.

use super::{Part, State};

/// Work of an earlier visit that can be continued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Names it in the browser's storage.
    pub key: String,
    /// When it was kept, in words.
    pub when: String,
    /// What it is, in words.
    pub what: String,
}

/// Whether this visit's work is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// The storage has not answered yet.
    #[default]
    Unknown,
    /// It is.
    On,
    /// The browser allows the page no storage.
    Denied,
    /// The storage has no room for more.
    Full,
    /// The user wanted everything forgotten, here or in another tab.
    Forgotten,
}

impl Keeping {
    /// What the user is told, in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::On => "Your work is kept in this browser for your next visit, pictures included.",
            Self::Denied => {
                "This browser lets the page keep nothing, as in a private window: your work ends with this visit unless you save it."
            }
            Self::Full => {
                "The browser’s storage is full: what came last is not kept for your next visit. The page goes on; save what you need."
            }
            Self::Forgotten => "Nothing is kept in this browser any more, and nothing of this visit will be.",
        }
    }
}

impl State {
    /// Notes whether this visit's work is kept.
    pub fn set_keeping(&mut self, keeping: Keeping) {
        self.touch(Part::Keeping);
        self.keeping = keeping;
    }

    /// Offers work of an earlier visit, or no longer.
    pub fn set_offer(&mut self, offer: Option<Offer>) {
        self.touch(Part::Keeping);
        // Whoever worked here before is no guest: the pictures may be among what is offered.
        self.is_guest &= offer.is_none();
        self.offer = offer;
    }
}
