//! The pictures of the set. Only the visible ones are drawn, however many there are.

use leptos::{ev, html, prelude::*};

use super::{action_bar::focus_gallery, grid::Grid};
use crate::{
    image::SIDE,
    page::{
        components::{
            canvas::{measure::follow_size, paint, thumbnail::live_title},
            dynamic::{Memo, When, effect, handler, keyed, memo},
        },
        input::selection_range,
        state::{SelectionRange, State, Tab},
        store::Store,
        views::sort::examples::Opinion,
        words,
    },
    plot::contact_sheet::{GAP, contact_sheet},
    protocol::PictureId,
};

/// Minimum width of a thumbnail with its gap, in pixels.
const LEAST: f64 = 52.0;

/// The gallery strip.
#[component]
pub fn Gallery() -> impl IntoView {
    let store = Store::expect();
    let viewport = NodeRef::<html::Div>::new();
    let size = follow_size(viewport);
    let scroll = RwSignal::new(0.0);
    let tall = RwSignal::new(false);
    let count = memo(move || store.with(State::count_shown));
    let grid = memo(move || Grid::new(count.get(), size.get().0, LEAST));
    let rows = memo(move || grid.get().visible_rows(scroll.get(), size.get().1));
    // A gallery that is partly hidden can be expanded, and an expanded one collapsed.
    let more = Signal::derive(move || tall.get() || grid.get().height() > size.get().1 + 1.0);
    let key = move |event: ev::KeyboardEvent| press(store, grid.get_untracked(), viewport, &event);
    view! {
        <section class="gallery" class:tall=tall aria-label="Pictures">
            <div
                class="gallery-viewport"
                role="listbox"
                tabindex="0"
                aria-label="Pictures of the set"
                aria-multiselectable="true"
                aria-activedescendant=move || {
                    // A picture that is not visible has no element.
                    let row = |id| place(store, id).map(|cell| cell / grid.get().columns);
                    focused(store).filter(|id| row(*id).is_some_and(|row| rows.get().contains(&row))).map(option_id)
                }
                node_ref=viewport
                on:scroll=handler(move |event: ev::Event| scroll.set(f64::from(event_target::<web_sys::Element>(&event).scroll_top())))
                on:keydown=handler(key)
            >
                <div class="gallery-all" style:height=move || format!("{}px", grid.get().height())>
                    {keyed(move || rows.get().collect(), usize::to_string, move |row| view! { <Row row grid count /> })}
                </div>
            </div>
            <When holds=move || count.get() == 0>
                <p class="gallery-empty">"No pictures yet. Drop some anywhere, or press Shapes or Fashion."</p>
            </When>
            <GalleryBar tall more />
        </section>
    }
}

/// The mode of selection and the height of the gallery.
#[component]
fn GalleryBar(tall: RwSignal<bool>, more: Signal<bool>) -> impl IntoView {
    let store = Store::expect();
    let adding = Signal::derive(move || store.with(|state| state.selection.is_adding()));
    let empty = Signal::derive(move || store.with(|state| state.pictures.is_empty()));
    let narrowed = Signal::derive(move || store.with(|state| state.narrowed.is_some()));
    let shown = move || {
        store.with(|state| {
            let [shown, all] = [state.count_shown(), state.pictures.len()].map(words::count);
            state.narrowed.as_ref().map(|_| format!("{shown} of {all} pictures shown"))
        })
    };
    let show_all = move |_| {
        store.update(State::show_all);
        focus_gallery();
    };
    view! {
        <div class="gallery-bar">
            <p class="note" role="status">{shown}</p>
            <When holds=narrowed>
                <button class="button quiet" type="button" on:click=handler(show_all)>
                    "Show all"
                </button>
            </When>
            <button
                class="button quiet"
                type="button"
                title="While this is on, each picture that you press joins the selection or leaves it"
                aria-pressed=move || adding.get().to_string()
                disabled=move || empty.get()
                on:click=handler(move |_| {
                    store.update(|state| state.set_adding(!state.selection.is_adding()));
                })
            >
                "Select"
            </button>
            <When holds=more>
                <button
                    class="button quiet"
                    type="button"
                    aria-expanded=move || tall.get().to_string()
                    on:click=handler(move |_| tall.update(|tall| *tall = !*tall))
                >
                    {move || if tall.get() { "Show fewer" } else { "Show more" }}
                </button>
            </When>
        </div>
    }
}

/// One row. It stays as it is while others become visible, so that scrolling paints only those.
#[component]
fn Row(row: usize, grid: Memo<Grid>, count: Memo<usize>) -> impl IntoView {
    let store = Store::expect();
    let cells = memo(move || {
        let range = grid.get().cells(&(row..row + 1));
        store.with(|state| state.shown(range.clone()))
    });
    let columns = Signal::derive(move || grid.get().columns);
    view! {
        <div
            class="gallery-row"
            style:top=move || format!("{}px", row as f64 * grid.get().pitch)
            style:height=move || format!("{}px", grid.get().pitch)
            style:grid-template-columns=move || format!("repeat({}, 1fr)", columns.get())
        >
            <PaintedCells cells columns />
            {keyed(move || cells.get(), PictureId::to_string, move |id| view! { <Cell id count /> })}
        </div>
    }
}

/// A row's pictures, all on one canvas.
#[component]
fn PaintedCells(cells: Memo<Vec<PictureId>>, columns: Signal<usize>) -> impl IntoView {
    let store = Store::expect();
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        let Some(canvas) = canvas.get() else { return };
        let (cells, columns) = (cells.get(), columns.get());
        store.with_untracked(|state| {
            let entries = cells.iter().filter_map(|id| state.pictures.get(*id));
            let pictures: Vec<_> = entries.map(|entry| entry.image.rgb()).collect();
            let sheet = contact_sheet(&pictures, SIDE, columns, GAP);
            paint::rgba(&canvas, &sheet.rgba, sheet.width, sheet.height);
        });
    });
    view! { <canvas class="gallery-sheet" node_ref=canvas aria-hidden="true"></canvas> }
}

/// The cell of one picture, which can be selected.
#[component]
fn Cell(id: PictureId, count: Memo<usize>) -> impl IntoView {
    let store = Store::expect();
    let name = live_title(store, id);
    let selected = move || store.with(|state| state.selection.contains(id));
    let place = move || place(store, id).map_or(1, |place| place + 1);
    view! {
        <div
            class="gallery-cell"
            class:focused=move || focused(store) == Some(id)
            role="option"
            id=option_id(id)
            title=name
            aria-label=name
            aria-posinset=move || place().to_string()
            aria-setsize=move || count.get().to_string()
            aria-selected=move || selected().to_string()
            on:click=handler(move |event: ev::MouseEvent| pick(store, id, selection_range::of_click(&event)))
            on:dblclick=handler(move |_| store.update(|state| state.view(id)))
        ></div>
    }
}

fn focused(store: Store) -> Option<PictureId> {
    store.with(|state| *state.selected)
}

/// Returns a picture's place in the gallery.
fn place(store: Store, id: PictureId) -> Option<usize> {
    store.with(|state| state.place(id))
}

fn option_id(id: PictureId) -> String {
    format!("picture-{id}")
}

/// Changes the selection. A single picture shows its neighbours, unless the present tab uses the
/// selection itself.
fn pick(store: Store, id: PictureId, range: SelectionRange) {
    store.update(|state| {
        let (order, range) = (state.all_shown(), state.selection_range(range));
        state.choose(range, id, &order);
        state.focus(id);
        if range == SelectionRange::One && !matches!(*state.tab, Tab::Sort | Tab::Label | Tab::Watch) {
            state.choose_tab(Tab::Explore);
        }
    });
}

/// Handles keys: arrow keys select the next picture, with Shift a range; with Control they move only
/// the focus. Space shows the picture at full size, x toggles the selection, Enter shows the nearest,
/// unless the tab uses the selection itself; + and − make an example while examples are searched by; Delete removes.
fn press(store: Store, grid: Grid, viewport: NodeRef<html::Div>, event: &ev::KeyboardEvent) {
    // What is not shown is beyond the keys.
    let focused = store.with_untracked(|state| state.selected.filter(|id| state.shows(*id)));
    let range = selection_range::of_key(event);
    match (event.key().as_str(), focused) {
        ("Enter", Some(id)) => pick(store, id, SelectionRange::One),
        (" ", Some(id)) => store.update(|state| state.view(id)),
        ("x", Some(id)) => {
            pick(store, id, if range == SelectionRange::Range { range } else { SelectionRange::Toggle })
        }
        // With Control, these keys zoom the page.
        ("+" | "=" | "-", Some(id))
            if range != SelectionRange::Toggle && store.with_untracked(State::takes_examples) =>
        {
            let opinion = if event.key() == "-" { Opinion::Unwanted } else { Opinion::Wanted };
            store.update(|state| state.judge(&[id], Some(opinion)));
        }
        ("Delete", _) => store.update(|state| {
            if focused.is_some() || !state.selection.is_empty() {
                state.remove_chosen();
            }
        }),
        ("Escape", _) => store.update(|state| state.clear_selection()),
        ("a", _) if range == SelectionRange::Toggle => {
            store.update(|state| state.select_all(state.all_shown()))
        }
        (key, _) => {
            let target = store.with_untracked(|state| {
                let place = focused.and_then(|id| state.place(id)).unwrap_or(0);
                let cell = grid.neighbour(place, key)?;
                state.shown(cell..cell + 1).first().map(|id| (cell, *id))
            });
            let Some((cell, id)) = target else { return };
            store.update(|state| {
                if range != SelectionRange::Toggle {
                    let order = state.all_shown();
                    state.choose(range, id, &order);
                }
                state.focus(id);
            });
            bring_into_sight(grid, cell, viewport);
        }
    }
    event.prevent_default();
}

fn bring_into_sight(grid: Grid, cell: usize, viewport: NodeRef<html::Div>) {
    let Some(viewport) = viewport.get_untracked() else { return };
    let (top, seen) = (grid.top(cell), f64::from(viewport.scroll_top()));
    let height = f64::from(viewport.client_height());
    if top < seen {
        viewport.set_scroll_top(top as i32);
    } else if top + grid.pitch > seen + height {
        viewport.set_scroll_top((top + grid.pitch - height) as i32);
    }
}
