//! Times as tables in Markdown.

use std::fmt::{self, Display, Formatter};

use browser_tests::browser::Kind;

use crate::contest::{Backend, Entry, Growth, NETWORKS, Network, PICTURES, Size, Threads};
use crate::course::{Cost, Environment, Outcome};

/// Largest difference between a contestant's losses and Likeness's if both train the same network.
const SAME_LOSS: f64 = 1e-3;

/// Explanation of the figures.
const EXPLANATION: &str = "Everyone trains the same network from the same weights on the same pictures: 3 × 3 convolutions \
     with batch normalisation and ReLU, the mean over all places, two linear layers, NT-Xent at τ = 0.5, \
     Adam. A step’s time is what one more step adds to a row of them, so that reading the loss back \
     counts for nothing. What it takes to begin one is the contestant’s own code, on the CPU: no graphics \
     card makes that shorter. The seconds to the first step’s loss count from before the code is fetched, \
     from this machine: code and shaders compiled, pictures and weights drawn, a step taken. “Augmentation \
     included” is the page’s own step, on views drawn anew each time; it is timed in turn with the step on \
     given views, by one engine, and finds that engine started. The matrix product takes as many operations \
     as the network’s convolutions and linear layers, and nothing else: what the adapter could do at best.";

/// Upper bound of the adapter's speed, in both tilings.
const MATMULS: [Entry; 2] = [Entry::Matmul([4, 16]), Entry::Matmul([8, 8])];

/// Likeness, including augmentation.
const DRAWING: Entry = Entry::LikenessDrawing(PICTURES);

/// All measured times.
#[derive(Default)]
pub struct Report {
    browsers: Vec<InBrowser>,
    grown: Vec<(Growth, Outcome)>,
}

/// Times in one browser, and natively beside it.
pub struct InBrowser {
    browser: Kind,
    environment: Environment,
    timed: Vec<Timed>,
}

/// A goal.
struct Goal {
    backend: Backend,
    /// The share reached.
    reached: f64,
    /// The largest share wanted.
    most: f64,
    /// What it is a share of.
    of: &'static str,
}

struct Timed {
    backend: Backend,
    network: Network,
    entry: Entry,
    outcome: Outcome,
}

impl InBrowser {
    /// Creates an empty table.
    pub fn new(browser: Kind, environment: Environment) -> Self {
        Self { browser, environment, timed: Vec::new() }
    }

    /// Adds a line to the table of a backend and a network.
    pub fn add(&mut self, backend: Backend, network: &Network, entry: Entry, outcome: Outcome) {
        self.timed.push(Timed { backend, network: network.clone(), entry, outcome });
    }

    fn title(&self) -> &'static str {
        match self.browser {
            Kind::Chromium => "Chromium",
            Kind::Firefox => "Firefox",
            Kind::WebKit => "WebKit",
        }
    }

    fn of<'a>(&'a self, backend: Backend, network: &Network) -> impl Iterator<Item = &'a Timed> {
        self.timed.iter().filter(move |timed| timed.backend == backend && timed.network == *network)
    }

    fn cost(&self, backend: Backend, network: &Network, entry: Entry) -> Option<&Cost> {
        self.of(backend, network).find(|timed| timed.entry == entry)?.outcome.as_ref().ok()
    }

    fn write_table(&self, f: &mut Formatter<'_>, backend: Backend, network: &Network) -> fmt::Result {
        let calls = backend == Backend::WebGpu;
        let (names, rule) = if calls {
            (" ms to begin it | dispatches | submits | buffers created, kB |", "---:|---:|---:|---:|")
        } else {
            ("", "")
        };
        writeln!(
            f,
            "\n| {}, {} | ms a step | ÷ Likeness | s to the first |{names} first losses |",
            self.title(),
            backend.title()
        )?;
        writeln!(f, "|---|---:|---:|---:|{rule}---|")?;
        let ours = self.cost(backend, network, Entry::Likeness);
        for timed in self.of(backend, network) {
            write!(f, "| {} |", timed.entry.title(backend))?;
            match &timed.outcome {
                Ok(cost) => {
                    let ratio =
                        ours.map_or("–".to_owned(), |ours| digits(cost.milliseconds / ours.milliseconds));
                    let first = cost.first.map_or("–".to_owned(), |first| digits(first / 1e3));
                    write!(f, " {} | {ratio} | {first} |", digits(cost.milliseconds))?;
                    if calls {
                        let kilobytes = digits(cost.calls.bytes / 1e3);
                        write!(
                            f,
                            " {} | {} | {} | {kilobytes} |",
                            cost.begun.map_or("–".to_owned(), digits),
                            whole(cost.calls.dispatches),
                            whole(cost.calls.submits)
                        )?;
                    }
                    writeln!(f, " {} |", losses(timed.entry, cost))?;
                }
                Err(reason) => {
                    let blanks = if calls { " – | – | – | – |" } else { "" };
                    writeln!(f, " – | – | – |{blanks} {} |", in_cell(reason))?;
                }
            }
        }
        if let Some(ours) = ours {
            writeln!(f, "\n{}", self.agreement(backend, network, ours))?;
        }
        Ok(())
    }

    /// Returns whether all contestants with the same initial numbers train the same network, as a sentence.
    fn agreement(&self, backend: Backend, network: &Network, ours: &Cost) -> String {
        let compared = self.of(backend, network).filter(|timed| is_comparable(timed.entry));
        let differences = compared.filter_map(|timed| {
            let theirs = &timed.outcome.as_ref().ok()?.losses;
            Some(
                theirs
                    .iter()
                    .zip(&ours.losses)
                    .map(|(theirs, ours)| (theirs - ours).abs())
                    .fold(0.0, f64::max),
            )
        });
        let worst = differences.fold(0.0, f64::max);
        if worst < SAME_LOSS {
            format!("The losses of all agree within {worst:.0e}.")
        } else {
            format!("**The losses differ by up to {worst:.0e}**: not all train the same.")
        }
    }

    /// Returns the goals on a network for which both sides were timed.
    fn goals(&self, network: &Network) -> Vec<Goal> {
        use Backend::{Cpu, WebGpu};
        let time = |backend, entry| Some(self.cost(backend, network, entry)?.milliseconds);
        let dispatches = |entry| Some(self.cost(WebGpu, network, entry)?.calls.dispatches);
        let limit = MATMULS.into_iter().filter_map(|entry| time(WebGpu, entry)).reduce(f64::min);
        let [gpu, cpu] = [WebGpu, Cpu].map(|backend| time(backend, Entry::Likeness));
        let [gpu_drawing, cpu_drawing] = [WebGpu, Cpu].map(|backend| time(backend, DRAWING));
        let goal = |backend, ours: Option<f64>, theirs: Option<f64>, most, of| {
            Some(Goal { backend, reached: ours? / theirs?, most, of })
        };
        let goals = [
            goal(WebGpu, gpu, time(WebGpu, Entry::JaxJs), 1.0 / 2.5, "jax-js’s time"),
            goal(WebGpu, gpu, limit, 3.0, "the adapter’s limit, the faster product of matrices"),
            goal(WebGpu, dispatches(Entry::Likeness), dispatches(Entry::JaxJs), 1.0, "jax-js’s dispatches"),
            goal(WebGpu, gpu_drawing, gpu, 1.1, "the step without augmentation"),
            goal(Cpu, cpu, time(Cpu, Entry::JaxNative(Threads::One)), 1.5, "native JAX’s time on one thread"),
            goal(Cpu, cpu_drawing, cpu, 1.1, "the step without augmentation"),
        ];
        goals.into_iter().flatten().collect()
    }
}

impl Report {
    /// Adds the times of a browser.
    pub fn add(&mut self, times: InBrowser) {
        self.browsers.push(times);
    }

    /// Adds a cell to the table of cost against growth.
    pub fn add_growth(&mut self, growth: Growth, outcome: Outcome) {
        self.grown.push((growth, outcome));
    }

    fn write_head(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "# What a training step costs\n")?;
        let Some(InBrowser { environment: Environment { date, cores, jax, .. }, .. }) = self.browsers.first()
        else {
            return Ok(());
        };
        let jax = jax.as_ref().map_or("no JAX".to_owned(), |version| format!("JAX {version}"));
        write!(f, "Written by `cargo xtask bench`; {date}, {cores} cores")?;
        for InBrowser { environment: Environment { browser, adapter, is_software, .. }, .. } in &self.browsers
        {
            let software = if *is_software { ", in software" } else { "" };
            write!(f, "; {browser}, WebGPU: {adapter}{software}")?;
        }
        writeln!(f, "; {jax}.\n")?;
        writeln!(f, "{EXPLANATION}")
    }

    fn write_network(&self, f: &mut Formatter<'_>, network: &Network) -> fmt::Result {
        let channels: Vec<_> = network.blocks().iter().map(|[channels, _]| channels.to_string()).collect();
        writeln!(f, "\n## {}\n", network.title)?;
        writeln!(
            f,
            "{} channels; {} pairs of {side} × {side} pixels.",
            channels.join(", "),
            network.pairs,
            side = network.side
        )?;
        for backend in [Backend::WebGpu, Backend::Cpu] {
            for times in &self.browsers {
                if times.of(backend, network).next().is_some() {
                    times.write_table(f, backend, network)?;
                }
            }
        }
        Ok(())
    }

    fn write_goals(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Goals\n\n| | | reached | at most | |\n|---|---|---:|---:|---|")?;
        for times in &self.browsers {
            for network in &NETWORKS {
                for Goal { backend, reached, most, of } in times.goals(network) {
                    let verdict = if reached <= most { "reached" } else { "missed" };
                    let (title, browser, backend) = (network.title, times.title(), backend.title());
                    let [reached, most] = [reached, most].map(digits);
                    writeln!(
                        f,
                        "| {title} | {browser}, {backend}: of {of} | {reached} | {most} | {verdict} |"
                    )?;
                }
            }
        }
        writeln!(f, "\n[PROFILE.md](PROFILE.md) says what bounds a step, and what was tried.")
    }

    fn write_growth(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Cost against growth\n")?;
        writeln!(f, "The step on the CPU, augmentation included, from the default with one size changed.\n")?;
        writeln!(f, "| | | | | grows as |\n|---|---:|---:|---:|---|")?;
        for (size, _) in Size::ALL {
            write!(f, "| {} |", size.title())?;
            let mut known = Vec::new();
            for (growth, outcome) in self.grown.iter().filter(|(growth, _)| growth.what == size) {
                match outcome {
                    Ok(cost) => {
                        write!(f, " {}: {} ms |", growth.value, digits(cost.milliseconds))?;
                        known.push((growth.value as f64, cost.milliseconds));
                    }
                    Err(reason) => write!(f, " {}: {} |", growth.value, in_cell(reason))?,
                }
            }
            match known.len() {
                0 | 1 => writeln!(f, " – |")?,
                _ => writeln!(f, " size^{:.2} |", exponent(&known))?,
            }
        }
        Ok(())
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write_head(f)?;
        if self.browsers.iter().any(|times| !times.timed.is_empty()) {
            NETWORKS.iter().try_for_each(|network| self.write_network(f, network))?;
            self.write_goals(f)?;
        }
        if !self.grown.is_empty() {
            self.write_growth(f)?;
        }
        Ok(())
    }
}

/// Returns whether a contestant's losses can be compared with the others'.
fn is_comparable(entry: Entry) -> bool {
    !matches!(entry, Entry::LikenessDrawing(_) | Entry::Matmul(_))
}

fn losses(entry: Entry, cost: &Cost) -> String {
    if !is_comparable(entry) {
        return "–".to_owned();
    }
    cost.losses.iter().map(|loss| format!("{loss:.5}")).collect::<Vec<_>>().join(", ")
}

/// Replaces characters that would break a table cell.
fn in_cell(text: &str) -> String {
    text.replace(['|', '\n'], " ")
}

/// Formats a number with three significant digits.
fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        0.0 | 100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

fn whole(value: f64) -> String {
    format!("{value:.0}")
}

/// Returns the slope of a line through the points on logarithmic axes, by least squares.
fn exponent(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let logs = points.iter().map(|&(x, y)| (x.ln(), y.ln()));
    let mean_x = logs.clone().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = logs.clone().map(|(_, y)| y).sum::<f64>() / count;
    let shared: f64 = logs.clone().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    shared / logs.map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Calls;

    fn cost(milliseconds: f64, losses: &[f64]) -> Outcome {
        let calls = Calls { dispatches: 12.0, submits: 3.0, bytes: 4e6 };
        Ok(Cost { milliseconds, begun: Some(7.5), first: Some(1234.0), losses: losses.to_vec(), calls })
    }

    fn report(jax_js: Outcome) -> String {
        let environment = Environment {
            date: "2026-11-25".into(),
            browser: "Chrome/1".into(),
            adapter: "an adapter".into(),
            is_software: true,
            cores: 2,
            jax: None,
        };
        let mut times = InBrowser::new(Kind::Firefox, environment);
        times.add(Backend::WebGpu, &NETWORKS[0], Entry::Likeness, cost(200.0, &[3.7229, 3.5748]));
        times.add(Backend::WebGpu, &NETWORKS[0], Entry::JaxJs, jax_js);
        let mut report = Report::default();
        report.add(times);
        report.to_string()
    }

    #[test]
    fn times_are_listed_side_by_side() {
        let report = report(cost(500.0, &[3.7229, 3.5749]));
        let line = "| jax-js 0.1.25 | 500 | 2.50 | 1.23 | 7.50 | 12 | 3 | 4000 | 3.72290, 3.57490 |";
        assert!(report.contains(line), "{report}");
        assert!(report.contains("agree within 1e-4"), "{report}");
        assert!(report.contains("Firefox, WebGPU: of jax-js’s time | 0.40 | 0.40 | reached |"), "{report}");
        assert!(report.contains("WebGPU: of jax-js’s dispatches | 1.00 | 1.00 | reached |"), "{report}");
    }

    #[test]
    fn other_losses_are_named() {
        assert!(report(cost(500.0, &[3.7229, 3.6])).contains("not all train the same"));
    }

    #[test]
    fn missing_contestants_have_a_reason() {
        assert!(
            report(Err("no adapter".into()))
                .contains("| jax-js 0.1.25 | – | – | – | – | – | – | – | no adapter |")
        );
    }

    #[test]
    fn exponents_of_powers_are_found() {
        let points = [2.0, 4.0, 9.0].map(|x: f64| (x, 3.0 * x.powf(1.5)));
        assert!((exponent(&points) - 1.5).abs() < 1e-12);
    }

    #[test]
    fn numbers_have_three_significant_digits() {
        assert_eq!([0.123, 1.234, 12.34, 1234.5].map(digits), ["0.12", "1.23", "12.3", "1234"]);
    }
}
