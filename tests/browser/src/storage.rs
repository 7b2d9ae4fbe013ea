//! Contents of the browser's storage for the page.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::page::{Page, SOON};

/// Start of every query: `database` is the page's, `answer` awaits a request, `ended` holds the ends of all
/// transactions. A page that is left before a transaction's end loses its changes.
const OPEN: &str = "
    const ours = `likeness ${new URL('./', document.baseURI).pathname}`;
    if (!(await indexedDB.databases()).some(({ name }) => name === ours)) return null;
    const answer = request => new Promise((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
    });
    const database = await answer(indexedDB.open(ours));
    const ended = [];
    const store = (name, mode) => {
        const transaction = database.transaction(name, mode);
        ended.push(new Promise((done, fail) => {
            transaction.oncomplete = done;
            transaction.onabort = () => fail(transaction.error);
        }));
        return transaction.objectStore(name);
    };";

const COUNT: &str = "
    const counts = await Promise.all([...database.objectStoreNames].map(name => answer(store(name).count())));
    return counts.reduce((a, b) => a + b, 0);";

const PICTURES: &str = "
    const counts = {};
    for (const key of await answer(store('experiments').getAllKeys())) counts[key] = 0;
    for (const [key] of await answer(store('pictures').getAllKeys())) counts[key] = (counts[key] ?? 0) + 1;
    return Object.values(counts).sort((a, b) => a - b);";

/// Number of objects of every kind that a page can leave in a browser.
const REST: &str = "(async () => localStorage.length + (await caches.keys()).length
    + (await indexedDB.databases()).length
    + (await navigator.serviceWorker.getRegistrations()).length)()";

/// Runs statements that may use `answer` and `store`; returns their value, null without a storage.
pub async fn ask(page: &Page, statements: &str) -> Result<Value> {
    let close = "} finally { await Promise.all(ended); database.close(); }";
    page.evaluate(&format!("(async () => {{ {OPEN} try {{ {statements} {close} }})()")).await
}

/// Returns the number of records.
pub async fn records(page: &Page) -> Result<u64> {
    Ok(ask(page, COUNT).await?.as_u64().unwrap_or_default())
}

/// Returns the number of pictures in each experiment, in ascending order.
pub async fn pictures(page: &Page) -> Result<Vec<u64>> {
    let counts = ask(page, PICTURES).await?;
    let counts = counts.as_array().cloned().unwrap_or_default();
    counts.iter().map(|count| count.as_u64().context("a count")).collect()
}

/// Waits until there are `wanted` records.
pub async fn wait_records(page: &Page, wanted: u64) -> Result<()> {
    let kept = async || Ok((records(page).await? == wanted).then_some(()));
    page.wait(&format!("{wanted} records in the storage"), SOON, kept).await
}

/// Waits until the page has left nothing at all.
pub async fn wait_nothing(page: &Page) -> Result<()> {
    let nothing = async || Ok((page.evaluate(REST).await? == 0).then_some(()));
    page.wait("nothing to be left", SOON, nothing).await
}
