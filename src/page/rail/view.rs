//! The left rail: the five steps of contrastive learning, and the training bar.

use leptos::prelude::*;

use super::{
    augment_step::AugmentStep, encoder_step::EncoderStep, images_step::ImagesStep, train_bar::TrainBar,
    training_step::TrainingStep, use_step::UseStep,
};

/// The rail.
#[component]
pub fn Rail() -> impl IntoView {
    view! {
        <aside class="rail" aria-label="Steps">
            <div class="steps">
                <ImagesStep />
                <AugmentStep />
                <EncoderStep />
                <TrainingStep />
                <UseStep />
            </div>
            <TrainBar />
        </aside>
    }
}
