//! Tables of labels: comma-separated values with a column of file names or paths and one of labels, such
//! as the tables that this page exports.

use super::{ending::has_ending, label_index};
use crate::{
    image::Failure,
    page::{
        picture_map::Ids,
        state::{Entry, Pictures, Refusal, State},
        words,
    },
    protocol::PictureId,
    small_sort::sorted,
};

/// Headers of the column with file names, the most telling first.
pub(super) const NAMES: [&str; 11] = [
    "filename",
    "file",
    "filepath",
    "path",
    "imagepath",
    "name",
    "imagename",
    "image",
    "picture",
    "imageid",
    "id",
];

/// Headers of the column with labels, likewise.
pub(super) const LABELS: [&str; 9] =
    ["label", "labels", "class", "classname", "category", "species", "target", "tag", "group"];

/// Returns whether a file is such a table, or an index in JSON, by its name.
pub fn is_one(name: &str) -> bool {
    has_ending(name, &[".csv", ".tsv"]) || label_index::is_one(name)
}

/// Returns the names and labels in a table; `None` if it has no such columns.
fn read(bytes: &[u8]) -> Option<Vec<[String; 2]>> {
    let text = text(bytes);
    let mut rows = cells(&text, separator(&text));
    let header = rows.first()?;
    let columns = |names: &[&str]| -> Vec<usize> {
        names.iter().filter_map(|name| header.iter().position(|cell| letters(cell) == *name)).collect()
    };
    let (names, labels) = (columns(&NAMES), columns(&LABELS));
    let (names, label, skipped) = match (names.as_slice(), labels.first(), header.len()) {
        ([_, ..], Some(label), _) => (names, *label, 1),
        ([name, ..], None, 2) => (vec![*name], 1 - name, 1),
        ([], Some(label), 2) => (vec![1 - label], *label, 1),
        // Without a header.
        ([], None, 2) => (vec![0], 1, 0),
        _ => return None,
    };
    let pair = |row: &mut Vec<String>| {
        let mut cell = |at: usize| row.get_mut(at).map(std::mem::take).filter(|cell| !cell.is_empty());
        // A picture without a path has a name.
        [names.iter().find_map(|at| cell(*at)), cell(label)].map(Option::unwrap_or_default)
    };
    let pairs = rows.iter_mut().skip(skipped).map(pair);
    Some(pairs.filter(|pair| pair.iter().all(|cell| !cell.is_empty())).collect())
}

/// Decodes a table: UTF-8, else UTF-16 as spreadsheets write it, else Latin-1.
fn text(bytes: &[u8]) -> String {
    if let Some(halves) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        let (halves, _) = halves.as_chunks();
        let halves: Vec<u16> = halves.iter().map(|half| u16::from_le_bytes(*half)).collect();
        return String::from_utf16_lossy(&halves);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).to_vec();
    String::from_utf8(text).unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

/// Returns the letters and digits of a header, in lower case.
pub(super) fn letters(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the separator that occurs most often in the first line.
fn separator(text: &str) -> char {
    let first = text.lines().next().unwrap_or_default();
    let count = |separator: char| first.chars().filter(|c| *c == separator).count();
    [';', '\t', ','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(',')
}

/// Splits a table into rows of cells (RFC 4180); blank lines are left out.
fn cells(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = text.chars().chain(['\n']).peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if is_quoted || cell.is_empty() => is_quoted = !is_quoted,
            _ if is_quoted => cell.push(letter),
            _ if letter == separator || letter == '\n' => {
                row.push(unguarded(&cell).to_owned());
                cell.clear();
                if letter == '\n' {
                    rows.push(std::mem::take(&mut row));
                }
            }
            _ => cell.push(letter),
        }
    }
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    rows
}

/// Removes blanks around a cell, and the apostrophe that guards a formula from spreadsheets.
fn unguarded(cell: &str) -> &str {
    let inner = cell.strip_prefix('\'').filter(|inner| inner.starts_with(['=', '+', '-', '@', '\t', '\r']));
    inner.unwrap_or(cell).trim()
}

/// Pictures by their file names, with and without extension.
struct Index<'a> {
    pictures: &'a Pictures,
    keys: Vec<(&'a str, &'a Entry)>,
}

/// Returns the components of a path, from the innermost outward.
fn components(path: &str) -> impl Iterator<Item = &str> {
    path.rsplit(['/', '\\']).map(str::trim)
}

impl<'a> Index<'a> {
    fn new(pictures: &'a Pictures) -> Self {
        let mut keys = Vec::new();
        for entry in pictures.entries() {
            let name = components(entry.path()).next().unwrap_or_default();
            keys.push((name, entry));
            keys.extend(name.rsplit_once('.').map(|(stem, _)| (stem, entry)));
        }
        Self { pictures, keys: sorted(&keys, |a, b| a.0.cmp(b.0)) }
    }

    /// Returns the only picture of this name or path, and whether all of its path agrees; if several have
    /// the name, the one whose innermost folders agree most.
    fn find(&self, path: &str) -> Option<(PictureId, bool)> {
        let name = components(path).next()?;
        let start = self.keys.partition_point(|(key, _)| *key < name);
        let found = self.keys[start..].iter().take_while(|(key, _)| *key == name);
        let found: Vec<_> = found.map(|(_, entry)| (self.agreement(entry, path), entry.id)).collect();
        let best = found.iter().map(|(agreement, _)| *agreement).max()?;
        let mut ids = found.iter().filter(|(agreement, _)| *agreement == best).map(|(_, id)| (*id, best.0));
        ids.next().filter(|_| ids.next().is_none())
    }

    /// Returns whether a path is a picture's, and how many of its innermost folders are. The label of a
    /// picture without a path stands for its folder.
    fn agreement(&self, entry: &Entry, path: &str) -> (bool, usize) {
        let label = self.pictures.label(entry.id).filter(|_| entry.origin.path.is_empty());
        let own = || components(entry.path()).chain(label);
        let folders = components(path).skip(1).zip(own().skip(1));
        (components(path).eq(own()), folders.take_while(|(folder, own)| folder == own).count())
    }
}

impl State {
    /// Gives pictures the labels in a table as one step, which can be undone, and lists the names that
    /// match no picture.
    pub fn label_by_table(&mut self, file: &str, bytes: &[u8]) {
        let refusal = |sentence| Refusal { name: file.to_owned(), why: Failure::Told(sentence) };
        let (rows, ambiguous, lacking) = if label_index::is_one(file) {
            let label_index::Index { rows, ambiguous } = label_index::read(bytes).unwrap_or_default();
            let rows = Some(rows).filter(|rows| !rows.is_empty() || !ambiguous.is_empty());
            (rows, ambiguous, words::NO_LABELS_IN_INDEX)
        } else {
            (read(bytes), Vec::new(), words::NO_LABELS_IN_TABLE)
        };
        let Some(rows) = rows else {
            return self.refuse(refusal(lacking.to_owned()));
        };
        let index = Index::new(&self.pictures);
        let several = ambiguous.iter().filter(|name| index.find(name).is_some()).count();
        let found: Vec<_> = rows.iter().map(|[path, _]| index.find(path)).collect();
        let exact: Ids =
            found.iter().flatten().filter(|(_, is_exact)| *is_exact).map(|(id, _)| *id).collect();
        let (mut given, mut missed) = (Vec::new(), Vec::new());
        for ([path, label], found) in rows.iter().zip(found) {
            match found {
                // A picture whose own path is in the table is not that of a similar path.
                Some((id, is_exact)) if is_exact || !exact.contains(&id) => given.push((id, label.clone())),
                _ => missed.push(path.as_str()),
            }
        }
        if several > 0 {
            self.notify(words::ambiguous_in_index(file, several));
        }
        if !missed.is_empty() || rows.is_empty() && several == 0 {
            let sentence = words::missed_in_table(&missed, rows.len());
            if given.is_empty() {
                self.refuse(refusal(sentence));
            } else {
                self.notify(format!("{file}: {sentence}"));
            }
        }
        given.retain(|(id, label)| self.label_of(*id) != Some(label));
        self.relabel(&given, &format!("by “{file}”"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{export::Export, fixture::newcomer},
        settings::{Images, Settings},
    };

    fn pairs(text: &str) -> Vec<[String; 2]> {
        read(text.as_bytes()).expect("columns")
    }

    #[test]
    fn columns_are_found_by_their_headers_or_places() {
        for text in [
            "filename,label\na.png,cat\nb.png,\"big, \"\"red\"\" dog\"\n",
            "\u{feff}File Name;width;Class\r\na.png;3;cat\r\nb.png;4;\"big, \"\"red\"\" dog\"\r\n\r\n",
            "species\tpath\ncat\ta.png\n\"big, \"\"red\"\" dog\"\tb.png",
            "a.png,cat\nb.png,\"big, \"\"red\"\" dog\"\n",
            "image_id,what\na.png,cat\nb.png,\"big, \"\"red\"\" dog\"\nc.png,\n",
        ] {
            assert_eq!(pairs(text), [["a.png", "cat"], ["b.png", "big, \"red\" dog"]], "{text}");
        }
        assert_eq!(read(b"x,y,z\n1,2,3\n"), None);
        assert_eq!(read(b""), None);
    }

    #[test]
    fn cells_agree_with_an_independent_reader() {
        let text = "name,label\n\"a\nb\",\"c\"\"d\"\n'=1+1.png,x'y\n";
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
        let mut found = cells(text, ',');
        assert_eq!(found[2][0], "=1+1.png", "the guard is removed");
        found[2][0].insert(0, '\'');
        assert_eq!(found, rows);
    }

    #[test]
    fn other_encodings_are_read() {
        let halves = "\u{feff}name\tlabel\nä.png\tقط".encode_utf16().flat_map(u16::to_le_bytes);
        assert_eq!(read(&halves.collect::<Vec<_>>()), Some(vec![["ä.png".to_owned(), "قط".to_owned()]]));
        assert_eq!(read(b"\xE4.png,cat"), Some(vec![["ä.png".to_owned(), "cat".to_owned()]]));
    }

    fn state() -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        let named = [("1.png", "cats"), ("1.png", "dogs"), ("2.png", "dogs"), ("3.jpg", "birds")];
        state.add(named.map(|(name, label)| newcomer(name, label)).into());
        state
    }

    fn labels(state: &State) -> Vec<&str> {
        state.order().into_iter().filter_map(|id| state.label_of(id)).collect()
    }

    #[test]
    fn table_labels_pictures_in_one_step_and_lists_the_rest() {
        let mut state = state();
        state.type_label(2, "mine");
        let table = "path,label\nset\\cats\\1.png,tiger\n1.png,nobody\n2.png,wolf\n3,crow\n4.png,cow\ndogs/1.png,dogs\n";
        state.label_by_table("labels.csv", table.as_bytes());
        assert_eq!(labels(&state), ["tiger", "dogs", "wolf", "crow"]);
        assert_eq!(state.labels.typed(1), None, "it had this label");
        assert!(state.intake.refused.is_empty(), "the table was read");
        let [rest, notice] = state.notices.first_chunk().expect("two notices").clone();
        assert_eq!(
            rest.text,
            "labels.csv: These names belong to no picture, or to several: 1.png, 4.png (2 of 6 names)."
        );
        assert_eq!(notice.text, "3 pictures labelled by “labels.csv”.");
        state.type_label(0, "lion");
        state.type_label(1, "fox");
        state.undo(notice.id);
        assert_eq!(labels(&state), ["cats", "fox", "mine", "birds"], "other labels stay");
    }

    /// Returns a set of files with these paths and labels.
    fn at(files: &[(&str, &str)]) -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        let file = |(path, label): &(&str, &str)| {
            let mut file = newcomer(path.rsplit('/').next().expect("a name"), *label);
            (*path).clone_into(&mut file.origin.path);
            file
        };
        state.add(files.iter().map(file).collect());
        state
    }

    #[test]
    fn folders_tell_files_of_one_name_apart() {
        let mut state =
            at(&[("trip1/100CANON/1.jpg", "100CANON"), ("trip2/100CANON/1.jpg", "100CANON"), ("1.jpg", "x")]);
        let table =
            b"path,label\ntrip2/100CANON/1.jpg,two\nD:\\all\\trip1\\100CANON\\1.jpg,one\n1.jpg,none\n";
        state.label_by_table("a.csv", table);
        assert_eq!(labels(&state), ["one", "two", "none"]);
        assert!(state.intake.refused.is_empty());
        state.label_by_table("b.csv", b"path,label\n100CANON/1.jpg,both\ntrip3/1.jpg,third\n");
        assert_eq!(labels(&state), ["one", "two", "none"]);
    }

    #[test]
    fn renamed_label_does_not_hide_the_folder() {
        let mut state = at(&[("cats/1.jpg", "cats"), ("dogs/1.jpg", "dogs")]);
        state.type_label(0, "felines");
        state.type_label(1, "hounds");
        state.select_all([0, 1]);
        let table = crate::page::export::selection::csv(&state);
        state.type_label(0, "a");
        state.type_label(1, "b");
        state.label_by_table(&table.name, &table.contents);
        assert_eq!(labels(&state), ["felines", "hounds"]);
    }

    #[test]
    fn row_of_a_removed_picture_goes_to_no_other() {
        let mut state = at(&[("a/1.jpg", "a"), ("b/1.jpg", "b")]);
        state.remove(&[0]);
        state.label_by_table("a.csv", b"path,label\nb/1.jpg,here\na/1.jpg,gone\n");
        assert_eq!(labels(&state), ["here"]);
        state.label_by_table("b.csv", b"path,label\nelsewhere/1.jpg,it\n");
        assert_eq!(labels(&state), ["it"], "the only picture of this name");
    }

    #[test]
    fn table_of_this_page_restores_the_labels() {
        let mut state = crate::page::export::samples::state();
        state.type_label(1, "=dogs, \"big\"");
        state.type_label(2, "without a path");
        let file = Export::EmbeddingsCsv.write(&state, &[], &|_| String::new()).expect("a file");
        state.type_label(1, "");
        state.type_label(2, "");
        state.label_by_table(&file.name, &file.contents);
        assert_eq!(labels(&state), ["cats", "=dogs, \"big\"", "without a path"]);
        assert!(state.intake.refused.is_empty());
    }

    #[test]
    fn table_without_columns_or_matches_is_listed() {
        let mut state = state();
        state.label_by_table("a.csv", b"x,y,z\n1,2,3\n");
        state.label_by_table("b.csv", b"name,label\nzebra.png,zebra\n");
        let names: Vec<_> = state.intake.refused.iter().map(|refusal| refusal.name.as_str()).collect();
        assert_eq!(names, ["a.csv", "b.csv"]);
        assert!(state.notices.is_empty() && !state.intake.is_active());
    }
}
