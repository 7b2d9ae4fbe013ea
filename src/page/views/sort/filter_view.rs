//! Selection of pictures by label, folder and date.

use leptos::{ev, prelude::*};

use super::{
    filter::{Filter, matching},
    folders::folders,
};
use crate::page::{
    components::{
        controls::select::Select,
        dynamic::{handler, memo},
    },
    store::Store,
    words,
};

/// Conditions, and a button that selects the pictures for which they hold.
#[component]
pub fn SelectBy() -> impl IntoView {
    let store = Store::expect();
    let filter = RwSignal::new(Filter::default());
    let found = memo(move || store.with(|state| filter.with(|filter| matching(state, filter))));
    let is_unset = move || filter.with(|filter| *filter == Filter::default());
    let labels = memo(move || {
        let named =
            store.with(|state| state.label_names().into_iter().map(str::to_owned).collect::<Vec<_>>());
        if named.is_empty() { named } else { [vec![String::new()], named].concat() }
    });
    let folders = memo(move || store.with(folders));
    let day = move |place: usize, label: &'static str| {
        let set = move |event: ev::Event| {
            let day = event_target_value(&event);
            filter.update(|filter| filter.days[place] = (!day.is_empty()).then_some(day));
        };
        view! { <input class="label-field" type="date" aria-label=label on:change=handler(set) /> }
    };
    view! {
        <section class="sort-part">
            <h2>"Select by label, folder or date"</h2>
            <div class="across">
                <Select
                    label="Label of the pictures"
                    none="any label"
                    nameless="no label"
                    names=Signal::derive(move || labels.get())
                    value=Signal::derive(move || filter.with(|filter| filter.label.clone()))
                    on_change=Callback::new(move |label| filter.update(|filter| filter.label = label))
                />
                <Select
                    label="Folder of the pictures"
                    none="any folder"
                    names=Signal::derive(move || folders.get())
                    value=Signal::derive(move || filter.with(|filter| filter.folder.clone()))
                    on_change=Callback::new(move |folder| filter.update(|filter| filter.folder = folder))
                />
                "from " {day(0, "First day of the pictures")} " to " {day(1, "Last day of the pictures")}
                <button
                    class="button"
                    type="button"
                    disabled=move || is_unset() || found.with(Vec::is_empty)
                    on:click=handler(move |_| store.update(|state| state.select_all(found.get_untracked())))
                >
                    {move || format!("Select {}", words::counted(found.with(Vec::len), "picture"))}
                </button>
            </div>
            <p class="note">"A photograph’s day is the camera’s, else that of its file’s last change (UTC)."</p>
        </section>
    }
}
