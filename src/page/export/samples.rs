//! A small set with embeddings, for tests.

use crate::{
    image::Image,
    page::state::{Newcomer, Origin, State},
    protocol::{Evaluation, Event, Floats, KnnScore, Neighbours, Stage},
    settings::{Images, Settings},
};

/// The embeddings of [`state`], two numbers per picture.
pub const EMBEDDINGS: [f32; 6] = [0.1, -2.5e-8, f32::MIN_POSITIVE, 1.0 / 3.0, 1.0, -1e30];

/// Returns three pictures, the first of which has a label, and their embeddings after step 5.
pub fn state() -> State {
    let mut state = State::new(Settings::recommended(Images::Own));
    let newcomer = |name: &str, label: Option<&str>, colour: [u8; 3]| Newcomer {
        name: name.to_owned(),
        label: label.map(str::to_owned),
        origin: Origin::default(),
        image: Image::draw(|_, _| colour),
        whole: None,
    };
    state.add(vec![
        newcomer("a \"b\", c.png", Some("cats"), [250, 0, 10]),
        Newcomer {
            origin: Origin {
                path: "x/d\té.png".to_owned(),
                width: 40,
                height: 30,
                bytes: 1234,
                modified: "2024-05-03T12:00:05Z".to_owned(),
                ..Origin::default()
            },
            ..newcomer("d\té.png", None, [0, 200, 20])
        },
        newcomer("e.png", None, [30, 0, 150]),
    ]);
    state.apply(Event::Evaluated(Evaluation {
        stage: Stage::Trained,
        step: 5,
        pictures: state.order(),
        dimensions: 2,
        embeddings: Floats(EMBEDDINGS.to_vec()),
        neighbours: Neighbours {
            k: 2,
            indices: vec![1, 2, 0, 2, 1, 0],
            similarities: Floats(vec![0.5, 0.25, 0.5, -0.125, -0.125, 0.25]),
        },
        knn: Some(KnnScore { shared_labels: 0.5, accuracy: 0.25, neighbours: 2 }),
        effective_rank: Some(1.5),
    }));
    state
}
