//! Experiment files, changed in ways that no page would.

use std::io::{Read, Write};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use likeness::page::experiment::Experiment;
use likeness::page::state::Snapshot;

/// Size of the head: magic, version and number of parts.
const HEAD: usize = 16;

/// Returns the file with a changed snapshot.
pub fn with_snapshot(file: &[u8], change: impl FnOnce(&mut Snapshot)) -> Result<Vec<u8>> {
    with_experiment(file, |experiment| {
        change(Arc::make_mut(experiment.snapshot.as_mut().context("a snapshot")?));
        Ok(())
    })
}

/// Returns the file with a change to its first part, which holds everything but the pictures.
pub fn with_experiment(file: &[u8], change: impl FnOnce(&mut Experiment) -> Result<()>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes)?;
    let (head, rest) = bytes.split_at(HEAD);
    let (length, rest) = rest.split_at(4);
    let (body, pictures) = rest.split_at(u32::from_le_bytes(length.try_into()?) as usize);
    let mut experiment = Experiment::from_bytes(body).map_err(|failure| anyhow!("{failure:?}"))?;
    change(&mut experiment)?;
    let body = experiment.to_bytes();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for part in [head, &u32::try_from(body.len())?.to_le_bytes(), &body, pictures] {
        packed.write_all(part)?;
    }
    Ok(packed.finish()?)
}
