//! Figures of the built page, printed: `cargo xtask measure [WHAT…]`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use browser_tests::exports::Run;
use browser_tests::memory::Memory;
use browser_tests::page::PATIENTLY;
use browser_tests::{Page, Visit, pictures, site, visit};
use tempfile::TempDir;
use xtask::{command, paths};

/// What can be measured, in the order in which it is.
const ALL: [&str; 7] = ["sizes", "opening", "shapes", "fashion", "webgpu", "smoothness", "memory"];

/// How long a training run may take.
const RUN: Duration = Duration::from_secs(1200);

/// Steps on WebGPU; the median leaves the first ones, which compile, aside.
const WEBGPU_STEPS: usize = 12;

/// How many files are dropped to see what a picture takes; four of five are pictures.
const MANY: usize = 12_500;

/// How many pictures are dropped at once to see whether the page stays responsive.
const DROPPED: usize = 500;

/// Prints a file's size, then what is left of it by gzip and by brotli, each at its best.
const COMPRESS: &str = "
    const zlib = require('zlib');
    const bytes = require('fs').readFileSync(process.argv[1]);
    const sizes = [bytes, zlib.gzipSync(bytes, {level: 9}), zlib.brotliCompressSync(bytes)];
    console.log(sizes.map(bytes => bytes.length).join(' '));
";

/// What a few labels are worth, as the page words it.
const SCORES: &str = "(() => {
    const words = element => element.innerText.replace(/\\s+/g, ' ').trim();
    const table = document.querySelector('.scores');
    return table ? [...table.querySelectorAll('tr')].map(words).join('; ') : 'Raw pixels –';
})()";

/// Keeps the longest task of the main thread in a global.
const WATCH_TASKS: &str = "
    window.longestTask = 0;
    new PerformanceObserver(list => {
        for (const task of list.getEntries()) window.longestTask = Math.max(window.longestTask, task.duration);
    }).observe({type: 'longtask'});
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let asked: Vec<_> = std::env::args().skip(1).collect();
    if let Some(unknown) = asked.iter().find(|what| !ALL.contains(&what.as_str())) {
        bail!("“{unknown}” cannot be measured; these can: {}.", ALL.join(", "));
    }
    for what in ALL {
        if asked.is_empty() || asked.iter().any(|asked| asked == what) {
            println!("\n{what}");
            measure(what).await?;
        }
    }
    Ok(())
}

async fn measure(what: &str) -> Result<()> {
    match what {
        "sizes" => sizes(),
        "opening" => visit(Visit::default(), async |page| opening(page).await).await,
        "webgpu" => visit(Visit::default(), async |page| webgpu(page).await).await,
        "smoothness" => visit(Visit::default(), async |page| smoothness(page).await).await,
        "memory" => {
            let visitor = Visit { site: site::copy_with_measured_engine, ..Visit::default() };
            visit(visitor, async |page| memory(page).await).await
        }
        images => visit(Visit::default(), async |page| training(page, images).await).await,
    }
}

/// The sizes of what is sent.
fn sizes() -> Result<()> {
    let engines = site::ENGINES.map(|engine| (engine, site::code_of(engine, &paths::dist())));
    for (name, file) in [("page", find_page()?)].into_iter().chain(engines) {
        let sizes = command::output(Command::new("node").args(["-e", COMPRESS]).arg(&file));
        let sizes = sizes.with_context(|| format!("node could not compress {}.", file.display()))?;
        let kilobytes: Vec<_> = sizes.split(' ').map(|size| size.parse().unwrap_or(f64::NAN) / 1e3).collect();
        let [raw, gzip, brotli] = kilobytes[..] else { bail!("node printed “{sizes}”.") };
        println!("  {name} wasm: {raw:.0} kB raw, {gzip:.0} kB gzip, {brotli:.0} kB brotli");
    }
    Ok(())
}

/// The page's own code, whose name carries a hash.
fn find_page() -> Result<PathBuf> {
    let entries = fs::read_dir(paths::dist())?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_page = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("page") && name.ends_with(".wasm")
    };
    entries.into_iter().find(is_page).context("dist/ holds no page*.wasm.")
}

/// How soon something can be seen, and something be done.
async fn opening(page: &Page) -> Result<()> {
    let start = Instant::now();
    page.open_ready("backend=cpu").await?;
    let ready = start.elapsed().as_secs_f64();
    let paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime").await?;
    println!("  first paint with content after {:.0} ms", paint.as_f64().unwrap_or(f64::NAN));
    println!("  engine ready and the opening set evaluated after {ready:.1} s");
    Ok(())
}

/// What a run with the recommended settings reaches on the CPU, and in which time.
async fn training(page: &Page, images: &str) -> Result<()> {
    page.open(&format!("images={images}&backend=cpu&run=1")).await?;
    page.wait_status("the first step", PATIENTLY, |status| status.step() >= Some(1)).await?;
    let start = Instant::now();
    page.wait_finished(RUN).await?;
    let seconds = start.elapsed().as_secs_f64();
    let run = Run::parse(&page.download("Run (JSON)").await?)?;
    let milliseconds = run.curve("milliseconds")?;
    let speed = 1e3 * milliseconds.len() as f64 / milliseconds.iter().sum::<f64>();
    let score = |stage| run.knn(stage).map_or("unknown".to_owned(), |knn| format!("{knn:.3}"));
    println!("  {} steps in {seconds:.0} s, {speed:.2} steps/s", milliseconds.len());
    println!(
        "  kNN@10: {} trained, {} untrained, {} by pixels",
        score("trained"),
        score("untrained"),
        score("pixels")
    );
    page.choose("Labels").await?;
    let all_known = async || {
        let scores = page.evaluate(SCORES).await?;
        let scores = scores.as_str().context("The Labels tab shows no scores.")?;
        Ok((!scores.contains("Raw pixels –")).then(|| scores.to_owned()))
    };
    println!("  {}", page.wait("scores of every stage", PATIENTLY, all_known).await?);
    Ok(())
}

/// The time of a step with the recommended settings on WebGPU, which may be a software adapter.
async fn webgpu(page: &Page) -> Result<()> {
    page.open(&format!("images=shapes&backend=webgpu&steps={WEBGPU_STEPS}&run=1")).await?;
    page.wait_finished(RUN).await?;
    let run = Run::parse(&page.download("Run (JSON)").await?)?;
    let mut milliseconds = run.curve("milliseconds")?;
    milliseconds.sort_by(f64::total_cmp);
    println!("  {:.0} ms a step, the median of {}", milliseconds[milliseconds.len() / 2], milliseconds.len());
    println!("  adapter: {}", run.0["environment"]["adapter"]);
    Ok(())
}

/// The longest tasks of the main thread: while training, and while many pictures are read.
async fn smoothness(page: &Page) -> Result<()> {
    page.open_ready("images=shapes&backend=cpu&steps=100000").await?;
    page.evaluate(WATCH_TASKS).await?;
    page.press("Train").await?;
    tokio::time::sleep(Duration::from_secs(20)).await;
    println!("  longest task while training: {}", longest_task(page).await?);

    let folder = TempDir::new()?;
    write_many(folder.path())?;
    page.open("images=own&backend=cpu").await?;
    page.evaluate(WATCH_TASKS).await?;
    let start = Instant::now();
    page.drop_paths(&[folder.path().to_owned()]).await?;
    page.wait_text(&[&format!("{DROPPED} pictures")], RUN).await?;
    let seconds = start.elapsed().as_secs_f64();
    println!("  {DROPPED} photographs read in {seconds:.1} s, longest task {}", longest_task(page).await?);
    Ok(())
}

/// Browsers report tasks over 50 ms only.
async fn longest_task(page: &Page) -> Result<String> {
    let longest = page.evaluate("window.longestTask").await?.as_f64().context("No one watched.")?;
    Ok(if longest > 0.0 { format!("{longest:.0} ms") } else { "under 50 ms".to_owned() })
}

/// Lays [`DROPPED`] JPEGs of 1024 × 1024 pixels into `folder`: some drawn, the rest copies.
fn write_many(folder: &Path) -> Result<()> {
    const DRAWN: u32 = 10;
    pictures::write_photographs(folder, DRAWN, 1024)?;
    let drawn: Vec<_> = fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    ensure!(!drawn.is_empty(), "No picture was written.");
    for (number, original) in (drawn.len()..DROPPED).zip(drawn.iter().cycle()) {
        fs::copy(original.path(), folder.join(format!("{number:04}.jpg")))?;
    }
    Ok(())
}

/// What ten thousand pictures take, from drop to first scores.
async fn memory(page: &Page) -> Result<()> {
    let folder = TempDir::new()?;
    odd_files::write_many(&folder.path().join("many"), MANY)?;
    page.open_ready("images=own&side=32&width=16&backend=cpu").await?;
    let before = Memory::of(page).await?;
    let start = Instant::now();
    page.drop_paths(&[folder.path().join("many")]).await?;
    page.wait_text(&["10,000 pictures"], RUN).await?;
    println!("10,000 pictures and 2,500 other files read in {:.0} s", start.elapsed().as_secs_f64());
    let after = Memory::of(page).await?;
    println!("before: {before}\nafter:  {after}");
    println!("a picture takes {:.1} kB in the page", (after.page - before.page) / 1e4 / 1e3);
    if let (Some(before), Some(after)) = (before.engine, after.engine) {
        println!("and {:.1} kB in the engine", (after - before) / 1e4 / 1e3);
    }
    Ok(())
}
