//! The tour: five stops on the actual page, which acts by itself.
//!
//! A stop points at a part of the page. *Next* does what the stop asks, if the visitor has not.

use crate::{
    page::state::{State, Tab},
    protocol::Stage,
};

/// A stop of the tour.
pub struct Stop {
    /// Title of the stop.
    pub name: &'static str,
    /// CSS selector of its target.
    pub target: &'static str,
    /// What is to be seen, and what to do.
    pub text: &'static str,
    /// Prepares the page for the stop.
    pub arrive: fn(&mut State),
    /// Does what the stop asks.
    pub act: fn(&mut State),
    /// Returns whether the visitor has done it; the tour then continues by itself.
    pub is_done: fn(&State) -> bool,
}

/// All stops in order.
pub const STOPS: [Stop; 5] = [
    Stop {
        name: "1. Guess",
        target: ".play",
        text: "A picture is changed: which of eight was it? Play five rounds against the network as it is before training.",
        arrive: |state| state.choose_tab(Tab::Watch),
        act: |state| {
            if state.can_play() {
                state.choose_tab(Tab::Watch);
                state.play(state.settings.seed);
            }
        },
        is_done: |state| state.game.is_some(),
    },
    Stop {
        name: "2. Train",
        target: ".train-buttons .primary",
        text: "Press Train. Each step changes every picture of a batch in two ways. The network must find which two belong together.",
        arrive: |_| (),
        act: State::train,
        is_done: |state| state.run.step() > 0,
    },
    Stop {
        name: "3. Twins find each other",
        target: ".panel",
        text: "A row of the square compares one picture with the whole batch. Its twin is on the diagonal, and becomes the brightest.",
        arrive: |state| state.choose_tab(Tab::Watch),
        act: |_| (),
        is_done: |_| false,
    },
    Stop {
        name: "4. Before and after",
        target: ".stage-switch",
        text: "This switches map, matrix, groups and labels between before training and now. Look at a picture’s nearest.",
        arrive: |state| {
            state.choose_tab(Tab::Explore);
            state.show_stage(Stage::Untrained);
        },
        act: |state| state.show_stage(Stage::Trained),
        is_done: |_| false,
    },
    Stop {
        name: "5. Your pictures",
        target: ".drop-zone",
        text: "Now add pictures of your own. They stay on this computer, and the network learns from them alone.",
        arrive: |_| (),
        act: |_| (),
        is_done: |_| false,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture::embedded;

    /// Goes through the tour by *Next* alone.
    #[test]
    fn each_stop_does_what_it_asks() {
        let mut state = embedded(&[[1.0, 0.0]; 4]);
        for stop in &STOPS {
            (stop.arrive)(&mut state);
            assert!(!(stop.is_done)(&state), "{}", stop.name);
            (stop.act)(&mut state);
        }
        assert!(state.run.running && state.game.is_some());
        assert_eq!((*state.tab, *state.chosen_stage), (Tab::Explore, Some(Stage::Trained)));
    }
}
