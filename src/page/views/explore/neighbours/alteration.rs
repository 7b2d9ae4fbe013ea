//! A picture of the set, changed by hand: do its nearest stay?

use crate::{
    affine_colour::Colour,
    image::{Image, SIDE},
    page::{state::State, words},
    protocol::{PictureId, Stage},
};

/// Changes of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alteration {
    /// Rotation in degrees, clockwise.
    pub turn: f32,
    /// Factor by which the centre is enlarged, at least 1.
    pub zoom: f32,
    /// Rotation of the colour circle, in degrees.
    pub hue: f32,
    /// Factor of brightness.
    pub brightness: f32,
    /// Whether left and right are swapped.
    pub mirrored: bool,
    /// Whether there is no colour.
    pub grey: bool,
}

impl Alteration {
    /// No change.
    pub const NONE: Self =
        Self { turn: 0.0, zoom: 1.0, hue: 0.0, brightness: 1.0, mirrored: false, grey: false };

    /// Returns the changed picture, which goes on beyond its edges as its mirror image, as in training.
    pub fn apply(&self, image: &Image) -> Image {
        let (sin, cos) = self.turn.to_radians().sin_cos();
        let across = if self.mirrored { -1.0 } else { 1.0 };
        let colour = Colour::hue(self.hue.to_radians())
            .then(&Colour::grayscale(f32::from(u8::from(self.grey))))
            .then(&Colour::brightness(self.brightness));
        let middle = (SIDE as f32 - 1.0) / 2.0;
        Image::draw(|x, y| {
            let [x, y] = [x, y].map(|place| (place as f32 - middle) / self.zoom);
            let (x, y) = (across * (cos * x + sin * y), cos * y - sin * x);
            let rgb = sample(image, x + middle, y + middle);
            let mapped = |row: usize| {
                let sum: f32 = colour.matrix[row].iter().zip(rgb).map(|(weight, value)| weight * value).sum();
                (sum + 255.0 * colour.offset[row]).round() as u8
            };
            [0, 1, 2].map(mapped)
        })
    }
}

/// Returns the colour at a place between pixels, bilinearly; outside, that of the mirror image.
fn sample(image: &Image, x: f32, y: f32) -> [f32; 3] {
    let side = SIDE as f32;
    let reflected = |place: f32| {
        let place = (place + 0.5).abs() % (2.0 * side);
        (place.min(2.0 * side - place) - 0.5).clamp(0.0, side - 1.0)
    };
    let [x, y] = [x, y].map(reflected);
    let (left, top) = (x.floor(), y.floor());
    let at = |column: f32, row: f32, channel: usize| {
        let [column, row] = [column, row].map(|place| (place as usize).min(SIDE - 1));
        f32::from(image.rgb()[(row * SIDE + column) * 3 + channel])
    };
    let mix = |a: f32, b: f32, share: f32| a + share * (b - a);
    [0, 1, 2].map(|channel| {
        let line = |row: f32| mix(at(left, row, channel), at(left + 1.0, row, channel), x - left);
        mix(line(top), line(top + 1.0), y - top)
    })
}

impl State {
    /// Changes a picture and searches the set with the result; without changes, the picture itself is shown.
    pub fn alter(&mut self, id: PictureId, alteration: Alteration) {
        if alteration == Alteration::NONE {
            return self.end_altered();
        }
        let Some(entry) = self.pictures.get(id) else { return };
        let image = alteration.apply(&entry.image);
        let name = format!("{}, changed", words::title(self, id));
        self.search_altered(name, image, (id, alteration));
    }

    /// Returns the picture to change, and its present changes: the focused one, unless another picture is searched
    /// with.
    pub fn to_alter(&self) -> Option<(PictureId, Alteration)> {
        if self.search.in_front().is_some() {
            return self.search.altered();
        }
        let focused = self.selected.filter(|id| self.pictures.get(*id).is_some());
        focused.map(|id| (id, Alteration::NONE))
    }

    /// Describes how near the unchanged picture is to the changed one, now and before training.
    pub fn original_rank(&self) -> Option<String> {
        let (id, _) = self.search.altered()?;
        let place = |stage: Stage| {
            let nearest = self.search.nearest(stage);
            match nearest.iter().position(|near| near.id == id) {
                _ if nearest.is_empty() => None,
                Some(0) => Some("its nearest".to_owned()),
                Some(place) => Some(format!("its {}-nearest", words::ordinal(place + 1))),
                None => Some(format!("not among its {} nearest", nearest.len())),
            }
        };
        let before = place(Stage::Untrained)?;
        Some(match place(Stage::Trained) {
            Some(now) => format!("The original is {now} now. Before training, it was {before}."),
            None => format!("Before training, the original is {before}."),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{commands, embedded},
        protocol::{Command, Event, Floats, QueryAnswer},
    };

    fn picture() -> Image {
        Image::draw(|x, y| [2 * x as u8, 2 * y as u8, (x * y % 251) as u8])
    }

    fn at(image: &Image, x: usize, y: usize) -> [u8; 3] {
        let place = (y * SIDE + x) * 3;
        [0, 1, 2].map(|channel| image.rgb()[place + channel])
    }

    #[test]
    fn quarter_turns_and_mirror_images_move_whole_pixels() {
        let (image, last) = (picture(), SIDE - 1);
        let turned = Alteration { turn: 90.0, ..Alteration::NONE }.apply(&image);
        let mirrored = Alteration { mirrored: true, ..Alteration::NONE }.apply(&image);
        for (x, y) in [(0, 0), (5, 70), (95, 0), (40, 41)] {
            let close = |found: [u8; 3], expected: [u8; 3]| {
                found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) <= 1)
            };
            // The upper edge becomes the right one.
            assert!(close(at(&turned, last - y, x), at(&image, x, y)), "({x}, {y})");
            assert_eq!(at(&mirrored, last - x, y), at(&image, x, y));
        }
        assert_eq!(Alteration::NONE.apply(&image), image);
    }

    #[test]
    fn zoom_shows_the_centre_between_pixels() {
        let ramp = Image::draw(|x, _| [2 * x as u8; 3]);
        let near = Alteration { zoom: 2.0, ..Alteration::NONE }.apply(&ramp);
        for x in 0..SIDE {
            let expected = 2.0 * (47.5 + (x as f32 - 47.5) / 2.0);
            assert!((f32::from(at(&near, x, 9)[0]) - expected).abs() <= 0.5, "column {x}");
        }
    }

    #[test]
    fn colours_change_as_in_training() {
        let image = Image::draw(|_, _| [200, 40, 90]);
        let grey = Alteration { grey: true, brightness: 0.5, ..Alteration::NONE }.apply(&image);
        let luma = (0.299 * 200.0 + 0.587 * 40.0 + 0.114 * 90.0) / 2.0;
        assert_eq!(at(&grey, 3, 4), [(luma as f32).round() as u8; 3]);
        let turned = Alteration { hue: 120.0, ..Alteration::NONE }.apply(&image);
        let grey_of = |[red, green, blue]: [u8; 3]| {
            0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
        };
        assert!((grey_of(at(&turned, 0, 0)) - grey_of([200, 40, 90])).abs() < 1.5, "luma stays");
        assert_ne!(at(&turned, 0, 0), [200, 40, 90]);
        let plain = Image::draw(|_, _| [77; 3]);
        assert_eq!(Alteration { hue: 70.0, ..Alteration::NONE }.apply(&plain), plain, "grey has no hue");
    }

    #[test]
    fn changed_picture_is_searched_with_until_it_is_as_it_was() {
        let mut state = embedded(&[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
        state.select(1);
        assert_eq!(state.to_alter(), Some((1, Alteration::NONE)));
        let turned = Alteration { turn: 30.0, ..Alteration::NONE };
        let brighter = Alteration { brightness: 1.4, ..turned };
        state.alter(1, turned);
        state.alter(1, brighter);
        let queries: Vec<_> = commands(&mut state)
            .into_iter()
            .filter_map(|command| match command {
                Command::Query(query) => query.map(|query| query.number),
                _ => None,
            })
            .collect();
        assert_eq!(queries.len(), 2);
        assert_eq!(queries[0], queries[1], "the search stays the same while the picture changes");
        assert_eq!(state.to_alter(), Some((1, brighter)));
        let answer = |stage, pictures: Vec<u32>| {
            let similarities = Floats(vec![0.5; pictures.len()]);
            Event::Queried(QueryAnswer { number: queries[0], stage, pictures, similarities })
        };
        assert_eq!(state.original_rank(), None);
        state.apply(answer(Stage::Untrained, vec![0, 2]));
        assert_eq!(
            state.original_rank().as_deref(),
            Some("Before training, the original is not among its 2 nearest.")
        );
        state.apply(answer(Stage::Trained, vec![0, 1]));
        assert_eq!(
            state.original_rank().as_deref(),
            Some("The original is its 2nd-nearest now. Before training, it was not among its 2 nearest.")
        );
        state.select(2);
        assert_eq!(state.to_alter(), Some((2, Alteration::NONE)), "another picture is unchanged");
        assert!(state.search.sought().is_none(), "the changed one is gone");
        state.alter(2, turned);
        state.alter(2, Alteration::NONE);
        assert!(state.search.sought().is_none());
        assert_eq!(state.to_alter(), Some((2, Alteration::NONE)));
        state.alter(2, turned);
        state.remove(&[2]);
        assert!(state.search.sought().is_none(), "there is nothing to change back");
        let attempt = state.begin_search();
        state.finish_search(attempt, "a.png".to_owned(), Ok(picture()));
        assert_eq!(state.to_alter(), None, "a picture from outside is not changed");
    }

    #[cfg(feature = "engine")]
    #[test]
    fn places_beyond_the_edges_are_those_of_training() {
        use burn::tensor::{Device, Tensor, TensorData};

        use crate::{augment::View, kernels::views::render};
        let image = picture();
        let alteration = Alteration { turn: 30.0, zoom: 1.2, hue: 40.0, ..Alteration::NONE };
        let (sin, cos) = 30_f32.to_radians().sin_cos();
        let view = View {
            affine: [[cos / 1.2, sin / 1.2, 0.0], [-sin / 1.2, cos / 1.2, 0.0]],
            colour: Colour::hue(40_f32.to_radians()),
            ..View::IDENTITY
        };
        let area = SIDE * SIDE;
        let planes: Vec<f32> =
            (0..3 * area).map(|i| f32::from(image.rgb()[i % area * 3 + i / area]) / 255.0).collect();
        let batch = Tensor::from_data(TensorData::new(planes, [1, 3, SIDE, SIDE]), &Device::flex());
        let rendered: Vec<f32> = render(batch, &[view]).into_data().try_to_vec().expect("single precision");
        for (place, found) in alteration.apply(&image).rgb().iter().enumerate() {
            let expected = (255.0 * rendered[place % 3 * area + place / 3]).round() as u8;
            assert!(found.abs_diff(expected) <= 1, "byte {place}: {found} is not {expected}");
        }
    }
}
