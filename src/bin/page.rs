//! The page: everything that touches the document.

fn main() {
    #[cfg(target_arch = "wasm32")]
    likeness::page::start();
}
