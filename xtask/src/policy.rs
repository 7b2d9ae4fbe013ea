//! The page's Content-Security-Policy. index.html contains the policy; the hash of trunk's inline script,
//! known only after the build, is added here.

use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Part of the policy that the hashes follow.
const BEFORE: &str = "script-src 'self' 'wasm-unsafe-eval'";

/// Returns the page with a policy that allows its inline scripts.
pub fn allow_inline_scripts(page: &str) -> Result<String> {
    ensure!(page.matches(BEFORE).count() == 1, "The page must hold one policy with “{BEFORE}”.");
    let hashes: String = inline_scripts(page).map(|script| format!(" 'sha256-{}'", hash(script))).collect();
    Ok(page.replace(BEFORE, &format!("{BEFORE}{hashes}")))
}

/// Returns the text of scripts that are not in separate files.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|script| {
        let (attributes, rest) = script.split_once('>')?;
        let (text, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(text)
    })
}

fn hash(script: &str) -> String {
    STANDARD.encode(Sha256::digest(script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_allowed_by_their_hashes_and_files_are_not() {
        let page = "<meta content=\"script-src 'self' 'wasm-unsafe-eval'; img-src 'self'\">\
                    <script src=\"a.js\"></script><script type=\"module\">alert('Hello, world.');</script>";
        let allowed = allow_inline_scripts(page).unwrap();
        // Example of the specification (Content Security Policy Level 2).
        let hash = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        assert_eq!(allowed, page.replace("'wasm-unsafe-eval'", &format!("'wasm-unsafe-eval' {hash}")));
    }

    #[test]
    fn a_page_without_a_policy_is_refused() {
        assert!(allow_inline_scripts("<script>1</script>").is_err());
    }
}
