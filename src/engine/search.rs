//! The search with a picture that is not of the set.

use burn::tensor::Device;

use super::{comparing::NEIGHBOURS, embedded::Embedded};
use crate::{
    evaluate::{UnitRows, neighbours::NearestNeighbours},
    image::Image,
    protocol::{Breakdown, Floats, PictureId, Query, QueryAnswer, Stage},
};

/// A query, and the stages at which the set was not searched yet.
pub struct Search {
    number: u32,
    image: Image,
    due: Vec<Stage>,
}

impl Search {
    /// Starts a search; `None` if the picture did not arrive whole.
    pub fn new(query: Query, known: impl Iterator<Item = Stage>) -> Option<Self> {
        let image = Image::from_rgb(query.rgb)?;
        Some(Self { number: query.number, image, due: known.collect() })
    }

    /// The query's number.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The query.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// A stage has other embeddings: it is searched anew.
    pub fn search_again(&mut self, stage: Stage) {
        if !self.due.contains(&stage) {
            self.due.push(stage);
        }
    }

    /// Whether a stage is left to search.
    pub fn is_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Takes one of the stages that are left to search.
    pub fn take_due(&mut self) -> Option<Stage> {
        self.due.pop()
    }

    /// What is nearest to the query at one stage; `None` where the set was embedded at
    /// another input size.
    pub async fn answer(
        &self,
        stage: Stage,
        embedded: &Embedded,
        ids: &[PictureId],
        side: usize,
        device: &Device,
    ) -> Result<Option<QueryAnswer>, Breakdown> {
        let query: UnitRows = embedded.embed(self.image.planes(side), side, device).await?;
        if query.dimensions() != embedded.rows.dimensions() || ids.len() != embedded.rows.len() {
            return Ok(None);
        }
        let found = NearestNeighbours::of_query(&embedded.rows, &query, NEIGHBOURS);
        Ok(Some(QueryAnswer {
            number: self.number,
            stage,
            pictures: found.indices.iter().map(|row| ids[*row as usize]).collect(),
            similarities: Floats(found.similarities),
        }))
    }
}
