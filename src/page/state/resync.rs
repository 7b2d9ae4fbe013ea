//! Commands for a new engine.

use super::{Entry, PORTION, Snapshot, State};
use crate::protocol::Command;

impl State {
    /// Returns the commands that bring a new engine to the page's state, pictures in portions.
    pub fn resync(&self) -> impl Iterator<Item = Command> + '_ {
        let portions = self.pictures.entries().chunks(PORTION);
        let add = portions.map(|portion| Command::Add(portion.iter().map(Entry::message).collect()));
        // The run begins as soon as there are pictures: its snapshot comes first.
        std::iter::once(Command::Configure(*self.settings))
            .chain(self.known_snapshot().map(Snapshot::message))
            .chain(add)
            .chain(self.labels.message())
            .chain(self.search.message())
            .chain(self.completion(self.resuming))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture::state;

    #[test]
    fn new_engine_receives_everything_in_portions() {
        let state = state(PORTION + 1);
        let commands: Vec<_> = state.resync().collect();
        assert!(matches!(commands[0], Command::Configure(settings) if settings == *state.settings));
        let portions: Vec<_> = commands
            .iter()
            .filter_map(
                |command| if let Command::Add(portion) = command { Some(portion.len()) } else { None },
            )
            .collect();
        assert_eq!(portions, [PORTION, 1]);
        assert_eq!(commands.last(), Some(&Command::Settle));
    }
}
