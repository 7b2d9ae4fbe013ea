//! `cargo xtask`: building, serving, testing and measuring the page.

mod bench;
mod binding;
mod building;
mod dependencies;
mod tasks;
mod tools;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use tasks::Trial;
use xtask::phase;

const USAGE: &str = "\
cargo xtask COMMAND

  serve [--release] [--port N]
                     build the page and serve it on this machine (port 8080 unless told): soon,
                     and little slower than the published page, which --release builds
  build              build the page to be published into dist/
  test [--repeat N] [--busy N] [NAME…]
                     run every test: native, then the page in a real browser, so many times in a
                     row and beside so many busy loops; with names, only tests of the page
  firefox            run the tests of the page in Firefox
  webkit             run a walk through the page in WebKit for GTK
  measure [WHAT…]    print figures of the page in a real browser (WHAT: sizes, opening, shapes,
                     fashion, webgpu, cores, smoothness, frames, scale, decode, hour [MINUTES])
  torch              compare the package for PyTorch in python/ with this crate, and try its commands
  learning [SET…] [KEY=VALUE…]
                     print what training is worth on sets of pictures, natively
  copies [SET…]      print how many copies of pictures are found in sets of pictures, natively
  bench [WHAT…]      time training steps beside other libraries' (WHAT: webgpu, cpu), or what a step
                     on WebGPU costs beside the arithmetic, natively (overhead)
  soak [MINUTES [SEED]]
                     let a monkey loose on the page in a real browser
  fuzz [SECONDS [SEED]]
                     feed readers of files, links and messages with mutations of known ones
  deny               check the dependencies’ licences and sources, and known vulnerabilities
  tools              install what is missing to build the page and to check its sources
  finish             complete the page that trunk is building; trunk calls this";

fn main() -> ExitCode {
    if binding::is_called() {
        return exit(binding::bind());
    }
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let outcome = dispatch(&arguments);
    eprint!("{}", phase::summary());
    exit(outcome)
}

fn exit(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["serve", how @ ..] => serve(how),
        ["build"] => building::publish(),
        ["test", how @ ..] => tasks::test(&trial(how)?),
        ["firefox"] => tasks::firefox(),
        ["webkit"] => tasks::webkit(),
        ["measure", what @ ..] => tasks::measure(what),
        ["soak", how @ ..] => tasks::soak(how),
        ["fuzz", how @ ..] => tasks::fuzz(how),
        ["torch"] => tasks::torch(),
        ["learning", what @ ..] => tasks::learning(what),
        ["copies", what @ ..] => tasks::copies(what),
        ["bench", what @ ..] => tasks::bench(what),
        ["deny"] => dependencies::check(),
        ["tools"] => tools::ensure_components().and_then(|()| tools::ensure_all()),
        ["finish"] => building::finish(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("There is no such command: {}.\n\n{USAGE}", other.join(" ")),
    }
}

fn serve(how: &[&str]) -> Result<()> {
    let (published, port) = match how {
        ["--release", port @ ..] => (true, port),
        port => (false, port),
    };
    let port = match port {
        [] => 8080,
        ["--port", port] => port.parse().with_context(|| format!("“{port}” is no port number."))?,
        other => bail!("`serve` does not know {}.\n\n{USAGE}", other.join(" ")),
    };
    if published { tasks::serve_published(port) } else { tasks::serve(port) }
}

fn trial<'a>(mut how: &[&'a str]) -> Result<Trial<'a>> {
    let mut trial = Trial { repeat: 1, ..Trial::default() };
    while let [option @ ("--repeat" | "--busy"), number, rest @ ..] = how {
        let number = number.parse().with_context(|| format!("“{number}” is no number of {option}."))?;
        *(if *option == "--repeat" { &mut trial.repeat } else { &mut trial.busy }) = number;
        how = rest;
    }
    trial.names = how.to_vec();
    Ok(trial)
}
