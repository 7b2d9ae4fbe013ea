//! Exports, one file format per module.
//!
//! [`Export`] names the files and says what each is for and what it still lacks; the modules below
//! write them.

pub mod atlas;
pub mod csv;
pub mod duplicates;
pub mod embeddings;
pub mod environment;
pub mod folders;
mod json;
pub mod moves;
pub mod neighbours;
pub mod npy;
pub mod poster;
pub mod predictions;
pub mod projector;
pub mod run;
#[cfg(test)]
pub(super) mod samples;
pub mod selection;
pub mod zip;

use crate::{
    image::Image,
    page::{state::State, views::sort::state::Finding},
    protocol::{CopiesRequest, Question, Stage, SurveyRequest},
};
use strum::VariantArray;

/// A file for the user to keep.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Name of the file.
    pub name: String,
    /// Media type.
    pub kind: &'static str,
    /// Contents of the file.
    pub contents: Vec<u8>,
}

/// Kinds of files with data of the set and its latest embeddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum Export {
    /// Embeddings for spreadsheets and general use.
    EmbeddingsCsv,
    /// Embeddings for NumPy.
    EmbeddingsNpy,
    /// Embeddings, labels and pictures for TensorBoard's Embedding Projector.
    Projector,
    /// Embeddings, labels and pictures for Embedding Atlas.
    Atlas,
    /// The nearest neighbours of every picture.
    Neighbours,
    /// Sets of copies of one picture.
    Copies,
    /// Groups of near-duplicates.
    Duplicates,
    /// The classifiers' predictions for every picture.
    Predictions,
    /// All pictures on a grid, similar ones side by side.
    Poster,
    /// All pictures with their names, in groups.
    ContactSheet,
}

impl Export {
    /// Returns the name shown to the user.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmbeddingsCsv => "Embeddings (CSV)",
            Self::EmbeddingsNpy => "Embeddings (NPY)",
            Self::Projector => "Projector (TSV + sprite)",
            Self::Atlas => "Atlas (JSONL)",
            Self::Neighbours => "Neighbours (CSV)",
            Self::Copies => "Copies (CSV)",
            Self::Duplicates => "Near-duplicates (CSV)",
            Self::Predictions => "Predictions (CSV)",
            Self::Poster => "Poster (PNG)",
            Self::ContactSheet => "Contact sheet (HTML)",
        }
    }

    /// Returns a sentence on the contents of the file, or on how to open it.
    pub const fn help(self) -> &'static str {
        match self {
            Self::EmbeddingsCsv => "One picture a row: name, label, then the numbers of its embedding.",
            Self::EmbeddingsNpy => {
                "For numpy.load: one picture a row, in the order of the embeddings as CSV, which holds the names."
            }
            Self::Projector => {
                "For TensorBoard’s Embedding Projector: unpack it, then run tensorboard --logdir on the folder."
            }
            Self::Atlas => {
                "For Embedding Atlas: embedding-atlas FILE --vector embedding, or --x x --y y for the map of this page."
            }
            Self::Neighbours => "One row for each picture and each of its nearest others, nearest first.",
            Self::Copies => "One row for each picture that has copies, set by set.",
            Self::Duplicates => {
                "One row for each picture that has near-duplicates, as the tab Sort shows them."
            }
            Self::Predictions => {
                "What a linear probe, the vote of the nearest and fine-tuning say of each picture."
            }
            Self::Poster => "All pictures on a grid, similar ones side by side, to print or to send.",
            Self::ContactSheet => {
                "All pictures sorted by similarity, with groups and names, in one file for any browser."
            }
        }
    }

    /// Returns whether the file is to be looked at, not to be read by programs.
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Poster | Self::ContactSheet)
    }

    /// Returns the reason why the file cannot be written now, as a sentence; `None` if it can.
    pub fn obstacle(self, state: &State) -> Option<&'static str> {
        if state.results.latest().is_none() {
            return Some("There are no embeddings yet.");
        }
        (self == Self::Predictions && !state.can_classify())
            .then_some("Predictions need at least two different labels.")
    }

    /// Returns the question whose answer the file needs, if there is no current answer.
    pub fn lacks(self, state: &State) -> Option<Question> {
        let stage = state.results.latest()?.evaluation.stage;
        let question = match self {
            Self::Copies => CopiesRequest::default().into(),
            Self::Duplicates => SurveyRequest { stage: state.stage_for(Finding::Duplicates) }.into(),
            Self::Predictions => state.classifier_request(stage).into(),
            Self::Poster | Self::ContactSheet => return poster::lacks(state, self == Self::ContactSheet),
            _ => return None,
        };
        // During training, the latest answer may be the best available.
        let is_part = self == Self::Copies && state.copies().is_some_and(|copies| !copies.is_complete());
        let is_lacking = is_part || state.needs(&question) || state.answers.is_awaited(&question);
        is_lacking.then_some(question)
    }

    /// Writes the file; `painted` is the PNG of [`projector::sprite`] or of [`poster::poster`], which only
    /// they need, and `thumbnail` returns the address of a picture's data.
    pub fn write(self, state: &State, painted: &[u8], thumbnail: &dyn Fn(&Image) -> String) -> Option<File> {
        let scored = state.results.latest()?;
        let (base, ending, kind, contents) = match self {
            Self::EmbeddingsCsv => {
                ("embeddings", "csv", "text/csv", embeddings::csv(state, scored).into_bytes())
            }
            Self::EmbeddingsNpy => ("embeddings", "npy", "application/octet-stream", npy::npy(state, scored)),
            Self::Projector => {
                ("projector", "zip", "application/zip", projector::zip(state, scored, painted))
            }
            Self::Atlas => ("atlas", "jsonl", "application/jsonl", atlas::jsonl(state, scored).into_bytes()),
            Self::Neighbours => {
                ("neighbours", "csv", "text/csv", neighbours::csv(state, scored).into_bytes())
            }
            Self::Copies => ("copies", "csv", "text/csv", duplicates::copies_csv(state).into_bytes()),
            Self::Duplicates => {
                let stage = state.stage_for(Finding::Duplicates);
                let base = match stage {
                    Stage::Pixels => "near-duplicates-by-pixels",
                    Stage::Classic => "near-duplicates-by-classic-features",
                    Stage::Untrained => "near-duplicates-before-training",
                    Stage::Trained => "near-duplicates",
                };
                (base, "csv", "text/csv", duplicates::csv(state, stage).into_bytes())
            }
            Self::Predictions => {
                let stage = scored.evaluation.stage;
                ("predictions", "csv", "text/csv", predictions::csv(state, stage).into_bytes())
            }
            Self::Poster => ("poster", "png", "image/png", painted.to_vec()),
            Self::ContactSheet => {
                ("contact-sheet", "html", "text/html", poster::contact_sheet(state, thumbnail)?.into_bytes())
            }
        };
        let name = format!("likeness-{base}-step-{}.{ending}", scored.evaluation.step);
        Some(File { name, kind, contents })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{answer, ask},
            state::State,
        },
        protocol::{Answer, Evaluation, Event, Floats, Map, MapMethod, Survey},
        settings::{Images, Settings},
    };

    #[test]
    fn missing_answers_are_known_before_writing() {
        let empty = State::new(Settings::recommended(Images::Own));
        for export in Export::VARIANTS.iter().copied() {
            assert!(
                export.obstacle(&empty).is_some() && export.write(&empty, &[], &atlas::data_url).is_none()
            );
        }
        let mut state = samples::state();
        assert_eq!(Export::EmbeddingsCsv.obstacle(&state), None);
        assert!(Export::Predictions.obstacle(&state).is_some(), "there is a single label");
        assert_eq!(Export::EmbeddingsCsv.lacks(&state), None);
        let question = Question::from(SurveyRequest { stage: Stage::Trained });
        assert_eq!(Export::Duplicates.lacks(&state), Some(question.clone()));
        let survey =
            Survey { stage: Stage::Trained, step: 5, links: Vec::new(), nearest: 1, isolated: Vec::new() };
        answer(&mut state, question.clone(), Answer::Survey(survey));
        assert_eq!(Export::Duplicates.lacks(&state), None);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, vec![0, 1, 2])));
        assert_eq!(Export::Duplicates.lacks(&state), Some(question.clone()), "there are other embeddings");
        assert!(ask(&mut state, question.clone()));
        assert_eq!(Export::Duplicates.lacks(&state), Some(question), "it is asked, but not answered");
    }

    #[test]
    fn files_are_named_after_their_contents() {
        let mut state = samples::state();
        let map = poster::lacks(&state, false).expect("there is no map");
        answer(
            &mut state,
            map,
            Answer::Map(Map {
                stage: Stage::Trained,
                step: 5,
                method: MapMethod::Pca,
                pictures: vec![0, 1, 2],
                points: Floats(vec![0.0; 6]),
                radius: 1.0,
                explained: 1.0,
                done: 0,
                total: 0,
            }),
        );
        let name =
            |export: &Export| export.write(&state, &[], &atlas::data_url).expect("embeddings are there").name;
        let names: Vec<_> = Export::VARIANTS.iter().map(name).collect();
        assert_eq!(names[0], "likeness-embeddings-step-5.csv");
        assert_eq!(names[2], "likeness-projector-step-5.zip");
        let mut distinct = names.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), names.len());
    }
}
