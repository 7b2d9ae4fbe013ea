//! The silhouette by number of groups, from which a number can be picked.

use leptos::{ev, html, prelude::*};

use crate::{
    page::{
        components::{
            canvas::{measure::follow_size, png_button::PngButton},
            curve::grid,
            dynamic::{Memo, dynamic, handler, memo},
        },
        state::State,
        store::Store,
        words,
    },
    plot::chart::{Axes, Frame, extent, path},
    protocol::Stage,
};

/// Pairs of a number of groups and its silhouette.
type Points = Vec<(f32, f32)>;

/// The silhouette by number of groups, with the present number marked. The slider above it does the
/// same by keyboard.
#[component]
pub fn SilhouetteCurve(stage: Memo<Stage>) -> impl IntoView {
    let store = Store::expect();
    let plot = NodeRef::<html::Div>::new();
    let size = follow_size(plot);
    let points = memo(move || store.with(|state| points(state, stage.get())));
    let shown = Signal::derive(move || {
        store.with(|state| state.partition(stage.get()).map_or(0, |partition| partition.groups.len()))
    });
    let label = Signal::derive(move || {
        let at = |(count, value): &(f32, f32)| format!("{count}: {}", words::similarity(*value));
        let all: Vec<_> = points.with(|points| points.iter().map(at).collect());
        format!("Silhouette by the number of groups. {}", all.join(", "))
    });
    let drawn = dynamic(move || points.with(|points| draw(points, shown.get(), size.get())));
    let pick = move |event: ev::MouseEvent| {
        let found = points.with_untracked(|points| {
            let (frame, axes) = geometry(points, size.get_untracked())?;
            Some(frame.value_at(&axes, event.offset_x() as f32).round().clamp(axes.x.0, axes.x.1) as usize)
        });
        if let Some(count) = found {
            store.update(|state| state.make_groups(Some(count)));
        }
    };
    view! {
        <figure class="silhouette" data-figure="silhouette" hidden=move || points.with(Vec::is_empty)>
            <figcaption class="note">
                "How clear each number of groups is (silhouette). Click the one you want. " <PngButton name="Silhouette" />
            </figcaption>
            <div class="plot" node_ref=plot role="img" aria-label=label on:click=handler(pick)>
                {drawn}
            </div>
        </figure>
    }
}

fn points(state: &State, stage: Stage) -> Points {
    let partitions = state.clustering(stage).map_or(&[][..], |clustering| &clustering.partitions);
    partitions.iter().map(|partition| (partition.groups.len() as f32, partition.silhouette)).collect()
}

fn geometry(points: &Points, size: (f64, f64)) -> Option<(Frame, Axes)> {
    let (first, last) = (points.first()?.0, points.last()?.0);
    let y = extent(points.iter().map(|point| point.1), (f32::NEG_INFINITY, 1.0))?;
    let axes = Axes { x: (first, last.max(first + 1.0)), y };
    Some((Frame::inside(size, &axes)?, axes))
}

fn draw(points: &Points, shown: usize, size: (f64, f64)) -> Option<AnyView> {
    let (frame, axes) = geometry(points, size)?;
    let dot = |(count, value): &(f32, f32)| {
        let radius = if *count as usize == shown { "5" } else { "2.5" };
        view! { <circle class="curve-dot" cx=frame.x(&axes, *count) cy=frame.y(&axes, *value) r=radius></circle> }
            .into_any()
    };
    let dots: Vec<_> = points.iter().map(dot).collect();
    let (width, height) = size;
    let view = view! {
        <svg width=width height=height aria-hidden="true">
            {grid(frame, axes)}
            <path class="curve-smooth" d=path(points, &axes, &frame)></path>
            {dots}
        </svg>
    };
    Some(view.into_any())
}
