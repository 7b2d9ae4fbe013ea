//! Searches the set with a picture that is not of it.

use std::rc::Rc;

use super::{Advance, Context, Job, Kind, Request};
use crate::{
    engine::comparing::NEIGHBOURS,
    evaluate::{UnitRows, neighbours::NearestNeighbours},
    image::Image,
    progress::Progress,
    protocol::{Breakdown, Event, Floats, Query, QueryAnswer, Stage},
};

/// The picture that the set is searched with.
pub struct QueryPicture {
    /// Names it in the answers.
    pub number: u32,
    pub image: Image,
}

impl QueryPicture {
    /// Returns `None` if the picture did not arrive whole.
    pub fn new(query: Query) -> Option<Self> {
        Some(Self { number: query.number, image: Image::from_rgb(query.rgb)? })
    }
}

/// A search at one stage.
struct Search {
    query: Rc<QueryPicture>,
    stage: Stage,
}

/// Asks for the nearest pictures at one stage.
pub fn request(query: Rc<QueryPicture>, stage: Stage) -> Request {
    Request::at(Kind::Search, stage, move |_| Some(Search { query, stage }))
}

impl Job for Search {
    fn advance<'a>(&'a mut self, context: &'a mut Context<'_>) -> Advance<'a> {
        Box::pin(async move {
            let answer = self.answer(context).await?;
            context.emit(answer.map(Event::Queried));
            Ok(Progress::Idle)
        })
    }
}

impl Search {
    /// Returns `None` where the set was embedded at another input size.
    async fn answer(&self, context: &Context<'_>) -> Result<Option<QueryAnswer>, Breakdown> {
        let Some(embedded) = context.embeddings.get(self.stage) else { return Ok(None) };
        let (ids, side) = (context.set.ids(), context.settings.side as usize);
        let query: UnitRows = embedded.embed(self.query.image.planes(side), side, context.device).await?;
        if query.dimensions() != embedded.rows.dimensions() || ids.len() != embedded.rows.len() {
            return Ok(None);
        }
        let found = NearestNeighbours::of_query(&embedded.rows, &query, NEIGHBOURS);
        Ok(Some(QueryAnswer {
            number: self.query.number,
            stage: self.stage,
            pictures: found.indices.iter().map(|row| ids[*row as usize]).collect(),
            similarities: Floats(found.similarities),
        }))
    }
}
