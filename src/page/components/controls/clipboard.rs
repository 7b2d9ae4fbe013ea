//! Copies text, and says on the button that it did.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::page::timing;

/// How long a button says that it copied, in milliseconds.
const THANKS: u64 = 2_500;

/// Copies `text` and reports whether that worked, for as long as it is news.
pub fn copy(text: String, report: RwSignal<Option<bool>>) {
    copy_or(text, report, drop);
}

/// As [`copy`]; text that could not be copied goes to `by_hand`.
pub fn copy_or(text: String, report: RwSignal<Option<bool>>, by_hand: impl FnOnce(String) + 'static) {
    spawn_local(async move {
        let copied = write(&text).await;
        report.set(Some(copied));
        timing::after(THANKS, move || report.set(None));
        if !copied {
            by_hand(text);
        }
    });
}

/// Whether the browser took `text` into its clipboard.
async fn write(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Without TLS there is none, although its type does not say so.
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}
