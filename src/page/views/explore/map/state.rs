//! Choices for the map of the set.

use crate::{
    page::state::State,
    protocol::{Map, MapMethod, MapRequest, Stage},
};

/// Property that the map's colours distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colouring {
    /// Labels.
    Label,
    /// Groups.
    Group,
    /// Nothing.
    Nothing,
}

/// Choices for the map.
#[derive(Debug)]
pub struct Maps {
    /// Method of projection.
    pub method: MapMethod,
    /// Chosen property of the colours; if `None`, labels if there are any, else groups.
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

    /// Returns the property of the map's colours: the user's choice, else labels, else groups.
    pub fn colouring(&self) -> Colouring {
        let labelled = !self.label_names().is_empty();
        self.maps.colouring.unwrap_or(if labelled { Colouring::Label } else { Colouring::Group })
    }

    /// Sets the property that the map's colours distinguish.
    pub fn colour_map_by(&mut self, colouring: Colouring) {
        self.maps.colouring = Some(colouring);
    }
}

impl State {
    /// Sets the method of projection.
    pub fn choose_map_method(&mut self, method: MapMethod) {
        self.maps.method = method;
    }
}
