//! Embeddings, labels and pictures for Embedding Atlas: one JSON object per line.

use base64::prelude::{BASE64_STANDARD, Engine};

use super::{embeddings::rows, json::Json};
use crate::{
    image::{Image, SIDE},
    page::{
        picture_map::PictureMap,
        state::{IndexedEvaluation, State},
    },
    plot::shrink::shrink,
};

/// Factor by which the pictures are shrunk.
const FACTOR: usize = 3;

/// Returns one line per picture, with `x` and `y` if the page has a map of these embeddings.
pub fn jsonl(state: &State, scored: &IndexedEvaluation) -> String {
    let places = places(state, scored);
    let mut text = String::new();
    for row in rows(state, scored) {
        let mut json = Json::default();
        json.object(|json| {
            json.picture(state, row.entry, row.label);
            if let Some([x, y]) = places.get(&row.entry.id) {
                json.number_field("x", *x);
                json.number_field("y", *y);
            }
            json.text_field("image", &data_url(&row.entry.image));
            json.key("embedding").list(row.embedding, |json, number| json.number(Some(*number)));
        });
        text.push_str(&json.finish());
        text.push('\n');
    }
    text
}

/// Returns the pictures' positions on the map, if it is a map of these embeddings.
fn places(state: &State, scored: &IndexedEvaluation) -> PictureMap<[f32; 2]> {
    let evaluation = &scored.evaluation;
    let map = state.map().filter(|map| (map.stage, map.step) == (evaluation.stage, evaluation.step));
    let points = map.map(|map| map.pictures.iter().copied().zip(map.points.0.chunks_exact(2)));
    points.into_iter().flatten().map(|(id, point)| (id, [point[0], point[1]])).collect()
}

/// Returns the address of a picture's data, as a small bitmap.
pub fn data_url(image: &Image) -> String {
    let side = SIDE / FACTOR;
    format!("data:image/bmp;base64,{}", BASE64_STANDARD.encode(bmp(&shrink(image.rgb(), SIDE, FACTOR), side)))
}

/// Encodes a square of RGB bytes as a Windows bitmap, whose rows go from the bottom up and whose
/// pixels are blue, green, red. `side` is a multiple of four, so that rows need no padding.
fn bmp(rgb: &[u8], side: usize) -> Vec<u8> {
    const HEADERS: u32 = 14 + 40;
    let (side, size) = (side as u32, rgb.len() as u32);
    let mut file = b"BM".to_vec();
    file.extend([HEADERS + size, 0, HEADERS].map(u32::to_le_bytes).concat());
    // The second header: its length, the dimensions, one plane of 24 bits, no compression.
    file.extend([40, side, side, 1 | 24 << 16, 0, size, 0, 0, 0, 0].map(u32::to_le_bytes).concat());
    for row in rgb.chunks_exact(side as usize * 3).rev() {
        file.extend(row.chunks_exact(3).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]));
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::export::samples::{EMBEDDINGS, state},
        page::fixture::answer,
        protocol::{Answer, Floats, Map, MapMethod, MapRequest, Stage},
    };

    fn lines(state: &State) -> Vec<serde_json::Value> {
        let text = jsonl(state, state.results.latest().expect("an evaluation"));
        text.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
    }

    #[test]
    fn each_line_contains_a_picture_and_its_embedding() {
        let lines = lines(&state());
        assert_eq!(lines[0]["name"], "a \"b\", c.png");
        assert_eq!((&lines[0]["label"], &lines[1]["label"]), (&"cats".into(), &serde_json::Value::Null));
        assert!(lines[0].get("x").is_none());
        for (line, expected) in lines.iter().zip(EMBEDDINGS.chunks_exact(2)) {
            let numbers: Vec<f32> = serde_json::from_value(line["embedding"].clone()).expect("numbers");
            assert_eq!(numbers, expected);
        }
    }

    #[test]
    fn pictures_are_readable_by_another_decoder() {
        let side = 4;
        let rgb: Vec<u8> = (0..side * side * 3).map(|i| (i * 5) as u8).collect();
        let read = image::load_from_memory(&bmp(&rgb, side)).expect("it is a bitmap").to_rgb8();
        assert_eq!(read.as_raw(), &rgb);
        let line = &lines(&state())[2];
        let url = line["image"].as_str().expect("a text");
        let bytes = BASE64_STANDARD.decode(url.strip_prefix("data:image/bmp;base64,").expect("a data URL"));
        let read = image::load_from_memory(&bytes.expect("base64")).expect("it is a bitmap").to_rgb8();
        assert_eq!((read.dimensions(), read.get_pixel(5, 7).0), ((32, 32), [30, 0, 150]));
    }

    #[test]
    fn positions_come_only_from_a_map_of_these_embeddings() {
        let mut state = state();
        let map = |step| {
            Answer::Map(Map {
                stage: Stage::Trained,
                step,
                method: MapMethod::Pca,
                pictures: vec![2, 0],
                points: Floats(vec![0.5, -1.0, 2.0, 0.25]),
                radius: 1.0,
                explained: 1.0,
                done: 0,
                total: 0,
            })
        };
        let question = MapRequest { stage: Stage::Trained, method: MapMethod::Pca };
        answer(&mut state, question, map(4));
        assert!(lines(&state)[0].get("x").is_none(), "the map is of an earlier step");
        answer(&mut state, question, map(5));
        let lines = lines(&state);
        assert_eq!(
            (&lines[0]["x"], &lines[0]["y"], &lines[2]["x"]),
            (&2.0.into(), &0.25.into(), &0.5.into())
        );
        assert!(lines[1].get("x").is_none());
    }
}
