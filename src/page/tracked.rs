//! Fields that record who reads and who changes them, so that a view follows exactly what it has read.

use std::{
    cell::Cell,
    ops::{Deref, DerefMut},
    rc::Rc,
};

/// Set of fields of one [`AccessLog`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields(u64);

impl Fields {
    /// Maximum number of fields of a log.
    pub const MAX: usize = u64::BITS as usize;

    /// Returns whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the union of two sets.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the numbers of the fields, ascending.
    pub fn numbers(self) -> impl Iterator<Item = usize> {
        (0..Self::MAX).filter(move |number| self.0 >> number & 1 != 0)
    }
}

/// Record of the fields that were read and changed.
#[derive(Debug, Default)]
pub struct AccessLog {
    fields: Cell<u32>,
    read: Cell<Fields>,
    changed: Cell<Fields>,
}

impl AccessLog {
    /// Returns a field with this value whose accesses go into this log.
    ///
    /// # Panics
    /// With more than [`Fields::MAX`] fields.
    pub fn track<T>(self: &Rc<Self>, value: T) -> Tracked<T> {
        let number = self.fields.replace(self.fields.get() + 1);
        assert!((number as usize) < Fields::MAX, "there are too many fields for one log");
        Tracked { value, field: Fields(1 << number), version: 0, log: self.clone() }
    }

    /// Returns the result of `view` and the fields that it read.
    pub fn reads<T>(&self, view: impl FnOnce() -> T) -> (T, Fields) {
        let outer = self.read.take();
        let result = view();
        let read = self.read.replace(outer);
        (result, read)
    }

    /// Returns the fields that were changed since the last call.
    pub fn take_changed(&self) -> Fields {
        self.changed.take()
    }
}

/// A field: borrowing it records a read, borrowing it mutably a change.
#[derive(Debug)]
pub struct Tracked<T> {
    value: T,
    field: Fields,
    version: u64,
    log: Rc<AccessLog>,
}

impl<T> Tracked<T> {
    /// Returns the number of changes so far.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the set of this field alone.
    pub fn field(&self) -> Fields {
        self.field
    }
}

impl<T: PartialEq> Tracked<T> {
    /// Sets the value; setting the value that it has is no change.
    pub fn set(&mut self, value: T) {
        if self.value != value {
            **self = value;
        }
    }
}

impl<T> Deref for Tracked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.log.read.set(self.log.read.get().with(self.field));
        &self.value
    }
}

impl<T> DerefMut for Tracked<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.version += 1;
        self.log.changed.set(self.log.changed.get().with(self.field));
        &mut self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> (Rc<AccessLog>, [Tracked<i32>; 3]) {
        let log = Rc::new(AccessLog::default());
        let fields = [1, 2, 3].map(|value| log.track(value));
        (log, fields)
    }

    #[test]
    fn reads_are_those_of_the_view_alone() {
        let (log, [a, b, c]) = three();
        assert_eq!(*c, 3);
        let (sum, read) = log.reads(|| {
            let (inner, read) = log.reads(|| *b);
            assert_eq!(read, b.field());
            *a + inner
        });
        assert_eq!((sum, read), (3, a.field()), "what an inner view reads is its own");
    }

    #[test]
    fn setting_the_same_value_is_no_change() {
        let (log, [mut a, mut b, _]) = three();
        a.set(1);
        b.set(5);
        assert_eq!(log.take_changed(), b.field());
        assert_eq!((*a, *b), (1, 5));
    }

    #[test]
    fn changes_are_recorded_once_and_counted() {
        let (log, [mut a, b, mut c]) = three();
        *a += *b;
        *a += 1;
        *c = 9;
        assert_eq!(log.take_changed(), a.field().with(c.field()));
        assert!(log.take_changed().is_empty());
        assert_eq!([a.version(), b.version(), c.version()], [2, 0, 1]);
        assert_eq!(a.field().with(c.field()).numbers().collect::<Vec<_>>(), [0, 2]);
    }
}
