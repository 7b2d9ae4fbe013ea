//! The left rail: the five steps of contrastive learning, and the bar that trains.

mod augment_step;
mod encoder_step;
mod images_step;
mod loss_fields;
mod step;
mod train_bar;
mod training_step;
mod use_step;

use augment_step::AugmentStep;
use encoder_step::EncoderStep;
use images_step::ImagesStep;
use leptos::prelude::*;
use train_bar::TrainBar;
use training_step::TrainingStep;
use use_step::UseStep;

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
