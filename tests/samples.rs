//! The built-in sets as a whole.

use std::rc::Rc;

use likeness::{
    evaluate::{
        UnitRows,
        knn::{self, Scoring},
        neighbours::NearestNeighbours,
    },
    samples::{SHAPE_LABELS, SHAPES, shape},
};

/// Side of the encoder's pictures, in pixels.
const SIDE: usize = 32;

/// Largest accuracy of neighbours by raw pixels: a set that pixels solve shows nothing.
const MOST_BY_PIXELS: f32 = 0.25;

#[test]
fn pixels_alone_do_not_solve_shapes() {
    let planes: Vec<f32> = (0..SHAPES).flat_map(|index| shape(index, 1).image.planes(SIDE)).collect();
    let labels: Vec<_> = (0..SHAPES).map(|index| Some((index % SHAPE_LABELS.len()) as u32)).collect();
    let rows = UnitRows::new(planes, 3 * SIDE * SIDE);
    let nearest = NearestNeighbours::find(&rows, knn::K);
    let score = Scoring::new(&rows, &Rc::new(nearest), &labels).finish().expect("there are ten labels");
    assert!((0.1..=MOST_BY_PIXELS).contains(&score.accuracy), "kNN@10 by pixels is {}", score.accuracy);
}
