//! Rounds of the game. The changed picture and the network's guesses are the engine's.

use crate::{
    image::{Image, SIDE},
    page::{state::State, words},
    protocol::{Command, PictureId, Query, QueryAnswer, Stage, Views},
};

/// Number of rounds.
pub const ROUNDS: usize = 5;

/// Number of pictures to choose from.
const CHOICES: usize = 8;

/// Numbers of the game's queries begin here, above those of searches.
const FIRST_NUMBER: u32 = 1 << 31;

/// Those who guess; the last one only once it has been trained.
pub const PLAYERS: [&str; 3] = ["You", "Before training", "Now"];

/// One round.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The pictures to choose from.
    pub choices: Vec<PictureId>,
    /// Place of the picture that was changed.
    pub answer: usize,
    /// That picture, changed as training changes it; `None` until it is drawn.
    pub view: Option<Image>,
    /// Place of each player's guess.
    pub guesses: [Option<usize>; 3],
}

/// A game.
#[derive(Clone, Debug, PartialEq)]
pub struct Game {
    /// Number of the present round's query.
    number: u32,
    /// State of the random numbers.
    random: u32,
    /// Number of [`PLAYERS`] who take part.
    pub players: usize,
    /// The rounds so far.
    pub rounds: Vec<Round>,
}

impl Game {
    /// Returns the present round.
    pub fn round(&self) -> Option<&Round> {
        self.rounds.last()
    }

    /// Returns whether the present round has a guess of every player.
    pub fn is_decided(&self) -> bool {
        self.round().is_some_and(|round| self.has_all_guesses(round))
    }

    fn has_all_guesses(&self, round: &Round) -> bool {
        round.guesses[..self.players].iter().all(Option::is_some)
    }

    /// Returns how often each player was right, in the rounds that are decided.
    pub fn scores(&self) -> [usize; 3] {
        let decided = || self.rounds.iter().filter(|round| self.has_all_guesses(round));
        [0, 1, 2].map(|player| decided().filter(|round| round.guesses[player] == Some(round.answer)).count())
    }

    /// Returns a random number below `below` (a linear congruential generator).
    fn below(&mut self, below: usize) -> usize {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.random >> 8) as usize % below
    }
}

impl State {
    /// Returns whether the game can be played: the untrained network knows the set.
    pub fn can_play(&self) -> bool {
        self.results.scored(Stage::Untrained).is_some()
    }

    /// Starts a game.
    pub fn play(&mut self, seed: u32) {
        let number = FIRST_NUMBER | seed >> 1;
        let is_trained = self.results.scored(Stage::Trained).is_some();
        let players = PLAYERS.len() - usize::from(!is_trained);
        *self.game = Some(Game { number, random: seed, players, rounds: Vec::new() });
        self.next_round();
    }

    /// Starts the next round, unless the last one was played.
    pub fn next_round(&mut self) {
        let mut pictures = self.order();
        let Some(game) = self.game.as_mut().filter(|game| game.rounds.len() < ROUNDS) else { return };
        let count = pictures.len().min(CHOICES);
        for place in 0..count {
            let other = place + game.below(pictures.len() - place);
            pictures.swap(place, other);
        }
        pictures.truncate(count);
        if count == 0 {
            return;
        }
        let answer = game.below(count);
        game.number = FIRST_NUMBER | game.number.wrapping_add(1);
        let (picture, draw) = (pictures[answer], game.number);
        game.rounds.push(Round { choices: pictures, answer, view: None, guesses: [None; 3] });
        self.send_settings();
        self.send(Command::Preview { pictures: vec![picture], views: 1, draw });
    }

    /// Takes the visitor's guess; only the first counts.
    pub fn guess(&mut self, place: usize) {
        if let Some(round) = self.game.as_mut().and_then(|game| game.rounds.last_mut())
            && round.view.is_some()
            && place < round.choices.len()
        {
            round.guesses[0].get_or_insert(place);
        }
    }

    /// Ends the game; a search goes on.
    pub fn end_game(&mut self) {
        if self.game.take().is_some() {
            self.send(self.search.message().unwrap_or(Command::Query(None)));
        }
    }

    /// Takes a view that the present round waits for, and asks the network which picture it is; returns
    /// whether it was one.
    pub(in crate::page) fn game_takes_view(&mut self, views: &Views) -> bool {
        let Some(game) = self.game.as_mut() else { return false };
        let number = game.number;
        let Some(round) = game.rounds.last_mut() else { return false };
        if round.view.is_some() || views.views != 1 || views.pictures != [round.choices[round.answer]] {
            return false;
        }
        let side = views.side as usize;
        let image = Image::draw(|x, y| {
            let at = (y * side / SIDE * side + x * side / SIDE) * 3;
            views.rgb.get(at..at + 3).map_or([0; 3], |rgb| [rgb[0], rgb[1], rgb[2]])
        });
        let query = Query { number, rgb: image.rgb().to_vec(), among: round.choices.clone() };
        round.view = Some(image);
        self.send(Command::Query(Some(query)));
        true
    }

    /// Takes a network's guess: the nearest of the round's pictures. Only the first counts.
    pub(in crate::page) fn game_takes_guess(&mut self, answer: &QueryAnswer) {
        let player = match answer.stage {
            Stage::Untrained => 1,
            Stage::Trained => 2,
            Stage::Pixels | Stage::Classic => return,
        };
        let takes_part = |game: &&mut Game| game.number == answer.number && player < game.players;
        let Some(game) = self.game.as_mut().filter(takes_part) else { return };
        let Some(round) = game.rounds.last_mut() else { return };
        let place = answer.pictures.iter().find_map(|id| round.choices.iter().position(|other| other == id));
        if let Some(place) = place {
            round.guesses[player].get_or_insert(place);
        }
    }

    /// Returns the result in a few sentences, to send to others.
    pub fn game_result(&self) -> String {
        let [you, before, now] = self.game.as_ref().map_or([0; 3], Game::scores);
        let trained = self
            .game
            .as_ref()
            .filter(|game| game.players == PLAYERS.len())
            .map(|_| format!(", and {now} after {}", words::counted(self.run.step() as usize, "step")));
        format!(
            "I recognised {you} of {ROUNDS} changed pictures. The network recognised {before} before training{}.",
            trained.unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{commands, embedded, state},
        protocol::{Evaluation, Event, Floats},
    };

    fn answered(state: &mut State, stage: Stage, place: usize) {
        let game = state.game.as_ref().expect("a game");
        let (number, picture) = (game.number, game.rounds.last().expect("a round").choices[place]);
        let near = QueryAnswer { number, stage, pictures: vec![picture], similarities: Floats(vec![0.5]) };
        state.apply(Event::Queried(near));
    }

    /// Returns the place of the answer, once the engine has drawn its view.
    fn drawn(state: &mut State) -> usize {
        let asked = commands(state);
        let [.., Command::Preview { pictures, views: 1, .. }] = &asked[..] else { panic!("{asked:?}") };
        let views = Views { pictures: pictures.clone(), views: 1, side: 2, rgb: (0..12).collect() };
        state.apply(Event::Views(views));
        let asked = commands(state);
        let [Command::Query(Some(query))] = &asked[..] else { panic!("{asked:?}") };
        let round = state.game.as_ref().and_then(Game::round).expect("a round");
        assert_eq!((&query.among, query.rgb.len()), (&round.choices, 3 * SIDE * SIDE));
        // Each quarter of the picture is one pixel of the view.
        assert_eq!((&query.rgb[..3], &query.rgb[3 * SIDE * SIDE - 3..]), (&[0, 1, 2][..], &[9, 10, 11][..]));
        assert_eq!(round.choices[round.answer], pictures[0]);
        round.answer
    }

    #[test]
    fn five_rounds_are_scored_by_the_answers_of_the_engine() {
        let mut state = state(30);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, (0..30).collect())));
        commands(&mut state);
        state.play(7);
        for round in 0..ROUNDS {
            let answer = drawn(&mut state);
            let wrong = (answer + 1) % CHOICES;
            state.guess(answer);
            state.guess(wrong);
            answered(&mut state, Stage::Pixels, wrong);
            answered(&mut state, Stage::Untrained, wrong);
            assert!(!state.game.as_ref().is_some_and(Game::is_decided));
            answered(&mut state, Stage::Trained, if round < 4 { answer } else { wrong });
            answered(&mut state, Stage::Untrained, answer);
            let choices = &state.game.as_ref().and_then(Game::round).expect("a round").choices;
            assert!((1..CHOICES).all(|place| !choices[..place].contains(&choices[place])));
            state.next_round();
        }
        let game = state.game.as_ref().expect("a game");
        assert_eq!((game.rounds.len(), game.scores()), (ROUNDS, [5, 0, 4]));
        assert!(game.rounds.windows(2).any(|pair| pair[0].choices != pair[1].choices));
        assert_eq!(
            state.game_result(),
            "I recognised 5 of 5 changed pictures. The network recognised 0 before training, and 4 after 0 steps."
        );
        commands(&mut state);
        state.end_game();
        assert_eq!(commands(&mut state), [Command::Query(None)]);
    }

    #[test]
    fn before_training_the_untrained_network_alone_is_the_opponent() {
        let mut state = embedded(&[[1.0, 0.0]; 9]);
        assert!(state.can_play());
        commands(&mut state);
        state.play(3);
        for _ in 0..ROUNDS {
            let answer = drawn(&mut state);
            state.guess(answer);
            assert!(!state.game.as_ref().is_some_and(Game::is_decided));
            answered(&mut state, Stage::Untrained, (answer + 1) % CHOICES);
            // Of a network that has been trained since the game began.
            answered(&mut state, Stage::Trained, answer);
            assert_eq!(state.game.as_ref().and_then(Game::round).expect("a round").guesses[2], None);
            assert!(state.game.as_ref().is_some_and(Game::is_decided));
            state.next_round();
        }
        assert_eq!(
            state.game_result(),
            "I recognised 5 of 5 changed pictures. The network recognised 0 before training."
        );
    }

    #[test]
    fn few_pictures_are_all_choices_and_other_views_stay_in_the_preview() {
        let mut state = state(5);
        commands(&mut state);
        state.play(1);
        let views = Views { pictures: vec![9], views: 1, side: 1, rgb: vec![0; 3] };
        state.apply(Event::Views(views.clone()));
        assert_eq!(*state.views, Some(views));
        state.guess(0);
        let round = state.game.as_ref().and_then(Game::round).expect("a round");
        assert_eq!((round.choices.len(), round.guesses[0]), (5, None), "there is nothing to see yet");
    }
}
