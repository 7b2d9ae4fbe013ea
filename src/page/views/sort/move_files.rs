//! Moves of files in a folder that the user opens, where browsers allow that.

use js_sys::{Array, Function, Object, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::picture_groups::Strip;
use crate::page::{
    components::dynamic::{Memo, When, handler},
    export::moves,
    store::Store,
    words,
};

/// Progress of the moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// No folder is open.
    Closed,
    /// Something is being done.
    Busy,
    /// Files are found, and others were moved before.
    Found { files: usize, moved_before: usize },
    /// Files were moved there, or back.
    Done { files: usize, failed: usize, back: bool },
}

impl Progress {
    fn words(self) -> String {
        let files = |count| words::counted(count, "file");
        match self {
            Self::Closed => String::new(),
            Self::Busy => "Working on the files…".to_owned(),
            Self::Found { files: 0, .. } => {
                "None of these files is in that folder as it was dropped.".to_owned()
            }
            Self::Found { files: found, .. } => {
                format!(
                    "{} can be moved into the folder “duplicates”. A copy of each stays. Moved files get today’s date.",
                    files(found)
                )
            }
            Self::Done { files: moved, failed, back } => {
                let where_to = if back { "moved back" } else { "moved into “duplicates”" };
                let failed =
                    if failed > 0 { format!(" {} stayed in place.", files(failed)) } else { String::new() };
                format!("{} {where_to}.{failed}", files(moved))
            }
        }
    }
}

/// A button that opens a folder, a question with the number of files, and a way back.
#[component]
pub fn MoveFiles(
    /// The sets.
    strips: Memo<Vec<Strip>>,
) -> impl IntoView {
    let picker: Function = Reflect::get(&window(), &"showDirectoryPicker".into()).ok()?.dyn_into().ok()?;
    let picker = StoredValue::new_local(picker);
    let store = Store::expect();
    let folder = StoredValue::new_local(JsValue::NULL);
    let progress = RwSignal::new(Progress::Closed);
    let ask = move |question: &'static str, outcome: fn(usize, usize) -> Progress| {
        progress.set(Progress::Busy);
        let moves = strips
            .with_untracked(|strips| store.with_untracked(|state| listed(&moves::moves(state, strips))));
        spawn_local(async move {
            let argument = Array::of2(&folder.get_value(), &moves);
            let answer = store.autosave.storage().ask(question, &argument, &Array::new()).await;
            progress.set(match answer {
                Ok(counts) => {
                    let counts: Array = counts.unchecked_into();
                    let count = |place| counts.get(place).as_f64().unwrap_or_default() as usize;
                    outcome(count(0), count(1))
                }
                Err(trouble) => {
                    store.update(|state| state.notify(format!("The files stayed: {}.", trouble.words())));
                    Progress::Closed
                }
            });
        });
    };
    let open = move |_| {
        let options = Object::new();
        Reflect::set(&options, &"mode".into(), &"readwrite".into()).expect("a plain object takes it");
        let opened = picker.with_value(|picker| picker.call1(&window(), &options));
        spawn_local(async move {
            let Ok(opened) = opened else { return };
            // No folder is chosen if the user cancels.
            if let Ok(opened) = JsFuture::from(js_sys::Promise::from(opened)).await {
                folder.set_value(opened);
                ask("findMoves", |files, moved_before| Progress::Found { files, moved_before });
            }
        });
    };
    let forth = move |_| ask("moveFiles", |files, failed| Progress::Done { files, failed, back: false });
    let back = move |_| ask("moveBack", |files, failed| Progress::Done { files, failed, back: true });
    let can_go_back = move || {
        matches!(
            progress.get(),
            Progress::Found { moved_before: 1.., .. } | Progress::Done { files: 1.., back: false, .. }
        )
    };
    Some(view! {
        <p class="note" aria-live="polite">{move || progress.get().words()}</p>
        <div class="buttons">
            <button
                class="button"
                type="button"
                disabled=move || progress.get() == Progress::Busy
                on:click=handler(open)
            >
                "Move the files now…"
            </button>
            <When holds=move || matches!(progress.get(), Progress::Found { files: 1.., .. })>
                <button class="button primary" type="button" on:click=handler(forth)>
                    {move || match progress.get() {
                        Progress::Found { files, .. } => format!("Move {}", words::counted(files, "file")),
                        _ => String::new(),
                    }}
                </button>
            </When>
            <When holds=can_go_back>
                <button class="button" type="button" on:click=handler(back)>
                    "Move them back"
                </button>
            </When>
        </div>
    })
}

/// Returns the moves for the worker that carries them out.
fn listed(moves: &[moves::Move]) -> Array {
    let list = Array::new();
    for moves::Move { source, kept } in moves {
        let each = Array::new();
        for origin in [source, kept] {
            each.push(&origin.path.as_str().into());
            each.push(&(origin.bytes as f64).into());
        }
        list.push(&each);
    }
    list
}
