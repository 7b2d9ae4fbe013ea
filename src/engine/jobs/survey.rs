//! Near-duplicates and outliers at one stage, by comparison of all pictures with each other.

use super::{Kind, Request, study::Input};
use crate::{
    evaluate::{
        near_duplicates::Forest,
        outliers::{K, nearest_mean},
    },
    protocol::{Breakdown, LEAST_LINK, PictureId, Survey, SurveyRequest},
};

/// Returns a request for near-duplicates and outliers of the whole set.
pub fn request(request: SurveyRequest) -> Request {
    Request::answer(Kind::Study, request, move |context| Some(survey(Input::new(context, request.stage)?)))
}

/// Compares all pictures with each other.
async fn survey(input: Input) -> Result<Survey, Breakdown> {
    let Input { stage, step, rows, pictures, slice, .. } = input;
    let (rows, count) = (rows.all_pairs(), pictures.len());
    let (mut forest, mut nearness) = (Forest::default(), Vec::new());
    while nearness.len() < count {
        let some = rows.slice(nearness.len());
        let cosines = rows.cosines(some.clone());
        for (row, similarities) in some.zip(cosines.chunks_exact(count)) {
            forest.see(row, similarities, LEAST_LINK);
            nearness.push(nearest_mean(similarities, row));
        }
        slice.pause().await;
    }
    let id = |row: u32| pictures[row as usize];
    let links = forest.finish(count);
    let mut isolated: Vec<(PictureId, f32)> = pictures.iter().copied().zip(nearness).collect();
    isolated.sort_by(|a, b| a.1.total_cmp(&b.1));
    Ok(Survey {
        stage,
        step,
        links: links.into_iter().map(|(similarity, a, b)| (id(a), id(b), similarity)).collect(),
        nearest: K.min(count.saturating_sub(1)) as u32,
        isolated,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::UnitRows;

    #[test]
    fn near_duplicates_are_linked_and_the_outlier_comes_first() {
        let angles = [0.0_f32, 0.3, 0.001, 0.6, 2.5, 0.302];
        let rows = UnitRows::new(angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).collect(), 2);
        let input = Input::of(rows, (20..26).collect());
        let survey = pollster::block_on(survey(input)).expect("there is no device to break down");
        let twins: Vec<_> =
            survey.links.iter().filter(|link| link.2 > 0.9999).map(|link| (link.0, link.1)).collect();
        assert_eq!(twins, [(20, 22), (21, 25)]);
        assert!(survey.links.iter().all(|link| link.2 >= LEAST_LINK && link.0 != 24 && link.1 != 24));
        assert_eq!((survey.isolated[0].0, survey.isolated.len(), survey.nearest), (24, 6, 5));
        let mean: f32 = [0, 1, 2, 3, 5].map(|i| (2.5 - angles[i]).cos()).iter().sum::<f32>() / 5.0;
        assert!((survey.isolated[0].1 - mean).abs() < 1e-5);
    }
}
