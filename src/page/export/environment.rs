//! The environment of a run.

use crate::{
    page::words,
    protocol::{BUILD, Environment},
};

/// Returns what is known of browser, adapter and backend, each with its name in files.
pub fn environment_report(browser: &str, environment: Option<&Environment>) -> [(&'static str, String); 6] {
    let known = |read: fn(&Environment) -> String| environment.map_or_else(String::new, read);
    [
        ("browser", browser.to_owned()),
        ("adapter", known(|environment| environment.adapter.clone())),
        ("backend", known(words::device)),
        ("reason", known(|environment| words::backend_reason(&environment.reason))),
        ("self_test", known(words::self_test)),
        ("build", BUILD.to_owned()),
    ]
}

/// Returns a line that describes the environment of a run.
pub fn environment_line(browser: &str, environment: Option<&Environment>) -> String {
    let [browser, adapter, backend, _, self_test, build] =
        environment_report(browser, environment).map(|(_, text)| text);
    let or = |text: String, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text };
    format!(
        "browser: {} | adapter: {} | backend: {} | self-test: {} | build: {build}",
        or(browser, "unknown"),
        or(adapter, "none"),
        or(backend, "not started"),
        or(self_test, "not needed"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_fits_on_one_line() {
        let line = environment_line("Firefox", None);
        assert!(!line.contains('\n') && line.contains("backend: not started") && line.contains(BUILD));
    }
}
