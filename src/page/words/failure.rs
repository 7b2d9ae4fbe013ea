//! What went wrong, in sentences.

use crate::{image::Failure, protocol::Breakdown};

/// Why a file did not become a picture, in a sentence.
pub fn failure(failure: &Failure) -> String {
    let sentence = match failure {
        Failure::Unopened => "The file could not be opened.",
        Failure::FolderInPart => "Part of the folder could not be read.",
        Failure::Empty => "The file is empty.",
        Failure::UnknownFormat => "Its contents are not a picture format that can be read here.",
        Failure::UnknownKind { format } => {
            return format!("It is a kind of {format} file that cannot be read here.");
        }
        Failure::Damaged { format } => {
            return format!("It begins as {format} files do, but is damaged or not whole.");
        }
        Failure::Drawing => "The drawing could not be read.",
        Failure::NoPixels => "It is a picture without a single pixel.",
        Failure::TooManyPixels { width, height } => {
            return format!("It is too large: {width} × {height} pixels.");
        }
        Failure::HiddenSides => "It does not say how large it is within its first 8 MiB.",
        Failure::TooMuchMemory => "It is too large to be decoded here.",
        Failure::TooManyBytes => {
            "The browser cannot read it, and it is too large for this page’s own decoders."
        }
        Failure::TooSlow => "It took too long to be decoded, and was given up.",
        Failure::BrokeDown { .. } => "It is damaged in a way that its decoder broke down over.",
        Failure::NoDecoder { .. } => {
            "The browser cannot read it, and this page’s own decoders could not be loaded."
        }
        Failure::Told(sentence) => sentence,
    };
    sentence.to_owned()
}

/// Why an engine stopped, in a sentence.
pub fn breakdown(breakdown: &Breakdown) -> String {
    match breakdown {
        Breakdown::Told(sentence) => with_full_stop(sentence),
        Breakdown::Unforeseen { .. } => "It met a fault that nobody foresaw.".to_owned(),
        Breakdown::Ended => "The browser ended it.".to_owned(),
    }
}

/// The sentence, ended.
fn with_full_stop(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_a_sentence_of_its_own_without_words_for_programmers() {
        let (format, details) = ("TIFF".to_owned(), "assertion failed at image.rs:919:9".to_owned());
        let all = [
            Failure::Unopened,
            Failure::FolderInPart,
            Failure::Empty,
            Failure::UnknownFormat,
            Failure::UnknownKind { format: format.clone() },
            Failure::Damaged { format },
            Failure::Drawing,
            Failure::NoPixels,
            Failure::TooManyPixels { width: 30_000, height: 20 },
            Failure::HiddenSides,
            Failure::TooMuchMemory,
            Failure::TooManyBytes,
            Failure::TooSlow,
            Failure::BrokeDown { details: details.clone() },
            Failure::NoDecoder { details },
            Failure::Told("The server answered 404.".to_owned()),
        ];
        let sentences = all.each_ref().map(failure);
        for (i, sentence) in sentences.iter().enumerate() {
            assert!(sentence.ends_with('.') && !sentence.contains("assertion"), "{sentence}");
            assert!(!sentences[..i].contains(sentence), "{sentence}");
        }
        assert_eq!(failure(&all[4]), "It is a kind of TIFF file that cannot be read here.");
        assert_eq!(failure(&all[8]), "It is too large: 30000 × 20 pixels.");
    }

    #[test]
    fn a_breakdown_is_told_without_words_for_programmers() {
        let details = "panicked at src/engine.rs:1:1: index out of bounds".to_owned();
        assert_eq!(breakdown(&Breakdown::Told("The device was lost".to_owned())), "The device was lost.");
        assert_eq!(breakdown(&Breakdown::Unforeseen { details }), "It met a fault that nobody foresaw.");
        assert_eq!(breakdown(&Breakdown::Ended), "The browser ended it.");
    }
}
