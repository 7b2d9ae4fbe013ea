//! The loss of a network that cannot distinguish views.

use crate::settings::{LossKind, Settings};

/// Returns that loss and its name, for batches of this many pairs; `None` if there is nothing to
/// distinguish.
///
/// - InfoNCE: ln(2n − 1), every other view being equally likely.
/// - DCL: ln(2n − 2), the positive being as likely as each negative.
/// - NCE: the best constant answer to all questions, one of 2n − 1 being a yes.
/// - Triplet: the margin, both distances being equal.
pub fn loss(settings: &Settings, pairs: usize) -> Option<(f32, String)> {
    if pairs < 2 {
        return None;
    }
    let others = 2 * pairs - 1;
    let n = others as f32;
    Some(match settings.loss {
        LossKind::InfoNce => (n.ln(), format!("guessing: ln {others}")),
        LossKind::Dcl => ((n - 1.0).ln(), format!("guessing: ln {}", others - 1)),
        LossKind::Nce => (n.ln() + (n - 1.0) * (n / (n - 1.0)).ln(), format!("guessing: 1 yes in {others}")),
        LossKind::Triplet => (settings.margin, "all views alike: the margin".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn no_constant_answer_beats_chance() {
        let mut settings = Settings::recommended(Images::Shapes);
        settings.loss = LossKind::Nce;
        let (chance, _) = loss(&settings, 5).expect("there are pairs");
        let cost = |yes: f32| -yes.ln() - 8.0 * (1.0 - yes).ln();
        let best = (1..1000).map(|i| cost(i as f32 / 1000.0)).fold(f32::INFINITY, f32::min);
        assert!((chance - best).abs() < 1e-3, "{chance} instead of {best}");
    }

    #[test]
    fn each_loss_has_its_own_chance_level() {
        let mut settings = Settings::recommended(Images::Shapes);
        assert_eq!(loss(&settings, 1), None);
        assert_eq!(loss(&settings, 32), Some((62_f32.ln(), "guessing: ln 62".to_owned())));
        settings.loss = LossKind::InfoNce;
        assert_eq!(loss(&settings, 32), Some((63_f32.ln(), "guessing: ln 63".to_owned())));
        settings.loss = LossKind::Triplet;
        assert_eq!(loss(&settings, 32).map(|(level, _)| level), Some(settings.margin));
    }
}
