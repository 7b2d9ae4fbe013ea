//! Files that are in the set already, pictures of the same name, and what is done with copies.

use std::fs;

use anyhow::{Result, ensure};
use browser_tests::exports::{self, Embeddings};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Visit, pictures, visit};
use serde_json::json;
use tempfile::TempDir;

const SETTINGS: &str = "images=own&steps=4&batch=4&side=16&width=4&backend=cpu";

#[tokio::test]
async fn same_bytes_are_added_only_on_request() -> Result<()> {
    let folder = TempDir::new()?;
    let (few, more) = (folder.path().join("few"), folder.path().join("more"));
    pictures::write_photographs(&few, 4, 64)?;
    pictures::write_photographs(&more, 6, 64)?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.drop_paths(std::slice::from_ref(&few)).await?;
        page.wait_text(&["yours, 4 pictures"], SOON).await?;
        page.drop_paths(&[few]).await?;
        page.wait_text(&["All 4 files are in the set already (same bytes)", "yours, 4 pictures"], SOON)
            .await?;
        page.drop_paths(&[more]).await?;
        page.wait_text(&["4 of the 6 files are in the set already (same bytes)", "yours, 6 pictures"], SOON)
            .await?;
        page.press("Add them anyway").await?;
        let text = page.wait_text(&["yours, 10 pictures"], SOON).await?;
        ensure!(!text.contains("in the set already"), "{text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn copies_are_decided_removed_and_moved_by_a_script() -> Result<()> {
    let folder = TempDir::new()?;
    let album = folder.path().join("album");
    pictures::write_photographs(&album.join("a/x"), 5, 64)?;
    pictures::write_photographs(&album.join("b/x"), 1, 32)?;
    fs::create_dir(album.join("c"))?;
    fs::copy(album.join("a/x/0003.jpg"), album.join("c/it's.jpg"))?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.drop_paths(std::slice::from_ref(&album)).await?;
        page.wait_text(&["yours, 7 pictures"], SOON).await?;
        page.picture("b/x/0000.jpg").await?;
        page.choose("Sort").await?;
        page.choose_option("finding", 1).await?;
        page.wait_text(&["same bytes", "keeps one of each"], PATIENTLY).await?;
        page.photograph_all("copies").await?;
        page.choose_in("First folder of copies", "album/b/").await?;
        page.wait("no sets of copies in the other folder", SOON, async || {
            Ok((!page.text().await?.contains("same bytes")).then_some(()))
        })
        .await?;
        page.choose_in("First folder of copies", "album/c/").await?;
        page.wait_text(&["same bytes", "1 set of copies"], SOON).await?;
        page.choose_in("First folder of copies", "any folder").await?;
        page.wait_text(&["same bytes", "keeps one of each"], SOON).await?;
        page.unfold("Move them on your disk").await?;
        let script = String::from_utf8(page.download("Shell script").await?)?;
        ensure!(script.contains(r"move './album/c/it'\''s.jpg' './album/a/x/0003.jpg'"), "{script}");
        page.press("Keep it's.jpg (c)").await?;
        let script = String::from_utf8(page.download("Shell script").await?)?;
        ensure!(script.contains(r"move './album/a/x/0003.jpg' './album/c/it'\''s.jpg'"), "{script}");

        let kept = exports::unpack(page.download("Save what is kept (ZIP)").await?)?;
        let moved = String::from_utf8(page.download("List").await?)?;
        ensure!(kept.len() + moved.lines().count() == 7, "{:?} and {moved}", kept.keys());
        ensure!(moved.lines().all(|path| !kept.contains_key(path)), "{moved}");
        for (path, contents) in kept {
            ensure!(fs::read(folder.path().join(&path))? == contents, "{path}");
        }

        page.press("Compare pair by pair").await?;
        page.wait_text(&["Pair 1 of"], SOON).await?;
        page.photograph_all("copies-compared").await?;
        page.press("Close").await?;

        let names = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?.names;
        ensure!(names.iter().any(|name| name == "a/x/0000.jpg"), "{names:?}");
        ensure!(names.iter().any(|name| name == "0003.jpg"), "{names:?}");
        page.press("Remove all but the kept").await?;
        page.wait_text(&["Every picture is there once", "removed."], SOON).await?;
        page.press("Undo").await?;
        page.wait_text(&["yours, 7 pictures", "same bytes"], SOON).await.map(drop)
    })
    .await
}

/// Writes files, each a path and its bytes, into the browser's private folder, which the picker of folders
/// then opens: no test can choose in the picker itself.
const WRITE: &str = "(async files => {
    const root = await navigator.storage.getDirectory();
    for (const [path, bytes] of files) {
        const parts = path.split('/');
        const name = parts.pop();
        let folder = root;
        for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
        const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
        await file.write(new Uint8Array(bytes));
        await file.close();
    }
    window.showDirectoryPicker = async () => root;
})";

/// Returns the paths of the files in that folder, in order.
const LIST: &str = "(async () => {
    const paths = [];
    const walk = async (folder, path) => {
        for await (const [name, entry] of folder.entries()) {
            if (entry.kind === 'file') paths.push(path + name);
            else await walk(entry, `${path}${name}/`);
        }
    };
    await walk(await navigator.storage.getDirectory(), '');
    return paths.sort();
})()";

#[tokio::test]
async fn files_are_moved_after_a_question_and_moved_back() -> Result<()> {
    let folder = TempDir::new()?;
    let album = folder.path().join("album");
    pictures::write_photographs(&album.join("a"), 4, 64)?;
    fs::create_dir(album.join("b"))?;
    fs::copy(album.join("a/0002.jpg"), album.join("b/it's.jpg"))?;
    let paths = ["a/0000.jpg", "a/0001.jpg", "a/0002.jpg", "a/0003.jpg", "b/it's.jpg"]
        .map(|path| format!("album/{path}"));
    let files = paths.iter().map(|path| Ok((path, fs::read(folder.path().join(path))?)));
    let files = json!(files.collect::<Result<Vec<_>>>()?);
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.evaluate(&format!("{WRITE}({files})")).await?;
        page.drop_paths(&[album]).await?;
        page.wait_text(&["yours, 5 pictures"], SOON).await?;
        page.choose("Sort").await?;
        page.choose_option("finding", 1).await?;
        page.wait_text(&["1 set of copies"], PATIENTLY).await?;
        page.unfold("Move them on your disk").await?;
        page.press("Move the files now…").await?;
        page.wait_text(&["1 file can be moved into the folder “duplicates”"], SOON).await?;
        ensure!(page.evaluate(LIST).await? == json!(paths), "A file was moved without a confirmation.");
        page.press("Move 1 file").await?;
        page.wait_text(&["1 file moved into “duplicates”"], SOON).await?;
        let moved = ["duplicates/album/b/it's.jpg", "duplicates/moves.log"].map(str::to_owned);
        ensure!(page.evaluate(LIST).await? == json!([&paths[..4], &moved].concat()));

        // Another visit finds the log.
        page.press("Move the files now…").await?;
        page.wait_text(&["None of these files is in that folder"], SOON).await?;
        page.press("Move them back").await?;
        page.wait_text(&["1 file moved back"], SOON).await?;
        let log = "duplicates/moves.log".to_owned();
        ensure!(page.evaluate(LIST).await? == json!([&paths[..], &[log]].concat()));

        // As if the page had ended after the line in the log and before the move, with an empty file there.
        let line = "[\"album/b/it's.jpg\",\"duplicates/album/b/it's.jpg\"]\n".as_bytes();
        let begun = json!([[&moved[0], []], [&moved[1], line]]);
        page.evaluate(&format!("{WRITE}({begun})")).await?;
        page.press("Move the files now…").await?;
        page.press("Move 1 file").await?;
        page.wait_text(&["1 file moved into “duplicates”"], SOON).await?;
        ensure!(page.evaluate(LIST).await? == json!([&paths[..4], &moved].concat()));

        // Another file of that name is not touched.
        page.press("Move them back").await?;
        page.wait_text(&["1 file moved back"], SOON).await?;
        page.evaluate(&format!("{WRITE}({})", json!([[&moved[0], [1]]]))).await?;
        page.press("Move the files now…").await?;
        page.press("Move 1 file").await?;
        page.wait_text(&["1 file stayed in place"], SOON).await?;
        ensure!(page.evaluate(LIST).await? == json!([&paths[..], &moved].concat()));
        Ok(())
    })
    .await
}
