//! Browsers that lack what the page cannot do without.

use anyhow::{Result, ensure};
use browser_tests::page::SOON;
use browser_tests::{Page, Visit, visit};

/// The versions from which on browsers have all that is needed.
const VERSIONS: [&str; 3] = ["Chrome and Edge from version 123 on", "Firefox from 125", "Safari from 17.5"];

/// Ways to take something from a browser, and what is said to be missing then.
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

/// What is said of the browser, if anything.
const SAID: &str = "document.querySelector('.unable')?.innerText ?? null";

async fn said(page: &Page) -> Result<String> {
    page.wait("a sentence about the browser", SOON, async || {
        Ok(page.evaluate(SAID).await?.as_str().map(str::to_owned))
    })
    .await
}

#[tokio::test]
async fn an_older_browser_is_told_what_it_lacks_and_which_have_it() -> Result<()> {
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
async fn a_browser_of_today_is_told_nothing() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&backend=cpu").await?;
        ensure!(page.evaluate(SAID).await?.is_null(), "It is said to lack something.");
        Ok(())
    })
    .await
}
