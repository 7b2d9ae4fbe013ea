//! What the browser keeps between visits.

use crate::page::state::State;

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
pub enum AutosaveStatus {
    /// The storage has not answered yet.
    #[default]
    Unknown,
    /// It is.
    On,
    /// The browser allows the page no storage.
    Denied,
    /// The storage had no room for the latest changes; they are tried again.
    Full,
    /// The latest changes could not be written; they are tried again.
    Failing,
    /// The user wants everything forgotten, and that has not been confirmed.
    Forgetting,
    /// Everything was forgotten, as the user wanted here or in another tab.
    Forgotten,
}

impl AutosaveStatus {
    /// What the user is told, in a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::On => "Your work is kept in this browser, pictures and all (a private window forgets it).",
            Self::Denied => {
                "This browser does not let the page store anything. Export what you need before you leave."
            }
            Self::Full => {
                "The browser’s storage is full: your latest changes are not kept for your next visit. Remove some pictures, or export what you need."
            }
            Self::Failing => {
                "The browser could not store your latest changes. The page tries again; export what you need."
            }
            Self::Forgetting => "Nothing from this visit will be kept.",
            Self::Forgotten => "Everything was removed, and nothing from this visit will be kept.",
        }
    }

    /// Whether nothing more is to be kept.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Forgetting | Self::Forgotten)
    }

    /// Whether there is a storage to write to.
    const fn is_possible(self) -> bool {
        matches!(self, Self::On | Self::Full | Self::Failing)
    }
}

/// The shortest and the longest pause after an attempt that failed, in milliseconds.
const PAUSES: (f64, f64) = (8_000.0, 300_000.0);

/// When to try again what keeps failing: after pauses that double.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Backoff {
    /// The last pause, in milliseconds; 0 while all goes well.
    pause: f64,
    /// When it ends, in milliseconds.
    until: f64,
}

impl Backoff {
    /// Whether it is time to try.
    pub fn is_over(&self, now: f64) -> bool {
        now >= self.until
    }

    /// Notes that an attempt failed.
    pub fn lose(&mut self, now: f64) {
        self.pause = (2.0 * self.pause).clamp(PAUSES.0, PAUSES.1);
        self.until = now + self.pause;
    }
}

impl State {
    /// Notes whether this visit's work is kept. What was forgotten stays forgotten, whatever
    /// was on its way.
    pub fn set_autosave(&mut self, keeping: AutosaveStatus) {
        if *self.autosave != keeping && (!self.autosave.is_over() || keeping == AutosaveStatus::Forgotten) {
            *self.autosave = keeping;
        }
    }

    /// Offers work of an earlier visit, or no longer; none once everything is forgotten.
    pub fn set_offer(&mut self, offer: Option<Offer>) {
        // Whoever worked here before is no guest: the pictures may be among what is offered.
        self.is_guest &= offer.is_none();
        *self.offer = offer.filter(|_| !self.autosave.is_over());
    }

    /// The revision that should be kept now, if any.
    pub fn wants_autosave(&self) -> Option<u64> {
        (self.autosave.is_possible() && self.is_worth_saving()).then_some(self.revision())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        image::Image,
        page::state::Newcomer,
        settings::{Images, Settings},
    };

    fn state() -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        let image = Image::draw(|_, _| [0; 3]);
        state.add(vec![Newcomer { name: "a".to_owned(), label: None, image }]);
        state
    }

    #[test]
    fn what_could_not_be_written_is_tried_again() {
        let mut state = state();
        assert_eq!(state.wants_autosave(), None, "the storage has not answered yet");
        for keeping in [AutosaveStatus::On, AutosaveStatus::Full, AutosaveStatus::Failing] {
            state.set_autosave(keeping);
            assert_eq!(state.wants_autosave(), Some(state.revision()), "{keeping:?}");
        }
        state.set_autosave(AutosaveStatus::Denied);
        assert_eq!(state.wants_autosave(), None);
    }

    #[test]
    fn nothing_brings_back_what_was_forgotten() {
        let mut state = state();
        let text = |text: &str| text.to_owned();
        for over in [AutosaveStatus::Forgetting, AutosaveStatus::Forgotten] {
            state.set_autosave(over);
            state.set_autosave(AutosaveStatus::On);
            state.set_autosave(AutosaveStatus::Forgetting);
            state.set_offer(Some(Offer { key: text("1"), when: text("today"), what: text("Shapes") }));
            assert_eq!((*state.autosave, &*state.offer), (over, &None));
            assert_eq!(state.wants_autosave(), None);
        }
    }

    #[test]
    fn everything_counts_as_removed_only_once_it_is() {
        let removed = |keeping: AutosaveStatus| keeping.words().contains("Everything was removed");
        assert_eq!([AutosaveStatus::Forgetting, AutosaveStatus::Forgotten].map(removed), [false, true]);
    }

    #[test]
    fn pauses_grow_and_end() {
        let mut backoff = Backoff::default();
        assert!(backoff.is_over(0.0));
        let mut now = 0.0;
        let mut pauses = Vec::new();
        for _ in 0..8 {
            backoff.lose(now);
            assert!(!backoff.is_over(now));
            pauses.push(backoff.until - now);
            now = backoff.until;
            assert!(backoff.is_over(now));
        }
        assert_eq!(pauses[..4], [8e3, 16e3, 32e3, 64e3]);
        assert_eq!(pauses[7], 300e3);
    }
}
