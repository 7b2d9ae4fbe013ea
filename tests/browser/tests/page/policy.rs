//! The Content-Security-Policy: the page works under it, and it blocks foreign content.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON, TABS};
use browser_tests::{Page, Visit, pictures, site, visit};
use serde_json::json;
use tempfile::TempDir;

/// Records violations of the policy in a global, from the beginning of every document.
const WATCH: &str = "window.stopped = [];
    document.addEventListener('securitypolicyviolation', event =>
        window.stopped.push(`${event.effectiveDirective} ${event.blockedURI}`));";

#[tokio::test]
async fn full_session_violates_no_policy() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_album(folder.path())?;
    visit(Visit::default(), async |page| {
        page.begin_with(WATCH).await?;
        page.open("images=own&steps=6&batch=4&side=16&width=4&backend=cpu").await?;
        let album = pictures::FOLDERS.map(|name| folder.path().join(name));
        page.drop_paths(&album).await?;
        page.wait_text(&[&format!("{} pictures", pictures::GOOD_FILES)], PATIENTLY).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        for tab in TABS {
            page.choose(tab).await?;
        }
        page.download("Embeddings (CSV)").await?;
        page.download("Run (JSON)").await?;
        let stopped = page.evaluate("[...window.stopped]").await?;
        ensure!(stopped == json!([]), "The policy stopped {stopped}.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn foreign_scripts_styles_frames_and_requests_are_blocked() -> Result<()> {
    let visitor = Visit { errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.begin_with(WATCH).await?;
        page.open("backend=cpu").await?;
        let attempts = "(async () => {
            const script = document.createElement('script');
            script.textContent = 'window.taken = true';
            document.body.append(script);
            document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.taken = true\">');
            document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>');
            document.body.insertAdjacentHTML('beforeend', '<iframe src=\"data:text/html,\"></iframe>');
            await fetch('http://localhost:9/').catch(() => {});
            await fetch('data:text/plain,out').catch(() => {});
            // The page's, for a driver may have one of its own.
            setTimeout(() => { window.taken = window.Function('return true')(); });
            await new Promise(done => setTimeout(done, 300));
        })()";
        let directives = [
            "script-src-elem inline",
            "script-src-attr inline",
            "style-src-attr inline",
            "frame-src",
            "connect-src http://localhost:9/",
            "connect-src data",
            "script-src eval",
        ];
        ensure_stopped(page, attempts, &directives).await
    })
    .await
}

#[tokio::test]
async fn remote_page_blocks_foreign_content() -> Result<()> {
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.begin_with(WATCH).await?;
        page.go("images=https://pictures.example/set.zip").await?;
        page.wait_text(&["Files from elsewhere", "pictures.example"], SOON).await?;
        ensure!(page.evaluate("window.stopped").await? == json!([]), "The policy stops the page's own.");
        let attempts = "(async () => {
            document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.taken = true\">');
            document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">red</p>');
            document.body.insertAdjacentHTML('beforeend', '<form action=\"http://localhost:9/\"></form>');
            document.body.insertAdjacentHTML('beforeend', '<iframe src=\"data:text/html,\"></iframe>');
            const base = document.createElement('base');
            base.href = 'http://localhost:9/';
            document.head.append(base);
            // Firefox throws as well.
            try { document.forms[0].submit(); } catch {}
            await new Promise(done => setTimeout(done, 300));
        })()";
        let directives =
            ["script-src-attr inline", "style-src-attr inline", "form-action", "base-uri", "frame-src"];
        ensure_stopped(page, attempts, &directives).await
    })
    .await
}

/// Runs the attempts, none of which may run a script, and checks that each directive blocks
/// something.
async fn ensure_stopped(page: &Page, attempts: &str, directives: &[&str]) -> Result<()> {
    page.evaluate(attempts).await?;
    ensure!(page.evaluate("window.taken ?? null").await?.is_null(), "A foreign script ran.");
    let stopped = page.evaluate("window.stopped.join('\\n')").await?;
    let stopped = stopped.as_str().unwrap_or_default();
    for directive in directives {
        ensure!(stopped.contains(directive), "{directive} is not among what was stopped:\n{stopped}");
    }
    Ok(())
}

#[tokio::test]
async fn policy_applies_to_engine_and_storage_workers() -> Result<()> {
    for site in [site::copy_with_talkative_engine, site::copy_with_talkative_storage] {
        let visitor = Visit { site, errors_allowed: true, ..Visit::default() };
        visit(visitor, async |page| {
            // The engine's replicas run the same code.
            let listen = format!(
                "window.stopped = new Set(); new BroadcastChannel('{}').onmessage = ({{data}}) => window.stopped.add(data);",
                site::TALK
            );
            page.begin_with(&listen).await?;
            page.open_ready("backend=cpu").await?;
            page.wait("the policy to stop the worker's request", SOON, async || {
                let stopped = page.evaluate("[...window.stopped]").await?;
                Ok((stopped == json!(["http://localhost:9/"])).then_some(()))
            })
            .await
        })
        .await?;
    }
    Ok(())
}
