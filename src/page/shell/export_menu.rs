//! The menu of files to keep.

use leptos::prelude::*;
use strum::VariantArray;
use web_sys::{FocusEvent, HtmlInputElement};

use crate::{
    page::{
        address,
        components::{dynamic::handler, menu},
        export::Export,
        files::{
            download, experiment_file,
            exports::{self, exporter},
        },
        store::Store,
        words,
    },
    protocol::{Command, ModelFormat},
};

/// Files of the network: format, name and help of the button.
const NETWORKS: [(ModelFormat, &str, &str); 2] = [
    (ModelFormat::Safetensors, "Model (safetensors)", "The network’s weights, to open here or in Python."),
    (ModelFormat::Onnx, "Network (ONNX)", "Turns pictures into embeddings in other tools."),
];

/// One button per file, with what it is for.
#[component]
pub fn Exports() -> impl IntoView {
    let store = Store::expect();
    let source = move || {
        store.with(|state| match state.results.latest() {
            Some(scored) if scored.evaluation.step > 0 => {
                format!(
                    "What the network knows after {}.",
                    words::counted(scored.evaluation.step as usize, "step")
                )
            }
            Some(_) => "What the network knows before training.".to_owned(),
            None => "Nothing has been measured yet.".to_owned(),
        })
    };
    let wanted = exporter(store, exports::save);
    let lacking = Signal::derive(move || store.with(|state| state.results.latest().is_none()));
    let kinds = |for_people: bool| {
        Export::VARIANTS.iter().copied().filter(move |export| export.is_for_people() == for_people)
    };
    let table = move |export: Export| {
        let obstacle = move || store.with(|state| export.obstacle(state));
        view! {
            <Item
                name=export.name()
                help=Signal::derive(move || obstacle().unwrap_or(export.help()))
                disabled=Signal::derive(move || obstacle().is_some())
                busy=Signal::derive(move || wanted.get() == Some(export))
                on_press=move || wanted.set(Some(export))
            />
        }
    };
    let network = move |(format, name, help): (ModelFormat, &'static str, &'static str)| {
        let save = move || store.update(|state| state.demand(Command::SaveModel(format)));
        view! { <Item name help disabled=lacking on_press=save /> }
    };
    view! {
        <p class="note">{source}</p>
        <div class="menu-columns">
            <section>
                <h2>"For people"</h2>
                <ul>{kinds(true).map(table).collect_view()}</ul>
                <h2>"To continue"</h2>
                <ul>
                    <Item
                        name="Experiment"
                        help="Pictures, labels, settings, curves and weights in one file, to go on with here."
                        disabled=lacking
                        on_press=move || experiment_file::save(store)
                    />
                    {NETWORKS.into_iter().map(network).collect_view()}
                </ul>
                <h2>"For a server"</h2>
                <label class="note">
                    "More pictures than a browser should hold? Take this run to PyTorch:"
                    <input
                        type="text"
                        readonly
                        prop:value=move || store.with(address::command)
                        on:focus=handler(|event: FocusEvent| event_target::<HtmlInputElement>(&event).select())
                    />
                </label>
            </section>
            <section>
                <h2>"For code and tables"</h2>
                <ul>
                    {kinds(false).map(table).collect_view()}
                    <Item
                        name="Run (JSON)"
                        help="Settings, environment, names and labels, and what every step measured."
                        on_press=move || exports::save_run(store)
                    />
                </ul>
                <label class="menu-switch">
                    <input
                        class="switch"
                        type="checkbox"
                        role="switch"
                        prop:checked=move || store.for_spreadsheets.get()
                        on:change=handler(move |event| download::set_for_spreadsheets(store, event_target_checked(&event)))
                    />
                    <span>
                        "For spreadsheets"
                        <span class="note">"Tables as CSV begin with a mark of their encoding (BOM), and cells that begin with = + - @ get an apostrophe, so that they don’t run."</span>
                    </span>
                </label>
            </section>
        </div>
    }
}

/// A button of the menu, which it closes.
#[component]
fn Item(
    name: &'static str,
    /// What the file is for, or why there is none yet.
    #[prop(into)]
    help: Signal<&'static str>,
    #[prop(into, optional)] disabled: Signal<bool>,
    /// Whether the file is being written.
    #[prop(into, optional)]
    busy: Signal<bool>,
    on_press: impl Fn() + Send + 'static,
) -> impl IntoView {
    view! {
        <li class="menu-item">
            <button
                class="pick"
                type="button"
                popovertarget=menu::EXPORT
                popovertargetaction="hide"
                disabled=disabled
                aria-description=help
                aria-busy=move || busy.get().to_string()
                on:click=handler(move |_| on_press())
            >
                {name}
            </button>
            <span class="note" aria-hidden="true">{help}</span>
        </li>
    }
}
