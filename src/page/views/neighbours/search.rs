//! The search with a picture that is not of the set.

use crate::{
    image::{Failure, Image},
    page::{
        by_stage::ByStage,
        state::{Neighbour, Refusal, State, Tab},
    },
    protocol::{Command, Query, QueryAnswer, Stage},
};

/// The picture that the set is searched with, and what was found.
#[derive(Debug)]
pub struct SearchSubject {
    number: u32,
    /// Its file's name.
    pub name: String,
    /// The picture.
    pub image: Image,
    /// Its nearest, nearest first.
    found: ByStage<Vec<Neighbour>>,
}

/// The search as far as it got.
#[derive(Debug, Default)]
pub struct Search {
    /// Names the latest attempt: the answers to others are no longer wanted.
    attempt: u32,
    /// Whether its file is being read.
    pub reading: bool,
    /// Name of the latest file and why it could not be used, if it could not.
    pub failure: Option<Refusal>,
    /// Whether the query stands in the place of the picked picture.
    in_front: bool,
    sought: Option<SearchSubject>,
}

impl Search {
    /// The query.
    pub fn sought(&self) -> Option<&SearchSubject> {
        self.sought.as_ref()
    }

    /// The query's number, while it stands in the place of the picked picture.
    pub fn in_front(&self) -> Option<u32> {
        self.sought.as_ref().filter(|_| self.in_front).map(|sought| sought.number)
    }

    /// What the set has nearest to the query, nearest first; empty until that is known.
    pub fn nearest(&self, stage: Stage) -> &[Neighbour] {
        self.sought.as_ref().map_or(&[], |sought| &sought.found[stage])
    }

    /// The message that starts the search in the engine.
    pub fn message(&self) -> Option<Command> {
        let sought = self.sought.as_ref()?;
        Some(Command::Query(Some(Query { number: sought.number, rgb: sought.image.rgb().to_vec() })))
    }

    pub(in crate::page) fn forget(&mut self, stage: Stage) {
        if let Some(sought) = &mut self.sought {
            sought.found[stage].clear();
        }
    }

    pub(in crate::page) fn put_behind(&mut self) {
        self.in_front = false;
    }

    pub(in crate::page) fn keep(&mut self, answer: QueryAnswer) {
        if let Some(sought) = self.sought.as_mut().filter(|sought| sought.number == answer.number) {
            let near = answer.pictures.into_iter().zip(answer.similarities.0);
            sought.found[answer.stage] = near.map(|(id, similarity)| Neighbour { id, similarity }).collect();
        }
    }
}

impl State {
    /// Whether the panel in front takes a picture to search with: there is something to find.
    pub fn panel_searches(&self) -> bool {
        *self.tab == Tab::Neighbours && self.results.latest().is_some()
    }

    /// Notes that a file is being read to search with; names the attempt.
    pub fn begin_search(&mut self) -> u32 {
        self.search.attempt += 1;
        self.search.reading = true;
        self.search.failure = None;
        self.search.attempt
    }

    /// Searches with the file of an attempt, or notes why it cannot be used.
    pub fn finish_search(&mut self, attempt: u32, name: String, read: Result<Image, Failure>) {
        if attempt != self.search.attempt {
            return;
        }
        self.search.reading = false;
        match read {
            Ok(image) => {
                let found = Default::default();
                self.search.sought = Some(SearchSubject { number: attempt, name, image, found });
                self.search.in_front = true;
                self.stop_explaining();
                if let Some(message) = self.search.message() {
                    self.demand(message);
                }
            }
            Err(why) => {
                self.search.failure = Some(Refusal { name, why });
            }
        }
    }

    /// Ends the search.
    pub fn end_search(&mut self) {
        self.forget_search();
        self.send(Command::Query(None));
    }

    pub(in crate::page) fn forget_search(&mut self) {
        self.stop_explaining();
        *self.search = Search { attempt: self.search.attempt + 1, ..Search::default() };
    }

    /// Puts the query in the place of the picked picture, or the picture back in its own.
    pub fn show_query(&mut self, shown: bool) {
        self.search.in_front = shown;
        self.stop_explaining();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{Event, Floats},
        settings::{Images, Settings},
    };

    fn picture() -> Image {
        Image::draw(|x, y| [x as u8, y as u8, 7])
    }

    fn answer(number: u32) -> Event {
        let similarities = Floats(vec![0.9, 0.3]);
        Event::Queried(QueryAnswer { number, stage: Stage::Untrained, pictures: vec![5, 2], similarities })
    }

    #[test]
    fn the_latest_file_alone_is_searched_with() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        let (first, second) = (state.begin_search(), state.begin_search());
        state.finish_search(second, "b.png".to_owned(), Ok(picture()));
        state.finish_search(first, "a.png".to_owned(), Ok(picture()));
        assert_eq!(state.search.sought().map(|sought| sought.name.as_str()), Some("b.png"));
        state.apply(answer(first));
        assert!(state.search.nearest(Stage::Untrained).is_empty());
        state.apply(answer(second));
        let nearest = state.search.nearest(Stage::Untrained);
        assert_eq!(nearest[0], Neighbour { id: 5, similarity: 0.9 });
        assert_eq!(nearest.len(), 2);
        let told = state.resync().find_map(|command| match command {
            Command::Query(query) => query,
            _ => None,
        });
        let query = told.expect("a new engine is told of the query");
        assert_eq!((query.number, query.rgb.as_slice()), (second, picture().rgb()));
    }

    #[test]
    fn a_bad_file_ends_in_a_sentence_and_leaves_the_search_as_it_was() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        let good = state.begin_search();
        state.finish_search(good, "a.png".to_owned(), Ok(picture()));
        let bad = state.begin_search();
        state.finish_search(bad, "b.txt".to_owned(), Err(Failure::Empty));
        assert_eq!(state.search.failure, Some(Refusal { name: "b.txt".to_owned(), why: Failure::Empty }));
        assert_eq!(state.search.in_front(), Some(good));
        assert!(!state.search.reading);
    }

    #[test]
    fn a_picked_picture_takes_the_front_and_an_ended_search_is_gone() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        let attempt = state.begin_search();
        state.finish_search(attempt, "a.png".to_owned(), Ok(picture()));
        state.apply(answer(attempt));
        state.select(5);
        assert_eq!(state.search.in_front(), None);
        state.show_query(true);
        assert_eq!(state.search.in_front(), Some(attempt));
        state.end_search();
        assert!(state.search.sought().is_none() && state.search.message().is_none());
        state.apply(answer(attempt));
        assert!(state.search.nearest(Stage::Untrained).is_empty());
    }

    #[test]
    fn a_restart_forgets_what_the_trained_encoder_found() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        let number = state.begin_search();
        state.finish_search(number, "a.png".to_owned(), Ok(picture()));
        for stage in [Stage::Pixels, Stage::Trained] {
            let similarities = Floats(vec![0.9]);
            state.apply(Event::Queried(QueryAnswer { number, stage, pictures: vec![5], similarities }));
        }
        state.apply(Event::Restarted { parameters: 1 });
        assert!(state.search.nearest(Stage::Trained).is_empty());
        assert_eq!(state.search.nearest(Stage::Pixels).len(), 1);
    }
}
