//! A form that labels the focused picture, or all selected ones, with a typed or an existing label.

use leptos::{ev, html, prelude::*};

use super::{state::MAX_LENGTH, view::Focus};
use crate::{
    page::{
        components::{
            canvas::thumbnail::{Thumbnail, caption},
            dynamic::{Memo, When, dynamic, handler, memo},
        },
        state::State,
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// Maximum number of labels offered as buttons.
pub const MAX_OFFERED: usize = 24;

/// Id of the list of existing labels.
const NAMES: &str = "label-names";

/// Maximum number of selected pictures shown.
const MAX_SHOWN: usize = 12;

/// The focused or selected pictures, a field for their label, and the existing labels.
#[component]
pub fn LabelEntry(focus: Focus) -> impl IntoView {
    let store = Store::expect();
    let chosen = memo(move || store.with(|state| state.chosen()));
    let show = dynamic(move || match chosen.get().as_slice() {
        [] => view! { <p class="note">"Choose a picture there to label it."</p> }.into_any(),
        [id] => view! { <One focus id=*id /> }.into_any(),
        ids => view! { <Several ids=ids.to_vec() /> }.into_any(),
    });
    let some = Signal::derive(move || chosen.with(|ids| !ids.is_empty()));
    view! {
        <section class="labels-entry" aria-label="Label of the picked picture">
            <h2>"Label any picture from the gallery"</h2>
            {show}
            <When holds=some>
                <TypedLabel chosen />
                <Offered chosen />
            </When>
        </section>
    }
}

/// A single picture to be labelled.
#[component]
fn One(focus: Focus, id: PictureId) -> impl IntoView {
    let store = Store::expect();
    let known = Signal::derive(move || {
        store.with(|state| words::standing(state, focus.stage.get(), focus.method.get(), id))
    });
    view! {
        <div class="query">
            <Thumbnail picture=Some(id) />
            <div>
                <p class="query-name">{caption(store, id)}</p>
                <p class="note">{known}</p>
            </div>
        </div>
    }
}

/// Several pictures to be labelled at once.
#[component]
fn Several(ids: Vec<PictureId>) -> impl IntoView {
    let heading = format!("{} selected pictures", words::count(ids.len()));
    let thumbnail = |id: &PictureId| view! { <Thumbnail picture=Some(*id) /> };
    view! {
        <div>
            <p class="query-name">{heading}</p>
            <p class="note">"The label you set applies to all of them."</p>
            <div class="labelled-together">
                {ids.iter().take(MAX_SHOWN).map(thumbnail).collect_view()}
            </div>
        </div>
    }
}

/// The text field.
#[component]
fn TypedLabel(chosen: Memo<Vec<PictureId>>) -> impl IntoView {
    let store = Store::expect();
    let names = memo(move || names(store));
    let typed = Signal::derive(move || {
        store.with(|state| chosen.with(|ids| ids.iter().any(|id| state.labels.typed(*id).is_some())))
    });
    view! {
        <LabelForm
            name="Label of the picked picture"
            action="Set label"
            on_submit=move |name| store.update(|state| {
                state.label_chosen(name);
                state.go_to_unlabelled();
            })
        >
            <When holds=typed>
                <button
                    class="button quiet"
                    type="button"
                    on:click=handler(move |_| store.update(|state| state.label_chosen("")))
                >
                    "Remove label"
                </button>
            </When>
        </LabelForm>
        <datalist id=NAMES>
            {dynamic(move || names.get().into_iter().map(|name| view! { <option value=name></option> }).collect_view())}
        </datalist>
    }
}

/// A field for a label, and a button that gives it.
#[component]
pub fn LabelForm(
    /// Accessible name of the field.
    name: &'static str,
    /// Text of the button.
    action: &'static str,
    /// Callback for the text, which is not blank.
    on_submit: impl Fn(&str) + 'static,
    /// Further buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        if !field.value().trim().is_empty() {
            on_submit(&field.value());
            field.set_value("");
        }
    };
    view! {
        <form class="label-form" on:submit=handler(submit)>
            <input
                class="label-field"
                type="text"
                list=NAMES
                maxlength=MAX_LENGTH.to_string()
                autocomplete="off"
                placeholder="Type a label"
                aria-label=name
                node_ref=field
            />
            <button class="button" type="submit">
                {action}
            </button>
            {children.map(|children| children())}
        </form>
    }
}

/// A form that gives all pictures of one label another.
#[component]
pub fn Rename() -> impl IntoView {
    let store = Store::expect();
    let names = memo(move || names(store));
    let select = NodeRef::<html::Select>::new();
    let rename = move |new: &str| {
        let Some(select) = select.get_untracked() else { return };
        store.update(|state| state.rename_label(&select.value(), new));
    };
    view! {
        <When holds=move || names.with(|names| !names.is_empty())>
            <section class="labels-entry" aria-label="Rename a label">
                <h2>"Rename or merge labels"</h2>
                <p class="note">"All pictures of the label get the new name. A name in use merges the two."</p>
                <div class="label-form">
                    <select class="label-field" aria-label="Label to rename" node_ref=select>
                        {dynamic(move || names.get().into_iter().map(|name| view! { <option>{name}</option> }).collect_view())}
                    </select>
                    <LabelForm name="New name of the label" action="Rename" on_submit=rename />
                </div>
            </section>
        </When>
    }
}

/// One button per label.
#[component]
fn Offered(chosen: Memo<Vec<PictureId>>) -> impl IntoView {
    let store = Store::expect();
    let names = memo(move || {
        let names = names(store);
        if names.len() > MAX_OFFERED { Vec::new() } else { names }
    });
    let offer = move |name: String| {
        let (shown, own) = (name.clone(), name.clone());
        let given = move || {
            let is_own = |state: &State, id| state.typed_name(id) == Some(own.as_str());
            store.with(|state| chosen.with(|ids| ids.iter().all(|id| is_own(state, *id))))
        };
        view! {
            <button
                class="pill"
                type="button"
                aria-pressed=move || given().to_string()
                on:click=handler(move |_| store.update(|state| state.give_label_to_chosen(&name)))
            >
                {shown}
            </button>
        }
    };
    view! {
        <div class="presets" role="group" aria-label="Existing labels">
            {dynamic(move || names.get().into_iter().map(offer).collect_view())}
        </div>
    }
}

fn names(store: Store) -> Vec<String> {
    store.with(|state| state.label_names().into_iter().map(str::to_owned).collect())
}
