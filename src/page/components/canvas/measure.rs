//! The size of an element, tracked over time.

use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver, ResizeObserverEntry};

use crate::page::components::dynamic::effect;

/// Returns an element's inner width and height in pixels, tracked for as long as the component lives.
pub fn follow_size(element: NodeRef<html::Div>) -> Signal<(f64, f64)> {
    let size = RwSignal::new((0.0, 0.0));
    let observer = StoredValue::new_local(None::<Observer>);
    effect(move || {
        if let Some(element) = element.get() {
            observer.set_value(Observer::new(&element, move |width, height| {
                // The observer may call once more after its component is gone.
                size.try_set((width, height));
            }));
        }
    });
    on_cleanup(move || {
        observer.try_set_value(None);
    });
    size.into()
}

/// A browser's observer, disconnected when dropped.
struct Observer {
    observer: ResizeObserver,
    _callback: Closure<dyn Fn(js_sys::Array)>,
}

impl Observer {
    fn new(element: &Element, tell: impl Fn(f64, f64) + 'static) -> Option<Self> {
        let callback = Closure::new(move |entries: js_sys::Array| {
            let entry: ResizeObserverEntry = entries.get(entries.length() - 1).unchecked_into();
            let rect = entry.content_rect();
            tell(rect.width(), rect.height());
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
