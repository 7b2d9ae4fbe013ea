//! Progress of training in a sentence, and warnings with advice.

use crate::{
    page::{
        state::{Run, State},
        words,
    },
    protocol::{Stage, StepReport},
    settings::{LossKind, MIN_PICTURES, Mining, Settings},
};

/// Number of steps over which numbers are averaged.
const WINDOW: usize = 20;

/// Minimum number of steps of a run whose end is judged.
const SHORTEST: u32 = WINDOW as u32;

/// Number of steps before training is judged: the first ones are always rough.
const PATIENCE: usize = 50;

/// Uniformity above which views have collapsed to one place.
const COLLAPSED_UNIFORMITY: f32 = -0.03;

/// Number of steps before a collapse is reported: views often draw together first (to a uniformity of
/// −0.08 on Shapes by step 25) and spread once they can be distinguished.
const COLLAPSE_PATIENCE: u32 = 150;

/// Number of dimensions in use below which embeddings distinguish hardly anything.
const COLLAPSED_RANK: f32 = 2.0;

/// Minimum number of steps over which the trend of the loss is judged.
const TREND: usize = 100;

/// Number of standard errors by which the slope of the loss has to be below zero for a fall.
const SIGNIFICANT: f64 = 2.0;

/// Multiple of its minimum at which the loss has diverged.
const DIVERGED: f32 = 1.5;

/// A problem, and advice.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    /// The problem, in a few words.
    pub matter: &'static str,
    /// Explanation and advice, in sentences.
    pub advice: String,
}

/// Returns all present warnings.
pub fn warnings(state: &State) -> Vec<Warning> {
    let collapse = collapse(state).or_else(|| few_dimensions(state));
    [few_pictures(state), diverging(state), collapse].into_iter().flatten().collect()
}

/// How training goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There are too few steps to judge.
    Unknown,
    /// The loss is falling.
    Learning,
    /// The loss has no trend.
    Stalled,
    /// The loss is rising.
    Worsening,
    /// Embeddings are nearly the same.
    Collapsed,
}

impl Progress {
    /// Judges the run.
    pub fn of(state: &State) -> Self {
        if collapse(state).or_else(|| few_dimensions(state)).is_some() {
            return Self::Collapsed;
        }
        let losses: Vec<f64> = state.run.steps.iter().map(|report| f64::from(report.loss)).collect();
        let recent = TREND.max(losses.len() / 3);
        match losses.len().checked_sub(recent).and_then(|first| slope(&losses[first..])) {
            None => Self::Unknown,
            Some((slope, error)) if slope < -SIGNIFICANT * error => Self::Learning,
            Some((slope, error)) if slope > SIGNIFICANT * error => Self::Worsening,
            Some(_) => Self::Stalled,
        }
    }

    /// Returns the sentence for the user.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unknown => "Too early to tell whether the network learns.",
            Self::Learning => "Learning: the loss is falling.",
            Self::Stalled => "Stalled: the loss no longer falls.",
            Self::Worsening => "Getting worse: the loss is rising.",
            Self::Collapsed => "Collapsed: all pictures look alike to the network.",
        }
    }
}

/// Returns the slope of the least-squares line through equally spaced values, and its standard error;
/// `None` for fewer than three values.
fn slope(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len();
    let degrees = n.checked_sub(2).filter(|degrees| *degrees > 0)?;
    let (centre, mean) = ((n - 1) as f64 / 2.0, values.iter().sum::<f64>() / n as f64);
    let points = || values.iter().enumerate().map(|(place, value)| (place as f64 - centre, value - mean));
    let spread: f64 = points().map(|(x, _)| x * x).sum();
    let slope = points().map(|(x, y)| x * y).sum::<f64>() / spread;
    let residual: f64 = points().map(|(x, y)| (y - slope * x).powi(2)).sum();
    Some((slope, (residual / degrees as f64 / spread).sqrt()))
}

/// Warns if a step asks for more pictures than there are.
fn few_pictures(state: &State) -> Option<Warning> {
    let (pictures, wanted) = (state.pictures.len(), state.settings.batch as usize);
    (pictures >= MIN_PICTURES && pictures < wanted && !state.intake.is_active()).then(|| Warning {
        matter: "Few pictures for the batch.",
        advice: format!(
            "A step asks for {}. There are only {}, so every step compares the same ones. Add pictures, or set Pairs to {} or fewer.",
            words::counted(wanted, "pair"),
            words::counted(pictures, "picture"),
            pictures / 2
        ),
    })
}

/// Warns if the loss has been lower and is increasing.
fn diverging(state: &State) -> Option<Warning> {
    let means = windows(&state.run, PATIENCE, |report| report.loss)?;
    let (latest, before) = means.split_last()?;
    let lowest = before.iter().copied().reduce(f32::min)?;
    let remedy = match state.settings.loss {
        LossKind::InfoNce | LossKind::Dcl | LossKind::Nce => "a lower learning rate or a higher temperature",
        LossKind::Triplet => "a lower learning rate",
    };
    // Near zero, a multiple is meaningless.
    (*latest > lowest * DIVERGED && latest - lowest > 0.5).then(|| Warning {
        matter: "The loss climbs.",
        advice: format!(
            "Each step goes too far: the loss rose from {lowest:.2} to {latest:.2}. Try {remedy}, then Reset."
        ),
    })
}

/// Warns if all views have collapsed to one place.
fn collapse(state: &State) -> Option<Warning> {
    let settled = state.run.step() >= COLLAPSE_PATIENCE.max(state.settings.steps / 5);
    let backoff = if has_ended(state) { WINDOW } else { PATIENCE };
    let latest = *windows(&state.run, backoff, |report| report.uniformity)?.last()?;
    ((settled || has_ended(state)) && latest > COLLAPSED_UNIFORMITY).then(|| Warning {
        matter: "The network has collapsed.",
        advice: format!(
            "It finds all views nearly the same (uniformity {}), so it can’t tell pictures apart. Try {}, then Reset.",
            words::similarity(latest),
            against_collapse(&state.settings)
        ),
    })
}

/// Returns whether the run has taken all its steps, so that it will learn nothing more.
fn has_ended(state: &State) -> bool {
    let step = state.run.step();
    !state.run.running && step >= SHORTEST && state.run.is_complete(&state.settings)
}

/// Returns advice against collapse, by the loss.
fn against_collapse(settings: &Settings) -> &'static str {
    match (settings.loss, settings.mining) {
        (LossKind::InfoNce | LossKind::Dcl | LossKind::Nce, _) => {
            "a lower learning rate, more pairs or a lower temperature"
        }
        (LossKind::Triplet, Mining::Hard) => "semi-hard or random negatives, or a lower learning rate",
        (LossKind::Triplet, _) => "a lower learning rate, more pairs or a wider margin",
    }
}

/// Warns if embeddings vary along a line or not at all.
fn few_dimensions(state: &State) -> Option<Warning> {
    let evaluation = &state.results.scored(Stage::Trained)?.evaluation;
    let rank = evaluation.effective_rank?;
    let settled = evaluation.step >= COLLAPSE_PATIENCE || has_ended(state) && evaluation.step >= SHORTEST;
    (settled && evaluation.pictures.len() > WINDOW && rank < COLLAPSED_RANK).then(|| Warning {
        matter: "The network has collapsed.",
        advice: format!(
            "It uses only {rank:.1} of {} directions to tell pictures apart. Try a lower learning rate or gentler augmentations, then Reset.",
            evaluation.dimensions
        ),
    })
}

/// Returns means over windows of steps with the present settings, the last ending with the latest
/// step; `None` if there are too few steps to judge.
fn windows(run: &Run, backoff: usize, read: impl Fn(&StepReport) -> f32) -> Option<Vec<f32>> {
    let steps: Vec<f32> =
        run.steps.iter().filter(|report| report.step > run.settings_since).map(read).collect();
    if steps.len() < backoff {
        return None;
    }
    let mean = |window: &[f32]| window.iter().sum::<f32>() / window.len() as f32;
    Some(steps[steps.len() % WINDOW..].chunks_exact(WINDOW).map(mean).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{newcomer, report},
        protocol::{Evaluation, Event},
        settings::{Images, Settings},
    };

    fn state(pictures: usize) -> State {
        let mut state = State::new(Settings { batch: 32, ..Settings::recommended(Images::Own) });
        state.add((0..pictures).map(|i| newcomer(&i.to_string(), None)).collect());
        state
    }

    /// Takes steps with losses and uniformities given as functions of the step.
    fn train(state: &mut State, steps: u32, loss: impl Fn(u32) -> f32, uniformity: impl Fn(u32) -> f32) {
        let first = state.run.step() + 1;
        let report = |step| StepReport { loss: loss(step), uniformity: uniformity(step), ..report(step) };
        state.apply(Event::Stepped((first..first + steps).map(report).collect()));
    }

    fn matters(state: &State) -> Vec<&'static str> {
        warnings(state).iter().map(|warning| warning.matter).collect()
    }

    #[test]
    fn healthy_run_has_no_warnings() {
        let mut state = state(100);
        assert!(matters(&state).is_empty());
        train(&mut state, 300, |step| 4.0 / (1.0 + step as f32 * 0.01), |step| -0.5 - step as f32 * 0.005);
        assert!(matters(&state).is_empty());
    }

    #[test]
    fn slope_of_a_line_with_alternating_errors_is_known() {
        // y = 3 − x/2 ± e, + − − +: orthogonal to the line, so that all of it is residual.
        let e = 0.1;
        let values = [3.0 + e, 2.5 - e, 2.0 - e, 1.5 + e];
        let (slope, error) = slope(&values).expect("there are four values");
        // The residuals' squares add up to 4e², on 2 degrees of freedom, over Σ(x − x̄)² = 5.
        assert!((slope + 0.5).abs() < 1e-12 && (error - (4.0 * e * e / 2.0 / 5.0).sqrt()).abs() < 1e-12);
        assert!(super::slope(&values[..2]).is_none());
    }

    #[test]
    fn trend_of_the_loss_is_told() {
        // Noise without a trend, by a multiplier with full period.
        let noise = |step: u32| (step * 37 % 101) as f32 / 101.0;
        let after = |steps, loss: fn(f32) -> f32| {
            let mut state = state(100);
            train(&mut state, steps, |step| loss(step as f32) + noise(step), |_| -2.0);
            Progress::of(&state)
        };
        assert_eq!(after(300, |step| 5.0 - step * 0.01), Progress::Learning);
        assert_eq!(after(300, |_| 3.0), Progress::Stalled);
        assert_eq!(after(300, |step| 3.0 + step * 0.01), Progress::Worsening);
        assert_eq!(after(TREND as u32 - 1, |_| 3.0), Progress::Unknown);
    }

    #[test]
    fn warning_about_few_pictures_suggests_a_number() {
        let few = state(12);
        assert_eq!(matters(&few), ["Few pictures for the batch."]);
        assert!(warnings(&few)[0].advice.contains("only 12 pictures"));
        assert!(warnings(&few)[0].advice.contains("Pairs to 6 or fewer"));
        assert!(matters(&state(3)).is_empty() && matters(&state(32)).is_empty());
    }

    #[test]
    fn increasing_loss_is_reported_only_within_the_same_settings() {
        let climb = |step: u32| if step <= 60 { 2.0 } else { 4.0 };
        let mut state = state(100);
        train(&mut state, 60, climb, |_| -2.0);
        assert!(matters(&state).is_empty());
        train(&mut state, 40, climb, |_| -2.0);
        assert_eq!(matters(&state), ["The loss climbs."]);
        state.edit(|settings| settings.temperature = 0.5);
        train(&mut state, 60, climb, |_| -2.0);
        assert!(matters(&state).is_empty());
    }

    #[test]
    fn collapse_is_reported_after_the_first_steps() {
        let mut state = state(100);
        state.edit(|settings| settings.steps = 1000);
        train(&mut state, 190, |_| 4.0, |_| -0.01);
        assert!(matters(&state).is_empty());
        train(&mut state, 10, |_| 4.0, |_| -0.01);
        assert_eq!(matters(&state), ["The network has collapsed."]);
        assert!(warnings(&state)[0].advice.contains("uniformity −0.01"));
        state.apply(Event::Restarted { parameters: 1 });
        assert!(matters(&state).is_empty());
    }

    #[test]
    fn collapse_at_the_end_of_a_short_run_is_reported() {
        let mut state = state(100);
        state.edit(|settings| settings.steps = 40);
        state.start_running();
        train(&mut state, 40, |_| 4.0, |_| -0.001);
        assert!(matters(&state).is_empty(), "it may still go on");
        state.apply(Event::Finished);
        assert_eq!(matters(&state), ["The network has collapsed."]);
        assert!(warnings(&state)[0].advice.contains("(uniformity 0.00)"), "no minus before nothing");
        state.edit(|settings| settings.steps = 400);
        assert!(matters(&state).is_empty(), "there are steps left");
    }

    #[test]
    fn advice_names_only_settings_of_the_loss() {
        let advice = |loss, mining| {
            let mut state = state(100);
            state.edit(|settings| (settings.steps, settings.loss, settings.mining) = (200, loss, mining));
            train(&mut state, 200, |step| if step < 150 { 1.0 } else { 3.0 }, |_| 0.0);
            let advice: Vec<_> = warnings(&state).into_iter().map(|warning| warning.advice).collect();
            assert_eq!(advice.len(), 2, "it climbs and has collapsed");
            advice.concat()
        };
        let hard = advice(LossKind::Triplet, Mining::Hard);
        assert!(hard.contains("semi-hard or random negatives") && !hard.contains("temperature"), "{hard}");
        let random = advice(LossKind::Triplet, Mining::Random);
        assert!(random.contains("margin") && !random.contains("negatives"), "{random}");
        for loss in [LossKind::InfoNce, LossKind::Dcl, LossKind::Nce] {
            let soft = advice(loss, Mining::Hard);
            assert!(soft.contains("temperature") && !soft.contains("negatives"), "{soft}");
        }
    }

    #[test]
    fn embeddings_on_a_line_count_as_collapsed() {
        let mut state = state(100);
        let evaluation = |step, rank| Evaluation {
            step,
            dimensions: 128,
            effective_rank: Some(rank),
            ..Evaluation::bare(Stage::Trained, (0..100).collect())
        };
        state.apply(Event::Evaluated(evaluation(10, 1.2)));
        assert!(matters(&state).is_empty());
        state.apply(Event::Evaluated(evaluation(160, 1.2)));
        assert_eq!(matters(&state), ["The network has collapsed."]);
        state.apply(Event::Evaluated(evaluation(180, 14.0)));
        assert!(matters(&state).is_empty());
    }
}
