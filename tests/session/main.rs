//! Tests of whole sessions on the CPU: commands in, events out.

mod harness;

mod divergence;
mod explanation;
mod fine_tuning;
mod invariance;
mod labels;
mod maps;
mod matrix;
mod models;
mod pictures;
mod query;
mod snapshots;
mod studies;
mod training;
