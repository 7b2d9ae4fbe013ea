//! The card of the tour with its instructions, and the ring around its target.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::tour::{STOPS, Stop};
use crate::page::{
    components::dynamic::{When, effect, handler},
    input::media,
    store::Store,
    timing,
};

/// Space between the ring and its target, in pixels.
const MARGIN: f64 = 4.0;

/// Id of the button that starts the tour.
const BUTTON: &str = "tour";

/// Present stop of the tour.
#[derive(Clone, Copy)]
pub struct Tour {
    place: RwSignal<Option<usize>>,
}

impl Tour {
    /// Provides the tour to the components below.
    pub fn provide() {
        provide_context(Self { place: RwSignal::new(None) });
    }

    fn stop(self) -> Option<&'static Stop> {
        self.place.get().and_then(|place| STOPS.get(place))
    }

    fn go(self, store: Store, place: usize) {
        match STOPS.get(place) {
            Some(stop) => {
                store.update(stop.arrive);
                self.place.set(Some(place));
            }
            None => self.end(),
        }
    }

    /// Does what the stop asks, and continues.
    fn next(self, store: Store) {
        if let Some(place) = self.place.get_untracked() {
            store.update(STOPS[place].act);
            self.go(store, place + 1);
        }
    }

    fn end(self) {
        self.place.set(None);
        if let Some(button) = document().get_element_by_id(BUTTON) {
            button.unchecked_into::<web_sys::HtmlElement>().focus().ok();
        }
    }
}

/// A button that starts the tour.
#[component]
pub fn TourButton() -> impl IntoView {
    let store = Store::expect();
    let tour = expect_context::<Tour>();
    view! {
        <button
            class="button"
            type="button"
            id=BUTTON
            on:click=handler(move |_| tour.go(store, 0))
        >
            "Tour"
        </button>
    }
}

/// The card and the ring, during the tour.
#[component]
pub fn TourGuide() -> impl IntoView {
    let store = Store::expect();
    let tour = expect_context::<Tour>();
    effect(move || {
        let Some(place) = tour.place.get() else { return };
        if store.with(STOPS[place].is_done) {
            tour.go(store, place + 1);
        }
    });
    // Over an open dialog, the key closes that.
    let has_dialog = || document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some());
    window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && tour.place.get_untracked().is_some() && !has_dialog() {
            tour.end();
        }
    });
    view! {
        <When holds=move || tour.place.get().is_some()>
            <Ring />
            <Card />
        </When>
    }
}

/// The instructions of a stop.
#[component]
fn Card() -> impl IntoView {
    let store = Store::expect();
    let tour = expect_context::<Tour>();
    let card = NodeRef::<html::Section>::new();
    effect(move || {
        if let Some(card) = card.get() {
            card.focus().ok();
        }
    });
    let is_last = move || tour.place.get() == Some(STOPS.len() - 1);
    view! {
        <section class="tour-card" role="dialog" aria-label="Tour" tabindex="-1" node_ref=card>
            <div aria-live="polite">
                <h2>{move || tour.stop().map_or("", |stop| stop.name)}</h2>
                <p>{move || tour.stop().map_or("", |stop| stop.text)}</p>
            </div>
            <div class="buttons">
                <button class="button primary" type="button" on:click=handler(move |_| tour.next(store))>
                    {move || if is_last() { "Finish" } else { "Next" }}
                </button>
                <button class="button quiet" type="button" on:click=handler(move |_| tour.end())>
                    "End the tour"
                </button>
            </div>
        </section>
    }
}

/// A ring around the target of the stop, wherever it moves.
#[component]
fn Ring() -> impl IntoView {
    let tour = expect_context::<Tour>();
    let place = RwSignal::new([0.0; 4]);
    effect(move || {
        if let Some(target) = tour.stop().and_then(target) {
            bring_into_view(&target);
        }
    });
    follow(tour, place);
    let side = move |i: usize| move || format!("{}px", place.get()[i]);
    view! {
        <div
            class="tour-ring"
            aria-hidden="true"
            style:left=side(0)
            style:top=side(1)
            style:width=side(2)
            style:height=side(3)
        ></div>
    }
}

/// Updates the ring to the target's position in every frame during the tour.
fn follow(tour: Tour, place: RwSignal<[f64; 4]>) {
    let Some(stop) = tour.place.get_untracked().map(|place| &STOPS[place]) else { return };
    // Without a target, the ring is empty.
    let found = target(stop).map_or([0.0; 4], |target| {
        let rect = target.get_bounding_client_rect();
        [rect.left() - MARGIN, rect.top() - MARGIN, rect.width() + 2.0 * MARGIN, rect.height() + 2.0 * MARGIN]
    });
    if place.try_get_untracked().is_some_and(|place| place != found) {
        place.set(found);
    }
    timing::next_frame(move || follow(tour, place));
}

fn target(stop: &Stop) -> Option<Element> {
    document().query_selector(stop.target).ok().flatten()
}

fn bring_into_view(target: &Element) {
    if let Some(folded) = target.closest("details").ok().flatten() {
        folded.set_attribute("open", "").ok();
    }
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    let calm = media::is_motion_reduced();
    options.set_behavior(if calm { ScrollBehavior::Instant } else { ScrollBehavior::Smooth });
    target.scroll_into_view_with_scroll_into_view_options(&options);
}
