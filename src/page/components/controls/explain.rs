//! The small question mark beside a term.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;

use crate::page::words::glossary::Term;

/// A button that explains a term on hover, on tap or by keyboard.
#[component]
pub fn Explain(term: Term) -> impl IntoView {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let id = format!("term-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    view! {
        <button
            class="explain"
            type="button"
            popovertarget=id.clone()
            title=term.meaning
            aria-label=format!("About {}", term.name)
        >
            "?"
        </button>
        <span class="explanation" popover="auto" id=id>
            {term.meaning}
        </span>
    }
}
