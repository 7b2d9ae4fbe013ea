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
                "This browser does not let the page store anything (for example, in a private window). Export what you need before you leave."
            }
            Self::Full => {
                "The browser’s storage is full, so changes are no longer kept for your next visit. Export what you need."
            }
            Self::Forgotten => "Everything was removed, and nothing from this visit will be kept.",
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
        self.offer = offer;
    }
}
