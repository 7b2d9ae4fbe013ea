//! A page that is served before it is completely built.

use anyhow::{Context, Result, ensure};

/// File beside index.html from which trunk builds such a page.
pub const UNFINISHED: &str = "unfinished.html";

/// Start of the element in index.html whose marks the page reads.
const ROOT: &str = "<html ";

/// Returns the page without some of its programs, marked as unfinished.
pub fn without(page: &str, programs: &[&str]) -> Result<String> {
    let mut rest = page.to_owned();
    for program in programs {
        let name = rest.find(&format!("data-bin=\"{program}\""));
        let name = name.with_context(|| format!("The page must name {program}."))?;
        let start = rest[..name].rfind("<link").context("A program must be a link.")?;
        let end = name + rest[name..].find("/>").context("The program's link must end.")? + "/>".len();
        rest.replace_range(start..end, "");
    }
    ensure!(rest.matches(ROOT).count() == 1, "The page must hold “{ROOT}” once.");
    Ok(rest.replace(ROOT, "<html data-unfinished "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_programs_link_is_left_out() {
        let page =
            "<html lang=\"en\"><link\n data-bin=\"a\" data-type=\"worker\"\n/><link data-bin=\"b\" /><p />";
        let rest = "<html data-unfinished lang=\"en\"><link data-bin=\"b\" /><p />";
        assert_eq!(without(page, &["a"]).unwrap(), rest);
        assert!(without(page, &["a", "c"]).is_err());
    }

    #[test]
    fn page_can_be_built_without_the_webgpu_engine() {
        let page = std::fs::read_to_string(crate::paths::root().join("index.html")).unwrap();
        let rest = without(&page, &["engine_webgpu", "decoder_heic"]).unwrap();
        assert!(!rest.contains("engine_webgpu") && rest.contains("engine_cpu"));
        assert!(!rest.contains("decoder_heic") && rest.contains("\"decoder\""));
        assert_eq!(rest.matches("<link").count() + 2, page.matches("<link").count());
    }
}
