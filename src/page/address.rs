//! The page's address: the settings of [`link`], and how the page shows itself.
//!
//! `#images=shapes&…&tab=map` opens with that tab in front, `embed=1` shows the page small,
//! for another page to hold.

use super::state::{State, Tab};
use crate::{link, settings::Settings};

/// What an address says.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// Everything that a run depends on.
    pub settings: Settings,
    /// The tab in front; the page chooses when there is none.
    pub tab: Option<Tab>,
    /// Whether the page is a small demonstration within another.
    pub embed: bool,
}

/// Reads an address's hash, with or without its `#`; the sentences name what was not understood.
pub fn read(hash: &str) -> (Address, Vec<String>) {
    let (mut tab, mut embed) = (None, false);
    let mut problems = Vec::new();
    let mut others = Vec::new();
    for entry in hash.trim_start_matches('#').split('&') {
        match entry.split_once('=') {
            Some(("tab", name)) => match Tab::ALL.into_iter().find(|tab| key(*tab) == name) {
                Some(found) => tab = Some(found),
                None => problems.push(format!(
                    "The link’s setting “{entry}” cannot be used: it is one of {}.",
                    Tab::ALL.map(key).join(", ")
                )),
            },
            Some(("embed", "0" | "1")) => embed = entry.ends_with('1'),
            Some(("embed", _)) => {
                problems.push(format!("The link’s setting “{entry}” cannot be used: it is 0 or 1."));
            }
            _ => others.push(entry),
        }
    }
    let (settings, more) = link::read(&others.join("&"));
    problems.extend(more);
    (Address { settings, tab, embed }, problems)
}

/// The hash, without its `#`, that stands in the address bar. It names the tab that the
/// user chose: any other would no longer give way to what the run has to show.
pub fn own(state: &State) -> String {
    let tab = state.chosen_tab().map_or(String::new(), |tab| format!("&tab={}", key(tab)));
    let embed = if state.embed { "&embed=1" } else { "" };
    format!("{}{tab}{embed}", link::write(&state.settings))
}

/// The same for others: it shows them the whole page with the tab that is in front here.
pub fn shared(state: &State) -> String {
    format!("{}&tab={}", link::write(&state.settings), key(state.tab))
}

/// How an address spells a tab.
fn key(tab: Tab) -> String {
    tab.name().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::Event, settings::Images};

    #[test]
    fn what_is_in_front_survives_the_address() {
        for tab in Tab::ALL {
            let mut state = State::new(Settings::recommended(Images::Fashion));
            state.choose_tab(tab);
            state.embed = tab == Tab::Map;
            let (address, problems) = read(&own(&state));
            assert_eq!(problems, Vec::<String>::new());
            assert_eq!(address, Address { settings: state.settings, tab: Some(tab), embed: state.embed });
            assert_eq!(read(&shared(&state)).0, Address { embed: false, ..address });
        }
    }

    #[test]
    fn the_address_bar_names_only_a_tab_that_was_chosen() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.start_running();
        assert_eq!(read(&own(&state)).0.tab, None);
        assert_eq!(read(&shared(&state)).0.tab, Some(Tab::Loss));
    }

    #[test]
    fn what_is_wrong_is_named_and_the_rest_applies() {
        let (address, problems) = read("#tab=globe&seed=9&embed=yes&colour=red");
        assert_eq!((address.settings.seed, address.tab, address.embed), (9, None, false));
        assert_eq!(problems.len(), 3, "{problems:?}");
        for (problem, words) in problems.iter().zip(["similarity, neighbours, map", "0 or 1", "colour"]) {
            assert!(problem.contains(words), "{problem}");
        }
        let (empty, problems) = read("");
        assert_eq!((empty.tab, empty.embed, problems.len()), (None, false, 0));
    }

    #[test]
    fn a_tab_that_an_address_names_stays_when_the_run_begins() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.choose_tab(Tab::Map);
        state.apply(Event::Restarted { parameters: 1 });
        state.start_running();
        assert_eq!(state.tab, Tab::Map);
    }
}
