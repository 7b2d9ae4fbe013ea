//! What crates want done before `main`, done once.
//!
//! cubecl registers the thousand operations of its compiler by constructors. Where a module
//! doesn't call these itself, its linker lets every function do so that JavaScript can call, each
//! time anew: that took longer than all the rest of a training step.

/// Runs them. To be called at the very beginning of `main`.
pub fn run() {
    unsafe extern "C" {
        fn __wasm_call_ctors();
    }
    // SAFETY: the linker makes this function, of the constructors alone, and leaves it to us to
    // call it. Nothing has been computed yet that could be constructed anew.
    unsafe { __wasm_call_ctors() }
}
