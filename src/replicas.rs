//! Data-parallel training and embedding: worker threads that each hold a replica of the network.
//!
//! The worker with the session divides the ghost batches of a step among itself and its replicas. A ghost
//! batch needs nothing of the others before the loss, which takes all projections; after it, only the gradients
//! of these. Gradients are added in the order of the ghost batches, so that any number of workers computes the
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

use std::{any::Any, borrow::Cow, ops::Range};

use burn::tensor::Tensor;
use futures_channel::mpsc::UnboundedReceiver;
use futures_util::StreamExt;
use web_time::{Duration, Instant};

use crate::{
    embedding::Embedding,
    encoder::Network,
    kernels::geometry::ghost_batches,
    protocol::{self, Floats},
};
use message::{EmbeddingState, GhostBatch, NetworkState, Passed, Reply, Request};
use pass::Pass;

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

/// Number of steps after which replicas that cost more time than they save are let go.
const TRIAL: u32 = 32;

/// Connection to a replica. Dropping it ends the replica.
struct Connection {
    send: Box<dyn Fn(Vec<u8>)>,
    replies: UnboundedReceiver<Vec<u8>>,
    _worker: Box<dyn Any>,
}

struct Replica {
    connection: Connection,
    is_ready: bool,
    is_gone: bool,
    /// Time this worker has waited for it since the last [`TRIAL`] began.
    waited: Duration,
}

/// The replicas of this worker.
pub struct Replicas {
    members: Vec<Replica>,
    wanted: usize,
    replacements: usize,
    /// Time for this worker's own share since the last [`TRIAL`] began, and number of steps.
    own: Duration,
    steps: u32,
}

/// Consecutive ghost batches of a step that one worker computes.
struct Share {
    batches: Vec<GhostBatch>,
    place: Place,
}

enum Place {
    Here(Vec<Pass>),
    There(usize),
}

/// The forward passes of a step.
pub struct Forward {
    network: Network,
    shares: Vec<Share>,
    /// Projections and statistics of each ghost batch.
    pub passed: Vec<Passed>,
}

impl Replicas {
    /// Returns no replicas: everything is computed here.
    pub fn none() -> Self {
        Self { members: Vec::new(), wanted: 0, replacements: REPLACEMENTS, own: Duration::ZERO, steps: 0 }
    }

    /// Sets the number of workers, this one included, of which at most [`MAX_WORKERS`] are used; 0 leaves the
    /// number to the machine.
    pub fn set_workers(&mut self, workers: usize) {
        let workers = if workers == 0 { host::cores() } else { workers };
        let wanted = workers.clamp(1, MAX_WORKERS) - 1;
        if wanted != self.wanted {
            (self.wanted, self.replacements) = (wanted, REPLACEMENTS);
            self.members.truncate(wanted);
            self.start();
        }
    }

    /// Returns the number of workers that are ready, this one included.
    pub fn workers(&mut self) -> usize {
        1 + self.ready_ones().len()
    }

    /// Waits until all workers are ready.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn ready(&mut self) {
        for replica in self.members.iter_mut().filter(|replica| !replica.is_ready) {
            replica.is_ready = replica.connection.replies.next().await.is_some();
        }
    }

    /// Drops replicas that have ended, and starts others in their place.
    pub fn replace(&mut self) {
        let before = self.members.len();
        self.members.retain(|replica| !replica.is_gone);
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
            let replica = Replica { connection, is_ready: false, is_gone: false, waited: Duration::ZERO };
            self.members.push(replica);
        }
    }

    /// Returns the indices of the replicas that are ready.
    fn ready_ones(&mut self) -> Vec<usize> {
        for replica in self.members.iter_mut().filter(|replica| !replica.is_ready) {
            replica.is_ready = replica.connection.replies.try_recv().is_ok();
        }
        (0..self.members.len())
            .filter(|at| self.members[*at].is_ready && !self.members[*at].is_gone)
            .collect()
    }

    fn send(&self, replica: usize, request: &Request) {
        (self.members[replica].connection.send)(protocol::encode(request));
    }

    /// Waits for a replica's reply and returns what `expected` takes from it. `None` if the replica has ended,
    /// does not reply in `patience`, or replies something else: it is then gone.
    async fn receive<T>(
        &mut self,
        replica: usize,
        patience: Duration,
        expected: impl FnOnce(Reply) -> Option<T>,
    ) -> Option<T> {
        let replica = &mut self.members[replica];
        let started = Instant::now();
        let bytes = host::within(patience, replica.connection.replies.next()).await.flatten();
        replica.waited += started.elapsed();
        let reply = bytes.and_then(|bytes| protocol::decode(&bytes).ok()).and_then(expected);
        replica.is_gone = reply.is_none();
        reply
    }

    /// Starts a step: computes the projections of all ghost batches, by a network with autodiff.
    pub async fn forward(&mut self, network: &Network, batches: Vec<GhostBatch>) -> Forward {
        let ready = self.ready_ones();
        let workers = batches.len().min(1 + ready.len());
        let spans: Vec<Range<usize>> = ghost_batches(batches.len(), workers).collect();
        let mut rest = batches.into_iter();
        let mut shares: Vec<Share> = Vec::with_capacity(workers);
        // The first share, which is never the largest, is computed here: the loss and AdamW follow.
        let state = (workers > 1).then(|| NetworkState::of(network));
        for (number, span) in spans.into_iter().enumerate() {
            let batches: Vec<GhostBatch> = rest.by_ref().take(span.len()).collect();
            let place = match (&state, number) {
                (Some(state), 1..) => {
                    let replica = ready[number - 1];
                    let (network, batches) = (Cow::Borrowed(state), Cow::Borrowed(&*batches));
                    self.send(replica, &Request::Forward { network, batches });
                    Place::There(replica)
                }
                _ => Place::Here(Vec::new()),
            };
            shares.push(Share { batches, place });
        }
        let started = Instant::now();
        let mut passed = shares[0].compute(network);
        let own = started.elapsed();
        self.own += own;
        for share in &mut shares[1..] {
            let Place::There(replica) = share.place else { continue };
            let count = share.batches.len();
            let outputs = |reply| match reply {
                Reply::Passed(outputs) if outputs.len() == count => Some(outputs),
                _ => None,
            };
            match self.receive(replica, patience(own), outputs).await {
                Some(outputs) => passed.extend(outputs),
                None => passed.extend(share.compute(network)),
            }
        }
        Forward { network: network.clone(), shares, passed }
    }

    /// Completes a step: returns the gradient of the network's parameters, in their order, from that of the
    /// projections of each ghost batch, `[views, dimensions]`.
    pub async fn backward(&mut self, forward: Forward, gradients: Vec<Tensor<2>>) -> Vec<f32> {
        let Forward { network, shares, .. } = forward;
        let mut rest = gradients.into_iter();
        let shares: Vec<(Share, Vec<Tensor<2>>)> = shares
            .into_iter()
            .map(|share| {
                let gradients: Vec<Tensor<2>> = rest.by_ref().take(share.batches.len()).collect();
                if let Place::There(replica) = share.place {
                    let numbers =
                        gradients.iter().map(|gradient| Floats(parameters::values(gradient.clone())));
                    self.send(replica, &Request::Backward(numbers.collect()));
                }
                (share, gradients)
            })
            .collect();
        let mut sum: Vec<f32> = Vec::new();
        let mut own = Duration::ZERO;
        for (mut share, gradients) in shares {
            let count = share.batches.len();
            let of_batches = |reply| match reply {
                Reply::Gradients(of_batches) if of_batches.len() == count => Some(of_batches),
                _ => None,
            };
            let there = match share.place {
                Place::There(replica) => self.receive(replica, patience(own), of_batches).await,
                Place::Here(_) => None,
            };
            match there {
                Some(of_batches) => {
                    of_batches.into_iter().for_each(|Floats(gradient)| add(&mut sum, gradient));
                }
                None => {
                    let started = Instant::now();
                    let passes = share.passes(&network);
                    for (pass, gradient) in passes.into_iter().zip(gradients) {
                        add(&mut sum, pass.backward(gradient));
                    }
                    own += started.elapsed();
                }
            }
        }
        self.own += own;
        self.judge();
        sum
    }

    /// Lets replicas go for which this worker waits longer than it computes itself: without them, a step takes
    /// no longer.
    fn judge(&mut self) {
        self.steps += 1;
        if self.steps < TRIAL {
            return;
        }
        let own = std::mem::take(&mut self.own);
        self.steps = 0;
        let before = self.members.len();
        self.members.retain(|replica| replica.waited <= own);
        self.wanted -= before - self.members.len();
        self.members.iter_mut().for_each(|replica| replica.waited = Duration::ZERO);
    }

    /// Starts to embed chunks of pictures, `[pictures, 3, side, side]` each, one per replica that is ready.
    pub fn begin_embedding(&mut self, embedding: &Embedding, chunks: &[Tensor<4>]) -> Vec<Embedded> {
        if chunks.is_empty() {
            return Vec::new();
        }
        let state = EmbeddingState::of(embedding);
        let ready = self.ready_ones();
        let send = |(replica, chunk): (usize, &Tensor<4>)| {
            let side = chunk.dims()[3] as u32;
            let pictures = Floats(parameters::values(chunk.clone()));
            let embedding = Cow::Borrowed(&state);
            self.send(replica, &Request::Embed { embedding, side, pictures });
            Embedded { replica }
        };
        ready.into_iter().zip(chunks).map(send).collect()
    }

    /// Waits for embeddings, row by row; `None` if the replica has ended. `own` is the time that this worker
    /// took for a chunk.
    pub async fn embedded(&mut self, Embedded { replica }: Embedded, own: Duration) -> Option<Vec<f32>> {
        let rows = |reply| match reply {
            Reply::Embedded(Floats(rows)) => Some(rows),
            _ => None,
        };
        self.receive(replica, patience(own), rows).await
    }
}

/// A chunk that a replica embeds.
pub struct Embedded {
    replica: usize,
}

impl Share {
    /// Computes the projections here.
    fn compute(&mut self, network: &Network) -> Vec<Passed> {
        let passes: Vec<Pass> = self.batches.iter().map(|batch| batch.pass(network)).collect();
        let passed = passes.iter().map(Pass::passed).collect();
        self.place = Place::Here(passes);
        passed
    }

    /// Takes the forward passes, computed anew if the replica that had them is gone.
    fn passes(&mut self, network: &Network) -> Vec<Pass> {
        if let Place::There(_) = self.place {
            self.compute(network);
        }
        match std::mem::replace(&mut self.place, Place::Here(Vec::new())) {
            Place::Here(passes) => passes,
            Place::There(_) => unreachable!("computed above"),
        }
    }
}

fn patience(own: Duration) -> Duration {
    PATIENCE.max(own * PATIENCE_FACTOR)
}

/// Adds a gradient to a sum, which is empty at first.
fn add(sum: &mut Vec<f32>, gradient: Vec<f32>) {
    if sum.is_empty() {
        *sum = gradient;
    } else {
        sum.iter_mut().zip(gradient).for_each(|(sum, value)| *sum += value);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::Cell,
        rc::Rc,
        sync::atomic::{AtomicUsize, Ordering},
    };

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
            replicas.members[0].is_gone = true;
            replicas.replace();
        }
        assert_eq!(replicas.members.len(), 1);
        replicas.members[0].is_gone = true;
        replicas.replace();
        assert_eq!((replicas.members.len(), replicas.workers()), (0, 1));
    }

    #[test]
    fn replicas_that_save_no_time_are_let_go() {
        let mut replicas = team(3);
        replicas.own = Duration::from_secs(TRIAL.into());
        replicas.members[1].waited = Duration::from_secs(2 * u64::from(TRIAL));
        (1..TRIAL).for_each(|_| replicas.judge());
        assert_eq!(replicas.members.len(), 2);
        replicas.judge();
        replicas.replace();
        assert_eq!(replicas.members.len(), 1);
    }

    #[test]
    fn embeddings_are_the_same_on_a_replica() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
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
        for embedding in embeddings {
            let asked = replicas.begin_embedding(&embedding, std::slice::from_ref(&pictures));
            ASKED.fetch_add(asked.len(), Ordering::Relaxed);
            for embedded in asked {
                let rows = pollster::block_on(replicas.embedded(embedded, Duration::ZERO));
                let here = parameters::values(embedding.forward(pictures.clone()));
                assert_eq!(rows, Some(here), "{embedding:?}");
            }
        }
        assert_eq!(ASKED.load(Ordering::Relaxed), 5);
    }
}
