//! Copies of one picture, by comparison of the pictures themselves.

use std::{collections::HashMap, rc::Rc};

use web_time::{Duration, Instant};

use super::{Context, Kind, Request, Slice};
use crate::{
    disjoint_sets::DisjointSets,
    evaluate::copies::{
        are_copies,
        thumbnails::{Thumbnails, thumbnail},
    },
    image::Image,
    protocol::{Answer, Breakdown, Copies, CopiesRequest, Event, PictureId},
};

/// Returns a request for the copies in the whole set.
pub fn request(request: CopiesRequest) -> Request {
    Request::answer(Kind::Study, request, move |context: &Context<'_>| {
        Some(copies(context.set.ids(), context.set.images(), context.slice.clone()))
    })
}

/// Interval at which what is found so far is reported.
const SHOW_EVERY: Duration = Duration::from_millis(300);

/// Compares every picture with those that look like it, and finds equal pictures whatever they show.
async fn copies(ids: Vec<PictureId>, images: Vec<Rc<Image>>, slice: Slice) -> Result<Copies, Breakdown> {
    let mut values = Vec::new();
    for image in &images {
        values.extend(thumbnail(image.rgb()));
        slice.pause().await;
    }
    let thumbnails = Thumbnails::new(values);
    let mut sets = DisjointSets::new(images.len());
    let mut firsts = HashMap::new();
    for (row, image) in images.iter().enumerate() {
        let first = *firsts.entry(image.rgb()).or_insert(row);
        sets.join(first, row);
    }
    let (mut next, mut shown) = (0, Instant::now());
    while next < images.len() {
        if shown.elapsed() >= SHOW_EVERY {
            shown = Instant::now();
            let so_far = Answer::Copies(found(&ids, &mut sets, next));
            slice.emit(Event::Answered(CopiesRequest::default().into(), so_far));
        }
        let rows = thumbnails.slice(next);
        next = rows.end;
        for pair in thumbnails.candidates(rows) {
            // Most candidates appear twice: as one of each of their pictures.
            if sets.find(pair.one) != sets.find(pair.other)
                && are_copies(images[pair.one].rgb(), images[pair.other].rgb(), pair.mirrored)
            {
                sets.join(pair.one, pair.other);
            }
            slice.pause().await;
        }
    }
    Ok(found(&ids, &mut sets, next))
}

/// Returns the sets found by comparing this number of pictures.
fn found(ids: &[PictureId], sets: &mut DisjointSets, done: usize) -> Copies {
    let mut members = vec![Vec::new(); ids.len()];
    for (row, id) in ids.iter().enumerate() {
        members[sets.find(row)].push(*id);
    }
    let mut sets: Vec<Vec<PictureId>> = members.into_iter().filter(|set| set.len() > 1).collect();
    sets.sort_unstable();
    Copies { sets, done: done as u32, total: ids.len() as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shape;

    #[test]
    fn copies_and_equal_pictures_form_sets() {
        let shapes: Vec<Image> = (0..12).map(|index| shape(index * 80, 5).image).collect();
        let mirrored = Image::draw(|x, y| pixel(&shapes[3], crate::image::SIDE - 1 - x, y));
        let black = Image::draw(|_, _| [0; 3]);
        let mut images = shapes;
        images.extend([images[7].clone(), mirrored, black.clone(), black, Image::draw(|_, _| [1; 3])]);
        let ids: Vec<PictureId> = (100..).take(images.len()).collect();
        let images = images.into_iter().map(Rc::new).collect();
        let found = pollster::block_on(copies(ids, images, Slice::default())).expect("no device is involved");
        assert_eq!(found.sets, [vec![103, 113], vec![107, 112], vec![114, 115]]);
        assert_eq!((found.done, found.total), (17, 17));
        assert!(found.is_complete());
    }

    fn pixel(image: &Image, x: usize, y: usize) -> [u8; 3] {
        let (pixels, _) = image.rgb().as_chunks();
        pixels[y * crate::image::SIDE + x]
    }
}
