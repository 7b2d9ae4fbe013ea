//! Copying text to the clipboard, with feedback on the button.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::page::timing;

/// Time for which a button shows that it has copied, in milliseconds.
const THANKS: u64 = 2_500;

/// Copies `text` and reports for a while whether that succeeded.
pub fn copy(text: String, report: RwSignal<Option<bool>>) {
    copy_or(text, report, || ());
}

/// Copies like [`copy`], and calls `refused` if the browser does not allow it.
pub fn copy_or(text: String, report: RwSignal<Option<bool>>, refused: impl FnOnce() + 'static) {
    spawn_local(async move {
        let copied = write(&text).await;
        report.set(Some(copied));
        timing::after(THANKS, move || report.set(None));
        if !copied {
            refused();
        }
    });
}

/// Writes `text` to the clipboard and returns whether the browser accepted it.
async fn write(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Without TLS there is no clipboard, although its type does not say so.
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}
