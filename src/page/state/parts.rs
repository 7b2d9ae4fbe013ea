//! Which parts of the state a change touched, so that only their views are drawn anew.

/// A part of the state that views read separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the user has set.
    Settings,
    /// The set of pictures.
    Pictures,
    /// Files being read.
    Intake,
    /// The engine and its device.
    Engine,
    /// The run: step, curves, batch.
    Run,
    /// Evaluations and matrices.
    Results,
    /// The map.
    Map,
    /// Typed labels and what classifiers made of them.
    Labels,
    /// Groups, near-duplicates and odd ones out.
    Groups,
    /// What the encoder overlooks.
    Invariance,
    /// The views in the preview.
    Views,
    /// The picture that was picked out.
    Selection,
    /// The search with a picture that is not of the set.
    Search,
    /// The pair whose likeness is explained.
    WhyAlike,
    /// The tab in front.
    Tab,
    /// The runs that ended.
    Runs,
    /// Sentences for the user.
    Notices,
    /// What the browser keeps between visits.
    Autosave,
}

impl Part {
    /// Every part, in the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::Settings,
        Self::Pictures,
        Self::Intake,
        Self::Engine,
        Self::Run,
        Self::Results,
        Self::Map,
        Self::Labels,
        Self::Groups,
        Self::Invariance,
        Self::Views,
        Self::Selection,
        Self::Search,
        Self::WhyAlike,
        Self::Tab,
        Self::Runs,
        Self::Notices,
        Self::Autosave,
    ];
}

/// A set of parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts(u32);

impl Parts {
    /// Puts a part into the set.
    pub fn insert(&mut self, part: Part) {
        self.0 |= 1 << part as u16;
    }

    /// Whether a part is in the set.
    pub fn contains(self, part: Part) -> bool {
        self.0 & 1 << part as u16 != 0
    }

    /// Whether there is no part in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Puts all of another set's parts into this one.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
