//! Handing of files to other apps (Web Share API).

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use crate::page::{address, engine::code, export::File, store::Store, urls};

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

/// Returns whether the browser hands over files of this name and kind.
pub fn is_possible(name: &str, kind: &str) -> bool {
    let host = host();
    let empty = message(&JsValue::from_str(""), name, kind, "", &urls::resolve("./"));
    host.sharing().is_function() && host.can_share(&empty)
}

/// Hands over a file with a text and the page's link; the user is told if that fails.
pub async fn send(store: Store, file: &File, text: &str) {
    send_contents(store, &Uint8Array::from(file.contents.as_slice()), &file.name, file.kind, text).await;
}

/// Like [`send`], for contents that the browser holds.
pub async fn send_contents(store: Store, contents: &JsValue, name: &str, kind: &str, text: &str) {
    let link = store.with_untracked(|state| urls::resolve(&address::shared(state)));
    let Err(error) = JsFuture::from(host().share(&message(contents, name, kind, text, &link))).await else {
        return;
    };
    let notice = match Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string()).as_deref()
    {
        // The visitor may change their mind.
        Some("AbortError") => return,
        // Writing the file took longer than the browser takes a press for the reason.
        Some("NotAllowedError") => {
            "The browser allows sending only right after a press. Press Send again.".into()
        }
        _ => format!("{name} could not be sent: {}.", code::words(&error)),
    };
    store.update(|state| state.notify(notice));
}

fn host() -> Host {
    window().navigator().unchecked_into()
}

/// Returns what other apps are given.
fn message(contents: &JsValue, name: &str, kind: &str, text: &str, link: &str) -> Object {
    let file = Named::new(&Array::of1(contents), name, &object([("type", kind.into())]));
    object([("files", Array::of1(&file).into()), ("text", text.into()), ("url", link.into())])
}

fn object<const N: usize>(entries: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        Reflect::set(&object, &name.into(), &value).ok();
    }
    object
}
