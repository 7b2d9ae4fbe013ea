//! Views of some pictures under the current augmentations.

use burn::tensor::Tensor;

use super::{Kind, Request};
use crate::{
    augment::View,
    kernels::views::render,
    protocol::{Breakdown, Event, PictureId, Views},
    random::{Purpose, generator},
    readback::read_rgb,
    train::{select, upload},
};

/// Returns a request for `views` views of each existing picture; another `draw` gives other views.
pub fn request(pictures: Vec<PictureId>, views: u32, draw: u32) -> Request {
    Request::new(Kind::Preview, None, move |context| {
        let (settings, side) = (context.settings, context.settings.side as usize);
        let find = |id| Some((id, context.set.find(id)?.planes(side)));
        let (pictures, planes): (Vec<_>, Vec<_>) = pictures.into_iter().filter_map(find).unzip();
        if pictures.is_empty() || views == 0 {
            return None;
        }
        let times = views as usize;
        let rows: Vec<usize> = (0..pictures.len()).flat_map(|row| std::iter::repeat_n(row, times)).collect();
        let mut rng = generator(settings.seed, Purpose::Preview, draw);
        let changes: Vec<View> = rows.iter().map(|_| View::draw(&settings.augmentations, &mut rng)).collect();
        let batch = select(&upload(planes.concat(), side, context.device), &rows);
        Some(show(render(batch, &changes), pictures, views))
    })
}

/// Reads the views, `[views, 3, side, side]`, back.
async fn show(rendered: Tensor<4>, pictures: Vec<PictureId>, views: u32) -> Result<Event, Breakdown> {
    let side = rendered.dims()[3] as u32;
    Ok(Event::Views(Views { pictures, views, side, rgb: read_rgb(rendered).await? }))
}
