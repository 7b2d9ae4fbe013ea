//! Canvases: how large they are, what is painted on them, and how they are saved.

pub mod measure;
pub mod paint;
pub mod png_button;
pub mod thumbnail;
