//! Entry points of the workers that decode files.

/// Defines a program that decodes files by a function from bytes to [`Decoded`](crate::image::Decoded), and contains
/// nothing else, so that a file that crashes it harms nothing more.
#[macro_export]
macro_rules! decoder_program {
    ($decode:expr) => {
        #[cfg(target_arch = "wasm32")]
        mod decoder {
            use likeness::{image::Decoded, protocol};
            use wasm_bindgen::prelude::wasm_bindgen;

            #[wasm_bindgen]
            extern "C" {
                // The worker's script stores the message, since this module cannot be called after a panic.
                #[wasm_bindgen(js_name = notePanic)]
                pub fn note_panic(words: &str);
            }

            /// Decodes a file; the result is a [`Decoded`], encoded like messages.
            #[wasm_bindgen]
            pub fn decode(file: &[u8]) -> Vec<u8> {
                let decoded: Decoded = ($decode)(file);
                protocol::encode(&decoded)
            }
        }

        #[cfg(target_arch = "wasm32")]
        fn main() {
            std::panic::set_hook(Box::new(|panic| decoder::note_panic(&panic.to_string())));
        }

        #[cfg(not(target_arch = "wasm32"))]
        fn main() {
            eprintln!("The decoders run in a browser: see `cargo xtask serve`.");
        }
    };
}
