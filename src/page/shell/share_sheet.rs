//! The menu for sharing: a link, the code for another page, and a picture of what a run changed.

use leptos::{html, prelude::*, task::spawn_local};
use web_sys::HtmlCanvasElement;

use crate::{
    page::{
        address,
        components::{
            canvas::paint,
            controls::{Choice, clipboard},
            dynamic::{Memo, When, effect, handler, memo},
            export_button::ExportButton,
        },
        export::{Export, File},
        files::{download, exports, sending},
        state::Extent,
        store::Store,
        urls,
        views::reveal::{card::Card, painting},
    },
    settings::Images,
};

/// Name of the picture's file, and its kind.
const PICTURE: (&str, &str) = ("likeness-changes.png", "image/png");

/// Choices of what another page shows.
const EXTENTS: &[(&str, Extent)] = &[("A small page", Extent::Embedded), ("The map alone", Extent::Map)];

/// Contents of the menu.
#[component]
pub fn ShareSheet() -> impl IntoView {
    let store = Store::expect();
    let link = memo(move || store.with(|state| urls::resolve(&address::shared(state))));
    let extent = RwSignal::new(Extent::Embedded);
    let code = memo(move || {
        let extent = extent.get();
        // The map alone has no button that starts a run.
        let (width, height, run) = if extent == Extent::Map { (600, 420, "&run=1") } else { (900, 620, "") };
        let link = format!("{}{run}{}", link.get(), extent.link_entry()).replace('&', "&amp;");
        format!(r#"<iframe src="{link}" width="{width}" height="{height}" allow="clipboard-write"></iframe>"#)
    });
    let left_out = move || {
        let sentences = store.with(address::left_out);
        let all = "Whoever opens it sees the same pictures, settings and tab.";
        if sentences.is_empty() { all.to_owned() } else { sentences.join(" ") }
    };
    let is_private =
        move || store.with(|state| state.settings.images == Images::Own && state.remote.is_none());
    let card = memo(move || store.with(Card::of));
    let has_card = Signal::derive(move || card.with(Option::is_some));
    let why_none = move || {
        if store.with(|state| state.changes().is_some()) {
            "Training has not improved the nearest of any picture."
        } else {
            "When a run has ended, a picture shows what it changed."
        }
    };
    view! {
        <h2>"Link"</h2>
        <CopyField name="Link" button="Copy link" text=link />
        <p class="note">{left_out}</p>
        <When holds=Signal::derive(move || !is_private())>
            <h2>"In another page"</h2>
            <Choice
                legend="It shows"
                name="extent"
                options=EXTENTS
                value=move || Some(extent.get())
                on_change=move |chosen| extent.set(chosen)
            />
            <CopyField name="Code for another page" button="Copy code" text=code />
        </When>
        <h2>"Picture"</h2>
        <When holds=has_card>
            <CardPicture card />
        </When>
        <When holds=Signal::derive(move || !has_card.get())>
            <p class="note">{why_none}</p>
        </When>
        <h2>"The whole set"</h2>
        <div class="buttons">
            <ExportButton name="Save poster" export=Export::Poster />
            <When holds=Signal::derive(|| sending::is_possible("likeness-poster.png", PICTURE.1))>
                <ExportButton name="Send poster" export=Export::Poster deliver=exports::send />
            </When>
        </div>
        <p class="note">"All pictures on a grid, similar ones side by side. A video of the run is in the tab Explore."</p>
    }
}

/// A text that is not edited, and a button that copies it.
#[component]
fn CopyField(
    /// Accessible name of the text.
    name: &'static str,
    /// Name of the button.
    button: &'static str,
    text: Memo<String>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let report = RwSignal::new(None);
    let refused = RwSignal::new(false);
    let copy = move |_| {
        refused.set(false);
        clipboard::copy_or(text.get_untracked(), report, move || {
            refused.set(true);
            if let Some(field) = field.get_untracked() {
                field.focus().ok();
                field.select();
            }
        });
    };
    view! {
        <div class="copy-field">
            <input type="text" readonly aria-label=name prop:value=move || text.get() node_ref=field />
            <button class="button" type="button" on:click=handler(copy)>
                {button}
            </button>
        </div>
        <p class="note" aria-live="polite">
            {move || {
                if refused.get() {
                    "The browser did not allow copying. The text is selected: copy it yourself."
                } else if report.get() == Some(true) {
                    "Copied."
                } else {
                    ""
                }
            }}
        </p>
    }
}

/// The picture of what a run changed, and buttons to save and to send it.
#[component]
fn CardPicture(card: Memo<Option<Card>>) -> impl IntoView {
    let store = Store::expect();
    let canvas = NodeRef::<html::Canvas>::new();
    let result = move || card.with(|card| card.as_ref().map_or(String::new(), |card| card.result.clone()));
    effect(move || {
        if let (Some(canvas), Some(card)) = (canvas.get(), card.get()) {
            store.with_untracked(|state| painting::paint(&canvas, &card, state));
        }
    });
    let save = move |_| {
        let Some(canvas) = canvas.get_untracked() else { return };
        spawn_local(async move {
            if let Some(file) = png(store, &canvas).await {
                download::save(store, &file);
            }
        });
    };
    let send = move |_| {
        let Some(canvas) = canvas.get_untracked() else { return };
        let result = untrack(result);
        spawn_local(async move {
            if let Some(file) = png(store, &canvas).await {
                sending::send(store, &file, &result).await;
            }
        });
    };
    let (name, kind) = PICTURE;
    let [width, height] = painting::SIZE;
    view! {
        <canvas class="card" node_ref=canvas width=width height=height role="img" aria-label=move || format!("What training changed. {}", result())></canvas>
        <div class="buttons">
            <button class="button" type="button" on:click=handler(save)>
                "Save picture"
            </button>
            <When holds=Signal::derive(move || sending::is_possible(name, kind))>
                <button class="button" type="button" on:click=handler(send)>
                    "Send"
                </button>
            </When>
        </div>
    }
}

/// Encodes the picture; the user is told if the browser cannot.
async fn png(store: Store, canvas: &HtmlCanvasElement) -> Option<File> {
    let contents = paint::png_of(canvas).await;
    if contents.is_none() {
        store.update(|state| {
            state.notify("The browser could not save the picture.");
        });
    }
    let (name, kind) = PICTURE;
    Some(File { name: name.to_owned(), kind, contents: contents? })
}
