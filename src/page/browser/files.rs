//! Pictures, models and experiments on their way in and out.
//!
//! - [`incoming`]: what a drop, a paste or a choice holds; [`builtin`] and [`remote`]: what comes
//!   from elsewhere
//! - [`decoder`] and [`own_decoder`]: files into pictures; [`intake`]: pictures into the set; [`query`]: one to search with
//! - [`model_file`], [`experiment_file`]: what was saved before
//! - [`download`]: what the user takes home

pub mod builtin;
pub mod decoder;
pub mod download;
pub mod experiment_file;
pub mod incoming;
pub mod intake;
pub mod model_file;
mod own_decoder;
pub mod query;
pub mod remote;
