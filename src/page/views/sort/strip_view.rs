//! A strip of related pictures, which can be selected one by one or all at once.

use leptos::prelude::*;

use super::{decisions::Candidate, picture_groups::Strip};
use crate::{
    page::{
        components::{
            dynamic::{handler, keyed},
            member::Member,
            more::More,
        },
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// Number of pictures shown at first.
const SHOWN: usize = 12;

/// Number of pictures added by each press.
const MORE: usize = 60;

/// The strip below its name, which selects all of it.
#[component]
pub fn StripView(
    /// The pictures.
    strip: Strip,
    /// Name of the strip.
    name: String,
    /// Whether one of the pictures is kept.
    decided: bool,
) -> impl IntoView {
    let store = Store::expect();
    let shown = RwSignal::new(SHOWN);
    let total = strip.pictures.len();
    let remark = strip.remark.as_ref().map(|remark| format!(", {}", words::strip_remark(remark)));
    let count = words::counted(total, "picture") + &remark.unwrap_or_default();
    let order = StoredValue::new(strip.pictures);
    let selected = move || {
        store.with(|state| order.with_value(|ids| ids.iter().all(|id| state.selection.contains(*id))))
    };
    let select = move |_| {
        store.update(|state| {
            order.with_value(|ids| {
                state.select_all(ids.iter().copied());
                ids.first().into_iter().for_each(|first| state.focus(*first));
            });
        });
    };
    let first = move || order.with_value(|ids| ids.iter().take(shown.get()).copied().collect::<Vec<_>>());
    let member = move |id: PictureId| {
        let order = Signal::derive(move || order.get_value());
        if decided {
            view! { <Candidate id order /> }.into_any()
        } else {
            view! { <Member id order /> }.into_any()
        }
    };
    view! {
        <section class="strip">
            <h2>
                <button
                    class="strip-head"
                    type="button"
                    title="Select all of them"
                    aria-pressed=move || selected().to_string()
                    on:click=handler(select)
                >
                    <span class="strip-name">{name}</span>
                    <span class="strip-count">{count}</span>
                </button>
            </h2>
            <div class="strip-cells" class:decided=decided>
                {keyed(first, PictureId::to_string, member)}
                <More shown step=MORE total />
            </div>
        </section>
    }
}
