//! The engine in its Web Worker: a session connected to a message port.

use std::cell::RefCell;

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, MessagePort};

use super::{Progress, Session};
use crate::{
    event_loop::EventLoop,
    protocol::{self, Breakdown, Command, Event},
    replicas,
    settings::{Images, Settings},
};

/// Runs the engine, or a replica of one, for the lifetime of the worker. The worker's script has stored the port
/// to the page or to the engine in `enginePort`.
pub async fn run() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let port = js_sys::Reflect::get(&scope, &"enginePort".into());
    let port: MessagePort = port.expect("the worker's script sets the port").unchecked_into();
    let is_replica = js_sys::Reflect::get(&scope, &"isReplica".into()).unwrap_or_default();
    if is_replica.is_truthy() {
        console_error_panic_hook::set_once();
        return replicas::workers::serve(&port);
    }
    report_panics(port.clone());
    let commands = listen(&port);
    // The page's first command brings its own settings, before any device is opened.
    let session = Session::new(Settings::recommended(Images::Shapes), |event| post(&port, &event));
    serve(session, commands).await;
}

/// Alternates between commands and work, so that a command waits for at most one piece of work.
async fn serve<E: FnMut(Event)>(mut session: Session<E>, mut commands: UnboundedReceiver<Command>) {
    let mut event_loop = EventLoop::default();
    let Some(first) = commands.next().await else {
        return;
    };
    session.handle(first).await;
    loop {
        while let Ok(command) = commands.try_recv() {
            session.handle(command).await;
        }
        match session.work().await {
            Progress::More => event_loop.yield_to().await,
            Progress::Idle => match commands.next().await {
                Some(command) => session.handle(command).await,
                None => return,
            },
        }
    }
}

fn post(port: &MessagePort, event: &Event) {
    let bytes = Uint8Array::from(&*protocol::encode(event));
    let buffer = bytes.buffer();
    // This fails only if the page is gone, with nobody left to notify.
    let _ = port.post_message_with_transferable(&buffer, &Array::of1(&buffer));
}

/// Returns the port's messages as a stream of commands.
fn listen(port: &MessagePort) -> UnboundedReceiver<Command> {
    let (sender, receiver) = unbounded();
    let answers = port.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let bytes = Uint8Array::new(&message.data()).to_vec();
        match protocol::decode(&bytes) {
            // The receiver lives as long as the worker.
            Ok(command) => drop(sender.unbounded_send(command)),
            Err(error) => post(&answers, &Event::Failed(Breakdown::Message(error))),
        }
    });
    port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    receiver
}

thread_local! {
    /// Port that panics are reported to; the panic hook cannot own it, since a hook must be `Send`.
    static PORT: RefCell<Option<MessagePort>> = const { RefCell::new(None) };
}

/// Installs a hook that reports panics, which end the engine.
fn report_panics(port: MessagePort) {
    PORT.set(Some(port));
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        PORT.with_borrow(|port| {
            if let Some(port) = port {
                post(port, &Event::Failed(Breakdown::Unforeseen { details: panic.to_string() }));
            }
        });
    }));
}
