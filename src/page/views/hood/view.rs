//! The tab Under the hood: how training works, in numbers.

use leptos::prelude::*;

use super::{invariance::view::Invariance, runs::view::RunsView, training::view::Training};

/// Curves and batch, invariance, and the runs side by side.
#[component]
pub fn Hood() -> impl IntoView {
    view! {
        <div class="hood">
            <Training />
            <Invariance />
            <RunsView />
        </div>
    }
}
