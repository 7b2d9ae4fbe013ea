//! The checks of every visit: errors in the browser, and requests to other servers.

use std::fs;

use anyhow::Result;
use browser_tests::browser::ERROR;
use browser_tests::page::SOON;
use browser_tests::visit::FOLDER;
use browser_tests::{Visit, visit};

/// A page with errors of its own, in its console and in a worker, and with a request to another
/// server.
const FAULTY: &str = "<!doctype html><link rel='icon' href='data:,'><script>
    const code = `console.error('said by a worker')`;
    new Worker(URL.createObjectURL(new Blob([code])));
    setTimeout(() => { throw new Error('thrown by the page') });
    console.error('said by the page');
    fetch('http://elsewhere.test/').catch(() => {});
</script>";

#[tokio::test]
async fn errors_and_requests_to_other_servers_are_noticed() -> Result<()> {
    let visitor = Visit { errors_allowed: true, asks_others: true, ..Visit::default() };
    visit(visitor, async |page| {
        fs::write(page.server().root().join(FOLDER).join("faulty.html"), FAULTY)?;
        page.driver().goto(format!("{}/{FOLDER}/faulty.html", page.server().origin())).await?;
        let mut lines = Vec::new();
        page.wait("three errors", SOON, async || {
            lines.extend(page.console().await?.into_iter().filter(|line| line.starts_with(ERROR)));
            let said = |words: &str| lines.iter().any(|line| line.contains(words));
            let all = ["said by a worker", "thrown by the page", "said by the page"].into_iter().all(said);
            Ok(all.then_some(()))
        })
        .await
    })
    .await
}
