//! The set of pictures that the engine was given.

use std::collections::{HashMap, HashSet};

use crate::{
    image::Image,
    protocol::{LabelId, Picture, PictureId},
};

/// A picture of the set.
struct Member {
    id: PictureId,
    label: Option<LabelId>,
    image: Image,
}

/// The pictures in the order in which they came.
#[derive(Default)]
pub struct PictureSet {
    members: Vec<Member>,
    typed: HashMap<PictureId, LabelId>,
}

impl PictureSet {
    /// Adds pictures; one whose bytes do not fill a picture, or whose name is taken, is
    /// left out. Returns how many were.
    pub fn add(&mut self, pictures: Vec<Picture>) -> usize {
        let mut left_out = 0;
        let mut taken: HashSet<PictureId> = self.members.iter().map(|member| member.id).collect();
        for Picture { id, label, rgb } in pictures {
            match Image::from_rgb(rgb) {
                Some(image) if taken.insert(id) => {
                    self.members.push(Member { id, label, image });
                }
                _ => left_out += 1,
            }
        }
        left_out
    }

    /// Takes pictures out.
    pub fn remove(&mut self, ids: &[PictureId]) {
        let ids: HashSet<_> = ids.iter().collect();
        self.members.retain(|member| !ids.contains(&member.id));
    }

    /// Takes all pictures out.
    pub fn clear(&mut self) {
        self.members.clear();
        self.typed.clear();
    }

    /// How many pictures.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// The names, in order.
    pub fn ids(&self) -> Vec<PictureId> {
        self.members.iter().map(|member| member.id).collect()
    }

    /// The name in one row.
    pub fn id(&self, row: usize) -> PictureId {
        self.members[row].id
    }

    /// Replaces the labels that the user typed.
    pub fn label(&mut self, typed: Vec<(PictureId, LabelId)>) {
        self.typed = typed.into_iter().collect();
    }

    /// The labels that pictures came with, in order.
    pub fn labels(&self) -> Vec<Option<LabelId>> {
        self.members.iter().map(|member| member.label).collect()
    }

    /// The labels in order, a typed one in the place of what the picture came with.
    pub fn labels_now(&self) -> Vec<Option<LabelId>> {
        let label = |member: &Member| self.typed.get(&member.id).copied().or(member.label);
        self.members.iter().map(label).collect()
    }

    /// A picture by its name.
    pub fn find(&self, id: PictureId) -> Option<&Image> {
        self.members.iter().find(|member| member.id == id).map(|member| &member.image)
    }

    /// All pictures as numbers, one after another: `3 × side²` values in 0 … 1 each.
    pub fn planes(&self, side: usize) -> Vec<f32> {
        let mut planes = Vec::with_capacity(self.len() * 3 * side * side);
        self.members.iter().for_each(|member| planes.extend(member.image.planes(side)));
        planes
    }
}
