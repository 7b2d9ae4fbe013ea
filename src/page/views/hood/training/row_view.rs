//! One row of the batch matrix in detail: from two views to the anchor's loss.

use leptos::{html, prelude::*};
use web_sys::HtmlCanvasElement;

use super::row::{LossTerms, Other, Row, position_of, temperature_at};
use crate::{
    image::SIDE,
    page::{
        components::{
            canvas::{
                paint,
                png_button::PngButton,
                thumbnail::{Painted, Thumbnail, title},
            },
            controls::{Slider, explain::Explain},
            dynamic::{Memo, When, dynamic, effect, handler, memo},
        },
        state::State,
        store::Store,
        words::{self, glossary, three_digits},
    },
    protocol::PictureId,
};

/// Number of other views in the table.
const LISTED: usize = 8;

/// The inspected row, while there is one.
#[component]
pub fn RowView() -> impl IntoView {
    let store = Store::expect();
    let section = NodeRef::<html::Section>::new();
    // Once for each opening: a run that starts over does not scroll the page.
    let brought = StoredValue::new(false);
    effect(move || {
        let wanted = store.with(|state| state.run.inspected.is_some());
        match section.get() {
            Some(section) if wanted && !brought.get_value() => {
                brought.set_value(true);
                bring_into_view(&section);
            }
            _ if !wanted => brought.set_value(false),
            _ => {}
        }
    });
    // Temperature that the user tries out; training keeps its own.
    let tried = RwSignal::new(None::<f32>);
    let row = memo(move || {
        store.with(|state| {
            let batch = state.run.batch.as_ref()?;
            Row::new(batch, state.run.inspected? as usize, tried.get())
        })
    });
    let soft = memo(move || {
        row.with(|row| row.as_ref().is_some_and(|row| !matches!(row.terms, LossTerms::Distances { .. })))
    });
    view! {
        <When holds=move || row.with(Option::is_some)>
            <section class="row-view" data-figure="row" aria-labelledby="row-view-name" node_ref=section>
                <Heading row />
                <div class="row-part">
                    <RowPictures row />
                    <Formula row />
                </div>
                <div class="row-part">
                    <When holds=move || soft.get()>
                        <Temperature row tried />
                        <Bars row />
                        <Table row />
                    </When>
                    <When holds=move || !soft.get()>
                        <Distances row />
                    </When>
                </div>
            </section>
        </When>
    }
}

/// Scrolls until an element is fully visible, or at least from its top on.
fn bring_into_view(element: &web_sys::Element) {
    let rect = element.get_bounding_client_rect();
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    if rect.bottom() > height {
        element.scroll_into_view_with_bool(rect.height() > height);
    }
}

/// The anchor's picture and view, and a button that closes the row.
#[component]
fn Heading(row: Memo<Option<Row>>) -> impl IntoView {
    let store = Store::expect();
    let name = Signal::derive(move || {
        let shown = row.with(|row| row.as_ref().map(|row| row.anchor)).zip(step(store));
        shown.map_or_else(String::new, |(anchor, step)| {
            format!("Inside row {} of step {step}: {}", anchor + 1, view_name(store, anchor))
        })
    });
    view! {
        <header class="row-head">
            <h2 id="row-view-name">{name}</h2>
            <Explain term=glossary::ROW />
            <PngButton name="Row" />
            <button
                class="dismiss"
                type="button"
                aria-label="Close the row"
                on:click=handler(move |_| store.update(|state| state.inspect(None)))
            >
                "×"
            </button>
        </header>
    }
}

/// The views themselves: anchor, positive and, for triplets, the negative.
#[component]
fn RowPictures(row: Memo<Option<Row>>) -> impl IntoView {
    let store = Store::expect();
    let shown = memo(move || row.with(|row| row.as_ref().map(shown_views).unwrap_or_default()));
    let figure = move |(place, role, view): (usize, &'static str, usize)| {
        view! {
            <figure>
                <ViewCanvas place view />
                <figcaption><strong>{role}</strong> " " {move || view_name(store, view)}</figcaption>
            </figure>
        }
    };
    view! {
        <div class="row-pictures">{dynamic(move || shown.get().into_iter().map(figure).collect_view())}</div>
    }
}

/// Returns the indices, roles and matrix rows of the views to show.
fn shown_views(row: &Row) -> Vec<(usize, &'static str, usize)> {
    let mut shown = vec![(0, "Anchor:", row.anchor), (1, "Its twin:", row.positive().view)];
    if let LossTerms::Distances { negative, .. } = row.terms {
        shown.push((2, "Its negative:", negative));
    }
    shown
}

/// One view as the network received it; its picture until the view has arrived.
#[component]
fn ViewCanvas(place: usize, view: usize) -> impl IntoView {
    let store = Store::expect();
    let paint = move |canvas: &HtmlCanvasElement| {
        store.with(|state| match arrived_view(state, place) {
            Some((rgb, side)) => paint::rgb(canvas, rgb, side),
            None => {
                let entry = picture(state, view).and_then(|id| state.pictures.get(id));
                if let Some(entry) = entry {
                    paint::rgb(canvas, entry.image.rgb(), SIDE);
                }
            }
        });
    };
    view! { <Painted paint /> }
}

/// Returns the bytes and the side of a view of the row, if it belongs to the present batch.
fn arrived_view(state: &State, place: usize) -> Option<(&[u8], usize)> {
    let (views, batch) = (state.run.row_views.as_ref()?, state.run.batch.as_ref()?);
    if views.step != batch.step || Some(views.anchor) != state.run.inspected {
        return None;
    }
    let side = views.side as usize;
    let bytes = side * side * 3;
    Some((views.rgb.get(place * bytes..(place + 1) * bytes)?, side))
}

/// A slider for τ, and a button that restores the one in training.
#[component]
fn Temperature(row: Memo<Option<Row>>, tried: RwSignal<Option<f32>>) -> impl IntoView {
    let store = Store::expect();
    let present = move || row.with(|row| row.as_ref().map_or(0.1, |row| row.temperature));
    let trained = move || {
        store.with(|state| state.run.batch.as_ref().map_or(0.1, |batch| f64::from(batch.details.temperature)))
    };
    view! {
        <div class="row-temperature">
            <Slider
                name="Temperature τ, tried out here"
                label="Temperature, tried out on this row"
                value=Signal::derive(move || position_of(present() as f32))
                words=Signal::derive(move || three_digits(present()))
                step="0.005"
                on_input=move |position| tried.set(Some(temperature_at(position)))
            />
            <button
                class="button quiet"
                type="button"
                disabled=move || tried.get().is_none()
                on:click=handler(move |_| tried.set(None))
            >
                {move || format!("Back to {}, as in training", three_digits(trained()))}
            </button>
        </div>
    }
}

/// The share or answer of every other view, the most similar first.
#[component]
fn Bars(row: Memo<Option<Row>>) -> impl IntoView {
    let drawn = dynamic(move || row.with(|row| row.as_ref().map(bars)));
    let label = Signal::derive(move || row.with(|row| row.as_ref().map_or_else(String::new, summary)));
    view! {
        <figure class="row-bars">
            <figcaption>{label}</figcaption>
            <div role="img" aria-label=label>{drawn}</div>
        </figure>
    }
}

/// Draws one bar for each other view, relative to the highest.
fn bars(row: &Row) -> impl IntoView + use<> {
    let highest = row.others.iter().map(|other| other.share).fold(f64::MIN_POSITIVE, f64::max);
    let bar = |(place, other): (usize, &Other)| {
        let (left, height) = (place as f64 + 0.1, other.share / highest);
        view! {
            <rect
                class="bar"
                class:positive=other.is_positive
                x=left
                width="0.8"
                y=1.0 - height
                height=height
            ></rect>
        }
    };
    let bars = row.others.iter().enumerate().map(bar).collect_view();
    view! {
        <svg viewBox=format!("0 0 {} 1", row.others.len()) preserveAspectRatio="none" aria-hidden="true">
            {bars}
        </svg>
    }
}

/// Describes the bars in a sentence.
fn summary(row: &Row) -> String {
    let positive = row.positive();
    let share = words::percent(positive.share as f32);
    let highest = row.others.iter().map(|other| other.share).fold(0.0, f64::max);
    let outcome = if positive.share >= highest {
        format!("Its favourite is the true twin (orange), with {share}.")
    } else {
        format!("Its favourite gets {}; the true twin (orange) gets {share}.", words::percent(highest as f32))
    };
    let others = row.others.len();
    match row.terms {
        LossTerms::Questions { .. } => {
            format!("How sure the network is that each of {others} candidates is the same picture. {outcome}")
        }
        LossTerms::Ratio { .. } => format!(
            "How much each candidate weighs against all {} wrong ones together (exp(s/τ) ÷ their sum). {outcome}",
            others - 1
        ),
        _ => format!("How the network splits its bet over {others} candidates (softmax). {outcome}"),
    }
}

/// The numbers of the foremost bars.
#[component]
fn Table(row: Memo<Option<Row>>) -> impl IntoView {
    let store = Store::expect();
    let asks = move || {
        row.with(|row| row.as_ref().is_some_and(|row| matches!(row.terms, LossTerms::Questions { .. })))
    };
    let heads = dynamic(move || {
        if asks() {
            ["View", "s", "s/τ + b", "Yes", "−log"]
        } else {
            ["View", "s", "s/τ", "exp(s/τ)", "Share"]
        }
        .map(|head| view! { <th scope="col">{head}</th> })
    });
    let lines = dynamic(move || {
        row.with(|row| {
            let foremost = row.iter().flat_map(|row| row.foremost(LISTED));
            foremost.map(|other| line(store, other, asks())).collect_view()
        })
    });
    view! {
        <table class="row-table">
            <caption class="visually-hidden">"The most similar views and the twin, in numbers"</caption>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
    }
}

fn line(store: Store, other: &Other, asks: bool) -> impl IntoView + use<> {
    let (view, is_positive) = (other.view, other.is_positive);
    let share = format!("{:.1}%", other.share * 100.0);
    let last =
        if asks { [share, three_digits(other.cost)] } else { [words::exponential(other.logit), share] };
    let numbers = [three_digits(other.similarity), three_digits(other.logit)].into_iter().chain(last);
    let (picture, name) = store.with_untracked(|state| (picture(state, view), view_in_short(state, view)));
    view! {
        <tr class:positive=is_positive>
            <th scope="row">
                <span class="row-other">
                    <Thumbnail picture />
                    <span>{name} {is_positive.then_some(", the twin")}</span>
                </span>
            </th>
            {numbers.map(|number| view! { <td>{number}</td> }).collect_view()}
        </tr>
    }
}

/// The two distances of a triplet as bars, with the margin between them.
#[component]
fn Distances(row: Memo<Option<Row>>) -> impl IntoView {
    let drawn = dynamic(move || {
        row.with(|row| {
            let LossTerms::Distances { to_positive, to_negative, margin, .. } = row.as_ref()?.terms else {
                return None;
            };
            let wanted = to_positive + margin;
            let widest = wanted.max(to_negative).max(f64::MIN_POSITIVE);
            let verdict = if to_negative >= wanted {
                "Far enough: this anchor costs nothing and teaches nothing.".to_owned()
            } else {
                format!("Too near by {}, which is this anchor’s loss.", three_digits(wanted - to_negative))
            };
            let bar = |name: &'static str, class: &'static str, value: f64| {
                view! {
                    <p class="distance">
                        <span>{name}</span>
                        <span class="distance-track">
                            <span class=class style:width=format!("{:.1}%", value / widest * 100.0)></span>
                        </span>
                        <span class="distance-value">{three_digits(value)}</span>
                    </p>
                }
            };
            Some(view! {
                {bar("To the twin", "distance-bar positive", to_positive)}
                {bar("… plus the margin", "distance-bar margin", wanted)}
                {bar("To the negative", "distance-bar", to_negative)}
                <p class="note">"Squared distances on the unit sphere, d² = 2 − 2s. " {verdict}</p>
            })
        })
    });
    view! { <div class="distances">{drawn}</div> }
}

/// The formula with its numbers.
#[component]
fn Formula(row: Memo<Option<Row>>) -> impl IntoView {
    let lines = dynamic(move || {
        row.with(|row| {
            let lines = row.as_ref().map(Row::formula).unwrap_or_default();
            lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()
        })
    });
    view! { <ul class="formula" aria-label="The loss of this anchor, the numbers in place">{lines}</ul> }
}

/// Returns the step of the present batch.
fn step(store: Store) -> Option<u32> {
    store.with(|state| state.run.batch.as_ref().map(|batch| batch.step))
}

/// Returns the picture that a row of the batch matrix is a view of.
fn picture(state: &State, view: usize) -> Option<PictureId> {
    let pictures = &state.run.batch.as_ref()?.pictures;
    pictures.get(view % pictures.len().max(1)).copied()
}

/// Names a view in a table: "heart 12.png, view 2".
fn view_in_short(state: &State, view: usize) -> Option<String> {
    let pairs = state.run.batch.as_ref()?.pictures.len();
    let name = &state.pictures.get(picture(state, view)?)?.name;
    Some(format!("{name}, view {}", if view < pairs { 1 } else { 2 }))
}

/// Names a view: first or second, and its picture.
fn view_name(store: Store, view: usize) -> String {
    let found = store.with(|state| {
        let pairs = state.run.batch.as_ref()?.pictures.len();
        Some((if view < pairs { "first" } else { "second" }, picture(state, view)?))
    });
    found.map_or_else(String::new, |(which, id)| format!("the {which} view of {}", title(store, id)))
}
