//! Step 1: which pictures.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::HtmlInputElement;

use super::step::Step;
use crate::{
    page::{
        browser::{
            builtin, explain::Explain, incoming, intake, keeper, layout, pointing, session::Session,
            twice::Twice,
        },
        state::{Failure, Keeping as Kept, Part},
        terms, words,
    },
    settings::Images,
};

/// Drop zone, pickers, built-in sets, and what became of the files.
#[component]
pub fn ImagesStep() -> impl IntoView {
    let session = Session::expect();
    let summary = move || session.read([Part::Pictures, Part::Settings], words::images);
    view! {
        <Step number=1 name="Images" words=Signal::derive(summary) open=RwSignal::new(!layout::is_narrow())>
            <Pickers />
            <Samples />
            <Progress />
            <Failures />
            <Upkeep />
        </Step>
    }
}

/// The drop zone and the two pickers in it.
#[component]
fn Pickers() -> impl IntoView {
    let session = Session::expect();
    let input = NodeRef::new();
    let choose = move |_| {
        let input: Option<HtmlInputElement> = input.get_untracked();
        if let Some(input) = input {
            input.click();
        }
    };
    let chosen = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        intake::take(session, incoming::chosen(input.files()));
        // The same files may be chosen again.
        input.set_value("");
    };
    view! {
        <div class="drop-zone">
            {(!pointing::is_coarse()).then(|| view! {
                <p class="drop-zone-call">"Drop pictures or folders anywhere, or paste"</p>
            })}
            <div class="buttons">
                <button class="button" type="button" on:click=choose>
                    {pointing::hint("Choose files", "Choose pictures")}
                </button>
                <button class="button" type="button" on:click=move |_| choose_folder(session)>
                    "Choose a folder"
                </button>
            </div>
            <input
                class="visually-hidden"
                type="file"
                multiple
                accept=format!("{},.safetensors,.likeness", incoming::ACCEPT)
                aria-label="Picture files"
                tabindex="-1"
                node_ref=input
                on:change=chosen
            />
            <p class="note">
                "They stay on this computer. A folder’s name becomes a label " <Explain term=terms::LABELS />
            </p>
        </div>
    }
}

/// Lets the user choose a folder, through an input made for the occasion.
fn choose_folder(session: Session) {
    let input = document().create_element("input").expect("an element can be made");
    let input: HtmlInputElement = input.unchecked_into();
    input.set_type("file");
    input.set_attribute("webkitdirectory", "").expect("the attribute can be set");
    let chosen = input.clone();
    let on_change = Closure::once_into_js(move || intake::take(session, incoming::chosen(chosen.files())));
    input.set_onchange(Some(on_change.unchecked_ref()));
    input.click();
}

/// The built-in sets.
#[component]
fn Samples() -> impl IntoView {
    let session = Session::expect();
    let shown = move |images| session.read([Part::Settings], |state| state.settings.images == images);
    let sample = move |name: &'static str, what: &'static str, images: Images| {
        view! {
            <div class="sample">
                <button
                    class="pick sample-name"
                    type="button"
                    aria-description=what
                    aria-pressed=move || shown(images).to_string()
                    on:click=move |_| builtin::show(session, images)
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

/// How many files are read, and a way to stop.
#[component]
fn Progress() -> impl IntoView {
    let session = Session::expect();
    let progress = move || {
        session.read([Part::Intake], |state| {
            state.intake.is_active().then_some((state.intake.verb, state.intake.done, state.intake.total))
        })
    };
    view! {
        <Show when=move || progress().is_some()>
            <div class="intake">
                <progress
                    aria-label="Pictures read"
                    max=move || progress().map_or(1, |(_, _, total)| total)
                    value=move || progress().map_or(0, |(_, done, _)| done)
                ></progress>
                <p>
                    {move || {
                        progress()
                            .map(|(verb, done, total)| {
                                format!("{verb} {} of {}", words::count(done), words::count(total))
                            })
                    }}
                </p>
                <button class="button quiet" type="button" on:click=move |_| intake::stop(session)>
                    "Stop"
                </button>
            </div>
        </Show>
    }
}

/// Files that could not be read, each with the reason.
#[component]
fn Failures() -> impl IntoView {
    let session = Session::expect();
    let count = move || session.read([Part::Intake], |state| state.intake.failures.len());
    let failures = move || {
        session.read([Part::Intake], |state| {
            state.intake.failures.iter().cloned().enumerate().collect::<Vec<_>>()
        })
    };
    let skipped = move || session.read([Part::Intake], |state| state.intake.skipped);
    view! {
        <div>
            <Show when=move || { count() > 0 }>
                <div class="failures">
                    <p>
                        <span aria-live="polite">
                            {move || words::counted(count(), "file")} " could not be read; the rest went on."
                        </span>
                        <button
                            class="dismiss"
                            type="button"
                            aria-label="Dismiss the list"
                            on:click=move |_| session.change(|state| state.dismiss_failures())
                        >
                            "×"
                        </button>
                    </p>
                    <ul tabindex="0" aria-label="Files that could not be read">
                        <For each=failures key=Clone::clone let((_, Failure { name, reason }))>
                            <li>
                                <bdi>{name}</bdi>
                                " "
                                {reason}
                            </li>
                        </For>
                    </ul>
                </div>
            </Show>
            <Show when=move || { skipped() > 0 }>
                <p class="note">
                    {move || words::counted(skipped(), "file")} " that the system keeps beside pictures left out."
                </p>
            </Show>
        </div>
    }
}

/// Whether this visit's work is kept, and the ways to remove it from page and browser.
#[component]
fn Upkeep() -> impl IntoView {
    let session = Session::expect();
    let keeping = move || session.read([Part::Keeping], |state| state.keeping);
    let empty = Signal::derive(move || session.read([Part::Pictures], |state| state.pictures.is_empty()));
    let nothing = move || matches!(keeping(), Kept::Unknown | Kept::Denied | Kept::Forgotten);
    view! {
        <div class="upkeep">
            <p class="note">{move || keeping().words()}</p>
            <div class="buttons">
                <button
                    class="button quiet"
                    type="button"
                    disabled=move || empty.get()
                    on:click=move |_| session.clear_all()
                >
                    "Remove all pictures"
                </button>
                <Twice
                    name="Forget everything"
                    again="Yes, forget everything"
                    class="button quiet"
                    disabled=Signal::derive(nothing)
                    on_sure=move || keeper::forget_everything(session)
                />
            </div>
        </div>
    }
}
