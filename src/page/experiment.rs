//! A whole experiment as plain data: the contents of its file, and the state that the browser keeps
//! between visits.
//!
//! The pictures are stored separately, each in a part of its own, so that a large set never has to be
//! in one piece. Reading is strict: data that this page could not have written is refused.

mod format_2;

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    image::Image,
    link,
    page::{
        state::{Entry, Newcomer, Origin, Snapshot},
        views::{
            hood::runs::state::{MAX_KEPT, Record},
            label::state::MAX_PER_CLASS,
        },
    },
    protocol::StepReport,
    settings::Settings,
};

/// Version of the format that is written.
const VERSION: u32 = 3;

/// Maximum number of pictures in an experiment.
const MAX_PICTURES: u32 = 1_000_000;

/// Maximum number of runs that a page may have ended: far below the limit of their numbers.
const MAX_RUNS: u32 = u32::MAX / 2;

/// An experiment without its pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// Settings chosen by the user.
    #[serde(with = "as_link")]
    pub settings: Settings,
    /// Places of pictures removed from a built-in set, which is drawn again when the experiment is
    /// opened.
    pub removed: Vec<u32>,
    /// Labels typed by the user, with the pictures' places.
    pub typed: Vec<(u32, String)>,
    /// Number of pictures per label whose labels are given to the classifiers.
    pub per_class: u32,
    /// Runs that have ended.
    #[serde(with = "shared_list")]
    pub runs: Vec<Arc<Record>>,
    /// The present run, if it has taken a step.
    #[serde(with = "shared")]
    pub present: Option<Arc<Record>>,
    /// Learned temperatures of the present run, by step.
    pub temperatures: Vec<(u32, f32)>,
    /// Snapshot from which an engine continues.
    #[serde(with = "shared")]
    pub snapshot: Option<Arc<Snapshot>>,
}

impl Experiment {
    /// Returns an experiment that contains settings only.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            removed: Vec::new(),
            typed: Vec::new(),
            per_class: 0,
            runs: Vec::new(),
            present: None,
            temperatures: Vec::new(),
            snapshot: None,
        }
    }

    /// Encodes the experiment.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(&(VERSION, self)).expect("experiments are plain data")
    }

    /// Decodes an experiment.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ExperimentFailure> {
        let damaged = |_| ExperimentFailure::Damaged;
        let (version, body) = postcard::take_from_bytes::<u32>(bytes).map_err(damaged)?;
        let experiment: Self = match version {
            VERSION => postcard::from_bytes(body).map_err(damaged)?,
            format_2::VERSION => postcard::from_bytes::<format_2::Experiment>(body).map_err(damaged)?.into(),
            found => {
                return Err(ExperimentFailure::Version { found, read: [format_2::VERSION, VERSION] });
            }
        };
        if experiment.is_sound() { Ok(experiment) } else { Err(ExperimentFailure::Damaged) }
    }

    /// Returns whether a page could have written the experiment.
    fn is_sound(&self) -> bool {
        let Self { settings, removed, typed, per_class, runs, present, temperatures, snapshot } = self;
        *settings == settings.clamped()
            && removed.is_sorted_by(|a, b| a < b)
            && removed.iter().chain(typed.iter().map(|(place, _)| place)).all(|place| *place < MAX_PICTURES)
            && *per_class <= MAX_PER_CLASS
            && runs.len() <= MAX_KEPT
            && runs.iter().chain(present).is_sorted_by(|a, b| a.number < b.number)
            && runs.iter().chain(present).all(|record| is_sound(record))
            && temperatures.iter().all(|(_, temperature)| temperature.is_finite())
            && snapshot.as_ref().is_none_or(|snapshot| snapshot.step <= Settings::STEPS.max)
    }
}

fn is_sound(record: &Record) -> bool {
    let finite = |report: &StepReport| {
        let StepReport { step: _, loss, accuracy, alignment, uniformity, milliseconds } = *report;
        [loss, accuracy, alignment, uniformity, milliseconds].into_iter().all(f32::is_finite)
    };
    let last = record.steps.last().map(|report| report.step);
    (1..=MAX_RUNS).contains(&record.number)
        && record.settings == record.settings.clamped()
        && last.is_some_and(|step| step <= Settings::STEPS.max)
        && record.steps.is_sorted_by(|a, b| a.step < b.step)
        && record.steps.iter().all(finite)
        && record.knn.iter().chain(&record.ranks).map(|(_, score)| *score).all(f32::is_finite)
        && record.pixels.into_iter().chain(record.classic).all(f32::is_finite)
}

/// Reason why an experiment cannot be opened. The page is unchanged in that case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExperimentFailure {
    /// Damaged data, or no experiment.
    Damaged,
    /// A version of the format that this page does not read.
    Version {
        /// Version of the file.
        found: u32,
        /// Versions that this page reads.
        read: [u32; 2],
    },
}

/// One of the user's own pictures.
#[derive(Serialize, Deserialize)]
struct KeptPicture {
    place: u32,
    name: String,
    label: Option<String>,
    #[serde(with = "serde_bytes")]
    rgb: Vec<u8>,
}

/// Encodes a picture; its place identifies it. Its origin follows, then the whole picture, which earlier builds
/// neither wrote nor read.
pub fn picture_to_bytes(place: u32, label: Option<&str>, entry: &Entry) -> Vec<u8> {
    let (name, label) = (entry.name.clone(), label.map(str::to_owned));
    let picture = KeptPicture { place, name, label, rgb: entry.centre().rgb().to_vec() };
    postcard::to_stdvec(&(picture, &entry.origin, &entry.whole)).expect("pictures are plain data")
}

/// Decodes the pictures of an experiment, which have to be in the order of their places.
pub fn pictures_from_bytes<'a>(
    parts: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<(u32, Newcomer)>, ExperimentFailure> {
    let mut pictures: Vec<(u32, Newcomer)> = Vec::new();
    for part in parts {
        let damaged = |_| ExperimentFailure::Damaged;
        let (picture, rest) = postcard::take_from_bytes::<KeptPicture>(part).map_err(damaged)?;
        let KeptPicture { place, name, label, rgb } = picture;
        let (origin, rest) = or_default::<Origin>(rest)?;
        let (whole, _) = or_default::<Option<Image>>(rest)?;
        let image = Image::from_rgb(rgb).ok_or(ExperimentFailure::Damaged)?;
        let follows = pictures.last().is_none_or(|(last, _)| *last < place);
        if !follows || place >= MAX_PICTURES {
            return Err(ExperimentFailure::Damaged);
        }
        pictures.push((place, Newcomer { name, label, origin, image, whole }));
    }
    Ok(pictures)
}

/// Decodes what further bytes begin with, if there are any, and returns the rest.
fn or_default<T: DeserializeOwned + Default>(bytes: &[u8]) -> Result<(T, &[u8]), ExperimentFailure> {
    if bytes.is_empty() {
        return Ok((T::default(), bytes));
    }
    postcard::take_from_bytes(bytes).map_err(|_| ExperimentFailure::Damaged)
}

/// Serialization of settings as a link, which settings added by other versions of the page do not
/// disturb.
pub mod as_link {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Settings, link};

    /// Serializes settings as a link.
    pub fn serialize<S: Serializer>(settings: &Settings, serializer: S) -> Result<S::Ok, S::Error> {
        link::write(settings).serialize(serializer)
    }

    /// Deserializes settings from a link, all of which this page has to understand.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Settings, D::Error> {
        let (settings, problems) = link::read_stored(&String::deserialize(deserializer)?);
        problems.first().map_or(Ok(settings), |problem| Err(D::Error::custom(format!("{problem:?}"))))
    }
}

/// Serialization of an `Arc` as if the experiment owned its contents.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Arc<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_deref().serialize(serializer)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<T>>, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map(Arc::new))
    }
}

/// Serialization of a list of `Arc`s, likewise.
mod shared_list {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(
        values: &[Arc<T>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|value| &**value))
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Arc<T>>, D::Error> {
        Ok(Vec::<T>::deserialize(deserializer)?.into_iter().map(Arc::new).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    fn record(number: u32, losses: &[f32]) -> Arc<Record> {
        let report = |(place, loss): (usize, &f32)| StepReport {
            step: place as u32 + 1,
            loss: *loss,
            accuracy: 0.5,
            alignment: 1.0,
            uniformity: -1.0,
            milliseconds: 20.0,
        };
        Arc::new(Record {
            number,
            settings: Settings { temperature: 0.3, ..Settings::recommended(Images::Own) },
            changed_after: Some(1),
            pictures: 12,
            backend: None,
            steps: losses.iter().enumerate().map(report).collect(),
            knn: vec![(0, 0.25)],
            pixels: Some(0.5),
            classic: Some(0.6),
            ranks: vec![(0, 7.5), (1, 9.25)],
        })
    }

    fn picture(name: &str) -> Entry {
        let origin = Origin {
            path: format!("a/{name}"),
            width: 4000,
            height: 3000,
            bytes: 1 << 40,
            modified: "2024-05-03T12:00:05Z".to_owned(),
            taken: "2021-05-03T14:00:05".to_owned(),
            digest: Some([7; 32]),
        };
        let image = Image::draw(|x, y| [x as u8, y as u8, 7]);
        let whole = Some(Image::draw(|x, y| [y as u8, x as u8, 9]));
        Entry { id: 0, name: name.to_owned(), label: None, origin, image, centre: None, whole }
    }

    fn present(experiment: &mut Experiment) -> &mut Record {
        Arc::make_mut(experiment.present.as_mut().expect("a run"))
    }

    fn experiment() -> Experiment {
        Experiment {
            typed: vec![(3, "odd".to_owned())],
            removed: vec![1, 7],
            runs: vec![record(1, &[4.0, 3.5])],
            present: Some(record(2, &[4.0])),
            snapshot: Some(Arc::new(Snapshot { step: 1, file: vec![1, 2, 3] })),
            ..Experiment::new(Settings::recommended(Images::Fashion))
        }
    }

    #[test]
    fn experiments_and_pictures_round_trip() {
        let experiment = experiment();
        assert_eq!(Experiment::from_bytes(&experiment.to_bytes()), Ok(experiment));
        let [first, second] = [picture("ä.png"), picture("")];
        let parts = [picture_to_bytes(2, Some("<b>"), &first), picture_to_bytes(5, None, &second)];
        let pictures = pictures_from_bytes(parts.iter().map(Vec::as_slice)).expect("they are whole");
        let Entry { name, origin, image, whole, .. } = first;
        assert!(whole.is_some());
        assert_eq!(pictures[0], (2, Newcomer { name, label: Some("<b>".into()), origin, image, whole }));
        assert_eq!(pictures[1].0, 5);
        // Pictures in another order could not have been written.
        assert!(pictures_from_bytes(parts.iter().rev().map(Vec::as_slice)).is_err());
    }

    #[test]
    fn pictures_of_builds_without_origins_open() {
        let Entry { name, image, origin, .. } = picture("ä.png");
        let kept = KeptPicture { place: 3, name: name.clone(), label: None, rgb: image.rgb().to_vec() };
        let mut bytes = postcard::to_stdvec(&kept).expect("it is plain data");
        let read = |bytes: &[u8]| pictures_from_bytes(std::iter::once(bytes));
        let unknown = Newcomer { name, label: None, origin: Origin::default(), image, whole: None };
        assert_eq!(read(&bytes), Ok(vec![(3, unknown)]));
        bytes.extend(postcard::to_stdvec(&origin).expect("it is plain data"));
        assert_eq!(read(&bytes).map(|pictures| pictures[0].1.origin.clone()), Ok(origin));
        assert!(read(&bytes[..bytes.len() - 1]).is_err(), "it is cut off");
    }

    #[test]
    fn truncated_data_and_other_versions_are_refused() {
        let whole = experiment().to_bytes();
        for length in 0..whole.len() {
            assert_eq!(Experiment::from_bytes(&whole[..length]), Err(ExperimentFailure::Damaged));
        }
        let mut later = whole.clone();
        later[0] += 1;
        let version = ExperimentFailure::Version { found: 4, read: [2, 3] };
        assert_eq!(Experiment::from_bytes(&later), Err(version));
        assert!(Experiment::from_bytes(&[0xff; 64]).is_err());
    }

    #[test]
    fn values_that_no_page_writes_are_refused() {
        for spoil in [
            (|e: &mut Experiment| e.present = Some(record(2, &[f32::NAN]))) as fn(&mut Experiment),
            |e| e.present = Some(record(2, &[])),
            |e| present(e).steps[0].step = u32::MAX,
            |e| present(e).ranks[1].1 = f32::NAN,
            |e| present(e).number = u32::MAX,
            |e| present(e).settings.temperature = f32::NAN,
            |e| e.runs[0] = record(2, &[4.0]),
            |e| e.runs = vec![record(0, &[4.0])],
            |e| e.runs = (1..=MAX_KEPT as u32 + 1).map(|number| record(number, &[4.0])).collect(),
            |e| e.snapshot = Some(Arc::new(Snapshot { step: u32::MAX, file: Vec::new() })),
            |e| e.removed.push(MAX_PICTURES),
            |e| e.typed.push((u32::MAX, String::new())),
            |e| e.removed.reverse(),
            |e| e.per_class = 1_000,
            |e| e.temperatures.push((1, f32::INFINITY)),
        ] {
            let mut experiment = experiment();
            spoil(&mut experiment);
            assert!(Experiment::from_bytes(&experiment.to_bytes()).is_err());
        }
    }
}
