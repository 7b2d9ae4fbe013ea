//! Section 2: the augmentations as chips, with the controls of the one in hand.

use leptos::{ev, prelude::*};

use super::{
    operations::{OPERATIONS, PRESETS, Presentation, Preset},
    preview::{InHand, Preview},
    step::Step,
};
use crate::{
    page::{
        components::{
            controls::{Slider, explain::Explain},
            dynamic::{Memo, When, dynamic, handler, memo},
        },
        store::Store,
        views::hood::invariance::model::{self as invariance, Row},
        words::{self, glossary},
    },
    protocol::{InvarianceRequest, Stage},
    settings::Operation,
};

/// Presets, a chip for each augmentation, and the controls of the one in hand.
#[component]
pub fn AugmentStep() -> impl IntoView {
    let store = Store::expect();
    let InHand { open, narrow } = InHand::expect();
    let summary = move || store.with(|state| words::augmentations(&state.settings.augmentations));
    for stage in [Stage::Untrained, Stage::Trained] {
        store.keep_asking(move |_| open.get().then(|| InvarianceRequest { stage }.into()));
    }
    let rows = memo(move || store.with(invariance::rows));
    let chosen = RwSignal::new(0);
    view! {
        <Step number=2 name="What shouldn’t matter" words=Signal::derive(summary) open>
            <p class="lead">
                "Training sees each picture as two random views " <Explain term=glossary::VIEW />
                " Whatever changes between the two, the network learns to ignore."
            </p>
            <When holds=Signal::derive(move || open.get() && narrow.get())>
                <Preview />
            </When>
            <Presets />
            <div class="operations" role="group" aria-label="Random changes">
                {(0..OPERATIONS.len()).map(|place| view! { <Chip place chosen rows /> }).collect_view()}
            </div>
            {dynamic(move || view! { <Controls place=chosen.get() rows /> })}
        </Step>
    }
}

/// Preset augmentations.
#[component]
fn Presets() -> impl IntoView {
    let store = Store::expect();
    let preset = move |(name, augmentations): Preset| {
        let chosen =
            move || store.with(|state| state.settings.augmentations == augmentations(state.settings.images));
        view! {
            <button
                class="pill"
                type="button"
                aria-pressed=move || chosen().to_string()
                on:click=handler(move |_| store.edit(|settings| settings.augmentations = augmentations(settings.images)))
            >
                {name}
            </button>
        }
    };
    view! {
        <div class="presets" role="group" aria-label="Presets">
            {PRESETS.map(preset).collect_view()}
        </div>
    }
}

/// An augmentation: its name takes it in hand, its switch includes it in training.
#[component]
fn Chip(
    /// Its index among all augmentations.
    place: usize,
    /// Index of the one in hand.
    chosen: RwSignal<usize>,
    /// What is known about each.
    rows: Memo<Vec<Row>>,
) -> impl IntoView {
    let store = Store::expect();
    let Presentation { name, field, .. } = &OPERATIONS[place];
    let on = memo(move || rows.with(|rows| rows[place].on));
    let measured = memo(move || rows.with(|rows| rows[place].measured()));
    let in_hand = move || chosen.get() == place;
    let switch = move |event: ev::Event| {
        let on = event_target_checked(&event);
        chosen.set(place);
        store.edit(|settings| field(&mut settings.augmentations).on = on);
    };
    view! {
        <div class="operation" class:off=move || !on.get()>
            <div>
                <label class="operation-name">
                    <input
                        type="radio"
                        name="augmentation"
                        prop:checked=in_hand
                        on:change=handler(move |_| chosen.set(place))
                    />
                    <span>{*name}</span>
                </label>
                <p class="operation-measured">{move || measured.get()}</p>
            </div>
            // The arrow keys choose a chip, and the next stop of the Tab key is its switch.
            <input
                class="switch"
                type="checkbox"
                role="switch"
                aria-label=*name
                tabindex=move || if in_hand() { "0" } else { "-1" }
                prop:checked=move || on.get()
                on:change=handler(switch)
            />
        </div>
    }
}

/// The explanation, strength and probability of the augmentation in hand.
#[component]
fn Controls(place: usize, rows: Memo<Vec<Row>>) -> impl IntoView {
    let store = Store::expect();
    let Presentation { name, lesson, strength, field } = &OPERATIONS[place];
    let value = memo(move || store.with(|state| *field(&mut { state.settings.augmentations })));
    let measured = memo(move || rows.with(|rows| rows[place].measured()));
    let edit = move |change: &dyn Fn(&mut Operation)| {
        store.edit(|settings| change(field(&mut settings.augmentations)));
    };
    let strength_slider = move |in_words: fn(f32) -> String| {
        view! {
            <Slider
                name="Strength"
                label=format!("{name}: strength")
                value=Signal::derive(move || value.get().strength)
                words=Signal::derive(move || in_words(value.get().strength))
                on_input=move |strength| edit(&|operation| operation.strength = strength)
            />
        }
    };
    view! {
        <section class="in-hand">
            <h2>{*name} {move || if value.get().on { "" } else { " is off" }}</h2>
            <p class="lesson">{*lesson}</p>
            <fieldset class="sliders" disabled=move || !value.get().on>
                {strength.map(strength_slider)}
                <Slider
                    name="How often"
                    label=format!("{name}: probability")
                    value=Signal::derive(move || value.get().probability)
                    words=Signal::derive(move || format!("{} of views", words::percent(value.get().probability)))
                    on_input=move |probability| edit(&|operation| operation.probability = probability)
                />
            </fieldset>
            <p class="lesson" hidden=move || measured.with(Option::is_none)>
                "Similarity to the unchanged picture, before training → now: " {move || measured.get()} " "
                <Explain term=glossary::INVARIANCE />
            </p>
        </section>
    }
}
