//! Copies of one picture, by comparison of the pictures themselves.

use std::collections::HashMap;

use web_time::{Duration, Instant};

use super::{Context, Kind, Request, Slice};
use crate::{
    disjoint_sets::DisjointSets,
    engine::pictures::Whole,
    evaluate::copies::{
        are_copies,
        thumbnails::{Thumbnails, thumbnail},
    },
    protocol::{Answer, Breakdown, Copies, CopiesRequest, Event, PictureId},
};

/// Returns a request for the copies in the whole set.
pub fn request(request: CopiesRequest) -> Request {
    Request::answer(Kind::Study, request, move |context: &Context<'_>| {
        Some(copies(context.set.ids(), context.set.wholes(), context.slice.clone()))
    })
}

/// Interval at which what is found so far is reported.
const SHOW_EVERY: Duration = Duration::from_millis(300);

/// Compares every picture with those that look like it, and finds equal pictures whatever they show.
async fn copies(ids: Vec<PictureId>, images: Vec<Whole>, slice: Slice) -> Result<Copies, Breakdown> {
    let mut values = Vec::new();
    for image in &images {
        values.extend(thumbnail(image.rgb()));
        slice.pause().await;
    }
    let thumbnails = Thumbnails::new(values);
    let mut sets = DisjointSets::new(images.len());
    let mut firsts = HashMap::new();
    for (row, image) in images.iter().enumerate() {
        let first = *firsts.entry(image).or_insert(row);
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
    use crate::{
        engine::pictures::PictureSet,
        image::{Image, SIDE},
        protocol::Picture,
        samples::shape,
    };

    /// Returns the sets found among pictures with ids from 100.
    fn found_among(pictures: impl IntoIterator<Item = (Image, Option<Image>)>) -> Copies {
        let mut set = PictureSet::new(16);
        let message = |(id, (image, whole)): (u32, (Image, Option<Image>))| {
            let half = SIDE / 2;
            let small = |whole: Image| {
                (0..half * half).flat_map(move |at| pixel(&whole, at % half * 2, at / half * 2))
            };
            let whole = whole.map(|whole| small(whole).collect::<Vec<u8>>().into());
            Picture { whole, ..Picture::square(id, None, image.into_rgb()) }
        };
        assert_eq!(set.add((100..).zip(pictures).map(message).collect()), 0);
        pollster::block_on(copies(set.ids(), set.wholes(), Slice::default())).expect("no device is involved")
    }

    #[test]
    fn copies_and_equal_pictures_form_sets() {
        let shapes: Vec<Image> = (0..12).map(|index| shape(index * 80, 5).image).collect();
        let mirrored = Image::draw(|x, y| pixel(&shapes[3], SIDE - 1 - x, y));
        let black = Image::draw(|_, _| [0; 3]);
        let mut images = shapes;
        images.extend([images[7].clone(), mirrored, black.clone(), black, Image::draw(|_, _| [1; 3])]);
        let found = found_among(images.into_iter().map(|image| (image, None)));
        assert_eq!(found.sets, [vec![103, 113], vec![107, 112], vec![114, 115]]);
        assert_eq!((found.done, found.total), (17, 17));
        assert!(found.is_complete());
    }

    #[test]
    fn pictures_are_compared_as_wholes() {
        let [centre, left, right] = [3, 83, 163].map(|index| shape(index, 5).image);
        // Panoramas of three pictures side by side, of which only the middle one is the same.
        let panorama = |parts: [&Image; 3]| Image::draw(|x, y| pixel(parts[x * 3 / SIDE], x * 3 % SIDE, y));
        let [one, other] = [[&left, &centre, &right], [&right, &centre, &left]].map(panorama);
        let again = (centre.clone(), Some(one.clone()));
        let found = found_among([again.clone(), (centre.clone(), Some(other)), again, (centre, None)]);
        assert_eq!(found.sets, [[100, 102]]);
        // A caption below the centre.
        let caption = |shade| {
            Image::draw(|x, y| if y < 72 { pixel(&one, x, y) } else { [shade * u8::from(x / 8 % 2 == 0); 3] })
        };
        let found = found_among([50, 250, 50].map(|shade| (one.clone(), Some(caption(shade)))));
        assert_eq!(found.sets, [[100, 102]]);
    }

    fn pixel(image: &Image, x: usize, y: usize) -> [u8; 3] {
        let (pixels, _) = image.rgb().as_chunks();
        pixels[y * SIDE + x]
    }
}
