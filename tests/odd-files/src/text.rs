//! SVG drawings, and other text.

use anyhow::Result;

use crate::Fate::{Either, Picture, Refused};
use crate::{FOREIGN, OddFile};

/// Returns a drawing of a red square with further content.
fn drawing(attributes: &str, more: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" {attributes}><rect width=\"9\" height=\"9\" fill=\"#d21e14\"/>{more}</svg>"
    )
}

pub fn files() -> Result<Vec<OddFile>> {
    let sized = "width=\"9\" height=\"9\"";
    let entities = "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\">\
        <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\
        <!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">\
        <!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\"><!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;\">]>";
    let laughing = format!("{entities}{}", drawing(sized, "<text>&g;</text>"));
    let elsewhere = "http://elsewhere.example/a.png";
    Ok(vec![
        OddFile::new("sized.svg", drawing(sized, ""), Picture),
        OddFile::new("by-its-box-alone.svg", drawing("viewBox=\"0 0 9 9\"", ""), Picture),
        OddFile::new("without-any-size.svg", drawing("", ""), Picture),
        OddFile::new("vast.svg", drawing("width=\"90000\" height=\"90000\"", ""), Either),
        OddFile::new(
            "scripted.svg",
            drawing(sized, "<script>top.document.title = 'taken'</script>"),
            Picture,
        ),
        OddFile::new(
            "asks-elsewhere.svg",
            drawing(sized, &format!("<image href=\"{elsewhere}\"/>")),
            Picture,
        ),
        OddFile::new("laughing.svg", laughing, Either),
        OddFile::new(
            "unclosed.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><rect",
            Refused("could not be read"),
        ),
        OddFile::new("empty.svg", [], Refused("empty")),
        OddFile::new("text.png", "Buy milk.\n", FOREIGN),
        OddFile::new("page.jpg", "<!doctype html><script>document.title = 'taken'</script>", FOREIGN),
        OddFile::new("labels.csv", "name,label\na.png,x\n", Refused("no picture")),
        OddFile::new("settings.json", "{\"images\": []}", FOREIGN),
        OddFile::new("long.txt", "words, words, ".repeat(100_000), FOREIGN),
    ])
}
