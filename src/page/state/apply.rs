//! Handling of the engine's events.

use std::sync::Arc;

use super::{Effect, Snapshot, State};
use crate::{
    page::{export::File, views::watch::twins::TwinRank, words},
    protocol::{Event, KnnScore, Stage},
};

impl State {
    /// Applies an event of the engine.
    pub fn apply(&mut self, event: Event) {
        if self.clearing > 0 && !concerns_any_set(&event) {
            return;
        }
        match event {
            Event::Ready(environment) => self.engine_is_ready(environment),
            Event::WebGpuNeeded => self.engine_is_exchanged(),
            Event::Cleared => self.clearing = self.clearing.saturating_sub(1),
            Event::Activity(activity) => self.engine_does(activity),
            Event::Restarted { parameters } => self.restarted(parameters),
            Event::Restored { step, parameters } => self.restored(step, parameters),
            Event::Snapshot { step, file } => {
                *self.snapshot = Some(Arc::new(Snapshot { step, file }));
            }
            Event::Opened(settings) => {
                self.model_opened(settings);
                self.send_all_settings();
            }
            Event::Stepped(reports) => {
                let before = self.run.step();
                self.run.notes.steps_taken(&self.settings, self.pictures.len(), before);
                self.run.steps.extend(reports);
            }
            Event::Batch(batch) => {
                self.run.notes.batch(&batch);
                self.run.twins.extend(TwinRank::of(&batch));
                self.run.picture_ranks.keep(&batch);
                self.run.batch = Some(batch);
            }
            Event::Row(views) => {
                self.run.row_views = Some(views);
            }
            Event::Evaluated(evaluation) => {
                if evaluation.stage == Stage::Trained {
                    let knn = evaluation.knn.map(|score| score.accuracy);
                    self.run.notes.evaluated(evaluation.step, knn, evaluation.effective_rank);
                }
                self.outdate_answers(evaluation.stage);
                self.moments.keep(&evaluation);
                self.results.keep_evaluation(evaluation);
                self.focus_something();
                self.reveal_if_due();
            }
            Event::Scored { stage, knn } => self.scored(stage, knn),
            Event::Answered(question, answer) => self.answers.keep(&question, answer),
            Event::Tuning { done, total } => {
                self.labels.fine_tuning.advance(done, total);
            }
            Event::Tuned { number, classification } => self.labels.fine_tuning.keep(number, classification),
            Event::Queried(answer) => {
                self.game_takes_guess(&answer);
                self.search.keep(answer);
            }
            Event::Views(views) => {
                if !self.game_takes_view(&views) {
                    *self.views = Some(views);
                }
            }
            Event::Finished => self.finished(),
            Event::Refused(refusal) => self.refused(words::refusal(&refusal)),
            Event::NotOpened(failure) => self.refused(words::model_failure(&failure)),
            Event::NotRestored(failure) => self.not_restored(words::model_failure(&failure)),
            Event::Model { step, format, file } => self.cause(Effect::Save(File {
                name: format!("likeness-model-step-{step}.{}", format.extension()),
                kind: "application/octet-stream",
                contents: file,
            })),
            Event::Validated { request, verdict } => self.cause(Effect::Validated(request, verdict)),
            Event::Failed(breakdown) => self.engine_failed(&breakdown),
        }
    }

    pub(in crate::page) fn scored(&mut self, stage: Stage, knn: Option<KnnScore>) {
        self.results.keep_score(stage, knn);
        if let Some(scored) = self.results.scored(stage).filter(|_| stage == Stage::Trained) {
            self.run.notes.scored(scored.evaluation.step, knn.map(|score| score.accuracy));
        }
    }
}

/// Returns whether an event is valid even if it is about a set that is gone.
fn concerns_any_set(event: &Event) -> bool {
    use Event::{
        Activity, Cleared, Failed, Model, NotOpened, NotRestored, Ready, Refused, Validated, WebGpuNeeded,
    };
    matches!(
        event,
        Activity(_)
            | Cleared
            | Failed(_)
            | Model { .. }
            | Ready(_)
            | NotOpened(_)
            | NotRestored(_)
            | Refused(_)
            | Validated { .. }
            | WebGpuNeeded
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{report, snapshot, state},
        protocol::{Activity, Evaluation},
        settings::Images,
    };

    #[test]
    fn steps_change_only_the_run() {
        let mut state = state(4);
        state.apply(Event::Stepped(vec![report(1)]));
        assert_eq!(state.log().take_changed(), state.run.field());
    }

    #[test]
    fn events_about_removed_pictures_are_ignored() {
        let mut state = state(4);
        state.start_running();
        state.apply(Event::Activity(Activity::Training));
        state.apply(Event::Stepped(vec![report(1), report(2)]));
        state.clear(Images::Fashion);
        state.clear(Images::Own);
        for cleared in 0..2 {
            state.apply(Event::Activity(Activity::Training));
            state.apply(Event::Stepped(vec![report(3)]));
            state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, vec![0, 1, 2, 3])));
            state.apply(snapshot(3));
            assert!(state.run.steps.is_empty() && !state.run.running, "after {cleared} of 2 answers");
            state.apply(Event::Cleared);
        }
        state.apply(Event::Activity(Activity::Idle));
        state.apply(Event::Restarted { parameters: 1 });
        assert_eq!(state.records().len(), 1, "the run of the old set is kept once");
        assert!(state.results.scored(Stage::Trained).is_none() && state.snapshot.is_none());
        state.apply(Event::Stepped(vec![report(1)]));
        assert_eq!(state.run.step(), 1, "the new set is heard");
    }
}
