//! How many groups, and how similar near-duplicates are.

use leptos::{ev, prelude::*};

use crate::{
    page::{
        browser::session::Session,
        state::{HIGHEST_THRESHOLD, Part},
        words,
    },
    protocol::{LEAST_LINK, Stage},
};

/// How many groups; as many as suggested until the user chooses.
#[component]
pub fn GroupCount(stage: Memo<Stage>) -> impl IntoView {
    let session = Session::expect();
    let chosen = move || session.read([Part::Groups], |state| state.groups.count().is_some());
    let count = move || {
        session.read([Part::Groups, Part::Results], |state| {
            state.partition(stage.get()).map_or(2, |partition| partition.groups.len())
        })
    };
    let most = move || {
        session.read([Part::Groups, Part::Results], |state| {
            state.clustering(stage.get()).map_or(2, |clustering| clustering.partitions.len() + 1)
        })
    };
    let words = move || if chosen() { count().to_string() } else { format!("{}, suggested", count()) };
    let input = move |event: ev::Event| {
        if let Ok(count) = event_target_value(&event).parse() {
            session.change(|state| state.make_groups(Some(count)));
        }
    };
    view! {
        <label class="slider">
            <span class="slider-name">"Number of groups"</span>
            <output class="slider-words">{words}</output>
            <input
                type="range"
                min="2"
                max=move || most().to_string()
                step="1"
                aria-label="Number of groups"
                aria-valuetext=words
                prop:value=move || count().to_string()
                on:input=input
            />
        </label>
        <Show when=chosen>
            <button
                class="button quiet"
                type="button"
                on:click=move |_| session.change(|state| state.make_groups(None))
            >
                "Suggest a number"
            </button>
        </Show>
    }
}

/// Makes as many groups as there are labels.
#[component]
pub fn AsManyAsLabels(stage: Memo<Stage>) -> impl IntoView {
    let session = Session::expect();
    let labels = Memo::new(move |_| {
        session.read([Part::Groups, Part::Results, Part::Labels, Part::Pictures], |state| {
            state.count_of_labels(stage.get())
        })
    });
    let words = Signal::derive(move || {
        labels.get().map_or(String::new(), |labels| format!("{labels}, as many as labels"))
    });
    view! {
        <button
            class="button quiet"
            type="button"
            hidden=move || labels.get().is_none()
            on:click=move |_| session.change(|state| state.make_groups(labels.get_untracked()))
        >
            {words}
        </button>
    }
}

/// How similar pictures are at least to count as near-duplicates.
#[component]
pub fn Threshold(stage: Memo<Stage>) -> impl IntoView {
    let session = Session::expect();
    let value = move || session.read([Part::Groups, Part::Results], |state| state.threshold(stage.get()));
    let words = move || format!("at least {}", words::fine_similarity(value()));
    let input = move |event: ev::Event| {
        if let Ok(threshold) = event_target_value(&event).parse() {
            session.change(|state| state.set_threshold(threshold));
        }
    };
    view! {
        <label class="slider">
            <span class="slider-name">"Similarity"</span>
            <output class="slider-words">{words}</output>
            <input
                type="range"
                min=LEAST_LINK.to_string()
                max=HIGHEST_THRESHOLD.to_string()
                step="0.001"
                aria-label="Similarity of near-duplicates"
                aria-valuetext=words
                prop:value=move || value().to_string()
                on:input=input
            />
        </label>
    }
}
