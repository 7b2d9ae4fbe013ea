//! The frame around everything: header, footer, tabs, notices, tour, address bar.
//!
//! - `app`: the whole page, and its opening
//! - `stage`: score and stage switch, gallery, tabs and action bar
//! - `export_menu`: the files to keep
//! - `share_sheet`: the link, the code for another page, the picture of what a run changed

#[cfg(target_arch = "wasm32")]
pub mod address_bar;
#[cfg(target_arch = "wasm32")]
pub mod app;
#[cfg(target_arch = "wasm32")]
pub mod export_menu;
#[cfg(target_arch = "wasm32")]
pub mod footer;
#[cfg(target_arch = "wasm32")]
pub mod masthead;
#[cfg(target_arch = "wasm32")]
pub mod notices;
#[cfg(target_arch = "wasm32")]
pub mod return_offer;
#[cfg(target_arch = "wasm32")]
pub mod share_sheet;
#[cfg(target_arch = "wasm32")]
pub mod stage;
#[cfg(target_arch = "wasm32")]
pub mod tabs;
#[cfg(target_arch = "wasm32")]
pub mod theme;
pub mod tour;
#[cfg(target_arch = "wasm32")]
pub mod tour_card;
