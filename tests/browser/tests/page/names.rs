//! The names by which scripts and screen readers find the page's controls.

use anyhow::{Context, Result, ensure};
use browser_tests::page::{Role, SOON};
use browser_tests::{Page, Visit, visit};
use serde_json::{Value, json};

/// Names that stay, by role.
const NAMES: [(&str, &[&str]); 2] = [
    ("button", &["Train", "Step", "Reset", "Share", "Shapes", "Fashion", "Embeddings (CSV)", "Run (JSON)"]),
    ("tab", &["Similarity", "Neighbours", "Map", "Groups", "Invariance", "Labels", "Loss"]),
];

#[tokio::test]
async fn the_controls_have_the_names_that_scripts_rely_on() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("backend=cpu").await?;
        page.unfold("Use it").await?;
        for (role, names) in NAMES {
            for name in names {
                ensure!(accessible(page, role, name).await? == 1, "There is not one {role} named “{name}”.");
            }
        }
        let pickers = page.evaluate("document.querySelectorAll('input[type=file][multiple]').length");
        ensure!(pickers.await? == 1, "There is not one file picker.");
        page.press("Train").await?;
        page.wait_enabled(Role::Button, "Pause", SOON).await?;
        Ok(())
    })
    .await
}

/// How many elements the accessibility tree holds of this role and name.
async fn accessible(page: &Page, role: &str, name: &str) -> Result<usize> {
    let cdp = page.driver().cdp();
    let document = cdp.send_raw("DOM.getDocument", json!({"depth": 0})).await?;
    let question = json!({"nodeId": document["root"]["nodeId"], "role": role, "accessibleName": name});
    let answer = cdp.send_raw("Accessibility.queryAXTree", question).await?;
    let nodes = answer["nodes"].as_array().context("The answer holds no nodes.")?;
    Ok(nodes.iter().filter(|node| node["ignored"] != Value::Bool(true)).count())
}
