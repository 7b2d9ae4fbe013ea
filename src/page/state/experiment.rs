//! Saving the experiment on the page, and restoring it.

use std::sync::Arc;

use super::{Newcomer, Snapshot, State};
use crate::{
    page::{
        experiment::{Experiment, picture_to_bytes},
        views::hood::runs::state::Notes,
        words,
    },
    protocol::{PictureId, StepReport},
    settings::{Images, Settings},
};

/// A run that is restored once the engine confirms that it continues it, up to the confirmed step.
#[derive(Debug)]
pub(in crate::page) struct Awaited {
    pub(in crate::page) snapshot: Arc<Snapshot>,
    pub(in crate::page) steps: Vec<StepReport>,
    pub(in crate::page) notes: Notes,
}

impl State {
    /// Returns the experiment without its pictures.
    pub fn experiment(&self) -> Experiment {
        let mut runs = self.records();
        let present = if self.run.steps.is_empty() { None } else { runs.pop() };
        let removed = match self.settings.images {
            Images::Own => Vec::new(),
            Images::Shapes | Images::Fashion => self.pictures.missing(),
        };
        let typed = self.labels.all_typed().filter_map(|(id, label)| {
            let name = self.pictures.label_name(label)?;
            Some((self.pictures.place(id), name.to_owned()))
        });
        Experiment {
            removed,
            typed: typed.collect(),
            per_class: self.labels.per_class(),
            runs,
            present,
            temperatures: self.run.notes.temperatures().to_vec(),
            snapshot: self.snapshot.clone(),
            ..Experiment::new(*self.settings)
        }
    }

    /// Returns a picture's place and encoded contents.
    pub fn picture_bytes(&self, id: PictureId) -> Option<(u32, Vec<u8>)> {
        let entry = self.pictures.get(id)?;
        let place = self.pictures.place(id);
        Some((place, picture_to_bytes(place, self.pictures.label(id), entry)))
    }

    /// Returns whether there is anything that the user would miss, and all of it has arrived.
    pub fn is_worth_saving(&self) -> bool {
        let own = self.settings.images == Images::Own && !self.pictures.is_empty();
        let complete = !self.intake.is_active() && self.awaited.is_none();
        complete && (own || self.run.step() > 0 || !self.runs.is_empty())
    }

    /// Describes the kept experiment in words.
    pub fn kept_words(&self) -> String {
        let Settings { images, steps, .. } = *self.settings;
        let set = match images {
            Images::Own => format!("{} of your own", words::counted(self.pictures.len(), "picture")),
            Images::Shapes => "Shapes".to_owned(),
            Images::Fashion => "Fashion".to_owned(),
        };
        match self.run.step() {
            0 => format!("{set}, not trained yet"),
            step => {
                format!("{set}, step {} of {}", words::count(step as usize), words::count(steps as usize))
            }
        }
    }

    /// Restores an experiment on the emptied page, except for pictures and typed labels.
    pub fn restore(&mut self, experiment: Experiment) {
        let Experiment { settings, per_class, runs, present, temperatures, snapshot, .. } = experiment;
        *self.settings = Settings { run: false, ..settings };
        self.give_labels(per_class);
        self.put_runs(runs);
        self.send_all_settings();
        let Some(snapshot) = snapshot else { return };
        self.send(snapshot.message());
        let (steps, notes) = match present {
            Some(record) => {
                let notes = Notes::of(&record, temperatures);
                (record.steps.clone(), notes)
            }
            None => Default::default(),
        };
        self.awaited = Some(Awaited { snapshot, steps, notes });
    }

    /// Adds pictures at their places, in their order.
    pub fn add_at(&mut self, newcomers: Vec<(u32, Newcomer)>) {
        let framing = self.settings.framing;
        let add = |(place, newcomer)| self.pictures.add_at(place, newcomer, framing);
        let added: Vec<PictureId> = newcomers.into_iter().map(add).collect();
        self.send_pictures(&added);
    }

    /// Reserves the places of pictures that are still to come: others come after them.
    pub fn reserve_places(&mut self, places: impl Iterator<Item = u32>) {
        if let Some(last) = places.max() {
            self.pictures.reserve(last + 1);
        }
    }

    /// Gives the pictures at these places typed labels.
    pub fn type_labels_at(&mut self, typed: &[(u32, String)]) {
        self.change_labels(|state| {
            for (place, text) in typed {
                let (id, label) = (state.pictures.at(*place), state.pictures.label_id(text.clone()));
                state.put_label(id, label);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{commands, newcomer, report, snapshot, state},
            state::Run,
        },
        protocol::{Command, Event, Refusal},
    };

    #[test]
    fn experiment_is_restored_on_another_page() {
        let mut state = state(5);
        state.edit(|settings| settings.temperature = 0.25);
        state.remove(&[1]);
        state.type_label(3, "odd");
        state.apply(Event::Stepped((1..=12).map(report).collect()));
        state.apply(Event::Restarted { parameters: 9 });
        state.apply(Event::Stepped((1..=7).map(report).collect()));
        state.apply(snapshot(5));
        assert!(state.is_worth_saving());
        assert_eq!(state.kept_words(), "Shapes, step 7 of 1,700");
        let kept = state.experiment();
        assert_eq!((&kept.removed, &kept.typed), (&vec![1], &vec![(3, "odd".to_owned())]));

        let mut page = State::new(Settings::recommended(Images::Fashion));
        page.add(vec![newcomer("x", "y")]);
        page.clear(Images::Shapes);
        page.take_effects();
        page.restore(kept.clone());
        let restore = Command::Restore { file: vec![5] };
        assert_eq!(commands(&mut page), [Command::Configure(*page.settings), restore]);
        assert!(!page.is_worth_saving(), "what is kept is not overwritten by half of it");
        // The engine is still reporting the run before.
        page.apply(Event::Stepped(vec![report(3)]));
        page.apply(Event::Refused(Refusal::RunComplete));
        page.apply(Event::Cleared);
        page.apply(Event::Restarted { parameters: 1 });
        page.apply(Event::Restored { step: 5, parameters: 9 });
        page.apply(snapshot(5));
        page.add((0..5).map(|i| newcomer(&i.to_string(), "a")).collect());
        page.type_labels_at(&kept.typed);
        assert_eq!(*page.settings, *state.settings);
        let steps = |run: &Run| run.steps.iter().map(|report| report.step).collect::<Vec<_>>();
        assert_eq!(steps(&page.run), [1, 2, 3, 4, 5]);
        assert_eq!(page.records()[0].steps.len(), 12);
        assert_eq!(page.label_of(page.pictures.at(3)), Some("odd"));
        assert_eq!(page.label_of(page.pictures.at(2)), Some("a"));
    }
}
