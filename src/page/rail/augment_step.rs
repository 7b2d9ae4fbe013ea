//! Section 2: the augmentations, with a preview of real views.

use leptos::{ev, prelude::*};
use web_sys::HtmlCanvasElement;

use super::{
    operations::{OPERATIONS, PRESETS, Presentation, Preset},
    step::Step,
};
use crate::{
    page::{
        components::{
            canvas::{
                paint,
                thumbnail::{Painted, Thumbnail},
            },
            controls::{CountField, Slider, explain::Explain},
            dynamic::{When, dynamic, effect, handler, memo},
        },
        store::Store,
        timing,
        views::hood::invariance::model as invariance,
        words::{self, glossary},
    },
    protocol::{InvarianceRequest, PictureId, Stage},
    settings::{Operation, Range},
};

/// Initial numbers of previewed pictures and of views of each.
const PICTURES: u32 = 4;
const VIEWS: u32 = 4;

/// Limits of both.
const SHOWN_PICTURES: Range<u32> = Range { min: 1, max: 12 };
const SHOWN_VIEWS: Range<u32> = Range { min: 2, max: 8 };

/// Period within which changes are previewed together, in milliseconds.
const SETTLING: u64 = 200;

/// Operations, presets, and the preview.
#[component]
pub fn AugmentStep() -> impl IntoView {
    let store = Store::expect();
    let summary = move || store.with(|state| words::augmentations(&state.settings.augmentations));
    let open = RwSignal::new(false);
    for stage in [Stage::Untrained, Stage::Trained] {
        store.keep_asking(move |_| open.get().then(|| InvarianceRequest { stage }.into()));
    }
    view! {
        <Step number=2 name="What shouldn’t matter" words=Signal::derive(summary) open>
            <p class="lead">
                "Training sees each picture as two random views " <Explain term=glossary::VIEW />
                " Whatever changes between the two, the network learns to ignore."
            </p>
            <Preview open />
            <Presets />
            <ul class="operations">
                {OPERATIONS.iter().enumerate().map(|(place, operation)| view! { <OperationRow operation place /> }).collect_view()}
            </ul>
        </Step>
    }
}

/// A preview of real views by the present settings.
#[component]
fn Preview(open: RwSignal<bool>) -> impl IntoView {
    let store = Store::expect();
    let [pictures, views, draw] = [RwSignal::new(PICTURES), RwSignal::new(VIEWS), RwSignal::new(0)];
    let asked = StoredValue::new(false);
    let ask = move || {
        if !asked.get_value() {
            asked.set_value(true);
            timing::after(SETTLING, move || {
                asked.set_value(false);
                let (pictures, views) = (pictures.get_untracked() as usize, views.get_untracked());
                store.update(|state| state.request_views(pictures, views, draw.get_untracked()));
            });
        }
    };
    let ready =
        memo(move || store.with(|state| state.engine.environment().is_some() && !state.intake.is_active()));
    let augmentations = memo(move || store.with(|state| (state.settings.augmentations, state.settings.side)));
    effect(move || {
        // A memo that is never read never tracks its dependencies.
        augmentations.get();
        [pictures, views, draw].iter().for_each(Track::track);
        store.track(|state| state.pictures.field());
        if open.get() && ready.get() {
            ask();
        }
    });
    let shown = memo(move || {
        store.with(|state| {
            let pictures = state.views.as_ref().map_or(Vec::new(), |views| views.pictures.clone());
            (pictures, state.views.as_ref().map_or(0, |views| views.views))
        })
    });
    let rows = dynamic(move || {
        let (pictures, views) = shown.get();
        let row = move |(row, picture)| view! { <PreviewRow row picture views /> };
        pictures.into_iter().enumerate().map(row).collect_view()
    });
    view! {
        <div class="preview">
            <div
                class="preview-rows"
                style=("--columns", move || (shown.get().1 + 1).to_string())
                role="img"
                aria-label="Pictures, each with views made by these settings"
            >
                {rows}
            </div>
            <div class="preview-size">
                <CountField name="Pictures" value=pictures range=SHOWN_PICTURES />
                <CountField name="Views of each" value=views range=SHOWN_VIEWS />
                <button class="button quiet" type="button" on:click=handler(move |_| draw.update(|draw| *draw += 1))>
                    "Other views"
                </button>
            </div>
        </div>
    }
}

/// A picture and views of it.
#[component]
fn PreviewRow(row: usize, picture: PictureId, views: u32) -> impl IntoView {
    view! {
        <div class="preview-row">
            <Thumbnail picture=Some(picture) />
            {(0..views as usize).map(|view| view! { <ViewCanvas row view /> }).collect_view()}
        </div>
    }
}

/// One view of the preview.
#[component]
fn ViewCanvas(row: usize, view: usize) -> impl IntoView {
    let store = Store::expect();
    let paint = move |canvas: &HtmlCanvasElement| {
        store.with(|state| {
            let Some(views) = &*state.views else { return };
            let side = views.side as usize;
            let bytes = side * side * 3;
            let start = (row * views.views as usize + view) * bytes;
            if let Some(rgb) = views.rgb.get(start..start + bytes) {
                paint::rgb(canvas, rgb, side);
            }
        });
    };
    view! { <Painted paint /> }
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

/// The switch, strength and probability of an operation.
#[component]
fn OperationRow(
    operation: &'static Presentation,
    /// Its index among all operations.
    place: usize,
) -> impl IntoView {
    let store = Store::expect();
    let Presentation { name, lesson, strength, field } = operation;
    let value = memo(move || store.with(|state| *field(&mut { state.settings.augmentations })));
    let measured = memo(move || store.with(|state| invariance::measured(state, place)));
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
        <li class="operation" class:off=move || !value.get().on>
            <label class="switch">
                <input
                    type="checkbox"
                    role="switch"
                    prop:checked=move || value.get().on
                    on:change=handler(move |event: ev::Event| {
                        let on = event_target_checked(&event);
                        edit(&|operation| operation.on = on);
                    })
                />
                <span class="switch-name">{*name}</span>
            </label>
            <p class="lesson">{*lesson}</p>
            <p class="lesson" hidden=move || measured.with(Option::is_none)>
                {move || measured.get()}
            </p>
            <When holds=move || value.get().on>
                <div class="sliders">
                    {strength.map(strength_slider)}
                    <Slider
                        name="How often"
                        label=format!("{name}: probability")
                        value=Signal::derive(move || value.get().probability)
                        words=Signal::derive(move || format!("{} of views", words::percent(value.get().probability)))
                        on_input=move |probability| edit(&|operation| operation.probability = probability)
                    />
                </div>
            </When>
        </li>
    }
}
