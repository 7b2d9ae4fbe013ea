//! Runs in words.

use super::{differences::differences, state::Record};
use crate::page::words::{self, count, counted};

/// Describes the differences of a run from the one before it, or the settings of the first run.
pub fn described(record: &Record, before: Option<&Record>) -> String {
    let mut words = match before {
        None => format!("{}, {}", counted(record.pictures, "picture"), words::training(&record.settings)),
        Some(before) => match changes(before, record).as_slice() {
            [] => format!("settings as in run {}", before.number),
            changes => format!("as run {}, but {}", before.number, changes.join(", ")),
        },
    };
    if let Some(step) = record.changed_after {
        words.push_str(&format!("; settings changed after step {}", count(step as usize)));
    }
    words
}

/// Describes the differences between two runs in a sentence.
pub fn difference(before: &Record, after: &Record) -> String {
    match changes(before, after).as_slice() {
        [] => format!("Runs {} and {} have the same settings.", before.number, after.number),
        changes => format!("From run {} to run {}: {}.", before.number, after.number, changes.join(", ")),
    }
}

fn changes(before: &Record, after: &Record) -> Vec<String> {
    let mut changes = differences(&before.settings, &after.settings);
    if before.pictures != after.pictures {
        changes.push(format!("{} pictures → {}", count(before.pictures), count(after.pictures)));
    }
    changes
}

/// Returns the scores of a run by name.
pub fn scores(record: &Record) -> [(&'static str, String); 13] {
    let share = |value: Option<f32>| value.map_or("–".to_owned(), words::similarity);
    let rank = record.rank().map(|value| value.map_or("–".to_owned(), |rank| format!("{rank:.1}")));
    let [untrained_rank, trained_rank] = rank;
    [
        ("Steps", count(record.steps.len())),
        ("Loss, last 20 steps", words::decimal(record.final_score(|report| report.loss), 3)),
        ("Accuracy, last 20 steps", words::similarity(record.final_score(|report| report.accuracy))),
        ("Alignment, last 20 steps", words::similarity(record.final_score(|report| report.alignment))),
        ("Uniformity, last 20 steps", words::similarity(record.final_score(|report| report.uniformity))),
        ("Effective rank, trained", trained_rank),
        ("Effective rank, before training", untrained_rank),
        ("kNN, trained", share(record.trained())),
        ("kNN, before training", share(record.untrained())),
        ("kNN, classic features", share(record.classic)),
        ("kNN, raw pixels", share(record.pixels)),
        ("Time", words::duration(record.seconds())),
        ("Backend", record.backend.map_or("–", words::backend).to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{Backend, StepReport},
        settings::{Images, Settings},
    };

    fn record(number: u32, temperature: f32) -> Record {
        let report = |step| StepReport {
            step,
            loss: step as f32,
            accuracy: 0.25,
            alignment: 1.0,
            uniformity: -1.0,
            milliseconds: 1_000.0,
        };
        Record {
            number,
            settings: Settings { temperature, ..Settings::recommended(Images::Shapes) },
            changed_after: None,
            pictures: 1_000,
            backend: Some(Backend::Cpu),
            steps: (1..=40).map(report).collect(),
            knn: vec![(0, 0.3), (40, 0.5)],
            pixels: None,
            classic: None,
            ranks: vec![(0, 3.0), (40, 12.5)],
        }
    }

    #[test]
    fn run_is_described_by_its_differences_from_the_previous_one() {
        let (first, second) = (record(1, 0.1), record(2, 0.2));
        let words = described(&first, None);
        assert_eq!(words, "1,000 pictures, DCL, temperature 0.1; 1,700 steps of 32 pairs");
        assert_eq!(described(&second, Some(&first)), "as run 1, but temperature 0.1 → 0.2");
        let third = Record { pictures: 12, changed_after: Some(7), ..record(3, 0.2) };
        assert_eq!(
            described(&third, Some(&second)),
            "as run 2, but 1,000 pictures → 12; settings changed after step 7"
        );
        assert_eq!(difference(&first, &second), "From run 1 to run 2: temperature 0.1 → 0.2.");
        let again = record(4, 0.1);
        assert_eq!(described(&again, Some(&first)), "settings as in run 1");
        assert_eq!(difference(&again, &first), "Runs 4 and 1 have the same settings.");
    }

    #[test]
    fn scores_are_those_at_the_end() {
        let found = scores(&record(1, 0.1));
        let value = |name: &str| found.iter().find(|(other, _)| *other == name).map(|(_, it)| it.as_str());
        // The mean of the losses 21 to 40.
        assert_eq!(value("Loss, last 20 steps"), Some("30.500"));
        assert_eq!((value("Steps"), value("Time")), (Some("40"), Some("40 s")));
        assert_eq!((value("kNN, trained"), value("kNN, before training")), (Some("0.50"), Some("0.30")));
        let rank = (value("Effective rank, trained"), value("Effective rank, before training"));
        assert_eq!(rank, (Some("12.5"), Some("3.0")));
        assert_eq!(value("Uniformity, last 20 steps"), Some("−1.00"));
        assert_eq!((value("kNN, raw pixels"), value("Backend")), (Some("–"), Some("CPU")));
    }
}
