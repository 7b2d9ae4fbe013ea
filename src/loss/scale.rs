//! Temperature and bias that turn similarities into logits.
//!
//! Sources: a learned temperature as in CLIP (Radford et al. 2021, sections 2.3 and 2.5), which trains its
//! logarithm and clamps it; the bias as in SigLIP (Zhai, Mustafa, Kolesnikov & Beyer 2023, section 3.2).

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};

use crate::{
    kernels::lasting,
    settings::{LossKind, Settings},
};

/// `logit = similarity / τ + bias`, with τ fixed or learned.
#[derive(Module, Debug)]
pub struct LogitScale {
    /// ln τ, `[1]`.
    log_temperature: Param<Tensor<1>>,
    /// Used only by NCE, `[1]`.
    bias: Param<Tensor<1>>,
}

impl LogitScale {
    /// Starts at the temperature of the settings.
    ///
    /// The bias of NCE is always learned and starts at −1/τ (SigLIP's −10 at τ = 0.1), so that two equal
    /// views are an open question and all others unlikely partners.
    pub fn new(settings: &Settings, device: &Device) -> Self {
        let parameter = |value: f32, learned: bool| {
            Param::from_tensor(Tensor::full([1], value, device)).set_require_grad(learned)
        };
        let (learned, asks) = (settings.learned_temperature, settings.loss == LossKind::Nce);
        let bias = if asks { -1.0 / settings.temperature } else { 0.0 };
        Self { log_temperature: parameter(settings.temperature.ln(), learned), bias: parameter(bias, asks) }
    }

    /// Returns whether both settings start at the same scale and train the same parameters of it.
    pub fn is_shared(a: &Settings, b: &Settings) -> bool {
        let of = |settings: &Settings| (settings.loss, settings.temperature, settings.learned_temperature);
        of(a) == of(b)
    }

    /// Computes `similarities / τ`; the shape is kept.
    pub fn over_temperature(&self, similarities: Tensor<2>) -> Tensor<2> {
        similarities * self.log_temperature.val().neg().exp().unsqueeze()
    }

    /// Computes `similarities / τ + bias`; the shape is kept.
    pub fn logits(&self, similarities: Tensor<2>) -> Tensor<2> {
        self.over_temperature(similarities) + self.bias.val().unsqueeze()
    }

    /// Returns τ and bias, `[2]`, detached.
    pub fn values(&self) -> Tensor<1> {
        Tensor::cat(vec![self.log_temperature.val().exp(), self.bias.val()], 0).detach()
    }

    /// Clamps the temperature to the limits of the setting, in place.
    pub fn limited(mut self) -> Self {
        let limits = Settings::TEMPERATURE;
        self.log_temperature = self.log_temperature.map(|value| {
            let learned = value.is_require_grad();
            let value = value.inner();
            let limited = value.clone().clamp(limits.min.ln(), limits.max.ln());
            Tensor::from_inner(lasting::assign(value, limited)).set_require_grad(learned)
        });
        self
    }
}

#[cfg(test)]
impl LogitScale {
    /// Returns the slope of a loss along ln τ.
    pub fn log_temperature_slope(&self, gradients: &burn::tensor::Gradients) -> f32 {
        self.log_temperature.val().grad(gradients).expect("it is learned").into_scalar()
    }

    /// Returns the slope of a loss along the bias.
    pub fn bias_slope(&self, gradients: &burn::tensor::Gradients) -> f32 {
        self.bias.val().grad(gradients).expect("it is learned").into_scalar()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    fn values(scale: &LogitScale) -> Vec<f32> {
        scale.values().into_data().try_to_vec().expect("single precision")
    }

    #[test]
    fn a_temperature_stays_within_its_limits_and_trainable() {
        let mut settings = Settings::recommended(Images::Shapes);
        (settings.temperature, settings.learned_temperature) = (1e-4, true);
        let scale = LogitScale::new(&settings, &Device::flex()).train().limited();
        assert!((values(&scale)[0] / Settings::TEMPERATURE.min - 1.0).abs() < 1e-4);
        assert!(scale.log_temperature.val().is_require_grad() && !scale.bias.val().is_require_grad());
    }

    #[test]
    fn equal_views_are_an_open_question_at_first() {
        let mut settings = Settings::recommended(Images::Shapes);
        (settings.loss, settings.temperature) = (LossKind::Nce, 0.1);
        let scale = LogitScale::new(&settings, &Device::flex());
        let logit = scale.logits(Tensor::ones([1, 1], &Device::flex())).into_scalar::<f32>();
        assert!(logit.abs() < 1e-4, "{logit}");
    }
}
