//! Which picture of each set stays, and what becomes of the others.

use leptos::{ev, prelude::*};

use super::{
    comparison::Comparison,
    move_files::MoveFiles,
    picture_groups::{Strip, surplus},
    save_files::SaveFiles,
    state::KeepRule,
};
use crate::{
    page::{
        components::{
            canvas::thumbnail::{short_name, title},
            controls::Choice,
            dynamic::{Memo, When, handler},
            member::Member,
        },
        export::{
            folders::Folders,
            moves::{self, Form},
        },
        files::download,
        state::State,
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// Choices of the picture that is kept.
const RULES: &[(&str, KeepRule)] = &[
    ("Most pixels", KeepRule::MostPixels),
    ("Largest file", KeepRule::MostBytes),
    ("Oldest file", KeepRule::Oldest),
    ("Sharpest", KeepRule::Sharpest),
    ("First in the set", KeepRule::First),
];

/// Files of the moves, by the texts of their buttons.
const FORMS: [(&str, Form); 3] =
    [("List", Form::List), ("Shell script", Form::Shell), ("PowerShell script", Form::PowerShell)];

/// The choice of the kept pictures, and what can be done with the others.
#[component]
pub fn Decisions(
    /// The sets.
    strips: Memo<Vec<Strip>>,
    /// Called before the set or the selection changes.
    before: fn(&mut State),
) -> impl IntoView {
    let store = Store::expect();
    let act = move |name: &'static str, act: fn(&mut State, Vec<PictureId>)| {
        let press = move |_: ev::MouseEvent| {
            store.update(|state| {
                before(state);
                let others = strips.with_untracked(|strips| surplus(state, strips));
                act(state, others);
            });
        };
        view! {
            <button class="button" type="button" on:click=handler(press)>
                {name}
            </button>
        }
    };
    let compared = RwSignal::new(None);
    let found = Signal::derive(move || strips.with(|strips| !strips.is_empty()));
    view! {
        <When holds=found>
            <div class="groups-controls">
                <Choice
                    legend="Keep of each"
                    name="keep"
                    options=RULES
                    value=move || Some(store.with(|state| state.groups.rule()))
                    on_change=move |rule| store.update(|state| state.keep_by(rule))
                />
            </div>
            <div class="buttons">
                {act("Select all but the kept", |state, others| state.select_all(others))}
                {act("Remove all but the kept", |state, others| state.remove_at_will(&others))}
                <button
                    class="button"
                    type="button"
                    on:click=handler(move |_| compared.set(Some(0)))
                >
                    "Compare pair by pair"
                </button>
                <SaveFiles strips name="Save what is kept (ZIP)" folders=Folders::of_kept />
            </div>
            <Comparison strips at=compared />
        </When>
        // What was moved can be moved back once there are no sets.
        <Moves strips />
    }
}

/// Ways to move all but the kept pictures on the disk.
#[component]
fn Moves(
    /// The sets.
    strips: Memo<Vec<Strip>>,
) -> impl IntoView {
    let store = Store::expect();
    let movable =
        Signal::derive(move || strips.with(|strips| store.with(|state| moves::moves(state, strips).len())));
    let save = move |(name, form): (&'static str, Form)| {
        let press = move |_: ev::MouseEvent| {
            let file = strips.with_untracked(|strips| {
                store.with_untracked(|state| moves::file(&moves::moves(state, strips), form))
            });
            download::save(store, &file);
        };
        view! {
            <button class="button" type="button" disabled=move || movable.get() == 0 on:click=handler(press)>
                {name}
            </button>
        }
    };
    view! {
        <details class="moves">
            <summary>"Move them on your disk"</summary>
            <p class="note">
                {move || {
                    format!(
                        "No file changes until you run a script. It moves {} into a folder “duplicates” and deletes nothing. ",
                        words::counted(movable.get(), "file"),
                    )
                }}
                "Run it in the folder that holds what you dropped."
            </p>
            <div class="buttons">{FORMS.map(save).collect_view()}</div>
            <MoveFiles strips />
        </details>
    }
}

/// A picture of a set, with what tells its file from the others and a button to keep it.
#[component]
pub fn Candidate(
    /// The picture.
    id: PictureId,
    /// The set.
    order: Signal<Vec<PictureId>>,
) -> impl IntoView {
    let store = Store::expect();
    let is_kept = move || store.with(|state| order.with(|set| state.kept_of(set) == id)).to_string();
    let keep = move |_: ev::MouseEvent| order.with_untracked(|set| store.update(|state| state.keep(id, set)));
    let (name, file) = store.with_untracked(|state| {
        let file = state.pictures.get(id).map(|entry| words::size(&entry.origin));
        (state.pictures.name(id).to_owned(), file.unwrap_or_default())
    });
    view! {
        <div class="candidate">
            <Member id order />
            <span class="near-label">{short_name(name)}</span>
            {file.into_iter().map(|line| view! { <span class="near-label">{line}</span> }).collect_view()}
            <button
                class="button quiet keep"
                type="button"
                aria-pressed=is_kept
                aria-label=format!("Keep {}", title(store, id))
                on:click=handler(keep)
            >
                "Keep"
            </button>
        </div>
    }
}
