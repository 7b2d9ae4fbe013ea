//! Copies text, and says on the button that it did.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::timing;

/// How long a button says that it copied, in milliseconds.
const THANKS: u64 = 2_500;

/// Copies `text` and reports whether that worked, for as long as it is news.
pub fn copy(text: String, report: RwSignal<Option<bool>>) {
    spawn_local(async move {
        let copied = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
        report.set(Some(copied.is_ok()));
        timing::after(THANKS, move || report.set(None));
    });
}
