//! `cargo xtask`: building, serving, testing and measuring the page.

mod bench;
mod dependencies;
mod tasks;
mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask COMMAND

  serve [--port N]   build the page and serve it on this machine (port 8080 unless told)
  build              build the page into dist/
  test               run every test: native, then the page in a real browser
  firefox            run the tests of the page in Firefox
  measure [WHAT…]    print figures of the page in a real browser (WHAT: sizes, opening, shapes,
                     fashion, webgpu, smoothness, frames, scale, decode, hour [MINUTES])
  learning [SET…] [KEY=VALUE…]
                     print what training is worth on sets of pictures, natively
  bench [WHAT…]      time training steps beside other libraries' (WHAT: webgpu, cpu)
  soak [MINUTES [SEED]]
                     let a monkey loose on the page in a real browser
  fuzz [SECONDS [SEED]]
                     feed readers of files, links and messages with mutations of known ones
  deny               check the dependencies’ licences and sources, and known vulnerabilities
  tools              install what is missing to build the page and to check its sources
  finish             complete the page that trunk is building; trunk calls this";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["serve"] => tasks::serve(8080),
        ["serve", "--port", port] => match port.parse() {
            Ok(port) => tasks::serve(port),
            Err(_) => bail!("“{port}” is no port number."),
        },
        ["build"] => tasks::build(),
        ["test"] => tasks::test(),
        ["firefox"] => tasks::firefox(),
        ["measure", what @ ..] => tasks::measure(what),
        ["soak", how @ ..] => tasks::soak(how),
        ["fuzz", how @ ..] => tasks::fuzz(how),
        ["learning", what @ ..] => tasks::learning(what),
        ["bench", what @ ..] => tasks::bench(what),
        ["deny"] => dependencies::check(),
        ["tools"] => tools::ensure_components().and_then(|()| tools::ensure_all()),
        ["finish"] => tasks::finish(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("There is no such command: {}.\n\n{USAGE}", other.join(" ")),
    }
}
