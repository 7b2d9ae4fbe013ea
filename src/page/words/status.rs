//! The run's progress, for the training bar and the browser's tab.

use super::{counted, decimal, device, duration, percent, speed};
use crate::{
    page::state::{Engine, State},
    protocol::Activity,
    settings::MIN_PICTURES,
};

/// Title of the page in the browser's tab.
const TITLE: &str = "Likeness: watch a network learn which of your pictures are alike";

/// Returns the title of the browser's tab: a tab in the background continues training, and shows the
/// progress, in whole percent, since a title is costly to change.
pub fn title(state: &State) -> String {
    if state.run.running && state.run.step() > 0 {
        format!("{} · Likeness", percent(state.run.step() as f32 / state.settings.steps as f32))
    } else {
        TITLE.to_owned()
    }
}

/// Returns `step 120 / 500 · loss 3.21`.
pub fn progress(state: &State) -> String {
    let step = format!("step {} / {}", state.run.step(), state.settings.steps);
    state.run.steps.last().map_or(step.clone(), |report| format!("{step} · loss {}", decimal(report.loss, 3)))
}

/// Returns the kNN accuracy to show: if there are several labels, and enough pictures.
pub fn knn(state: &State) -> Option<f32> {
    let told = state.can_classify() && !lacks_pictures(state);
    Some(state.results.latest().filter(|_| told)?.evaluation.knn?.accuracy)
}

fn lacks_pictures(state: &State) -> bool {
    state.pictures.len() < MIN_PICTURES && !state.intake.is_active()
}

/// Returns `kNN 0.61 · CPU · training · 18 steps/s · 40 s left`: score, device, activity, speed and
/// remaining time; or what is missing.
pub fn activity(state: &State) -> String {
    if lacks_pictures(state) {
        return state.training_obstacle().unwrap_or_default();
    }
    let mut parts = Vec::new();
    parts.extend(knn(state).map(|knn| format!("kNN {knn:.2}")));
    if let Engine::Ready(environment) = &*state.engine {
        parts.push(device(environment));
    }
    parts.push(doing(state));
    if state.run.running {
        parts.extend(state.run.speed().map(speed));
        let left = state.run.seconds_left(&state.settings);
        parts.extend(left.map(|seconds| format!("{} left", duration(seconds))));
    }
    parts.join(" · ")
}

fn doing(state: &State) -> String {
    let words = match (state.run.activity, state.steps_to_add()) {
        (Activity::Training, _) => "training",
        (Activity::Evaluating, _) => "evaluating",
        (Activity::Testing, _) => "comparing both backends",
        (Activity::Idle, _) if state.run.running => "starting",
        (Activity::Idle, Some(0)) => "done. Reset starts over.",
        (Activity::Idle, Some(more)) => {
            let more = counted(more as usize, "step");
            return format!("done. Train adds {more}; Reset starts over.");
        }
        (Activity::Idle, None) if state.run.step() > 0 => "paused",
        (Activity::Idle, None) => "not trained yet",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{newcomer, report},
            state::IntakeKind,
        },
        protocol::Event,
        settings::{Images, Settings},
    };

    fn state(pictures: usize) -> State {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.add((0..pictures).map(|i| newcomer(&i.to_string(), None)).collect());
        state
    }

    fn step(state: &mut State, step: u32) {
        state.apply(Event::Stepped(vec![report(step)]));
    }

    #[test]
    fn complete_run_explains_how_to_continue() {
        let mut state = state(4);
        state.edit(|settings| settings.steps = 1_700);
        assert_eq!(
            (progress(&state).as_str(), activity(&state).as_str()),
            ("step 0 / 1700", "not trained yet")
        );
        step(&mut state, 9);
        assert_eq!(progress(&state), "step 9 / 1700 · loss 4.000");
        assert_eq!(activity(&state), "paused");
        step(&mut state, 1_700);
        assert_eq!(activity(&state), "done. Train adds 1,700 steps; Reset starts over.");
        state.lengthen_run();
        state.apply(Event::Activity(Activity::Training));
        assert!(activity(&state).starts_with("training"));
        assert!(title(&state).starts_with("50% ·"));
    }

    #[test]
    fn missing_pictures_are_mentioned_once() {
        assert_eq!(activity(&state(0)), "Add at least 4 pictures to train.");
        let mut state = state(1);
        state.begin_intake(IntakeKind::Decoding, 9, &[]);
        assert_eq!(activity(&state), "not trained yet", "they are on their way");
    }
}
