//! One row of the batch matrix, from its similarities to its loss.
//!
//! The same arithmetic as the engine's losses (with sources in [`crate::loss`]), for one anchor and
//! in double precision, so that the page can show all intermediate numbers and respond to a changed
//! temperature at once.

use crate::{
    page::words::{exponential, three_digits},
    protocol::{BatchMatrix, LossDetails},
    settings::{LossKind, Settings, Similarity},
    small_sort::sorted,
};

/// Another view of the batch, relative to the anchor.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    /// Row of the view in the matrix.
    pub view: usize,
    /// Whether it is the anchor's positive.
    pub is_positive: bool,
    /// Similarity to the anchor, as the loss compares.
    pub similarity: f64,
    /// Similarity over temperature, with the bias added for NCE.
    pub logit: f64,
    /// InfoNCE: its part of the softmax, 0 to 1. DCL: the same relative to the negatives alone, so
    /// that a positive's may exceed 1. NCE: the answer to "is this my partner?", 0 for no to 1 for
    /// yes. Triplets: 0.
    pub share: f64,
    /// NCE: the cost of its question, in nats. Otherwise 0.
    pub cost: f64,
}

/// Terms of the loss.
#[derive(Clone, Debug, PartialEq)]
pub enum LossTerms {
    /// InfoNCE: one choice among all others.
    Choice {
        /// log Σ exp(s/τ) over all others.
        log_partition: f64,
    },
    /// DCL: the positive against the negatives.
    Ratio {
        /// log Σ exp(s/τ) over the negatives.
        log_partition: f64,
    },
    /// NCE: one question for each other view.
    Questions {
        /// Bias added to every s/τ.
        bias: f64,
    },
    /// Triplet: two squared distances.
    Distances {
        /// Row of the mined negative.
        negative: usize,
        /// Squared distance from anchor to positive.
        to_positive: f64,
        /// Squared distance from anchor to negative.
        to_negative: f64,
        /// Margin by which the second has to be larger.
        margin: f64,
    },
}

/// An anchor and the views that it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Row of the anchor in the matrix.
    pub anchor: usize,
    /// Temperature τ in use.
    pub temperature: f64,
    /// All other views, the most similar first.
    pub others: Vec<Other>,
    /// Terms of the loss.
    pub terms: LossTerms,
    /// Contribution of the anchor to the mean of the batch.
    pub loss: f64,
}

impl Row {
    /// Computes the row of an anchor; `temperature` overrides the batch's own. `None` if the batch
    /// has no such row.
    pub fn new(batch: &BatchMatrix, anchor: usize, temperature: Option<f32>) -> Option<Self> {
        let details = &batch.details;
        let views = 2 * batch.pictures.len();
        if anchor >= views || batch.cells.0.len() != views * views {
            return None;
        }
        let temperature = f64::from(temperature.unwrap_or(details.temperature));
        let other = |view: usize| {
            let similarity = similarity(batch, anchor, view);
            let is_positive = view.abs_diff(anchor) == views / 2;
            Other { view, is_positive, similarity, logit: similarity / temperature, share: 0.0, cost: 0.0 }
        };
        let others: Vec<_> = (0..views).filter(|view| *view != anchor).map(other).collect();
        let mut others = sorted(&others, |a, b| b.similarity.total_cmp(&a.similarity));
        let (terms, loss) = match details.loss {
            LossKind::InfoNce => choose(&mut others),
            LossKind::Dcl => outweigh(&mut others),
            LossKind::Nce => ask(&mut others, f64::from(details.bias)),
            LossKind::Triplet => measure(&others, anchor, details)?,
        };
        Some(Self { anchor, temperature, others, terms, loss })
    }

    /// Returns the anchor's positive.
    pub fn positive(&self) -> &Other {
        self.others.iter().find(|other| other.is_positive).expect("every view has a positive")
    }

    /// Returns the first `count` of the others, always including the positive.
    pub fn foremost(&self, count: usize) -> impl Iterator<Item = &Other> {
        let before = self.others.iter().position(|other| other.is_positive).is_some_and(|at| at < count);
        let count = if before { count } else { count.saturating_sub(1) };
        let shown = self.others.iter().enumerate();
        shown.filter(move |(at, other)| *at < count || other.is_positive).map(|(_, other)| other)
    }

    /// Returns the formula of the loss with its numbers, one step of the calculation per line, which
    /// breaks only before an operator.
    pub fn formula(&self) -> Vec<String> {
        self.reckoning_in_words().into_iter().map(unbroken).collect()
    }

    fn reckoning_in_words(&self) -> Vec<String> {
        let (positive, tau, loss) =
            (self.positive(), three_digits(self.temperature), three_digits(self.loss));
        let similarity = three_digits(positive.similarity);
        let others = self.others.len();
        match &self.terms {
            LossTerms::Choice { log_partition } => vec![
                format!("loss = −log( exp(s⁺/τ) ÷ Σ exp(s/τ) ), the sum over all {others} other views"),
                format!("= −log( exp({similarity} ÷ {tau}) ÷ {} )", exponential(*log_partition)),
                format!("= −log( {} ÷ {} )", exponential(positive.logit), exponential(*log_partition)),
                format!("= −log {} = {loss}", exponential(positive.logit - log_partition)),
            ],
            LossTerms::Ratio { log_partition } => vec![
                format!("loss = −log( exp(s⁺/τ) ÷ Σ exp(s/τ) ), the sum over the {} negatives", others - 1),
                format!("= −log( exp({similarity} ÷ {tau}) ÷ {} )", exponential(*log_partition)),
                format!("= −log( {} ÷ {} )", exponential(positive.logit), exponential(*log_partition)),
                format!("= −log {} = {loss}", exponential(positive.logit - log_partition)),
            ],
            LossTerms::Questions { bias } => vec![
                format!(
                    "loss = −log σ(s⁺/τ + b) − Σ log σ(−(s/τ + b)), the sum over {} negatives",
                    others - 1
                ),
                format!("= −log σ({similarity} ÷ {tau} + {}) − Σ …", signed(*bias)),
                format!("= −log {} − Σ …", three_digits(positive.share)),
                format!(
                    "= {} + {} = {loss}",
                    three_digits(positive.cost),
                    three_digits(self.loss - positive.cost)
                ),
            ],
            LossTerms::Distances { to_positive, to_negative, margin, .. } => vec![
                "loss = max(0, d²(anchor, positive) − d²(anchor, negative) + margin)".to_owned(),
                format!(
                    "= max(0, {} − {} + {})",
                    three_digits(*to_positive),
                    three_digits(*to_negative),
                    three_digits(*margin)
                ),
                format!("= max(0, {}) = {loss}", signed(to_positive - to_negative + margin)),
            ],
        }
    }
}

/// Returns the temperature at a slider's position, 0 to 1, on a logarithmic scale.
pub fn temperature_at(position: f32) -> f32 {
    let limits = Settings::TEMPERATURE;
    limits.clamp(limits.min * (limits.max / limits.min).powf(position))
}

/// Returns the position of a slider for a temperature, 0 to 1.
pub fn position_of(temperature: f32) -> f32 {
    let limits = Settings::TEMPERATURE;
    (limits.clamp(temperature) / limits.min).ln() / (limits.max / limits.min).ln()
}

/// Joins an operator to what follows it, and brackets to their contents, by non-breaking spaces.
fn unbroken(line: String) -> String {
    let kept = [("( ", "(\u{a0}"), (" )", "\u{a0})"), ("= ", "=\u{a0}"), ("÷ ", "÷\u{a0}")];
    kept.into_iter().fold(line, |line, (loose, firm)| line.replace(loose, firm))
}

/// Formats a number, in brackets if it is negative.
fn signed(value: f64) -> String {
    let text = three_digits(value);
    if value < 0.0 { format!("({text})") } else { text }
}

/// Returns the similarity of two views as the loss compares them.
fn similarity(batch: &BatchMatrix, a: usize, b: usize) -> f64 {
    let details = &batch.details;
    let cosine = f64::from(batch.cells.0[a * 2 * batch.pictures.len() + b]);
    let length = |view: usize| details.lengths.0.get(view).map_or(1.0, |length| f64::from(*length));
    match details.similarity {
        Similarity::Dot if details.loss != LossKind::Triplet => cosine * length(a) * length(b),
        _ => cosine,
    }
}

/// InfoNCE: computes the shares of a softmax.
fn choose(others: &mut [Other]) -> (LossTerms, f64) {
    let log_partition = log_sum_exp(others.iter());
    let loss = share_out(others, log_partition);
    (LossTerms::Choice { log_partition }, loss)
}

/// DCL: computes the shares relative to the negatives alone.
fn outweigh(others: &mut [Other]) -> (LossTerms, f64) {
    let log_partition = log_sum_exp(others.iter().filter(|other| !other.is_positive));
    let loss = share_out(others, log_partition);
    (LossTerms::Ratio { log_partition }, loss)
}

/// Returns log Σ exp of the logits.
fn log_sum_exp<'a>(others: impl Iterator<Item = &'a Other> + Clone) -> f64 {
    let largest = others.clone().map(|other| other.logit).fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = others.map(|other| (other.logit - largest).exp()).sum();
    sum.ln() + largest
}

/// Sets every share of a sum; returns −log of the positive's.
fn share_out(others: &mut [Other], log_partition: f64) -> f64 {
    let mut loss = 0.0;
    for other in others {
        other.share = (other.logit - log_partition).exp();
        if other.is_positive {
            loss = log_partition - other.logit;
        }
    }
    loss
}

/// NCE: computes a logistic answer to each question, and its cost.
fn ask(others: &mut [Other], bias: f64) -> (LossTerms, f64) {
    for other in others.iter_mut() {
        other.logit += bias;
        other.share = 1.0 / (1.0 + (-other.logit).exp());
        let right = if other.is_positive { other.logit } else { -other.logit };
        // −log σ(x) without overflow.
        other.cost = (-right).max(0.0) + (-right.abs()).exp().ln_1p();
    }
    (LossTerms::Questions { bias }, others.iter().map(|other| other.cost).sum())
}

/// Triplet: computes two squared distances on the unit sphere.
fn measure(others: &[Other], anchor: usize, details: &LossDetails) -> Option<(LossTerms, f64)> {
    let negative = *details.negatives.get(anchor)? as usize;
    let distance = |found: &Other| 2.0 - 2.0 * found.similarity;
    let to_positive = others.iter().find(|other| other.is_positive).map(distance)?;
    let to_negative = others.iter().find(|other| other.view == negative).map(distance)?;
    let margin = f64::from(details.margin);
    let loss = (to_positive - to_negative + margin).max(0.0);
    Some((LossTerms::Distances { negative, to_positive, to_negative, margin }, loss))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Floats;

    /// Returns a batch of two pairs: views 0 and 2 are of one picture, 1 and 3 of the other.
    fn batch(loss: LossKind) -> BatchMatrix {
        let cells = [
            [1.0, 0.2, 0.8, -0.5], //
            [0.2, 1.0, 0.1, 0.4],
            [0.8, 0.1, 1.0, 0.0],
            [-0.5, 0.4, 0.0, 1.0],
        ];
        let details = LossDetails {
            loss,
            temperature: 0.5,
            bias: -1.0,
            margin: 1.5,
            lengths: Floats(vec![2.0, 1.0, 3.0, 0.5]),
            negatives: vec![1, 2, 1, 2],
            ..LossDetails::default()
        };
        BatchMatrix { step: 1, pictures: vec![7, 8], cells: Floats(cells.concat()), details }
    }

    fn row(loss: LossKind) -> Row {
        Row::new(&batch(loss), 0, None).expect("the batch has a first row")
    }

    #[test]
    fn shares_of_infonce_sum_to_one() {
        let row = row(LossKind::InfoNce);
        assert_eq!(row.others.iter().map(|other| other.view).collect::<Vec<_>>(), [2, 1, 3]);
        let share = 1.6_f64.exp() / (1.6_f64.exp() + 0.4_f64.exp() + (-1.0_f64).exp());
        assert!((row.positive().share - share).abs() < 1e-6 && (row.loss + share.ln()).abs() < 1e-6);
        assert!((row.others.iter().map(|other| other.share).sum::<f64>() - 1.0).abs() < 1e-12);
        let formula = row.formula();
        assert_eq!(formula[2], "=\u{a0}−log(\u{a0}4.95 ÷\u{a0}6.81\u{a0})");
        assert_eq!(formula[3], "=\u{a0}−log 0.727 =\u{a0}0.319");
    }

    #[test]
    fn dcl_excludes_the_positive_from_the_sum() {
        let row = row(LossKind::Dcl);
        let ratio = 1.6_f64.exp() / (0.4_f64.exp() + (-1.0_f64).exp());
        assert!((row.positive().share - ratio).abs() < 1e-6 && (row.loss + ratio.ln()).abs() < 1e-6);
        let negatives = row.others.iter().filter(|other| !other.is_positive);
        assert!((negatives.map(|other| other.share).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(row.formula()[0].ends_with("the sum over the 2 negatives"), "{:?}", row.formula());
    }

    #[test]
    fn temperature_changes_the_shares_but_not_the_similarities() {
        let cold = Row::new(&batch(LossKind::InfoNce), 0, Some(0.01)).expect("a row");
        assert!(cold.positive().share > 0.999_999 && cold.loss >= 0.0);
        let tiny = Row::new(&batch(LossKind::InfoNce), 1, Some(1e-5)).expect("a row");
        assert!(tiny.loss.is_finite() && tiny.others.iter().all(|other| other.share.is_finite()));
        assert_eq!(cold.positive().similarity, row(LossKind::InfoNce).positive().similarity);
    }

    #[test]
    fn dot_products_take_lengths_into_account() {
        let mut batch = batch(LossKind::InfoNce);
        batch.details.similarity = Similarity::Dot;
        let row = Row::new(&batch, 0, None).expect("a row");
        assert!((row.positive().similarity - 0.8 * 2.0 * 3.0).abs() < 1e-6);
    }

    #[test]
    fn nce_costs_follow_from_the_answers() {
        let row = row(LossKind::Nce);
        let sigma = |x: f64| 1.0 / (1.0 + (-x).exp());
        let costs = [(1.6_f64 - 1.0), -(0.4 - 1.0), -(-1.0 - 1.0)].map(|x| -sigma(x).ln());
        for (other, cost) in row.others.iter().zip(costs) {
            assert!((other.cost - cost).abs() < 1e-6, "{other:?}");
        }
        assert!((row.loss - costs.iter().sum::<f64>()).abs() < 1e-6);
        assert_eq!(row.formula().last().map(String::as_str), Some("=\u{a0}0.437 + 0.564 =\u{a0}1.00"));
    }

    #[test]
    fn triplet_compares_two_distances() {
        let row = row(LossKind::Triplet);
        assert!((row.loss - (0.4 - 1.6 + 1.5)).abs() < 1e-6);
        assert_eq!(
            row.formula()[1..],
            ["=\u{a0}max(0, 0.400 − 1.60 + 1.50)", "=\u{a0}max(0, 0.300) =\u{a0}0.300"]
        );
        let mut incomplete = batch(LossKind::Triplet);
        incomplete.details.negatives.clear();
        assert_eq!(Row::new(&incomplete, 0, None), None);
    }

    #[test]
    fn slider_reaches_every_temperature() {
        assert_eq!((temperature_at(0.0), temperature_at(1.0)), (0.01, 10.0));
        for temperature in [0.01, 0.07, 0.1, 1.0, 10.0] {
            assert!((temperature_at(position_of(temperature)) / temperature - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn row_beyond_the_batch_is_none() {
        assert_eq!(Row::new(&batch(LossKind::InfoNce), 4, None), None);
    }

    #[test]
    fn foremost_views_include_the_positive() {
        let row = Row::new(&batch(LossKind::InfoNce), 3, None).expect("a row");
        assert_eq!(row.foremost(1).map(|other| other.view).collect::<Vec<_>>(), [1]);
        let row = Row::new(&batch(LossKind::InfoNce), 2, None).expect("a row");
        assert_eq!(row.foremost(2).map(|other| other.view).collect::<Vec<_>>(), [0, 1]);
    }
}
