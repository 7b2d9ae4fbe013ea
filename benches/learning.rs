use std::{env, fs, path::Path, time::Instant};

use burn::tensor::{Device, Tensor};
use likeness::{
    encoder::first_filters,
    evaluate::{UnitRows, neighbours::NeighbourSearch, whitening::Fitting},
    image::Image,
    link,
    progress::Progress,
    samples::{SHAPES, fashion, shape},
    settings::{Images, Settings},
    train::{Trainer, upload},
};

struct Set {
    images: Vec<Image>,
    labels: Vec<usize>,
}

fn sheet(path: &Path, labels: &Path) -> Set {
    let labels: Vec<String> = fs::read_to_string(labels).unwrap().lines().map(str::to_owned).collect();
    let sheet = image::open(path).unwrap().to_rgb8();
    let (w, h) = sheet.dimensions();
    let side = (1..=w.min(h))
        .rev()
        .find(|s| w % s == 0 && h % s == 0 && ((w / s) * (h / s)) as usize >= labels.len())
        .unwrap();
    let columns = w / side;
    let mut kinds = labels.clone();
    kinds.sort();
    kinds.dedup();
    let images = (0..labels.len() as u32)
        .map(|i| {
            let tile = image::imageops::crop_imm(&sheet, i % columns * side, i / columns * side, side, side)
                .to_image();
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
            let file = ["jpg", "png"]
                .iter()
                .map(|e| folder.join(format!("{other}.{e}")))
                .find(|p| p.exists())
                .unwrap();
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

fn unit(rows: Vec<f32>, d: usize) -> Vec<f32> {
    let r = UnitRows::new(rows, d);
    (0..r.len()).flat_map(|i| r.row(i).to_vec()).collect()
}

fn whiten(rows: &[f32], n: usize) -> likeness::evaluate::whitening::Whitening {
    let mut fitting = Fitting::new(rows.to_vec(), rows.len() / n).unwrap();
    while fitting.advance() == Progress::More {}
    fitting.finish()
}

fn apply(w: &likeness::evaluate::whitening::Whitening, rows: &[f32]) -> Vec<f32> {
    let d = w.mean.len();
    let k = w.components();
    let n = rows.len() / d;
    let t = |v: Vec<f32>, s: [usize; 2]| {
        Tensor::<2>::from_data(burn::tensor::TensorData::new(v, s), &Device::flex())
    };
    let out =
        values((t(rows.to_vec(), [n, d]) - t(w.mean.clone(), [1, d])).matmul(t(w.matrix.clone(), [d, k])));
    unit(out, k)
}

fn cat(parts: &[&Vec<f32>], n: usize) -> Vec<f32> {
    (0..n)
        .flat_map(|i| {
            parts
                .iter()
                .flat_map(|p| {
                    let d = p.len() / n;
                    p[i * d..(i + 1) * d].to_vec()
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

fn add(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn scores(
    encoder: &likeness::encoder::Encoder,
    pictures: &Tensor<4>,
    labels: &[usize],
    _hog: &[f32],
    _hog_flip: &[f32],
) -> String {
    let n = labels.len();
    let mut s = String::new();
    let blocks = encoder.block_maps(pictures.clone().narrow(0, 0, 1)).len();
    for (b, places) in [(blocks - 1, 4), (blocks - 2, 8), (blocks - 3, 8)] {
        let channels = encoder.block_maps(pictures.clone().narrow(0, 0, 1))[b].dims()[1];
        let f = |flip: bool| {
            chunks(pictures, |p| {
                likeness::encoder::readout::read(
                    encoder.block_maps(if flip { p.flip([3]) } else { p })[b].clone(),
                    places,
                )
            })
        };
        let (x, y) = (f(false), f(true));
        let sqrt = |v: &Vec<f32>| v.iter().map(|v| v.max(0.0).sqrt()).collect::<Vec<f32>>();
        let place = |v: &Vec<f32>| {
            let m = (v.iter().map(|v| v * v).sum::<f32>() / (v.len() / channels) as f32).sqrt();
            v.chunks(channels)
                .flat_map(|r| {
                    let l = r.iter().map(|v| v * v).sum::<f32>().sqrt() + 0.1 * m;
                    r.iter().map(|v| v / l).collect::<Vec<_>>()
                })
                .collect::<Vec<f32>>()
        };
        for (name, t) in [
            ("id", &(|v: &Vec<f32>| v.clone()) as &dyn Fn(&Vec<f32>) -> Vec<f32>),
            ("sqrt", &sqrt),
            ("place", &place),
            ("sqrt+place", &|v| place(&sqrt(v))),
            ("image", &|v| unit(v.clone(), v.len() / n)),
            ("sqrt+image", &|v| {
                let q = sqrt(v);
                let d = q.len() / n;
                unit(q, d)
            }),
        ] {
            let (x, y) = (t(&x), t(&y));
            let w = whiten(&x, n);
            s += &format!(" b{b}x{places} {name} {:.3}", vote(add(&apply(&w, &x), &apply(&w, &y)), labels));
        }
        s += "\n     ";
    }
    s
}

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    let name = &args[0];
    let (set, images) = set(name);
    let hash = format!(
        "images={}&{}",
        match images {
            Images::Shapes => "shapes",
            Images::Fashion => "fashion",
            Images::Own => "own",
        },
        args.get(1).cloned().unwrap_or_default()
    );
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
    if env::var("HOG").is_ok() {
        let f: Vec<Vec<f32>> = pick
            .iter()
            .map(|i| {
                let s = env::var("HOG").ok().and_then(|v| v.parse().ok()).unwrap_or(64);
                likeness::classic_features::classic_features(&set.images[*i].planes(s), s)
            })
            .collect();
        let d = f[0].len();
        let centred = |rows: Vec<f32>| {
            let d = rows.len() / labels.len();
            let n = labels.len() as f32;
            let mut m = vec![0.0; d];
            rows.chunks(d).for_each(|r| m.iter_mut().zip(r).for_each(|(m, v)| *m += v / n));
            rows.chunks(d)
                .flat_map(|r| r.iter().zip(&m).map(|(v, m)| v - m).collect::<Vec<_>>())
                .collect::<Vec<f32>>()
        };
        println!("  pixels centred {:.3}", vote(centred(planes.clone()), &labels));
        for w in [0.0, 0.25, 0.5, 1.0, 1.5] {
            let rows: Vec<f32> = f
                .iter()
                .flat_map(|r| {
                    r.iter()
                        .enumerate()
                        .map(|(i, v)| if i < d - 64 { *v } else { v * w / 0.25 })
                        .collect::<Vec<_>>()
                })
                .collect();
            println!(
                "  hog colour {w}: {:.3} centred {:.3}",
                vote(rows.clone(), &labels),
                vote(centred(rows), &labels)
            );
        }
        let rows: Vec<f32> = f.iter().flat_map(|r| r[d - 64..].to_vec()).collect();
        println!("  colour {:.3} centred {:.3}", vote(rows.clone(), &labels), vote(centred(rows), &labels));
        return;
    }
    let flip = |im: &Image| {
        Image::draw(|x, y| {
            let at = (y * 96 + 95 - x) * 3;
            [im.rgb()[at], im.rgb()[at + 1], im.rgb()[at + 2]]
        })
    };
    let hog: Vec<f32> = pick
        .iter()
        .flat_map(|i| likeness::classic_features::classic_features(&set.images[*i].planes(64), 64))
        .collect();
    let hog_flip: Vec<f32> = pick
        .iter()
        .flat_map(|i| likeness::classic_features::classic_features(&flip(&set.images[*i]).planes(64), 64))
        .collect();
    let pictures = upload(planes, side, &device);
    let mut trainer = Trainer::new(settings, pictures.clone(), &filters);
    println!("  before: {}", scores(&trainer.untrained().encoder, &pictures, &labels, &hog, &hog_flip));
    let every: u32 = env::var("EVERY").ok().and_then(|v| v.parse().ok()).unwrap_or(u32::MAX);
    let mut seconds = 0.0;
    let mut t = Instant::now();
    for step in 1..=settings.steps {
        let outcome = trainer.step();
        if step % every == 0 || step == settings.steps {
            seconds += t.elapsed().as_secs_f32();
            let loss = values(outcome.statistics)[0];
            let running = trainer.network().encoder;
            println!(
                "  step {step} {seconds:.1} s loss {loss:.3} running: {}",
                scores(&running, &pictures, &labels, &hog, &hog_flip)
            );
            t = Instant::now();
        }
    }
}
