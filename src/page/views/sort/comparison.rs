//! Two pictures of a set at full size, to decide which one stays.

use leptos::{ev, prelude::*};
use web_sys::Element;

use super::picture_groups::Strip;
use crate::{
    page::{
        components::{
            canvas::{
                original::{FileWords, Original},
                thumbnail::caption,
            },
            controls::Choice,
            dynamic::{Memo, dynamic, handler, memo},
            modal::Modal,
        },
        input::media,
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// What is shown of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Beside,
    Difference,
    Left,
    Right,
}

/// The index of a set, the first of its pictures and another one.
type Pair = (usize, [PictureId; 2]);

/// Width to which smaller pictures are enlarged, in pixels.
const LEAST: u32 = 320;

/// Choices of what is shown.
const MODES: &[(&str, Mode)] = &[
    ("Side by side", Mode::Beside),
    ("Difference", Mode::Difference),
    ("Left", Mode::Left),
    ("Right", Mode::Right),
];

/// A dialog with the first picture of a set and another one, pair by pair. Keys: `b` blinks, 1 and 2 keep
/// the left or the right one, arrows go to other pairs.
#[component]
pub fn Comparison(
    /// The sets.
    strips: Memo<Vec<Strip>>,
    /// Number of the shown pair, while the dialog is open.
    at: RwSignal<Option<usize>>,
) -> impl IntoView {
    let store = Store::expect();
    let mode = RwSignal::new(Mode::Beside);
    let pairs = memo(move || strips.with(|strips| pairs(strips)));
    let pair = memo(move || pairs.with(|pairs| pairs.get(at.get()?).copied()));
    let go = move |forwards: bool| {
        let last = pairs.with_untracked(Vec::len).saturating_sub(1);
        at.update(|at| *at = at.map(|at| if forwards { (at + 1).min(last) } else { at.saturating_sub(1) }));
    };
    let key = move |key: String| match key.as_str() {
        "b" => mode.update(|mode| *mode = if *mode == Mode::Left { Mode::Right } else { Mode::Left }),
        "1" => keep(store, strips, pair, 0),
        "2" => keep(store, strips, pair, 1),
        "ArrowRight" => go(true),
        "ArrowLeft" => go(false),
        _ => {}
    };
    let step = move |name: &'static str, forwards: bool| {
        view! {
            <button class="button" type="button" on:click=handler(move |_| go(forwards))>
                {name}
            </button>
        }
    };
    let place = move || {
        let place = at.get().unwrap_or_default() + 1;
        format!("Pair {} of {}", words::count(place), words::count(pairs.with(Vec::len)))
    };
    let buttons = view! {
        {step("Previous", false)}
        {step("Next", true)}
        <span class="note">{place} {media::hint(". Keys: B blinks, 1 and 2 keep.", "")}</span>
    };
    view! {
        <Modal
            label="Two pictures compared"
            class="viewer"
            open=Signal::derive(move || pair.get().is_some())
            on_key=Callback::new(key)
            on_close=Callback::new(move |()| at.set(None))
            buttons=buttons.into_any()
        >
            <Choice
                legend="Show"
                name="comparison"
                options=MODES
                value=move || Some(mode.get())
                on_change=move |chosen| mode.set(chosen)
            />
            <Panes pair mode />
            <div class="comparison-sides">
                <Side strips pair place=0 name="Keep the left" />
                <Side strips pair place=1 name="Keep the right" />
            </div>
        </Modal>
    }
}

/// Both pictures of a pair at one size.
#[component]
fn Panes(pair: Memo<Option<Pair>>, mode: RwSignal<Mode>) -> impl IntoView {
    let store = Store::expect();
    dynamic(move || {
        let (_, pair) = pair.get()?;
        let width = |id: PictureId| {
            store.with_untracked(|state| state.pictures.get(id).map_or(0, |entry| entry.origin.width))
        };
        // A smaller copy is enlarged, so that the two lie over each other.
        let [left, right] = pair.map(width);
        let width = left.max(right).max(LEAST);
        let pane = |id: PictureId| view! { <div tabindex="0" on:scroll=handler(scroll_together)><Original id /></div> };
        Some(view! {
            <div class="comparison" data-mode=move || format!("{:?}", mode.get()) style=("--width", format!("{width}px"))>
                {pair.map(pane).collect_view()}
            </div>
        })
    })
}

/// A button that keeps one picture of a pair, and a description of the picture.
#[component]
fn Side(
    strips: Memo<Vec<Strip>>,
    pair: Memo<Option<Pair>>,
    /// Place of the picture in the pair.
    place: usize,
    name: &'static str,
) -> impl IntoView {
    let store = Store::expect();
    let kept = move || {
        let (set, pair) = pair.get()?;
        strips.with(|strips| {
            let set = strips.get(set)?;
            Some(store.with(|state| state.kept_of(&set.pictures)) == pair[place])
        })
    };
    let described = dynamic(move || {
        let (_, pair) = pair.get()?;
        let id = pair[place];
        Some(view! { {caption(store, id)} <FileWords id /> })
    });
    view! {
        <div>
            <button
                class="button"
                type="button"
                aria-pressed=move || kept().unwrap_or_default().to_string()
                on:click=handler(move |_| keep(store, strips, pair, place))
            >
                {name}
            </button>
            <p class="note">{described}</p>
        </div>
    }
}

/// Keeps one picture of a pair.
fn keep(store: Store, strips: Memo<Vec<Strip>>, pair: Memo<Option<Pair>>, place: usize) {
    if let Some((set, pair)) = pair.get_untracked() {
        strips.with_untracked(|strips| store.update(|state| state.keep(pair[place], &strips[set].pictures)));
    }
}

/// Returns the first picture of each set with each of the others.
fn pairs(strips: &[Strip]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (set, strip) in strips.iter().enumerate() {
        pairs.extend(strip.pictures[1..].iter().map(|other| (set, [strip.pictures[0], *other])));
    }
    pairs
}

/// Scrolls the other pane as far as this one.
fn scroll_together(event: ev::Event) {
    let scrolled: Element = event_target(&event);
    if let Some(pane) = scrolled.next_element_sibling().or(scrolled.previous_element_sibling()) {
        pane.set_scroll_left(scrolled.scroll_left());
        pane.set_scroll_top(scrolled.scroll_top());
    }
}
