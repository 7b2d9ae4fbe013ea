//! A short round of fuzzing in every test run, always with the same seeds.

use odd_files::fuzz::TARGETS;

#[test]
fn readers_refuse_in_sentences_and_never_panic() {
    for target in TARGETS {
        for seed in 0..3 {
            target.round(seed).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}
