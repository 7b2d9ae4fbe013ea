//! The set of pictures and their labels.

use std::cell::OnceCell;

use super::origin::{Digest, Origin, unique_names};
use crate::{
    image::{Image, SIDE},
    page::picture_map::Ids,
    plot::shrink::shrink,
    protocol::{LabelId, Picture, PictureId},
    settings::Framing,
    small_sort::sort,
};

/// A picture to be added to the set.
#[derive(Clone, Debug, PartialEq)]
pub struct Newcomer {
    /// Name of its file, or of the drawn picture.
    pub name: String,
    /// Folder or kind of the picture.
    pub label: Option<String>,
    /// File that it came from.
    pub origin: Origin,
    /// The picture.
    pub image: Image,
    /// The whole picture, stretched to a square; `None` for square ones, and where it is unknown.
    pub whole: Option<Image>,
}

/// A picture of the set.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Identifier shared by page and engine.
    pub id: PictureId,
    /// Name of its file, or of the drawn picture; others may have the same ([`Pictures::name`]).
    pub name: String,
    /// Index of its label among the label names.
    pub label: Option<LabelId>,
    /// File that it came from.
    pub origin: Origin,
    /// The picture as the network sees it.
    pub image: Image,
    /// Its central square, if the network sees the whole.
    pub centre: Option<Image>,
    /// The whole picture, stretched to a square; `None` for square ones, and where it is unknown.
    pub whole: Option<Image>,
}

impl Entry {
    /// Returns the central square.
    pub fn centre(&self) -> &Image {
        self.centre.as_ref().unwrap_or(&self.image)
    }

    /// Returns the path of its file, of which a picture without one has just the name.
    pub fn path(&self) -> &str {
        if self.origin.path.is_empty() { &self.name } else { &self.origin.path }
    }

    /// Returns the picture as sent to the engine.
    pub fn message(&self) -> Picture {
        let whole = self.whole.as_ref().map(|whole| shrink(whole.rgb(), SIDE, 2).into());
        Picture { id: self.id, label: self.label, rgb: self.image.rgb().to_vec(), whole }
    }
}

/// The set of pictures, in the order in which they came.
#[derive(Debug, Default)]
pub struct Pictures {
    entries: Vec<Entry>,
    labels: Vec<String>,
    /// Number of renamings of labels since the set was emptied.
    renamings: u32,
    next_id: PictureId,
    /// Id of the first picture since the set was emptied.
    first: PictureId,
    /// Name of each picture, once one was asked for. Those that came later have just their files' names
    /// until [`Pictures::rename`]: naming all anew with each of them would take too long.
    names: OnceCell<Vec<String>>,
}

impl Pictures {
    /// Adds a picture and returns its id.
    pub fn add(&mut self, newcomer: Newcomer, framing: Framing) -> PictureId {
        let place = self.place(self.next_id);
        self.add_at(place, newcomer, framing)
    }

    /// Adds a picture at a free place.
    pub(in crate::page) fn add_at(&mut self, place: u32, newcomer: Newcomer, framing: Framing) -> PictureId {
        let id = self.at(place);
        self.reserve(place + 1);
        let Newcomer { name, label, origin, image, whole } = newcomer;
        let label = label.map(|name| self.label_id(name));
        let fitted = whole.as_ref().filter(|_| framing == Framing::Whole);
        let (image, centre) = match fitted.map(|whole| whole.fitted([origin.width, origin.height])) {
            Some(fitted) => (fitted, Some(image)),
            None => (image, None),
        };
        self.put(vec![Entry { id, name, label, origin, image, centre, whole }]);
        id
    }

    /// Inserts pictures in the order of ids: after all others, as a rule.
    pub(in crate::page) fn put(&mut self, entries: Vec<Entry>) {
        let in_order = |pair: &[Entry]| pair[0].id < pair[1].id;
        let last = self.entries.len();
        self.entries.extend(entries);
        if !self.entries[last.saturating_sub(1)..].windows(2).all(in_order) {
            self.name_anew();
            sort(&mut self.entries, |a, b| a.id.cmp(&b.id));
        }
    }

    /// Removes pictures and returns those that were in the set.
    pub fn remove(&mut self, gone: &Ids) -> Vec<Entry> {
        self.name_anew();
        self.entries.extract_if(.., |entry| gone.contains(&entry.id)).collect()
    }

    /// Removes every picture. Ids are not reused.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.name_anew();
        self.labels.clear();
        self.renamings = 0;
        self.first = self.next_id;
    }

    /// Returns the id of the first picture since the set was emptied, which identifies the set.
    pub fn first(&self) -> PictureId {
        self.first
    }

    /// Returns a picture's place in the order of arrival, counted from 0; it never changes.
    pub fn place(&self, id: PictureId) -> u32 {
        id.saturating_sub(self.first)
    }

    /// Returns the id of the picture at a place, whether it exists or not.
    pub fn at(&self, place: u32) -> PictureId {
        self.first.saturating_add(place)
    }

    /// Reserves this many places for pictures added by [`Self::add_at`]: others come after them.
    pub(in crate::page) fn reserve(&mut self, places: u32) {
        self.next_id = self.next_id.max(self.at(places));
    }

    /// Returns the places whose pictures were removed.
    pub fn missing(&self) -> Vec<u32> {
        (self.first..self.next_id).filter(|id| self.row(*id).is_none()).map(|id| self.place(id)).collect()
    }

    /// Returns the pictures in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the picture with this id.
    pub fn get(&self, id: PictureId) -> Option<&Entry> {
        self.row(id).map(|row| &self.entries[row])
    }

    /// Names all pictures anew, now that others have come or gone.
    pub fn name_anew(&mut self) {
        self.names.take();
    }

    /// Returns the shortest end of a picture's path that is unique in the set.
    pub fn name(&self, id: PictureId) -> &str {
        let named = |entries: &[Entry]| unique_names(&entries.iter().map(Entry::path).collect::<Vec<_>>());
        let names = self.names.get_or_init(|| named(&self.entries));
        self.row(id).map_or("", |row| names.get(row).unwrap_or(&self.entries[row].name))
    }

    /// Returns the pictures whose files have these contents.
    pub fn with_digest(&self, digest: Digest) -> impl Iterator<Item = PictureId> {
        let same = self.entries.iter().filter(move |entry| entry.origin.digest == Some(digest));
        same.map(|entry| entry.id)
    }

    /// Returns a picture's index in the set.
    pub fn row(&self, id: PictureId) -> Option<usize> {
        // Ids only grow, so that the entries are sorted by them.
        self.entries.binary_search_by(|entry| entry.id.cmp(&id)).ok()
    }

    /// Returns the name of a picture's label.
    pub fn label(&self, id: PictureId) -> Option<&str> {
        self.label_name(self.get(id)?.label?)
    }

    /// Returns the name of a label.
    pub fn label_name(&self, label: LabelId) -> Option<&str> {
        self.labels.get(label as usize).map(String::as_str)
    }

    /// Returns the label of this name.
    pub fn label_named(&self, name: &str) -> Option<LabelId> {
        let place = self.labels.iter().position(|label| label == name)?;
        Some(place as LabelId)
    }

    /// Gives a label another name, which no label has.
    pub(in crate::page) fn rename(&mut self, label: LabelId, name: String) {
        self.labels[label as usize] = name;
        self.renamings += 1;
    }

    /// Returns the number of renamings of labels since the set was emptied.
    pub fn renamings(&self) -> u32 {
        self.renamings
    }

    /// Returns the number of pictures.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the number of different labels of the pictures.
    pub fn kinds(&self) -> usize {
        self.names_of(self.entries.iter().filter_map(|entry| entry.label)).len()
    }

    /// Returns the names of labels, each once, in the order in which they were first added.
    pub fn names_of(&self, labels: impl Iterator<Item = LabelId>) -> Vec<&str> {
        let mut found = vec![false; self.labels.len()];
        labels.for_each(|label| found[label as usize] = true);
        let names = self.labels.iter().zip(found).filter(|(_, found)| *found);
        names.map(|(name, _)| name.as_str()).collect()
    }

    /// Returns the label of this name, which is added if it is new.
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
    fn names_follow_the_set() {
        let mut pictures = Pictures::default();
        let ids: Vec<_> = ["a/x/1.jpg", "b/x/1.jpg", ""]
            .map(|path| {
                let origin = Origin { path: path.to_owned(), ..Origin::default() };
                pictures.add(Newcomer { origin, ..newcomer("1.jpg", None) }, Framing::Centre)
            })
            .into();
        let names =
            |pictures: &Pictures| ids.iter().map(|id| pictures.name(*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&pictures), ["a/x/1.jpg", "b/x/1.jpg", "1.jpg"]);
        pictures.remove(&Ids::from_iter([ids[0]]));
        assert_eq!(names(&pictures), ["", "x/1.jpg", "1.jpg"]);
        pictures.remove(&Ids::from_iter([ids[2]]));
        assert_eq!(names(&pictures), ["", "1.jpg", ""]);
        let late = pictures.add(newcomer("1.jpg", None), Framing::Centre);
        assert_eq!(
            (pictures.name(ids[1]), pictures.name(late)),
            ("1.jpg", "1.jpg"),
            "until they are named anew"
        );
        pictures.name_anew();
        assert_eq!((pictures.name(ids[1]), pictures.name(late)), ("x/1.jpg", "1.jpg"));
    }

    #[test]
    fn removal_keeps_the_order_and_ids_unique() {
        let mut pictures = Pictures::default();
        let ids: Vec<_> =
            ["a", "b", "c"].map(|name| pictures.add(newcomer(name, None), Framing::Centre)).into();
        let gone = Ids::from_iter([ids[1]]);
        assert_eq!((pictures.remove(&gone).len(), pictures.remove(&gone).len()), (1, 0));
        assert_eq!(pictures.get(ids[2]).map(|entry| entry.name.as_str()), Some("c"));
        assert_eq!(pictures.row(ids[2]), Some(1));
        pictures.clear();
        let id = pictures.add(newcomer("d", None), Framing::Centre);
        assert!(!ids.contains(&id));
    }

    #[test]
    fn places_count_from_the_last_clearing_and_never_change() {
        let mut pictures = Pictures::default();
        pictures.add(newcomer("a", None), Framing::Centre);
        pictures.clear();
        let ids: Vec<_> =
            ["b", "c", "d"].map(|name| pictures.add(newcomer(name, None), Framing::Centre)).into();
        assert_eq!(ids.iter().map(|id| pictures.place(*id)).collect::<Vec<_>>(), [0, 1, 2]);
        pictures.remove(&Ids::from_iter([ids[0]]));
        assert_eq!((pictures.place(ids[2]), pictures.at(2), pictures.missing()), (2, ids[2], vec![0]));
        pictures.reserve(7);
        let late = pictures.add(newcomer("e", None), Framing::Centre);
        assert_eq!(pictures.place(late), 7);
    }

    #[test]
    fn equal_label_names_share_an_id() {
        let mut pictures = Pictures::default();
        let first = pictures.add(newcomer("a", "cats"), Framing::Centre);
        let second = pictures.add(newcomer("b", "dogs"), Framing::Centre);
        let third = pictures.add(newcomer("c", "cats"), Framing::Centre);
        let label = |id| pictures.get(id).and_then(|entry| entry.label);
        assert_eq!(label(first), label(third));
        assert_ne!(label(first), label(second));
        assert_eq!((pictures.kinds(), pictures.label(second)), (2, Some("dogs")));
    }
}
