//! What goes wrong in training, and what to try.

use leptos::prelude::*;

use crate::page::{
    browser::{
        dynamic::{dynamic, memo},
        session::Session,
    },
    health::{Warning, warnings},
    state::Part,
};

/// The warnings, for as long as they hold.
#[component]
pub fn HealthWarnings() -> impl IntoView {
    let session = Session::expect();
    let found = memo(move || {
        session.read([Part::Run, Part::Settings, Part::Pictures, Part::Intake, Part::Results], warnings)
    });
    let warning = |Warning { matter, advice }| {
        view! {
            <div class="notice">
                <p>
                    <b>{matter}</b>
                    " "
                    {advice}
                </p>
            </div>
        }
    };
    view! {
        <div class="notices" aria-live="polite">
            {dynamic(move || found.get().into_iter().map(warning).collect_view())}
        </div>
    }
}
