//! Map of the set: immediate by principal components, gradual by t-SNE.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use web_time::{Duration, Instant};

use super::{Kind, Request, Slice};
use crate::{
    evaluate::{
        UnitRows,
        principal_components::{PrincipalComponents, principal_components},
        procrustes::align,
        tsne::{Tsne, root_mean_square},
    },
    progress::Progress,
    protocol::{Answer, Breakdown, Event, Floats, Map, MapMethod, MapRequest, PictureId, Stage},
};

/// Interval at which an unfinished map is reported.
const SHOW_EVERY: Duration = Duration::from_millis(120);

/// Returns a request for a map, aligned with the previous one as far as possible.
pub fn request(request: MapRequest) -> Request {
    let MapRequest { stage, method } = request;
    Request::answer(Kind::Map, request, move |context| {
        let (embedded, last) = (context.embeddings.get(stage)?, context.last_map.clone());
        let (pictures, slice) = (context.set.ids(), context.slice.clone());
        let begun = begin((stage, method), embedded.step, pictures, &embedded.rows, last.borrow().as_ref());
        Some(draw(begun, last, slice))
    })
}

/// Places `rows` by principal components, and prepares t-SNE, if requested, to start there or resume from the
/// previous map.
fn begin(
    (stage, method): (Stage, MapMethod),
    step: u32,
    pictures: Vec<PictureId>,
    rows: &Rc<UnitRows>,
    before: Option<&Map>,
) -> (Map, Option<Tsne>) {
    let PrincipalComponents { mut points, explained } = principal_components(rows);
    if let Some(before) = before {
        align(&mut points, common_places(&pictures, before));
    }
    let tsne = (method == MapMethod::Tsne).then(|| match before.and_then(|map| goes_on(map, &pictures)) {
        Some(places) => Tsne::resume(rows, &places),
        None => Tsne::new(rows, &points),
    });
    let mut map = Map {
        stage,
        step,
        method,
        pictures,
        points: Floats::default(),
        radius: 0.0,
        explained: explained.iter().sum(),
        done: 0,
        total: 0,
    };
    put(&mut map, &points);
    (map, tsne)
}

/// Completes a map, reporting it periodically.
async fn draw(
    (mut map, tsne): (Map, Option<Tsne>),
    last: Rc<RefCell<Option<Map>>>,
    slice: Slice,
) -> Result<Map, Breakdown> {
    let mut shown = Instant::now();
    if let Some(mut tsne) = tsne {
        while tsne.advance() == Progress::More {
            if shown.elapsed() >= SHOW_EVERY {
                shown = Instant::now();
                put_tsne(&mut map, &tsne);
                last.replace(Some(map.clone()));
                let request = MapRequest { stage: map.stage, method: map.method };
                slice.emit(Event::Answered(request.into(), Answer::Map(map.clone())));
            }
            slice.pause().await;
        }
        put_tsne(&mut map, &tsne);
    }
    last.replace(Some(map.clone()));
    Ok(map)
}

fn put_tsne(map: &mut Map, tsne: &Tsne) {
    put(map, &tsne.points());
    (map.done, map.total) = tsne.progress();
}

/// Sets the map's points, scaled to a root mean square distance of 1 from its centre.
fn put(map: &mut Map, points: &[[f32; 2]]) {
    map.radius = root_mean_square(points);
    let scale = if map.radius > 0.0 { 1.0 / map.radius } else { 1.0 };
    map.points = Floats(points.iter().flatten().map(|value| value * scale).collect());
}

/// Returns the rows of pictures that were on the previous map, with their positions there.
fn common_places(pictures: &[PictureId], before: &Map) -> Vec<(usize, [f32; 2])> {
    let places = before.points.0.chunks_exact(2).map(|point| [point[0], point[1]]);
    let known: HashMap<_, _> = before.pictures.iter().zip(places).collect();
    let rows = pictures.iter().enumerate();
    rows.filter_map(|(row, id)| Some((row, *known.get(id)?))).collect()
}

/// Returns the points to resume t-SNE from, if the previous map is a finished t-SNE map of the same pictures.
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

    fn begun(method: MapMethod, before: Option<&Map>) -> (Map, Option<Tsne>) {
        begin((Stage::Untrained, method), 0, (0..10).collect(), &rows(), before)
    }

    fn finished(begun: (Map, Option<Tsne>)) -> Map {
        let last = Rc::new(RefCell::new(None));
        let answer = pollster::block_on(draw(begun, last.clone(), Slice::default()));
        let map = last.take().expect("it is kept for the next");
        assert_eq!(answer, Ok(map.clone()));
        map
    }

    #[test]
    fn a_second_map_is_aligned_with_the_first() {
        let mut first = finished(begun(MapMethod::Pca, None));
        // The first map is rotated by a right angle; the second has to follow.
        for point in first.points.0.chunks_exact_mut(2) {
            (point[0], point[1]) = (-point[1], point[0]);
        }
        let second = finished(begun(MapMethod::Pca, Some(&first)));
        for (a, b) in first.points.0.iter().zip(&second.points.0) {
            assert!((a - b).abs() < 1e-4);
        }
    }

    #[test]
    fn a_second_tsne_resumes_from_the_first() {
        let first = finished(begun(MapMethod::Tsne, None));
        assert_eq!(first.done, first.total);
        let second = begun(MapMethod::Tsne, Some(&first));
        let (done, total) = second.1.as_ref().expect("it draws by t-SNE").progress();
        assert!(done > 0 && done < total);
        let second = finished(second);
        assert!((root_mean_square(&[[1.0, 0.0]]) - 1.0).abs() < 1e-6);
        let spread: f32 = second.points.0.iter().map(|value| value * value).sum::<f32>() / 10.0;
        assert!((spread - 1.0).abs() < 1e-3, "maps have one size");
    }
}
