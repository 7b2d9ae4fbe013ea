//! What a run ran on.

use serde::Serialize;

use crate::{
    page::words,
    protocol::{BUILD, Environment},
};

/// Browser, adapter and backend, as they stand in files.
#[derive(Serialize)]
pub struct EnvironmentReport<'a> {
    browser: &'a str,
    adapter: &'a str,
    backend: &'a str,
    reason: &'a str,
    self_test: &'a str,
    build: &'a str,
}

/// Sets down what is known of the environment.
pub fn environment_report<'a>(
    browser: &'a str,
    environment: Option<&'a Environment>,
) -> EnvironmentReport<'a> {
    EnvironmentReport {
        browser,
        adapter: environment.map_or("", |environment| &environment.adapter),
        backend: environment.map_or("", |environment| words::backend(environment.backend)),
        reason: environment.map_or("", |environment| &environment.reason),
        self_test: environment.map_or("", |environment| &environment.self_test),
        build: BUILD,
    }
}

/// One line that says what a run ran on.
pub fn environment_line(browser: &str, environment: Option<&Environment>) -> String {
    let report = environment_report(browser, environment);
    let or = |text: &str, otherwise: &str| {
        if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
    };
    format!(
        "browser: {} | adapter: {} | backend: {} | self-test: {} | build: {}",
        or(report.browser, "unknown"),
        or(report.adapter, "none"),
        or(report.backend, "not started"),
        or(report.self_test, "not needed"),
        report.build
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_fits_a_line() {
        let line = environment_line("Firefox", None);
        assert!(!line.contains('\n') && line.contains("backend: not started") && line.contains(BUILD));
    }
}
