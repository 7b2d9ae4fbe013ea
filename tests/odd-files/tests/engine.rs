//! The formats that browsers leave to the engine meet the fate there that they should.

use likeness::image::Image;
use odd_files::Fate;

/// Endings that no browser but Safari reads.
const ENDINGS: [&str; 8] = [".tiff", ".qoi", ".tga", ".ppm", ".pgm", ".pbm", ".exr", ".psd"];

#[test]
fn what_browsers_cannot_read_is_decoded_or_refused_with_the_reason() {
    let files = odd_files::all().unwrap();
    let of_the_engine = files.iter().filter(|file| ENDINGS.iter().any(|ending| file.name.ends_with(ending)));
    let mut count = 0;
    for file in of_the_engine {
        count += 1;
        match (file.fate, Image::decode(&file.bytes)) {
            (Fate::Picture, Ok(_)) | (Fate::Either, _) => {}
            (Fate::Refused(words), Err(reason)) if reason.contains(words) => {}
            (fate, outcome) => panic!("{}: {fate:?}, yet {:?}", file.name, outcome.map(drop)),
        }
    }
    assert!(count > 20, "{count}");
}
