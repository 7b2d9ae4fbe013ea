//! Ways in which pictures are copied, for tests and measurements.

use image::{
    Rgb, RgbImage,
    codecs::jpeg::JpegEncoder,
    imageops::{FilterType, blur, crop_imm, flip_horizontal, resize},
};

use crate::image::SIDE;

const LENGTH: u32 = SIDE as u32;

/// Makes a copy of a picture of the working size.
pub type Alter = fn(&RgbImage) -> RgbImage;

/// Name of the alteration that reverses a picture.
pub const MIRRORED: &str = "mirrored";

/// All alterations, by name.
pub const ALTERATIONS: [(&str, Alter); 8] = [
    ("compressed", compressed),
    ("half the size", |picture| square(&square(picture, LENGTH / 2), LENGTH)),
    ("blurred", |picture| blur(picture, 1.2)),
    ("brighter", brighter),
    ("cropped", |picture| square(&crop_imm(picture, 5, 3, 88, 88).to_image(), LENGTH)),
    ("turned", turned),
    ("marked", marked),
    (MIRRORED, flip_horizontal),
];

fn square(picture: &RgbImage, side: u32) -> RgbImage {
    resize(picture, side, side, FilterType::Triangle)
}

/// Returns a picture as a JPEG file of low quality keeps it.
pub fn compressed(picture: &RgbImage) -> RgbImage {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 30).encode_image(picture).expect("it fits into memory");
    image::load_from_memory(&file).expect("it was just written").to_rgb8()
}

fn brighter(picture: &RgbImage) -> RgbImage {
    let mut brighter = picture.clone();
    for Rgb(pixel) in brighter.pixels_mut() {
        *pixel = pixel.map(|value| (f32::from(value) * 1.3).min(255.0) as u8);
    }
    brighter
}

/// Turns a picture by three degrees about its middle; its edges are repeated.
fn turned(picture: &RgbImage) -> RgbImage {
    let (sine, cosine) = 3.0_f32.to_radians().sin_cos();
    let middle = (LENGTH - 1) as f32 / 2.0;
    let value = |x: u32, y: u32, channel: usize| f32::from(picture.get_pixel(x, y)[channel]);
    RgbImage::from_fn(LENGTH, LENGTH, |x, y| {
        let (x, y) = (x as f32 - middle, y as f32 - middle);
        let [x, y] = [cosine * x + sine * y, cosine * y - sine * x]
            .map(|place| (place + middle).clamp(0.0, 2.0 * middle - 0.001));
        let (column, row, s, t) = (x as u32, y as u32, x.fract(), y.fract());
        Rgb([0, 1, 2].map(|channel| {
            let along = |row| value(column, row, channel) * (1.0 - s) + value(column + 1, row, channel) * s;
            (along(row) * (1.0 - t) + along(row + 1) * t).round() as u8
        }))
    })
}

/// Stamps a chequered banner over a corner.
fn marked(picture: &RgbImage) -> RgbImage {
    let mut marked = picture.clone();
    for (x, y) in (50..92).flat_map(|x| (78..92).map(move |y| (x, y))) {
        marked.put_pixel(x, y, Rgb([if (x / 3 + y / 4) % 2 == 0 { 255 } else { 30 }; 3]));
    }
    marked
}
