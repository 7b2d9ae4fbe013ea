//! The choice of colours on the map, and their legend.

use leptos::prelude::*;

use super::{kinds::kinds, state::Colouring};
use crate::{
    page::{
        components::{
            controls::Choice,
            dynamic::{Memo, dynamic, effect, handler, memo},
        },
        store::Store,
    },
    plot::category::category,
    protocol::{GroupsRequest, Stage},
};

/// Choices of what colours distinguish.
const COLOURINGS: &[(&str, Colouring)] =
    &[("Label", Colouring::Label), ("Group", Colouring::Group), ("Nothing", Colouring::Nothing)];

/// Maximum number of kinds listed: beyond it, colours would repeat too often.
pub const MAX_LISTED: usize = 20;

/// The kind that the legend emphasises on the map.
#[derive(Clone, Copy, Default)]
pub struct Emphasis {
    /// The kind that was pressed.
    pressed: RwSignal<Option<usize>>,
    /// The kind pointed at.
    pointed: RwSignal<Option<usize>>,
}

impl Emphasis {
    /// Returns the kind pointed at, else the pressed one.
    pub fn kind(self) -> Option<usize> {
        self.pointed.get().or(self.pressed.get())
    }

    /// Emphasises a kind from now on, or nothing if it was emphasised.
    fn toggle(self, kind: usize) {
        let now = (self.pressed.get_untracked() != Some(kind)).then_some(kind);
        self.pressed.set(now);
        self.pointed.set(now);
    }
}

/// The choice of colours, and their meaning on a map of this stage.
#[component]
pub fn MapColours(stage: Memo<Stage>, emphasis: Emphasis) -> impl IntoView {
    let store = Store::expect();
    let colouring = memo(move || store.with(|state| state.colouring()));
    store.keep_asking(move |_| {
        (colouring.get() == Colouring::Group).then(|| GroupsRequest { stage: stage.get() }.into())
    });
    let names = memo(move || store.with(|state| kinds(state, stage.get()).names));
    effect(move || {
        // Other kinds take other places.
        names.with(|_| emphasis.pressed.set(None));
        emphasis.pointed.set(None);
    });
    let point = move |kind: Option<usize>| emphasis.pointed.set(kind);
    let remark = Signal::derive(move || names.with(|names| remark(colouring.get(), names.len()).to_owned()));
    let listed = dynamic(move || {
        let item = |(place, name): (usize, String)| {
            view! {
                <li>
                    <button
                        class="swatch-name"
                        data-legend=""
                        type="button"
                        aria-pressed=move || (emphasis.pressed.get() == Some(place)).to_string()
                        on:click=handler(move |_| emphasis.toggle(place))
                        on:pointerenter=handler(move |_| point(Some(place)))
                        on:pointerleave=handler(move |_| point(None))
                        on:focus=handler(move |_| point(Some(place)))
                        on:blur=handler(move |_| point(None))
                    >
                        <span class="swatch" style:background=category(place)></span>
                        {name}
                    </button>
                </li>
            }
        };
        let names = names.get().into_iter().take(MAX_LISTED).enumerate();
        names.map(item).collect_view()
    });
    view! {
        <ul class="swatches" aria-label="Colours on the map">{listed}</ul>
        <Choice
            legend="Coloured by"
            name="map-colours"
            options=COLOURINGS
            value=move || Some(colouring.get())
            on_change=move |colouring| store.update(|state| state.colour_map_by(colouring))
        />
        <p class="note" hidden=move || remark.with(String::is_empty)>{remark}</p>
    }
}

/// Returns a remark on this number of kinds.
fn remark(colouring: Colouring, kinds: usize) -> &'static str {
    match (colouring, kinds) {
        (Colouring::Label, 0) => "No labels yet. Add some in the tab Label.",
        (Colouring::Group, 0) => "Measuring…",
        (_, 11..) => "Colours repeat after ten.",
        (Colouring::Group, _) => "As many groups as in the tab Sort.",
        _ => "",
    }
}
