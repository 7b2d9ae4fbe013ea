//! Saving of a trainer's state to a checkpoint, and resuming from one.

use burn::{module::Module, tensor::Tensor};

use super::{Trainer, optimizer::Optimizer};
use crate::{
    checkpoint::{self, Checkpoint, Gatherer, LOSS, NamedTensors, OptimizerSteps, UNTRAINED},
    loss::LogitScale,
    protocol::Breakdown,
    settings::Settings,
};

impl Trainer {
    /// Reads the network back from the device; `None` if a weight is no longer finite.
    pub async fn model(&self) -> Result<Option<Checkpoint>, Breakdown> {
        let network = self.network.valid();
        let mut gatherer = Gatherer::default();
        gatherer.take("", &network);
        Ok(Checkpoint::new(self.origin(), self.step, None, gatherer.finish().await?))
    }

    /// Reads back everything the next step depends on, except the pictures; `None` if a weight is no longer
    /// finite.
    pub async fn snapshot(&self) -> Result<Option<Checkpoint>, Breakdown> {
        let (network, scale) = (self.network.valid(), self.scale.valid());
        let mut gatherer = Gatherer::default();
        gatherer.take_with_moments("", &network, &self.optimizer);
        gatherer.take_with_moments(LOSS, &scale, &self.optimizer);
        gatherer.take_made_for_the_set(UNTRAINED, &self.untrained);
        let numbers = gatherer.finish().await?;
        let taken = OptimizerSteps {
            network: self.optimizer.steps_taken(&network) as u32,
            loss: self.optimizer.steps_taken(&scale) as u32,
        };
        Ok(Checkpoint::new(self.origin(), self.step, Some(taken), numbers))
    }

    /// Returns the settings with the seed of the initial weights.
    fn origin(&self) -> Settings {
        Settings { seed: self.weights_seed, ..self.settings }
    }

    /// Resumes from a checkpoint with these pictures, shaped as in [`Trainer::new`]. From a snapshot, the
    /// next step is what it would have been; from a model, AdamW starts without moments.
    ///
    /// # Panics
    /// If the settings specify a network of another shape.
    pub fn resume(settings: Settings, pictures: Tensor<4>, filters: &[f32], from: &Checkpoint) -> Self {
        let shape = settings.network_shape();
        assert_eq!(shape, from.settings.network_shape(), "the network has another shape");
        // The checkpoint's seed drew the initial weights of its network; batches and views are drawn with the
        // session's seed from now on.
        let mut trainer = Self::new(Settings { seed: from.settings.seed, ..settings }, pictures, filters);
        trainer.settings = settings;
        trainer.step = from.step;
        let numbers = from.numbers();
        trainer.network = checkpoint::filled(trainer.network.valid(), "", numbers).train();
        if let Some(OptimizerSteps { network, loss }) = from.training {
            trainer.untrained = checkpoint::filled(trainer.untrained, UNTRAINED, numbers);
            put_moments(&mut trainer.optimizer, &trainer.network, "", numbers, network);
            if LogitScale::is_shared(&from.settings, &settings) {
                trainer.scale = checkpoint::filled(trainer.scale.valid(), LOSS, numbers).train();
                put_moments(&mut trainer.optimizer, &trainer.scale, LOSS, numbers, loss);
            }
        }
        trainer
    }
}

fn put_moments<M: Module>(
    optimizer: &mut Optimizer,
    module: &M,
    prefix: &str,
    numbers: &NamedTensors,
    time: u32,
) {
    if time > 0 {
        checkpoint::put_moments(optimizer, module, prefix, numbers, time as usize);
    }
}
