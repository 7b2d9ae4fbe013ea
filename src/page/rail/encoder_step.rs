//! Step 3: which network.

use leptos::prelude::*;

use super::step::Step;
use crate::{
    page::{
        components::controls::{Choice, NumberField, explain::Explain},
        session::Session,
        words::{self, glossary},
    },
    settings::{Features, FirstLayer, Range, Settings},
};

/// Input side, width and depth that go well together.
type Size = (u32, u32, u32);

/// Networks to start from.
const SIZES: &[(&str, Size)] = &[("Small", (32, 16, 4)), ("Medium", (48, 24, 4)), ("Large", (64, 32, 5))];

/// How the first convolution may start.
const FIRST_LAYERS: &[(&str, FirstLayer)] =
    &[("Whitened", FirstLayer::Whitened), ("Random", FirstLayer::Random)];

/// What may embed a picture.
const FEATURES: &[(&str, Features)] = &[("Whitened map", Features::Map), ("Outputs", Features::Outputs)];

/// Presets, and the numbers behind them.
#[component]
pub fn EncoderStep() -> impl IntoView {
    let session = Session::expect();
    let summary = move || session.with(|state| words::encoder(&state.settings, state.run.parameters));
    let size = move || {
        session.with(|state| {
            let size = (state.settings.side, state.settings.width, state.settings.depth);
            SIZES.iter().map(|(_, known)| *known).find(|known| *known == size)
        })
    };
    let choose = move |size: Size| {
        session.edit(|settings| (settings.side, settings.width, settings.depth) = size);
    };
    view! {
        <Step number=3 name="Encoder" words=Signal::derive(summary) open=RwSignal::new(false)>
            <p class="lead">
                "The network that turns a picture into numbers " <Explain term=glossary::ENCODER />
            </p>
            <Choice legend="Size" name="size" options=SIZES value=size on_change=choose />
            <details class="numbers">
                <summary>"In numbers"</summary>
                <NumberField
                    name="Input size, pixels"
                    term=glossary::SIDE
                    value=number(session, |settings| settings.side)
                    range=limits(Settings::SIDE)
                    whole=true
                    on_change=move |side| session.edit(|settings| settings.side = side as u32)
                />
                <NumberField
                    name="Channels"
                    term=glossary::WIDTH
                    value=number(session, |settings| settings.width)
                    range=limits(Settings::WIDTH)
                    whole=true
                    on_change=move |width| session.edit(|settings| settings.width = width as u32)
                />
                <NumberField
                    name="Layers"
                    term=glossary::DEPTH
                    value=number(session, |settings| settings.depth)
                    range=limits(Settings::DEPTH)
                    whole=true
                    on_change=move |depth| session.edit(|settings| settings.depth = depth as u32)
                />
                <NumberField
                    name="Readout, places a side"
                    term=glossary::READOUT
                    value=number(session, |settings| settings.readout)
                    range=limits(Settings::READOUT)
                    whole=true
                    on_change=move |readout| session.edit(|settings| settings.readout = readout as u32)
                />
                <NumberField
                    name="Outputs"
                    term=glossary::OUTPUTS
                    value=number(session, |settings| settings.outputs)
                    range=limits(Settings::OUTPUTS)
                    whole=true
                    on_change=move |outputs| session.edit(|settings| settings.outputs = outputs as u32)
                />
                <div class="field-with-term">
                    <Choice
                        legend="First layer starts"
                        name="first-layer"
                        options=FIRST_LAYERS
                        value=move || session.with(|state| Some(state.settings.first_layer))
                        on_change=move |first| session.edit(|settings| settings.first_layer = first)
                    />
                    <Explain term=glossary::FIRST_LAYER />
                </div>
                <div class="field-with-term">
                    <Choice
                        legend="Pictures are compared by"
                        name="features"
                        options=FEATURES
                        value=move || session.with(|state| Some(state.settings.features))
                        on_change=move |features| session.edit(|settings| settings.features = features)
                    />
                    <Explain term=glossary::FEATURES />
                </div>
            </details>
            <p class="note">"Another size builds a new network: training starts over from step 0."</p>
        </Step>
    }
}

/// A whole-numbered setting as a field takes it.
pub fn number(session: Session, read: fn(&Settings) -> u32) -> Signal<f64> {
    Signal::derive(move || session.with(|state| f64::from(read(&state.settings))))
}

/// Whole-numbered limits as a field takes them.
pub fn limits(range: Range<u32>) -> Range<f64> {
    Range { min: f64::from(range.min), max: f64::from(range.max) }
}
