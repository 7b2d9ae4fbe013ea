//! Where a picture is searched with that is not of the set.

use leptos::{ev, html, prelude::*};
use web_sys::HtmlInputElement;

use crate::image::SIDE;
use crate::page::{
    browser::{incoming, paint, query, session::Session},
    state::Part,
};

/// The button that takes a picture, the picture itself, and the way to end the search.
#[component]
pub fn QueryArea() -> impl IntoView {
    let session = Session::expect();
    let input = NodeRef::new();
    let choose = move |_| {
        let input: Option<HtmlInputElement> = input.get_untracked();
        if let Some(input) = input {
            input.click();
        }
    };
    let chosen = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        query::take(session, incoming::chosen(input.files()));
        // The same file may be chosen again.
        input.set_value("");
    };
    let sought = Memo::new(move |_| {
        session.read([Part::Search], |state| state.search.sought().map(|sought| sought.name.clone()))
    });
    let note = move || {
        session.read([Part::Search], |state| match (&state.search.failure, state.search.sought()) {
            _ if state.search.reading => "Reading the picture.".to_owned(),
            (Some(failure), _) => failure.clone(),
            (None, Some(sought)) => format!("{} is not part of the set.", sought.name),
            (None, None) => "Or drop one on this panel, or paste it. It does not join the set.".to_owned(),
        })
    };
    view! {
        <section class="query-area" id=query::AREA aria-label="Search with a picture of your own">
            <Show when=move || sought.get().is_some()>
                <Sought />
            </Show>
            <div class="query-take">
                <div class="buttons">
                    <button class="button" type="button" on:click=choose>
                        {move || if sought.get().is_some() { "Search with another" } else { "Search with a picture" }}
                    </button>
                    <Show when=move || sought.get().is_some()>
                        <button class="button quiet" type="button" on:click=move |_| query::end(session)>
                            "End the search"
                        </button>
                    </Show>
                </div>
                <input
                    class="visually-hidden"
                    type="file"
                    accept=incoming::ACCEPT
                    aria-label="Picture to search with"
                    tabindex="-1"
                    node_ref=input
                    on:change=chosen
                />
                <p class="note" aria-live="polite">
                    {note}
                </p>
            </div>
        </section>
    }
}

/// The picture, as a button that brings what it found back.
#[component]
fn Sought() -> impl IntoView {
    let session = Session::expect();
    let in_front = move || session.read([Part::Search], |state| state.search.in_front().is_some());
    view! {
        <button
            class="near query-shown"
            type="button"
            aria-pressed=move || in_front().to_string()
            aria-label="Show what is nearest to the picture searched with"
            on:click=move |_| session.change(|state| state.show_query(true))
        >
            <QueryThumbnail />
        </button>
    }
}

/// The canvas of the picture searched with; its name has to stand beside it.
#[component]
pub fn QueryThumbnail() -> impl IntoView {
    let session = Session::expect();
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        session.read([Part::Search], |state| {
            if let Some(sought) = state.search.sought() {
                paint::rgb(&canvas, sought.image.rgb(), SIDE);
            }
        });
    });
    view! { <canvas class="thumbnail" node_ref=canvas width=SIDE height=SIDE aria-hidden="true"></canvas> }
}
