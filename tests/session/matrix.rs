//! The similarity matrix of the set.

use likeness::protocol::{Answer, Command, Event, MatrixRequest, Stage};

use crate::harness::{Harness, evaluations, small};

#[test]
fn the_matrix_holds_the_cosines_of_the_embeddings() {
    let mut harness = Harness::with_pictures(small(), 12);
    let events = harness.take();
    let untrained = evaluations(&events).into_iter().find(|found| found.stage == Stage::Untrained);
    let untrained = untrained.expect("it is evaluated").clone();
    harness.send(Command::Ask(MatrixRequest { stage: Stage::Untrained }.into()));
    harness.settle();
    let matrix = harness.take().into_iter().find_map(|event| match event {
        Event::Answered(_, Answer::Matrix(matrix)) => Some(matrix),
        _ => None,
    });
    let matrix = matrix.expect("a matrix");
    // By label: 0 and 10 are of the same kind, 1 and 11 too.
    assert_eq!(matrix.order, [0, 10, 1, 11, 2, 3, 4, 5, 6, 7, 8, 9]);
    let row = |id: u32| {
        let at = untrained.pictures.iter().position(|picture| *picture == id).expect("it is there");
        let width = untrained.dimensions as usize;
        &untrained.embeddings.0[at * width..][..width]
    };
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    for (at, cell) in matrix.cells.0.iter().enumerate() {
        let (a, b) = (row(matrix.order[at / 12]), row(matrix.order[at % 12]));
        let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
        assert!((cell - cosine).abs() < 1e-5, "cell {at}: {cell} instead of {cosine}");
    }
}

#[test]
fn all_requested_matrices_have_the_same_order() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.send(Command::Train);
    harness.settle();
    harness.take();
    // All at once, as they arrive during a long piece of work.
    for stage in [Stage::Untrained, Stage::Trained, Stage::Untrained, Stage::Pixels] {
        harness.send(Command::Ask(MatrixRequest { stage }.into()));
    }
    harness.settle();
    let events = harness.take();
    let matrices: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Answered(_, Answer::Matrix(matrix)) => Some((matrix.stage, &matrix.order)),
            _ => None,
        })
        .collect();
    let stages: Vec<_> = matrices.iter().map(|(stage, _)| *stage).collect();
    assert_eq!(stages, [Stage::Untrained, Stage::Trained, Stage::Pixels]);
    assert!(matrices.iter().all(|(_, order)| order.len() == 12 && *order == matrices[0].1));
}
