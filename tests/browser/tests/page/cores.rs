//! Training and embedding on several cores.

use anyhow::{Result, ensure};
use browser_tests::exports::Run;
use browser_tests::page::{PATIENTLY, VERY_PATIENTLY};
use browser_tests::{Page, Visit, site, visit};

/// A run of four ghost batches a step.
const LINK: &str = "images=shapes&seed=3&steps=60&batch=32&side=32&width=8&backend=cpu";

/// Results of a run: losses and exported embeddings.
struct Results {
    losses: Vec<f64>,
    embeddings: Vec<u8>,
}

/// Returns the results of a run on a number of cores.
async fn run(page: &Page, cores: usize) -> Result<Results> {
    page.open(&format!("{LINK}&cores={cores}&run=1")).await?;
    // A busy machine may let replicas go, so that fewer cores remain at the end.
    page.wait_finished(VERY_PATIENTLY).await?;
    let losses = Run::parse(&page.download("Run (JSON)").await?)?.losses()?;
    Ok(Results { losses, embeddings: page.download("Embeddings (CSV)").await? })
}

#[tokio::test]
async fn any_number_of_cores_gives_the_same_bits() -> Result<()> {
    visit(Visit::default(), async |page| {
        let alone = run(page, 1).await?;
        ensure!(alone.losses.len() == 60, "{:?}", alone.losses);
        for cores in 2..=4 {
            let shared = run(page, cores).await?;
            ensure!(shared.losses == alone.losses, "{cores}:\n{:?}\n{:?}", shared.losses, alone.losses);
            ensure!(shared.embeddings == alone.embeddings, "The embeddings differ on {cores} cores.");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn ended_replica_costs_no_step() -> Result<()> {
    let fragile = Visit { site: site::copy_with_fragile_engine, ..Visit::default() };
    visit(fragile, async |page| {
        let whole = run(page, 2).await?;
        page.open(&format!("{LINK}&cores=2&run=1")).await?;
        for step in [10, 30] {
            let shared = |status: &browser_tests::Status| {
                status.step() >= Some(step) && status.0.contains("CPU, 2 cores")
            };
            page.wait_status("a step on two cores", PATIENTLY, shared).await?;
            page.evaluate("new BroadcastChannel('harm').postMessage('closeReplicas')").await?;
        }
        page.wait_finished(VERY_PATIENTLY).await?;
        let text = page.text().await?;
        ensure!(!text.contains("The engine stopped"), "{text}");
        let losses = Run::parse(&page.download("Run (JSON)").await?)?.losses()?;
        ensure!(losses == whole.losses, "{losses:?}\n{:?}", whole.losses);
        Ok(())
    })
    .await
}
