//! Entry point, in its Web Worker, of the engine that computes only on the CPU: a quarter of the download.

#[cfg(target_arch = "wasm32")]
fn main() {
    wasm_bindgen_futures::spawn_local(likeness::engine::worker::run());
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The engine runs in a browser: see `cargo xtask serve`.");
}
