//! The user's preferences, kept by the browser between visits, unless its storage is disabled.

use leptos::prelude::window;
use web_sys::Storage;

/// Key of the theme; `static/theme.js` reads it before the first paint.
pub const THEME: &str = "theme";

/// Key of the choice that tables are for spreadsheets.
pub const SPREADSHEETS: &str = "spreadsheets";

/// Returns the value of a preference, if the user has chosen one.
pub fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps the value of a preference, or removes it.
pub fn set(key: &str, value: Option<&str>) {
    if let Some(storage) = storage() {
        match value {
            Some(value) => storage.set_item(key, value).ok(),
            None => storage.remove_item(key).ok(),
        };
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
