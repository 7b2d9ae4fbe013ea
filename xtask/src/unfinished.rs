//! A page that is served before it is completely built.

use anyhow::{Context, Result, ensure};

/// File beside index.html from which trunk builds such a page.
pub const UNFINISHED: &str = "unfinished.html";

/// Start of the element in index.html whose marks the page reads.
const ROOT: &str = "<html ";

/// Returns the page without one of its engines, marked as unfinished.
pub fn without(page: &str, engine: &str) -> Result<String> {
    let name = page.find(&format!("data-bin=\"{engine}\""));
    let name = name.with_context(|| format!("The page must name {engine}."))?;
    let start = page[..name].rfind("<link").context("An engine must be a link.")?;
    let end = name + page[name..].find("/>").context("The engine's link must end.")? + "/>".len();
    let rest = [&page[..start], &page[end..]].concat();
    ensure!(rest.matches(ROOT).count() == 1, "The page must hold “{ROOT}” once.");
    Ok(rest.replace(ROOT, "<html data-unfinished "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_engines_link_is_left_out() {
        let page =
            "<html lang=\"en\"><link\n data-bin=\"a\" data-type=\"worker\"\n/><link data-bin=\"b\" /><p />";
        let rest = "<html data-unfinished lang=\"en\"><link data-bin=\"b\" /><p />";
        assert_eq!(without(page, "a").unwrap(), rest);
        assert!(without(page, "c").is_err());
    }

    #[test]
    fn page_can_be_built_without_the_webgpu_engine() {
        let page = std::fs::read_to_string(crate::paths::root().join("index.html")).unwrap();
        let rest = without(&page, "engine_webgpu").unwrap();
        assert!(!rest.contains("engine_webgpu") && rest.contains("engine_cpu"));
        assert_eq!(rest.matches("<link").count() + 1, page.matches("<link").count());
    }
}
