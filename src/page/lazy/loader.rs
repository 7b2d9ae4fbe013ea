//! Fetching of the second module, and use of what it contains.

use std::cell::RefCell;

use js_sys::{Object, Reflect, WebAssembly};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{Arrival, rooms::Rooms};
use crate::page::{
    components::dynamic::{Dynamic, dynamic, handler, memo},
    engine::code,
    store::Store,
    words,
};

type Action = Box<dyn FnOnce(&'static Rooms)>;

thread_local! {
    /// Actions that wait for the module.
    static WAITING: RefCell<Vec<Action>> = const { RefCell::new(Vec::new()) };
}

/// Returns a view of a room, or until its code has come a line that says so.
pub fn room(view: fn(&'static Rooms) -> AnyView) -> Dynamic {
    let store = Store::expect();
    fetch(store);
    let arrival = memo(move || store.with(|state| *state.lazy));
    dynamic(move || match arrival.get() {
        Arrival::Here => view(cut::rooms()),
        Arrival::Failed => view! {
            <div class="notice" role="alert">
                <p class="notice-words">{words::ROOM_FAILED}</p>
                <button class="button" type="button" on:click=handler(move |_| fetch(store))>
                    "Try again"
                </button>
            </div>
        }
        .into_any(),
        Arrival::Unasked | Arrival::UnderWay => {
            view! { <p class="note" data-testid="loading-room">"Loading this part of the page…"</p> }
                .into_any()
        }
    })
}

/// Does something with the rooms, at once or when their code has come. If it does not come, the user
/// is told so.
pub fn enter(store: Store, action: impl FnOnce(&'static Rooms) + 'static) {
    WAITING.with_borrow_mut(|waiting| waiting.push(Box::new(action)));
    if store.with_untracked(|state| *state.lazy == Arrival::Here) {
        act();
    } else {
        fetch(store);
    }
}

fn act() {
    WAITING.take().into_iter().for_each(|action| action(cut::rooms()));
}

/// Fetches the module, unless it is here or under way.
pub fn fetch(store: Store) {
    spawn_local(async move {
        if store.with_untracked(|state| matches!(*state.lazy, Arrival::Here | Arrival::UnderWay)) {
            return;
        }
        store.update(|state| state.lazy.set(Arrival::UnderWay));
        let joined = join().await;
        if let Err(error) = &joined {
            leptos::logging::warn!("The second module: {}.", code::words(error));
        }
        let has_come = joined.is_ok();
        store.update(|state| state.lazy.set(if has_come { Arrival::Here } else { Arrival::Failed }));
        if has_come {
            act();
        } else if !WAITING.take().is_empty() {
            store.update(|state| state.notify(words::ROOM_FAILED));
        }
    });
}

/// Fetches the module and joins it with this one, whose memory and functions it uses.
async fn join() -> Result<(), JsValue> {
    // Its name tells its contents, so it can be no other build's.
    let link = document().query_selector("link[rel=lazy-module]")?.ok_or("the page names none")?;
    let address = link.get_attribute("href").unwrap_or_default();
    let module: WebAssembly::Module = code::fetch_module(&address).await?.unchecked_into();
    let imports = Object::new();
    Reflect::set(&imports, &"__wasm_split".into(), &wasm_bindgen::exports())?;
    JsFuture::from(WebAssembly::instantiate_module(&module, &imports)).await.map(drop)
}

#[cfg(not(split))]
mod cut {
    use super::Rooms;

    pub fn rooms() -> &'static Rooms {
        &crate::page::lazy::rooms::ROOMS
    }
}

/// The only way from the first module into the second. The import is what the first module calls and
/// the export what the second answers with; wasm-split finds both by their names, which contain the
/// second module's, and joins them.
#[cfg(split)]
mod cut {
    use super::Rooms;

    #[expect(improper_ctypes, reason = "both sides are of one build")]
    #[link(wasm_import_module = "__wasm_split_placeholder__")]
    unsafe extern "C" {
        #[link_name = "__wasm_split_00lazy00_import_00000000000000000000000000000000"]
        pub safe fn rooms() -> &'static Rooms;
    }

    #[unsafe(export_name = "__wasm_split_00lazy00_export_00000000000000000000000000000000")]
    extern "C" fn answer() -> &'static Rooms {
        &crate::page::lazy::rooms::ROOMS
    }
}
