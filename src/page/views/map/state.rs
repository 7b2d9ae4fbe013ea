//! The map of the set, and how it is to be drawn.

use crate::{
    page::state::State,
    protocol::{Map, MapMethod, MapRequest, Stage},
};

/// What the colours of the map tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colouring {
    /// Labels.
    Label,
    /// Groups.
    Group,
    /// Nothing.
    Nothing,
}

/// The map of the set.
#[derive(Debug)]
pub struct Maps {
    /// How it is to be drawn.
    pub method: MapMethod,
    /// What its colours are to tell apart; labels where there are any when `None`.
    colouring: Option<Colouring>,
}

impl Default for Maps {
    fn default() -> Self {
        Self { method: MapMethod::Pca, colouring: None }
    }
}

impl State {
    /// Returns the latest map, of whatever stage and method.
    pub fn map(&self) -> Option<&Map> {
        self.answers.latest(MapRequest { stage: Stage::Trained, method: self.maps.method })
    }

    /// What the colours of the map tell apart: what the user chose, else labels, else groups.
    pub fn colouring(&self) -> Colouring {
        let labelled = !self.label_names().is_empty();
        self.maps.colouring.unwrap_or(if labelled { Colouring::Label } else { Colouring::Group })
    }

    /// Chooses what the colours of the map tell apart.
    pub fn colour_map_by(&mut self, colouring: Colouring) {
        self.maps.colouring = Some(colouring);
    }
}

impl State {
    /// Chooses how the map is drawn.
    pub fn choose_map_method(&mut self, method: MapMethod) {
        self.maps.method = method;
    }
}
