//! The entry point of the engine that computes on the CPU alone, in its Web Worker: a quarter to download.

#[cfg(target_arch = "wasm32")]
fn main() {
    wasm_bindgen_futures::spawn_local(likeness::engine::worker::run());
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The engine runs in a browser: see `cargo xtask serve`.");
}
