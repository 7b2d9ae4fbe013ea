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
        text: "Click Shapes: a thousand drawn figures with ten labels, in any colour, size and turn.",
        until: Until::Reached(|_, state| are_shapes_here(state)),
    },
    Stop {
        name: "1. Images",
        target: ".gallery",
        text: "These are the pictures. Each has a label, but training never sees it. Labels only score what the network finds out by itself.",
        until: Until::Read,
    },
    Stop {
        name: "2. Augment",
        target: ".step:nth-child(2)",
        text: "Training compares random views of pictures. Whatever changes between two views of one picture, the network learns to ignore. Open this part and change something: a switch, or how strong it is.",
        until: Until::Reached(|before, state| state.settings.augmentations != before.augmentations),
    },
    Stop {
        name: "3. Encoder",
        target: ".step:nth-child(3)",
        text: "A small network turns each view into a list of numbers (embedding). It starts with random weights, here in your browser. Open this part to see how large it is.",
        until: Until::Used,
    },
    Stop {
        name: "4. Loss and training",
        target: ".train-buttons .primary",
        text: "Click Train. Each step asks the network which two of many views come from one picture. Then it nudges the network towards the right answer.",
        until: Until::Reached(|_, state| state.run.running),
    },
    Stop {
        name: "4. Loss and training",
        target: ".panel",
        text: "The loss is how wrong its answers are, so it should fall. Each cell of the square compares two views. Between the thin lines are two views of one picture. They should light up.",
        until: Until::Reached(|before, state| state.run.step() >= before.step + FIRST_STEPS),
    },
    Stop {
        name: "5. Use it: similarity",
        target: "#tab-similarity",
        text: "Training continues meanwhile. Click Similarity to compare every picture with every other.",
        until: Until::Reached(|_, state| *state.tab == Tab::Similarity),
    },
    Stop {
        name: "5. Use it: before and after",
        target: ".similarity-side .choice",
        text: "Compare before training (untrained) with now (trained), which appears once it has been measured. Pictures with one label lie side by side. Bright squares on the diagonal mean that these look similar to the network. It never saw a label.",
        until: Until::Used,
    },
    Stop {
        name: "5. Use it: neighbours",
        target: ".gallery",
        text: "Click any picture to see its nearest: after training, before training, and by two baselines that learn nothing. Now bring your own pictures: drop them anywhere.",
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
