//! The whole window takes drops and pastes.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    incoming::{self, Drop},
    intake, query,
    session::Session,
};

/// Takes what is dropped or pasted anywhere, and shows that a drag may be let go.
#[component]
pub fn DropOverlay() -> impl IntoView {
    let session = Session::expect();
    let (dragging, set_dragging) = signal(false);
    let (searching, set_searching) = signal(false);
    let over = move |event: ev::DragEvent| {
        if carries_files(&event) {
            event.prevent_default();
            if !dragging.get_untracked() {
                set_dragging.set(true);
            }
            let over_area = query::holds(event.target());
            if searching.get_untracked() != over_area {
                set_searching.set(over_area);
            }
        }
    };
    // Leaving the window has no related target; leaving an element for another has one.
    let leave = move |event: ev::DragEvent| {
        if event.related_target().is_none() {
            set_dragging.set(false);
        }
    };
    let dropped = move |event: ev::DragEvent| {
        set_dragging.set(false);
        let Some(transfer) = event.data_transfer().filter(|_| carries_files(&event)) else { return };
        event.prevent_default();
        let drop = Drop::new(&transfer);
        let take = if query::holds(event.target()) { query::take } else { intake::take };
        spawn_local(async move { take(session, drop.gather().await) });
    };
    let pasted = move |event: ev::ClipboardEvent| {
        let files = event.clipboard_data().and_then(|clipboard| clipboard.files());
        if let Some(files) = files.filter(|files| files.length() > 0) {
            event.prevent_default();
            let take = if query::is_pointed_at() { query::take } else { intake::take };
            take(session, incoming::chosen(Some(files)));
        }
    };
    window_event_listener(ev::dragover, over);
    window_event_listener(ev::dragleave, leave);
    window_event_listener(ev::drop, dropped);
    window_event_listener(ev::paste, pasted);
    view! {
        <div class="drop-overlay" class:shown=dragging aria-hidden="true">
            <p>{move || if searching.get() { "Let go to search with this picture" } else { "Let go to add these pictures" }}</p>
            <p class="drop-overlay-note">"They stay on this computer."</p>
        </div>
    }
}

fn carries_files(event: &ev::DragEvent) -> bool {
    event.data_transfer().is_some_and(|transfer| transfer.types().includes(&"Files".into(), 0))
}
