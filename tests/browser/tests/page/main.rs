//! The built page in a real Chromium. One file a topic; `cargo xtask test` builds the page and runs them.

mod accessibility;
mod augmentations;
mod backends;
mod builds;
mod exports;
mod groups;
mod labels;
mod links;
mod losses;
mod map;
mod names;
mod odd_files;
mod offline;
mod opening;
mod own_pictures;
mod policy;
mod readme;
mod remote;
mod requests;
mod runs;
mod samples;
mod screens;
mod search;
mod survival;
mod tour;
mod training;
