//! Notices of failures and other events.

use leptos::prelude::*;

use crate::page::{
    components::{
        controls::details::details,
        dynamic::{dynamic, handler, keyed},
    },
    files::remote,
    state::{Notice, NoticeOffer},
    store::Store,
    words,
};

/// The notices, each until it is dismissed.
#[component]
pub fn Notices() -> impl IntoView {
    let store = Store::expect();
    let notices = move || store.with(|state| state.notices.clone());
    let guest = Signal::derive(move || store.with(words::guest));
    let told = move || guest.get().map(|sentence| view! { <p class="notice">{sentence}</p> });
    let notice = move |Notice { id, text, details: technical, offer }| {
        let act = move |offer: &NoticeOffer| match offer {
            NoticeOffer::Undo => store.update(|state| state.undo(id)),
            NoticeOffer::Fetch(address) => {
                remote::fetch_aside(address);
                store.update(|state| state.dismiss(id));
            }
        };
        view! {
            <div class="notice">
                <div class="notice-words">
                    <p>{text}</p>
                    {details(technical)}
                </div>
                {offer
                    .map(|offer| {
                        let name = match &offer {
                            NoticeOffer::Undo => "Undo",
                            NoticeOffer::Fetch(_) => "Fetch it",
                        };
                        view! {
                            <button class="button quiet" type="button" on:click=handler(move |_| act(&offer))>
                                {name}
                            </button>
                        }
                    })}
                <button
                    class="dismiss"
                    type="button"
                    aria-label="Dismiss"
                    on:click=handler(move |_| store.update(|state| state.dismiss(id)))
                >
                    "×"
                </button>
            </div>
        }
    };
    view! {
        <div class="notices" role="log" aria-live="polite" aria-label="Notices">
            {dynamic(told)}
            {keyed(notices, |notice| notice.id.to_string(), notice)}
        </div>
    }
}
