//! The map of the set, and how it is to be drawn.

use crate::{
    page::state::State,
    protocol::{Map, MapMethod, Stage},
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
    map: Option<Map>,
    asked: Option<(Stage, MapMethod)>,
}

impl Default for Maps {
    fn default() -> Self {
        Self { method: MapMethod::Pca, colouring: None, map: None, asked: None }
    }
}

impl Maps {
    /// The map that came last.
    pub fn map(&self) -> Option<&Map> {
        self.map.as_ref()
    }

    /// Keeps a map, unless another was asked for meanwhile.
    pub fn keep(&mut self, map: Map) {
        if self.asked == Some((map.stage, map.method)) {
            self.map = Some(map);
        }
    }

    /// How a stage's map should be asked for; once, until its embeddings change.
    pub fn wants(&mut self, stage: Stage) -> Option<MapMethod> {
        let wanted = (stage, self.method);
        (self.asked.replace(wanted) != Some(wanted)).then_some(self.method)
    }

    /// Notes that a stage's embeddings have changed.
    pub fn ask_again_of(&mut self, stage: Stage) {
        if self.asked.is_some_and(|(asked, _)| asked == stage) {
            self.asked = None;
        }
    }

    /// Forgets the map; how to draw and colour one stays.
    pub fn clear(&mut self) {
        *self = Self { method: self.method, colouring: self.colouring, ..Self::default() };
    }
}

impl State {
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

    /// The stage whose map should be asked for, and how; once for each evaluation of it.
    pub fn wants_map(&mut self, stage: Stage) -> Option<MapMethod> {
        self.results.scored(stage)?;
        self.maps.wants(stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Floats;

    fn map(stage: Stage, method: MapMethod) -> Map {
        let points = Floats(vec![0.0; 2]);
        Map {
            stage,
            step: 3,
            method,
            pictures: vec![1],
            points,
            radius: 1.0,
            explained: 0.5,
            done: 0,
            total: 0,
        }
    }

    #[test]
    fn a_map_is_asked_for_once_for_each_evaluation_and_method() {
        let mut maps = Maps::default();
        assert_eq!(maps.wants(Stage::Trained), Some(MapMethod::Pca));
        assert_eq!(maps.wants(Stage::Trained), None);
        maps.method = MapMethod::Tsne;
        assert_eq!(maps.wants(Stage::Trained), Some(MapMethod::Tsne));
        maps.ask_again_of(Stage::Untrained);
        assert_eq!(maps.wants(Stage::Trained), None);
        maps.ask_again_of(Stage::Trained);
        assert_eq!(maps.wants(Stage::Trained), Some(MapMethod::Tsne));
        assert_eq!(maps.wants(Stage::Untrained), Some(MapMethod::Tsne));
    }

    #[test]
    fn a_late_map_is_not_kept() {
        let mut maps = Maps::default();
        maps.wants(Stage::Trained);
        maps.keep(map(Stage::Untrained, MapMethod::Pca));
        maps.keep(map(Stage::Trained, MapMethod::Tsne));
        assert_eq!(maps.map(), None);
        maps.keep(map(Stage::Trained, MapMethod::Pca));
        assert!(maps.map().is_some());
        maps.clear();
        assert_eq!(maps.map(), None);
        assert_eq!(maps.wants(Stage::Trained), Some(MapMethod::Pca));
    }
}
