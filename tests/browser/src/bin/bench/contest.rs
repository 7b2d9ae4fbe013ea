//! Who is timed, on what.

/// Which device computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    WebGpu,
    Cpu,
}

impl Backend {
    /// As it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebGpu => "webgpu",
            Self::Cpu => "cpu",
        }
    }

    /// As the page calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::WebGpu => "WebGPU",
            Self::Cpu => "CPU",
        }
    }
}

/// A network, and how much it is trained on in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub title: &'static str,
    /// Multiple of the width and stride of each convolution.
    pub blocks: &'static [(usize, usize)],
    pub width: usize,
    pub pairs: usize,
    pub side: usize,
}

const DEFAULT_BLOCKS: &[(usize, usize)] = &[(1, 1), (2, 2), (4, 2), (4, 2)];

/// The networks that all are timed on.
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
    /// Output channels and stride of each convolution.
    pub fn blocks(&self) -> Vec<[usize; 2]> {
        self.blocks.iter().map(|&(multiple, stride)| [multiple * self.width, stride]).collect()
    }
}

/// Who takes the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// On given views, like everyone.
    Likeness,
    /// On views drawn of so many pictures in every step, as on the page.
    LikenessDrawing(usize),
    JaxJs,
    TensorFlow,
    /// A product of matrices of as many operations, each invocation computing so many results.
    Matmul([usize; 2]),
    /// Outside the browser.
    JaxNative(Threads),
}

/// How many threads native JAX may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    One,
    All,
}

/// Pictures in the set that views are drawn of, as many as the built-in sets have.
pub const PICTURES: usize = 1000;

/// Who is timed on a backend, heat after heat. Those of one heat take turns: where times are compared
/// to a tenth, both have to meet the same machine.
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
    /// As the tables name it.
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

/// One cell of the table of cost against growth: the default, but for one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// What grows.
    pub what: Size,
    /// How large it is.
    pub value: usize,
}

/// What may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    Side,
    Width,
    Pairs,
    Pictures,
}

impl Size {
    /// All that grow, with the values that are timed.
    pub const ALL: [(Self, [usize; 3]); 4] = [
        (Self::Side, [32, 64, 96]),
        (Self::Width, [16, 32, 64]),
        (Self::Pairs, [32, 64, 128]),
        (Self::Pictures, [100, 1_000, 10_000]),
    ];

    /// As the table names it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Side => "side of a picture, pixels",
            Self::Width => "width",
            Self::Pairs => "pairs in a step",
            Self::Pictures => "pictures in the set",
        }
    }
}

/// Every cell of the table of cost against growth.
pub fn growths() -> impl Iterator<Item = Growth> {
    Size::ALL.into_iter().flat_map(|(what, values)| values.map(|value| Growth { what, value }))
}

impl Growth {
    /// The default network, grown.
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

    /// The page's own step.
    pub fn entry(self) -> Entry {
        Entry::LikenessDrawing(if self.what == Size::Pictures { self.value } else { PICTURES })
    }
}
