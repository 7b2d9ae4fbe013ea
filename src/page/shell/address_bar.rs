//! Updates of the address bar.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::page::{address, components::dynamic::effect, store::Store, timing};

/// Period in milliseconds after an update within which changes are shown together: browsers refuse an
/// address that changes too often.
const SETTLING: u64 = 120;

/// Changes to be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Changes {
    /// None; the next change is shown at once.
    None,
    /// None; the next change is shown after a while.
    Settling,
    /// Several, which are shown together after a while.
    Missed,
}

/// Shows every change of the settings and of the selected tab.
pub fn follow(store: Store) {
    let shown = StoredValue::new(None::<String>);
    let changes = StoredValue::new(Changes::None);
    effect(move || {
        let address = store.with(address::own);
        let before = shown.get_value();
        shown.set_value(Some(address.clone()));
        // The address that opened the page stays until a value changes.
        if before.is_none_or(|before| before == address) {
            return;
        }
        if changes.get_value() == Changes::None {
            show(store, &address, changes);
        } else {
            changes.set_value(Changes::Missed);
        }
    });
}

fn show(store: Store, address: &str, changes: StoredValue<Changes>) {
    // Without permission to change it, the address bar stays as it is; Share still works.
    window()
        .history()
        .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{address}"))))
        .ok();
    changes.set_value(Changes::Settling);
    timing::after(SETTLING, move || {
        let missed = changes.get_value() == Changes::Missed;
        changes.set_value(Changes::None);
        if missed {
            show(store, &store.with_untracked(address::own), changes);
        }
    });
}
