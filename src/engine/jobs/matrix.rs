//! Similarity matrix of the whole set; its rows have the same order at every stage.

use std::future::ready;

use super::{Context, Kind, Request};
use crate::{
    evaluate::set_matrix::{MAX_SIDE, set_matrix},
    protocol::{Floats, MatrixRequest, SetMatrix, Stage},
};

/// Returns a request for the matrix of a stage.
pub fn request(request: MatrixRequest) -> Request {
    Request::answer(Kind::Matrix, request, move |context| Some(ready(Ok(matrix(context, request.stage)?))))
}

fn matrix(context: &Context<'_>, stage: Stage) -> Option<SetMatrix> {
    let embedded = context.embeddings.get(stage)?;
    let order = context.embeddings.order(&context.set.labels())?;
    let (side, cells) = set_matrix(&embedded.rows, order, MAX_SIDE);
    Some(SetMatrix {
        stage,
        step: embedded.step,
        order: order.iter().map(|row| context.set.id(*row)).collect(),
        side: side as u32,
        cells: Floats(cells),
    })
}
