//! The map of the set, its method, and the picture pointed at.

use leptos::prelude::*;

use super::{
    canvas::MapView,
    colours::{Emphasis, MapColours},
};
use crate::{
    page::{
        components::{
            canvas::{
                png_button::PngButton,
                thumbnail::{Thumbnail, caption},
            },
            controls::{Choice, explain::Explain},
            dynamic::{dynamic, memo},
        },
        state::State,
        store::Store,
        views::explore::replay::view::Replay,
        words::{self, glossary},
    },
    protocol::{Map, MapMethod, MapRequest, PictureId, Stage},
};

/// Choices of methods.
const METHODS: &[(&str, MapMethod)] = &[("Principal components", MapMethod::Pca), ("t-SNE", MapMethod::Tsne)];

/// The map and its controls.
#[component]
pub fn MapLens() -> impl IntoView {
    let store = Store::expect();
    let pointed = RwSignal::new(None);
    let emphasis = Emphasis::default();
    let stage = memo(move || store.with(State::shown_stage));
    let method = memo(move || store.with(|state| state.map_method()));
    store.keep_asking(move |_| Some(MapRequest { stage: stage.get(), method: method.get() }.into()));
    let heading = memo(move || store.with(heading));
    let heading = Signal::derive(move || {
        let waiting = || {
            store.with(|state| {
                words::waiting(state, stage.get(), "Placing similar pictures next to each other…")
            })
        };
        heading.get().unwrap_or_else(waiting)
    });
    view! {
        <div class="map-tab" data-figure="map">
            <p class="lens-caption">{heading} " " <Explain term=glossary::MAP /> " " <PngButton name="Map" /></p>
            <MapView label=heading pointed emphasis=Signal::derive(move || emphasis.kind()) />
            <Replay />
            <div class="lens-options">
                <MapColours stage emphasis />
                <Pointed pointed />
                <Choice
                    legend="Drawn by"
                    name="map-method"
                    options=METHODS
                    value=move || Some(method.get())
                    on_change=move |method| store.update(|state| state.choose_map_method(method))
                />
                <Progress />
            </div>
        </div>
    }
}

/// The progress of t-SNE, or the variance that principal components omit.
#[component]
fn Progress() -> impl IntoView {
    let store = Store::expect();
    let text =
        memo(move || store.with(|state| state.map().map_or_else(String::new, |map| progress(state, map))));
    let term = dynamic(move || match store.with(|state| state.map_method()) {
        MapMethod::Pca => view! { <Explain term=glossary::PCA /> },
        MapMethod::Tsne => view! { <Explain term=glossary::TSNE /> },
    });
    view! { <p class="note">{move || text.get()} " " {term}</p> }
}

/// The picture pointed at, else the focused one.
#[component]
fn Pointed(pointed: RwSignal<Option<PictureId>>) -> impl IntoView {
    let store = Store::expect();
    let shown = memo(move || {
        store.with(|state| pointed.get().or(*state.selected).filter(|id| state.pictures.get(*id).is_some()))
    });
    let show = move |id: PictureId| {
        view! {
            <Thumbnail picture=Some(id) />
            <p class="map-pointed-name">{caption(store, id)}</p>
        }
        .into_any()
    };
    let hint = || view! { <p class="note">"Point at a picture to see it larger."</p> }.into_any();
    view! { <div class="map-pointed">{dynamic(move || shown.get().map_or_else(hint, show))}</div> }
}

/// Describes the map in words, if there is one.
fn heading(state: &State) -> Option<String> {
    let map = state.map()?;
    if let Some(moment) = state.replayed() {
        return Some(format!("{}. Distances are only a sketch.", words::replayed(moment.step)));
    }
    let shown = map.pictures.iter().filter(|id| state.shows(**id)).count();
    let pictures = words::counted(shown, "picture");
    let place = match map.stage {
        Stage::Trained => {
            let after = words::after(state, map.step);
            format!("the network {after}")
        }
        Stage::Untrained => "the network before training".to_owned(),
        Stage::Pixels | Stage::Classic => "pixels alone".to_owned(),
    };
    Some(format!("{pictures}, placed by {place}. Distances are only a sketch."))
}

fn progress(state: &State, map: &Map) -> String {
    if state.replayed().is_some() {
        return "The replay shows the two directions that vary most.".to_owned();
    }
    match map.method {
        MapMethod::Pca => {
            let share = words::percent(map.explained);
            format!("This flat view keeps {share} of the variation.")
        }
        MapMethod::Tsne if map.done < map.total => {
            format!("Pulling the map into shape (t-SNE): iteration {} of {}.", map.done, map.total)
        }
        MapMethod::Tsne => format!("Pulled into shape in {} iterations (t-SNE).", map.total),
    }
}
