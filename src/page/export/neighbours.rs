//! The nearest neighbours of every picture, as a table.

use super::csv::Csv;
use crate::{
    page::{
        picture_map::PictureMap,
        state::{IndexedEvaluation, State},
        views::sort::picture_groups::numbers,
    },
    protocol::PictureId,
};

/// Columns of the table before those of the picture's file; `picture` and `neighbour` are row numbers of
/// the embeddings' files.
const HEADER: [&str; 8] =
    ["picture", "name", "label", "rank", "neighbour", "neighbour_name", "neighbour_label", "similarity"];

/// Returns one row for each picture and each of its nearest neighbours, nearest first.
pub fn csv(state: &State, scored: &IndexedEvaluation) -> String {
    let present = |id: &PictureId| state.pictures.get(*id).is_some();
    let pictures: Vec<_> = scored.evaluation.pictures.iter().copied().filter(present).collect();
    let rows: PictureMap<usize> = pictures.iter().enumerate().map(|(row, id)| (*id, row)).collect();
    let groups = numbers(state);
    let mut csv = Csv::of_pictures(&HEADER);
    for (row, id) in pictures.iter().enumerate() {
        let nearest = scored.nearest(*id).into_iter();
        let nearest = nearest.filter_map(|near| Some((rows.get(&near.id)?, near)));
        for (rank, (neighbour, near)) in (1..).zip(nearest) {
            csv.number(row);
            csv.picture(state, *id);
            csv.number(rank);
            csv.number(neighbour);
            csv.picture(state, near.id);
            csv.number(near.similarity);
            csv.file_and_group(state, &groups, *id);
            csv.end_row();
        }
    }
    csv.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{export::samples::state, state::Origin};

    fn rows(state: &State) -> Vec<Vec<String>> {
        let text = csv(state, state.results.latest().expect("an evaluation"));
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        assert_eq!(
            reader.headers().expect("there is a header"),
            &[&HEADER[..], &Origin::COLUMNS, &["group"]].concat()[..]
        );
        reader
            .records()
            .map(|row| row.expect("it is well formed").iter().map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn every_picture_is_followed_by_its_nearest() {
        let rows = rows(&state());
        assert_eq!(rows.len(), 6);
        assert_eq!(rows[0][..8], ["0", "a \"b\", c.png", "cats", "1", "1", "d\té.png", "", "0.5"]);
        assert_eq!(rows[3][..8], ["1", "d\té.png", "", "2", "2", "e.png", "", "-0.125"]);
    }

    #[test]
    fn removed_pictures_are_not_listed_as_neighbours() {
        let mut state = state();
        state.remove(&[1]);
        let rows = rows(&state);
        assert_eq!(rows[0][3..6], ["1", "1", "e.png"]);
        assert_eq!(rows.len(), 2);
    }
}
