//! How much memory the page and its engine hold.

use std::fmt::{self, Display};

use anyhow::Result;
use serde::Deserialize;

use crate::Page;

/// Asks both. Only an engine of [`crate::site::copy_with_measured_engine`] answers.
const ASK: &str = "(async () => {
    const channel = new BroadcastChannel('memory');
    const engine = new Promise(done => {
        channel.onmessage = ({data}) => done(data);
        setTimeout(() => done(null), 10000);
    });
    channel.postMessage(null);
    const {memory} = await wasmBindings.default();
    const bytes = {page: memory.buffer.byteLength, engine: await engine, scripts: performance.memory.usedJSHeapSize};
    channel.close();
    return bytes;
})()";

/// Bytes that WebAssembly has reserved, which it never gives back, and those of the page's scripts.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Memory {
    /// The page's own WebAssembly.
    pub page: f64,
    /// The engine's, unless it is too busy to say.
    pub engine: Option<f64>,
    /// Objects of the page's JavaScript.
    pub scripts: f64,
}

impl Memory {
    /// Asks page and engine.
    pub async fn of(page: &Page) -> Result<Self> {
        Ok(serde_json::from_value(page.evaluate(ASK).await?)?)
    }
}

impl Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes: f64| format!("{:.0} MB", bytes / 1e6);
        let engine = self.engine.map_or_else(|| "busy".to_owned(), megabytes);
        write!(f, "page {}, engine {engine}, scripts {}", megabytes(self.page), megabytes(self.scripts))
    }
}
