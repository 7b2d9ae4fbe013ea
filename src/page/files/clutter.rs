//! Files and folders that systems leave among pictures.

/// Names in lower case, besides those that begin with a dot. `static/unzip.js` has the same.
const NAMES: [&str; 5] = ["@eadir", "__macosx", "thumbs.db", "desktop.ini", "icon\r"];

/// Returns whether a file or a folder is clutter by its name.
fn is_clutter(name: &str) -> bool {
    name.starts_with('.') || NAMES.contains(&name.to_ascii_lowercase().as_str())
}

/// Returns the first part of a path that is clutter; folders end with a slash. A folder that was dropped or
/// chosen itself, which the path begins with, is wanted whatever its name.
pub fn clutter_in(path: &str) -> Option<&str> {
    let within = path.split_once('/').map_or(path, |(_, within)| within);
    within.split('/').find(|part| is_clutter(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_files_and_folders_are_clutter() {
        for name in ["@eaDir", "__MACOSX", ".thumbnails", "Thumbs.db", ".DS_Store", "._a.jpg", "Icon\r"] {
            assert!(is_clutter(name), "{name}");
        }
        assert_eq!(clutter_in("cats/@eaDir/SYNOPHOTO_THUMB_M.jpg"), Some("@eaDir"));
        assert_eq!(clutter_in("cats/thumbs.jpg"), None);
        assert_eq!(clutter_in("cats/.Trash/"), Some(".Trash"));
        assert_eq!(clutter_in(".DS_Store"), Some(".DS_Store"));
        assert_eq!(clutter_in(".album/"), None);
        assert_eq!(clutter_in(".album/1.jpg"), None);
        assert!(!is_clutter("eaDir"));
    }

    #[test]
    fn zips_leave_out_the_same() {
        let script = include_str!("../../../static/unzip.js");
        let list = script.lines().find(|line| line.starts_with("const CLUTTER")).expect("the list");
        for name in NAMES {
            assert!(list.contains(&name.replace('.', "\\.").replace('\r', "\\r")), "{name}");
        }
    }
}
