//! Endings of files' names.

/// Returns whether a file's name has one of these endings, in whatever case.
pub fn has_ending(name: &str, endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}
