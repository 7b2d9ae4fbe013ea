//! Pictures, models and experiments from another server, fetched with the user's consent.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use browser_tests::page::{PATIENTLY, Role, SOON};
use browser_tests::visit::FOLDER;
use browser_tests::{Page, Visit, pictures, visit};
use tempfile::TempDir;
use xtask::server::Server;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const SETTINGS: &str = "steps=5&batch=4&side=16&width=4&backend=cpu&run=1";

/// Returns a visitor whose page contacts another server. A file missing there appears in the console.
fn visitor() -> Visit {
    Visit { errors_allowed: true, asks_others: true, ..Visit::default() }
}

/// Another server, and its files.
struct Elsewhere {
    folder: TempDir,
    server: Server,
}

impl Elsewhere {
    /// Serves pictures of two kinds: in a zip, half of them stored and half deflated, and as single
    /// files with lists of them. Pages from other servers may read them.
    fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        lay_pictures(folder.path())?;
        let server = Server::start_open(folder.path(), 0)?;
        Ok(Self { folder, server })
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> Result<()> {
        Ok(fs::write(self.folder.path().join(name), contents)?)
    }

    fn address(&self, file: &str) -> String {
        format!("{}/{file}", self.server.origin())
    }

    /// Returns whether a file whose address ends like this was requested, or its size.
    fn was_asked_for(&self, what: &str) -> bool {
        self.server.requests().iter().any(|path| path.ends_with(what))
    }
}

fn lay_pictures(folder: &Path) -> Result<()> {
    let photographs = TempDir::new()?;
    pictures::write_photographs(photographs.path(), 6, 120)?;
    let mut archive = ZipWriter::new(File::create(folder.join("set.zip"))?);
    let mut list = Vec::new();
    for (place, entry) in fs::read_dir(photographs.path())?.enumerate() {
        let bytes = fs::read(entry?.path())?;
        let (kind, method) =
            [("cats", CompressionMethod::Stored), ("dogs", CompressionMethod::Deflated)][place % 2];
        let options = SimpleFileOptions::default().compression_method(method);
        archive.start_file(format!("set/{kind}/{place}.jpg"), options)?;
        archive.write_all(&bytes)?;
        fs::write(folder.join(format!("{place}.jpg")), bytes)?;
        list.push(serde_json::json!({"url": format!("{place}.jpg"), "label": kind}));
    }
    archive.start_file("set/cats/run.likeness", SimpleFileOptions::default())?;
    archive.write_all(b"no experiment")?;
    archive.finish()?;
    list.push(serde_json::json!({"url": "gone.jpg", "label": "cats"}));
    list.push(serde_json::json!({"label": "dogs"}));
    Ok(fs::write(folder.join("list.json"), serde_json::to_vec(&list)?)?)
}

/// Returns the text in the frame.
async fn frame_text(page: &Page) -> Result<String> {
    let text = page.driver().execute("return document.body?.innerText ?? ''", vec![]).await?;
    Ok(text.json().as_str().unwrap_or_default().to_owned())
}

/// Waits until the text in the frame, which must be entered, contains all of `words`, ignoring case.
async fn wait_in_frame(page: &Page, words: &[&str]) -> Result<()> {
    page.wait(&format!("{words:?} in the frame"), PATIENTLY, async || {
        let text = frame_text(page).await?.to_lowercase();
        Ok(words.iter().all(|words| text.contains(&words.to_lowercase())).then_some(()))
    })
    .await
}

/// Presses the two buttons that start the fetch.
async fn fetch(page: &Page) -> Result<()> {
    page.press("Check the size").await?;
    page.press("Fetch").await
}

/// Enters the page in its frame, and waits for its text.
async fn enter_frame(page: &Page, words: &[&str]) -> Result<()> {
    page.locate("iframe").await?.enter_frame().await?;
    wait_in_frame(page, words).await
}

async fn leave_frame(page: &Page) -> Result<()> {
    Ok(page.driver().enter_default_frame().await?)
}

#[tokio::test]
async fn files_that_the_system_opens_join_the_set() -> Result<()> {
    visit(Visit::default(), async |page| {
        lay_pictures(&page.server().root().join(FOLDER))?;
        // No driver opens files with an installed page.
        let queue = "Object.defineProperty(window, 'launchQueue', {
            value: { setConsumer: take => { window.launch = take; } }, configurable: true
        });";
        page.begin_with(queue).await?;
        page.open("images=shapes&backend=cpu").await?;
        let launch = "fetch('set.zip').then(answer => answer.blob())
            .then(blob => launch({ files: [{ getFile: async () => new File([blob], 'set.zip') }] }))";
        page.evaluate(launch).await?;
        page.wait_text(&["yours, 6 pictures", "run.likeness"], PATIENTLY).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn zip_is_fetched_on_request_and_only_its_pictures_are_used() -> Result<()> {
    let elsewhere = Elsewhere::start()?;
    visit(visitor(), async |page| {
        let address = elsewhere.address("set.zip");
        page.go(&format!("images={}&{SETTINGS}", address.replace(':', "%3A").replace('/', "%2F"))).await?;
        page.wait_text(&["files from elsewhere", &address], SOON).await?;
        ensure!(!elsewhere.was_asked_for("set.zip"), "It was asked for before the user agreed.");
        fetch(page).await?;
        enter_frame(page, &["yours, 6 pictures, 2 labels", "step 5 / 5", "run.likeness", "It is no picture"])
            .await?;
        leave_frame(page).await
    })
    .await
}

#[tokio::test]
async fn list_is_confirmed_twice_and_skips_missing_pictures() -> Result<()> {
    let elsewhere = Elsewhere::start()?;
    visit(visitor(), async |page| {
        page.go(&format!("images={}&{SETTINGS}", elsewhere.address("list.json"))).await?;
        fetch(page).await?;
        let host = elsewhere.server.origin().replace("http://", "");
        let asked =
            ["7 pictures to be fetched", "1 more cannot be fetched", &format!("7 pictures from {host}")];
        page.wait_text(&asked, SOON).await?;
        ensure!(!elsewhere.was_asked_for(".jpg"), "Pictures were asked for before the user agreed.");
        page.press("Fetch the pictures").await?;
        enter_frame(page, &["yours, 6 pictures, 2 labels", "step 5 / 5"]).await?;
        wait_in_frame(page, &["gone.jpg", "answered 404", "Entry 8 of the list", "It names no address"])
            .await?;
        leave_frame(page).await
    })
    .await
}

#[tokio::test]
async fn unusable_lists_are_refused_with_a_message() -> Result<()> {
    let elsewhere = Elsewhere::start()?;
    elsewhere.write("broken.json", "[\"0.jpg\", ")?;
    elsewhere.write("other.json", "{\"pictures\": 3}")?;
    elsewhere.write("many.json", serde_json::to_vec(&vec!["0.jpg"; 10_001])?)?;
    elsewhere.write("gone.json", "[\"gone.jpg\", \"lost.jpg\"]")?;
    visit(visitor(), async |page| {
        for (list, says) in [
            ("broken.json", "neither a zip nor a list of pictures"),
            ("other.json", "a JSON array is expected"),
            ("many.json", "Too many pictures: 10001"),
            ("gone.json", "None of the 2 pictures could be fetched"),
        ] {
            page.go(&format!("images={}", elsewhere.address(list))).await?;
            fetch(page).await?;
            if list == "gone.json" {
                page.press("Fetch the pictures").await?;
            }
            page.wait_text(&[says, "nothing was kept"], SOON).await?;
            ensure!(page.find(Role::Button, "Fetch").await?.is_none(), "{list} can still be fetched.");
        }
        ensure!(!elsewhere.was_asked_for("/0.jpg"), "Pictures of a list that was refused were asked for.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn framed_page_shares_the_address_and_survives_a_reload() -> Result<()> {
    let elsewhere = Elsewhere::start()?;
    visit(visitor(), async |page| {
        let address = elsewhere.address("set.zip");
        // An invalid key is named, and the page does not leave its frame for it.
        page.go(&format!("images={address}&model=http:///&{SETTINGS}")).await?;
        page.wait_text(&["Left out", "model=http:///"], SOON).await?;
        fetch(page).await?;
        enter_frame(page, &["yours, 6 pictures", "step 5 / 5"]).await?;

        let frame = async |script: &str| page.driver().execute(script, vec![]).await;
        frame("navigator.clipboard.writeText = async text => { window.copied = text; }").await?;
        page.press("Share").await?;
        page.press("Copy link").await?;
        wait_in_frame(page, &["Copied."]).await?;
        let link = frame("return window.copied").await?;
        let link = link.json().as_str().context("no link")?.to_owned();

        frame("location.reload()").await?;
        page.wait("another page in the frame", SOON, async || {
            // Between the two documents, nothing can answer.
            let copied = frame("return window.copied ?? null").await;
            Ok(copied.is_ok_and(|copied| copied.json().is_null()).then_some(()))
        })
        .await?;
        wait_in_frame(page, &["yours, 6 pictures, 2 labels", "step 5 / 5"]).await?;
        leave_frame(page).await?;

        page.driver().goto("about:blank").await?;
        page.driver().goto(&link).await?;
        page.wait_text(&["files from elsewhere", &address], SOON).await?;
        fetch(page).await?;
        enter_frame(page, &["yours, 6 pictures, 2 labels", "step 5 / 5"]).await?;
        leave_frame(page).await
    })
    .await
}

#[tokio::test]
async fn server_that_denies_access_is_explained() -> Result<()> {
    let elsewhere = TempDir::new()?;
    lay_pictures(elsewhere.path())?;
    let server = Server::start(elsewhere.path(), 0)?;
    visit(visitor(), async |page| {
        page.go(&format!("images={}/set.zip", server.origin())).await?;
        page.press("Check the size").await?;
        page.wait_text(&["does not say how large"], SOON).await?;
        page.press("Fetch").await?;
        page.wait_text(&["Access-Control-Allow-Origin", "nothing was kept"], SOON).await?;
        ensure!(page.find(Role::Button, "Fetch").await?.is_none());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn model_and_experiment_are_fetched_on_request() -> Result<()> {
    let elsewhere = Elsewhere::start()?;
    visit(visitor(), async |page| {
        page.open(&format!("images=shapes&{SETTINGS}")).await?;
        page.wait_finished(PATIENTLY).await?;
        elsewhere.write("model.safetensors", page.download("Model (safetensors)").await?)?;
        elsewhere.write("experiment", page.download("Experiment").await?)?;
        let model = format!("images=shapes&backend=cpu&model={}", elsewhere.address("model.safetensors"));
        for (link, words) in [
            (model.clone(), ["The model was opened", "step 5 / 5"]),
            // It continues from there by the same number of steps.
            (format!("{model}&run=1"), ["The model was opened", "step 10 / 10"]),
            (
                format!("open={}", elsewhere.address("experiment")),
                ["“experiment.likeness” was opened", "step 5 / 5"],
            ),
        ] {
            page.go(&link).await?;
            fetch(page).await?;
            enter_frame(page, &words).await?;
            leave_frame(page).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn private_network_addresses_are_recognised() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&backend=cpu").await?;
        for (host, is_private) in [
            ("localhost", true),
            ("printer", true),
            ("nas.local", true),
            ("127.0.0.1", true),
            ("2130706433", true),
            ("10.0.0.7", true),
            ("172.31.0.1", true),
            ("192.168.1.1", true),
            ("[::1]", true),
            ("[::ffff:10.0.0.7]", true),
            ("[fd00::1]", true),
            ("a.example", false),
            ("10.example.org", false),
            ("172.32.0.1", false),
            ("[2001:db8::1]", false),
        ] {
            let asked = format!(
                "import(new URL('addresses.js', location)).then(it => it.isPrivate(new URL('http://{host}/')))"
            );
            ensure!(page.evaluate(&asked).await? == is_private, "{host}");
        }
        Ok(())
    })
    .await
}
