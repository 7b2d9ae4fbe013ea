//! Keeps the address bar true to the page.

use leptos::prelude::*;

use crate::page::{components::dynamic::effect, session::Session, state::timing};

/// Changes within so many milliseconds of one that was shown are shown together: browsers
/// refuse an address that changes too often.
const SETTLING: u64 = 120;

/// What is to be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Changes {
    /// Nothing, and the next change at once.
    None,
    /// The next change only after a while.
    Settling,
    /// All of them after a while.
    Missed,
}

/// Shows every change of the settings and of the tab in front.
pub fn follow(session: Session) {
    let opening = StoredValue::new(true);
    let changes = StoredValue::new(Changes::None);
    effect(move || {
        session.track([Part::Settings, Part::Tab]);
        // The address that opened the page stays until something changes.
        if opening.get_value() {
            opening.set_value(false);
        } else if changes.get_value() == Changes::None {
            show(session, changes);
        } else {
            changes.set_value(Changes::Missed);
        }
    });
}

fn show(session: Session, changes: StoredValue<Changes>) {
    session.show_address();
    changes.set_value(Changes::Settling);
    timing::after(SETTLING, move || {
        let missed = changes.get_value() == Changes::Missed;
        changes.set_value(Changes::None);
        if missed {
            show(session, changes);
        }
    });
}
