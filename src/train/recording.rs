//! Recording of a step, and its replay.
//!
//! On WebGPU the time of a step goes into planning it: fusing operations, allocating memory and binding it. A
//! replay submits the same dispatches on the same memory, without planning. So the only input a step may take
//! from the CPU is the row of [`Drawn`], and state that persists from step to step is updated in place
//! ([`lasting`]).

use burn::{
    backend::{Backend, Dispatch, DispatchDevice, DispatchGraph},
    module::Module,
    tensor::Tensor,
};

use super::{Drawn, StepDetails, StepOutcome, Trainer, drawn::is_compact, optimizer::Optimizer};
use crate::{
    encoder::Network,
    kernels::{is_cpu, lasting},
    loss::LogitScale,
};

/// Number of steps taken after a change before one is recorded, so that moving a slider triggers no
/// recordings. By then the device has allocated everything a step needs.
const REST: u32 = 4;

/// State of a recording.
pub enum Recording {
    /// Number of steps since the last change.
    Resting(u32),
    /// A recorded step.
    On(Box<Recorded>),
    /// Recording failed; holds the device's error message until it is taken.
    Refused(Option<String>),
}

/// A recorded step.
pub struct Recorded {
    graph: DispatchGraph,
    /// Outcome of each replay, except for the drawn values.
    outcome: StepOutcome,
}

/// State that a step changes.
#[derive(Clone)]
struct Lasting {
    network: Network,
    scale: LogitScale,
    optimizer: Optimizer,
    history: Tensor<2>,
}

impl Lasting {
    /// Copies the state into separate memory.
    fn copy(&self) -> Self {
        let Self { network, scale, mut optimizer, history } = self.clone();
        optimizer.copy_moments(&network);
        optimizer.copy_moments(&scale);
        Self {
            network: lasting::copy_of(network.valid()).train(),
            scale: lasting::copy_of(scale.valid()).train(),
            optimizer,
            history: lasting::copy(history),
        }
    }
}

impl Default for Recording {
    fn default() -> Self {
        Self::Resting(0)
    }
}

impl Recording {
    /// Drops the recording, since later steps differ from it.
    pub fn forget(&mut self) {
        if !matches!(self, Self::Refused(_)) {
            *self = Self::default();
        }
    }

    /// Counts a step.
    pub fn count(&mut self) {
        if let Self::Resting(steps) = self {
            *steps += 1;
        }
    }
}

impl Trainer {
    /// Returns the device's message why steps could not be recorded, once.
    pub fn take_refusal(&mut self) -> Option<String> {
        match &mut self.recording {
            Recording::Refused(why) => why.take(),
            Recording::Resting(_) | Recording::On(_) => None,
        }
    }

    /// Plans every step anew, for comparison.
    #[cfg(any(test, feature = "bench"))]
    pub fn plan_anew(&mut self) {
        self.recording = Recording::Refused(None);
    }

    /// Returns whether steps are replayed.
    pub fn is_recorded(&self) -> bool {
        matches!(self.recording, Recording::On(_))
    }

    /// Takes the drawn step by replaying the recording, if there is one.
    pub(super) fn replay(&mut self, drawn: &Drawn) -> Option<StepOutcome> {
        if self.is_to_be_recorded() {
            self.recording = match self.record(drawn.clone()) {
                Ok(recorded) => Recording::On(Box::new(recorded)),
                Err(why) => Recording::Refused(Some(why)),
            };
        }
        let Recording::On(recorded) = &self.recording else { return None };
        let Recorded { graph, outcome } = &**recorded;
        let details = &outcome.details;
        let outcome = StepOutcome {
            rows: drawn.rows.clone(),
            details: StepDetails { views: drawn.views.clone(), ..details.clone() },
            ..outcome.clone()
        };
        // SAFETY: everything the step reads and writes is kept alive by the trainer or by the graph itself,
        // and is submitted in the order of this thread, like the operations that read it.
        if let Err(error) = unsafe { Dispatch::graph_replay(&self.dispatch_device(), graph) } {
            // Reading the step's results reports the error too.
            self.recording = Recording::Refused(Some(error.to_string()));
        }
        Some(outcome)
    }

    fn is_to_be_recorded(&self) -> bool {
        let rested = matches!(self.recording, Recording::Resting(REST..));
        rested && is_compact(&self.settings.augmentations) && !is_cpu(&self.pictures.device())
    }

    /// Records the drawn step on copies: a failed recording leaves the tensors it was to change without
    /// values.
    fn record(&mut self, drawn: Drawn) -> Result<Recorded, String> {
        let (device, lasting) = (self.dispatch_device(), self.lasting());
        Dispatch::graph_prepare(&device).map_err(|error| error.to_string())?;
        // A recording can only use memory that is already allocated; a discarded step allocates it.
        self.go_on_with(lasting.copy());
        drop(self.pass(drawn.clone()));
        // The copies it changed are dropped before new ones are made.
        self.go_on_with(lasting.clone());
        self.go_on_with(lasting.copy());
        let recorded = self.record_pass(drawn);
        if recorded.is_err() {
            self.go_on_with(lasting);
        }
        recorded
    }

    fn record_pass(&mut self, drawn: Drawn) -> Result<Recorded, String> {
        let device = self.dispatch_device();
        Dispatch::graph_start_capture(&device).map_err(|error| error.to_string())?;
        let outcome = self.pass(drawn);
        let graph = Dispatch::graph_stop_capture(&device).map_err(|error| error.to_string())?;
        Ok(Recorded { graph, outcome })
    }

    fn lasting(&self) -> Lasting {
        let (network, scale) = (self.network.clone(), self.scale.clone());
        Lasting { network, scale, optimizer: self.optimizer.clone(), history: self.history.clone() }
    }

    fn go_on_with(&mut self, Lasting { network, scale, optimizer, history }: Lasting) {
        (self.network, self.scale, self.optimizer, self.history) = (network, scale, optimizer, history);
    }

    fn dispatch_device(&self) -> DispatchDevice {
        self.pictures.device().inner().as_dispatch().clone()
    }
}

#[cfg(all(test, feature = "webgpu"))]
mod tests {
    use burn::tensor::{Device, DeviceKind};

    use super::*;
    use crate::{
        checkpoint::Checkpoint,
        samples::shape,
        settings::{Images, LossKind, Mining, Settings, Similarity},
        train::{HISTORY, upload},
    };

    const SIDE: usize = 16;

    fn pictures(count: usize) -> Tensor<4> {
        let planes = (0..count).flat_map(|index| shape(index, 1).image.planes(SIDE)).collect();
        upload(planes, SIDE, &Device::wgpu(DeviceKind::DefaultDevice))
    }

    fn small() -> Settings {
        let recommended = Settings::recommended(Images::Shapes);
        Settings { side: SIDE as u32, width: 4, depth: 3, batch: 4, steps: 60, ..recommended }
    }

    /// Returns a trainer that records as usual and one that never does.
    fn trainers(settings: Settings) -> [Trainer; 2] {
        let [recording, mut plain] = [(); 2].map(|()| Trainer::new(settings, pictures(10), &[]));
        plain.plan_anew();
        [recording, plain]
    }

    fn bits<const D: usize>(tensor: Tensor<D>) -> Vec<u32> {
        let numbers = tensor.into_data().try_into_vec::<f32>().expect("single precision");
        numbers.into_iter().map(f32::to_bits).collect()
    }

    /// Returns all results of `count` steps.
    fn steps(trainer: &mut Trainer, count: usize) -> Vec<Vec<u32>> {
        let step = |_| {
            let StepOutcome { rows, statistics, similarities, details } = trainer.step();
            let rows = rows.into_iter().map(|row| row as u32).collect();
            let left = [statistics, similarities.flatten(0, 1), details.lengths, details.scale];
            let mut all: Vec<_> = left.into_iter().map(bits).chain([rows]).collect();
            all.extend(details.negatives.map(bits));
            all.concat()
        };
        (0..count).map(step).collect()
    }

    /// Returns the state of training.
    fn state(trainer: &Trainer) -> Checkpoint {
        let snapshot = pollster::block_on(trainer.snapshot()).expect("the device answers");
        snapshot.expect("all are numbers")
    }

    #[track_caller]
    fn assert_same([recording, plain]: &mut [Trainer; 2], count: usize, what: &str) {
        let (recorded, wanted) = (steps(recording, count), steps(plain, count));
        for (step, (recorded, wanted)) in recorded.iter().zip(&wanted).enumerate() {
            assert!(recorded == wanted, "{what}, {step} steps on");
        }
        assert_eq!(recording.take_refusal(), None, "{what}");
        assert!(state(recording) == state(plain), "{what}");
        let latest = |trainer: &Trainer| bits(trainer.history().narrow(0, HISTORY - count, count));
        assert_eq!(latest(recording), latest(plain), "{what}");
    }

    #[test]
    fn recorded_steps_agree_with_planned_steps_exactly() {
        let losses = [
            (LossKind::InfoNce, Similarity::Cosine, Mining::Random),
            (LossKind::InfoNce, Similarity::Dot, Mining::Random),
            (LossKind::Dcl, Similarity::Cosine, Mining::Random),
            (LossKind::Dcl, Similarity::Dot, Mining::Random),
            (LossKind::Nce, Similarity::Cosine, Mining::Random),
            (LossKind::Nce, Similarity::Dot, Mining::Random),
            (LossKind::Triplet, Similarity::Cosine, Mining::Random),
            (LossKind::Triplet, Similarity::Cosine, Mining::SemiHard),
        ];
        for (number, (loss, similarity, mining)) in (0..).zip(losses) {
            let learned_temperature = number % 2 == 0;
            let settings = Settings { loss, similarity, mining, learned_temperature, ..small() };
            let mut trainers = trainers(settings);
            let what = format!("{loss:?}, {similarity:?}, {mining:?}, learned: {learned_temperature}");
            assert_same(&mut trainers, 40, &what);
            assert!(trainers[0].is_recorded() && !trainers[1].is_recorded(), "{what}");
        }
    }

    #[test]
    fn network_of_the_default_size_is_recorded() {
        let settings = Settings { side: SIDE as u32, batch: 8, ..Settings::recommended(Images::Shapes) };
        let mut trainers = trainers(settings);
        assert_same(&mut trainers, 8, "of the usual size");
        assert!(trainers[0].is_recorded());
    }

    #[test]
    fn recording_follows_changes_during_a_run() {
        let mut trainers = trainers(small());
        assert_same(&mut trainers, 8, "at first");
        let warmer = Settings { temperature: 0.4, batch: 3, ..small() };
        trainers.iter_mut().for_each(|trainer| trainer.configure(warmer));
        assert!(!trainers[0].is_recorded());
        assert_same(&mut trainers, 8, "by other settings");
        assert!(trainers[0].is_recorded());
        let fewer = pictures(9);
        trainers.iter_mut().for_each(|trainer| trainer.replace_pictures(fewer.clone()));
        assert_same(&mut trainers, 8, "without one picture");
        assert!(trainers[0].is_recorded());
        let mut noisy = warmer;
        for operation in
            [&mut noisy.augmentations.noise, &mut noisy.augmentations.blur, &mut noisy.augmentations.cutout]
        {
            (operation.on, operation.probability, operation.strength) = (true, 0.8, 0.5);
        }
        trainers.iter_mut().for_each(|trainer| trainer.configure(noisy));
        assert_same(&mut trainers, 8, "with noise");
        assert!(!trainers[0].is_recorded());
        trainers.iter_mut().for_each(|trainer| trainer.configure(warmer));
        assert_same(&mut trainers, 8, "without noise");
        let kept = state(&trainers[0]);
        let mut resumed = [(); 2].map(|()| Trainer::resume(warmer, pictures(9), &[], &kept));
        resumed[1].plan_anew();
        assert_same(&mut resumed, 8, "resumed");
        assert!(resumed[0].is_recorded());
        trainers[1] = Trainer::resume(warmer, pictures(9), &[], &kept);
        assert_same(&mut trainers, 8, "beside the one that was resumed from");
    }

    #[test]
    fn networks_taken_from_the_trainer_stay_unchanged() {
        let [mut trainer, _] = trainers(small());
        steps(&mut trainer, 10);
        let embedded = |network: &crate::encoder::Network| bits(network.encoder.forward(pictures(5)));
        let (network, untrained) = (trainer.network(), trainer.untrained().clone());
        let before = [embedded(&network), embedded(&untrained)];
        steps(&mut trainer, 10);
        assert!(trainer.is_recorded());
        assert_eq!([embedded(&network), embedded(&untrained)], before);
        assert_ne!(embedded(&trainer.network()), before[0]);
    }

    #[test]
    fn failed_recording_leaves_the_run_unchanged() {
        let mut trainers = trainers(small());
        assert_same(&mut trainers, 4, "at first");
        let device = trainers[0].dispatch_device();
        // Another recording is in progress.
        Dispatch::graph_prepare(&device).expect("it can be prepared");
        let [recording, plain] = &mut trainers;
        assert_eq!(steps(recording, 6), steps(plain, 6));
        let why = recording.take_refusal().expect("it is refused");
        assert!(why.contains("prepared"), "{why}");
        assert_eq!(recording.take_refusal(), None);
        assert!(state(recording) == state(plain));
        // The other recording was never started, and is dropped.
        assert!(Dispatch::graph_stop_capture(&device).is_err());
        trainers[0].recording = Recording::default();
        assert_same(&mut trainers, 8, "once it is given up");
        assert!(trainers[0].is_recorded());
    }
}
