//! Labels in JSON: annotations as of the set COCO, lines of objects as `metadata.jsonl`, and the runs that this page
//! exports.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Deserializer, Number};

use super::{
    ending::has_ending,
    label_table::{LABELS, NAMES, letters},
};

/// Names and labels of pictures.
#[derive(Debug, Default, PartialEq)]
pub struct Index {
    /// Pairs of a name or path and a label.
    pub rows: Vec<[String; 2]>,
    /// Names of pictures that show things of several kinds, and so have no one label.
    pub ambiguous: Vec<String>,
}

/// Annotations of pictures: <https://cocodataset.org/#format-data>. An exported run has the pictures alone.
#[derive(Deserialize)]
struct Annotations {
    images: Vec<Picture>,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Picture {
    #[serde(default)]
    id: Option<Id>,
    #[serde(default)]
    file_name: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    label: Option<String>,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: Id,
    category_id: Id,
}

#[derive(Deserialize)]
struct Category {
    id: Id,
    name: String,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(untagged)]
enum Id {
    Number(i64),
    Text(String),
}

/// Objects by the entries in which names and labels may be.
type Object = BTreeMap<String, Cell>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Text(String),
    Number(Number),
    Other(IgnoredAny),
}

/// Returns whether a file is such an index by its name.
pub fn is_one(name: &str) -> bool {
    has_ending(name, &[".json", ".jsonl"])
}

/// Reads an index; `None` if the file is none.
pub fn read(bytes: &[u8]) -> Option<Index> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(bytes).map(annotated).ok().or_else(|| objects(bytes))
}

/// Returns the labels in annotations: a picture's own, else the one category of all things in it.
fn annotated(Annotations { images, annotations, categories }: Annotations) -> Index {
    let names: BTreeMap<_, _> = categories.iter().map(|category| (&category.id, &category.name)).collect();
    let mut kinds: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for Annotation { image_id, category_id } in &annotations {
        let of_picture = kinds.entry(image_id).or_default();
        if !of_picture.contains(&category_id) {
            of_picture.push(category_id);
        }
    }
    let mut index = Index::default();
    for Picture { id, file_name, path, name, label } in images {
        let kinds = id.as_ref().and_then(|id| kinds.get(id));
        let kind = match kinds.map(Vec::as_slice) {
            Some([kind]) => names.get(kind).map(|name| (*name).clone()),
            _ => None,
        };
        let name = [file_name, path, name].into_iter().flatten().find(|name| !name.is_empty());
        match (name, label.filter(|label| !label.is_empty()).or(kind)) {
            (Some(name), Some(label)) => index.rows.push([name, label]),
            (Some(name), None) if kinds.is_some_and(|kinds| kinds.len() > 1) => index.ambiguous.push(name),
            _ => {}
        }
    }
    index
}

/// Returns the names and labels in objects, one a line or in a list.
fn objects(bytes: &[u8]) -> Option<Index> {
    let listed = serde_json::from_slice::<Vec<Object>>(bytes);
    let objects: Vec<Object> = match listed {
        Ok(listed) => listed,
        Err(_) => Deserializer::from_slice(bytes).into_iter().collect::<Result<_, _>>().ok()?,
    };
    let rows: Vec<_> = objects.iter().filter_map(row).collect();
    (!rows.is_empty()).then_some(Index { rows, ambiguous: Vec::new() })
}

fn row(object: &Object) -> Option<[String; 2]> {
    let entries: Vec<_> = object.iter().map(|(key, value)| (letters(key), value)).collect();
    let text = |names: &[&str]| {
        names.iter().find_map(|name| {
            let (_, value) = entries.iter().find(|(key, _)| key == name)?;
            match value {
                Cell::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
                Cell::Number(number) => Some(number.to_string()),
                Cell::Other(_) => None,
            }
        })
    };
    Some([text(&NAMES)?, text(&LABELS)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{
        export::run::run_json,
        fixture::{embedded, newcomer},
        state::State,
    };
    use crate::settings::{Images, Settings};

    fn index(text: &str) -> (Vec<[String; 2]>, usize) {
        let Index { rows, ambiguous } = read(text.as_bytes()).expect("an index");
        (rows, ambiguous.len())
    }

    fn rows(expected: &[[&str; 2]]) -> Vec<[String; 2]> {
        expected.iter().map(|row| row.map(str::to_owned)).collect()
    }

    #[test]
    fn annotations_label_pictures_of_one_kind() {
        let coco = r#"{
            "info": {"year": 2017},
            "images": [
                {"id": 7, "file_name": "a.jpg", "width": 640},
                {"id": 8, "file_name": "b.jpg"},
                {"id": 9, "file_name": "c.jpg"},
                {"id": 10, "file_name": "d.jpg"}
            ],
            "annotations": [
                {"image_id": 7, "category_id": 1, "bbox": [0, 0, 9, 9], "segmentation": [[1, 2, 3]]},
                {"image_id": 7, "category_id": 1},
                {"image_id": 8, "category_id": 1},
                {"image_id": 8, "category_id": 2},
                {"image_id": 10, "category_id": 3}
            ],
            "categories": [{"id": 1, "name": "cat", "supercategory": "animal"}, {"id": 2, "name": "dog"}]
        }"#;
        assert_eq!(index(coco), (rows(&[["a.jpg", "cat"]]), 1));
        assert_eq!(index(&coco.replace(": 7", ": \"x\"")).0, rows(&[["a.jpg", "cat"]]), "names as numbers");
    }

    #[test]
    fn lines_and_lists_of_objects_are_read() {
        let lines = "{\"file_name\": \"a.jpg\", \"label\": \"cat\"}\n{\"file_name\": \"b.jpg\", \"label\": 3, \"x\": null}\n\n{\"label\": \"none\"}\n";
        let expected = (rows(&[["a.jpg", "cat"], ["b.jpg", "3"]]), 0);
        assert_eq!(index(lines), expected);
        let list = lines.trim().replace("\n\n", "\n").replace('\n', ",");
        assert_eq!(index(&format!("[{list}]")), expected);
    }

    #[test]
    fn exported_runs_label_their_pictures() {
        let state = embedded(&[[1.0, 0.0], [0.0, 1.0]]);
        let found = read(run_json(&state, "a browser", None).as_bytes()).expect("an index");
        let labels: Vec<_> = found.rows.iter().map(|[_, label]| Some(label.as_str())).collect();
        assert_eq!(labels, [0, 1].map(|id| state.pictures.label(id)));
        assert!(labels[0].is_some());
    }

    #[test]
    fn other_json_is_no_index() {
        for text in
            ["", "{}", "[]", "3", "{\"images\": 3}", "{\"title\": \"IMG_1.jpg\"}", "{\"a\": 1", "[1, 2]"]
        {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn index_labels_the_set_and_tells_of_several_kinds() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(["a.jpg", "b.jpg"].map(|name| newcomer(name, None)).into());
        let index = r#"{"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
            "annotations": [{"image_id": 1, "category_id": 1}, {"image_id": 2, "category_id": 1},
                {"image_id": 2, "category_id": 2}],
            "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]}"#;
        state.label_by_table("instances.json", index.as_bytes());
        assert_eq!((state.label_of(0), state.label_of(1)), (Some("cat"), None));
        let told: Vec<_> = state.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(
            told.contains(
                &"instances.json: 1 picture shows things of several kinds, and has no label from it."
            ),
            "{told:?}"
        );
        state.label_by_table("IMG_1.jpg.json", b"{\"title\": \"IMG_1.jpg\"}");
        assert_eq!(state.intake.refused[0].name, "IMG_1.jpg.json");
    }
}
