//! The tour: the five steps on the drawn figures, on the actual page.
//!
//! Each [`Stop`] points at a real control and waits until it has really been used.

use crate::{
    page::state::{State, Tab},
    protocol::PictureId,
    settings::{Augmentations, Images},
};

/// Number of steps before the tour continues: enough to see the curve move.
const FIRST_STEPS: u32 = 20;

/// A stop of the tour.
pub struct Stop {
    /// Title of the stop.
    pub name: &'static str,
    /// CSS selector of its target.
    pub target: &'static str,
    /// Instructions.
    pub text: &'static str,
    /// Condition for continuing.
    pub until: Until,
}

/// Condition for leaving a stop; the user may skip it.
#[derive(Clone, Copy)]
pub enum Until {
    /// Reading of the text.
    Read,
    /// Use of a control within the target.
    Used,
    /// A condition on the changes of the state since the stop began.
    Reached(fn(&Before, &State) -> bool),
}

/// The state when a stop began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Before {
    augmentations: Augmentations,
    step: u32,
    selected: Option<PictureId>,
}

impl Before {
    /// Returns the present state.
    pub fn now(state: &State) -> Self {
        Self {
            augmentations: state.settings.augmentations,
            step: state.run.step(),
            selected: *state.selected,
        }
    }
}

/// All stops in order.
pub const STOPS: [Stop; 9] = [
    Stop {
        name: "1. Images",
        target: ".samples",
        text: "Press Shapes: a thousand drawn figures of ten kinds, in any colour, size and turn.",
        until: Until::Reached(|_, state| are_shapes_here(state)),
    },
    Stop {
        name: "1. Images",
        target: ".gallery",
        text: "These are the pictures. Their kinds are known here, but the network is never told: kinds only score what it finds out by itself.",
        until: Until::Read,
    },
    Stop {
        name: "2. Augment",
        target: ".step:nth-child(2)",
        text: "Training compares random views of pictures. What changes between two views of one picture is what the network learns to overlook. Unfold this step and change something: a switch, or how strong it is.",
        until: Until::Reached(|before, state| state.settings.augmentations != before.augmentations),
    },
    Stop {
        name: "3. Encoder",
        target: ".step:nth-child(3)",
        text: "A small network turns each view into a list of numbers, its embedding. It starts with random weights, here in your browser. Unfold this step to see how large it is.",
        until: Until::Used,
    },
    Stop {
        name: "4. Loss and training",
        target: ".train-buttons .primary",
        text: "Press Train. At each step the network is asked which two of many views come from one picture, and is nudged towards the right answer.",
        until: Until::Reached(|_, state| state.run.running),
    },
    Stop {
        name: "4. Loss and training",
        target: ".panel",
        text: "The loss is how wrong its answers are: it should fall. In the square each cell compares two views; between the thin lines lie the views of one picture, and they should light up.",
        until: Until::Reached(|before, state| state.run.step() >= before.step + FIRST_STEPS),
    },
    Stop {
        name: "5. Use it: similarity",
        target: "#tab-similarity",
        text: "Training goes on meanwhile. Press Similarity to compare every picture with every other.",
        until: Until::Reached(|_, state| *state.tab == Tab::Similarity),
    },
    Stop {
        name: "5. Use it: before and after",
        target: ".similarity-side .choice",
        text: "Compare the untrained encoder with the trained one, which is there once it has seen the whole set. Kinds lie side by side: squares along the diagonal say that figures of one kind have become alike, though nobody told the network the kinds.",
        until: Until::Used,
    },
    Stop {
        name: "5. Use it: neighbours",
        target: ".gallery",
        text: "Press any picture to see its nearest: by the trained network, by the untrained one and by two baselines that learn nothing. Now bring pictures of your own: drop them anywhere.",
        until: Until::Reached(|before, state| {
            *state.tab == Tab::Neighbours && *state.selected != before.selected
        }),
    },
];

/// Returns the index of the first stop; stop 0 is for other pictures only.
pub fn first(state: &State) -> usize {
    usize::from(are_shapes_here(state))
}

fn are_shapes_here(state: &State) -> bool {
    state.settings.images == Images::Shapes && !state.pictures.is_empty() && !state.intake.is_active()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{newcomer, report},
        protocol::Event,
        settings::Settings,
    };

    fn state() -> State {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.add(vec![newcomer("a", None), newcomer("b", None)]);
        state
    }

    /// The conditions of the stops are satisfied one after another.
    #[test]
    fn each_stop_waits_for_the_requested_action() {
        let mut state = state();
        for (place, stop) in STOPS.iter().enumerate().skip(1) {
            let before = Before::now(&state);
            let Until::Reached(reached) = stop.until else { continue };
            assert!(!reached(&before, &state), "{place}: {}", stop.text);
            match place {
                2 => state.edit(|settings| settings.augmentations.hue.strength = 0.123),
                4 => drop(state.start_running()),
                5 => state.apply(Event::Stepped((1..=FIRST_STEPS).map(report).collect())),
                6 => state.choose_tab(Tab::Similarity),
                8 => {
                    state.focus(1);
                    state.choose_tab(Tab::Neighbours);
                }
                _ => panic!("{place} waits for something"),
            }
            assert!(reached(&before, &state), "{place}: {}", stop.text);
        }
    }

    #[test]
    fn tour_skips_the_first_stop_if_the_figures_are_shown() {
        let mut state = state();
        assert_eq!(first(&state), 1);
        state.clear(Images::Own);
        assert_eq!(first(&state), 0);
    }
}
