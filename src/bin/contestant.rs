//! Likeness as a contestant of the bench: what `benches/page/likeness.js` calls.

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
        /// Opens a device. With WebGPU, only once in a worker: burn keeps one for all.
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

        /// Prepares; `blocks` are channels and stride, one after another. Views are drawn of a set of
        /// `pictures`; if that is 0, they are given.
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

        /// The loss of the step begun last, once it is there.
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
