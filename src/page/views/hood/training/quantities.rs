//! Quantities and scores that curves show over the steps of a run.

use super::{chance, evaluation_curve::Score};
use crate::{
    page::{
        components::curve::{Better, Quantity},
        state::State,
        words::{self, glossary},
    },
    plot::chart::{POSITIVE, SHARE, bulk, span},
};

/// The loss.
pub const LOSS: Quantity = Quantity {
    name: "Loss",
    term: glossary::LOSS,
    better: Better::Lower,
    read: |report| report.loss,
    words: |value| words::decimal(value, 3),
    level: |state| chance::loss(&state.settings, state.pairs()),
    span: bulk,
    usual: POSITIVE,
};

/// Share of views whose nearest other view is their twin.
pub const ACCURACY: Quantity = Quantity {
    name: "Accuracy",
    term: glossary::ACCURACY,
    better: Better::Higher,
    read: |report| report.accuracy,
    words: words::similarity,
    level: |_| None,
    span,
    usual: SHARE,
};

/// Alignment of positives.
pub const ALIGNMENT: Quantity = Quantity {
    name: "Alignment",
    term: glossary::ALIGNMENT,
    better: Better::Lower,
    read: |report| report.alignment,
    words: words::similarity,
    level: |_| None,
    span,
    usual: POSITIVE,
};

/// Uniformity of the embeddings.
pub const UNIFORMITY: Quantity = Quantity {
    name: "Uniformity",
    term: glossary::UNIFORMITY,
    better: Better::Lower,
    read: |report| report.uniformity,
    words: words::similarity,
    level: |_| None,
    span,
    usual: (f32::NEG_INFINITY, 0.0),
};

/// Effective rank of the embeddings.
pub const RANK: Score = Score {
    name: "Rank",
    figure: "rank",
    term: glossary::EFFECTIVE_RANK,
    better: Better::Higher,
    values: State::ranks_by_step,
    usual: POSITIVE,
    words: |value| format!("{value:.1}"),
    missing: |_| "Appears with the next evaluation.",
};

/// Accuracy of the kNN classifier.
pub const KNN: Score = Score {
    name: "kNN",
    figure: "knn",
    term: glossary::KNN,
    better: Better::Higher,
    values: State::knn_by_step,
    usual: SHARE,
    words: words::similarity,
    missing: |state| {
        if state.can_classify() {
            "Appears with the next evaluation."
        } else {
            "Needs labels: folder names, or what you type in the tab Label."
        }
    },
};
