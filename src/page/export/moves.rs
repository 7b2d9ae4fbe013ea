//! Moves of copies into a folder, as a list or as a script. Scripts delete nothing, overwrite nothing and
//! move no picture whose kept copy is missing.

use super::File;
use crate::{
    page::{
        state::{Origin, State},
        views::sort::picture_groups::Strip,
        words,
    },
    protocol::PictureId,
    small_sort::sorted,
};

/// Name of the folder that takes the copies.
const FOLDER: &str = "duplicates";

/// Form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A path per line.
    List,
    /// A script for POSIX shells.
    Shell,
    /// A script for PowerShell.
    PowerShell,
}

/// A file to be moved.
#[derive(Debug, PartialEq)]
pub struct Move<'a> {
    /// The file.
    pub source: &'a Origin,
    /// The file of the picture that stays instead.
    pub kept: &'a Origin,
}

/// Returns the moves of all pictures but the kept one of each set. A picture without a file stays, and so
/// does one whose path another picture has that stays: which file would be moved is unknown.
pub fn moves<'a>(state: &'a State, sets: &[Strip]) -> Vec<Move<'a>> {
    let origin = |id: PictureId| state.pictures.get(id).map(|entry| &entry.origin);
    let paths: Vec<&str> = state.pictures.entries().iter().map(|entry| entry.origin.path.as_str()).collect();
    let paths = sorted(&paths, Ord::cmp);
    let is_movable = |path: &str| {
        let first = paths.partition_point(|other| *other < path);
        let is_one = paths.get(first + 1).is_none_or(|other| *other != path);
        is_one && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
    };
    let mut moves = Vec::new();
    for set in sets {
        let Some(kept) = origin(state.kept_of(&set.pictures)).filter(|kept| !kept.path.is_empty()) else {
            continue;
        };
        let others = set.pictures.iter().filter_map(|id| origin(*id)).filter(|other| is_movable(&other.path));
        moves.extend(others.filter(|other| other.path != kept.path).map(|source| Move { source, kept }));
    }
    moves
}

/// Returns the file; its moves are made in the folder in which the paths begin.
pub fn file(moves: &[Move], form: Form) -> File {
    let pictures = words::counted(moves.len(), "picture");
    let (name, contents) = match form {
        Form::List => ("list.txt", moves.iter().map(|each| each.source.path.clone() + "\n").collect()),
        Form::Shell => ("move.sh", shell(moves, &pictures)),
        Form::PowerShell => ("move.ps1", power_shell(moves, &pictures)),
    };
    File { name: format!("likeness-copies-{name}"), kind: "text/plain", contents: contents.into_bytes() }
}

fn shell(moves: &[Move], pictures: &str) -> String {
    let mut script = format!(
        r#"#!/bin/sh
# Moves {pictures} into the folder "{FOLDER}": copies of which another one stays.
# Deletes nothing and overwrites nothing. Run it in the folder in which the paths below begin:
#   sh likeness-copies-move.sh
moved=0
left=0
stay() {{
  printf '%s: %s\n' "$1" "$2" >&2
  left=$((left + 1))
}}
move() {{
  target="./{FOLDER}/${{1#./}}"
  if [ ! -f "$1" ]; then stay 'not here' "$1"
  elif [ ! -f "$2" ]; then stay 'its kept copy is not here' "$1"
  elif [ -e "$target" ] || [ -L "$target" ]; then stay 'there already' "$target"
  elif mkdir -p "${{target%/*}}" && mv "$1" "$target"; then moved=$((moved + 1))
  else stay 'not moved' "$1"
  fi
}}
"#
    );
    // A quote ends the quoted text, stands for itself after a backslash, and begins another text.
    let quoted = |path: &str| format!("'./{}'", path.replace('\'', r"'\''"));
    for Move { source, kept } in moves {
        script.push_str(&format!("move {} {}\n", quoted(&source.path), quoted(&kept.path)));
    }
    script + "echo \"$moved moved, $left left.\"\n"
}

fn power_shell(moves: &[Move], pictures: &str) -> String {
    // Without the mark at its beginning, Windows PowerShell reads the file in another encoding.
    let mut script = format!(
        r#"{BYTE_ORDER_MARK}# Moves {pictures} into the folder "{FOLDER}": copies of which another one stays.
# Deletes nothing and overwrites nothing. Run it in the folder in which the paths below begin:
#   powershell -ExecutionPolicy Bypass -File likeness-copies-move.ps1
$root = (Get-Location).ProviderPath
$script:moved = 0
$script:left = 0
function Move-Copy($path, $kept) {{
  $source = [IO.Path]::Combine($root, $path)
  $target = [IO.Path]::Combine($root, '{FOLDER}', $path)
  try {{
    if (-not [IO.File]::Exists($source)) {{ throw 'not here' }}
    if (-not [IO.File]::Exists([IO.Path]::Combine($root, $kept))) {{ throw 'its kept copy is not here' }}
    [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($target))
    [IO.File]::Move($source, $target) # Fails if the target is there already.
    $script:moved++
  }} catch {{
    Write-Warning "${{path}}: $_"
    $script:left++
  }}
}}
"#
    );
    for Move { source, kept } in moves {
        script.push_str(&format!(
            "Move-Copy {} {}\n",
            power_shell_quoted(&source.path),
            power_shell_quoted(&kept.path)
        ));
    }
    script + "\"$script:moved moved, $script:left left.\"\n"
}

/// Mark of UTF-8 at the beginning of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Returns a text between quotes; within them, each character that PowerShell takes for a quote is doubled.
fn power_shell_quoted(text: &str) -> String {
    let mut quoted = String::from('\'');
    for letter in text.chars() {
        quoted.push(letter);
        if matches!(letter, '\'' | '\u{2018}'..='\u{201b}') {
            quoted.push(letter);
        }
    }
    quoted + "'"
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path, process::Command};

    use super::*;
    use crate::page::fixture::from_paths;

    /// Names that a careless script would take for something else.
    const ODD: [&str; 16] = [
        "plain.jpg",
        "two words.jpg",
        "it's.jpg",
        "\"quoted\".jpg",
        "line\nbreak.jpg",
        "$HOME.jpg",
        "$(touch x).jpg",
        "`touch x`.jpg",
        "-rf",
        "صورة.jpg",
        "back\\slash\\",
        "*?[a].jpg",
        "~",
        "#.jpg",
        "!;&|<>(){}",
        "‘curly’.jpg",
    ];

    fn set(pictures: &[PictureId]) -> Strip {
        Strip { pictures: pictures.to_vec(), remark: None }
    }

    fn write(root: &Path, path: &str, contents: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, contents).expect("a file");
    }

    fn run(script: &File, root: &Path) -> String {
        fs::write(root.join(&script.name), &script.contents).expect("a file");
        let ran = Command::new("sh").arg(&script.name).current_dir(root).output().expect("it runs");
        String::from_utf8(ran.stdout).expect("text")
    }

    #[test]
    fn shell_moves_files_of_any_name_and_nothing_else() {
        let root = tempfile::tempdir().expect("a folder");
        let kept: Vec<String> = ODD.iter().map(|name| format!("kept/{name}")).collect();
        let copies: Vec<String> = ODD.iter().map(|name| format!("-a/it's/{name}")).collect();
        let paths: Vec<&str> = kept.iter().chain(&copies).map(String::as_str).collect();
        paths.iter().for_each(|path| write(root.path(), path, path));
        let state = from_paths(&paths);
        let odd = ODD.len() as PictureId;
        let sets: Vec<Strip> = (0..odd).map(|id| set(&[id, odd + id])).collect();
        let script = file(&moves(&state, &sets), Form::Shell);
        assert_eq!(run(&script, root.path()), "16 moved, 0 left.\n");
        for path in &copies {
            assert!(!root.path().join(path).exists(), "{path}");
            let moved = fs::read_to_string(root.path().join(FOLDER).join(path));
            assert_eq!(moved.ok().as_deref(), Some(path.as_str()));
        }
        for path in &kept {
            assert_eq!(fs::read_to_string(root.path().join(path)).ok().as_deref(), Some(path.as_str()));
        }
        assert!(!root.path().join("x").exists());
        // A second run finds nothing to move.
        assert_eq!(run(&script, root.path()), "0 moved, 16 left.\n");
    }

    #[test]
    fn shell_overwrites_nothing_and_moves_nothing_whose_kept_copy_is_missing() {
        let root = tempfile::tempdir().expect("a folder");
        for path in ["a/1", "b/1", "b/2", "a/3", "b/3"] {
            write(root.path(), path, path);
        }
        write(root.path(), "duplicates/b/1", "another");
        let state = from_paths(&["a/1", "b/1", "a/2", "b/2", "a/3", "b/3"]);
        let sets = [set(&[0, 1]), set(&[2, 3]), set(&[4, 5])];
        assert_eq!(run(&file(&moves(&state, &sets), Form::Shell), root.path()), "1 moved, 2 left.\n");
        let read = |path: &str| fs::read_to_string(root.path().join(path)).ok();
        assert_eq!(read("duplicates/b/1").as_deref(), Some("another"));
        assert_eq!([read("b/1"), read("b/2"), read("b/3")].map(|file| file.is_some()), [true, true, false]);
    }

    #[test]
    fn files_that_cannot_be_told_apart_or_lead_elsewhere_stay() {
        let state = from_paths(&["a/1", "a/1", "", "../2", "/3", "a/4", "b/4"]);
        let found = moves(&state, &[set(&[0, 1]), set(&[0, 2, 3, 4]), set(&[5, 6])]);
        let paths = |each: &Move| [each.source, each.kept].map(|origin| origin.path.clone());
        assert_eq!(found.iter().map(paths).collect::<Vec<_>>(), [["b/4", "a/4"]]);
        assert_eq!(file(&found, Form::List).contents, b"b/4\n");
    }

    #[test]
    fn power_shell_reads_every_name_as_it_is() {
        // As PowerShell does: any quote ends the text, unless another follows.
        let is_quote = |letter: char| ['\'', '‘', '’', '‚', '‛'].contains(&letter);
        for name in ODD.into_iter().chain(["’", "‚‛'", ""]) {
            let quoted: Vec<char> = power_shell_quoted(name).chars().collect();
            let (mut at, mut read) = (1, String::new());
            while !(is_quote(quoted[at]) && quoted.get(at + 1).is_none_or(|next| !is_quote(*next))) {
                read.push(quoted[at]);
                at += 1 + usize::from(is_quote(quoted[at]));
            }
            assert_eq!((at, read.as_str()), (quoted.len() - 1, name));
        }
        let state = from_paths(&["a/it’s", "b/it’s"]);
        let script = String::from_utf8(file(&moves(&state, &[set(&[0, 1])]), Form::PowerShell).contents);
        let script = script.expect("text");
        assert!(
            script.starts_with(BYTE_ORDER_MARK) && script.contains("Move-Copy 'b/it’’s' 'a/it’’s'\n"),
            "{script}"
        );
    }
}
