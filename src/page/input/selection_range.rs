//! Selection by clicks and keys, depending on the modifier keys.

use leptos::ev;

use crate::{
    page::{
        state::{SelectionRange, State},
        store::Store,
    },
    protocol::PictureId,
};

/// Returns the extent of a click.
pub fn of_click(event: &ev::MouseEvent) -> SelectionRange {
    SelectionRange::with_keys(event.shift_key(), event.ctrl_key() || event.meta_key())
}

/// Returns the extent of a key press.
pub fn of_key(event: &ev::KeyboardEvent) -> SelectionRange {
    SelectionRange::with_keys(event.shift_key(), event.ctrl_key() || event.meta_key())
}

/// Changes the selection by a click on a picture in a list.
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
