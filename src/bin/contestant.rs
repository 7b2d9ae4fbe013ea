//! Likeness as a contestant of the bench, called by `benches/page/likeness.js`.

#[cfg(target_arch = "wasm32")]
mod contestant {
    use burn::tensor::Device;
    use likeness::{
        bench::{self, Problem},
        encoder::EncoderConfig,
        train,
    };
    use wasm_bindgen::prelude::wasm_bindgen;

    /// An open device.
    #[wasm_bindgen]
    pub struct Engine(Device);

    #[wasm_bindgen]
    impl Engine {
        /// Opens a device. WebGPU can be opened only once per worker: burn keeps one for all.
        pub async fn open(backend: &str) -> Result<Self, String> {
            console_error_panic_hook::set_once();
            Ok(Self(match backend {
                "webgpu" => Device::wgpu_options()
                    .tasks_max(train::MAX_DISPATCHES)
                    .init_async()
                    .await
                    .map_err(|error| error.to_string())?,
                "cpu" => Device::flex(),
                other => return Err(format!("There is no backend {other}.")),
            }))
        }

        /// Prepares a contestant; `blocks` alternates channels and stride. Views are drawn from a set of
        /// `pictures`; if that is 0, the same views are used in every step.
        pub fn contestant(&self, blocks: &[u32], pairs: usize, side: usize, pictures: usize) -> Contestant {
            let blocks = blocks.chunks(2).map(|block| (block[0] as usize, block[1] as usize)).collect();
            let problem = Problem { encoder: EncoderConfig::with_blocks(blocks), pairs, side };
            Contestant(match pictures {
                0 => bench::Contestant::given(&problem, &self.0),
                _ => bench::Contestant::drawing(&problem, pictures, &self.0),
            })
        }
    }

    #[wasm_bindgen]
    pub struct Contestant(bench::Contestant);

    #[wasm_bindgen]
    impl Contestant {
        pub fn step(&mut self) {
            self.0.step();
        }

        /// Returns the loss of the latest step, once it is available.
        pub async fn loss(&self) -> Result<f32, String> {
            let loss = self.0.last_loss().ok_or("No step was taken.")?;
            loss.into_scalar_async().await.map_err(|error| error.to_string())
        }
    }
}

fn main() {
    #[cfg(target_arch = "wasm32")]
    likeness::constructors::run();
}
