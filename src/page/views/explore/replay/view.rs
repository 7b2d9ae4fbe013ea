//! The slider that plays a run again, on the map and among the neighbours.

use std::time::Duration;

use leptos::prelude::*;

use super::video::{self, Recording};
use crate::page::{
    components::{
        controls::Slider,
        dynamic::{When, effect, handler, memo},
    },
    lazy::loader,
    state::State,
    store::Store,
    words,
};

/// Time for which each moment is shown.
const BEAT: Duration = Duration::from_millis(700);

/// The slider, with buttons that play it and save it as a video, once there is something to compare.
#[component]
pub fn Replay() -> impl IntoView {
    let store = Store::expect();
    let is_worth = Signal::derive(move || store.with(|state| state.moments.moments.len() >= 2));
    view! {
        <When holds=is_worth>
            <Player />
        </When>
    }
}

#[component]
fn Player() -> impl IntoView {
    let store = Store::expect();
    let playing = RwSignal::new(false);
    let place = memo(move || store.with(|state| state.moments.place()));
    let last = Signal::derive(move || store.with(last_place) as f32);
    let words = Signal::derive(move || store.with(moment));
    let show = move |value: f32| {
        playing.set(false);
        store.update(|state| state.replay(value as usize));
    };
    let play = move |_| {
        playing.update(|playing| *playing = !*playing);
        if playing.get_untracked() {
            store.update(|state| {
                if state.moments.place() == last_place(state) {
                    state.replay(0);
                }
            });
        }
    };
    // Shows one moment after the other until the present or until stopped.
    effect(move || {
        if playing.get() {
            let beat = set_interval_with_handle(move || play_next(store, playing), BEAT);
            on_cleanup(move || beat.into_iter().for_each(|beat| beat.clear()));
        }
    });
    view! {
        <div class="replay" data-control="" class:past=move || store.with(|state| state.replayed().is_some())>
            <button
                class="button"
                type="button"
                aria-label=move || if playing.get() { "Stop the replay" } else { "Play the run" }
                on:click=handler(play)
            >
                {move || if playing.get() { "Stop" } else { "Play" }}
            </button>
            <Slider
                name="The run"
                label="Moment of the run"
                value=Signal::derive(move || place.get() as f32)
                words
                max=last
                step="1"
                on_input=show
            />
            <SaveVideo />
        </div>
    }
}

/// Shows the next moment, and stops at the present.
fn play_next(store: Store, playing: RwSignal<bool>) {
    let is_over = store.update(|state| {
        let next = state.moments.place() + 1;
        state.replay(next);
        next >= last_place(state)
    });
    if is_over {
        playing.set(false);
    }
}

fn last_place(state: &State) -> usize {
    state.moments.moments.len().saturating_sub(1)
}

/// Describes the shown moment.
fn moment(state: &State) -> String {
    let step = state.moments.moments.get(state.moments.place()).map_or(0, |moment| moment.step);
    match (step, state.replayed()) {
        (0, _) => "before training".to_owned(),
        (step, None) => format!("now, step {}", words::count(step as usize)),
        (step, _) => format!("step {}", words::count(step as usize)),
    }
}

/// A button that saves the replay as a video; while it is recorded, it shows the progress, and cancels. A recorded
/// video can be sent, too.
#[component]
fn SaveVideo() -> impl IntoView {
    let store = Store::expect();
    let progress = RwSignal::new_local(Recording::Idle);
    let press = move |_| {
        if progress.with_untracked(video::is_under_way) {
            progress.set(Recording::Idle);
        } else {
            loader::enter(store, move |rooms| (rooms.save_video)(store, progress));
        }
    };
    let text = move || match progress.get() {
        Recording::UnderWay(share) => format!("Cancel ({})", words::percent(share)),
        Recording::Idle | Recording::Sendable(_) => "Save video".to_owned(),
    };
    let send = move |_| {
        if let Recording::Sendable(video) = progress.get_untracked() {
            loader::enter(store, move |rooms| (rooms.send_video)(store, video));
        }
    };
    let is_sendable = Signal::derive(move || progress.with(|it| matches!(it, Recording::Sendable(_))));
    view! {
        <button class="button" type="button" on:click=handler(press)>{text}</button>
        <When holds=is_sendable>
            <button class="button" type="button" on:click=handler(send)>"Send video"</button>
        </When>
        <When holds=Signal::derive(move || progress.with(video::is_under_way))>
            <canvas class="map recording" id=video::CANVAS aria-hidden="true"></canvas>
        </When>
    }
}
