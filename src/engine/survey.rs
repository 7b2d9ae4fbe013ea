//! Compares all pictures of one stage with each other, a slice of work after the other:
//! what hangs together as near-duplicates, and what stands apart.

use crate::{
    evaluate::{
        AllPairs, UnitRows,
        near_duplicates::Forest,
        outliers::{K, nearest_mean},
    },
    progress::Progress,
    protocol::{LEAST_LINK, PictureId, Stage, Survey},
};

/// A survey on its way.
pub struct Surveying {
    rows: AllPairs,
    pictures: Vec<PictureId>,
    done: usize,
    forest: Forest,
    nearness: Vec<f32>,
}

impl Surveying {
    /// Starts on a set's rows.
    pub fn new(rows: &UnitRows, pictures: Vec<PictureId>) -> Self {
        Self { rows: rows.all_pairs(), pictures, done: 0, forest: Forest::default(), nearness: Vec::new() }
    }

    /// Compares some more rows with all.
    pub fn advance(&mut self) -> Progress {
        let count = self.pictures.len();
        let slice = self.rows.slice(self.done);
        self.done = slice.end;
        let cosines = self.rows.cosines(slice.clone());
        for (row, similarities) in slice.zip(cosines.chunks_exact(count)) {
            self.forest.see(row, similarities, LEAST_LINK);
            self.nearness.push(nearest_mean(similarities, row));
        }
        Progress::more_if(self.done < count)
    }

    /// What was found.
    pub fn finish(self, stage: Stage, step: u32) -> Survey {
        let id = |row: u32| self.pictures[row as usize];
        let links = self.forest.finish(self.pictures.len());
        let mut isolated: Vec<(PictureId, f32)> = self.pictures.iter().copied().zip(self.nearness).collect();
        isolated.sort_by(|a, b| a.1.total_cmp(&b.1));
        Survey {
            stage,
            step,
            links: links.into_iter().map(|(similarity, a, b)| (id(a), id(b), similarity)).collect(),
            nearest: K.min(self.pictures.len().saturating_sub(1)) as u32,
            isolated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_are_linked_and_the_stranger_comes_first() {
        let angles = [0.0_f32, 0.3, 0.001, 0.6, 2.5, 0.302];
        let rows = UnitRows::new(angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).collect(), 2);
        let mut surveying = Surveying::new(&rows, (20..26).collect());
        while surveying.advance() == Progress::More {}
        let survey = surveying.finish(Stage::Trained, 7);
        let twins: Vec<_> =
            survey.links.iter().filter(|link| link.2 > 0.9999).map(|link| (link.0, link.1)).collect();
        assert_eq!(twins, [(20, 22), (21, 25)]);
        assert!(survey.links.iter().all(|link| link.2 >= LEAST_LINK && link.0 != 24 && link.1 != 24));
        assert_eq!((survey.isolated[0].0, survey.isolated.len(), survey.nearest), (24, 6, 5));
        let mean: f32 = [0, 1, 2, 3, 5].map(|i| (2.5 - angles[i]).cos()).iter().sum::<f32>() / 5.0;
        assert!((survey.isolated[0].1 - mean).abs() < 1e-5);
    }
}
