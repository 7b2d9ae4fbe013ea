//! `Run (JSON)`: settings, environment, pictures' names and labels, curves, scores.

use serde::Serialize;

use super::environment::{EnvironmentReport, environment_report};
use crate::{
    link,
    page::state::State,
    protocol::{Classification, Environment, Evaluation, Stage, StepReport},
    settings::Settings,
};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::export::samples::state,
        protocol::{BUILD, Backend, BatchMatrix, Event, Floats, Guesses, LossDetails},
    };

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
            number: 0,
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
}
