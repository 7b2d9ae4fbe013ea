//! Rows of embeddings, and their table.

use super::csv::Csv;
use crate::page::state::{Entry, IndexedEvaluation, State};

/// A picture and its embedding.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The picture.
    pub entry: &'a Entry,
    /// Its label; a typed label has precedence over the one that the picture came with.
    pub label: Option<&'a str>,
    /// Its embedding.
    pub embedding: &'a [f32],
}

/// Returns the pictures with embeddings, in the order used by every file.
pub fn rows<'a>(state: &'a State, scored: &'a IndexedEvaluation) -> impl Iterator<Item = Row<'a>> {
    scored.evaluation.pictures.iter().filter_map(|&id| {
        let (entry, embedding) = (state.pictures.get(id)?, scored.embedding(id)?);
        Some(Row { entry, label: state.label_of(id), embedding })
    })
}

/// Returns the table `name,label,e0,e1,…`, one picture per row.
pub fn csv(state: &State, scored: &IndexedEvaluation) -> String {
    let mut csv = Csv::default();
    csv.text("name");
    csv.text("label");
    (0..scored.evaluation.dimensions).for_each(|i| csv.text(&format!("e{i}")));
    csv.end_row();
    for row in rows(state, scored) {
        csv.picture(state, row.entry.id);
        row.embedding.iter().for_each(|value| csv.number(value));
        csv.end_row();
    }
    csv.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::export::samples::{EMBEDDINGS, state};

    fn written(state: &State) -> (Vec<String>, Vec<Vec<String>>) {
        let text = csv(state, state.results.latest().expect("an evaluation"));
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let cells = |row: &::csv::StringRecord| row.iter().map(str::to_owned).collect();
        let header = cells(reader.headers().expect("there is a header"));
        (header, reader.records().map(|row| cells(&row.expect("it is well formed"))).collect())
    }

    #[test]
    fn every_bit_of_every_embedding_is_kept() {
        let (header, rows) = written(&state());
        assert_eq!(header, ["name", "label", "e0", "e1"]);
        assert_eq!(rows[0][..2], ["a \"b\", c.png", "cats"]);
        assert_eq!(rows[1][..2], ["d\té.png", ""]);
        let numbers: Vec<f32> =
            rows.iter().flat_map(|row| &row[2..]).map(|cell| cell.parse().expect("a number")).collect();
        assert_eq!(numbers.iter().map(|n| n.to_bits()).collect::<Vec<_>>(), EMBEDDINGS.map(f32::to_bits));
    }

    #[test]
    fn typed_labels_have_precedence() {
        let mut state = state();
        state.type_label(1, "dogs, \"big\"");
        assert_eq!(written(&state).1[1][1], "dogs, \"big\"");
    }

    #[test]
    fn removed_pictures_are_omitted() {
        let mut state = state();
        state.remove(&[0]);
        let names: Vec<_> = written(&state).1.into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(names, ["d\té.png", "e.png"]);
    }
}
