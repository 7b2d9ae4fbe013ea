//! Tests of the built page in a real browser, one file per topic. `cargo xtask test` builds the page
//! and runs them in Chromium, `cargo xtask firefox` in Firefox.

mod able;
mod accessibility;
mod augmentations;
mod backends;
mod breakdowns;
mod builds;
mod exports;
mod groups;
mod harness;
mod hosting;
mod keeping;
mod labels;
mod links;
mod losses;
mod map;
mod moments;
mod names;
mod odd_files;
mod offline;
mod opening;
mod own_pictures;
mod policy;
mod presses;
mod readme;
mod remote;
mod requests;
mod runs;
mod samples;
mod screens;
mod search;
mod survival;
mod touch;
mod tour;
mod training;
mod visitor;
