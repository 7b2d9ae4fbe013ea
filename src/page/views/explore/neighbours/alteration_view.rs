//! The controls that change the picture in hand.

use leptos::{ev, prelude::*};

use super::alteration::Alteration;
use crate::page::{
    components::{
        controls::Slider,
        dynamic::{handler, memo},
    },
    state::State,
    store::Store,
    words,
};

/// Sliders and switches, and how near the original stays.
#[component]
pub fn AlterationControls() -> impl IntoView {
    let store = Store::expect();
    let present = memo(move || {
        store.with(|state| state.to_alter().map_or(Alteration::NONE, |(_, alteration)| alteration))
    });
    let change = move |change: &dyn Fn(&mut Alteration)| {
        store.update(|state| {
            if let Some((id, mut alteration)) = state.to_alter() {
                change(&mut alteration);
                state.alter(id, alteration);
            }
        });
    };
    let slider = move |[name, label]: [&'static str; 2],
                       [min, max]: [f32; 2],
                       step: &'static str,
                       read: fn(&Alteration) -> f32,
                       write: fn(&mut Alteration, f32),
                       words: fn(f32) -> String| {
        view! {
            <Slider
                name
                label
                value=Signal::derive(move || present.with(read))
                words=Signal::derive(move || words(present.with(read)))
                min
                max
                step
                on_input=move |value| change(&|alteration| write(alteration, value))
            />
        }
    };
    let switch =
        move |name: &'static str, read: fn(&Alteration) -> bool, write: fn(&mut Alteration, bool)| {
            view! {
                <label class="alteration-switch">
                    <input
                        class="switch"
                        type="checkbox"
                        role="switch"
                        prop:checked=move || present.with(read)
                        on:change=handler(move |event: ev::Event| {
                            let on = event_target_checked(&event);
                            change(&|alteration| write(alteration, on));
                        })
                    />
                    {name}
                </label>
            }
        };
    let degrees = |value: f32| format!("{}°", words::decimal(value, 0));
    let factor = |value: f32| format!("× {value:.1}");
    let is_changed = move || present.with(|alteration| *alteration != Alteration::NONE);
    let rank = move || store.with(State::original_rank).filter(|_| is_changed());
    view! {
        <div class="alteration">
            {slider(["Turn", "Turn the picture"], [-180.0, 180.0], "5", |a| a.turn, |a, value| a.turn = value, degrees)}
            {slider(["Zoom in", "Zoom into the picture"], [1.0, 3.0], "0.1", |a| a.zoom, |a, value| a.zoom = value, factor)}
            {slider(["Shift colours", "Shift the picture’s colours"], [-180.0, 180.0], "5", |a| a.hue, |a, value| a.hue = value, degrees)}
            {slider(["Brightness", "Brightness of the picture"], [0.3, 2.0], "0.1", |a| a.brightness, |a, value| a.brightness = value, factor)}
            {switch("Mirror it", |a| a.mirrored, |a, on| a.mirrored = on)}
            {switch("No colour", |a| a.grey, |a, on| a.grey = on)}
            <p aria-live="polite">{move || rank().unwrap_or_default()}</p>
            // It stays, since a button that goes when it is pressed takes the focus with it.
            <button
                class="button quiet"
                type="button"
                aria-disabled=move || (!is_changed()).to_string()
                on:click=handler(move |_: ev::MouseEvent| change(&|alteration| *alteration = Alteration::NONE))
            >
                "Undo the changes"
            </button>
        </div>
    }
}
