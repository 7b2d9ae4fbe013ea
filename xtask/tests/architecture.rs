//! Rules of the source tree that no compiler checks.

use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{ReturnType, Signature, Type, UseTree, Visibility};
use xtask::paths;

/// Folders or files of `src`, and the modules that they must not use: what is below knows nothing of what
/// is above.
const LAYERS: &[(&str, &[&str])] = &[
    ("protocol", &["engine", "page"]),
    ("settings", &["engine", "page", "protocol"]),
    ("link.rs", &["engine", "page", "protocol"]),
    ("evaluate", &["engine", "page"]),
    ("train", &["engine", "page"]),
    ("engine", &["page"]),
    ("page", &["engine"]),
    ("page/state", &["page::components", "page::rail", "page::shell", "page::store"]),
    ("page/words", &["page::components", "page::rail", "page::shell", "page::store"]),
    ("page/export", &["page::components", "page::shell", "page::store"]),
    ("page/components", &["page::rail", "page::shell", "page::views"]),
    ("page/files", &["page::shell"]),
    ("page/autosave", &["page::shell"]),
    ("page/views", &["page::shell"]),
];

/// Tools for measuring, whose callers only print what went wrong.
const TOOLS: &[&str] = &["bench.rs", "bin/contestant.rs"];

/// Returns all files with an ending in a folder, or the file itself.
fn files(path: &Path, ending: &str) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the folder of the sources and, for a path of it, the file with what its modules use and the public
/// functions that fail with a text.
fn look(path: &Path) -> Found {
    let mut found = Found::default();
    found.visit_file(&syn::parse_file(&read(path)).expect("it compiles"));
    found
}

#[derive(Default)]
struct Found {
    uses: Vec<String>,
    fail_with_text: Vec<String>,
}

impl Found {
    fn add(&mut self, prefix: &str, tree: &UseTree) {
        let join = |name: &dyn ToString| match prefix {
            "" => name.to_string(),
            prefix => format!("{prefix}::{}", name.to_string()),
        };
        match tree {
            UseTree::Path(path) => self.add(&join(&path.ident), &path.tree),
            UseTree::Name(name) => self.uses.push(join(&name.ident)),
            UseTree::Rename(name) => self.uses.push(join(&name.ident)),
            UseTree::Glob(_) => self.uses.push(prefix.to_owned()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add(prefix, tree)),
        }
    }

    fn judge(&mut self, visibility: &Visibility, signature: &Signature) {
        if !matches!(visibility, Visibility::Inherited) && fails_with_text(&signature.output) {
            self.fail_with_text.push(signature.ident.to_string());
        }
    }
}

/// Returns whether a function returns `Result<_, String>`.
fn fails_with_text(output: &ReturnType) -> bool {
    let ReturnType::Type(_, output) = output else { return false };
    let Type::Path(path) = &**output else { return false };
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Result") else { return false };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    let error = arguments.args.iter().nth(1);
    matches!(error, Some(syn::GenericArgument::Type(Type::Path(error))) if error.path.is_ident("String"))
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add("", &item.tree);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.judge(&item.vis, &item.sig);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.judge(&item.vis, &item.sig);
        visit::visit_impl_item_fn(self, item);
    }
}

fn sources() -> PathBuf {
    paths::root().join("src")
}

#[test]
fn failures_are_types() {
    for path in files(&sources(), "rs") {
        let failing = look(&path).fail_with_text;
        let is_tool = TOOLS.iter().any(|tool| path.ends_with(tool));
        assert!(failing.is_empty() || is_tool, "{} fails with a text: {failing:?}", path.display());
    }
}

#[test]
fn layers_use_only_those_below() {
    for (layer, above) in LAYERS {
        for path in files(&sources().join(layer), "rs") {
            for used in look(&path).uses {
                let is_above = |module: &str| {
                    let rest = used.strip_prefix("crate::").and_then(|used| used.strip_prefix(module));
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                };
                assert!(!above.iter().any(|module| is_above(module)), "{} uses {used}", path.display());
            }
        }
    }
}

#[test]
fn no_text_of_the_page_is_compared() {
    let root = paths::root();
    for (folder, ending) in [("static", "js"), ("src/page", "rs")] {
        for path in files(&root.join(folder), ending) {
            for line in read(&path).lines() {
                let compares = line.contains("==") || line.contains(".includes(");
                let reads = line.contains("textContent") || line.contains("innerText");
                assert!(!(compares && reads), "{} compares a text: {line}", path.display());
            }
        }
    }
}

#[test]
fn violations_are_found() {
    let mut found = Found::default();
    let source = "
        use crate::{page::{self, state::State as S}, protocol::*};
        pub(crate) async fn load(&self) -> Result<Vec<u8>, String> { todo!() }
        fn private() -> Result<(), String> { todo!() }
        pub fn typed() -> Result<String, Failure> { todo!() }
        struct Page;
        impl Page { pub fn open() -> Result<(), String> { todo!() } }
    ";
    found.visit_file(&syn::parse_str(&source.replace("&self", "")).expect("it is Rust"));
    assert_eq!(found.uses, ["crate::page::self", "crate::page::state::State", "crate::protocol"]);
    assert_eq!(found.fail_with_text, ["load", "open"]);
}
