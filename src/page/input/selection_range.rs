//! The keys that are held decide how far a click or a key reaches.

use leptos::ev;

use crate::{
    page::{
        state::{SelectionRange, State},
        store::Store,
    },
    protocol::PictureId,
};

/// The reach of a click.
pub fn of_click(event: &ev::MouseEvent) -> SelectionRange {
    SelectionRange::with_keys(event.shift_key(), event.ctrl_key() || event.meta_key())
}

/// The reach of a key.
pub fn of_key(event: &ev::KeyboardEvent) -> SelectionRange {
    SelectionRange::with_keys(event.shift_key(), event.ctrl_key() || event.meta_key())
}

/// Changes the selection by a click on a picture of a list.
pub fn choose(
    store: Store,
    event: &ev::MouseEvent,
    id: PictureId,
    order: impl FnOnce(&State) -> Vec<PictureId>,
) {
    store.update(|state| {
        let order = order(state);
        state.choose(of_click(event), id, &order);
    });
}
