//! The set of pictures and their labels.

use crate::{
    image::Image,
    page::picture_map::Ids,
    protocol::{LabelId, Picture, PictureId},
    small_sort::sorted,
};

/// A picture on its way into the set.
#[derive(Clone, Debug, PartialEq)]
pub struct Newcomer {
    /// What the gallery calls it.
    pub name: String,
    /// The folder or kind that it belongs to.
    pub label: Option<String>,
    /// The picture.
    pub image: Image,
}

/// A picture of the set.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name between page and engine.
    pub id: PictureId,
    /// What the gallery calls it.
    pub name: String,
    /// Its label's place among the names.
    pub label: Option<LabelId>,
    /// The picture.
    pub image: Image,
}

impl Entry {
    /// The picture as the engine takes it.
    pub fn message(&self) -> Picture {
        Picture { id: self.id, label: self.label, rgb: self.image.rgb().to_vec() }
    }
}

/// The set, in the order in which the pictures came.
#[derive(Debug, Default)]
pub struct Pictures {
    entries: Vec<Entry>,
    labels: Vec<String>,
    next_id: PictureId,
    /// The id of the first picture since the set was emptied.
    first: PictureId,
}

impl Pictures {
    /// Adds a picture and names it.
    pub fn add(&mut self, newcomer: Newcomer) -> PictureId {
        let place = self.place(self.next_id);
        self.add_at(place, newcomer)
    }

    /// Adds a picture at a place that is free.
    pub(in crate::page) fn add_at(&mut self, place: u32, newcomer: Newcomer) -> PictureId {
        let id = self.at(place);
        self.reserve(place + 1);
        let label = newcomer.label.map(|name| self.label_id(name));
        self.put(vec![Entry { id, name: newcomer.name, label, image: newcomer.image }]);
        id
    }

    /// Puts pictures where their ids place them: behind all others, as a rule.
    pub(in crate::page) fn put(&mut self, entries: Vec<Entry>) {
        let in_order = |pair: &[Entry]| pair[0].id < pair[1].id;
        let last = self.entries.len();
        self.entries.extend(entries);
        if !self.entries[last.saturating_sub(1)..].windows(2).all(in_order) {
            self.entries = sorted(&self.entries, |a, b| a.id.cmp(&b.id));
        }
    }

    /// Takes pictures out; those of them that were there.
    pub fn remove(&mut self, gone: &Ids) -> Vec<Entry> {
        self.entries.extract_if(.., |entry| gone.contains(&entry.id)).collect()
    }

    /// Takes every picture out. Ids are not used again.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.labels.clear();
        self.first = self.next_id;
    }

    /// The id of the first picture since the set was emptied; it tells sets apart.
    pub fn first(&self) -> PictureId {
        self.first
    }

    /// A picture's place in the order in which they came, counted from 0; it never changes.
    pub fn place(&self, id: PictureId) -> u32 {
        id.saturating_sub(self.first)
    }

    /// The id of the picture at a place, whether it is there or not.
    pub fn at(&self, place: u32) -> PictureId {
        self.first.saturating_add(place)
    }

    /// Sets so many places apart, for pictures that come by [`Self::add_at`]: others come
    /// after them.
    pub(in crate::page) fn reserve(&mut self, places: u32) {
        self.next_id = self.next_id.max(self.at(places));
    }

    /// The places whose pictures were taken out.
    pub fn missing(&self) -> Vec<u32> {
        (self.first..self.next_id).filter(|id| self.row(*id).is_none()).map(|id| self.place(id)).collect()
    }

    /// The pictures in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The picture of that name.
    pub fn get(&self, id: PictureId) -> Option<&Entry> {
        self.row(id).map(|row| &self.entries[row])
    }

    /// A picture's place in the set.
    pub fn row(&self, id: PictureId) -> Option<usize> {
        // Ids only grow, so that the entries lie in their order.
        self.entries.binary_search_by(|entry| entry.id.cmp(&id)).ok()
    }

    /// A picture's label in words.
    pub fn label(&self, id: PictureId) -> Option<&str> {
        self.label_name(self.get(id)?.label?)
    }

    /// A label in words.
    pub fn label_name(&self, label: LabelId) -> Option<&str> {
        self.labels.get(label as usize).map(String::as_str)
    }

    /// The label of this name.
    pub fn label_named(&self, name: &str) -> Option<LabelId> {
        let place = self.labels.iter().position(|label| label == name)?;
        Some(place as LabelId)
    }

    /// How many pictures there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many different labels the pictures carry.
    pub fn kinds(&self) -> usize {
        self.names_of(self.entries.iter().filter_map(|entry| entry.label)).len()
    }

    /// The names of labels, each once, in the order in which they first came to the page.
    pub fn names_of(&self, labels: impl Iterator<Item = LabelId>) -> Vec<&str> {
        let mut found = vec![false; self.labels.len()];
        labels.for_each(|label| found[label as usize] = true);
        let names = self.labels.iter().zip(found).filter(|(_, found)| *found);
        names.map(|(name, _)| name.as_str()).collect()
    }

    /// A label's place among the names, where it joins if it is new.
    pub(in crate::page) fn label_id(&mut self, name: String) -> LabelId {
        self.label_named(&name).unwrap_or_else(|| {
            self.labels.push(name);
            self.labels.len() as LabelId - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture::newcomer;

    #[test]
    fn removing_one_keeps_the_others_in_place_and_ids_unique() {
        let mut pictures = Pictures::default();
        let ids: Vec<_> = ["a", "b", "c"].map(|name| pictures.add(newcomer(name, None))).into();
        let gone = Ids::from_iter([ids[1]]);
        assert_eq!((pictures.remove(&gone).len(), pictures.remove(&gone).len()), (1, 0));
        assert_eq!(pictures.get(ids[2]).map(|entry| entry.name.as_str()), Some("c"));
        assert_eq!(pictures.row(ids[2]), Some(1));
        pictures.clear();
        let id = pictures.add(newcomer("d", None));
        assert!(!ids.contains(&id));
    }

    #[test]
    fn places_count_from_the_last_emptying_and_stay() {
        let mut pictures = Pictures::default();
        pictures.add(newcomer("a", None));
        pictures.clear();
        let ids: Vec<_> = ["b", "c", "d"].map(|name| pictures.add(newcomer(name, None))).into();
        assert_eq!(ids.iter().map(|id| pictures.place(*id)).collect::<Vec<_>>(), [0, 1, 2]);
        pictures.remove(&Ids::from_iter([ids[0]]));
        assert_eq!((pictures.place(ids[2]), pictures.at(2), pictures.missing()), (2, ids[2], vec![0]));
        pictures.reserve(7);
        let late = pictures.add(newcomer("e", None));
        assert_eq!(pictures.place(late), 7);
    }

    #[test]
    fn equal_label_names_are_one_label() {
        let mut pictures = Pictures::default();
        let first = pictures.add(newcomer("a", "cats"));
        let second = pictures.add(newcomer("b", "dogs"));
        let third = pictures.add(newcomer("c", "cats"));
        let label = |id| pictures.get(id).and_then(|entry| entry.label);
        assert_eq!(label(first), label(third));
        assert_ne!(label(first), label(second));
        assert_eq!((pictures.kinds(), pictures.label(second)), (2, Some("dogs")));
    }
}
