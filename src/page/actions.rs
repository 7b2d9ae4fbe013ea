//! What the user can do.

use leptos::{
    prelude::{GetValue, SetValue, window},
    task::spawn_local,
};
use wasm_bindgen::JsValue;

use crate::{
    page::{
        components::dynamic::effect,
        files::{builtin, experiment_file},
        session::Session,
        shell::address,
        state::{Newcomer, PORTION, Removed, State, Tab},
        timing,
    },
    protocol::{Command, PictureId, Stage, Study},
    settings::{Images, Settings},
};

/// Changes of the settings within so many milliseconds are sent together.
const SETTLING: u64 = 120;

impl Session {
    /// Changes the settings; the engine and the address bar follow shortly after.
    pub fn edit(self, change: impl FnOnce(&mut Settings)) {
        self.update(|state| state.edit(change));
        if !self.unsent_settings.get_value() {
            self.unsent_settings.set_value(true);
            timing::after(SETTLING, move || self.send_settings());
        }
    }

    /// Sends the settings if they changed since they were sent last.
    fn send_settings(self) {
        if self.unsent_settings.get_value() {
            self.unsent_settings.set_value(false);
            self.send_all_settings();
        }
    }

    /// Sends the settings.
    pub(super) fn send_all_settings(self) {
        let settings = self.with_untracked(|state| state.settings);
        self.send(&Command::Configure(settings));
    }

    /// Keeps the address bar true to the page.
    pub fn show_address(self) {
        let address = format!("#{}", self.with_untracked(address::own));
        // Without the right to change it, the address bar stays as it is; Share still works.
        window()
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&address)))
            .ok();
    }

    /// Takes back the settings of a run, for the pictures that are here now; those that are
    /// drawn by its seed are drawn anew.
    pub fn use_settings_of(self, number: u32) {
        let Some(taken) = self.with_untracked(|state| state.record(number).map(|record| record.settings))
        else {
            return;
        };
        self.edit(|now| *now = now.with_run_of(taken));
        if self.with_untracked(|state| state.settings.seed != taken.seed) {
            builtin::reseed(self, taken.seed);
        }
    }

    /// Starts training, or goes on.
    pub fn train(self) {
        if let Some(obstacle) = self.with_untracked(|state| state.training_obstacle()) {
            return self.update(|state| state.notify(obstacle));
        }
        if self.with_untracked(|state| state.steps_to_add().is_some()) {
            self.update(|state| state.lengthen_run());
            self.unsent_settings.set_value(true);
        }
        self.send_settings();
        if self.update(|state| state.start_running()) {
            self.send(&Command::Train);
        }
    }

    /// Stops after the step in hand.
    pub fn pause(self) {
        self.update(|state| state.stop_running());
        self.send(&Command::Pause);
    }

    /// Takes one step.
    pub fn step(self) {
        self.send_settings();
        self.update(|state| state.take_step());
        self.send(&Command::Step);
    }

    /// Forgets what was learned.
    pub fn reset(self) {
        self.send_settings();
        self.update(|state| state.stop_running());
        self.send(&Command::Reset);
    }

    /// Adds pictures to the set, here and in the engine.
    pub fn add(self, newcomers: Vec<Newcomer>) {
        let ids = self.update(|state| state.add(newcomers));
        self.send_pictures(&ids);
    }

    /// Adds pictures at their places, here and in the engine.
    pub fn add_at(self, newcomers: Vec<(u32, Newcomer)>) {
        let ids = self.update(|state| state.add_at(newcomers));
        self.send_pictures(&ids);
    }

    fn send_pictures(self, ids: &[PictureId]) {
        for portion in ids.chunks(PORTION) {
            let pictures = self.with_untracked(|state| {
                let entries = portion.iter().filter_map(|id| state.pictures.get(*id));
                entries.map(|entry| entry.message()).collect()
            });
            self.send(&Command::Add(pictures));
        }
    }

    /// Says that no more pictures are on their way, unless some are, and starts training if it
    /// waited for them.
    pub fn settle(self) {
        if let Some(command) = self.update(|state| state.settled()) {
            self.send(&command);
        }
    }

    /// Takes the selected pictures out of the set, else the focused one.
    pub fn remove_chosen(self) {
        let ids = self.with_untracked(|state| state.chosen());
        if self.update(|state| state.remove_at_will(&ids)) > 0 {
            self.send(&Command::Remove(ids));
            self.settle();
        }
    }

    /// Takes every picture out of the set.
    pub fn clear_all(self) {
        self.stop_intake();
        self.update(|state| state.clear_at_will());
        self.begin_anew();
    }

    /// Brings back what a notice offers.
    pub fn undo(self, notice: u32) {
        match self.update(|state| state.take_undo(notice)) {
            Some(Removed::Some { entries, typed }) => {
                let ids = self.update(|state| state.bring_back(entries, &typed));
                self.send_pictures(&ids);
                self.settle();
            }
            Some(Removed::All { experiment, pictures }) => {
                spawn_local(async move { drop(experiment_file::put(self, *experiment, pictures).await) });
            }
            None => {}
        }
    }

    /// Takes pictures out of the set, here and in the engine.
    pub(super) fn remove(self, ids: Vec<PictureId>) {
        if self.update(|state| state.remove(&ids)) > 0 {
            self.send(&Command::Remove(ids));
        }
    }

    /// Empties the set for other pictures.
    pub fn clear(self, images: Images) {
        self.stop_intake();
        self.update(|state| state.clear(images));
        self.begin_anew();
    }

    /// Empties a built-in set for pictures of the user's own, which go on coming in.
    pub fn make_room(self) {
        self.update(|state| state.make_room());
        self.begin_anew();
    }

    /// Tells the engine that the set was emptied.
    fn begin_anew(self) {
        self.send(&Command::Clear);
        self.unsent_settings.set_value(false);
        self.send_all_settings();
    }

    /// Asks for a stage's similarity matrix, once for each evaluation.
    pub fn request_matrix(self, stage: Stage) {
        if self.update(|state| state.results.wants_matrix(stage)) {
            self.send(&Command::Matrix { stage });
        }
    }

    /// Asks for a stage's map, once for each evaluation and way of drawing.
    pub fn request_map(self, stage: Stage) {
        if let Some(method) = self.update(|state| state.wants_map(stage)) {
            self.send(&Command::Map { stage, method });
        }
    }

    /// Puts a tab in front.
    pub fn choose_tab(self, tab: Tab) {
        self.update(|state| state.choose_tab(tab));
    }

    /// Looks inside one row of the batch matrix, or inside none.
    pub fn inspect(self, anchor: Option<u32>) {
        self.update(|state| state.inspect(anchor));
        self.send(&Command::Inspect { anchor });
    }

    /// Tells the engine of labels that the user types, whenever they change, and not to go on
    /// learning those that they were.
    pub fn tell_labels(self) {
        effect(move || {
            self.track([Part::Labels]);
            if let Some(command) = self.update(State::wants_to_label) {
                self.send(&command);
            }
            if self.update(State::wants_to_abandon_tuning) {
                self.send(&Command::StopTuning);
            }
        });
    }

    /// Asks what a few labels are worth at a stage, once for each change of labels or embeddings.
    pub fn request_classification(self, stage: Stage) {
        if let Some(labelling) = self.update(|state| state.wants_classification(stage)) {
            self.send(&Command::Classify(labelling));
        }
    }

    /// Asks what makes the pair alike that the user asked about, once for each evaluation.
    pub fn request_explanation(self) {
        if let Some(pair) = self.update(|state| state.wants_explanation()) {
            self.send(&Command::Explain(pair));
        }
    }

    /// Asks for what the tab Groups looks for at a stage, once for each change of embeddings.
    pub fn request_study(self, stage: Stage) {
        if let Some(study) = self.update(|state| state.wants_study(stage)) {
            self.send(&Command::Study { study, stage });
        }
    }

    /// Asks for a stage's groups, once for each change of embeddings.
    pub fn request_groups(self, stage: Stage) {
        if self.update(|state| state.wants_groups(stage)) {
            self.send(&Command::Study { study: Study::Groups, stage });
        }
    }

    /// Asks what a stage overlooks, once for each change of embeddings or augmentations.
    pub fn request_invariance(self, stage: Stage) {
        if self.update(|state| state.wants_invariance(stage)) {
            self.send_settings();
            self.send(&Command::Invariance { stage });
        }
    }

    /// Lets a copy of the encoder learn the labels.
    pub fn fine_tune(self) {
        self.send_settings();
        if let Some(labelling) = self.update(|state| state.start_tuning()) {
            self.send(&Command::FineTune(labelling));
        }
    }

    /// Gives the fine-tuning up.
    pub fn stop_tuning(self) {
        self.update(|state| state.stop_tuning());
        self.send(&Command::StopTuning);
    }

    /// Asks for views of the first pictures; another `draw` gives other views.
    pub fn request_views(self, pictures: usize, views: u32, draw: u32) {
        self.send_settings();
        let pictures: Vec<_> = self.with_untracked(|state| {
            state.pictures.entries().iter().take(pictures).map(|entry| entry.id).collect()
        });
        if !pictures.is_empty() {
            self.send(&Command::Preview { pictures, views, draw });
        }
    }
}
