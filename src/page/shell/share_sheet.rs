//! The menu for sharing: a link, the code for another page, and a picture of what a run changed.

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlCanvasElement;

use super::export_menu::exporter;
use crate::{
    page::{
        address,
        components::{
            canvas::paint,
            controls::clipboard,
            dynamic::{Memo, When, effect, handler, memo},
        },
        engine::code,
        export::{Export, File},
        files::download,
        store::Store,
        urls,
        views::reveal::{card::Card, painting},
    },
    settings::Images,
};

/// Name of the picture's file, and its kind.
const PICTURE: (&str, &str) = ("likeness-changes.png", "image/png");

#[wasm_bindgen]
extern "C" {
    type Host;
    #[wasm_bindgen(method, getter, js_name = canShare)]
    fn sharing(this: &Host) -> JsValue;
    #[wasm_bindgen(method, js_name = canShare)]
    fn can_share(this: &Host, what: &JsValue) -> bool;
    #[wasm_bindgen(method)]
    fn share(this: &Host, what: &JsValue) -> js_sys::Promise;

    #[wasm_bindgen(js_name = File)]
    type Named;
    #[wasm_bindgen(constructor, js_class = "File")]
    fn new(parts: &Array, name: &str, options: &JsValue) -> Named;
}

/// Contents of the menu.
#[component]
pub fn ShareSheet() -> impl IntoView {
    let store = Store::expect();
    let link = memo(move || store.with(|state| urls::resolve(&address::shared(state))));
    let code = memo(move || {
        let link = link.get().replace('&', "&amp;");
        format!(
            r#"<iframe src="{link}&amp;embed=1" width="900" height="620" allow="clipboard-write"></iframe>"#
        )
    });
    let left_out = move || {
        let sentences = store.with(address::left_out);
        let all = "Whoever opens it sees the same pictures, settings and tab.";
        if sentences.is_empty() { all.to_owned() } else { sentences.join(" ") }
    };
    let is_private =
        move || store.with(|state| state.settings.images == Images::Own && state.remote.is_none());
    let card = memo(move || store.with(Card::of));
    let wanted = exporter(store);
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
            <CopyField name="Code for another page" button="Copy code" text=code />
        </When>
        <h2>"Picture"</h2>
        <When holds=has_card>
            <CardPicture card link />
        </When>
        <When holds=Signal::derive(move || !has_card.get())>
            <p class="note">{why_none}</p>
        </When>
        <h2>"The whole set"</h2>
        <div class="buttons">
            <button
                class="button"
                type="button"
                disabled=move || store.with(|state| Export::Poster.obstacle(state).is_some())
                aria-busy=move || wanted.get().is_some().to_string()
                on:click=handler(move |_: ev::MouseEvent| wanted.set(Some(Export::Poster)))
            >
                "Save poster"
            </button>
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
fn CardPicture(card: Memo<Option<Card>>, link: Memo<String>) -> impl IntoView {
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
            if let Some(contents) = png(store, &canvas).await {
                let (name, kind) = PICTURE;
                download::save(store, &File { name: name.to_owned(), kind, contents });
            }
        });
    };
    let send = move |_| {
        let Some(canvas) = canvas.get_untracked() else { return };
        let (result, link) = (untrack(result), link.get_untracked());
        spawn_local(async move {
            if let Some(contents) = png(store, &canvas).await
                && let Err(error) = JsFuture::from(host().share(&shared(&contents, &result, &link))).await
                // The visitor may change their mind.
                && Reflect::get(&error, &"name".into()).is_ok_and(|name| name != "AbortError")
            {
                store.update(|state| {
                    state.notify(format!("The picture could not be sent: {}.", code::words(&error)));
                });
            }
        });
    };
    let [width, height] = painting::SIZE;
    view! {
        <canvas class="card" node_ref=canvas width=width height=height role="img" aria-label=move || format!("What training changed. {}", result())></canvas>
        <div class="buttons">
            <button class="button" type="button" on:click=handler(save)>
                "Save picture"
            </button>
            <When holds=Signal::derive(can_send)>
                <button class="button" type="button" on:click=handler(send)>
                    "Send"
                </button>
            </When>
        </div>
    }
}

/// Encodes the picture; the user is told if the browser cannot.
async fn png(store: Store, canvas: &HtmlCanvasElement) -> Option<Vec<u8>> {
    let contents = paint::png_of(canvas).await;
    if contents.is_none() {
        store.update(|state| {
            state.notify("The browser could not save the picture.");
        });
    }
    contents
}

fn host() -> Host {
    window().navigator().unchecked_into()
}

/// Returns whether the browser hands files over to other apps.
fn can_send() -> bool {
    let host = host();
    host.sharing().is_function() && host.can_share(&shared(&[], "", &urls::resolve("./")))
}

/// Returns what other apps are given: the picture, the result and the link.
fn shared(contents: &[u8], result: &str, link: &str) -> Object {
    let (name, kind) = PICTURE;
    let options = object([("type", kind.into())]);
    let file = Named::new(&Array::of1(&Uint8Array::from(contents)), name, &options);
    object([("files", Array::of1(&file).into()), ("text", result.into()), ("url", link.into())])
}

fn object<const N: usize>(entries: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        Reflect::set(&object, &name.into(), &value).ok();
    }
    object
}
