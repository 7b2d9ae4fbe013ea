//! The preview of the augmentations: pictures, each with views that training would draw.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, HtmlElement};

use crate::{
    page::{
        components::{
            canvas::{
                paint,
                thumbnail::{Painted, Thumbnail},
            },
            dynamic::{When, dynamic, effect, handler, memo},
        },
        input::media,
        store::Store,
        timing,
    },
    protocol::PictureId,
};

/// Numbers of previewed pictures and of views of each, on a narrow page and on a wide one.
const NARROW: (usize, u32) = (2, 2);
const WIDE: (usize, u32) = (4, 3);

/// Period within which changes are previewed together, in milliseconds.
const SETTLING: u64 = 80;

/// Id of the heading of the section on the augmentations.
const HEADING: &str = "step-2";

/// Whether the augmentations are in hand, and where their preview is.
#[derive(Clone, Copy)]
pub struct InHand {
    /// Whether their section is open.
    pub open: RwSignal<bool>,
    /// Whether the page is narrow: the preview is then within the section, otherwise on the stage.
    pub narrow: RwSignal<bool>,
}

impl InHand {
    /// Makes it available to all views.
    pub fn provide() {
        let narrow = RwSignal::new(media::is_narrow());
        window_event_listener(ev::resize, move |_| narrow.set(media::is_narrow()));
        provide_context(Self { open: RwSignal::new(false), narrow });
    }

    /// Returns it from the component's context.
    pub fn expect() -> Self {
        expect_context()
    }
}

/// The preview on the stage, while the augmentations are in hand.
#[component]
pub fn StagePreview() -> impl IntoView {
    let InHand { open, narrow } = InHand::expect();
    let done = move |_| {
        open.set(false);
        if let Some(heading) = document().get_element_by_id(HEADING) {
            heading.unchecked_into::<HtmlElement>().focus().ok();
        }
    };
    view! {
        <When holds=Signal::derive(move || open.get() && !narrow.get())>
            <section class="stage-preview">
                <h2>"What training sees"</h2>
                <button class="button" type="button" on:click=handler(done)>
                    "Done"
                </button>
                <Preview />
            </section>
        </When>
    }
}

/// Pictures, each with views by the present settings.
#[component]
pub fn Preview() -> impl IntoView {
    let store = Store::expect();
    let (pictures, views) = if media::is_narrow() { NARROW } else { WIDE };
    let draw = RwSignal::new(0);
    let asked = StoredValue::new(false);
    let ask = move || {
        if !asked.get_value() {
            asked.set_value(true);
            timing::after(SETTLING, move || {
                // The preview may be closed by now.
                if let Some(draw) = draw.try_get_untracked() {
                    asked.set_value(false);
                    store.update(|state| state.request_views(pictures, views, draw));
                }
            });
        }
    };
    let ready =
        memo(move || store.with(|state| state.engine.environment().is_some() && !state.intake.is_active()));
    let settings = memo(move || {
        store.with(|state| (state.settings.augmentations, state.settings.side, *state.selected))
    });
    effect(move || {
        // A memo that is never read never tracks its dependencies.
        settings.get();
        draw.track();
        store.track(|state| state.pictures.field());
        if ready.get() {
            ask();
        }
    });
    let shown = memo(move || {
        store.with(|state| {
            let views = state.views.as_ref();
            views.map_or((Vec::new(), 0), |views| (views.pictures.clone(), views.views))
        })
    });
    let rows = dynamic(move || {
        let (pictures, views) = shown.get();
        let row = move |(row, picture)| view! { <PreviewRow row picture views /> };
        pictures.into_iter().enumerate().map(row).collect_view()
    });
    view! {
        <div class="preview">
            <div
                class="preview-rows"
                style=("--columns", move || (shown.get().1 + 1).to_string())
                role="img"
                aria-label="Pictures, each with views made by these settings"
            >
                {rows}
            </div>
            <p class="note">"First the picture, then views of it as training draws them."</p>
            <button class="button" type="button" on:click=handler(move |_| draw.update(|draw| *draw += 1))>
                "Other views"
            </button>
        </div>
    }
}

/// A picture and views of it.
#[component]
fn PreviewRow(row: usize, picture: PictureId, views: u32) -> impl IntoView {
    view! {
        <div class="preview-row">
            <Thumbnail picture=Some(picture) />
            {(0..views as usize).map(|view| view! { <ViewCanvas row view /> }).collect_view()}
        </div>
    }
}

/// One view of the preview.
#[component]
fn ViewCanvas(row: usize, view: usize) -> impl IntoView {
    let store = Store::expect();
    let paint = move |canvas: &HtmlCanvasElement| {
        store.with(|state| {
            let Some(views) = &*state.views else { return };
            let side = views.side as usize;
            let bytes = side * side * 3;
            let start = (row * views.views as usize + view) * bytes;
            if let Some(rgb) = views.rgb.get(start..start + bytes) {
                paint::rgb(canvas, rgb, side);
            }
        });
    };
    view! { <Painted paint /> }
}
