//! The network.

use leptos::prelude::*;

use crate::{
    page::{
        components::controls::{Choice, NumberField},
        store::Store,
        words::glossary,
    },
    settings::{Features, FirstLayer, field},
};

/// Input side, width and depth of a preset.
type Size = (u32, u32, u32);

/// Preset networks.
const SIZES: &[(&str, Size)] = &[("Small", (32, 16, 4)), ("Medium", (48, 24, 4)), ("Large", (64, 32, 5))];

/// Choices for the start of the first convolution.
const FIRST_LAYERS: &[(&str, FirstLayer)] =
    &[("Whitened", FirstLayer::Whitened), ("Random", FirstLayer::Random)];

/// Choices of features that embed a picture.
const FEATURES: &[(&str, Features)] = &[("Whitened map", Features::Map), ("Outputs", Features::Outputs)];

/// Presets, and the numbers behind them.
#[component]
pub fn NetworkFields() -> impl IntoView {
    let store = Store::expect();
    let size = move || {
        store.with(|state| {
            let size = (state.settings.side, state.settings.width, state.settings.depth);
            SIZES.iter().map(|(_, known)| *known).find(|known| *known == size)
        })
    };
    let choose = move |size: Size| {
        store.edit(|settings| (settings.side, settings.width, settings.depth) = size);
    };
    view! {
        <Choice legend="Size of the network" name="size" options=SIZES value=size on_change=choose term=glossary::ENCODER />
        <div class="fields">
                <NumberField setting=const { field::SIDE.number() } term=glossary::SIDE />
                <NumberField setting=const { field::WIDTH.number() } term=glossary::WIDTH />
                <NumberField setting=const { field::DEPTH.number() } term=glossary::DEPTH />
                <NumberField setting=const { field::READOUT.number() } term=glossary::READOUT />
                <NumberField setting=const { field::OUTPUTS.number() } term=glossary::OUTPUTS />
                <Choice
                    legend="First layer starts"
                    name="first-layer"
                    options=FIRST_LAYERS
                    value=move || store.with(|state| Some(state.settings.first_layer))
                    on_change=move |first| store.edit(|settings| settings.first_layer = first)
                    term=glossary::FIRST_LAYER
                />
                <Choice
                    legend="Pictures are compared by"
                    name="features"
                    options=FEATURES
                    value=move || store.with(|state| Some(state.settings.features))
                    on_change=move |features| store.edit(|settings| settings.features = features)
                    term=glossary::FEATURES
                />
        </div>
    }
}
