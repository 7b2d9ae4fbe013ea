//! What crates want done before `main`, done once.
//!
//! The compiler within cubecl (pliron) registers its operations, a thousand of them, by
//! constructors (those of the crate inventory). Where a module doesn't call them itself, its linker
//! has every function do so that JavaScript can call, each time anew: 980 of the 1,000 ms that it
//! took to begin a training step on WebGPU (`benches/PROFILE.md`).

use std::sync::Once;

/// Runs them; once, however often it is called.
pub fn run() {
    unsafe extern "C" {
        fn __wasm_call_ctors();
    }
    static ONCE: Once = Once::new();
    // SAFETY: the linker makes this function, of the constructors alone, and leaves it to the
    // module to call it, once.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
}
