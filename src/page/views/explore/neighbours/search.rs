//! Search with a picture outside the set, or with one of the set that was changed.

use super::alteration::Alteration;
use crate::{
    image::{Failure, Image},
    page::{
        by_stage::ByStage,
        state::{Neighbour, Refusal, State, Tab},
        words,
    },
    protocol::{Command, PictureId, Query, QueryAnswer, Stage},
};

/// A picture to search with, and its results.
#[derive(Debug)]
pub struct SearchSubject {
    number: u32,
    /// Name of its file, of the camera, or of the changed picture.
    pub name: String,
    /// The picture.
    pub image: Image,
    /// The picture of the set that was changed, and how, if it is one.
    altered: Option<(PictureId, Alteration)>,
    /// Its nearest pictures, nearest first.
    found: ByStage<Vec<Neighbour>>,
}

/// State of the search.
#[derive(Debug, Default)]
pub struct Search {
    /// Number of the latest attempt: answers to others are no longer wanted.
    attempt: u32,
    /// Whether a file is being read, or a camera is being opened.
    pub reading: bool,
    /// Name of the latest file and why it could not be used, if it could not.
    pub failure: Option<Refusal>,
    /// Whether the picture comes from a camera, and will be replaced by its next.
    live: bool,
    /// Number of stages that have not answered the latest picture of a camera.
    awaited: usize,
    /// Whether the query stands in the place of the picked picture.
    in_front: bool,
    sought: Option<SearchSubject>,
}

impl Search {
    /// Returns the query.
    pub fn sought(&self) -> Option<&SearchSubject> {
        self.sought.as_ref()
    }

    /// Returns the query, unless it is a changed picture of the set.
    pub fn outside(&self) -> Option<&SearchSubject> {
        self.sought.as_ref().filter(|sought| sought.altered.is_none())
    }

    /// Returns the picture of the set that was changed to search with it, and how.
    pub fn altered(&self) -> Option<(PictureId, Alteration)> {
        self.sought.as_ref()?.altered
    }

    /// Returns the query's number, while it is shown instead of the focused picture.
    pub fn in_front(&self) -> Option<u32> {
        self.sought.as_ref().filter(|_| self.in_front).map(|sought| sought.number)
    }

    /// Returns whether a camera is on.
    pub fn has_camera(&self) -> bool {
        self.live
    }

    /// Returns whether the camera of an attempt is on.
    pub fn is_live(&self, attempt: u32) -> bool {
        self.live && self.attempt == attempt
    }

    /// Returns whether a stage has not answered yet what a camera saw last.
    pub fn is_awaited(&self) -> bool {
        self.awaited > 0
    }

    /// Returns the pictures nearest to the query, nearest first; none until they are known.
    pub fn nearest(&self, stage: Stage) -> &[Neighbour] {
        self.sought.as_ref().map_or(&[], |sought| &sought.found[stage])
    }

    /// Returns the command that starts the search in the engine.
    pub fn message(&self) -> Option<Command> {
        let sought = self.sought.as_ref()?;
        Some(Command::Query(Some(Query {
            number: sought.number,
            rgb: sought.image.rgb().to_vec(),
            among: Vec::new(),
        })))
    }

    pub(in crate::page) fn forget(&mut self, stage: Stage) {
        if let Some(sought) = &mut self.sought {
            sought.found[stage].clear();
        }
    }

    pub(in crate::page) fn put_behind(&mut self) {
        self.in_front = false;
        self.close_camera();
    }

    fn close_camera(&mut self) {
        self.reading &= !self.live;
        self.live = false;
    }

    pub(in crate::page) fn keep(&mut self, answer: QueryAnswer) {
        if let Some(sought) = self.sought.as_mut().filter(|sought| sought.number == answer.number) {
            let near = answer.pictures.into_iter().zip(answer.similarities.0);
            sought.found[answer.stage] = near.map(|(id, similarity)| Neighbour { id, similarity }).collect();
            self.awaited = self.awaited.saturating_sub(1);
        }
    }
}

impl State {
    /// Returns whether the present panel accepts a picture to search with: there are results to find.
    pub fn panel_searches(&self) -> bool {
        *self.tab == Tab::Explore && self.results.latest().is_some()
    }

    /// Records that a file is being read to search with, and returns the number of the attempt.
    pub fn begin_search(&mut self) -> u32 {
        self.search.attempt += 1;
        (self.search.reading, self.search.live) = (true, false);
        self.search.failure = None;
        self.search.attempt
    }

    /// Records that a camera is being opened to search with what it sees, and returns the number of the attempt.
    pub fn begin_camera(&mut self) -> u32 {
        let attempt = self.begin_search();
        self.search.live = true;
        attempt
    }

    /// Searches with a frame of a camera, in the place of its last one, whose results stay until there are others.
    /// An explanation that is open stays about the frame that it explains.
    pub fn search_live(&mut self, attempt: u32, frame: Image) {
        if !self.search.is_live(attempt) || self.explained.is_some() {
            return;
        }
        self.search.awaited = self.results.stages();
        match self.search.sought.as_mut().filter(|sought| sought.number == attempt) {
            Some(sought) => {
                sought.image = frame;
                self.ask_for_the_nearest();
            }
            None => self.finish_search(attempt, words::CAMERA.to_owned(), Ok(frame)),
        }
    }

    /// Records that the camera of an attempt is off. Its last frame stays.
    pub fn end_camera(&mut self, attempt: u32) {
        if self.search.is_live(attempt) {
            self.search.close_camera();
        }
    }

    /// Switches the camera off.
    pub fn stop_camera(&mut self) {
        self.end_camera(self.search.attempt);
    }

    fn ask_for_the_nearest(&mut self) {
        self.stop_explaining();
        if let Some(message) = self.search.message() {
            self.demand(message);
        }
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
                self.search.sought =
                    Some(SearchSubject { number: attempt, name, image, altered: None, found });
                self.search.in_front = true;
                self.ask_for_the_nearest();
            }
            Err(why) => {
                self.search.failure = Some(Refusal { name, why });
            }
        }
    }

    /// Searches with a changed picture of the set, in the place of an earlier change of the same one, whose results
    /// stay until there are others.
    pub(super) fn search_altered(&mut self, name: String, changed: Image, altered: (PictureId, Alteration)) {
        let is_same =
            self.search.in_front().is_some() && self.search.altered().is_some_and(|(id, _)| id == altered.0);
        if let Some(sought) = self.search.sought.as_mut().filter(|_| is_same) {
            sought.image = changed;
            self.ask_for_the_nearest();
        } else {
            let attempt = self.begin_search();
            self.finish_search(attempt, name, Ok(changed));
        }
        if let Some(sought) = &mut self.search.sought {
            sought.altered = Some(altered);
        }
    }

    /// Ends the search with a changed picture, if there is one.
    pub(in crate::page) fn end_altered(&mut self) {
        if self.search.altered().is_some() {
            self.end_search();
        }
    }

    /// Returns the pictures that the map marks: the nearest to the query in front, the most similar last, and the
    /// focused picture.
    pub fn marked(&self) -> Vec<PictureId> {
        let nearest = self.search.nearest(self.shown_stage()).iter().rev().map(|near| near.id);
        nearest.filter(|_| self.search.in_front().is_some()).chain(*self.selected).collect()
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

    /// Shows the query instead of the focused picture, or the picture again.
    pub fn show_query(&mut self, shown: bool) {
        self.search.in_front = shown;
        self.stop_explaining();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{commands, embedded},
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
    fn only_the_latest_file_is_searched_with() {
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
    fn frames_of_a_camera_replace_each_other_and_the_last_one_stays() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        let attempt = state.begin_camera();
        state.search_live(attempt, picture());
        state.apply(answer(attempt));
        let frame = Image::draw(|x, _| [x as u8; 3]);
        state.search_live(attempt, frame.clone());
        let sent = commands(&mut state).into_iter().filter_map(|command| match command {
            Command::Query(Some(query)) => Some((query.number, query.rgb)),
            _ => None,
        });
        let expected = [picture(), frame.clone()].map(|frame| (attempt, frame.rgb().to_vec()));
        assert_eq!(sent.collect::<Vec<_>>(), expected);
        assert_eq!(state.search.nearest(Stage::Untrained).len(), 2, "they stay until there are others");
        state.stop_camera();
        assert!(!state.search.has_camera());
        state.search_live(attempt, picture());
        let sought = state.search.sought().expect("the last frame");
        assert_eq!((&sought.image, state.search.in_front()), (&frame, Some(attempt)));
    }

    #[test]
    fn a_frame_is_awaited_until_each_stage_has_answered() {
        let mut state = embedded(&[[1.0, 0.0], [0.0, 1.0]]);
        let attempt = state.begin_camera();
        state.search_live(attempt, picture());
        assert!(state.search.is_awaited());
        state.apply(answer(attempt));
        assert!(!state.search.is_awaited());
        let file = state.begin_search();
        assert!(!state.search.has_camera() && !state.search.is_live(file));
    }

    #[test]
    fn map_marks_the_nearest_to_the_query_in_front() {
        let mut state = embedded(&[[1.0, 0.0], [0.0, 1.0]]);
        state.chosen_stage.set(Some(Stage::Untrained));
        state.select(1);
        let attempt = state.begin_search();
        state.finish_search(attempt, "a.png".to_owned(), Ok(picture()));
        assert_eq!(state.marked(), [1], "the others are not known yet");
        state.apply(answer(attempt));
        assert_eq!(state.marked(), [2, 5, 1]);
        state.show_query(false);
        assert_eq!(state.marked(), [1]);
    }

    #[test]
    fn unusable_file_is_reported_and_keeps_the_search() {
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
    fn selected_picture_replaces_the_query_and_ending_forgets_it() {
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
    fn restart_forgets_results_of_the_trained_encoder() {
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
