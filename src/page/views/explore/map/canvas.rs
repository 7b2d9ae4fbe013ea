//! The canvas of the map: pictures that can be pointed at, moved and magnified.

mod atlas;
mod brush;
mod layer;
mod pointers;
pub mod scene;

use leptos::{ev, html, prelude::*};

use super::{
    canvas::{
        pointers::{Gesture, Pointers},
        scene::Scene,
    },
    kinds::kinds,
};
use crate::{
    page::{
        components::{
            canvas::measure::follow_size,
            dynamic::{effect, handler},
        },
        input::{media, selection_range},
        state::{SelectionRange, State},
        store::Store,
        timing,
    },
    plot::map::{Point, encloses, in_rows, point_at, point_towards},
    protocol::{Map, PictureId},
};

/// Magnification by one press of a button or key.
const ZOOM: f32 = 1.4;

/// Distance by which Shift and an arrow key move the map, in pixels.
const PAN: f32 = 60.0;

/// Number of pixels per CSS pixel in a saved picture of the map.
const FINE: f64 = 2.0;

/// What mouse and keys do.
const HINT: &str = "Drag to move, turn the wheel to zoom, hold Shift and draw around pictures to select them. Arrow keys go from picture to picture.";

/// What fingers do.
const FINGER_HINT: &str =
    "Drag to move, pinch to zoom. Press the loop to draw around pictures and select them.";

/// State shared by all of the map's handlers.
#[derive(Clone, Copy)]
struct Handles {
    store: Store,
    canvas: NodeRef<html::Canvas>,
    /// Width and height, in CSS pixels.
    size: Signal<(f64, f64)>,
    scene: StoredValue<Scene, LocalStorage>,
    pointers: StoredValue<Pointers, LocalStorage>,
    pointed: RwSignal<Option<PictureId>>,
    /// Whether dragging draws an outline around pictures.
    outlining: RwSignal<bool>,
}

/// The map; the picture pointed at is reported through `pointed`.
#[component]
pub fn MapView(
    /// Accessible description of the map.
    #[prop(into)]
    label: Signal<String>,
    /// The picture pointed at.
    pointed: RwSignal<Option<PictureId>>,
    /// The kind to which the map draws attention.
    emphasis: Signal<Option<usize>>,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let map = Handles {
        store: Store::expect(),
        canvas: NodeRef::new(),
        size: follow_size(frame),
        scene: StoredValue::new_local(Scene::default()),
        pointers: StoredValue::new_local(Pointers::default()),
        pointed,
        outlining: RwSignal::new(false),
    };
    map.follow();
    effect(move || {
        let kind = emphasis.get();
        map.scene.update_value(|scene| scene.emphasise(kind));
        map.draw_soon();
    });
    // The browser's own zoom, with Ctrl, is never meant here.
    let wheel = move |event: ev::WheelEvent| {
        if event.delta_y() < 0.0
            || event.ctrl_key()
            || map.scene.with_value(|scene| scene.is_magnified(map.size()))
        {
            event.prevent_default();
            let place = [event.offset_x() as f32, event.offset_y() as f32];
            map.zoom((-event.delta_y() as f32 / 240.0).exp(), Some(place));
        }
    };
    let press = move |event: ev::PointerEvent| {
        map.handle(&event, &|pointers| {
            pointers.press(&event, map.outlining.get_untracked() || event.shift_key())
        })
    };
    view! {
        <div class="map-frame" node_ref=frame>
            <canvas
                class="map"
                class:outlining=map.outlining
                role="application"
                tabindex="0"
                aria-roledescription="map"
                aria-label=move || map.description(&label.get())
                node_ref=map.canvas
                on:pointerdown=handler(press)
                on:pointermove=handler(move |event: ev::PointerEvent| map.handle(&event, &|pointers| pointers.shift(&event)))
                on:pointerup=handler(move |event: ev::PointerEvent| map.handle(&event, &|pointers| pointers.lift(&event)))
                on:pointercancel=handler(move |event: ev::PointerEvent| map.handle(&event, &|pointers| pointers.lose(&event)))
                on:pointerleave=handler(move |_| pointed.set(None))
                on:wheel=handler(wheel)
                on:dblclick=handler(move |_| map.fit())
                on:keydown=handler(move |event: ev::KeyboardEvent| map.press(&event))
                on:finer=handler(move |_: ev::Event| map.draw_finely())
            ></canvas>
            <div class="map-tools">
                <button class="button" type="button" aria-label="Zoom in" on:click=handler(move |_| map.zoom(ZOOM, None))>"+"</button>
                <button class="button" type="button" aria-label="Zoom out" on:click=handler(move |_| map.zoom(1.0 / ZOOM, None))>"−"</button>
                <button class="button" type="button" on:click=handler(move |_| map.fit())>"Fit"</button>
                <button
                    class="button"
                    type="button"
                    aria-label="Select by outline"
                    title="Draw around pictures to select them"
                    aria-pressed=move || map.outlining.get().to_string()
                    on:click=handler(move |_| map.outlining.update(|outlining| *outlining = !*outlining))
                >
                    <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M7 13C0 12 1 3 10 3s11 8 3 10c-4 1-7-1-6 1s0 3-2 3"></path></svg>
                </button>
            </div>
        </div>
        <p class="note map-hint" data-control="">{media::hint(HINT, FINGER_HINT)}</p>
    }
}

impl Handles {
    /// Redraws whenever visible data changes.
    fn follow(self) {
        effect(move || {
            self.store.with(|state| {
                self.scene.update_value(|scene| take_over(scene, state));
            });
            self.draw_soon();
        });
        effect(move || {
            self.store.track(|state| state.selection.field().with(state.selected.field()));
            self.scene.update_value(Scene::outdate);
            self.draw_soon();
        });
        effect(move || {
            self.store.track(|state| state.search.field().with(state.chosen_stage.field()));
            self.pointed.track();
            self.size.track();
            self.canvas.track();
            self.draw_soon();
        });
    }

    fn size(self) -> Point {
        let (width, height) = self.size.get_untracked();
        [width as f32, height as f32]
    }

    fn draw_soon(self) {
        let first = self.scene.try_update_value(|scene| !std::mem::replace(&mut scene.awaited, true));
        if first == Some(true) {
            timing::next_frame(move || self.draw());
        }
    }

    /// Redraws at higher resolution, for a picture of the map to be saved now.
    fn draw_finely(self) {
        self.draw_at(FINE.max(window().device_pixel_ratio()));
        self.draw_soon();
    }

    fn draw(self) {
        self.draw_at(window().device_pixel_ratio());
    }

    /// Draws with this many pixels per CSS pixel.
    fn draw_at(self, density: f64) {
        // The frame may come after the tab has been closed.
        let Some(Some(canvas)) = self.canvas.try_get_untracked() else {
            self.scene.try_update_value(|scene| scene.awaited = false);
            return;
        };
        let size = self.size();
        let mut marked = self.store.with_untracked(State::marked);
        marked.extend(self.pointed.get_untracked());
        let more = self.store.with_untracked(|state| {
            self.scene.try_update_value(|scene| {
                scene.awaited = false;
                let more = scene.advance(timing::now(), state);
                let outline = self.pointers.with_value(|pointers| pointers.outline.clone());
                scene.paint(&canvas, (size, density), state, &marked, &outline);
                more
            })
        });
        if more == Some(true) {
            self.draw_soon();
        }
    }

    fn handle(self, event: &ev::PointerEvent, take: &dyn Fn(&mut Pointers) -> Option<Gesture>) {
        let gesture = self.pointers.try_update_value(|pointers| take(pointers)).flatten();
        self.obey(gesture, selection_range::of_click(event));
    }

    fn obey(self, gesture: Option<Gesture>, range: SelectionRange) {
        let size = self.size();
        match gesture {
            None => {}
            Some(Gesture::Point(place)) => {
                let found = self.scene.with_value(|scene| scene.picture_at(place, size));
                if self.pointed.get_untracked() != found {
                    self.pointed.set(found);
                }
            }
            Some(Gesture::Pick(place)) => {
                if let Some(id) = self.scene.with_value(|scene| scene.picture_at(place, size)) {
                    self.choose(
                        if range == SelectionRange::One { range } else { SelectionRange::Toggle },
                        id,
                    );
                }
            }
            Some(Gesture::Draw) => self.draw_soon(),
            Some(Gesture::Enclose(outline)) => {
                let found = self.scene.with_value(|scene| {
                    let places = scene.places(size);
                    let within =
                        places.iter().zip(&scene.pictures).filter(|(place, _)| encloses(&outline, **place));
                    within.map(|(_, id)| *id).collect::<Vec<_>>()
                });
                let is_held = match range {
                    SelectionRange::One => false,
                    SelectionRange::Toggle => true,
                    // Without the mode, Shift only means to draw.
                    SelectionRange::Range => self.outlining.get_untracked(),
                };
                self.store.update(|state| {
                    let adds = is_held || state.selection.is_adding();
                    let kept: Vec<_> = state.selection.iter().filter(|_| adds).collect();
                    state.select_all(kept.into_iter().chain(found));
                });
                self.draw_soon();
            }
            Some(Gesture::Pan(way)) => self.pan(way),
            Some(Gesture::Pinch { factor, place, way }) => {
                self.pan(way);
                self.zoom(factor, Some(place));
            }
        }
    }

    fn pan(self, way: Point) {
        let size = self.size();
        self.scene.update_value(|scene| {
            let mut viewport = scene.viewport(size);
            viewport.pan(way);
            scene.chosen = Some(viewport);
        });
        self.draw_soon();
    }

    /// Magnifies about a place on the screen, or about its middle.
    fn zoom(self, factor: f32, place: Option<Point>) {
        let size = self.size();
        let place = place.unwrap_or(size.map(|side| 0.5 * side));
        self.scene.update_value(|scene| {
            let mut viewport = scene.viewport(size);
            let whole = scene.whole(size);
            viewport.zoom(factor, place, size, whole);
            scene.chosen = (viewport.scale > whole.scale).then_some(viewport);
        });
        self.draw_soon();
    }

    /// Shows the whole map.
    fn fit(self) {
        self.scene.update_value(|scene| scene.chosen = None);
        self.draw_soon();
    }

    fn press(self, event: &ev::KeyboardEvent) {
        let direction = match event.key().as_str() {
            "ArrowLeft" => [-1.0, 0.0],
            "ArrowRight" => [1.0, 0.0],
            "ArrowUp" => [0.0, -1.0],
            "ArrowDown" => [0.0, 1.0],
            key => {
                match key {
                    "+" | "=" => self.zoom(ZOOM, None),
                    "-" => self.zoom(1.0 / ZOOM, None),
                    "0" => self.fit(),
                    " " | "x" => {
                        if let Some(id) = self.store.with_untracked(|state| *state.selected) {
                            self.choose(SelectionRange::Toggle, id);
                        }
                    }
                    "Escape" => self.store.update(|state| state.clear_selection()),
                    _ => return,
                }
                return event.prevent_default();
            }
        };
        event.prevent_default();
        if event.shift_key() {
            self.pan(direction.map(|step| -PAN * step));
        } else {
            self.step(direction, selection_range::of_key(event));
        }
    }

    /// Changes the selection by a picture, and focuses it.
    fn choose(self, range: SelectionRange, id: PictureId) {
        self.store.update(|state| {
            state.choose(range, id, &[]);
            state.focus(id);
        });
    }

    /// Selects the next picture in a direction, or the one nearest to the middle; with Control, it is only
    /// focused.
    fn step(self, direction: Point, range: SelectionRange) {
        let size = self.size();
        let selected = self.store.with_untracked(|state| *state.selected);
        let middle = size.map(|side| 0.5 * side);
        let target = self.scene.try_update_value(|scene| {
            let places = scene.places(size);
            let from = selected.and_then(|id| scene.pictures.iter().position(|picture| *picture == id));
            let next = match from {
                Some(from) => point_towards(&places, from, direction)?,
                None => point_at(&places, middle, f32::INFINITY)?,
            };
            let place = places[next];
            if !(0..2).all(|axis| (0.0..size[axis]).contains(&place[axis])) {
                let mut viewport = scene.viewport(size);
                viewport.pan([middle[0] - place[0], middle[1] - place[1]]);
                scene.chosen = Some(viewport);
            }
            scene.pictures.get(next).copied()
        });
        match target {
            Some(Some(id)) if range == SelectionRange::One => self.store.update(|state| state.select(id)),
            Some(Some(id)) => self.store.update(|state| state.focus(id)),
            _ => {}
        }
    }

    /// Describes the map and the focused picture.
    fn description(self, heading: &str) -> String {
        let name = self.store.with(|state| {
            let picked = state.selected.filter(|id| state.pictures.get(*id).is_some());
            picked.map(|id| state.pictures.name(id).to_owned())
        });
        match name {
            Some(name) => format!("Map of the set. {heading} Picked: {name}."),
            None => format!("Map of the set. {heading}"),
        }
    }
}

/// Updates the scene to the state's map and its colours. Until the pictures are placed, they stand in their
/// order, without names.
fn take_over(scene: &mut Scene, state: &State) {
    let kinds = |map: Option<&Map>| kinds(state, map.map_or(state.shown_stage(), |map| map.stage));
    let (pictures, targets, kinds) = match (state.replayed(), state.map()) {
        (Some(moment), map) => (state.moments.pictures.clone(), Some(moment.points.clone()), kinds(map)),
        (None, Some(map)) => {
            let points = map.points.0.chunks_exact(2).map(|point| [point[0], point[1]]);
            (map.pictures.clone(), Some(points.collect()), kinds(Some(map)))
        }
        (None, None) => (state.order(), None, kinds(None)),
    };
    let is_placed = targets.is_some();
    let (pictures, targets) = match targets {
        Some(targets) => pictures.into_iter().zip(targets).filter(|(id, _)| state.shows(*id)).unzip(),
        None => {
            let pictures: Vec<_> = pictures.into_iter().filter(|id| state.shows(*id)).collect();
            let targets = in_rows(pictures.len());
            (pictures, targets)
        }
    };
    scene.pitch = match &targets[..] {
        [first, second, ..] if !is_placed => Some(second[0] - first[0]),
        _ => None,
    };
    scene.send(&pictures, targets, !is_placed || media::is_motion_reduced());
    let of = pictures.iter().map(|id| kinds.of(state, *id)).collect();
    scene.distinguish(of, if is_placed { kinds.names } else { Vec::new() });
}
