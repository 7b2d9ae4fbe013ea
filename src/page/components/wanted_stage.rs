//! The stage shown by a tab.

use leptos::prelude::*;

use super::dynamic::{Memo, memo};
use crate::{page::store::Store, protocol::Stage};

/// Stages before and after training, and their names.
pub const BEFORE_AND_AFTER: &[(&str, Stage)] =
    &[("Untrained encoder", Stage::Untrained), ("Trained encoder", Stage::Trained)];

/// The same stages, and the baselines that any network has to beat.
pub const ALL: &[(&str, Stage)] = &[
    ("Untrained encoder", Stage::Untrained),
    ("Trained encoder", Stage::Trained),
    ("Classic features", Stage::Classic),
    ("Raw pixels", Stage::Pixels),
];

/// Returns the wanted stage, but the untrained one until there is a trained one.
pub fn available(store: Store, wanted: RwSignal<Stage>) -> Memo<Stage> {
    memo(move || {
        let trained = store.with(|state| state.results.scored(Stage::Trained).is_some());
        if wanted.get() == Stage::Trained && !trained { Stage::Untrained } else { wanted.get() }
    })
}
