//! The map of the set.

use likeness::{
    protocol::{Answer, Command, Event, Map, MapMethod, MapRequest, Stage},
    settings::Settings,
};

use crate::harness::{Harness, small, steps};

#[test]
fn maps_are_computed_during_training_and_at_rest() {
    let mut harness = Harness::with_pictures(Settings { steps: 40, ..small() }, 12);
    harness.take();
    harness.send(Command::Train);
    harness.send(Command::Ask(MapRequest { stage: Stage::Untrained, method: MapMethod::Tsne }.into()));
    harness.settle();
    let events = harness.take();
    assert_eq!((steps(&events).len(), events.contains(&Event::Finished)), (40, true));
    let last = maps(&events).last().copied().expect("a map").clone();
    assert_eq!((last.stage, last.step, last.points.0.len()), (Stage::Untrained, 0, 24));
    assert!(last.total > 0 && last.done == last.total);
    harness.send(Command::Ask(MapRequest { stage: Stage::Trained, method: MapMethod::Pca }.into()));
    harness.settle();
    let events = harness.take();
    let [map] = maps(&events)[..] else { panic!("one map: {events:?}") };
    assert_eq!((map.stage, map.step, map.total), (Stage::Trained, 40, 0));
    assert_eq!(map.pictures, (0..12).collect::<Vec<_>>());
}

fn maps(events: &[Event]) -> Vec<&Map> {
    let maps = events.iter().filter_map(|event| match event {
        Event::Answered(_, Answer::Map(map)) => Some(map),
        _ => None,
    });
    maps.collect()
}
