//! Valid files with names that are hard to show, and deeply nested folders.

use anyhow::Result;
use image::ImageFormat;

use crate::Fate::Picture;
use crate::{FOREIGN, OddFile, encode, halves};

/// Names that would have an effect if they were treated as markup, addresses or templates.
const MARKUP: [&str; 9] = [
    "<img src=x onerror=\"document.title='taken'\">.png",
    "<script>document.title='taken'<\u{2215}script>.png",
    "\" onmouseover=\"document.title='taken'\".png",
    "' autofocus onfocus='document.title=1'.png",
    "&lt;b&gt;&amp;.png",
    "{{7*7}}${7*7}.png",
    "javascript:document.title='taken'.png",
    "%2e%2e%2fetc%2fpasswd.png",
    "?a=b#c.png",
];

/// Names in many scripts.
const UNICODE: [&str; 14] = [
    "日本語の写真.png",
    "صورة عائلية.png",
    "תמונה.png",
    "фотография.png",
    "รูปภาพ.png",
    "👩‍👩‍👧‍👦🏳️‍🌈.png",
    // The same letter as one code point, and as two: they look alike but are two files.
    "caf\u{e9}.png",
    "cafe\u{301}.png",
    // Would reverse the text after it into “exe.png” if it were not isolated.
    "photo\u{202e}gnp.exe",
    "zero\u{200b}width\u{feff}.png",
    "Z̸̢̛͚̜͉̭̱̝̎̈́̓̕ͅa̶̡̛͖͚̞̟͆̇l̷̨̛͎̬̯͙̐̀͘g̸̡̢̛̰͔̑̒̕o̷.png",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}.png",
    "𝕸𝖆𝖙𝖍 𝟙𝟚𝟛.png",
    "ﷺ.png",
];

/// Names that only a file system accepts.
const ODD: [&str; 8] = [
    "two\nlines.png",
    "a\ttab.png",
    " spaces around .png",
    "back\\slash.png",
    "quote\"comma,semicolon;.png",
    "-rf.png",
    "=1+1.png",
    "UPPER.PNG",
];

/// Path of nested folders.
pub const NESTED_FOLDERS: [&str; 6] = ["a", "<b>b<", "c d", "données", "写真", "🗂"];

pub fn files() -> Result<Vec<OddFile>> {
    let picture = encode(halves(12, 12), ImageFormat::Png)?;
    let longest = format!("{}.png", "long".repeat(62));
    let names = MARKUP.iter().chain(&UNICODE).chain(&ODD).copied().chain([longest.as_str()]);
    let mut files: Vec<_> = names.map(|name| OddFile::new(name, picture.clone(), Picture)).collect();
    let refused = "<img src=x onerror=\"document.title='taken'\">.txt";
    files.push(OddFile::new(refused, "no picture", FOREIGN));
    // Three copies of the same picture.
    files.extend(
        ["copy.png", "copy (1).png", "copy (2).png"].map(|name| OddFile::new(name, picture.clone(), Picture)),
    );
    Ok(files)
}
