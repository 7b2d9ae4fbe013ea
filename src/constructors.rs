//! Constructors that crates need run before `main`, run once.
//!
//! The compiler within cubecl (pliron) registers its operations, a thousand of them, by constructors (of the
//! crate inventory). If a module does not call them itself, its linker makes every exported function call
//! them, each time anew: 980 of the 1,000 ms that it took to begin a training step on WebGPU
//! (`benches/PROFILE.md`).

use std::sync::Once;

/// Runs the constructors, only once however often it is called.
pub fn run() {
    unsafe extern "C" {
        fn __wasm_call_ctors();
    }
    static ONCE: Once = Once::new();
    // SAFETY: the linker generates this function, which runs only the constructors, and leaves it to the
    // module to call it once.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
}
