//! Colours that tell kinds apart, without an order: Tableau 10 (Stone 2016).

/// The colours, as CSS has them.
const COLOURS: [&str; 10] = [
    "#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7", "#9c755f",
    "#bab0ac",
];

/// The colour of a kind, by its place among the kinds; they repeat after ten.
pub fn category(place: usize) -> &'static str {
    COLOURS[place % COLOURS.len()]
}
