//! Parts of the page that its first picture does not need, in a second module that is fetched when one of them is
//! first needed, or when a drag or a choice of files begins.
//!
//! `rooms` lists their entry points, one line each. What is reached through this list alone is cut out
//! of the page's module when `cargo xtask` builds the page (`xtask/src/lazy_module.rs`). A page that
//! was built without the cut, by trunk alone, contains everything from the start.

#[cfg(target_arch = "wasm32")]
pub mod loader;
#[cfg(target_arch = "wasm32")]
pub mod rooms;

/// Arrival of the second module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It has not been needed yet.
    Unasked,
    /// It is being fetched.
    UnderWay,
    /// It is part of the page.
    Here,
    /// It did not come, or not from the build of this page.
    Failed,
}

impl Default for Arrival {
    fn default() -> Self {
        if cfg!(split) { Self::Unasked } else { Self::Here }
    }
}
