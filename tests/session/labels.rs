//! Classification by a few labels.

use likeness::protocol::{Command, Event, KnnScore, Picture, Stage};
use strum::VariantArray;

use crate::harness::{Harness, classifications, evaluations, labelling, losses, pictures, refusals, small};

#[test]
fn typed_labels_rescore_every_evaluation() {
    let mut harness = Harness::with_pictures(small(), 60);
    harness.send(Command::Step);
    harness.settle();
    let events = harness.take();
    let of = |stage| evaluations(&events).into_iter().rfind(|evaluation| evaluation.stage == stage);
    let score = |stage: &Stage| of(*stage).map(|it| (*stage, it.knn)).expect("it is there");
    let before: Vec<_> = Stage::VARIANTS.iter().map(score).collect();
    let mut scores = |typed: Vec<(u32, u32)>| -> Vec<(Stage, Option<KnnScore>)> {
        harness.send(Command::Label(typed));
        harness.settle();
        let scored = |event: &Event| match event {
            Event::Scored { stage, knn } => Some((*stage, *knn)),
            _ => None,
        };
        harness.take().iter().filter_map(scored).collect()
    };
    let one = scores((0..60).map(|id| (id, 7)).collect());
    let nothing: Vec<_> = Stage::VARIANTS.iter().map(|stage| (*stage, None)).collect();
    assert_eq!(one, nothing, "one label tells nothing");
    let renamed = scores(pictures(0..60).iter().map(|it| (it.id, 100 + it.label.unwrap_or(0))).collect());
    assert_eq!(renamed, before, "the name of a label does not matter");
    assert_ne!(scores((0..60).map(|id| (id, id % 7)).collect()), before);
    assert_eq!(scores(Vec::new()), before, "what pictures came with shows again");
}

#[test]
fn no_score_of_earlier_embeddings_follows_an_evaluation() {
    let mut harness = Harness::with_pictures(small(), 60);
    harness.send(Command::Step);
    harness.settle();
    harness.take();
    harness.send(Command::Step);
    harness.until(|event| matches!(event, Event::Stepped(_)));
    // The set is embedded again before these labels score it.
    harness.send(Command::Label((0..60).map(|id| (id, id % 7)).collect()));
    harness.settle();
    let events = harness.take();
    let evaluated = events.iter().position(|event| matches!(event, Event::Evaluated(_)));
    let after = &events[evaluated.expect("it is embedded anew")..];
    let scored = after.iter().filter_map(|event| match event {
        Event::Scored { stage, .. } => Some(*stage),
        _ => None,
    });
    assert_eq!(scored.collect::<Vec<_>>(), [Stage::Pixels, Stage::Classic, Stage::Untrained]);
}

#[test]
fn unlabelled_pictures_are_excluded_from_the_score() {
    let unlabelled =
        |picture: Picture| Picture { label: picture.label.filter(|label| *label < 5), ..picture };
    let mut harness = Harness::new(small());
    harness.send(Command::Add(pictures(0..60).into_iter().map(unlabelled).collect()));
    harness.send(Command::Settle);
    harness.settle();
    let events = harness.take();
    let untrained = evaluations(&events).into_iter().find(|evaluation| evaluation.stage == Stage::Untrained);
    let untrained = untrained.expect("it is evaluated");
    let width = untrained.dimensions as usize;
    let row = |id: usize| &untrained.embeddings.0[id * width..][..width];
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    let cosine = |a: &[f32], b: &[f32]| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    // A picture's label is its number modulo 10.
    let labelled: Vec<usize> = (0..60).filter(|id| id % 10 < 5).collect();
    let shared = |id: &usize| {
        let mut others: Vec<usize> = labelled.iter().copied().filter(|other| other != id).collect();
        others.sort_by(|a, b| cosine(row(*b), row(*id)).total_cmp(&cosine(row(*a), row(*id))));
        others[..10].iter().filter(|other| *other % 10 == id % 10).count()
    };
    let expected = labelled.iter().map(shared).sum::<usize>() as f32 / (10 * labelled.len()) as f32;
    let found = untrained.knn.expect("a score");
    assert!((found.shared_labels - expected).abs() < 1e-6, "{found:?} instead of {expected}");
}

#[test]
fn a_few_labels_classify_the_rest_on_the_same_split_at_every_stage() {
    let mut harness = Harness::with_pictures(small(), 60);
    harness.send(Command::Step);
    harness.settle();
    let untouched = losses(&harness.take());
    for stage in [Stage::Trained, Stage::Untrained, Stage::Pixels] {
        harness.send(Command::Ask(labelling(stage, vec![(7, 3)]).into()));
    }
    harness.settle();
    let events = harness.take();
    let found = classifications(&events);
    assert_eq!(
        found.iter().map(|found| found.stage).collect::<Vec<_>>(),
        [Stage::Trained, Stage::Untrained, Stage::Pixels]
    );
    for classification in &found {
        assert_eq!((classification.given.len(), classification.held_out.len()), (20, 40));
        assert_eq!((&classification.given, &classification.held_out), (&found[0].given, &found[0].held_out));
        assert!(classification.given.contains(&7) && classification.scored == 40);
        for guesses in [&classification.probe, &classification.vote] {
            assert_eq!((guesses.labels.len(), guesses.confidences.0.len()), (40, 40));
            let right = classification.held_out.iter().zip(&guesses.labels);
            let right = right.filter(|(id, label)| *id % 10 == **label).count();
            assert_eq!(guesses.accuracy, Some(right as f32 / 40.0));
        }
    }
    // Labels do not influence training: without them the steps are the same.
    harness.send(Command::Reset);
    harness.send(Command::Step);
    harness.settle();
    assert_eq!(losses(&harness.take()), untouched);
}

#[test]
fn classification_of_missing_embeddings_is_skipped() {
    let mut harness = Harness::with_pictures(small(), 12);
    harness.take();
    harness.send(Command::Ask(labelling(Stage::Trained, Vec::new()).into()));
    harness.send(Command::Ask(labelling(Stage::Pixels, vec![(2, 40), (99, 41)]).into()));
    harness.settle();
    let events = harness.take();
    let found = classifications(&events);
    assert_eq!(found.len(), 1);
    // Two of labels 0 and 1, one of the others; 2 has a typed label.
    assert_eq!(found[0].classes, [0, 1, 3, 4, 5, 6, 7, 8, 9, 40]);
    assert!(found[0].held_out.is_empty() && refusals(&events).is_empty());
}
