//! Keeps the address bar true to the page.

use leptos::prelude::*;

use super::{dynamic::effect, session::Session, timing};
use crate::page::state::Part;

/// Changes within so many milliseconds are shown together: browsers refuse an address that
/// changes too often.
const SETTLING: u64 = 120;

/// Shows every change of the settings and of the tab in front.
pub fn follow(session: Session) {
    let [opening, waiting] = [true, false].map(StoredValue::new);
    effect(move || {
        session.track([Part::Settings, Part::Tab]);
        // The address that opened the page stays until something changes.
        if opening.get_value() {
            return opening.set_value(false);
        }
        if !waiting.get_value() {
            waiting.set_value(true);
            timing::after(SETTLING, move || {
                waiting.set_value(false);
                session.show_address();
            });
        }
    });
}
