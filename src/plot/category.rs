//! Categorical colours, without an order: Tableau 10 (Stone 2016).

/// The colours in CSS notation.
const COLOURS: [&str; 10] = [
    "#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7", "#9c755f",
    "#bab0ac",
];

/// Returns the colour of the category with this index; colours repeat after ten.
pub fn category(place: usize) -> &'static str {
    COLOURS[place % COLOURS.len()]
}
