//! Compares all pictures of one stage with each other:
//! what hangs together as near-duplicates, and what stands apart.

use super::{Computation, studies::Input};
use crate::{
    evaluate::{
        AllPairs,
        near_duplicates::Forest,
        outliers::{K, nearest_mean},
    },
    progress::Progress,
    protocol::{Event, LEAST_LINK, PictureId, Survey},
};

/// A survey on its way.
pub struct Surveying {
    input: Input,
    rows: AllPairs,
    done: usize,
    forest: Forest,
    nearness: Vec<f32>,
}

impl Surveying {
    /// Starts on a set's rows.
    pub fn new(input: Input) -> Self {
        let rows = input.rows.all_pairs();
        Self { input, rows, done: 0, forest: Forest::default(), nearness: Vec::new() }
    }

    fn survey(self) -> Survey {
        let Input { stage, step, pictures, .. } = self.input;
        let id = |row: u32| pictures[row as usize];
        let links = self.forest.finish(pictures.len());
        let mut isolated: Vec<(PictureId, f32)> = pictures.iter().copied().zip(self.nearness).collect();
        isolated.sort_by(|a, b| a.1.total_cmp(&b.1));
        Survey {
            stage,
            step,
            links: links.into_iter().map(|(similarity, a, b)| (id(a), id(b), similarity)).collect(),
            nearest: K.min(pictures.len().saturating_sub(1)) as u32,
            isolated,
        }
    }
}

impl Computation for Surveying {
    fn advance(&mut self) -> Progress {
        let count = self.input.pictures.len();
        let slice = self.rows.slice(self.done);
        self.done = slice.end;
        let cosines = self.rows.cosines(slice.clone());
        for (row, similarities) in slice.zip(cosines.chunks_exact(count)) {
            self.forest.see(row, similarities, LEAST_LINK);
            self.nearness.push(nearest_mean(similarities, row));
        }
        Progress::more_if(self.done < count)
    }

    fn finish(self) -> Event {
        Event::Surveyed(self.survey())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::{evaluate::UnitRows, protocol::Stage};

    #[test]
    fn twins_are_linked_and_the_stranger_comes_first() {
        let angles = [0.0_f32, 0.3, 0.001, 0.6, 2.5, 0.302];
        let rows = UnitRows::new(angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).collect(), 2);
        let (rows, pictures) = (Rc::new(rows), (20..26).collect());
        let mut surveying = Surveying::new(Input { stage: Stage::Trained, step: 7, rows, pictures, seed: 1 });
        while surveying.advance() == Progress::More {}
        let survey = surveying.survey();
        let twins: Vec<_> =
            survey.links.iter().filter(|link| link.2 > 0.9999).map(|link| (link.0, link.1)).collect();
        assert_eq!(twins, [(20, 22), (21, 25)]);
        assert!(survey.links.iter().all(|link| link.2 >= LEAST_LINK && link.0 != 24 && link.1 != 24));
        assert_eq!((survey.isolated[0].0, survey.isolated.len(), survey.nearest), (24, 6, 5));
        let mean: f32 = [0, 1, 2, 3, 5].map(|i| (2.5 - angles[i]).cos()).iter().sum::<f32>() / 5.0;
        assert!((survey.isolated[0].1 - mean).abs() < 1e-5);
    }
}
