//! The number of groups, and the similarity and the folders of near-duplicates.

use leptos::prelude::*;

use super::{
    folders::folders,
    state::{HIGHEST_THRESHOLD, MOST_GROUPS},
};
use crate::{
    page::{
        components::{
            controls::{Slider, select::Select},
            dynamic::{Memo, When, handler, memo},
        },
        store::Store,
        words,
    },
    protocol::{LEAST_LINK, Stage},
};

/// The number of groups, which is the suggested one until the user chooses.
#[component]
pub fn GroupCount(stage: Memo<Stage>) -> impl IntoView {
    let store = Store::expect();
    let chosen = Signal::derive(move || store.with(|state| state.groups.count().is_some()));
    // Until the groups are known, the wanted number is shown.
    let count = move || {
        store.with(|state| match state.partition(stage.get()) {
            Some(partition) => partition.groups.len(),
            None => state.wanted_groups(),
        })
    };
    let most = move || {
        store.with(|state| {
            let largest = state.clustering(stage.get()).and_then(|clustering| clustering.partitions.last());
            largest.map_or(MOST_GROUPS, |partition| partition.groups.len())
        })
    };
    let words = move || if chosen.get() { count().to_string() } else { format!("{}, suggested", count()) };
    view! {
        <Slider
            name="Number of groups"
            label="Number of groups"
            value=Signal::derive(move || count() as f32)
            words=Signal::derive(words)
            min=2.0
            max=Signal::derive(move || most() as f32)
            step="1"
            on_input=move |count| store.update(|state| state.make_groups(Some(count as usize)))
        />
        <When holds=chosen>
            <button
                class="button quiet"
                type="button"
                on:click=handler(move |_| store.update(|state| state.make_groups(None)))
            >
                "Suggest a number"
            </button>
        </When>
    }
}

/// The minimum similarity of near-duplicates.
#[component]
pub fn Threshold(stage: Memo<Stage>) -> impl IntoView {
    let store = Store::expect();
    let value = Signal::derive(move || store.with(|state| state.threshold(stage.get())));
    let words = move || format!("at least {}", words::fine_similarity(value.get()));
    view! {
        <Slider
            name="Similarity"
            label="Similarity of near-duplicates"
            value
            words=Signal::derive(words)
            min=LEAST_LINK
            max=HIGHEST_THRESHOLD
            step="0.001"
            on_input=move |threshold| store.update(|state| state.set_threshold(threshold))
        />
    }
}

/// The two folders in which sets of copies have to have pictures, if there are folders.
#[component]
pub fn AcrossFolders() -> impl IntoView {
    let store = Store::expect();
    let folders = memo(move || store.with(folders));
    let select = move |place: usize, label: &'static str| {
        view! {
            <Select
                label=label
                none="any folder"
                names=Signal::derive(move || folders.get())
                value=Signal::derive(move || store.with(|state| state.across()[place].clone()))
                on_change=Callback::new(move |folder| store.update(|state| state.set_across(place, folder)))
            />
        }
    };
    // Without folders, the choices have to be taken back, too.
    view! {
        <p class="across" hidden=move || folders.with(Vec::is_empty)>
            "Only between " {select(0, "First folder of copies")} " and " {select(1, "Second folder of copies")}
        </p>
    }
}
