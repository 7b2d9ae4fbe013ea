//! Controls, figures and canvases that several views share.

pub mod canvas;
pub mod controls;
pub mod curve;
pub mod dynamic;
#[cfg(target_arch = "wasm32")]
pub mod export_button;
pub mod legend;
pub mod matrix_edges;
pub mod matrix_view;
pub mod member;
#[cfg(target_arch = "wasm32")]
pub mod menu;
pub mod meter;
pub mod modal;
pub mod more;
pub mod readout;
pub mod score_view;
pub mod stage_switch;
