use std::{env, fs, path::Path, time::Instant};

use burn::tensor::{Device, Tensor};
use likeness::{
    embedding::Embedding,
    encoder::first_filters,
    evaluate::{UnitRows, neighbours::NeighbourSearch, whitening::Fitting},
    image::Image,
    link,
    progress::Progress,
    samples::{SHAPES, fashion, shape},
    settings::{Images, Settings},
    train::{Trainer, calibrate, select, upload},
};

struct Set {
    images: Vec<Image>,
    labels: Vec<usize>,
}

fn sheet(path: &Path, labels: &Path) -> Set {
    let labels: Vec<String> = fs::read_to_string(labels).unwrap().lines().map(str::to_owned).collect();
    let sheet = image::open(path).unwrap().to_rgb8();
    let (w, h) = sheet.dimensions();
    let side = (1..=w.min(h)).rev().find(|s| w % s == 0 && h % s == 0 && ((w / s) * (h / s)) as usize >= labels.len()).unwrap();
    let columns = w / side;
    let mut kinds = labels.clone();
    kinds.sort();
    kinds.dedup();
    let images = (0..labels.len() as u32)
        .map(|i| {
            let tile = image::imageops::crop_imm(&sheet, i % columns * side, i / columns * side, side, side).to_image();
            let mut bytes = std::io::Cursor::new(Vec::new());
            tile.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
            Image::decode(bytes.get_ref()).unwrap()
        })
        .collect();
    let labels = labels.iter().map(|l| kinds.binary_search(l).unwrap()).collect();
    Set { images, labels }
}

fn set(name: &str) -> (Set, Images) {
    match name {
        "shapes" => {
            let samples: Vec<_> = (0..SHAPES).map(|i| shape(i, 1)).collect();
            let labels = (0..SHAPES).map(|i| i % 10).collect();
            (Set { images: samples.into_iter().map(|s| s.image).collect(), labels }, Images::Shapes)
        }
        "fashion" => {
            let sheet = image::open("static/fashion-1000.png").unwrap().to_rgba8().into_raw();
            let images = (0..1000).map(|i| fashion(i, &sheet, 4).image).collect();
            (Set { images, labels: (0..1000).map(|i| i % 10).collect() }, Images::Fashion)
        }
        other => {
            let folder = Path::new("../shared/data");
            let file = ["jpg", "png"].iter().map(|e| folder.join(format!("{other}.{e}"))).find(|p| p.exists()).unwrap();
            (sheet(&file, &folder.join(format!("{other}.labels"))), Images::Own)
        }
    }
}

fn vote(values: Vec<f32>, labels: &[usize]) -> f32 {
    let dims = values.len() / labels.len();
    let rows = UnitRows::new(values, dims);
    let mut search = NeighbourSearch::new(&rows, 10);
    while search.advance() == Progress::More {}
    let found = std::rc::Rc::new(search.found().clone());
    let labels: Vec<_> = labels.iter().map(|l| Some(*l as u32)).collect();
    let mut scoring = likeness::evaluate::knn::Scoring::new(&rows, &found, &labels);
    while scoring.advance() == Progress::More {}
    scoring.finish().unwrap().accuracy
}

fn values<const D: usize>(t: Tensor<D>) -> Vec<f32> {
    t.into_data().try_into_vec().unwrap()
}

fn chunks(pictures: &Tensor<4>, f: impl Fn(Tensor<4>) -> Tensor<2>) -> Vec<f32> {
    let n = pictures.dims()[0];
    (0..n).step_by(64).flat_map(|at| values(f(pictures.clone().narrow(0, at, 64.min(n - at))))).collect()
}

fn scores(encoder: &likeness::encoder::Encoder, pictures: &Tensor<4>, labels: &[usize]) -> String {
    let device = Device::flex();
    let out = vote(chunks(pictures, |p| encoder.forward(p)), labels);
    let maps = chunks(pictures, |p| encoder.map(p));
    let dims = maps.len() / labels.len();
    let plain = vote(maps.clone(), labels);
    let started = Instant::now();
    let mut fitting = Fitting::new(maps, dims).unwrap();
    while fitting.advance() == Progress::More {}
    let whitening = fitting.finish();
    let took = started.elapsed().as_secs_f32();
    let started = Instant::now();
    let of = |mirrored| {
        let e = Embedding::map(encoder.clone(), Some(&whitening), mirrored, &device);
        vote(chunks(pictures, |p| e.forward(p)), labels)
    };
    let (a, b) = (of(false), of(true));
    format!("out {out:.3} map {plain:.3} white {a:.3} mirrored {b:.3} (fit {took:.2} s, embed {:.2} s)", started.elapsed().as_secs_f32())
}

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    let name = &args[0];
    let (set, images) = set(name);
    let hash = format!("images={}&{}", match images { Images::Shapes => "shapes", Images::Fashion => "fashion", Images::Own => "own" }, args.get(1).cloned().unwrap_or_default());
    let (settings, problems) = link::read(&hash);
    assert!(problems.is_empty(), "{problems:?}");
    let side = settings.side as usize;
    let limit: usize = env::var("LIMIT").ok().and_then(|v| v.parse().ok()).unwrap_or(usize::MAX);
    let pick = likeness::evenly::evenly(set.images.len(), limit);
    let planes: Vec<f32> = pick.iter().flat_map(|i| set.images[*i].planes(side)).collect();
    let labels: Vec<usize> = pick.iter().map(|i| set.labels[*i]).collect();
    let device = Device::flex();
    let filters = first_filters(&settings, &planes);
    println!("{name} {hash} pixels {:.3}", vote(planes.clone(), &labels));
    let pictures = upload(planes, side, &device);
    let mut trainer = Trainer::new(settings, pictures.clone(), &filters);
    println!("  before: {}", scores(&trainer.untrained().encoder, &pictures, &labels));
    let started = Instant::now();
    let every: u32 = env::var("EVERY").ok().and_then(|v| v.parse().ok()).unwrap_or(u32::MAX);
    let mut seconds = 0.0;
    let mut t = Instant::now();
    for step in 1..=settings.steps {
        let outcome = trainer.step();
        if step % every == 0 || step == settings.steps {
            seconds += t.elapsed().as_secs_f32();
            let loss = values(outcome.statistics)[0];
            let running = trainer.network().encoder;
            let mut calibrated = running.clone();
            calibrate(&mut calibrated, &pictures);
            println!("  step {step} {seconds:.1} s loss {loss:.3} running: {}", scores(&running, &pictures, &labels));
            println!("    calibrated: {}", scores(&calibrated, &pictures, &labels));
            t = Instant::now();
        }
    }
    let _ = (started, select);
}
