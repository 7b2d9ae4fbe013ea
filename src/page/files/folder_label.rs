//! Labels from the names of folders.

/// Folders that name a part of a data set, in lower case: what is in them has the label of their folder.
const PARTS: [&str; 8] = ["train", "training", "test", "testing", "val", "valid", "validation", "dev"];

/// Returns the innermost folder of a path that names what is in it, if there is one.
pub fn of(path: &str) -> Option<&str> {
    let mut folders = path.rsplit('/').skip(1);
    folders.find(|folder| !PARTS.contains(&folder.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn parts_of_a_data_set_are_no_labels() {
        let cases = [
            ("1.jpg", None),
            ("cat/1.jpg", Some("cat")),
            ("animals/cat/1.jpg", Some("cat")),
            ("train/cat/1.jpg", Some("cat")),
            ("animals/cat/Test/1.jpg", Some("cat")),
            ("animals/train/1.jpg", Some("animals")),
            ("val/1.jpg", None),
            ("training day/1.jpg", Some("training day")),
        ];
        for (path, label) in cases {
            assert_eq!(of(path), label, "{path}");
        }
    }
}
