//! Data-parallel training and embedding: worker threads that each hold a replica of the network.
//!
//! The worker with the session divides the ghost batches of a step among itself and its replicas. A ghost
//! batch needs nothing of the others before the loss, which takes all projections; after it, only the gradients
//! of these. Shares are equal, and gradients are added pair by pair, so that any number of workers computes the
//! same bits. A replica keeps nothing from step to step: if it ends or does not answer, its share is computed
//! here, and nothing is lost.
//!
//! - [`message`]: requests to replicas, and their replies
//! - [`pass`]: forward and backward pass of a ghost batch
//! - [`parameters`]: the parameters of a module as numbers
//! - [`replica`]: the replica's side
//! - `threads`, `workers`: replicas as threads, and in a browser as Web Workers

pub mod message;
pub mod parameters;
pub mod pass;
pub mod replica;
#[cfg(not(target_arch = "wasm32"))]
mod threads;
#[cfg(target_arch = "wasm32")]
pub mod workers;

use std::{any::Any, borrow::Cow, cell::LazyCell, rc::Rc};

use burn::tensor::Tensor;
use futures_channel::mpsc::{TryRecvError, UnboundedReceiver};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use web_time::{Duration, Instant};

use crate::{
    embedding::Embedding,
    encoder::Network,
    protocol::{self, Floats},
};
use message::{EmbeddingState, ForwardOutputs, GhostBatch, NetworkState, Request};
use pass::{Pass, pairwise_sum};

#[cfg(not(target_arch = "wasm32"))]
use threads as host;
#[cfg(target_arch = "wasm32")]
use workers as host;

/// Largest number of workers that share a step, this one included: one per ghost batch.
pub const MAX_WORKERS: usize = 4;

/// Number of replicas that are started in place of those that ended.
const REPLACEMENTS: usize = 4;

/// Shortest time after which a replica that does not reply counts as ended.
const PATIENCE: Duration = Duration::from_secs(4);

/// Multiple of the time for this worker's own share after which a replica counts as ended.
const PATIENCE_FACTOR: u32 = 30;

/// Number of shared steps after which replicas that save no time are let go.
const TRIAL: u32 = 32;

/// Connection to a replica. Dropping it ends the replica.
struct Connection {
    send: Box<dyn Fn(Vec<u8>)>,
    replies: UnboundedReceiver<Vec<u8>>,
    _worker: Box<dyn Any>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    Starting,
    Ready,
    Gone,
}

struct Replica {
    connection: Connection,
    condition: Condition,
    /// Embedding that it was sent last.
    embedding: Option<Rc<Embedding>>,
}

/// Duration of the shared steps since replicas were last judged, and of the same steps without them.
#[derive(Default)]
struct Trial {
    steps: u32,
    shared: Duration,
    alone: Duration,
}

/// The replicas of this worker.
pub struct Replicas {
    members: Vec<Replica>,
    /// Number of workers that was asked for last.
    asked: Option<usize>,
    wanted: usize,
    replacements: usize,
    trial: Trial,
}

/// Consecutive ghost batches of a step that one worker computes.
struct Share {
    batches: Vec<GhostBatch>,
    place: Place,
}

enum Place {
    Local(Vec<Pass>),
    Remote(usize),
}

/// The forward passes of a step.
pub struct Forward {
    network: Network,
    shares: Vec<Share>,
    /// Projections and statistics of each ghost batch.
    pub outputs: Vec<ForwardOutputs>,
}

impl Replica {
    /// Notices that it is ready, or that it has ended before.
    fn update_condition(&mut self) {
        if self.condition == Condition::Starting {
            self.condition = match self.connection.replies.try_recv() {
                Ok(_) => Condition::Ready,
                Err(TryRecvError::Empty) => Condition::Starting,
                Err(TryRecvError::Closed) => Condition::Gone,
            };
        }
    }

    fn send(&self, request: &Request) {
        (self.connection.send)(protocol::encode(request));
    }
}

impl Trial {
    /// Adds a part of a step, if it was shared; `own` is the time for this worker's share.
    fn add(&mut self, workers: usize, own: Duration, shared: Duration) {
        if workers > 1 {
            self.shared += shared;
            self.alone += own * workers as u32;
        }
    }
}

impl Replicas {
    /// Returns no replicas: everything is computed here.
    pub fn none() -> Self {
        let members = Vec::new();
        Self { members, asked: None, wanted: 0, replacements: REPLACEMENTS, trial: Trial::default() }
    }

    /// Sets the number of workers, this one included, of which at most [`MAX_WORKERS`] are used; 0 leaves the
    /// number to the machine. Replicas that were let go come back only for another number.
    pub fn set_workers(&mut self, workers: usize) {
        if self.asked.replace(workers) == Some(workers) {
            return;
        }
        let workers = if workers == 0 { host::cores() } else { workers };
        self.wanted = workers.clamp(1, MAX_WORKERS) - 1;
        (self.replacements, self.trial) = (REPLACEMENTS, Trial::default());
        self.members.truncate(self.wanted);
        self.start();
    }

    /// Returns the number of workers that are ready, this one included.
    pub fn workers(&mut self) -> usize {
        1 + self.ready_ones().len()
    }

    /// Waits until all workers are ready.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn ready(&mut self) {
        for replica in self.members.iter_mut().filter(|replica| replica.condition == Condition::Starting) {
            let is_ready = replica.connection.replies.next().await.is_some();
            replica.condition = if is_ready { Condition::Ready } else { Condition::Gone };
        }
    }

    /// Drops replicas that have ended, and starts others in their place.
    pub fn replace(&mut self) {
        let before = self.members.len();
        self.members.retain(|replica| replica.condition != Condition::Gone);
        let lost = before - self.members.len();
        if lost > self.replacements {
            self.wanted = self.members.len();
        }
        self.replacements = self.replacements.saturating_sub(lost);
        self.start();
    }

    fn start(&mut self) {
        while self.members.len() < self.wanted {
            let Some(connection) = host::start() else {
                self.wanted = self.members.len();
                return;
            };
            self.members.push(Replica { connection, condition: Condition::Starting, embedding: None });
        }
    }

    /// Returns the indices of the replicas that are ready.
    fn ready_ones(&mut self) -> Vec<usize> {
        self.members.iter_mut().for_each(Replica::update_condition);
        (0..self.members.len()).filter(|at| self.members[*at].condition == Condition::Ready).collect()
    }

    /// Waits for a replica's reply. `None` if it has ended or does not reply in `patience`: it is then gone.
    async fn receive<T: DeserializeOwned>(&mut self, replica: usize, patience: Duration) -> Option<T> {
        let replica = &mut self.members[replica];
        let bytes = host::within(patience, replica.connection.replies.next()).await.flatten();
        let reply = bytes.and_then(|bytes| protocol::decode(&bytes).ok());
        if reply.is_none() {
            replica.condition = Condition::Gone;
        }
        reply
    }

    /// Starts a step: computes the projections of all ghost batches, by a network with autodiff.
    pub async fn forward(&mut self, network: &Network, batches: Vec<GhostBatch>) -> Forward {
        let started = Instant::now();
        let ready = self.ready_ones();
        // The number of ghost batches is a power of two, and so is that of equal shares.
        let each = batches.len().div_ceil(1 + ready.len()).next_power_of_two();
        let mut rest = batches.into_iter();
        let shares = std::iter::from_fn(|| {
            let batches: Vec<GhostBatch> = rest.by_ref().take(each).collect();
            (!batches.is_empty()).then(|| Share { batches, place: Place::Local(Vec::new()) })
        });
        let mut shares: Vec<Share> = shares.collect();
        let others = &mut shares[1..];
        if !others.is_empty() {
            let state = NetworkState::of(network);
            for (share, replica) in others.iter_mut().zip(ready) {
                let (network, batches) = (Cow::Borrowed(&state), Cow::Borrowed(&*share.batches));
                self.members[replica].send(&Request::Forward { network, batches });
                share.place = Place::Remote(replica);
            }
        }
        let computing = Instant::now();
        let mut outputs = shares[0].compute(network);
        let own = computing.elapsed();
        for share in &mut shares[1..] {
            let received: Option<Vec<ForwardOutputs>> = match share.place {
                Place::Remote(replica) => self.receive(replica, patience(own)).await,
                Place::Local(_) => None,
            };
            outputs.extend(match received {
                Some(outputs) => outputs,
                None => share.compute(network),
            });
        }
        self.trial.add(shares.len(), own, started.elapsed());
        Forward { network: network.clone(), shares, outputs }
    }

    /// Completes a step: returns the gradient of the network's parameters, in their order, from that of the
    /// projections of each ghost batch, `[views, dimensions]`.
    pub async fn backward(&mut self, forward: Forward, gradients: Vec<Tensor<2>>) -> Vec<f32> {
        let started = Instant::now();
        let Forward { network, shares, .. } = forward;
        let workers = shares.len();
        let mut rest = gradients.into_iter();
        let shares: Vec<(Share, Vec<Tensor<2>>)> = shares
            .into_iter()
            .map(|share| {
                let gradients: Vec<Tensor<2>> = rest.by_ref().take(share.batches.len()).collect();
                if let Place::Remote(replica) = share.place {
                    let numbers =
                        gradients.iter().map(|gradient| Floats(parameters::values(gradient.clone())));
                    self.members[replica].send(&Request::Backward(numbers.collect()));
                }
                (share, gradients)
            })
            .collect();
        let mut sums = Vec::with_capacity(workers);
        let mut own = Duration::ZERO;
        for (mut share, gradients) in shares {
            let received: Option<Floats> = match share.place {
                Place::Remote(replica) => self.receive(replica, patience(own)).await,
                Place::Local(_) => None,
            };
            let sum = match received {
                Some(Floats(sum)) => sum,
                None => {
                    let computing = Instant::now();
                    let passes = share.passes(&network).into_iter().zip(gradients);
                    let sum = pairwise_sum(passes.map(|(pass, gradient)| pass.backward(gradient)).collect());
                    // The first share is this worker's own.
                    if sums.is_empty() {
                        own = computing.elapsed();
                    }
                    sum
                }
            };
            sums.push(sum);
        }
        self.trial.add(workers, own, started.elapsed());
        if workers > 1 {
            self.drop_if_slower();
        }
        pairwise_sum(sums)
    }

    /// Lets all replicas go if shared steps take longer than steps without them.
    fn drop_if_slower(&mut self) {
        // The wait for a replica that has ended says nothing about the others.
        if self.members.iter().any(|replica| replica.condition == Condition::Gone) {
            self.trial = Trial::default();
            return;
        }
        self.trial.steps += 1;
        if self.trial.steps < TRIAL {
            return;
        }
        let Trial { shared, alone, .. } = std::mem::take(&mut self.trial);
        if shared > alone {
            self.members.clear();
            self.wanted = 0;
        }
    }

    /// Starts to embed chunks of pictures, `[pictures, 3, side, side]` each, one per replica that is ready.
    pub fn begin_embedding(&mut self, embedding: &Rc<Embedding>, chunks: &[Tensor<4>]) -> Vec<Embedded> {
        let state = LazyCell::new(|| EmbeddingState::of(embedding));
        let ready = if chunks.is_empty() { Vec::new() } else { self.ready_ones() };
        let send = |(replica, chunk): (usize, &Tensor<4>)| {
            let member = &mut self.members[replica];
            let previous = member.embedding.replace(embedding.clone());
            let is_known = previous.is_some_and(|previous| Rc::ptr_eq(&previous, embedding));
            member.send(&Request::Embed {
                embedding: (!is_known).then(|| Cow::Borrowed(&*state)),
                side: chunk.dims()[3] as u32,
                pictures: Floats(parameters::values(chunk.clone())),
            });
            Embedded { replica }
        };
        ready.into_iter().zip(chunks).map(send).collect()
    }

    /// Waits for embeddings, row by row; `None` if the replica has ended. `own` is the time that this worker
    /// took for a chunk.
    pub async fn embedded(&mut self, Embedded { replica }: Embedded, own: Duration) -> Option<Vec<f32>> {
        self.receive(replica, patience(own)).await.map(|Floats(rows)| rows)
    }
}

/// A chunk that a replica embeds.
pub struct Embedded {
    replica: usize,
}

impl Share {
    /// Computes the projections here.
    fn compute(&mut self, network: &Network) -> Vec<ForwardOutputs> {
        let passes: Vec<Pass> = self.batches.iter().map(|batch| batch.pass(network)).collect();
        let outputs = passes.iter().map(Pass::outputs).collect();
        self.place = Place::Local(passes);
        outputs
    }

    /// Takes the forward passes, computed anew if the replica that had them is gone.
    fn passes(&mut self, network: &Network) -> Vec<Pass> {
        if let Place::Remote(_) = self.place {
            self.compute(network);
        }
        match std::mem::replace(&mut self.place, Place::Local(Vec::new())) {
            Place::Local(passes) => passes,
            Place::Remote(_) => unreachable!("computed above"),
        }
    }
}

fn patience(own: Duration) -> Duration {
    PATIENCE.max(own * PATIENCE_FACTOR)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use burn::tensor::Device;
    use futures_channel::mpsc::unbounded;

    use super::*;
    use crate::{
        encoder::{EncoderConfig, first_filters},
        evaluate::whitening::Whitening,
        random::{Purpose, generator},
        samples::shape,
        settings::{Images, LossKind, Mining, Settings},
        train::{StepOutcome, Trainer, calibrate, upload},
    };

    const SIDE: usize = 16;

    fn settings() -> Settings {
        Settings { side: SIDE as u32, width: 4, batch: 18, ..Settings::recommended(Images::Shapes) }
    }

    fn planes(count: usize) -> Vec<f32> {
        (0..count).flat_map(|index| shape(index, 1).image.planes(SIDE)).collect()
    }

    fn trainer(settings: Settings) -> Trainer {
        let planes = planes(20);
        let filters = first_filters(&settings, &planes);
        Trainer::new(settings, upload(planes, SIDE, &Device::flex()), &filters)
    }

    fn team(workers: usize) -> Replicas {
        let mut replicas = Replicas::none();
        replicas.set_workers(workers);
        pollster::block_on(replicas.ready());
        assert_eq!(replicas.workers(), workers.max(1));
        replicas
    }

    fn bits<const D: usize>(tensor: Tensor<D>) -> Vec<u32> {
        parameters::values(tensor).into_iter().map(f32::to_bits).collect()
    }

    /// Returns the results of some steps, and the network after them.
    fn run(settings: Settings, replicas: &mut Replicas, steps: usize) -> Vec<Vec<u32>> {
        let mut trainer = trainer(settings);
        let mut results: Vec<Vec<u32>> = (0..steps)
            .map(|_| {
                replicas.replace();
                let StepOutcome { statistics, similarities, .. } =
                    pollster::block_on(trainer.step_with(replicas));
                [bits(statistics), bits(similarities)].concat()
            })
            .collect();
        results.push(parameters::of(&trainer.network()).into_iter().map(f32::to_bits).collect());
        results
    }

    #[test]
    fn any_number_of_workers_computes_the_same_bits() {
        let mut noisy = settings();
        for operation in
            [&mut noisy.augmentations.noise, &mut noisy.augmentations.blur, &mut noisy.augmentations.cutout]
        {
            (operation.on, operation.probability, operation.strength) = (true, 0.8, 0.5);
        }
        let all = [
            settings(),
            noisy,
            Settings { loss: LossKind::InfoNce, learned_temperature: true, ..settings() },
            Settings { loss: LossKind::Nce, batch: 4, ..settings() },
            Settings { loss: LossKind::Triplet, mining: Mining::Random, batch: 9, ..settings() },
        ];
        for settings in all {
            let alone = run(settings, &mut Replicas::none(), 5);
            for workers in 2..=4 {
                assert!(run(settings, &mut team(workers), 5) == alone, "{workers} workers, {settings:?}");
            }
        }
    }

    #[test]
    fn ghost_batches_one_by_one_give_the_gradient_of_all_at_once() {
        use burn::{module::Module, optim::GradientsParams};

        use crate::{
            encoder::ghosts,
            loss::{LogitScale, Loss},
        };

        let settings = settings();
        let mut trainer = trainer(settings);
        let views = trainer.next_views();
        let network = trainer.network_in_training().clone();
        let pairs = settings.batch as usize;
        let (embeddings, _) = network.encoder.forward_batch(Tensor::from_inner(views), ghosts(2 * pairs));
        let device = Device::flex();
        let loss = Loss::new(&settings, pairs, &device.clone().autodiff());
        let scale = LogitScale::new(&settings, &device).train();
        let batch = loss.forward_drawn(network.head.forward(embeddings), &scale, None);
        let at_once = parameters::gradients(&network, &batch.loss.backward());
        let computed = trainer.compute();
        let one_by_one: GradientsParams = computed.gradients;
        let mut collected = Vec::new();
        struct Collector<'a>(&'a GradientsParams, &'a mut Vec<f32>);
        impl burn::module::ModuleVisitor for Collector<'_> {
            fn visit_float<const D: usize>(&mut self, param: &burn::module::Param<Tensor<D>>) {
                if let Some(gradient) = self.0.get::<D>(param.id) {
                    self.1.extend(parameters::values(gradient));
                }
            }
        }
        network.visit(&mut Collector(&one_by_one, &mut collected));
        assert_eq!(collected.len(), at_once.len());
        let norm = at_once.iter().map(|value| value * value).sum::<f32>().sqrt();
        let off = collected.iter().zip(&at_once).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
        assert!(norm > 0.0 && off < 1e-4 * norm, "{off} of {norm}");
    }

    /// Returns a connection to a replica that answers so many requests and then ends.
    fn failing_after(answers: usize) -> Connection {
        let (sender, replies) = unbounded();
        let state = Rc::new(std::cell::RefCell::new((replica::Replica::default(), Some(sender))));
        let left = Cell::new(answers);
        let send = move |request: Vec<u8>| {
            let mut state = state.borrow_mut();
            if left.get() == 0 {
                state.1 = None;
            }
            left.set(left.get().saturating_sub(1));
            let (replica, sender) = &mut *state;
            if let Some(sender) = sender {
                let _ = sender.unbounded_send(replica.answer(&request).expect("it is a request"));
            }
        };
        Connection { send: Box::new(send), replies, _worker: Box::new(()) }
    }

    #[test]
    fn steps_survive_the_end_of_a_replica_without_loss() {
        let alone = run(settings(), &mut Replicas::none(), 5);
        // It ends before the forward pass or between the passes of some step.
        for answers in 0..6 {
            let mut replicas = team(2);
            replicas.members[0].connection = failing_after(answers);
            assert!(run(settings(), &mut replicas, 5) == alone, "after {answers} answers");
            assert_eq!(replicas.replacements, REPLACEMENTS - 1, "after {answers} answers");
        }
    }

    #[test]
    fn replicas_that_keep_ending_are_given_up() {
        let mut replicas = team(3);
        for _ in 0..=REPLACEMENTS {
            replicas.members[0].condition = Condition::Gone;
            replicas.replace();
        }
        assert_eq!(replicas.members.len(), 1);
        replicas.members[0].condition = Condition::Gone;
        replicas.replace();
        assert_eq!((replicas.members.len(), replicas.workers()), (0, 1));
    }

    #[test]
    fn replicas_that_save_no_time_are_let_go_until_another_number_is_asked_for() {
        let mut replicas = team(3);
        let trial = |shared, alone| Trial {
            steps: TRIAL - 1,
            shared: Duration::from_secs(shared),
            alone: Duration::from_secs(alone),
        };
        replicas.trial = trial(2, 3);
        replicas.drop_if_slower();
        assert_eq!((replicas.members.len(), replicas.trial.steps), (2, 0));
        replicas.trial = trial(3, 2);
        replicas.members[0].condition = Condition::Gone;
        replicas.drop_if_slower();
        replicas.replace();
        assert_eq!((replicas.members.len(), replicas.trial.shared), (2, Duration::ZERO));
        replicas.trial = trial(3, 2);
        replicas.drop_if_slower();
        assert_eq!(replicas.workers(), 1);
        replicas.set_workers(3);
        replicas.replace();
        assert_eq!(replicas.members.len(), 0);
        replicas.set_workers(2);
        assert_eq!(replicas.members.len(), 1);
    }

    #[test]
    fn waiting_for_embeddings_is_not_held_against_a_replica() {
        let mut replicas = team(2);
        let pictures = upload(planes(4), SIDE, &Device::flex());
        let config = EncoderConfig::new(4, 4);
        let encoder = config.init(&mut generator(1, Purpose::Weights, 0), &Device::flex()).encoder;
        let embedding = Rc::new(Embedding::outputs(encoder));
        for embedded in replicas.begin_embedding(&embedding, &[pictures]) {
            assert!(pollster::block_on(replicas.embedded(embedded, Duration::ZERO)).is_some());
        }
        assert_eq!((replicas.trial.steps, replicas.trial.shared), (0, Duration::ZERO));
    }

    #[test]
    fn replica_that_ends_before_it_is_ready_is_replaced() {
        let mut replicas = team(2);
        let (_, replies) = unbounded();
        replicas.members[0].connection = Connection { send: Box::new(drop), replies, _worker: Box::new(()) };
        replicas.members[0].condition = Condition::Starting;
        assert_eq!(replicas.workers(), 1);
        replicas.replace();
        assert_eq!((replicas.members.len(), replicas.replacements), (1, REPLACEMENTS - 1));
        pollster::block_on(replicas.ready());
        assert_eq!(replicas.workers(), 2);
    }

    #[test]
    fn embeddings_are_the_same_on_a_replica() {
        let config = EncoderConfig { readout: 2, outputs: 6, ..EncoderConfig::new(4, 4) };
        let mut encoder = config.init(&mut generator(1, Purpose::Weights, 0), &Device::flex()).encoder;
        let pictures = upload(planes(9), SIDE, &Device::flex());
        calibrate(&mut encoder, &pictures);
        assert_eq!(encoder.config(), config);
        let whitening = Whitening {
            mean: (0..64).map(|at| at as f32 * 0.01).collect(),
            matrix: (0..64 * 3).map(|at| (at as f32 * 0.7).sin()).collect(),
            effective_rank: 3.0,
        };
        let embeddings = [
            Embedding::outputs(encoder.clone()),
            Embedding::mean_map(encoder.clone(), true),
            Embedding::mean_map(encoder.clone(), false),
            Embedding::map(encoder.clone(), Some(&whitening), true, &Device::flex()),
            Embedding::map(encoder, None, false, &Device::flex()),
        ];
        let mut replicas = team(2);
        for embedding in embeddings.map(Rc::new) {
            // The second time, the replica has the embedding.
            for count in [9, 5] {
                let chunk = pictures.clone().narrow(0, 0, count);
                let asked = replicas.begin_embedding(&embedding, std::slice::from_ref(&chunk));
                assert_eq!(asked.len(), 1);
                for embedded in asked {
                    let rows = pollster::block_on(replicas.embedded(embedded, Duration::ZERO));
                    let here = parameters::values(embedding.forward(chunk.clone()));
                    assert_eq!(rows, Some(here), "{embedding:?}");
                }
            }
        }
    }
}
