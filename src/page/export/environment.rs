//! The environment of a run.

use crate::{
    page::words,
    protocol::{BUILD, Environment},
};

/// Returns what is known of browser, adapter and backend, each with its name in files.
pub fn environment_report<'a>(
    browser: &'a str,
    environment: Option<&'a Environment>,
) -> [(&'static str, &'a str); 6] {
    let known = |read: fn(&Environment) -> &str| environment.map_or("", read);
    [
        ("browser", browser),
        ("adapter", known(|environment| &environment.adapter)),
        ("backend", known(|environment| words::backend(environment.backend))),
        ("reason", known(|environment| &environment.reason)),
        ("self_test", known(|environment| &environment.self_test)),
        ("build", BUILD),
    ]
}

/// Returns a line that describes the environment of a run.
pub fn environment_line<'a>(browser: &'a str, environment: Option<&'a Environment>) -> String {
    let [browser, adapter, backend, _, self_test, build] =
        environment_report(browser, environment).map(|(_, text)| text);
    let or = |text: &'a str, otherwise| if text.is_empty() { otherwise } else { text };
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
