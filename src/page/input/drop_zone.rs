//! Drops and pastes, accepted by the whole window.

use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, HtmlInputElement};

use crate::page::{
    files::{
        address,
        destination::Destination,
        incoming::{self, Drop},
        remote,
    },
    input::place,
    lazy::loader,
    store::Store,
};

/// A handler of drops and pastes anywhere, with an overlay during drags.
#[component]
pub fn DropOverlay() -> impl IntoView {
    let store = Store::expect();
    let (dragging, set_dragging) = signal(false);
    let destination = RwSignal::new(Destination::Set);
    // A drag from this page brings nothing new.
    let own = StoredValue::new(false);
    let is_welcome = move |event: &ev::DragEvent| {
        carries(event, "Files") || carries(event, "text/uri-list") && !own.get_value()
    };
    let over = move |event: ev::DragEvent| {
        if is_welcome(&event) {
            event.prevent_default();
            if !dragging.get_untracked() {
                loader::fetch(store);
                set_dragging.set(true);
            }
            let over = destination_of(store, &event);
            if destination.get_untracked() != over {
                destination.set(over);
            }
        }
    };
    // Leaving the window has no related target; moving to another element has one.
    let leave = move |event: ev::DragEvent| {
        if event.related_target().is_none() {
            set_dragging.set(false);
        }
    };
    let dropped = move |event: ev::DragEvent| {
        set_dragging.set(false);
        let Some(transfer) = event.data_transfer().filter(|_| is_welcome(&event)) else { return };
        event.prevent_default();
        let destination = destination_of(store, &event);
        if !carries(&event, "Files") {
            return take_address(store, destination, &transfer);
        }
        let drop = Drop::new(&transfer);
        spawn_local(async move { drop.gather().await.read(store, destination) });
    };
    let pasted = move |event: ev::ClipboardEvent| {
        let Some(clipboard) = event.clipboard_data() else { return };
        let is_typing = event.target().is_some_and(|target| target.has_type::<HtmlInputElement>());
        if let Some(files) = clipboard.files().filter(|files| files.length() > 0) {
            event.prevent_default();
            let single = files.length() == 1 && files.get(0).is_some_and(|file| is_picture(&file.type_()));
            let destination = store.with_untracked(|state| Destination::of(state, place::of_paste(), single));
            incoming::chosen(Some(files)).read(store, destination);
        } else if !is_typing {
            let destination = store.with_untracked(|state| Destination::of(state, place::of_paste(), true));
            take_address(store, destination, &clipboard);
        }
    };
    let call = Signal::derive(move || store.with(|state| destination.get().call(state)));
    let promise = Signal::derive(move || destination.get().promise());
    window_event_listener(ev::dragstart, move |_| own.set_value(true));
    window_event_listener(ev::dragend, move |_| own.set_value(false));
    window_event_listener(ev::dragover, over);
    window_event_listener(ev::dragleave, leave);
    window_event_listener(ev::drop, dropped);
    window_event_listener(ev::paste, pasted);
    view! {
        <div class="drop-overlay" class:shown=dragging aria-hidden="true">
            <p>{call}</p>
            <p class="drop-overlay-note">{promise}</p>
        </div>
    }
}

/// Returns the destination of the dragged files at this place.
fn destination_of(store: Store, event: &ev::DragEvent) -> Destination {
    let single = event.data_transfer().is_some_and(|transfer| {
        let items = transfer.items();
        items.length() == 1 && items.get(0).is_some_and(|item| is_picture(&item.type_()))
    });
    store.with_untracked(|state| Destination::of(state, place::of(event.target()), single))
}

/// Returns whether a file of this type is a picture; a folder has no type.
fn is_picture(kind: &str) -> bool {
    kind.starts_with("image/")
}

/// Takes the picture whose address a drag or a paste carries, if it does.
fn take_address(store: Store, destination: Destination, transfer: &DataTransfer) {
    let [html, list, text] =
        ["text/html", "text/uri-list", "text/plain"].map(|kind| transfer.get_data(kind).unwrap_or_default());
    if let Some(address) = address::find(&html, &list, &text) {
        remote::take_address(store, destination, address);
    }
}

fn carries(event: &ev::DragEvent, kind: &str) -> bool {
    event.data_transfer().is_some_and(|transfer| transfer.types().includes(&kind.into(), 0))
}
