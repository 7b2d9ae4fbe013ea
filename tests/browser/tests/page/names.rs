//! Names by which scripts and screen readers find the page's controls.

use anyhow::{Result, ensure};
use browser_tests::command::role_and_name;
use browser_tests::page::{Role, SOON};
use browser_tests::{Page, Visit, visit};
use thirtyfour::By;

/// Names that have to stay, by role.
const NAMES: [(&str, &[&str]); 2] = [
    (
        "button",
        &["Train", "Step", "Reset", "Share", "Export", "Shapes", "Fashion", "Embeddings (CSV)", "Run (JSON)"],
    ),
    ("tab", &["Watch", "Explore", "Sort", "Label", "Under the hood"]),
];

/// CSS selector of controls.
const CONTROLS: &str = "button, summary, a, input, [role=button], [role=tab]";

#[tokio::test]
async fn controls_have_stable_names() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("backend=cpu").await?;
        page.press("Export").await?;
        page.wait_enabled(Role::Button, "Run (JSON)", SOON).await?;
        let controls = controls(page).await?;
        for (role, names) in NAMES {
            for name in names {
                let count = controls.iter().filter(|control| **control == [role, name]).count();
                ensure!(count == 1, "There are {count} {role}s named “{name}”, not one.");
            }
        }
        let command = page.evaluate("document.querySelector('#export-menu input[readonly]').value").await?;
        ensure!(
            command.as_str().is_some_and(|text| text.starts_with("likeness-train 'images=shapes&")),
            "The command for PyTorch is {command}."
        );
        let pickers = page.evaluate("document.querySelectorAll('input[type=file][multiple]').length");
        ensure!(pickers.await? == 1, "There is not one file picker.");
        page.press("Train").await?;
        page.wait_enabled(Role::Button, "Pause", SOON).await?;
        Ok(())
    })
    .await
}

/// Returns the role and name of every control, as for a screen reader.
async fn controls(page: &Page) -> Result<Vec<[String; 2]>> {
    let mut controls = Vec::new();
    for element in page.driver().find_all(By::Css(CONTROLS)).await? {
        controls.push(role_and_name(&element).await?);
    }
    Ok(controls)
}
