//! Contestants and networks to be timed.

/// Device that computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    WebGpu,
    Cpu,
}

impl Backend {
    /// Returns the name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebGpu => "webgpu",
            Self::Cpu => "cpu",
        }
    }

    /// Returns the name on the page.
    pub fn title(self) -> &'static str {
        match self {
            Self::WebGpu => "WebGPU",
            Self::Cpu => "CPU",
        }
    }
}

/// A network, and the size of its batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub title: &'static str,
    /// Width multiple and stride of each convolution.
    pub blocks: &'static [(usize, usize)],
    pub width: usize,
    pub pairs: usize,
    pub side: usize,
}

const DEFAULT_BLOCKS: &[(usize, usize)] = &[(1, 1), (2, 2), (4, 2), (4, 2)];

/// Networks on which all contestants are timed.
pub const NETWORKS: [Network; 2] = [
    Network {
        title: "Three convolutions",
        blocks: &[(1, 1), (2, 2), (4, 2)],
        width: 16,
        pairs: 32,
        side: 32,
    },
    Network { title: "Likeness’s encoder", blocks: DEFAULT_BLOCKS, width: 16, pairs: 32, side: 32 },
];

impl Network {
    /// Returns output channels and stride of each convolution.
    pub fn blocks(&self) -> Vec<[usize; 2]> {
        self.blocks.iter().map(|&(multiple, stride)| [multiple * self.width, stride]).collect()
    }
}

/// A contestant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Likeness on given views, like the others.
    Likeness,
    /// Likeness on views drawn in every step from this many pictures, as on the page.
    LikenessDrawing(usize),
    JaxJs,
    TensorFlow,
    /// A matrix product of as many operations, each invocation computing a tile of this size.
    Matmul([usize; 2]),
    /// JAX outside the browser.
    JaxNative(Threads),
}

/// Number of threads available to native JAX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    One,
    All,
}

/// Number of pictures in the set that views are drawn from, as in the built-in sets.
pub const PICTURES: usize = 1000;

/// Returns the contestants on a backend, grouped into heats. Those of one heat alternate: times that are
/// compared to a tenth have to be measured under the same conditions.
pub fn heats(backend: Backend) -> Vec<Vec<Entry>> {
    use Entry::{JaxJs, JaxNative, Likeness, LikenessDrawing, Matmul, TensorFlow};
    let everywhere = [vec![Likeness, LikenessDrawing(PICTURES)], vec![JaxJs], vec![TensorFlow]];
    let more = match backend {
        Backend::WebGpu => [Matmul([4, 16]), Matmul([8, 8])],
        Backend::Cpu => [JaxNative(Threads::One), JaxNative(Threads::All)],
    };
    everywhere.into_iter().chain(more.map(|entry| vec![entry])).collect()
}

impl Entry {
    /// Returns the name in the tables.
    pub fn title(self, backend: Backend) -> String {
        match (self, backend) {
            (Self::Likeness, _) => "**Likeness**".to_owned(),
            (Self::LikenessDrawing(_), _) => "Likeness, augmentation included".to_owned(),
            (Self::JaxJs, Backend::WebGpu) => "jax-js 0.1.25".to_owned(),
            (Self::JaxJs, Backend::Cpu) => "jax-js 0.1.25, WebAssembly".to_owned(),
            (Self::TensorFlow, Backend::WebGpu) => "TensorFlow.js 4.22.0".to_owned(),
            (Self::TensorFlow, Backend::Cpu) => "TensorFlow.js 4.22.0, JavaScript".to_owned(),
            (Self::Matmul([height, width]), _) => {
                format!("matmul of as many operations, {height} × {width} tiles")
            }
            (Self::JaxNative(Threads::One), _) => "JAX, native, one thread".to_owned(),
            (Self::JaxNative(Threads::All), _) => "JAX, native, all threads".to_owned(),
        }
    }
}

/// One cell of the table of cost against growth: the default except for one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The size that grows.
    pub what: Size,
    /// Its value.
    pub value: usize,
}

/// A size that can grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Side,
    Width,
    Pairs,
    Pictures,
}

impl Size {
    /// All sizes, with the values that are timed.
    pub const ALL: [(Self, [usize; 3]); 4] = [
        (Self::Side, [32, 64, 96]),
        (Self::Width, [16, 32, 64]),
        (Self::Pairs, [32, 64, 128]),
        (Self::Pictures, [100, 1_000, 10_000]),
    ];

    /// Returns the name in the table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Side => "side of a picture, pixels",
            Self::Width => "width",
            Self::Pairs => "pairs in a step",
            Self::Pictures => "pictures in the set",
        }
    }
}

/// Returns every cell of the table of cost against growth.
pub fn growths() -> impl Iterator<Item = Growth> {
    Size::ALL.into_iter().flat_map(|(what, values)| values.map(|value| Growth { what, value }))
}

impl Growth {
    /// Returns the default network with this size changed.
    pub fn network(self) -> Network {
        let mut network = NETWORKS[1].clone();
        match self.what {
            Size::Side => network.side = self.value,
            Size::Width => network.width = self.value,
            Size::Pairs => network.pairs = self.value,
            Size::Pictures => (),
        }
        network
    }

    /// Returns the page's own step.
    pub fn entry(self) -> Entry {
        Entry::LikenessDrawing(if self.what == Size::Pictures { self.value } else { PICTURES })
    }
}
