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
#[derive(Debug, Default)]
pub struct Maps {
    /// Chosen method of projection; if `None`, principal components, and t-SNE once training rests.
    method: Option<MapMethod>,
    /// Chosen property of the colours; if `None`, labels if there are any, else groups.
    colouring: Option<Colouring>,
}

impl State {
    /// Returns the latest map, of whatever stage and method.
    pub fn map(&self) -> Option<&Map> {
        self.answers.latest(MapRequest { stage: Stage::Trained, method: MapMethod::Pca })
    }

    /// Returns the method of projection: the user's choice, else t-SNE after a complete run, since it
    /// takes a while, and else principal components.
    pub fn map_method(&self) -> MapMethod {
        let rests =
            self.shown_stage() == Stage::Trained && !self.run.running && self.run.is_complete(&self.settings);
        self.maps.method.unwrap_or(if rests { MapMethod::Tsne } else { MapMethod::Pca })
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
        self.maps.method = Some(method);
    }
}
