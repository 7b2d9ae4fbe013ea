//! Public address of the page. Sites that preview links need absolute addresses, which only the host knows:
//! it passes one to `cargo xtask finish` in [`VARIABLE`].

use anyhow::{Result, ensure};

/// Environment variable that holds the address.
pub const VARIABLE: &str = "LIKENESS_URL";

/// Files to which people share links, relative to the address.
pub const FILES: [&str; 2] = ["index.html", "remote.html"];

/// The preview, as named in the sources.
const PREVIEW: &str = r#"content="preview.jpg""#;

/// Tag before which the page's own address is inserted.
const END: &str = "</head>";

/// Returns the contents of one of [`FILES`] with the absolute addresses of its preview and of itself.
pub fn stamp(contents: &str, file: &str, address: &str) -> Result<String> {
    ensure!(
        is_address(address),
        "{VARIABLE} is “{address}”: it must be an address such as https://example.org/likeness/."
    );
    for place in [PREVIEW, END] {
        ensure!(
            contents.matches(place).count() == 1,
            "{file} must hold {place} once, for its public address."
        );
    }
    let base = format!("{}/", address.trim_end_matches('/'));
    let own = format!("{base}{}", if file == "index.html" { "" } else { file });
    let tags = format!(
        "  <meta property=\"og:url\" content=\"{own}\" />\n    <link rel=\"canonical\" href=\"{own}\" />\n  {END}"
    );
    Ok(contents.replace(PREVIEW, &format!("content=\"{base}preview.jpg\"")).replace(END, &tags))
}

/// Returns whether a text is an address that needs no escaping in an attribute.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._~:/[]%".contains(letter);
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::paths;

    #[test]
    fn sources_have_places_for_absolute_addresses() {
        for (folder, file, own) in [
            ("", "index.html", "https://a.example/b/"),
            ("static", "remote.html", "https://a.example/b/remote.html"),
        ] {
            let source = fs::read_to_string(paths::root().join(folder).join(file)).unwrap();
            for address in ["https://a.example/b", "https://a.example/b/"] {
                let page = stamp(&source, file, address).unwrap();
                for tag in [
                    r#"<meta property="og:image" content="https://a.example/b/preview.jpg" />"#.to_owned(),
                    format!(r#"<meta property="og:url" content="{own}" />"#),
                    format!(r#"<link rel="canonical" href="{own}" />"#),
                ] {
                    assert_eq!(page.matches(&tag).count(), 1, "{tag} in {file}");
                }
            }
        }
    }

    #[test]
    fn a_page_without_the_place_is_refused() {
        for page in [PREVIEW, END, ""] {
            let error = stamp(page, "index.html", "https://a.example/").unwrap_err();
            assert!(error.to_string().contains("must hold"), "{error}");
        }
    }

    #[test]
    fn invalid_addresses_are_refused() {
        for address in
            ["", "a.example", "https://", "ftp://a.example", "https://a.example/\" onload=\"", "https://a b"]
        {
            let error = stamp(PREVIEW, "index.html", address).unwrap_err();
            assert!(error.to_string().contains(VARIABLE), "{error}");
        }
    }
}
