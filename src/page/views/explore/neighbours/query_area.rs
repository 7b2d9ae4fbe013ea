//! The area for searching with a picture outside the set.

use leptos::{ev, prelude::*};
use web_sys::HtmlCanvasElement;

use crate::{
    image::SIDE,
    page::{
        components::{
            canvas::{paint, thumbnail::Painted},
            controls::file_button::FileButton,
            dynamic::{When, handler, memo},
        },
        files::{destination::Destination, incoming},
        input::place,
        lazy::loader,
        state::{Refusal, State},
        store::Store,
        words,
    },
};

/// A button that takes a picture, the picture itself, and a button that ends the search.
#[component]
pub fn QueryArea() -> impl IntoView {
    let store = Store::expect();
    let sought = memo(move || store.with(|state| state.search.outside().map(|sought| sought.name.clone())));
    let has_camera = memo(move || store.with(|state| state.search.has_camera()));
    let camera = move |_: ev::MouseEvent| {
        if has_camera.get_untracked() {
            store.update(State::stop_camera);
        } else {
            loader::enter(store, move |rooms| (rooms.start_camera)(store));
        }
    };
    let text = move || if sought.get().is_some() { "Search with another" } else { "Search with a picture" };
    let note = Signal::derive(move || {
        store.with(|state| match (&state.search.failure, state.search.outside()) {
            _ if state.search.has_camera() && state.search.reading => "Waiting for the camera.".to_owned(),
            _ if state.search.has_camera() => {
                "Point the camera at something: what it sees is compared as it comes, and does not leave this page."
                    .to_owned()
            }
            _ if state.search.reading => "Reading the picture.".to_owned(),
            (Some(Refusal { name, why }), _) => {
                format!("{name} cannot be searched with. {}", words::failure(why))
            }
            (None, Some(sought)) => format!("{} is not part of the set.", sought.name),
            (None, None) => "Or drop one on this panel, or paste it. It does not join the set.".to_owned(),
        })
    });
    view! {
        <section class="query-area" id=place::AREA aria-label="Search with a picture of your own">
            <When holds=move || sought.get().is_some()>
                <SearchSubject />
            </When>
            <div class="query-take">
                <div class="buttons">
                    <FileButton
                        text=Signal::derive(text)
                        label="Picture to search with"
                        accept=incoming::ACCEPT
                        destination=Destination::Search
                    />
                    <button class="button quiet" type="button" on:click=handler(camera)>
                        {move || if has_camera.get() { "Stop the camera" } else { "Use the camera" }}
                    </button>
                    <When holds=move || sought.get().is_some()>
                        <button class="button quiet" type="button" on:click=handler(move |_| store.update(State::end_search))>
                            "End the search"
                        </button>
                    </When>
                </div>
                <p class="note" aria-live="polite">
                    {note}
                </p>
            </div>
        </section>
    }
}

/// The picture, as a button that shows its results again.
#[component]
fn SearchSubject() -> impl IntoView {
    let store = Store::expect();
    let in_front = move || store.with(|state| state.search.in_front().is_some());
    view! {
        <button
            class="near query-shown"
            type="button"
            aria-pressed=move || in_front().to_string()
            aria-label="Show what is nearest to the picture searched with"
            on:click=handler(move |_| store.update(|state| state.show_query(true)))
        >
            <QueryThumbnail />
        </button>
    }
}

/// The canvas of the picture searched with, whose name has to be next to it.
#[component]
pub fn QueryThumbnail() -> impl IntoView {
    let store = Store::expect();
    let paint = move |canvas: &HtmlCanvasElement| {
        store.with(|state| {
            if let Some(sought) = state.search.sought() {
                paint::rgb(canvas, sought.image.rgb(), SIDE);
            }
        });
    };
    view! { <Painted paint /> }
}
