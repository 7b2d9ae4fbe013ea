//! Shows views of some pictures by the current augmentations.

use super::{Advance, Context, Job, Kind, Request};
use crate::{
    augment::View,
    kernels::views::render,
    progress::Progress,
    protocol::{Breakdown, Event, PictureId, Views},
    random::{Purpose, generator},
    readback::read_rgb,
    train::{select, upload},
};

/// Views that are to be shown.
struct Preview {
    pictures: Vec<PictureId>,
    /// Number of views of each picture.
    views: u32,
    draw: u32,
}

/// Asks for so many views of each picture; another draw gives others.
pub fn request(pictures: Vec<PictureId>, views: u32, draw: u32) -> Request {
    Request::only(Kind::Preview, None, move |_| (views > 0).then_some(Preview { pictures, views, draw }))
}

impl Job for Preview {
    fn advance<'a>(&'a mut self, context: &'a mut Context<'_>) -> Advance<'a> {
        Box::pin(async move {
            let views = self.render(context).await?;
            context.emit(views.map(Event::Views));
            Ok(Progress::Idle)
        })
    }
}

impl Preview {
    /// Draws the views; of pictures that are gone, none.
    async fn render(&self, context: &Context<'_>) -> Result<Option<Views>, Breakdown> {
        let (settings, side) = (context.settings, context.settings.side as usize);
        let find = |id: &PictureId| Some((*id, context.set.find(*id)?.planes(side)));
        let (pictures, planes): (Vec<_>, Vec<_>) = self.pictures.iter().filter_map(find).unzip();
        if pictures.is_empty() {
            return Ok(None);
        }
        let times = self.views as usize;
        let rows: Vec<usize> = (0..pictures.len()).flat_map(|row| std::iter::repeat_n(row, times)).collect();
        let mut rng = generator(settings.seed, Purpose::Preview, self.draw);
        let changes: Vec<View> = rows.iter().map(|_| View::draw(&settings.augmentations, &mut rng)).collect();
        let batch = select(&upload(planes.concat(), side, context.device), &rows);
        let rgb = read_rgb(render(batch, &changes)).await?;
        Ok(Some(Views { pictures, views: self.views, side: side as u32, rgb }))
    }
}
