//! Addresses relative to the page's own.

use leptos::prelude::document;
use web_sys::Url;

/// Resolves an address relative to this page's.
pub fn resolve(relative: &str) -> String {
    url(relative).map_or_else(|| relative.to_owned(), |url| url.href())
}

/// Returns the address of a file that was built together with this page. The version in the address
/// prevents a cache from answering with another build's file.
pub fn of_build(file: &str) -> String {
    let root = document().document_element();
    let version = root.and_then(|root| root.get_attribute("data-version")).unwrap_or_default();
    resolve(&format!("{file}?v={version}"))
}

/// Returns the folder of the page as in addresses: `/likeness/`.
pub fn folder() -> String {
    url("./").map_or_else(|| "/".to_owned(), |url| url.pathname())
}

fn url(relative: &str) -> Option<Url> {
    Url::new_with_base(relative, &document().base_uri().ok().flatten().unwrap_or_default()).ok()
}
