//! The tab Explore: map or matrix of the set, and beside it the nearest of one picture.

use leptos::prelude::*;

use super::{map::view::MapLens, neighbours::view::Neighbours};
use crate::page::{
    components::{
        controls::Choice,
        dynamic::{dynamic, memo},
    },
    lazy::loader::room,
    state::Lens,
    store::Store,
};

/// Choices of lenses.
const LENSES: &[(&str, Lens)] = &[("Map", Lens::Map), ("Matrix", Lens::Matrix)];

/// A lens on the whole set, and the neighbours of the focused picture.
#[component]
pub fn Explore() -> impl IntoView {
    let store = Store::expect();
    let lens = memo(move || store.with(|state| *state.lens));
    view! {
        <div class="explore">
            <section class="lens" aria-label="The whole set">
                <Choice
                    legend="The whole set as"
                    name="lens"
                    options=LENSES
                    value=move || Some(lens.get())
                    on_change=move |lens| store.update(|state| state.lens.set(lens))
                />
                {dynamic(move || match lens.get() {
                    Lens::Map => view! { <MapLens /> }.into_any(),
                    Lens::Matrix => room(|rooms| (rooms.matrix)()).into_any(),
                })}
            </section>
            <Neighbours />
        </div>
    }
}
