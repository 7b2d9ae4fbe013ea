//! The left rail: pictures, augmentations, network and training, and the training bar.

use leptos::prelude::*;

use super::{
    augment_step::AugmentStep, images_step::ImagesStep, network_step::NetworkStep, train_bar::TrainBar,
};

/// The rail.
#[component]
pub fn Rail() -> impl IntoView {
    view! {
        <aside class="rail" aria-label="Settings">
            <div class="steps">
                <ImagesStep />
                <AugmentStep />
                <NetworkStep />
            </div>
            <TrainBar />
        </aside>
    }
}
