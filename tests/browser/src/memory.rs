//! Memory of the page and its engine.

use std::fmt::{self, Display};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::Page;

/// Queries both. Only an engine of [`crate::site::copy_with_measured_engine`] answers.
const ASK: &str = "(async () => {
    const channel = new BroadcastChannel('memory');
    const engine = new Promise(done => {
        channel.onmessage = ({data}) => done(data);
        setTimeout(() => done(null), 10000);
    });
    channel.postMessage(null);
    const {memory} = await wasmBindings.default();
    const bytes = [memory.buffer.byteLength, await engine];
    channel.close();
    return bytes;
})()";

/// Bytes reserved by WebAssembly, which are never returned, and those of the page's scripts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// WebAssembly of the page.
    pub page: f64,
    /// WebAssembly of the engine, unless it is too busy to answer.
    pub engine: Option<f64>,
    /// Objects of the page's JavaScript.
    pub scripts: f64,
}

impl Memory {
    /// Queries page and engine, after a garbage collection of JavaScript.
    pub async fn of(page: &Page) -> Result<Self> {
        let cdp = page.driver().cdp();
        for command in ["HeapProfiler.enable", "HeapProfiler.collectGarbage", "HeapProfiler.disable"] {
            cdp.send_raw(command, json!({})).await?;
        }
        let reserved = page.evaluate(ASK).await?;
        // The value available to a page about its scripts is rounded, and up to twenty minutes old.
        let scripts = cdp.send_raw("Runtime.getHeapUsage", json!({})).await?["usedSize"].as_f64();
        Ok(Self {
            page: reserved.get(0).and_then(Value::as_f64).context("The page does not know its memory.")?,
            engine: reserved.get(1).and_then(Value::as_f64),
            scripts: scripts.context("The browser does not know the memory of the page's scripts.")?,
        })
    }
}

impl Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes: f64| format!("{:.0} MB", bytes / 1e6);
        let engine = self.engine.map_or_else(|| "busy".to_owned(), megabytes);
        write!(f, "page {}, engine {engine}, scripts {}", megabytes(self.page), megabytes(self.scripts))
    }
}

/// Memory over a long visit.
#[derive(Clone, Debug, Default)]
pub struct Course(Vec<Memory>);

/// Limits of one part of memory.
struct Limit {
    name: &'static str,
    of: fn(&Memory) -> Option<f64>,
    /// Largest number of bytes at any time.
    most: f64,
    /// Largest number of bytes by which the last third of a visit may exceed the second.
    growth: f64,
}

/// A thousand pictures of 64 × 64 pixels are 12 MB, and one matrix of them all is 4 MB. The page holds each
/// picture once, a few matrices, and sometimes a file being read or written: up to 50 MB in minutes of random
/// use. The engine also holds embeddings at three stages and decoded pictures, and a batch's activations,
/// which at the largest side and width are hundreds of megabytes. Scripts hold little but the elements shown:
/// 3 MB. WebAssembly never shrinks, and which sizes coincide is random: hence limits of several times that,
/// and a growth, after two thirds of the time, that such a coincidence can explain but a steady leak cannot.
const LIMITS: [Limit; 3] = [
    Limit { name: "page", of: |memory| Some(memory.page), most: 200e6, growth: 40e6 },
    Limit { name: "engine", of: |memory| memory.engine, most: 1_000e6, growth: 150e6 },
    Limit { name: "scripts", of: |memory| Some(memory.scripts), most: 40e6, growth: 5e6 },
];

impl Course {
    /// Adds the current memory; fails if it exceeds its limits.
    pub fn add(&mut self, memory: Memory) -> Result<()> {
        for Limit { name, of, most, .. } in LIMITS {
            let bytes = of(&memory).unwrap_or_default();
            ensure!(
                bytes <= most,
                "The memory of the {name} is {bytes:e} bytes, more than {most:e}: {memory}"
            );
        }
        self.0.push(memory);
        Ok(())
    }

    /// Fails if the last third needed clearly more than the second, since a longer visit would need even
    /// more.
    pub fn ensure_level(&self) -> Result<()> {
        let third = self.0.len() / 3;
        let (second, last) = (&self.0[third..2 * third], &self.0[2 * third..]);
        for Limit { name, of, growth, .. } in LIMITS {
            let most = |memories: &[Memory]| memories.iter().filter_map(of).fold(0.0, f64::max);
            let (before, after) = (most(second), most(last));
            ensure!(
                after <= before + growth,
                "The memory of the {name} grew from {before:e} to {after:e} bytes."
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(scripts: f64) -> Memory {
        Memory { page: 50e6, engine: None, scripts }
    }

    /// Returns a course with these sizes of scripts, in megabytes.
    fn course(scripts: impl IntoIterator<Item = u32>) -> Result<Course> {
        let mut course = Course::default();
        scripts.into_iter().try_for_each(|megabytes| course.add(memory(f64::from(megabytes) * 1e6)))?;
        Ok(course)
    }

    #[test]
    fn early_or_fluctuating_memory_is_level() {
        assert!(course([2, 9, 30, 30, 30, 30]).unwrap().ensure_level().is_ok());
        assert!(course([2, 38, 5, 37, 4, 39]).unwrap().ensure_level().is_ok());
        assert!(course([]).unwrap().ensure_level().is_ok());
    }

    #[test]
    fn growing_memory_is_detected_below_its_limit() {
        let error = course((0..30).map(|sample| 5 + sample)).unwrap().ensure_level().unwrap_err();
        assert!(error.to_string().contains("scripts grew"), "{error}");
    }

    #[test]
    fn memory_beyond_its_limit_is_detected_at_once() {
        assert!(course([2, 9, 41]).is_err());
        let engine = Memory { engine: Some(2e9), ..memory(0.0) };
        assert!(Course::default().add(engine).is_err());
    }
}
