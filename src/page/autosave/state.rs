//! State of the work kept between visits.

use crate::page::state::State;

/// Work of an earlier visit that can be continued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Key in the browser's storage.
    pub key: String,
    /// Time of the last write, in words.
    pub when: String,
    /// Description of the work, in words.
    pub what: String,
}

/// Status of keeping this visit's work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutosaveStatus {
    /// No answer from the storage yet.
    #[default]
    Unknown,
    /// Work being kept.
    On,
    /// No storage, since the browser denies it.
    Denied,
    /// A full storage; the latest changes are tried again.
    Full,
    /// Failed writes of the latest changes, which are tried again.
    Failing,
    /// Removal of everything at the user's request, not confirmed yet.
    Forgetting,
    /// Removal of everything at the user's request, here or in another tab.
    Forgotten,
}

impl AutosaveStatus {
    /// Returns a sentence for the user.
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

    /// Returns whether nothing more is to be kept.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Forgetting | Self::Forgotten)
    }

    /// Returns whether there is a storage to write to.
    const fn is_possible(self) -> bool {
        matches!(self, Self::On | Self::Full | Self::Failing)
    }
}

/// Shortest and longest pause after a failed attempt, in milliseconds.
const PAUSES: (f64, f64) = (8_000.0, 300_000.0);

/// Pauses between attempts that fail, which double each time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Backoff {
    /// Last pause in milliseconds; 0 without failures.
    pause: f64,
    /// End of the pause, in milliseconds.
    until: f64,
}

impl Backoff {
    /// Returns whether it is time to try again.
    pub fn is_over(&self, now: f64) -> bool {
        now >= self.until
    }

    /// Records a failed attempt.
    pub fn lose(&mut self, now: f64) {
        self.pause = (2.0 * self.pause).clamp(PAUSES.0, PAUSES.1);
        self.until = now + self.pause;
    }
}

impl State {
    /// Records whether this visit's work is kept. Once everything is forgotten, no late answer
    /// changes that.
    pub fn set_autosave(&mut self, keeping: AutosaveStatus) {
        if *self.autosave != keeping && (!self.autosave.is_over() || keeping == AutosaveStatus::Forgotten) {
            *self.autosave = keeping;
        }
    }

    /// Sets or clears the offer to continue earlier work; there is none once everything is forgotten.
    pub fn set_offer(&mut self, offer: Option<Offer>) {
        // A visitor with earlier work is no guest: the pictures may be in that work.
        self.is_guest.set(*self.is_guest && offer.is_none());
        *self.offer = offer.filter(|_| !self.autosave.is_over());
    }

    /// Takes the offer back, and returns it.
    pub fn take_offer(&mut self) -> Option<Offer> {
        self.offer.take()
    }

    /// Returns the revision that should be kept now, if any.
    pub fn wants_autosave(&self) -> Option<u64> {
        (self.autosave.is_possible() && self.is_worth_saving()).then_some(self.revision())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::newcomer,
        settings::{Images, Settings},
    };

    fn state() -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(vec![newcomer("a", None)]);
        state
    }

    #[test]
    fn failed_writes_are_retried() {
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
    fn forgotten_work_stays_forgotten() {
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
    fn removal_is_reported_only_once_confirmed() {
        let removed = |keeping: AutosaveStatus| keeping.words().contains("Everything was removed");
        assert_eq!([AutosaveStatus::Forgetting, AutosaveStatus::Forgotten].map(removed), [false, true]);
    }

    #[test]
    fn pauses_grow_up_to_a_limit() {
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
