//! Experiments in the previous format, in which runs have no classic features.

use std::sync::Arc;

use serde::Deserialize;

use super::as_link;
use crate::{
    page::{state::Snapshot, views::hood::runs::state::Record},
    protocol::{Backend, StepReport},
    settings::Settings,
};

/// The version of the format.
pub const VERSION: u32 = 2;

#[derive(Deserialize)]
pub struct Experiment {
    #[serde(with = "as_link")]
    settings: Settings,
    removed: Vec<u32>,
    typed: Vec<(u32, String)>,
    per_class: u32,
    runs: Vec<Run>,
    present: Option<Run>,
    temperatures: Vec<(u32, f32)>,
    snapshot: Option<Snapshot>,
}

#[derive(Deserialize)]
struct Run {
    number: u32,
    #[serde(with = "as_link")]
    settings: Settings,
    changed_after: Option<u32>,
    pictures: usize,
    backend: Option<Backend>,
    steps: Vec<StepReport>,
    knn: Vec<(u32, f32)>,
    pixels: Option<f32>,
    ranks: Vec<(u32, f32)>,
}

impl From<Experiment> for super::Experiment {
    fn from(experiment: Experiment) -> Self {
        let Experiment { settings, removed, typed, per_class, runs, present, temperatures, snapshot } =
            experiment;
        let record = |run: Run| Arc::new(Record::from(run));
        Self {
            settings,
            removed,
            typed,
            per_class,
            runs: runs.into_iter().map(record).collect(),
            present: present.map(record),
            temperatures,
            snapshot: snapshot.map(Arc::new),
        }
    }
}

impl From<Run> for Record {
    fn from(run: Run) -> Self {
        let Run { number, settings, changed_after, pictures, backend, steps, knn, pixels, ranks } = run;
        Self { number, settings, changed_after, pictures, backend, steps, knn, pixels, classic: None, ranks }
    }
}
