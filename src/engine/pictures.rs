//! Set of pictures given to the engine.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use crate::{
    image::{Image, SIDE, plane_value},
    protocol::{LabelId, Picture, PictureId},
};

/// A picture of the set.
struct Member {
    id: PictureId,
    label: Option<LabelId>,
    image: Rc<Image>,
    /// See [`Picture::whole`].
    whole: Option<Rc<[u8]>>,
    /// Planes of the picture at the set's side, unless that has changed since.
    plane_bytes: OnceCell<Vec<u8>>,
}

/// A picture as a whole.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Whole {
    image: Rc<Image>,
    whole: Option<Rc<[u8]>>,
}

impl Whole {
    /// Returns the RGB bytes of a square, row by row: of the picture if it is square, else of the picture stretched
    /// to half that side.
    pub fn rgb(&self) -> &[u8] {
        self.whole.as_deref().unwrap_or(self.image.rgb())
    }
}

/// Pictures in order of arrival, each resampled on arrival: usually others are still on their way then, so
/// nobody waits yet.
pub struct PictureSet {
    members: Vec<Member>,
    side: usize,
    typed: HashMap<PictureId, LabelId>,
}

impl PictureSet {
    /// Returns an empty set for encoders with inputs of `side` × `side` pixels.
    pub fn new(side: usize) -> Self {
        Self { members: Vec::new(), side, typed: HashMap::new() }
    }

    /// Adds pictures, except those that are incomplete or whose id is taken. Returns the number of those.
    pub fn add(&mut self, pictures: Vec<Picture>) -> usize {
        let mut left_out = 0;
        let mut taken: HashSet<PictureId> = self.members.iter().map(|member| member.id).collect();
        for Picture { id, label, rgb, whole } in pictures {
            let whole = whole.map(|whole| Rc::from(whole.into_vec()));
            let is_complete =
                whole.as_ref().is_none_or(|whole: &Rc<[u8]>| whole.len() == 3 * (SIDE / 2).pow(2));
            match Image::from_rgb(rgb) {
                Some(image) if is_complete && taken.insert(id) => {
                    let plane_bytes = image.plane_bytes(self.side).into();
                    self.members.push(Member { id, label, image: Rc::new(image), whole, plane_bytes });
                }
                _ => left_out += 1,
            }
        }
        left_out
    }

    /// Removes pictures.
    pub fn remove(&mut self, ids: &[PictureId]) {
        let ids: HashSet<_> = ids.iter().collect();
        self.members.retain(|member| !ids.contains(&member.id));
    }

    /// Removes all pictures.
    pub fn clear(&mut self) {
        self.members.clear();
        self.typed.clear();
    }

    /// Returns the number of pictures.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns the ids, in order.
    pub fn ids(&self) -> Vec<PictureId> {
        self.members.iter().map(|member| member.id).collect()
    }

    /// Returns the id in one row.
    pub fn id(&self, row: usize) -> PictureId {
        self.members[row].id
    }

    /// Replaces the labels that the user typed.
    pub fn label(&mut self, typed: Vec<(PictureId, LabelId)>) {
        self.typed = typed.into_iter().collect();
    }

    /// Returns the labels that pictures came with, in order.
    pub fn labels(&self) -> Vec<Option<LabelId>> {
        self.members.iter().map(|member| member.label).collect()
    }

    /// Returns the labels in order; typed ones replace those that pictures came with.
    pub fn labels_now(&self) -> Vec<Option<LabelId>> {
        let label = |member: &Member| self.typed.get(&member.id).copied().or(member.label);
        self.members.iter().map(label).collect()
    }

    /// Returns a picture by its id.
    pub fn find(&self, id: PictureId) -> Option<&Image> {
        self.members.iter().find(|member| member.id == id).map(|member| &*member.image)
    }

    /// Returns all pictures as wholes, in order.
    pub fn wholes(&self) -> Vec<Whole> {
        let whole = |member: &Member| Whole { image: member.image.clone(), whole: member.whole.clone() };
        self.members.iter().map(whole).collect()
    }

    /// Changes the side.
    pub fn set_side(&mut self, side: usize) {
        self.side = side;
        self.members.iter_mut().for_each(|member| member.plane_bytes = OnceCell::new());
    }

    /// Returns all pictures, one after another: `3 × side²` values in 0 … 1 each.
    pub fn planes(&self) -> Vec<f32> {
        let mut all = Vec::with_capacity(self.len() * 3 * self.side * self.side);
        for member in &self.members {
            let bytes = member.plane_bytes.get_or_init(|| member.image.plane_bytes(self.side));
            all.extend(bytes.iter().copied().map(plane_value));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shape;

    #[test]
    fn planes_have_the_current_side() {
        let picture = |id: u32| Picture::square(id, None, shape(id as usize, 1).image.into_rgb());
        let mut set = PictureSet::new(16);
        set.add(vec![picture(0), picture(1)]);
        for side in [16, 17, 32] {
            set.set_side(side);
            set.add(vec![picture(side as u32)]);
            let expected: Vec<f32> =
                set.ids().into_iter().flat_map(|id| shape(id as usize, 1).image.planes(side)).collect();
            assert_eq!(set.planes(), expected, "at side {side}");
        }
    }
}
