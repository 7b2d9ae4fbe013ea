//! The pictures of the set. However many there are, only those in sight are drawn.

use leptos::{ev, html, prelude::*};

use crate::{
    image::SIDE,
    page::{
        browser::{measure::follow_size, paint, session::Session, thumbnail::title},
        grid::Grid,
        state::{Part, Tab},
    },
    plot::contact_sheet::contact_sheet,
    protocol::PictureId,
};

/// The least width of a thumbnail with its gap, in pixels.
const LEAST: f64 = 52.0;

/// The gallery strip.
#[component]
pub fn Gallery() -> impl IntoView {
    let session = Session::expect();
    let viewport = NodeRef::<html::Div>::new();
    let size = follow_size(viewport);
    let scroll = RwSignal::new(0.0);
    let tall = RwSignal::new(false);
    let count = Memo::new(move |_| session.read([Part::Pictures], |state| state.pictures.len()));
    let grid = Memo::new(move |_| Grid::new(count.get(), size.get().0, LEAST));
    let rows = Memo::new(move |_| grid.get().visible_rows(scroll.get(), size.get().1));
    let cells = Memo::new(move |_| {
        let range = grid.get().cells(&rows.get());
        session.read([Part::Pictures], |state| {
            let entries = state.pictures.entries().get(range).unwrap_or_default();
            entries.iter().map(|entry| entry.id).collect::<Vec<_>>()
        })
    });
    let key = move |event: ev::KeyboardEvent| press(session, grid.get_untracked(), viewport, &event);
    view! {
        <section class="gallery" class:tall=tall aria-label="Pictures">
            <div
                class="gallery-viewport"
                role="listbox"
                tabindex="0"
                aria-label="Pictures of the set"
                aria-activedescendant=move || selected(session).map(option_id)
                node_ref=viewport
                on:scroll=move |event| scroll.set(f64::from(event_target::<web_sys::Element>(&event).scroll_top()))
                on:keydown=key
            >
                <div class="gallery-all" style:height=move || format!("{}px", grid.get().height())>
                    <div
                        class="gallery-visible"
                        style:transform=move || format!("translateY({}px)", rows.get().start as f64 * grid.get().pitch)
                        style:grid-template-columns=move || format!("repeat({}, 1fr)", grid.get().columns)
                        style:grid-auto-rows=move || format!("{}px", grid.get().pitch)
                    >
                        <PaintedCells cells columns=Signal::derive(move || grid.get().columns) />
                        <For each=move || cells.get() key=|id| *id let(id)>
                            <Cell id />
                        </For>
                    </div>
                </div>
            </div>
            <Show when=move || count.get() == 0>
                <p class="gallery-empty">"No pictures yet. Drop some anywhere, or press Shapes or Fashion."</p>
            </Show>
            <SelectionBar tall />
        </section>
    }
}

/// The pictures in sight, all on one canvas.
#[component]
fn PaintedCells(cells: Memo<Vec<PictureId>>, columns: Signal<usize>) -> impl IntoView {
    let session = Session::expect();
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        let (cells, columns) = (cells.get(), columns.get());
        session.peek(|state| {
            let entries = cells.iter().filter_map(|id| state.pictures.get(*id));
            let pictures: Vec<_> = entries.map(|entry| entry.image.rgb()).collect();
            let sheet = contact_sheet(&pictures, SIDE, columns);
            paint::rgba(&canvas, &sheet.rgba, sheet.width, sheet.height);
        });
    });
    view! { <canvas class="gallery-sheet" node_ref=canvas aria-hidden="true"></canvas> }
}

/// The place of one picture, to be picked out.
#[component]
fn Cell(id: PictureId) -> impl IntoView {
    let session = Session::expect();
    let name = title(session, id);
    view! {
        <div
            class="gallery-cell"
            role="option"
            id=option_id(id)
            title=name.clone()
            aria-label=name
            aria-selected=move || (selected(session) == Some(id)).to_string()
            on:click=move |_| pick(session, id)
        ></div>
    }
}

/// What is picked out, and what can be done with it.
#[component]
fn SelectionBar(tall: RwSignal<bool>) -> impl IntoView {
    let session = Session::expect();
    let picked = move || {
        session.read([Part::Selection, Part::Pictures], |state| {
            state.selected.filter(|id| state.pictures.get(*id).is_some())
        })
    };
    let words =
        move || picked().map_or("Pick a picture to see its nearest.".to_owned(), |id| title(session, id));
    let remove = move |_| {
        if let Some(id) = selected(session) {
            session.remove(id);
        }
    };
    view! {
        <div class="gallery-bar">
            <p class="gallery-picked">{words}</p>
            <button class="button quiet" type="button" disabled=move || picked().is_none() on:click=remove>
                "Remove picture"
            </button>
            <button
                class="button quiet"
                type="button"
                aria-expanded=move || tall.get().to_string()
                on:click=move |_| tall.update(|tall| *tall = !*tall)
            >
                {move || if tall.get() { "Show fewer" } else { "Show more" }}
            </button>
        </div>
    }
}

fn selected(session: Session) -> Option<PictureId> {
    session.read([Part::Selection], |state| state.selected)
}

fn option_id(id: PictureId) -> String {
    format!("picture-{id}")
}

/// Picks a picture out and shows its neighbours, or lets it be labelled.
fn pick(session: Session, id: PictureId) {
    session.change(|state| {
        state.select(id);
        if state.tab != Tab::Labels {
            state.choose_tab(Tab::Neighbours);
        }
    });
}

/// Arrow keys move the choice, Enter shows the neighbours, Delete removes.
fn press(session: Session, grid: Grid, viewport: NodeRef<html::Div>, event: &ev::KeyboardEvent) {
    let selected = session.peek(|state| state.selected);
    match (event.key().as_str(), selected) {
        ("Enter" | " ", Some(id)) => pick(session, id),
        ("Delete", Some(id)) => session.remove(id),
        (key, _) => {
            let target = session.peek(|state| {
                let row = selected.map_or(Some(0), |id| state.pictures.row(id))?;
                let cell = grid.neighbour(row, key)?;
                state.pictures.entries().get(cell).map(|entry| (cell, entry.id))
            });
            let Some((cell, id)) = target else { return };
            session.change(|state| state.select(id));
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
