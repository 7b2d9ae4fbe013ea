//! Choice of pictures by quality, and of a few that stand for the set.

use leptos::prelude::*;

use super::{
    choose::{MEASURES, farthest_first, typical},
    filter_view::SelectBy,
};
use crate::{
    page::{
        components::{
            controls::{Choice, Slider},
            dynamic::{dynamic, handler, keyed, memo},
            member::Member,
        },
        state::State,
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// The faults, by place.
static FAULTS: &[(&str, usize)] = &[
    (MEASURES[0].name, 0),
    (MEASURES[1].name, 1),
    (MEASURES[2].name, 2),
    (MEASURES[3].name, 3),
    (MEASURES[4].name, 4),
    (MEASURES[5].name, 5),
    (MEASURES[6].name, 6),
];

/// Number of faulty pictures shown; all are selected.
const SHOWN: usize = 60;

/// Number of pictures to pick at first.
const PICKS: usize = 20;

/// Pictures by label, folder and date, faulty ones, and buttons that pick a few.
#[component]
pub fn Choose() -> impl IntoView {
    view! {
        <SelectBy />
        <Faults />
        <Picks />
    }
}

/// The pictures with a fault, the worst first.
#[component]
fn Faults() -> impl IntoView {
    let store = Store::expect();
    let fault = RwSignal::new(0);
    let thresholds = RwSignal::new(MEASURES.each_ref().map(|measure| measure.thresholds[0]));
    let measure = move || &MEASURES[fault.get()];
    let threshold = move || thresholds.get()[fault.get()];
    let measured = memo(move || store.with(|state| measure().measured(state)));
    let found = memo(move || measured.with(|measured| measure().faulty(measured, threshold())));
    let words = move || {
        let side = if measure().is_above { "above" } else { "below" };
        format!(
            "{}: {} {side} {}.",
            words::counted(found.with(Vec::len), "picture"),
            measure().quantity,
            threshold()
        )
    };
    let slider = dynamic(move || {
        let measure = measure();
        view! {
            <Slider
                name="Threshold"
                label="Threshold of the quality"
                value=Signal::derive(threshold)
                words=Signal::derive(move || threshold().to_string())
                max=measure.thresholds[1]
                step=measure.step
                on_input=move |value| thresholds.update(|all| all[fault.get_untracked()] = value)
            />
        }
    });
    view! {
        <Choice
            legend="Pictures that are"
            name="fault"
            options=FAULTS
            value=move || Some(fault.get())
            on_change=move |place| fault.set(place)
        />
        <div class="groups-found">
            {slider}
            <p class="note" aria-live="polite">{words}</p>
            <button
                class="button"
                type="button"
                disabled=move || found.with(Vec::is_empty)
                on:click=handler(move |_| store.update(|state| state.select_all(found.get_untracked())))
            >
                "Select them"
            </button>
        </div>
        <div class="strip-cells">
            {keyed(
                move || found.with(|found| found.iter().take(SHOWN).copied().collect()),
                PictureId::to_string,
                move |id| view! { <Member id order=found /> },
            )}
        </div>
    }
}

/// Buttons that pick pictures by the network's embeddings.
#[component]
fn Picks() -> impl IntoView {
    let store = Store::expect();
    let count = RwSignal::new(PICKS);
    let most = move || store.with(|state| state.pictures.len());
    let lacking = Signal::derive(move || store.with(|state| state.results.latest().is_none()));
    let pick = move |name: &'static str, pick: fn(&State, usize) -> Vec<PictureId>| {
        view! {
            <button
                class="button"
                type="button"
                disabled=lacking
                on:click=handler(move |_| store.update(|state| {
                    let picked = pick(state, count.get_untracked());
                    state.select_all(picked);
                }))
            >
                {name}
            </button>
        }
    };
    view! {
        <section class="sort-part">
            <h2>"Pick examples"</h2>
            <p class="note">
                "By the network’s embeddings. Pictures that cover the set are each the farthest from those before. Save them from the bar below."
            </p>
            <div class="groups-found">
                <Slider
                    name="Number of pictures"
                    label="Number of pictures to pick"
                    value=Signal::derive(move || count.get() as f32)
                    words=Signal::derive(move || words::count(count.get()))
                    min=1.0
                    max=Signal::derive(move || most().min(500) as f32)
                    step="1"
                    on_input=move |value| count.set(value as usize)
                />
                <div class="buttons">
                    {pick("Pick pictures that cover the set", farthest_first)}
                    {pick("Pick the most typical", typical)}
                </div>
            </div>
        </section>
    }
}
