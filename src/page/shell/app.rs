//! The whole page: its layout, and its opening.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    address_bar,
    footer::Footer,
    masthead::Masthead,
    stage::Results,
    theme,
    tour_card::{Tour, TourGuide},
};
use crate::{
    page::{
        address,
        autosave::saver,
        engine::supervisor,
        files::{builtin, remote},
        input::{drop_zone::DropOverlay, press},
        rail::{preview::InHand, view::Rail},
        state::{Extent, Lens, State, Tab},
        store::Store,
    },
    settings::Images,
};

/// Mounts the page in place of the sketch that index.html shows while this code loads.
pub fn mount() {
    let hash = location().hash().unwrap_or_default();
    if address::is_remote(&hash) {
        return remote::leave_for(&location());
    }
    let (address, problems) = address::read(&hash);
    let store = Store::new(address.settings);
    store.update(|state| {
        problems.into_iter().for_each(|problem| state.notify(problem));
        state.extent.set(address.extent);
        state.remote.set(address.remote);
        let (tab, lens) = match address.extent {
            Extent::Map => (Some(Tab::Explore), Lens::Map),
            Extent::Whole | Extent::Embedded => (address.tab, address.lens),
        };
        state.lens.set(lens);
        if let Some(tab) = tab {
            state.choose_tab(tab);
        }
    });
    let body = document().body().expect("the page has a body");
    let sketch = document().get_element_by_id("sketch");
    leptos::mount::mount_to(body, move || view! { <App store /> }).forget();
    if let Some(sketch) = sketch {
        sketch.remove();
    }
    open(store);
}

/// Starts the engine, adds the pictures, and trains if the link requests it.
fn open(store: Store) {
    supervisor::start(store);
    saver::start(store);
    // An address typed over this one opens another page.
    window_event_listener(ev::hashchange, |_| {
        location().reload().ok();
    });
    spawn_local(async move {
        let settings = store.with_untracked(|state| *state.settings);
        if settings.images == Images::Own && store.with_untracked(|state| state.remote.is_none()) {
            store.update(|state| state.is_guest.set(true));
        }
        if builtin::fill(store, settings.images, &[]).await {
            // Before the set is settled: otherwise the engine would evaluate it first.
            if settings.run && store.with_untracked(|state| !state.pictures.is_empty()) {
                store.update(State::train);
            }
            store.update(State::settle);
        }
    });
}

#[component]
fn App(store: Store) -> impl IntoView {
    provide_context(store);
    press::watch();
    theme::provide();
    Tour::provide();
    InHand::provide();
    remote::receive(store);
    address_bar::follow(store);
    let extent = store.with_untracked(|state| *state.extent);
    view! {
        <div class="page" class:embed=extent.is_part() class:only-map=extent == Extent::Map>
            <Masthead />
            <div class="workbench">
                <Rail />
                <Results />
            </div>
            <Footer />
            <DropOverlay />
            <TourGuide />
        </div>
    }
}
