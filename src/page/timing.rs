//! Waiting, by the browser's clocks.

use std::time::Duration;

use futures_channel::oneshot;
use leptos::prelude::{document, request_animation_frame, set_timeout, window};

use crate::event_loop::EventLoop;

/// Calls back in the next frame, or soon in a tab that draws no frames.
pub fn next_frame(callback: impl FnOnce() + 'static) {
    if document().hidden() {
        after(50, callback);
    } else {
        request_animation_frame(callback);
    }
}

/// Calls back after some milliseconds.
pub fn after(milliseconds: u64, callback: impl FnOnce() + 'static) {
    set_timeout(callback, Duration::from_millis(milliseconds));
}

/// Returns a channel that receives after some milliseconds.
pub fn timeout(milliseconds: u64) -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    after(milliseconds, move || {
        sender.send(()).ok();
    });
    receiver
}

/// Waits as [`next_frame`] does.
pub async fn frame() {
    let (sender, receiver) = oneshot::channel();
    next_frame(move || {
        sender.send(()).ok();
    });
    receiver.await.ok();
}

/// Yields to the browser for drawing and input.
pub async fn yield_to_event_loop() {
    EventLoop::default().yield_to().await;
}

/// Returns milliseconds on a monotonic clock.
pub fn now() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}
