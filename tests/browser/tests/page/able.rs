//! Browsers that lack features that the page needs.

use anyhow::{Result, ensure};
use browser_tests::page::SOON;
use browser_tests::{Page, Visit, visit};

/// Minimum versions of browsers, as the page states them.
const VERSIONS: [&str; 3] = ["Chrome or Edge from version 123 on", "Firefox from 125", "Safari from 17.5"];

/// Scripts that remove a feature from the browser, and the message on it.
const TAKEN: [(&str, &str); 5] = [
    ("delete window.WebAssembly", "SIMD in WebAssembly,"),
    ("WebAssembly.validate = () => false", "SIMD in WebAssembly,"),
    ("delete window.Worker", "workers,"),
    ("delete HTMLElement.prototype.popover", "popovers,"),
    (
        "{
            const supports = CSS.supports;
            CSS.supports = (property, value = '') => !value.includes('light-dark') && supports.call(CSS, property, value);
        }",
        "light-dark() in CSS,",
    ),
];

/// Message of the page on the browser, if any.
const SAID: &str = "document.querySelector('.unable')?.innerText ?? null";

async fn said(page: &Page) -> Result<String> {
    page.wait("a sentence about the browser", SOON, async || {
        Ok(page.evaluate(SAID).await?.as_str().map(str::to_owned))
    })
    .await
}

#[tokio::test]
async fn outdated_browser_is_told_what_is_missing() -> Result<()> {
    for (take, missing) in TAKEN {
        visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
            page.begin_with(take).await?;
            page.go("images=shapes&backend=cpu").await?;
            let said = said(page).await?;
            ensure!(said.contains(&format!("lacks {missing}")), "Without {missing} it is said: {said}");
            for version in VERSIONS {
                ensure!(said.contains(version), "{version} is not named: {said}");
            }
            let waits = page.text().await?.contains("loading");
            ensure!(!waits, "Without {missing} the page still says that it is loading.");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn current_browser_gets_no_warning() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&backend=cpu").await?;
        ensure!(page.evaluate(SAID).await?.is_null(), "It is said to lack something.");
        Ok(())
    })
    .await
}
