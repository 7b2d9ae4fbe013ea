//! The offer to continue the work of an earlier visit.

use leptos::prelude::*;

use crate::page::{
    autosave::{saver, state::Offer},
    components::{
        controls::twice::Twice,
        dynamic::{dynamic, handler},
    },
    lazy::loader,
    store::Store,
};

/// A sentence and two buttons, while there is an offer.
#[component]
pub fn ReturnOffer() -> impl IntoView {
    let store = Store::expect();
    let offer = move || store.with(|state| state.offer.clone());
    dynamic(move || offer().map(|offer| view! { <Question store offer /> }))
}

#[component]
fn Question(store: Store, offer: Offer) -> impl IntoView {
    let declined = offer.clone();
    view! {
        <section class="notice return-offer" aria-label="Earlier work">
            <p>
                {format!("Your work from {} is still in this browser: {}.", offer.when, offer.what)}
            </p>
            <div class="buttons">
                <button
                    class="button primary"
                    type="button"
                    on:click=handler(move |_| loader::enter(store, move |rooms| (rooms.accept_offer)(store)))
                >
                    "Continue"
                </button>
                <Twice
                    name="Forget"
                    again="Yes, forget it"
                    class="button"
                    on_sure=move || saver::decline(store, declined.clone())
                />
            </div>
        </section>
    }
}
