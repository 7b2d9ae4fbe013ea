//! A writer of comma-separated values (RFC 4180).

use std::fmt::{Display, Write};

use crate::{
    page::{
        picture_map::PictureMap,
        state::{Origin, State},
    },
    protocol::PictureId,
};

/// A table being written.
#[derive(Debug, Default)]
pub struct Csv {
    text: String,
    in_row: bool,
}

impl Csv {
    /// Returns a table with this header.
    pub fn new(header: &[&str]) -> Self {
        let mut csv = Self::default();
        header.iter().for_each(|name| csv.text(name));
        csv.end_row();
        csv
    }

    /// Returns a table with this header and, after it, the columns of [`Self::file_and_group`].
    pub fn of_pictures(header: &[&str]) -> Self {
        Self::new(&[header, &Origin::COLUMNS, &["group"]].concat())
    }

    /// Adds a cell of text, quoted if necessary.
    pub fn text(&mut self, text: &str) {
        self.separate();
        if text.contains(['"', ',', '\r', '\n']) {
            self.text.push_str(&format!("\"{}\"", text.replace('"', "\"\"")));
        } else {
            self.text.push_str(text);
        }
    }

    /// Adds a cell with a number; floating-point numbers get just the digits that restore every bit.
    pub fn number(&mut self, number: impl Display) {
        self.separate();
        write!(self.text, "{number}").expect("a string takes everything");
    }

    /// Adds a picture's name and its label.
    pub fn picture(&mut self, state: &State, id: PictureId) {
        self.text(state.pictures.name(id));
        self.text(state.label_of(id).unwrap_or_default());
    }

    /// Adds the cells of [`Origin::COLUMNS`].
    pub fn origin(&mut self, state: &State, id: PictureId) {
        let cells = state.pictures.get(id).map(|entry| entry.origin.cells());
        cells.iter().flatten().for_each(|cell| self.text(cell));
    }

    /// Adds the cells of [`Origin::COLUMNS`] and the number of the picture's group in the tab Sort, if there is
    /// one.
    pub fn file_and_group(&mut self, state: &State, groups: &PictureMap<usize>, id: PictureId) {
        self.origin(state, id);
        self.text(&groups.get(&id).map(usize::to_string).unwrap_or_default());
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.text.push_str("\r\n");
        self.in_row = false;
    }

    /// Returns the table.
    pub fn finish(self) -> String {
        self.text
    }

    fn separate(&mut self) {
        if std::mem::replace(&mut self.in_row, true) {
            self.text.push(',');
        }
    }
}

/// Returns a table for spreadsheets: with a byte order mark, without which Excel takes it for an older
/// encoding, and with an apostrophe before cells that would run as formulas. Numbers stay as they are.
pub fn for_spreadsheets(table: &str) -> String {
    let mut safe = String::from("\u{feff}");
    let (mut is_quoted, mut begins) = (false, true);
    for (at, letter) in table.char_indices() {
        if begins && is_formula(&table[at..], is_quoted) {
            safe.push('\'');
        }
        begins = match letter {
            '"' => {
                is_quoted = !is_quoted;
                begins && is_quoted
            }
            ',' | '\n' => !is_quoted,
            _ => false,
        };
        safe.push(letter);
    }
    safe
}

/// Returns whether text begins with a cell that spreadsheets run as a formula.
fn is_formula(text: &str, is_quoted: bool) -> bool {
    let is_number = || text.split([',', '\r']).next().is_some_and(|cell| cell.parse::<f64>().is_ok());
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t') => is_quoted || !is_number(),
        // Elsewhere, it ends the row.
        Some('\r') => is_quoted,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_for_spreadsheets_are_guarded_and_stay_the_same_otherwise() {
        let texts = [
            "=1+1", "+49 30", "-rf.png", "@sum", "\tx", "\rx", "=\"a\",b", "-1", "a=b", "", "قط", "a\n=b",
            "\"=c\"", "c,=d",
        ];
        let mut csv = Csv::new(&["name", "note"]);
        for text in texts {
            csv.text(text);
            csv.number(-0.5_f32);
            csv.end_row();
        }
        let written = for_spreadsheets(&csv.finish());
        let table = written.strip_prefix('\u{feff}').expect("the mark");
        let mut reader = ::csv::Reader::from_reader(table.as_bytes());
        let rows: Vec<_> = reader.records().map(|row| row.expect("it is well formed")).collect();
        assert_eq!(rows.len(), texts.len());
        for (row, (place, text)) in rows.iter().zip(texts.iter().enumerate()) {
            let guard = if place < 7 { "'" } else { "" };
            assert_eq!((&row[0], &row[1]), (format!("{guard}{text}").as_str(), "-0.5"));
        }
    }

    #[test]
    fn cells_are_quoted_if_necessary() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.text("say \"hi\", then\ngo");
        csv.number(-2.5e-8_f32);
        csv.end_row();
        csv.text("");
        csv.number(7);
        csv.end_row();
        let written = csv.finish();
        let mut reader = ::csv::Reader::from_reader(written.as_bytes());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.expect("it is well formed").iter().map(str::to_owned).collect())
            .collect();
        assert_eq!(rows[0][0], "say \"hi\", then\ngo");
        assert_eq!(rows[0][1].parse(), Ok(-2.5e-8_f32));
        assert_eq!(rows[1], ["", "7"]);
    }
}
