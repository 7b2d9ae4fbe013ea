//! Positions and nearest of all pictures at moments of a run.

use crate::{
    page::state::{Neighbour, SHOWN, State},
    plot::{
        map::Point,
        plane::{aligned, plane},
    },
    protocol::{Evaluation, PictureId, Stage},
};

/// Maximum number of moments.
pub const MAX_MOMENTS: usize = 20;

/// Factor between a cosine similarity and the whole number that is kept of it.
const SIMILARITY_SCALE: f32 = i16::MAX as f32;

/// The set at one moment of a run.
#[derive(Debug, PartialEq)]
pub struct Moment {
    /// Number of steps that the network had taken.
    pub step: u32,
    /// Position of each picture, by the two main directions of the embeddings.
    pub points: Vec<Point>,
    /// Rows of the nearest of each picture.
    nearest: Vec<u32>,
    /// Their similarities, times [`SIMILARITY_SCALE`].
    similarities: Vec<i16>,
}

/// Moments of the present run, evenly spread: at most [`MAX_MOMENTS`].
#[derive(Debug, Default)]
pub struct Moments {
    /// The pictures of every moment.
    pub pictures: Vec<PictureId>,
    /// The moments, in their order.
    pub moments: Vec<Moment>,
    /// Number of nearest of each picture.
    k: usize,
    /// Number of dimensions of the embeddings.
    dimensions: usize,
    /// Directions of the moment kept last, from which the search for the next ones starts.
    axes: [Vec<f32>; 2],
    /// Step of the shown moment; `None` shows the present.
    shown: Option<u32>,
}

impl Moments {
    /// Keeps what an evaluation of the network found, which may be older than other moments: a new engine
    /// begins with the untrained network. Moments of another set or of other features end with it.
    pub fn keep(&mut self, evaluation: &Evaluation) {
        let k = (evaluation.neighbours.k as usize).min(SHOWN);
        let dimensions = evaluation.dimensions as usize;
        if evaluation.embeddings.0.is_empty() {
            return;
        }
        if self.pictures != evaluation.pictures || (self.k, self.dimensions) != (k, dimensions) {
            *self = Self { pictures: evaluation.pictures.clone(), k, dimensions, ..Self::default() };
        }
        self.moments.retain(|moment| moment.step != evaluation.step);
        let place = self.moments.partition_point(|moment| moment.step < evaluation.step);
        let points = plane(&evaluation.embeddings.0, dimensions, &mut self.axes);
        // The moment before, else the one after.
        let points = match self.moments.get(place.saturating_sub(1)) {
            Some(beside) => aligned(&beside.points, points),
            None => points,
        };
        let width = (evaluation.neighbours.k as usize).max(1);
        let (mut nearest, mut similarities) = (Vec::new(), Vec::new());
        for row in evaluation.neighbours.indices.chunks_exact(width) {
            nearest.extend_from_slice(&row[..k]);
        }
        for row in evaluation.neighbours.similarities.0.chunks_exact(width) {
            similarities.extend(row[..k].iter().map(|similarity| (similarity * SIMILARITY_SCALE) as i16));
        }
        nearest.shrink_to_fit();
        similarities.shrink_to_fit();
        self.moments.insert(place, Moment { step: evaluation.step, points, nearest, similarities });
        self.thin();
    }

    /// Removes the moments that are missed least, until there are no more than [`MAX_MOMENTS`]: those between
    /// the two nearest others. The first and the last stay.
    fn thin(&mut self) {
        while self.moments.len() > MAX_MOMENTS {
            let gap = |place: &usize| self.moments[place + 1].step - self.moments[place - 1].step;
            if let Some(place) = (1..self.moments.len() - 1).min_by_key(gap) {
                self.moments.remove(place);
            }
        }
    }

    /// Forgets the moments after a step, to which the run goes back.
    pub fn go_back(&mut self, step: u32) {
        self.moments.retain(|moment| moment.step <= step);
        self.shown = None;
    }

    /// Returns the place of the shown moment: the last one for the present.
    pub fn place(&self) -> usize {
        let last = self.moments.len().saturating_sub(1);
        let Some(step) = self.shown else { return last };
        self.moments.iter().rposition(|moment| moment.step <= step).unwrap_or(0)
    }

    /// Shows a moment by its place; the last one is the present.
    pub fn show(&mut self, place: usize) {
        self.shown =
            self.moments.get(place).filter(|_| place + 1 < self.moments.len()).map(|moment| moment.step);
    }

    /// Returns a picture's nearest at a moment, nearest first.
    fn nearest(&self, moment: &Moment, id: PictureId) -> Vec<Neighbour> {
        let Some(row) = self.pictures.iter().position(|picture| *picture == id) else { return Vec::new() };
        let range = row * self.k..(row + 1) * self.k;
        let (Some(near), Some(similarities)) =
            (moment.nearest.get(range.clone()), moment.similarities.get(range))
        else {
            return Vec::new();
        };
        let near = near.iter().filter_map(|row| self.pictures.get(*row as usize)).zip(similarities);
        near.map(|(id, similarity)| Neighbour {
            id: *id,
            similarity: f32::from(*similarity) / SIMILARITY_SCALE,
        })
        .collect()
    }
}

impl State {
    /// Returns the moment that is shown instead of the present network, if it is not the present.
    pub fn replayed(&self) -> Option<&Moment> {
        self.moments.shown.filter(|_| self.shown_stage() == Stage::Trained)?;
        self.moments.moments.get(self.moments.place())
    }

    /// Returns a picture's nearest by the trained network at the shown moment, if it is not the present.
    pub fn replayed_nearest(&self, stage: Stage, id: PictureId) -> Option<Vec<Neighbour>> {
        let moment = self.replayed().filter(|_| stage == Stage::Trained)?;
        Some(self.moments.nearest(moment, id))
    }

    /// Shows a moment of the run, by its place.
    pub fn replay(&mut self, place: usize) {
        self.show_stage(Stage::Trained);
        self.stop_explaining();
        self.moments.show(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{failed, report, snapshot, state},
        protocol::{Event, Floats, Neighbours},
    };

    /// Returns an evaluation whose nearest are the rows that follow, `shift` further.
    fn evaluation(step: u32, count: u32, shift: u32) -> Evaluation {
        let k = 12.min(count - 1);
        let near = (0..count).flat_map(|row| (1..=k).map(move |i| (row + i + shift) % count));
        let value = |i: u32| (i.wrapping_mul(2_654_435_761) >> 16) as f32 / 65_536.0 - 0.5;
        Evaluation {
            step,
            dimensions: 4,
            embeddings: Floats((0..count * 4).map(value).collect()),
            neighbours: Neighbours {
                k,
                indices: near.collect(),
                similarities: Floats((0..count * k).map(|i| 1.0 - (i % k) as f32 / 16.0).collect()),
            },
            ..Evaluation::bare(
                if step == 0 { Stage::Untrained } else { Stage::Trained },
                (0..count).collect(),
            )
        }
    }

    #[test]
    fn moments_are_thinned_evenly_and_keep_the_ends() {
        let mut moments = Moments::default();
        for step in 0..=500 {
            moments.keep(&evaluation(step, 5, 0));
        }
        let steps: Vec<u32> = moments.moments.iter().map(|moment| moment.step).collect();
        assert_eq!((steps.len(), steps[0], steps[MAX_MOMENTS - 1]), (MAX_MOMENTS, 0, 500));
        let gaps: Vec<u32> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let even = 500.0 / (MAX_MOMENTS - 1) as f32;
        assert!(gaps.iter().all(|gap| (*gap as f32) < 2.5 * even), "{gaps:?}");
    }

    #[test]
    fn ten_thousand_pictures_cost_less_than_twenty_megabytes() {
        let mut moments = Moments::default();
        for step in 0..=MAX_MOMENTS as u32 {
            moments.keep(&evaluation(step, 10_000, 0));
        }
        let bytes = |moment: &Moment| {
            size_of::<Point>() * moment.points.capacity()
                + size_of::<u32>() * moment.nearest.capacity()
                + size_of::<i16>() * moment.similarities.capacity()
        };
        let total: usize = moments.moments.iter().map(bytes).sum();
        assert_eq!(moments.moments.len(), MAX_MOMENTS);
        assert!((10_000_000..20_000_000).contains(&total), "{total} bytes");
    }

    #[test]
    fn shown_moment_replaces_the_present_network() {
        let mut state = state(6);
        for (step, shift) in [(0, 0), (10, 1), (20, 2)] {
            state.apply(Event::Evaluated(evaluation(step, 6, shift)));
        }
        assert_eq!((state.moments.place(), state.replayed()), (2, None));
        state.replay(1);
        assert_eq!(state.replayed().map(|moment| moment.step), Some(10));
        let near = state.replayed_nearest(Stage::Trained, 3).expect("a moment is shown");
        assert_eq!(near.iter().map(|near| near.id).collect::<Vec<_>>(), [5, 0, 1, 2, 3]);
        assert!((near[2].similarity - 0.875).abs() < 1e-3);
        assert_eq!(state.replayed_nearest(Stage::Pixels, 3), None);
        // Other moments come, and the shown one stays.
        state.apply(Event::Evaluated(evaluation(30, 6, 0)));
        assert_eq!(state.replayed().map(|moment| moment.step), Some(10));
        state.show_stage(Stage::Pixels);
        assert_eq!(state.replayed(), None);
        state.replay(3);
        assert_eq!((state.replayed(), state.shown_stage()), (None, Stage::Trained));
    }

    fn steps(state: &State) -> Vec<u32> {
        state.moments.moments.iter().map(|moment| moment.step).collect()
    }

    #[test]
    fn moments_outlive_an_engine() {
        let mut state = state(6);
        for step in [0, 10, 20, 30] {
            state.apply(Event::Evaluated(evaluation(step, 6, 0)));
        }
        state.apply(Event::Stepped((1..=30).map(report).collect()));
        state.apply(snapshot(20));
        state.apply(failed());
        state.apply(Event::Restored { step: 20, parameters: 1 });
        // The new engine embeds the set with the untrained network first.
        state.apply(Event::Evaluated(evaluation(0, 6, 1)));
        state.apply(Event::Evaluated(evaluation(20, 6, 0)));
        assert_eq!(steps(&state), [0, 10, 20]);
        let nearest = |place: usize| state.moments.nearest(&state.moments.moments[place], 0)[0].id;
        assert_eq!([nearest(0), nearest(1)], [2, 1]);
        // Other features are not comparable.
        let embeddings = Floats((0..12).map(|i| i as f32).collect());
        state.apply(Event::Evaluated(Evaluation { dimensions: 2, embeddings, ..evaluation(0, 6, 0) }));
        assert_eq!(steps(&state), [0]);
    }

    #[test]
    fn moments_end_with_their_run_and_their_set() {
        let mut state = state(6);
        for step in [0, 10, 20] {
            state.apply(Event::Evaluated(evaluation(step, 6, 0)));
        }
        state.apply(Event::Restored { step: 10, parameters: 1 });
        assert_eq!(steps(&state), [0, 10]);
        state.apply(Event::Restarted { parameters: 1 });
        assert_eq!(steps(&state), [0]);
        state.apply(Event::Evaluated(evaluation(5, 6, 0)));
        state.apply(Event::Evaluated(evaluation(0, 5, 0)));
        assert_eq!((steps(&state), state.moments.pictures.len()), (vec![0], 5));
    }
}
