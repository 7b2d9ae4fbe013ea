//! Selection of pictures by label, folder and date.

use leptos::{ev, prelude::*};

use super::{
    filter::{Filter, matching},
    folders::folders,
};
use crate::page::{
    components::dynamic::{dynamic, handler, memo},
    store::Store,
    words,
};

/// Text of the option for pictures without a label, whose value is empty.
const NO_LABEL: &str = "no label";

/// Conditions, and a button that selects the pictures for which they hold.
#[component]
pub fn SelectBy() -> impl IntoView {
    let store = Store::expect();
    let filter = RwSignal::new(Filter::default());
    let found = memo(move || store.with(|state| filter.with(|filter| matching(state, filter))));
    let is_unset = move || filter.with(|filter| *filter == Filter::default());
    let labels = memo(move || {
        store.with(|state| state.label_names().into_iter().map(str::to_owned).collect::<Vec<_>>())
    });
    let folders = memo(move || store.with(folders));
    let option = |name: String| {
        let value = format!("={name}");
        view! { <option value=value>{name}</option> }
    };
    // A value begins with a sign, so that the empty label differs from none at all.
    let chosen = |event: &ev::Event| event_target_value(event).strip_prefix('=').map(str::to_owned);
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
                <select
                    class="label-field"
                    aria-label="Label of the pictures"
                    on:change=handler(move |event: ev::Event| filter.update(|filter| filter.label = chosen(&event)))
                >
                    <option value="">"any label"</option>
                    <option value="=">{NO_LABEL}</option>
                    {dynamic(move || labels.get().into_iter().map(option).collect_view())}
                </select>
                <select
                    class="label-field"
                    aria-label="Folder of the pictures"
                    on:change=handler(move |event: ev::Event| filter.update(|filter| filter.folder = chosen(&event)))
                >
                    <option value="">"any folder"</option>
                    {dynamic(move || folders.get().into_iter().map(option).collect_view())}
                </select>
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
        </section>
    }
}
