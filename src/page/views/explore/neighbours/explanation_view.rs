//! The regions that make two pictures similar, as an overlay on both.

use leptos::{html, prelude::*};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{occlusion_overlay, query_area::QueryThumbnail, view::name};
use crate::{
    image::SIDE,
    page::{
        components::{
            canvas::{paint, png_button::PngButton, thumbnail::Thumbnail},
            controls::explain::Explain,
            dynamic::{effect, handler},
            legend::ColourBar,
        },
        state::State,
        store::Store,
        words::{self, glossary},
    },
    plot::diverging,
    protocol::{Pair, Question, Subject},
};

/// Both pictures, the regions of their similarity, and the legend of the colours.
#[component]
pub fn WhyView(pair: Pair) -> impl IntoView {
    let store = Store::expect();
    store.keep_asking(|state| (*state.explained).map(Question::from));
    let [first, second] = pair.subjects;
    let heading = format!("Why are {} and {} alike?", name(store, first), name(store, second));
    let sentence = Signal::derive(move || {
        store.with(|state| {
            let found = state.explanation().map(occlusion_overlay::sentence);
            found.unwrap_or_else(|| "A grey square slides over both pictures.".to_owned())
        })
    });
    let number = move |sign: f32| {
        Signal::derive(move || {
            store.with(|state| {
                let found = state.explanation();
                found.map_or_else(String::new, |found| {
                    words::similarity(sign * occlusion_overlay::scale(found))
                })
            })
        })
    };
    let legend = Signal::derive(move || {
        store.with(|state| state.explanation().map_or("", occlusion_overlay::legend).to_owned())
    });
    // It opens below the list, perhaps out of sight.
    let section = NodeRef::<html::Section>::new();
    effect(move || {
        if let Some(section) = section.get() {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            section.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    view! {
        <section class="why" aria-label="Why alike?" data-figure="why-alike" node_ref=section>
            <div class="row-head">
                <h3>{heading}</h3>
                <Explain term=glossary::OCCLUSION />
                <PngButton name="Why alike" />
                <button
                    class="dismiss"
                    type="button"
                    aria-label="Close the explanation"
                    on:click=handler(move |_| store.update(State::stop_explaining))
                >
                    "×"
                </button>
            </div>
            <p aria-live="polite">{sentence}</p>
            <div class="why-pictures">
                <Side subject=first which=0 />
                <Side subject=second which=1 />
                <div class="legend why-legend">
                    <ColourBar stops=diverging::css_stops() least=number(-1.0) middle="0" most=number(1.0) />
                    <p class="note">{legend}</p>
                </div>
            </div>
        </section>
    }
}

/// One of the two pictures: as it is, and with the overlay.
#[component]
fn Side(subject: Subject, which: usize) -> impl IntoView {
    let store = Store::expect();
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        let Some(canvas) = canvas.get() else { return };
        store.with(|state| {
            if let Some(pixels) = pixels(state, subject, which) {
                paint::rgba(&canvas, &pixels, SIDE, SIDE);
            }
        });
    });
    let picture = match subject {
        Subject::Picture(id) => view! { <Thumbnail picture=Some(id) /> }.into_any(),
        Subject::Query(_) => view! { <QueryThumbnail /> }.into_any(),
    };
    view! {
        <figure class="why-side">
            {picture}
            <canvas
                class="thumbnail"
                node_ref=canvas
                width=SIDE
                height=SIDE
                role="img"
                aria-label=format!(
                    "{}, coloured by how much similarity drops where it is covered; the sentence above names the greatest drop",
                    name(store, subject),
                )
            ></canvas>
            <figcaption>{["The first", "The second"][which]}</figcaption>
        </figure>
    }
}

fn pixels(state: &State, subject: Subject, which: usize) -> Option<Vec<u8>> {
    let found = state.explanation()?;
    let image = match subject {
        Subject::Picture(id) => &state.pictures.get(id)?.image,
        Subject::Query(_) => &state.search.sought()?.image,
    };
    let scale = occlusion_overlay::scale(found);
    Some(occlusion_overlay::overlay(image.rgb(), SIDE, &found.drops[which].0, found.side as usize, scale))
}
