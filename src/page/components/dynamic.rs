//! Dynamic parts of views, with boxed closures.
//!
//! Every closure has a type of its own, and Leptos compiles an effect, a memo or a list for each type
//! that it is given: a sixth of the page's download. Boxed, they are compiled once for each type of
//! value, and memos once for all types. The macro `view!` does the same for closures that are written
//! in place.

use std::{any::Any, marker::PhantomData, sync::Arc};

use leptos::prelude::{self, *};

/// A view that is rebuilt whenever a value that it reads changes.
pub type Dynamic = Box<dyn FnMut() -> AnyView + Send>;

/// Boxes a dynamic view.
pub fn dynamic<V: IntoAny>(view: impl Fn() -> V + Send + 'static) -> Dynamic {
    Box::new(move || view().into_any())
}

/// Boxes an event handler.
pub fn handler<E: 'static>(handle: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(handle)
}

/// A value that is recomputed when a value that it reads changes, and that notifies its readers when
/// it differs.
pub struct Memo<T> {
    values: prelude::Memo<Value>,
    of: PhantomData<fn() -> T>,
}

/// A value of any type, so that memos are compiled once for all types.
#[derive(Clone)]
struct Value {
    value: Arc<dyn Any + Send + Sync>,
    is_same: fn(&dyn Any, &dyn Any) -> bool,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        (self.is_same)(&*self.value, &*other.value)
    }
}

/// Creates a memo.
pub fn memo<T: PartialEq + Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    fn is_same<T: PartialEq + 'static>(one: &dyn Any, other: &dyn Any) -> bool {
        one.downcast_ref::<T>() == other.downcast_ref::<T>()
    }
    let value = move || Value { value: Arc::new(value()), is_same: is_same::<T> };
    Memo { values: values(Box::new(value)), of: PhantomData }
}

fn values(value: Box<dyn Fn() -> Value + Send + Sync>) -> prelude::Memo<Value> {
    prelude::Memo::new(move |_| value())
}

impl<T: 'static> Memo<T> {
    /// Reads the value and subscribes to it.
    pub fn with<R>(self, view: impl FnOnce(&T) -> R) -> R {
        view(Self::known(&*self.values.get().value))
    }

    /// Reads the value without subscribing.
    pub fn with_untracked<R>(self, view: impl FnOnce(&T) -> R) -> R {
        view(Self::known(&*self.values.get_untracked().value))
    }

    fn known(value: &dyn Any) -> &T {
        let Some(value) = value.downcast_ref() else { unreachable!("a memo holds values of its type") };
        value
    }
}

impl<T: Clone + 'static> Memo<T> {
    /// Returns the value and subscribes to it.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// Returns the value without subscribing.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

impl<T: Clone + Send + Sync + 'static> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self::derive(move || memo.get())
    }
}

/// Runs a function now, and again whenever a value that it reads changes.
pub fn effect(run: impl Fn() + 'static) {
    let run: Box<dyn Fn()> = Box::new(run);
    Effect::new(run);
}

/// A view of its children while a condition holds.
#[component]
pub fn When(
    /// Condition.
    #[prop(into)]
    holds: Signal<bool>,
    /// Conditional content.
    children: ChildrenFn,
) -> impl IntoView {
    let holds = memo(move || holds.get());
    dynamic(move || holds.get().then(|| children()))
}

/// A list of views, one per item; an item's view is kept as long as its key remains.
pub fn keyed<T: Send + 'static, V: IntoAny>(
    items: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: impl Fn(&T) -> String + Send + Sync + 'static,
    view: impl Fn(T) -> V + Copy + Send + Sync + 'static,
) -> AnyView {
    let made = move || {
        let item = |item: T| {
            let make: Box<dyn FnOnce() -> AnyView + Send> = Box::new(move || view(item).into_any());
            make
        };
        items().into_iter().map(|value| (key(&value), item(value))).collect()
    };
    keyed_boxed(Box::new(made))
}

type Made = Vec<(String, Box<dyn FnOnce() -> AnyView + Send>)>;

fn keyed_boxed(made: Box<dyn Fn() -> Made + Send + Sync>) -> AnyView {
    view! {
        <For each=made key=|(key, _)| key.clone() let((_, make))>
            {make()}
        </For>
    }
    .into_any()
}
