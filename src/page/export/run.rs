//! `Run (JSON)`: settings, environment, pictures' names and labels, curves, scores.

use super::{environment::environment_report, json::Json};
use crate::{
    link,
    page::state::State,
    protocol::{Classification, Environment, Evaluation, Stage, StepReport},
    settings::Settings,
};
use strum::VariantArray;

/// Returns the run as JSON: settings, environment, pictures' names and labels, curves, scores.
pub fn run_json(state: &State, browser: &str, environment: Option<&Environment>) -> String {
    let mut json = Json::pretty();
    json.object(|json| {
        json.text_field("link", &link::write(&state.settings));
        json.key("settings").object(|json| settings(json, &state.settings));
        json.key("environment").object(|json| {
            let fields = environment_report(browser, environment);
            fields.iter().for_each(|(name, text)| json.text_field(name, text));
        });
        match state.run.parameters {
            Some(parameters) => json.plain_field("parameters", parameters),
            None => json.key("parameters").null(),
        }
        json.key("images").list(state.pictures.entries(), |json, entry| {
            json.object(|json| {
                json.picture(state, entry, state.pictures.label(entry.id));
            });
        });
        json.key("temperature").object(|json| temperature(json, state));
        json.key("steps").list(&state.run.steps, |json, report| json.object(|json| step(json, report)));
        let scored = Stage::VARIANTS.iter().filter_map(|stage| state.results.scored(*stage));
        json.key("evaluations").list(scored, |json, scored| {
            json.object(|json| score(json, &scored.evaluation));
        });
        scores_by_step(json.key("scores_by_step"), state);
        let classified = Stage::VARIANTS.iter().filter_map(|stage| state.classification(*stage));
        json.key("classifications")
            .list(classified, |json, found| json.object(|json| classifier_scores(json, found)));
    });
    json.finish()
}

fn settings(json: &mut Json, settings: &Settings) {
    // Choices have their names in the code; the link beside them has the short names.
    json.text_field("images", &format!("{:?}", settings.images));
    json.text_field("framing", &format!("{:?}", settings.framing));
    json.plain_field("seed", settings.seed);
    json.plain_field("steps", settings.steps);
    json.plain_field("batch", settings.batch);
    json.plain_field("side", settings.side);
    json.plain_field("width", settings.width);
    json.plain_field("depth", settings.depth);
    json.text_field("first_layer", &format!("{:?}", settings.first_layer));
    json.plain_field("readout", settings.readout);
    json.plain_field("outputs", settings.outputs);
    json.text_field("features", &format!("{:?}", settings.features));
    json.text_field("loss", &format!("{:?}", settings.loss));
    json.text_field("similarity", &format!("{:?}", settings.similarity));
    json.number_field("temperature", settings.temperature);
    json.plain_field("learned_temperature", settings.learned_temperature);
    json.number_field("margin", settings.margin);
    json.text_field("mining", &format!("{:?}", settings.mining));
    json.number_field("learning_rate", settings.learning_rate);
    json.key("augmentations").object(|json| {
        for (name, operation) in link::operations(settings) {
            json.key(name).object(|json| {
                json.plain_field("on", operation.on);
                json.number_field("strength", operation.strength);
                json.number_field("probability", operation.probability);
            });
        }
    });
    json.text_field("backend", &format!("{:?}", settings.backend));
    json.plain_field("cores", settings.cores);
    json.plain_field("run", settings.run);
}

/// Adds the temperature, fixed or learned: the latest value, and the learned ones by step of a
/// reported batch.
fn temperature(json: &mut Json, state: &State) {
    let learned = state.run.notes.temperatures();
    let last = learned.last().map_or(state.settings.temperature, |(_, temperature)| *temperature);
    json.plain_field("learned", !learned.is_empty());
    json.number_field("last", last);
    json.key("by_step").list(learned, |json, (step, temperature)| {
        json.object(|json| {
            json.plain_field("step", step);
            json.number_field("temperature", *temperature);
        });
    });
}

fn step(json: &mut Json, report: &StepReport) {
    json.plain_field("step", report.step);
    json.number_field("loss", report.loss);
    json.number_field("accuracy", report.accuracy);
    json.number_field("alignment", report.alignment);
    json.number_field("uniformity", report.uniformity);
    json.number_field("milliseconds", report.milliseconds);
}

fn score(json: &mut Json, evaluation: &Evaluation) {
    json.text_field("stage", evaluation.stage.into());
    json.plain_field("step", evaluation.step);
    json.plain_field("dimensions", evaluation.dimensions);
    json.number_field("shared_labels", evaluation.knn.map(|score| score.shared_labels));
    json.number_field("knn", evaluation.knn.map(|score| score.accuracy));
    json.number_field("effective_rank", evaluation.effective_rank);
}

/// Adds the scores of the classifiers at a stage.
fn classifier_scores(json: &mut Json, found: &Classification) {
    let crossed = found.crossed.as_ref();
    json.text_field("stage", found.stage.into());
    json.plain_field("step", found.step);
    json.plain_field("given", found.given.len());
    json.plain_field("held_out", found.held_out.len());
    json.plain_field("scored", found.scored);
    // Given pictures that were predicted from each other instead, if no other is scored.
    match crossed {
        Some(crossed) => json.plain_field("cross_validated", crossed.pictures.len()),
        None => json.key("cross_validated").null(),
    }
    json.number_field("linear_probe", found.probe.accuracy.or_else(|| crossed?.probe.accuracy));
    json.number_field("knn_vote", found.vote.accuracy.or_else(|| crossed?.vote.accuracy));
}

/// Adds the measurements of each evaluation of the run, from the untrained encoder on. Each has a
/// rank and, if there are labels, a kNN accuracy.
fn scores_by_step(json: &mut Json, state: &State) {
    let knn = state.knn_by_step();
    let at = |step: u32| knn.iter().find(|(other, _)| *other == step).map(|(_, knn)| *knn);
    json.list(state.ranks_by_step(), |json, (step, rank)| {
        json.object(|json| {
            json.plain_field("step", step);
            json.number_field("knn", at(step));
            json.number_field("effective_rank", rank);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::answer,
        page::{export::samples::state, fixture::report},
        protocol::{Answer, BUILD, Backend, BackendReason, BatchMatrix, Event, Floats, Guesses, LossDetails},
    };

    #[test]
    fn json_contains_the_run() {
        let mut state = state();
        state.apply(Event::Stepped(vec![StepReport {
            step: 1,
            loss: 4.25,
            accuracy: 0.5,
            alignment: 1.0,
            uniformity: -1.0,
            milliseconds: 12.0,
        }]));
        let classification = Classification {
            stage: Stage::Trained,
            step: 5,
            given: vec![0],
            classes: vec![0, 1],
            held_out: vec![1],
            scored: 1,
            probe: Guesses { labels: vec![1], confidences: Floats(vec![0.9]), accuracy: Some(0.5) },
            vote: Guesses::default(),
            crossed: None,
        };
        let request = state.classifier_request(Stage::Trained);
        answer(&mut state, request, Answer::Classification(classification));
        let environment = Environment {
            backend: Backend::Cpu,
            adapter: String::new(),
            reason: BackendReason::CpuAsked,
            self_test: None,
            is_unrecorded: false,
            cores: 1,
        };
        state.edit(|settings| settings.augmentations.hue.on = false);
        let json = run_json(&state, "Tester", Some(&environment));
        let value: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!(value["steps"][0]["loss"], 4.25);
        assert_eq!(value["environment"]["backend"], "CPU");
        assert_eq!(value["environment"]["build"], BUILD);
        assert_eq!(value["images"][0]["label"], "cats");
        assert!(value["images"][1]["label"].is_null());
        let settings = serde_json::from_value::<Settings>(value["settings"].clone());
        assert_eq!(settings.expect("every setting is there"), *state.settings);
        assert_eq!(value["evaluations"][0]["stage"], "trained");
        let line = serde_json::json!({"step": 5, "knn": 0.25, "effective_rank": 1.5});
        assert_eq!(value["scores_by_step"], serde_json::json!([line]));
        let worth = &value["classifications"][0];
        assert_eq!((&worth["held_out"], &worth["linear_probe"]), (&1.into(), &0.5.into()));
    }

    #[test]
    fn json_contains_the_learned_temperature() {
        let mut state = state();
        let temperature = |state: &State| -> serde_json::Value {
            let json = run_json(state, "Tester", None);
            serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON")["temperature"].clone()
        };
        assert_eq!(temperature(&state)["learned"], false);
        assert!((temperature(&state)["last"].as_f64().expect("a number") - 0.1).abs() < 1e-6);
        state.edit(|settings| settings.learned_temperature = true);
        state.apply(Event::Stepped(vec![report(1), report(2)]));
        let details = LossDetails { temperature: 0.25, ..LossDetails::default() };
        let cells = Floats::default();
        state.apply(Event::Batch(BatchMatrix { step: 2, pictures: vec![0], cells, details }));
        let found = temperature(&state);
        assert_eq!((&found["learned"], &found["last"]), (&true.into(), &0.25.into()));
        assert_eq!(found["by_step"], serde_json::json!([{"step": 2, "temperature": 0.25}]));
    }
}
