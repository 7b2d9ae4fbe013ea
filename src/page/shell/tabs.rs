//! The tabs of results.

use leptos::{ev, prelude::*};
use strum::VariantArray;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    page::{
        components::dynamic::{dynamic, handler, memo},
        input::place::PANEL,
        lazy::loader::room,
        state::Tab,
        store::Store,
        views::{explore::view::Explore, watch::view::Watch},
    },
    protocol::Stage,
};

/// The tabs and the selected panel.
#[component]
pub fn Tabs() -> impl IntoView {
    let store = Store::expect();
    let front = memo(move || store.with(|state| *state.tab));
    let tab = move |tab: Tab| {
        view! {
            <button
                class="tab"
                type="button"
                role="tab"
                id=tab_id(tab)
                aria-controls=PANEL
                aria-selected=move || (front.get() == tab).to_string()
                tabindex=move || if front.get() == tab { "0" } else { "-1" }
                on:click=handler(move |_| store.update(|state| state.choose_tab(tab)))
            >
                {tab.name()}
            </button>
        }
    };
    let behind = memo(move || {
        store.with(|state| {
            let shown =
                state.results.scored(Stage::Trained).filter(|_| state.displayed_stage() == Stage::Trained);
            shown.is_some_and(|scored| state.is_behind(scored.evaluation.step))
        })
    });
    view! {
        <section class="results" id="results">
            <div class="tabs" role="tablist" aria-label="Results" on:keydown=handler(move |event: ev::KeyboardEvent| press(store, &event))>
                {Tab::VARIANTS.iter().copied().map(tab).collect_view()}
            </div>
            <div class="panel" class:behind=move || behind.get() role="tabpanel" id=PANEL aria-labelledby=move || tab_id(front.get())>
                {dynamic(move || match front.get() {
                    Tab::Watch => view! { <Watch /> }.into_any(),
                    Tab::Explore => view! { <Explore /> }.into_any(),
                    Tab::Sort => room(|rooms| (rooms.sort)()).into_any(),
                    Tab::Label => room(|rooms| (rooms.label)()).into_any(),
                    Tab::Hood => room(|rooms| (rooms.hood)()).into_any(),
                })}
            </div>
        </section>
    }
}

fn tab_id(tab: Tab) -> String {
    format!("tab-{}", tab.key())
}

/// Moves between tabs by arrow keys.
fn press(store: Store, event: &ev::KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowRight" => 1,
        "ArrowLeft" => Tab::VARIANTS.len() - 1,
        _ => return,
    };
    event.prevent_default();
    let front = store.with_untracked(|state| *state.tab);
    let place = Tab::VARIANTS.iter().position(|tab| *tab == front).unwrap_or_default();
    let tab = Tab::VARIANTS[(place + step) % Tab::VARIANTS.len()];
    store.update(|state| state.choose_tab(tab));
    if let Some(element) = document().get_element_by_id(&tab_id(tab)) {
        element.unchecked_into::<HtmlElement>().focus().ok();
    }
}
