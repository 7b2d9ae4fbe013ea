//! Explanations of similar pairs.

use likeness::{
    engine::Progress,
    protocol::{Answer, Command, Event, Explanation, Floats, Pair, Query, Stage, Subject},
    samples::shape,
};
use strum::VariantArray;

use crate::harness::{Harness, evaluations, pictures, small};
use crate::query::answers;

/// Works until a pair is explained; also returns the number of pieces of work.
fn explanation(harness: &mut Harness, pair: Pair) -> (Explanation, usize) {
    harness.take();
    harness.send(Command::Ask(pair.into()));
    let mut pieces = 0;
    loop {
        let progress = pollster::block_on(harness.session.work());
        pieces += 1;
        for event in harness.take() {
            if let Event::Answered(_, Answer::Explanation(explanation)) = event {
                return (explanation, pieces);
            }
        }
        assert_eq!(progress, Progress::More, "it never came");
    }
}

#[test]
fn a_pair_is_explained_at_every_stage() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.send(Command::Train);
    harness.settle();
    harness.send(Command::Query(Some(Query {
        number: 1,
        rgb: pictures(30..31).remove(0).rgb,
        among: Vec::new(),
    })));
    harness.settle();
    let events = harness.take();
    for stage in Stage::VARIANTS.iter().copied() {
        let mut all = evaluations(&events).into_iter().filter(|evaluation| evaluation.stage == stage);
        let evaluation = all.next_back().expect("an evaluation");
        let near = (evaluation.neighbours.indices[0], evaluation.neighbours.similarities.0[0]);
        let pair = Pair { stage, subjects: [Subject::Picture(0), Subject::Picture(near.0)] };
        let (found, _) = explanation(&mut harness, pair);
        assert_eq!((found.pair, found.step, found.side), (pair, evaluation.step, 16));
        assert!((found.similarity - near.1).abs() < 1e-4, "{} instead of {}", found.similarity, near.1);
        for Floats(drops) in &found.drops {
            assert_eq!(drops.len(), 16 * 16);
            assert!(drops.iter().all(|drop| drop.is_finite()) && drops.iter().any(|drop| *drop != 0.0));
        }
        // The same pair in reverse order gives the same result.
        let [first, second] = found.drops;
        let turned = Pair { stage, subjects: [Subject::Picture(near.0), Subject::Picture(0)] };
        assert_eq!(explanation(&mut harness, turned).0.drops, [second, first]);
        let answer = answers(&events).into_iter().rfind(|answer| answer.stage == stage).expect("an answer");
        let with_query = Pair { stage, subjects: [Subject::Query(1), Subject::Picture(answer.pictures[0])] };
        let (found, _) = explanation(&mut harness, with_query);
        assert!((found.similarity - answer.similarities.0[0]).abs() < 1e-4);
    }
}

#[test]
fn raw_pixel_drops_agree_with_brute_force() {
    let mut harness = Harness::with_pictures(small(), 12);
    let pair = Pair { stage: Stage::Pixels, subjects: [Subject::Picture(3), Subject::Picture(8)] };
    let (found, _) = explanation(&mut harness, pair);
    let all: Vec<_> = (0..12).map(|index| shape(index, 1).image.planes(16)).collect();
    let mean = |pixel: usize| all.iter().map(|planes| planes[pixel]).sum::<f32>() / 12.0;
    let means: Vec<f32> = (0..3 * 256).map(mean).collect();
    let centred =
        |planes: &[f32]| planes.iter().zip(&means).map(|(value, mean)| value - mean).collect::<Vec<f32>>();
    let cosine = |a: &[f32], b: &[f32]| {
        let sum = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(x * y)).sum::<f64>();
        sum(a, b) / (sum(a, a) * sum(b, b)).sqrt()
    };
    let (a, b) = (centred(&all[3]), centred(&all[8]));
    let (mut sums, mut counts) = (vec![0.0; 256], vec![0.0; 256]);
    // Nine positions of a patch of 4 pixels along each side: from 0 to 12, halves rounded up.
    for (top, left) in (0..81).map(|place| (place / 9, place % 9)) {
        let [top, left] = [top, left].map(|step| (f64::from(step) * 1.5).round() as usize);
        let inside =
            |pixel: usize| (top..top + 4).contains(&(pixel / 16)) && (left..left + 4).contains(&(pixel % 16));
        let covered: Vec<f32> =
            all[3].iter().enumerate().map(|(i, value)| if inside(i % 256) { 0.5 } else { *value }).collect();
        let covered = centred(&covered);
        let drop = cosine(&a, &b) - cosine(&covered, &b);
        for pixel in (0..256).filter(|pixel| inside(*pixel)) {
            sums[pixel] += drop;
            counts[pixel] += 1.0;
        }
    }
    for (pixel, found) in found.drops[0].0.iter().enumerate() {
        let expected = sums[pixel] / counts[pixel];
        assert!((f64::from(*found) - expected).abs() < 1e-5, "pixel {pixel}: {found}, not {expected}");
    }
}

#[test]
fn training_and_pause_interrupt_an_explanation() {
    let mut settings = small();
    (settings.side, settings.width, settings.steps) = (96, 16, 500);
    let mut harness = Harness::with_pictures(settings, 6);
    let pair = Pair { stage: Stage::Untrained, subjects: [Subject::Picture(0), Subject::Picture(1)] };
    let (_, pieces) = explanation(&mut harness, pair);
    assert!(pieces > 3, "it came in {pieces} pieces");
    // A change of the set cancels the explanation.
    harness.send(Command::Ask(pair.into()));
    pollster::block_on(harness.session.work());
    harness.send(Command::Remove(vec![1]));
    harness.send(Command::Settle);
    harness.settle();
    assert!(!harness.take().iter().any(|event| matches!(event, Event::Answered(_, Answer::Explanation(_)))));
}
