//! Canvases: measuring, painting and saving them.

pub mod measure;
pub mod original;
pub mod paint;
pub mod png_button;
pub mod thumbnail;
