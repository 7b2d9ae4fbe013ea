//! Files exported by the page.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use zip::ZipArchive;

/// Unpacks an archive into its files, by their paths.
pub fn unpack(archive: Vec<u8>) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = ZipArchive::new(Cursor::new(archive))?;
    let mut files = BTreeMap::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place)?;
        let mut contents = Vec::new();
        file.read_to_end(&mut contents)?;
        let path = file.name()?.to_string();
        ensure!(files.insert(path.clone(), contents).is_none(), "{path} is there twice.");
    }
    Ok(files)
}

/// `Embeddings (CSV)`: one picture per row.
#[derive(Clone, Debug, PartialEq)]
pub struct Embeddings {
    /// Names of the pictures.
    pub names: Vec<String>,
    /// Labels of the pictures, empty if there is none.
    pub labels: Vec<String>,
    /// Embeddings of the pictures.
    pub rows: Vec<Vec<f32>>,
}

impl Embeddings {
    /// Parses the file; fails unless its header is `name,label,e0,e1,…` and every cell a finite number.
    pub fn parse(file: &[u8]) -> Result<Self> {
        let mut reader = csv::Reader::from_reader(file);
        let header: Vec<_> = reader.headers()?.iter().map(str::to_owned).collect();
        ensure!(header.len() > 2, "The header holds no embedding: {header:?}");
        let expected = ["name".into(), "label".into()].into_iter().chain((0..).map(|i| format!("e{i}")));
        ensure!(header.iter().cloned().eq(expected.take(header.len())), "The header is {header:?}.");
        let mut embeddings = Self { names: Vec::new(), labels: Vec::new(), rows: Vec::new() };
        for record in reader.records() {
            let record = record?;
            embeddings.names.push(record[0].to_owned());
            embeddings.labels.push(record[1].to_owned());
            embeddings.rows.push(record.iter().skip(2).map(number).collect::<Result<_>>()?);
        }
        Ok(embeddings)
    }

    /// Returns the cosine similarity of two pictures.
    pub fn similarity(&self, a: usize, b: usize) -> f64 {
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
        };
        let (a, b) = (&self.rows[a], &self.rows[b]);
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    /// Returns the rows of the other pictures with their similarities to picture `of`, most similar first.
    pub fn nearest(&self, of: usize) -> Vec<(usize, f64)> {
        let others = (0..self.rows.len()).filter(|&other| other != of);
        let mut nearest: Vec<_> = others.map(|other| (other, self.similarity(of, other))).collect();
        nearest.sort_by(|a, b| b.1.total_cmp(&a.1));
        nearest
    }
}

fn number(cell: &str) -> Result<f32> {
    let value: f32 = cell.parse().with_context(|| format!("“{cell}” is no number."))?;
    ensure!(value.is_finite(), "{cell} is not finite.");
    Ok(value)
}

/// `Run (JSON)`: the settings, the environment and the measurements of every step.
#[derive(Clone, Debug, PartialEq)]
pub struct Run(pub Value);

impl Run {
    /// Parses the file.
    pub fn parse(file: &[u8]) -> Result<Self> {
        Ok(Self(serde_json::from_slice(file)?))
    }

    /// Returns the loss of every step.
    pub fn losses(&self) -> Result<Vec<f64>> {
        self.curve("loss")
    }

    /// Returns one number of every step.
    pub fn curve(&self, name: &str) -> Result<Vec<f64>> {
        let steps = self.0["steps"].as_array().context("The run holds no list of steps.")?;
        let value = |step: &Value| step[name].as_f64().with_context(|| format!("{step} holds no {name}."));
        steps.iter().map(value).collect()
    }

    /// Returns the kNN score of a stage: `pixels`, `untrained` or `trained`.
    pub fn knn(&self, stage: &str) -> Option<f64> {
        let evaluations = self.0["evaluations"].as_array()?;
        evaluations.iter().find(|evaluation| evaluation["stage"] == stage)?["knn"].as_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embeddings_are_read() {
        let file = b"name,label,e0,e1\na.png,x,1,0\n\"b,c.png\",,0.6,0.8\nd.png,x,-2,0\n";
        let embeddings = Embeddings::parse(file).unwrap();
        assert_eq!(embeddings.names, ["a.png", "b,c.png", "d.png"]);
        assert_eq!(embeddings.labels, ["x", "", "x"]);
        let nearest = embeddings.nearest(0);
        assert_eq!((nearest[0].0, nearest[1].0), (1, 2));
        assert!((nearest[0].1 - 0.6).abs() < 1e-7 && (nearest[1].1 + 1.0).abs() < 1e-7);
    }

    #[test]
    fn runs_are_read() {
        let file = br#"{"steps": [{"loss": 2.5}, {"loss": 2}],
                        "evaluations": [{"stage": "pixels", "knn": 0.25}, {"stage": "trained", "knn": null}]}"#;
        let run = Run::parse(file).unwrap();
        assert_eq!(run.losses().unwrap(), [2.5, 2.0]);
        assert_eq!((run.knn("pixels"), run.knn("trained"), run.knn("untrained")), (Some(0.25), None, None));
        assert!(run.curve("accuracy").is_err());
    }

    #[test]
    fn malformed_embeddings_are_refused() {
        for file in
            ["name,e0\na,1\n", "name,label,e1\na,b,1\n", "name,label,e0\na,b,NaN\n", "name,label,e0\na,b\n"]
        {
            assert!(Embeddings::parse(file.as_bytes()).is_err(), "{file}");
        }
    }
}
