//! The number of groups, and the similarity and the folders of near-duplicates.

use leptos::{ev, prelude::*};

use super::{
    folders::folders,
    state::{HIGHEST_THRESHOLD, MOST_GROUPS},
};
use crate::{
    page::{
        components::{
            controls::Slider,
            dynamic::{Memo, When, dynamic, handler, memo},
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
        let choose = move |event: ev::Event| {
            let folder = event_target_value(&event);
            store.update(|state| state.set_across(place, (!folder.is_empty()).then_some(folder)));
        };
        let option = move |folder: String| {
            let is_chosen = store.with_untracked(|state| state.across()[place].as_ref() == Some(&folder));
            view! { <option value=folder.clone() selected=is_chosen>{folder.clone()}</option> }
        };
        view! {
            <select class="label-field" aria-label=label on:change=handler(choose)>
                <option value="">"any folder"</option>
                {dynamic(move || folders.get().into_iter().map(option).collect_view())}
            </select>
        }
    };
    view! {
        <When holds=move || folders.with(|folders| !folders.is_empty())>
            <p class="across">
                "Copies between " {select(0, "First folder of copies")} " and "
                {select(1, "Second folder of copies")}
            </p>
        </When>
    }
}
