//! Why a run's numbers went wrong, as far as its settings tell.

use crate::{
    protocol::Backend,
    settings::{LossKind, Settings, Similarity},
};

/// Learning rates above this one are rarely survived.
const HIGH_RATE: f32 = 0.02;

/// Temperatures below this one turn small differences of similarity into huge ones.
const LOW_TEMPERATURE: f32 = 0.03;

/// The likely cause, in a sentence.
pub fn likely_cause(settings: &Settings, backend: Backend) -> String {
    let soft = settings.loss != LossKind::Triplet;
    if settings.learning_rate > HIGH_RATE {
        format!("The learning rate, {}, is probably too high.", settings.learning_rate)
    } else if soft && settings.similarity == Similarity::Dot {
        "Dot products grow without bound as the weights do; compare views by the cosine instead.".to_owned()
    } else if soft && settings.temperature < LOW_TEMPERATURE {
        format!("The temperature, {}, is probably too low.", settings.temperature)
    } else if backend == Backend::WebGpu {
        "Such settings rarely do that, so the graphics driver may be at fault; try the CPU.".to_owned()
    } else {
        format!("A learning rate below {} may help.", settings.learning_rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn the_most_likely_cause_is_named_with_its_number() {
        let mut settings = Settings::recommended(Images::Shapes);
        let cause = |settings: &Settings| likely_cause(settings, Backend::Cpu);
        assert!(cause(&settings).contains("below 0.004"));
        assert!(likely_cause(&settings, Backend::WebGpu).contains("driver"));
        settings.temperature = 0.01;
        assert!(cause(&settings).contains("temperature, 0.01,"));
        settings.similarity = Similarity::Dot;
        assert!(cause(&settings).contains("cosine"));
        settings.loss = LossKind::Triplet;
        assert!(cause(&settings).contains("below 0.004"));
        settings.learning_rate = 0.1;
        assert!(cause(&settings).contains("learning rate, 0.1,"));
    }
}
