//! What the user takes home, as text.

use serde::Serialize;

use crate::{
    link,
    page::state::{Scored, State},
    protocol::{BUILD, Classification, Environment, Evaluation, Stage, StepReport},
    settings::Settings,
};

/// The embeddings as CSV (RFC 4180): `name,label,e0,e1,…`, one picture a row, numbers
/// with just the digits that bring them back to the last bit. A typed label stands above
/// the one that a picture came with.
pub fn embeddings_csv(state: &State, scored: &Scored) -> String {
    let mut csv = String::from("name,label");
    for i in 0..scored.evaluation.dimensions {
        csv.push_str(&format!(",e{i}"));
    }
    csv.push_str("\r\n");
    for &id in &scored.evaluation.pictures {
        let (Some(entry), Some(embedding)) = (state.pictures.get(id), scored.embedding(id)) else {
            continue;
        };
        csv.push_str(&quoted(&entry.name));
        csv.push(',');
        csv.push_str(&quoted(state.label_of(id).unwrap_or_default()));
        for value in embedding {
            csv.push_str(&format!(",{value}"));
        }
        csv.push_str("\r\n");
    }
    csv
}

/// A CSV field, in quotes where it must be.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// What `Run (JSON)` holds.
#[derive(Serialize)]
struct RunReport<'a> {
    link: String,
    settings: &'a Settings,
    environment: EnvironmentReport<'a>,
    parameters: Option<u32>,
    images: Vec<ImageReport<'a>>,
    temperature: TemperatureReport,
    steps: Vec<StepLine>,
    evaluations: Vec<Score>,
    classifications: Vec<Worth>,
}

#[derive(Serialize)]
struct EnvironmentReport<'a> {
    browser: &'a str,
    adapter: &'a str,
    backend: &'a str,
    reason: &'a str,
    self_test: &'a str,
    build: &'a str,
}

/// The temperature, set or learned.
#[derive(Serialize)]
struct TemperatureReport {
    learned: bool,
    /// The latest value.
    last: f32,
    /// What was learned, by step of a reported batch.
    by_step: Vec<TemperatureLine>,
}

#[derive(Serialize)]
struct TemperatureLine {
    step: u32,
    temperature: f32,
}

#[derive(Serialize)]
struct ImageReport<'a> {
    name: &'a str,
    label: Option<&'a str>,
}

#[derive(Serialize)]
struct StepLine {
    step: u32,
    loss: f32,
    accuracy: f32,
    alignment: f32,
    uniformity: f32,
    milliseconds: f32,
}

#[derive(Serialize)]
struct Score {
    stage: &'static str,
    step: u32,
    dimensions: u32,
    shared_labels: Option<f32>,
    knn: Option<f32>,
    effective_rank: Option<f32>,
}

/// What labels were worth at a stage.
#[derive(Serialize)]
struct Worth {
    stage: &'static str,
    step: u32,
    given: usize,
    held_out: usize,
    scored: u32,
    linear_probe: Option<f32>,
    knn_vote: Option<f32>,
}

/// The run as JSON: settings, environment, pictures' names and labels, curves, scores.
pub fn run_json(state: &State, browser: &str, environment: Option<&Environment>) -> String {
    let entries = state.pictures.entries().iter();
    let stages = [Stage::Pixels, Stage::Untrained, Stage::Trained];
    let report = RunReport {
        link: link::write(&state.settings),
        settings: &state.settings,
        environment: environment_report(browser, environment),
        parameters: state.run.parameters,
        images: entries
            .map(|entry| ImageReport { name: &entry.name, label: state.pictures.label(entry.id) })
            .collect(),
        temperature: temperature_report(state),
        steps: state.run.steps.iter().map(step_line).collect(),
        evaluations: stages
            .into_iter()
            .filter_map(|stage| state.results.scored(stage))
            .map(|scored| score(&scored.evaluation))
            .collect(),
        classifications: stages
            .into_iter()
            .filter_map(|stage| state.classification(stage))
            .map(worth)
            .collect(),
    };
    serde_json::to_string_pretty(&report).expect("a report is plain data")
}

fn environment_report<'a>(browser: &'a str, environment: Option<&'a Environment>) -> EnvironmentReport<'a> {
    EnvironmentReport {
        browser,
        adapter: environment.map_or("", |environment| &environment.adapter),
        backend: environment.map_or("", |environment| super::words::backend(environment.backend)),
        reason: environment.map_or("", |environment| &environment.reason),
        self_test: environment.map_or("", |environment| &environment.self_test),
        build: BUILD,
    }
}

fn temperature_report(state: &State) -> TemperatureReport {
    let learned = state.run.notes.temperatures();
    let last = learned.last().map_or(state.settings.temperature, |(_, temperature)| *temperature);
    let line = |&(step, temperature): &(u32, f32)| TemperatureLine { step, temperature };
    TemperatureReport { learned: !learned.is_empty(), last, by_step: learned.iter().map(line).collect() }
}

fn step_line(report: &StepReport) -> StepLine {
    let StepReport { step, loss, accuracy, alignment, uniformity, milliseconds } = *report;
    StepLine { step, loss, accuracy, alignment, uniformity, milliseconds }
}

const fn stage_key(stage: Stage) -> &'static str {
    match stage {
        Stage::Pixels => "pixels",
        Stage::Untrained => "untrained",
        Stage::Trained => "trained",
    }
}

fn worth(found: &Classification) -> Worth {
    Worth {
        stage: stage_key(found.stage),
        step: found.step,
        given: found.given.len(),
        held_out: found.held_out.len(),
        scored: found.scored,
        linear_probe: found.probe.accuracy,
        knn_vote: found.vote.accuracy,
    }
}

fn score(evaluation: &Evaluation) -> Score {
    Score {
        stage: stage_key(evaluation.stage),
        step: evaluation.step,
        dimensions: evaluation.dimensions,
        shared_labels: evaluation.shared_labels,
        knn: evaluation.knn,
        effective_rank: evaluation.effective_rank,
    }
}

/// One line that says what a run ran on.
pub fn environment_line(browser: &str, environment: Option<&Environment>) -> String {
    let report = environment_report(browser, environment);
    let or = |text: &str, otherwise: &str| {
        if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
    };
    format!(
        "browser: {} | adapter: {} | backend: {} | self-test: {} | build: {}",
        or(report.browser, "unknown"),
        or(report.adapter, "none"),
        or(report.backend, "not started"),
        or(report.self_test, "not needed"),
        report.build
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        image::Image,
        page::state::Newcomer,
        protocol::{Backend, BatchMatrix, Event, Floats, Guesses, LossDetails, Neighbours},
        settings::Images,
    };

    fn state() -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        let newcomer = |name: &str, label: Option<&str>| Newcomer {
            name: name.to_owned(),
            label: label.map(str::to_owned),
            image: Image::draw(|_, _| [0; 3]),
        };
        let ids = state.add(vec![newcomer("a \"b\", c.png", Some("cats")), newcomer("d.png", None)]);
        state.apply(Event::Evaluated(Evaluation {
            stage: Stage::Trained,
            step: 5,
            pictures: ids,
            dimensions: 2,
            embeddings: Floats(vec![0.1, -2.5e-8, f32::MIN_POSITIVE, 1.0 / 3.0]),
            neighbours: Neighbours { k: 0, indices: Vec::new(), similarities: Floats::default() },
            shared_labels: Some(0.5),
            knn: None,
            effective_rank: Some(1.5),
        }));
        state
    }

    #[test]
    fn csv_quotes_fields_and_keeps_every_bit() {
        let state = state();
        let csv = embeddings_csv(&state, state.results.latest().expect("an evaluation"));
        let lines: Vec<_> = csv.split("\r\n").collect();
        assert_eq!(lines[0], "name,label,e0,e1");
        assert!(lines[1].starts_with("\"a \"\"b\"\", c.png\",cats,0.1,"), "{}", lines[1]);
        let last: Vec<f32> =
            lines[2].split(',').skip(2).map(|text| text.parse().expect("a number")).collect();
        assert_eq!(last, [f32::MIN_POSITIVE, 1.0 / 3.0]);
        assert_eq!(lines[3..], [""]);
    }

    #[test]
    fn a_typed_label_is_the_one_in_the_csv() {
        let mut state = state();
        state.type_label(1, "dogs, \"big\"");
        let csv = embeddings_csv(&state, state.results.latest().expect("an evaluation"));
        assert!(csv.contains("\r\nd.png,\"dogs, \"\"big\"\"\","), "{csv}");
    }

    #[test]
    fn json_holds_the_run() {
        let mut state = state();
        state.apply(Event::Stepped(vec![StepReport {
            step: 1,
            loss: 4.25,
            accuracy: 0.5,
            alignment: 1.0,
            uniformity: -1.0,
            milliseconds: 12.0,
        }]));
        state.apply(Event::Classified(Classification {
            stage: Stage::Trained,
            step: 5,
            given: vec![0],
            classes: vec![0, 1],
            held_out: vec![1],
            scored: 1,
            probe: Guesses { labels: vec![1], confidences: Floats(vec![0.9]), accuracy: Some(0.5) },
            vote: Guesses::default(),
        }));
        let environment = Environment {
            backend: Backend::Cpu,
            adapter: String::new(),
            reason: "Chosen.".to_owned(),
            self_test: String::new(),
        };
        let json = run_json(&state, "Tester", Some(&environment));
        let value: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!(value["steps"][0]["loss"], 4.25);
        assert_eq!(value["environment"]["backend"], "CPU");
        assert_eq!(value["environment"]["build"], BUILD);
        assert_eq!(value["images"][0]["label"], "cats");
        assert!(value["images"][1]["label"].is_null());
        assert_eq!(value["settings"]["seed"], 1);
        assert_eq!(value["evaluations"][0]["stage"], "trained");
        let worth = &value["classifications"][0];
        assert_eq!((&worth["held_out"], &worth["linear_probe"]), (&1.into(), &0.5.into()));
    }

    #[test]
    fn json_says_what_temperature_was_learned() {
        let mut state = state();
        let temperature = |state: &State| -> serde_json::Value {
            let json = run_json(state, "Tester", None);
            serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON")["temperature"].clone()
        };
        assert_eq!(temperature(&state)["learned"], false);
        assert!((temperature(&state)["last"].as_f64().expect("a number") - 0.2).abs() < 1e-6);
        state.edit(|settings| settings.learned_temperature = true);
        let report = |step| StepReport {
            step,
            loss: 1.0,
            accuracy: 0.5,
            alignment: 1.0,
            uniformity: -1.0,
            milliseconds: 12.0,
        };
        state.apply(Event::Stepped(vec![report(1), report(2)]));
        let details = LossDetails { temperature: 0.25, ..LossDetails::default() };
        let cells = Floats::default();
        state.apply(Event::Batch(BatchMatrix { step: 2, pictures: vec![0], cells, details }));
        let found = temperature(&state);
        assert_eq!((&found["learned"], &found["last"]), (&true.into(), &0.25.into()));
        assert_eq!(found["by_step"], serde_json::json!([{"step": 2, "temperature": 0.25}]));
    }

    #[test]
    fn the_environment_fits_a_line() {
        let line = environment_line("Firefox", None);
        assert!(!line.contains('\n') && line.contains("backend: not started") && line.contains(BUILD));
    }
}
