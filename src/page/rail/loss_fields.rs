//! The choice of a loss, and the fields that the chosen one uses.

use leptos::prelude::*;

use crate::{
    page::{
        components::{
            controls::{Choice, NumberField, explain::Explain},
            dynamic::{dynamic, memo},
        },
        store::Store,
        words::{
            self,
            glossary::{self, Term},
        },
    },
    settings::{LossKind, Mining, Settings, Similarity, field},
};

/// Choices of losses.
const LOSSES: &[(&str, LossKind)] = &[
    ("DCL", LossKind::Dcl),
    ("InfoNCE", LossKind::InfoNce),
    ("NCE", LossKind::Nce),
    ("Triplets", LossKind::Triplet),
];

/// Choices of similarities between two projections.
const SIMILARITIES: &[(&str, Similarity)] =
    &[("Cosine", Similarity::Cosine), ("Dot product", Similarity::Dot)];

/// Choices of a fixed or a learned temperature.
const TEMPERATURES: &[(&str, bool)] = &[("Fixed", false), ("Learned", true)];

/// Choices of a triplet's negative.
const NEGATIVES: &[(&str, Mining)] =
    &[("Random", Mining::Random), ("Semi-hard", Mining::SemiHard), ("Hard", Mining::Hard)];

/// The loss, its description and its fields.
#[component]
pub fn LossFields() -> impl IntoView {
    let store = Store::expect();
    let loss = memo(move || store.with(|state| state.settings.loss));
    let fields = dynamic(move || match loss.get() {
        LossKind::InfoNce | LossKind::Dcl | LossKind::Nce => view! { <SoftFields /> }.into_any(),
        LossKind::Triplet => view! { <TripletFields /> }.into_any(),
    });
    let sentence = dynamic(move || {
        let (sentence, term) = lesson(loss.get());
        view! { <p class="lead">{sentence} " " <Explain term /></p> }
    });
    view! {
        <Choice
            legend="Loss function"
            name="loss"
            options=LOSSES
            value=move || Some(loss.get())
            on_change=move |loss| store.edit(|settings| settings.loss = loss)
        />
        {sentence}
        {fields}
    }
}

/// Describes in a sentence what a loss requires of the views.
fn lesson(loss: LossKind) -> (&'static str, Term) {
    match loss {
        LossKind::Dcl => {
            ("Each view has to be nearer to its twin than to all views of other pictures.", glossary::DCL)
        }
        LossKind::InfoNce => {
            ("Each view has to pick its twin out of all other views in the batch.", glossary::INFO_NCE)
        }
        LossKind::Nce => {
            ("Each pair of views is one question: are these two the same picture?", glossary::NCE)
        }
        LossKind::Triplet => (
            "Each view has to be nearer to its twin than to another picture’s view, by a margin.",
            glossary::TRIPLET,
        ),
    }
}

/// The fields of all losses but the triplets: comparison and temperature.
#[component]
fn SoftFields() -> impl IntoView {
    let store = Store::expect();
    let similarity = move || store.with(|state| Some(state.settings.similarity));
    let learned = move || store.with(|state| Some(state.settings.learned_temperature));
    view! {
        <Choice
            legend="Views compared by"
            name="similarity"
            options=SIMILARITIES
            value=similarity
            on_change=move |similarity| store.edit(|settings| settings.compare_by(similarity))
            term=glossary::COMPARISON
        />
        <Choice
            legend="Temperature is"
            name="learned-temperature"
            options=TEMPERATURES
            value=learned
            on_change=move |learned| store.edit(|settings| settings.learned_temperature = learned)
            term=glossary::LEARNED
        />
        <NumberField setting=const { field::TEMPERATURE.number() } term=glossary::TEMPERATURE />
        <DotTemperature />
        <Learned />
    }
}

/// An explanation why the dot product has raised the temperature.
#[component]
fn DotTemperature() -> impl IntoView {
    let store = Store::expect();
    let usual = Signal::derive(move || {
        store.with(|state| {
            let Settings { similarity, temperature, .. } = *state.settings;
            similarity == Similarity::Dot && temperature == Settings::DOT_TEMPERATURE
        })
    });
    view! {
        <p class="note" aria-live="polite" hidden=move || !usual.get()>
            "Dot products are larger than cosines, so the temperature starts at 1."
        </p>
    }
}

/// The present value of a learned temperature.
#[component]
fn Learned() -> impl IntoView {
    let store = Store::expect();
    let sentence = move || {
        store.with(|state| {
            let batch = state.run.batch.as_ref().filter(|_| state.settings.learned_temperature)?;
            let temperature = words::three_digits(f64::from(batch.details.temperature));
            Some(format!("Learned by step {}: {temperature}.", batch.step))
        })
    };
    dynamic(move || sentence().map(|sentence| view! { <p class="note">{sentence}</p> }))
}

/// The fields of the triplet loss: margin and mining.
#[component]
fn TripletFields() -> impl IntoView {
    let store = Store::expect();
    let mining = move || store.with(|state| Some(state.settings.mining));
    view! {
        <Choice
            legend="Negatives"
            name="mining"
            options=NEGATIVES
            value=mining
            on_change=move |mining| store.edit(|settings| settings.mining = mining)
            term=glossary::MINING
        />
        <NumberField setting=const { field::MARGIN.number() } term=glossary::MARGIN />
    }
}
