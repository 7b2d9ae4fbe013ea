//! Draws a map of the set: at once by principal components, bit by bit by t-SNE.

use std::{collections::HashMap, future::ready, rc::Rc};

use web_time::{Duration, Instant};

use super::{Advance, Context, Job, Kind, Request};
use crate::{
    evaluate::{
        UnitRows,
        principal_components::{PrincipalComponents, principal_components},
        procrustes::align,
        tsne::{Tsne, root_mean_square},
    },
    progress::Progress,
    protocol::{Event, Floats, Map, MapMethod, PictureId, Stage},
};

/// How often a map in the making is shown.
const SHOW_EVERY: Duration = Duration::from_millis(120);

/// A map in the making.
struct Mapper {
    map: Map,
    tsne: Option<Tsne>,
    shown: Instant,
}

/// Asks for a map.
pub fn request(stage: Stage, method: MapMethod) -> Request {
    Request::only(Kind::Map, Some(stage), move |context| {
        let (embedded, before) = (context.embeddings.get(stage)?, context.last_map.as_ref());
        Some(Mapper::new((stage, method), embedded.step, context.set.ids(), &embedded.rows, before))
    })
}

impl Job for Mapper {
    fn advance<'a>(&'a mut self, context: &'a mut Context<'_>) -> Advance<'a> {
        let (map, progress) = self.draw();
        if let Some(map) = map {
            *context.last_map = Some(map.clone());
            context.emit(Event::Mapped(map));
        }
        Box::pin(ready(Ok(progress)))
    }
}

impl Mapper {
    /// Starts a map of `rows`, turned as far as possible like the one before it.
    fn new(
        (stage, method): (Stage, MapMethod),
        step: u32,
        pictures: Vec<PictureId>,
        rows: &Rc<UnitRows>,
        before: Option<&Map>,
    ) -> Self {
        let PrincipalComponents { mut points, explained } = principal_components(rows);
        if let Some(before) = before {
            align(&mut points, common_places(&pictures, before));
        }
        let tsne =
            (method == MapMethod::Tsne).then(|| match before.and_then(|map| goes_on(map, &pictures)) {
                Some(places) => Tsne::resume(rows, &places),
                None => Tsne::new(rows, &points),
            });
        let explained = explained.iter().sum();
        let mut map = Map {
            stage,
            step,
            method,
            pictures,
            points: Floats::default(),
            radius: 0.0,
            explained,
            done: 0,
            total: 0,
        };
        put(&mut map, &points);
        Self { map, tsne, shown: Instant::now() }
    }

    /// Does one short piece of work; returns the map, if it is time to show it.
    fn draw(&mut self) -> (Option<Map>, Progress) {
        let Some(tsne) = &mut self.tsne else { return (Some(self.map.clone()), Progress::Idle) };
        let progress = tsne.advance();
        if progress == Progress::More && self.shown.elapsed() < SHOW_EVERY {
            return (None, progress);
        }
        self.shown = Instant::now();
        put(&mut self.map, &tsne.points());
        (self.map.done, self.map.total) = tsne.progress();
        (Some(self.map.clone()), progress)
    }
}

/// Puts points into a map, scaled to a root mean square distance of 1 from its middle.
fn put(map: &mut Map, points: &[[f32; 2]]) {
    map.radius = root_mean_square(points);
    let scale = if map.radius > 0.0 { 1.0 / map.radius } else { 1.0 };
    map.points = Floats(points.iter().flatten().map(|value| value * scale).collect());
}

/// The rows of pictures that were on the map before, with their places there.
fn common_places(pictures: &[PictureId], before: &Map) -> Vec<(usize, [f32; 2])> {
    let places = before.points.0.chunks_exact(2).map(|point| [point[0], point[1]]);
    let known: HashMap<_, _> = before.pictures.iter().zip(places).collect();
    let rows = pictures.iter().enumerate();
    rows.filter_map(|(row, id)| Some((row, *known.get(id)?))).collect()
}

/// Where a new t-SNE of the same pictures goes on, if the map before it is one.
fn goes_on(before: &Map, pictures: &[PictureId]) -> Option<Vec<[f32; 2]>> {
    let is_finished = before.method == MapMethod::Tsne && before.done == before.total;
    (is_finished && before.pictures == pictures).then(|| {
        let points = before.points.0.chunks_exact(2);
        points.map(|point| [point[0] * before.radius, point[1] * before.radius]).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rc<UnitRows> {
        Rc::new(UnitRows::new((0..40).map(|i| ((i * i) as f32 * 0.37).sin()).collect(), 4))
    }

    fn finished(method: MapMethod, before: Option<&Map>) -> Map {
        let mut mapper = Mapper::new((Stage::Untrained, method), 0, (0..10).collect(), &rows(), before);
        loop {
            if let (Some(map), Progress::Idle) = mapper.draw() {
                return map;
            }
        }
    }

    #[test]
    fn a_second_map_lies_on_the_first() {
        let mut first = finished(MapMethod::Pca, None);
        // Turn the first by a right angle: the second has to follow.
        for point in first.points.0.chunks_exact_mut(2) {
            (point[0], point[1]) = (-point[1], point[0]);
        }
        let second = finished(MapMethod::Pca, Some(&first));
        for (a, b) in first.points.0.iter().zip(&second.points.0) {
            assert!((a - b).abs() < 1e-4);
        }
    }

    #[test]
    fn a_second_tsne_goes_on_where_the_first_ended() {
        let first = finished(MapMethod::Tsne, None);
        assert_eq!(first.done, first.total);
        let mut mapper =
            Mapper::new((Stage::Trained, MapMethod::Tsne), 9, (0..10).collect(), &rows(), Some(&first));
        let (done, total) = mapper.tsne.as_ref().expect("it draws by t-SNE").progress();
        assert!(done > 0 && done < total);
        while mapper.draw().1 == Progress::More {}
        assert!((root_mean_square(&[[1.0, 0.0]]) - 1.0).abs() < 1e-6);
        let spread: f32 = mapper.map.points.0.iter().map(|value| value * value).sum::<f32>() / 10.0;
        assert!((spread - 1.0).abs() < 1e-3, "maps have one size");
    }
}
