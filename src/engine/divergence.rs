//! Likely causes of divergence, judged by the settings.

use crate::{
    protocol::{Backend, Cause},
    settings::{LossKind, Settings, Similarity},
};

/// Learning rate above which runs usually diverge.
const HIGH_RATE: f32 = 0.02;

/// Temperature below which small differences of similarity become huge.
const LOW_TEMPERATURE: f32 = 0.03;

/// Returns the likely cause of divergence.
pub fn likely_cause(settings: &Settings, backend: Backend) -> Cause {
    let soft = settings.loss != LossKind::Triplet;
    if settings.learning_rate > HIGH_RATE {
        Cause::LearningRate(settings.learning_rate)
    } else if soft && settings.similarity == Similarity::Dot {
        Cause::DotProducts
    } else if soft && settings.temperature < LOW_TEMPERATURE {
        Cause::Temperature(settings.temperature)
    } else if backend == Backend::WebGpu {
        Cause::Driver
    } else {
        Cause::Unknown(settings.learning_rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn the_most_likely_cause_comes_first() {
        let mut settings = Settings::recommended(Images::Shapes);
        let cause = |settings: &Settings| likely_cause(settings, Backend::Cpu);
        assert_eq!(cause(&settings), Cause::Unknown(0.004));
        assert_eq!(likely_cause(&settings, Backend::WebGpu), Cause::Driver);
        settings.temperature = 0.01;
        assert_eq!(cause(&settings), Cause::Temperature(0.01));
        settings.similarity = Similarity::Dot;
        assert_eq!(cause(&settings), Cause::DotProducts);
        settings.loss = LossKind::Triplet;
        assert_eq!(cause(&settings), Cause::Unknown(0.004));
        settings.learning_rate = 0.1;
        assert_eq!(cause(&settings), Cause::LearningRate(0.1));
    }
}
