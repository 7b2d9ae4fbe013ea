//! A writer of JSON (RFC 8259).

use std::fmt::Display;

use crate::page::state::{Entry, Origin, State};

/// A value being written.
#[derive(Debug, Default)]
pub struct Json {
    text: String,
    /// Indentation depth of the next line; `None` for a value on one line.
    depth: Option<usize>,
    /// Whether the present object or list contains something already.
    begun: bool,
}

impl Json {
    /// Returns a writer of a value that spreads over lines, each indented by its depth.
    pub fn pretty() -> Self {
        Self { depth: Some(0), ..Self::default() }
    }

    /// Adds an object, whose fields `fill` adds.
    pub fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.open('{');
        fill(self);
        self.close('}');
    }

    /// Adds a list, one value per item.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        self.open('[');
        for item in items {
            self.separate();
            write(self, item);
        }
        self.close(']');
    }

    /// Begins a field of the present object; its value is added next.
    pub fn key(&mut self, name: &str) -> &mut Self {
        self.separate();
        self.text(name);
        self.text.push_str(if self.depth.is_some() { ": " } else { ":" });
        self
    }

    /// Adds a field that is a text.
    pub fn text_field(&mut self, name: &str, text: &str) {
        self.key(name).text(text);
    }

    /// Adds a field that is a text, or null if there is none.
    pub fn optional_field(&mut self, name: &str, text: Option<&str>) {
        match text {
            Some(text) => self.text_field(name, text),
            None => self.key(name).null(),
        }
    }

    /// Adds a field that is a whole number, `true` or `false`.
    pub fn plain_field(&mut self, name: &str, value: impl Display) {
        self.key(name).text.push_str(&value.to_string());
    }

    /// Adds a field that is a number, or null if there is none.
    pub fn number_field(&mut self, name: &str, number: impl Into<Option<f32>>) {
        let number = number.into();
        self.key(name).number(number);
    }

    /// Adds the fields of a picture: its name, its label and what is known of its file.
    pub fn picture(&mut self, state: &State, entry: &Entry, label: Option<&str>) {
        self.text_field("name", state.pictures.name(entry.id));
        self.optional_field("label", label);
        for (name, cell) in Origin::COLUMNS.into_iter().zip(entry.origin.cells()) {
            match cell.parse::<u64>() {
                _ if cell.is_empty() => {}
                Ok(number) if name != Origin::COLUMNS[0] => self.plain_field(name, number),
                _ => self.text_field(name, &cell),
            }
        }
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.text.push('"');
        for letter in text.chars() {
            match letter {
                '"' | '\\' => self.text.extend(['\\', letter]),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                '\0'..='\x1f' => self.text.push_str(&format!("\\u{:04x}", u32::from(letter))),
                _ => self.text.push(letter),
            }
        }
        self.text.push('"');
    }

    /// Adds a number, with just the digits that restore every bit; null if there is none, or if it is
    /// not finite, which JSON cannot express.
    pub fn number(&mut self, number: Option<f32>) {
        match number.filter(|number| number.is_finite()) {
            Some(number) => self.text.push_str(&format!("{number:?}")),
            None => self.null(),
        }
    }

    /// Adds null.
    pub fn null(&mut self) {
        self.text.push_str("null");
    }

    /// Returns the text of the value.
    pub fn finish(self) -> String {
        self.text
    }

    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.begun = false;
        self.depth = self.depth.map(|depth| depth + 1);
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.map(|depth| depth - 1);
        // A closed value is itself an item of the enclosing one.
        if std::mem::replace(&mut self.begun, true) {
            self.break_line();
        }
        self.text.push(bracket);
    }

    fn separate(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            self.text.push(',');
        }
        self.break_line();
    }

    fn break_line(&mut self) {
        if let Some(depth) = self.depth {
            self.text.push('\n');
            (0..depth).for_each(|_| self.text.push_str("  "));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn sample(mut json: Json) -> String {
        json.object(|json| {
            json.text_field("text", "\"\\\n\t\u{1}é🦀</script>");
            json.plain_field("whole", u32::MAX);
            json.number_field("small", -2.5e-8);
            json.number_field("none", None);
            json.number_field("undefined", f32::NAN);
            json.key("list").list([[1, 2], [3, 4]], |json, pair| {
                json.list(pair, |json, number| json.number(Some(number as f32)));
            });
            json.key("nothing").object(|_| {});
        });
        json.finish()
    }

    #[test]
    fn another_reader_reads_the_written_values() {
        for json in [Json::default(), Json::pretty()] {
            let text = sample(json);
            let found: Value = serde_json::from_str(&text).expect("it is JSON");
            let expected = json!({
                "text": "\"\\\n\t\u{1}é🦀</script>", "whole": u32::MAX, "small": -2.5e-8, "none": null,
                "undefined": null, "list": [[1.0, 2.0], [3.0, 4.0]], "nothing": {},
            });
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn lines_match_another_writer() {
        let text = sample(Json::pretty());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..3],
            ["{", r#"  "text": "\"\\\n\t\u0001é🦀</script>","#, r#"  "whole": 4294967295,"#]
        );
        assert_eq!(lines[lines.len() - 2..], [r#"  "nothing": {}"#, "}"]);
        assert!(!sample(Json::default()).contains('\n'));
    }
}
