//! Training that diverges.

use likeness::{
    checkpoint::Checkpoint,
    protocol::{Activity, Answer, Command, Event, MatrixRequest, Picture, Stage},
    settings::Settings,
};

use crate::harness::{Harness, pictures, refusals, small, steps};
use crate::snapshots::snapshots;
use crate::snapshots::successor;

/// Returns a snapshot after one step, with weights that are finite but so large that their products are
/// infinite.
fn monstrous(settings: Settings, tensor: &str) -> Vec<u8> {
    let mut harness = Harness::with_pictures(settings, 12);
    harness.send(Command::Step);
    harness.settle();
    let (_, file) = snapshots(&harness.take()).pop().expect("a snapshot");
    let snapshot = Checkpoint::from_file(&file).expect("it is whole");
    let mut numbers = snapshot.numbers().clone();
    numbers.get_mut(tensor).expect("it is there").values.fill(3e38);
    Checkpoint::new(settings, 1, snapshot.training, numbers).expect("numbers").to_file()
}

#[test]
fn nan_embeddings_return_to_the_last_good_step() {
    let settings = Settings { steps: 30, learning_rate: 0.05, ..small() };
    // Without labels, so that the embeddings alone determine the order of their matrix.
    let unlabelled = |picture| Picture { label: None, ..picture };
    let mut harness = Harness::with_pictures(settings, 0);
    harness.send(Command::Restore { file: monstrous(settings, "encoder.blocks.3.gamma") });
    harness.send(Command::Add(pictures(0..12).into_iter().map(unlabelled).collect()));
    harness.send(Command::Settle);
    harness.take();
    harness.settle();
    harness.send(Command::Ask(MatrixRequest { stage: Stage::Trained }.into()));
    harness.send(Command::Ask(MatrixRequest { stage: Stage::Untrained }.into()));
    harness.settle();
    let events = harness.take();
    let refused = refusals(&events);
    let [refusal] = &refused[..] else { panic!("refused once: {refused:?}") };
    assert!(refusal.starts_with("By step 1 the embeddings had stopped being numbers"), "{refusal}");
    // The latest snapshot is the faulty one.
    assert!(refusal.contains("went back to step 0") && refusal.contains("learning rate, 0.05"), "{refusal}");
    assert!(events.iter().any(|event| matches!(event, Event::Restarted { .. })));
    assert!(events.iter().any(
        |event| matches!(event, Event::Answered(_, Answer::Matrix(it)) if it.stage == Stage::Untrained)
    ));
    // Training works again.
    harness.send(Command::Train);
    harness.settle();
    assert_eq!(steps(&harness.take()).len(), 30);
}

#[test]
fn divergence_returns_to_the_last_good_step() {
    let settings = Settings { steps: 30, learning_rate: 0.05, ..small() };
    let mut harness = successor(settings, 12, monstrous(settings, "head.output.weight"));
    harness.send(Command::Train);
    harness.settle();
    let events = harness.take();
    let refusal = &refusals(&events)[0];
    assert!(refusal.starts_with("At step 2 the loss stopped being a number"), "{refusal}");
    assert!(refusal.contains("went back to step 1") && refusal.contains("learning rate, 0.05"), "{refusal}");
    assert!(steps(&events).is_empty() && !events.contains(&Event::Finished));
    let restored = events.iter().filter(|event| matches!(event, Event::Restored { step: 1, .. })).count();
    assert_eq!(restored, 2);
    assert_eq!(events.last(), Some(&Event::Activity(Activity::Idle)));
}
