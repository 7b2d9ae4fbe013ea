//! Maps and sets of pictures, as sorted vectors: ids grow as pictures come, so that nearly every
//! value is appended. The standard library's trees and tables are compiled once for each type that
//! they hold, which a visitor would have to download.

use crate::protocol::PictureId;

/// A value for each of some pictures, in the order of the set.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureMap<T> {
    entries: Vec<(PictureId, T)>,
}

impl<T> Default for PictureMap<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<T> PictureMap<T> {
    /// Returns a picture's value.
    pub fn get(&self, id: &PictureId) -> Option<&T> {
        self.place(*id).ok().map(|place| &self.entries[place].1)
    }

    /// Sets a picture's value.
    pub fn insert(&mut self, id: PictureId, value: T) {
        match self.place(id) {
            Ok(place) => self.entries[place].1 = value,
            Err(place) => self.entries.insert(place, (id, value)),
        }
    }

    /// Removes a picture's value; returns whether there was one.
    pub fn remove(&mut self, id: &PictureId) -> bool {
        let found = self.place(*id);
        if let Ok(place) = found {
            self.entries.remove(place);
        }
        found.is_ok()
    }

    /// Returns the pictures and their values.
    pub fn iter(&self) -> impl Iterator<Item = (&PictureId, &T)> {
        self.entries.iter().map(|(id, value)| (id, value))
    }

    /// Returns the number of pictures with a value.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether no picture has a value.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn place(&self, id: PictureId) -> Result<usize, usize> {
        if self.entries.last().is_some_and(|(last, _)| *last < id) {
            return Err(self.entries.len());
        }
        self.entries.binary_search_by(|(other, _)| other.cmp(&id))
    }
}

impl<T> FromIterator<(PictureId, T)> for PictureMap<T> {
    fn from_iter<I: IntoIterator<Item = (PictureId, T)>>(values: I) -> Self {
        let mut map = Self::default();
        values.into_iter().for_each(|(id, value)| map.insert(id, value));
        map
    }
}

/// A set of pictures, identified by their ids or by their places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ids(PictureMap<()>);

impl Ids {
    /// Returns whether a picture is in the set.
    pub fn contains(&self, id: &PictureId) -> bool {
        self.0.get(id).is_some()
    }

    /// Adds a picture.
    pub fn insert(&mut self, id: PictureId) {
        self.0.insert(id, ());
    }

    /// Removes a picture; returns whether it was there.
    pub fn remove(&mut self, id: &PictureId) -> bool {
        self.0.remove(id)
    }

    /// Returns the pictures in order.
    pub fn iter(&self) -> impl Iterator<Item = &PictureId> {
        self.0.entries.iter().map(|(id, ())| id)
    }

    /// Returns the number of pictures.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the pictures that are not in `others`.
    pub fn without(&self, others: &Self) -> Self {
        self.iter().copied().filter(|id| !others.contains(id)).collect()
    }
}

impl FromIterator<PictureId> for Ids {
    fn from_iter<I: IntoIterator<Item = PictureId>>(ids: I) -> Self {
        Self(ids.into_iter().map(|id| (id, ())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_any_insertion_order() {
        let mut map: PictureMap<char> = [(7, 'a'), (2, 'b'), (9, 'c'), (2, 'd')].into_iter().collect();
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&2, &'d'), (&7, &'a'), (&9, &'c')]);
        assert_eq!((map.get(&7), map.get(&8)), (Some(&'a'), None));
        assert_eq!((map.remove(&7), map.remove(&7), map.len()), (true, false, 2));
    }

    #[test]
    fn sets_keep_the_order_of_ids() {
        let ids: Ids = [5, 1, 3, 5].into_iter().collect();
        assert_eq!(ids.iter().copied().collect::<Vec<_>>(), [1, 3, 5]);
        assert!(ids.contains(&3) && !ids.contains(&2));
        assert_eq!(ids.without(&[3].into_iter().collect()).len(), 2);
    }
}
