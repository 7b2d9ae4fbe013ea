//! The entry point of the worker that decodes what browsers cannot: nothing else is in it, so that a
//! file that is its end is nobody else's.

#[cfg(target_arch = "wasm32")]
mod decoder {
    use likeness::{
        image::{Decoded, Image},
        protocol,
    };
    use serde_bytes::ByteBuf;
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        // The worker's script remembers it: after a panic nothing can be asked here.
        #[wasm_bindgen(js_name = notePanic)]
        pub fn note_panic(words: &str);
    }

    /// Reads a file; the answer is a [`Decoded`], encoded as messages are.
    #[wasm_bindgen]
    pub fn decode(file: &[u8]) -> Vec<u8> {
        let decoded: Decoded = Image::decode(file).map(|image| ByteBuf::from(image.into_rgb()));
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
