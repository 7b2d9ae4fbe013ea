//! Section 1: the pictures.

use leptos::prelude::*;

use super::step::Step;
use crate::{
    page::{
        autosave::{saver, state::AutosaveStatus as Kept},
        components::{
            controls::{Choice, details::details, explain::Explain, file_button::FileButton, twice::Twice},
            dynamic::{When, dynamic, handler, keyed, memo},
        },
        files::{builtin, destination::Destination, incoming, intake},
        input::media,
        lazy::loader,
        state::{Refusal, State},
        store::Store,
        words::{self, glossary},
    },
    settings::{Framing, Images},
};

/// Choices of what the network sees.
const FRAMINGS: &[(&str, Framing)] =
    &[("Central squares", Framing::Centre), ("Whole pictures", Framing::Whole)];

/// Drop zone, pickers, built-in sets, and the progress and failures of reading files.
#[component]
pub fn ImagesStep() -> impl IntoView {
    let store = Store::expect();
    let summary = move || store.with(words::images);
    view! {
        <Step number=1 name="Pictures" words=Signal::derive(summary) open=RwSignal::new(!media::is_narrow())>
            <Pickers />
            <LeftOut />
            <Samples />
            <Progress />
            <Refused />
            <Cropped />
            <Upkeep />
        </Step>
    }
}

/// The drop zone and its two pickers.
#[component]
fn Pickers() -> impl IntoView {
    view! {
        <div class="drop-zone">
            {(!media::is_coarse()).then(|| view! {
                <p class="drop-zone-call">"Drop pictures or folders anywhere, or paste"</p>
            })}
            <div class="buttons">
                <FileButton
                    text=media::hint("Choose files", "Choose pictures")
                    label="Picture files"
                    accept=format!("{},.zip,.csv,.tsv,.json,.jsonl,.safetensors,.likeness", incoming::ACCEPT)
                    multiple=true
                    destination=Destination::Set
                />
                <FileButton text="Choose a folder" label="A folder of pictures" folder=true destination=Destination::Set />
            </div>
            <p class="note">
                "They stay on this computer. A folder’s name becomes a label " <Explain term=glossary::LABELS />
            </p>
        </div>
    }
}

/// The built-in sets.
#[component]
fn Samples() -> impl IntoView {
    let store = Store::expect();
    let shown = move |images| store.with(|state| state.settings.images == images);
    let sample = move |name: &'static str, what: &'static str, images: Images| {
        view! {
            <div class="sample">
                <button
                    class="pick sample-name"
                    type="button"
                    aria-description=what
                    aria-pressed=move || shown(images).to_string()
                    on:click=handler(move |_| builtin::show(store, images))
                >
                    {name}
                </button>
                <span class="sample-what" aria-hidden="true">{what}</span>
            </div>
        }
    };
    view! {
        <div class="samples" role="group" aria-label="Built-in sets">
            {sample("Shapes", "1,000 drawn figures in any colour, place and turn", Images::Shapes)}
            {sample("Fashion", "1,000 photographs of clothes, grey and small", Images::Fashion)}
        </div>
    }
}

/// How much of the pictures is seen, if that is far from all.
#[component]
fn Cropped() -> impl IntoView {
    let store = Store::expect();
    let words =
        memo(move || store.with(|state| words::cropped(state.pictures.entries(), state.settings.framing)));
    let has_choice = move || {
        store.with(|state| {
            let is_long = || state.pictures.entries().iter().any(|entry| entry.whole.is_some());
            state.can_be_framed() && (state.settings.framing == Framing::Whole || is_long())
        })
    };
    view! {
        <When holds=has_choice>
            <Choice
                legend="The network sees"
                name="framing"
                options=FRAMINGS
                value=move || store.with(|state| Some(state.settings.framing))
                on_change=move |framing| store.update(|state| state.frame(framing))
            />
        </When>
        <p class="note" hidden=move || words.with(Option::is_none)>{move || words.get()}</p>
    }
}

/// The progress of reading files, and a button to stop.
#[component]
fn Progress() -> impl IntoView {
    let store = Store::expect();
    let progress = move || {
        store.with(|state| {
            state.intake.is_active().then_some((
                words::intake(state.intake.kind),
                state.intake.done,
                state.intake.total,
            ))
        })
    };
    view! {
        <When holds=move || progress().is_some()>
            <div class="intake">
                <progress
                    aria-label="Pictures read"
                    max=move || progress().map_or(1, |(_, _, total)| total)
                    value=move || progress().map_or(0, |(_, done, _)| done)
                ></progress>
                <p>
                    {move || {
                        progress()
                            .map_or_else(
                                String::new,
                                |(verb, done, total)| {
                                    format!("{verb} {} of {}", words::count(done), words::count(total))
                                },
                            )
                    }}
                </p>
                <button class="button quiet" type="button" on:click=handler(move |_| intake::stop(store))>
                    "Stop"
                </button>
            </div>
        </When>
    }
}

/// Files that are in the set already, and a button to add them.
#[component]
fn LeftOut() -> impl IntoView {
    let store = Store::expect();
    view! {
        <When holds=move || { store.with(|state| state.intake.left_out > 0) }>
            <div class="failures left-out">
                <p aria-live="polite">{move || store.with(|state| words::left_out(&state.intake))}</p>
                <button class="button" type="button" on:click=handler(move |_| loader::enter(store, move |rooms| (rooms.read_left_out)(store)))>
                    "Add them anyway"
                </button>
            </div>
        </When>
    }
}

/// Files that could not be read, each with the reason.
#[component]
fn Refused() -> impl IntoView {
    let store = Store::expect();
    let count = move || store.with(|state| state.intake.refused.len());
    let refused =
        move || store.with(|state| state.intake.refused.iter().cloned().enumerate().collect::<Vec<_>>());
    let key =
        |(place, Refusal { name, why }): &(usize, Refusal)| format!("{place} {name} {}", words::failure(why));
    let refusal = |(_, Refusal { name, why })| {
        view! {
            <li>
                <bdi>{name}</bdi>
                " "
                {words::failure(&why)}
                {details(why.details().map(str::to_owned))}
            </li>
        }
    };
    view! {
        <div>
            <When holds=move || { count() > 0 }>
                <div class="failures">
                    <p>
                        <span aria-live="polite">
                            {move || store.with(|state| words::refused(&state.intake))}
                        </span>
                        <button
                            class="dismiss"
                            type="button"
                            aria-label="Dismiss the list"
                            on:click=handler(move |_| store.update(|state| state.dismiss_refused()))
                        >
                            "×"
                        </button>
                    </p>
                    <ul tabindex="0" aria-label="Files that could not be read">
                        {keyed(refused, key, refusal)}
                    </ul>
                </div>
            </When>
            {dynamic(move || store.with(|state| {
                words::remarks(&state.intake).into_iter().map(|line| view! { <p class="note">{line}</p> }).collect_view()
            }))}
            <When holds=move || store.with(|state| !state.intake.skipped.is_empty())>
                <p class="note">{move || store.with(|state| words::skipped(&state.intake))}</p>
            </When>
        </div>
    }
}

/// The status of keeping this visit's work, and buttons to remove it from page and browser.
#[component]
fn Upkeep() -> impl IntoView {
    let store = Store::expect();
    let keeping = move || store.with(|state| *state.autosave);
    let empty = Signal::derive(move || store.with(|state| state.pictures.is_empty()));
    let nothing = Signal::derive(move || matches!(keeping(), Kept::Unknown | Kept::Denied | Kept::Forgotten));
    view! {
        <div class="upkeep">
            <p class="note">{move || keeping().words()}</p>
            <div class="buttons">
                <button
                    class="button quiet"
                    type="button"
                    disabled=move || empty.get()
                    on:click=handler(move |_| store.update(State::clear_all))
                >
                    "Remove all pictures"
                </button>
                <Twice
                    name="Forget everything"
                    again="Yes, forget everything"
                    class="button quiet"
                    disabled=nothing
                    on_sure=move || saver::forget_everything(store)
                />
            </div>
        </div>
    }
}
