//! Search of the set with a picture that is not part of it.

use std::rc::Rc;

use burn::tensor::Device;

use super::{Kind, Request};
use crate::{
    engine::{comparing::NEIGHBOURS, embedded::Embedded},
    evaluate::neighbours::NearestNeighbours,
    image::Image,
    protocol::{Breakdown, Event, Floats, PictureId, Query, QueryAnswer, Stage},
};

/// Picture to search the set with.
pub struct QueryPicture {
    /// Number of the query, repeated in the answers.
    pub number: u32,
    pub image: Image,
    /// Pictures among which the nearest are sought; the whole set if empty.
    among: Vec<PictureId>,
}

impl QueryPicture {
    /// Decodes the picture; `None` if it is incomplete.
    pub fn new(query: Query) -> Option<Self> {
        Some(Self { number: query.number, image: Image::from_rgb(query.rgb)?, among: query.among })
    }
}

/// Returns a request for the nearest pictures at one stage.
pub fn request(query: Rc<QueryPicture>, stage: Stage) -> Request {
    Request::new(Kind::Search, Some(stage), move |context| {
        let (embedded, side) = (context.embeddings.get(stage)?.clone(), context.settings.side as usize);
        Some(search(query, stage, embedded, context.set.ids(), side, context.device.clone()))
    })
}

/// Searches the set; returns `None` if it was embedded at another input size.
async fn search(
    query: Rc<QueryPicture>,
    stage: Stage,
    embedded: Embedded,
    ids: Vec<PictureId>,
    side: usize,
    device: Device,
) -> Result<Option<Event>, Breakdown> {
    let row = embedded.embed(query.image.planes(side), side, &device).await?;
    if row.dimensions() != embedded.rows.dimensions() || ids.len() != embedded.rows.len() {
        return Ok(None);
    }
    let most = if query.among.is_empty() { NEIGHBOURS } else { ids.len() };
    let found = NearestNeighbours::of_query(&embedded.rows, &row, most);
    let near = found.indices.iter().map(|row| ids[*row as usize]).zip(found.similarities);
    let is_sought = |id: &PictureId| query.among.is_empty() || query.among.contains(id);
    let (pictures, similarities) = near.filter(|(id, _)| is_sought(id)).take(NEIGHBOURS).unzip();
    Ok(Some(Event::Queried(QueryAnswer {
        number: query.number,
        stage,
        pictures,
        similarities: Floats(similarities),
    })))
}
