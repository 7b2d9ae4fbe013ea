//! The page's address: the settings of [`link`], and the state of the page.
//!
//! `#images=shapes&…&tab=explore&lens=matrix` opens with that tab selected; for a frame in another page, `embed=1`
//! displays a small page, and `view=map` the map alone. Files on another server are fetched by
//! remote.html, which passes on their source by `remote=…`.

use std::str::FromStr;

use strum::VariantArray;

use crate::{
    link,
    page::{
        state::{Extent, Lens, State, Tab},
        words,
    },
    settings::{Images, Settings},
};
/// The page that may contact other servers.
const REMOTE_PAGE: &str = "remote.html";

/// Contents of an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// All settings that a run depends on.
    pub settings: Settings,
    /// Selected tab; the page chooses if there is none.
    pub tab: Option<Tab>,
    /// What the tab Explore shows.
    pub lens: Lens,
    /// How much of the page is displayed.
    pub extent: Extent,
    /// Source of the pictures, encoded as in an address.
    pub remote: Option<String>,
}

/// Entries of a link that name files on another server: pictures, a model, an experiment.
const REMOTE: [&str; 3] = ["images=http", "model=http", "open=http"];

/// Returns whether a hash names a file on another server.
pub fn is_remote(hash: &str) -> bool {
    let is_remote = |entry: &str| REMOTE.iter().any(|beginning| entry.starts_with(beginning));
    hash.trim_start_matches('#').split('&').any(is_remote)
}

/// Parses an address's hash, with or without its `#`; the sentences name the entries that were not
/// understood.
pub fn read(hash: &str) -> (Address, Vec<String>) {
    let (mut tab, mut lens, mut extent, mut remote) = (None, Lens::default(), Extent::Whole, None);
    let mut problems = Vec::new();
    let mut others = Vec::new();
    for entry in hash.trim_start_matches('#').split('&') {
        match entry.split_once('=') {
            Some(("tab", name)) => {
                tab = one_of(entry, name, &mut problems).or(tab);
                // Map and matrix were tabs in earlier builds.
                lens = name.parse().ok().filter(|_| tab == Some(Tab::Explore)).unwrap_or(lens);
            }
            Some(("lens", name)) => lens = one_of(entry, name, &mut problems).unwrap_or(lens),
            Some(("remote", source)) => remote = Some(source.to_owned()),
            Some(("embed", "0")) => {}
            Some(("embed", "1")) if extent == Extent::Map => {}
            Some(("embed", "1")) => extent = Extent::Embedded,
            Some(("view", "map")) => extent = Extent::Map,
            Some((key @ ("embed" | "view"), _)) => {
                let allowed = if key == "embed" { "0 or 1" } else { "map" };
                problems.push(format!("The link’s setting “{entry}” cannot be used: it is {allowed}."));
            }
            _ => others.push(entry),
        }
    }
    let (settings, more) = link::read(&others.join("&"));
    problems.extend(more.iter().map(words::link_problem));
    (Address { settings, tab, lens, extent, remote }, problems)
}

/// Parses one of several words, and describes the problem if it is none of them.
fn one_of<T>(entry: &str, word: &str, problems: &mut Vec<String>) -> Option<T>
where
    T: FromStr + VariantArray + Copy + Into<&'static str>,
{
    let found = word.parse().ok();
    if found.is_none() {
        let words: Vec<&str> = T::VARIANTS.iter().map(|variant| (*variant).into()).collect();
        let words = words.join(", ");
        problems.push(format!("The link’s setting “{entry}” cannot be used: it is one of {words}."));
    }
    found
}

/// Returns the hash for the address bar, without its `#`. It contains the tab only if the user has
/// selected it: otherwise the tab would no longer follow the run when the address is opened.
pub fn own(state: &State) -> String {
    let tab = state.chosen_tab().map_or(String::new(), |tab| format!("&tab={}", tab.key()));
    let lens = lens_entry(state);
    let remote = state.remote.as_ref().map_or(String::new(), |source| format!("&remote={source}"));
    format!("{}{tab}{lens}{}{remote}", link::write(&state.settings), state.extent.link_entry())
}

/// Returns an address for sharing, relative to the page's: it opens the whole page with the present
/// tab, and with the same pictures if they can be fetched.
pub fn shared(state: &State) -> String {
    let hash = format!("{}&tab={}{}", link::write(&state.settings), state.tab.key(), lens_entry(state));
    match &*state.remote {
        Some(source) if state.settings.images == Images::Own => {
            format!("{REMOTE_PAGE}#{}", hash.replacen("images=own", &format!("images={source}"), 1))
        }
        _ => format!("#{hash}"),
    }
}

/// Returns the command that trains with these settings in PyTorch (`python/README.md`).
pub fn command(state: &State) -> String {
    format!("likeness-train '{}' pictures/ --out run", link::write(&state.settings))
}

/// Returns the entry for what the tab Explore shows, if it is not the usual.
fn lens_entry(state: &State) -> String {
    let lens: &str = (*state.lens).into();
    if *state.lens == Lens::default() { String::new() } else { format!("&lens={lens}") }
}

/// Returns sentences on the state that no link contains.
pub fn left_out(state: &State) -> Vec<&'static str> {
    let own = state.settings.images == Images::Own && state.remote.is_none();
    let removed = !own && !state.pictures.missing().is_empty();
    [
        (own, "It carries the settings; your pictures stay here."),
        (removed, "It brings all pictures, those that you removed as well."),
        (state.labels.typed_count() > 0, "The labels that you typed stay here."),
        (state.run.began_elsewhere(), "The network that you opened stays here: the link trains another."),
    ]
    .into_iter()
    .filter_map(|(applies, sentence)| applies.then_some(sentence))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{page::fixture::newcomer, protocol::Event, settings::Images};

    #[test]
    fn selected_tab_survives_the_address() {
        for tab in Tab::VARIANTS.iter().copied() {
            let mut state = State::new(Settings::recommended(Images::Fashion));
            state.choose_tab(tab);
            state.extent.set(if tab == Tab::Sort { Extent::Embedded } else { Extent::Map });
            state.lens.set(if tab == Tab::Label { Lens::Matrix } else { Lens::Map });
            let (address, problems) = read(&own(&state));
            assert_eq!(problems, Vec::<String>::new());
            let (settings, extent, lens) = (*state.settings, *state.extent, *state.lens);
            assert_eq!(address, Address { settings, tab: Some(tab), lens, extent, remote: None });
            assert_eq!(read(&shared(&state)).0, Address { extent: Extent::Whole, ..address });
        }
    }

    #[test]
    fn addresses_of_earlier_builds_select_tab_and_lens() {
        let selected = |hash| {
            let (address, problems) = read(hash);
            assert_eq!(problems, Vec::<String>::new());
            (address.tab, address.lens)
        };
        assert_eq!(selected("#tab=similarity"), (Some(Tab::Explore), Lens::Matrix));
        assert_eq!(selected("#tab=map"), (Some(Tab::Explore), Lens::Map));
        assert_eq!(selected("#tab=loss"), (Some(Tab::Hood), Lens::Map));
        assert_eq!(selected("#tab=explore&lens=matrix"), (Some(Tab::Explore), Lens::Matrix));
    }

    #[test]
    fn shared_address_requests_remote_pictures_again() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.remote.set(read("images=own&remote=https%3A%2F%2Fa.example%2Fb.zip").0.remote);
        assert_eq!(read(&own(&state)).0.remote, *state.remote);
        let link = shared(&state);
        assert!(link.starts_with("remote.html#images=https%3A%2F%2Fa.example%2Fb.zip&framing="), "{link}");
        assert!(is_remote(&link["remote.html".len()..]) && !is_remote(&own(&state)));
        assert!(
            is_remote("#images=shapes&model=https://a.example/b") && is_remote("open=http://a.example/c")
        );
        state.clear(Images::Shapes);
        assert!(shared(&state).starts_with("#images=shapes&"));
    }

    #[test]
    fn command_contains_every_setting() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.edit(|settings| settings.temperature = 0.25);
        let command = command(&state);
        let quoted = command.split('\'').nth(1).expect("the link is quoted");
        assert_eq!(link::read(quoted), (*state.settings, Vec::new()));
    }

    #[test]
    fn omissions_of_a_link_are_described() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.add(["a", "b", "c"].map(|name| newcomer(name, None)).into());
        assert_eq!(left_out(&state), Vec::<&str>::new());
        state.type_label(0, "mine");
        state.remove(&[1]);
        let said = left_out(&state).join(" ");
        assert_eq!(
            said,
            "It brings all pictures, those that you removed as well. The labels that you typed stay here."
        );
        state.run.go_back(40);
        assert!(
            left_out(&state)
                .join(" ")
                .ends_with("The network that you opened stays here: the link trains another.")
        );
        state.run.restart(None);
        state.clear(Images::Own);
        assert_eq!(left_out(&state), ["It carries the settings; your pictures stay here."]);
    }

    #[test]
    fn address_bar_contains_only_a_chosen_tab() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.start_running();
        assert_eq!(read(&own(&state)).0.tab, None);
        assert_eq!(read(&shared(&state)).0.tab, Some(Tab::Watch));
    }

    #[test]
    fn invalid_entries_are_named_and_the_others_apply() {
        let (address, problems) = read("#tab=globe&seed=9&embed=yes&colour=red");
        assert_eq!((address.settings.seed, address.tab, address.extent), (9, None, Extent::Whole));
        assert_eq!(problems.len(), 3, "{problems:?}");
        for (problem, words) in problems.iter().zip(["watch, explore, sort", "0 or 1", "colour"]) {
            assert!(problem.contains(words), "{problem}");
        }
        let views = ["embed=1", "view=map", "view=map&embed=1", "embed=1&view=map", "embed=0", "view=globe"];
        let extents = views.map(|hash| (read(hash).0.extent, read(hash).1.len()));
        let map = (Extent::Map, 0);
        assert_eq!(extents, [(Extent::Embedded, 0), map, map, map, (Extent::Whole, 0), (Extent::Whole, 1)]);
        let (empty, problems) = read("");
        assert_eq!((empty.tab, empty.extent, problems.len()), (None, Extent::Whole, 0));
    }

    #[test]
    fn tab_from_the_address_stays_when_the_run_starts() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.choose_tab(Tab::Sort);
        state.apply(Event::Restarted { parameters: 1 });
        state.start_running();
        assert_eq!(*state.tab, Tab::Sort);
    }
}
