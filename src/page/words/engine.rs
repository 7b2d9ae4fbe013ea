//! Answers of the engine about itself, in words.

use super::counted;
use crate::{
    page::state::Engine,
    protocol::{BackendReason, Cause, Disagreement, Environment, Refusal, Symptom},
    settings::MIN_PICTURES,
};

/// Describes why a command was not carried out, and what to do.
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoNetwork => "There’s no network yet. Add some pictures first.".to_owned(),
        Refusal::NoNumbers => {
            "Some of the network’s values aren’t numbers, so it wasn’t saved. Reset starts over.".to_owned()
        }
        Refusal::Pictures(pictures) => format!("{} couldn’t be used.", counted(*pictures, "picture")),
        Refusal::TooFewPictures(pictures) => format!(
            "Training compares pictures with each other, so it needs at least {MIN_PICTURES}. There are {pictures}: add some more."
        ),
        Refusal::RunComplete => {
            "This run has taken all its steps. Raise the number of steps to continue, or reset to start over."
                .to_owned()
        }
        Refusal::TooLarge { bytes, limit, .. } => {
            let gibibytes = |bytes: &u64| *bytes as f64 / f64::from(1 << 30);
            format!(
                "One step with these settings needs {:.1} GiB of memory. The CPU engine has {:.0} GiB. Choose fewer pairs, a smaller input size or fewer channels.",
                gibibytes(bytes),
                gibibytes(limit)
            )
        }
        Refusal::Diverged { symptom, at, back_to, cause } => format!(
            "{}. Training stopped and went back to step {back_to}. {} Change that, then Train continues from there.",
            symptom_at(*symptom, *at),
            cause_of(*cause)
        ),
    }
}

fn symptom_at(symptom: Symptom, step: u32) -> String {
    match symptom {
        Symptom::Loss => format!("At step {step} the loss stopped being a number"),
        Symptom::Weights => format!("By step {step} some weights had stopped being numbers"),
        Symptom::Embeddings => format!("By step {step} the embeddings had stopped being numbers"),
    }
}

fn cause_of(cause: Cause) -> String {
    match cause {
        Cause::LearningRate(rate) => format!("The learning rate, {rate}, is probably too high."),
        Cause::DotProducts => {
            "Dot products grow without limit. Compare views by the cosine instead.".to_owned()
        }
        Cause::Temperature(temperature) => {
            format!("The temperature, {temperature}, is probably too low.")
        }
        Cause::Driver => {
            "These settings rarely cause this, so the graphics driver may be at fault. Try the CPU."
                .to_owned()
        }
        Cause::Unknown(rate) => format!("A learning rate below {rate} may help."),
    }
}

/// Describes the reason for the engine's state, and its environment.
pub fn engine_reason(engine: &Engine) -> String {
    match engine {
        Engine::Loading { .. } => "The engine is still loading; you can add pictures meanwhile.".to_owned(),
        Engine::Starting => "The engine is looking for a device.".to_owned(),
        Engine::Stopped(failure) => super::failure::engine_failure(failure),
        Engine::Ready(environment) => {
            let adapter = match environment.adapter.as_str() {
                "" => String::new(),
                adapter => format!(" Adapter: {adapter}."),
            };
            let reason = backend_reason(&environment.reason);
            format!("{reason}{adapter} {}", self_test(environment)).trim_end().to_owned()
        }
    }
}

/// Describes why a device computes.
pub fn backend_reason(reason: &BackendReason) -> String {
    match reason {
        BackendReason::CpuAsked => "The settings ask for the CPU.".to_owned(),
        BackendReason::WebGpuAsked => "The settings ask for WebGPU.".to_owned(),
        BackendReason::RealAdapter => "Training runs on the GPU, through WebGPU.".to_owned(),
        BackendReason::Native => "Outside a browser, training runs on the CPU.".to_owned(),
        BackendReason::NoWebGpu => "This browser has no WebGPU, so training runs on the CPU. Slower, same result.".to_owned(),
        BackendReason::NoAdapter => {
            "This browser found no GPU, so training runs on the CPU. Slower, same result.".to_owned()
        }
        BackendReason::SoftwareAdapter => {
            "No usable GPU here, so training runs on the CPU. Slower, same result.".to_owned()
        }
        BackendReason::NoTimestampQueries => {
            "This GPU lacks a feature that the page needs (timestamp queries), so training runs on the CPU. Slower, same result."
                .to_owned()
        }
        BackendReason::StillBeingBuilt => {
            "The engine for WebGPU is still being built. Until it’s ready, training runs on the CPU.".to_owned()
        }
        BackendReason::NotStarted(why) => format!("WebGPU couldn’t be started ({why}), so training runs on the CPU. Slower, same result."),
        BackendReason::WrongNumbers(disagreement) => format!(
            "WebGPU computes wrong numbers here ({}), so training runs on the CPU. Slower, same result.",
            difference(*disagreement)
        ),
    }
}

fn difference(disagreement: Disagreement) -> String {
    match disagreement {
        Disagreement::Lost => "it gave none back".to_owned(),
        Disagreement::Views { step, difference } => {
            format!("the views of step {step} differ by {difference:.1e}")
        }
        Disagreement::Gradients { step, difference } => {
            format!("the gradients of step {step} differ by {difference:.1e}")
        }
        Disagreement::Loss { step, found, expected } => {
            format!("the loss of step {step} is {found} instead of {expected}")
        }
    }
}

/// Describes how far a device agrees with the CPU; empty where it was not compared.
pub fn self_test(environment: &Environment) -> String {
    let Some(agreement) = environment.self_test else { return String::new() };
    let agrees = format!(
        "It agrees with the CPU in {} (views within {:.0e}, gradients within {:.0e}).",
        counted(agreement.steps as usize, "test step"),
        agreement.views,
        agreement.gradients
    );
    if environment.is_unrecorded {
        format!("{agrees} Steps couldn’t be recorded, so each one is planned anew.")
    } else {
        agrees
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{fixture, words::assert_all_differ},
        protocol::{Agreement, Backend},
    };

    #[test]
    fn every_refusal_is_a_sentence_of_its_own() {
        let causes = [
            Cause::LearningRate(0.05),
            Cause::DotProducts,
            Cause::Temperature(0.01),
            Cause::Driver,
            Cause::Unknown(0.004),
        ];
        let diverged = |symptom, cause| Refusal::Diverged { symptom, at: 7, back_to: 5, cause };
        let refusals = [
            Refusal::NoNetwork,
            Refusal::NoNumbers,
            Refusal::Pictures(1),
            Refusal::TooFewPictures(3),
            Refusal::RunComplete,
            Refusal::TooLarge { pairs: 512, side: 96, width: 64, bytes: 9 << 30, limit: 1 << 30 },
            diverged(Symptom::Weights, causes[0]),
            diverged(Symptom::Embeddings, causes[0]),
        ];
        let all = refusals.into_iter().chain(causes.map(|cause| diverged(Symptom::Loss, cause)));
        let sentences: Vec<_> = all.map(|told| refusal(&told)).collect();
        assert_all_differ(&sentences);
        assert_eq!(sentences[2], "1 picture couldn’t be used.");
        assert!(sentences[5].contains("needs 9.0 GiB of memory"));
        assert_eq!(
            sentences[8],
            "At step 7 the loss stopped being a number. Training stopped and went back to step 5. The learning rate, 0.05, is probably too high. Change that, then Train continues from there."
        );
    }

    #[test]
    fn every_reason_for_a_backend_is_a_sentence_of_its_own() {
        let reasons = [
            BackendReason::CpuAsked,
            BackendReason::WebGpuAsked,
            BackendReason::RealAdapter,
            BackendReason::Native,
            BackendReason::NoWebGpu,
            BackendReason::NoAdapter,
            BackendReason::SoftwareAdapter,
            BackendReason::NoTimestampQueries,
            BackendReason::StillBeingBuilt,
            BackendReason::NotStarted("no device".to_owned()),
            BackendReason::WrongNumbers(Disagreement::Lost),
            BackendReason::WrongNumbers(Disagreement::Views { step: 1, difference: 0.25 }),
            BackendReason::WrongNumbers(Disagreement::Gradients { step: 1, difference: 0.25 }),
            BackendReason::WrongNumbers(Disagreement::Loss { step: 2, found: 3.5, expected: 4.0 }),
        ];
        assert_all_differ(&reasons.iter().map(backend_reason).collect::<Vec<_>>());
        assert!(backend_reason(&reasons[11]).contains("the views of step 1 differ by 2.5e-1"));
    }

    #[test]
    fn the_self_test_is_told_with_its_numbers() {
        let mut found = fixture::environment(Backend::WebGpu);
        assert_eq!(self_test(&found), "");
        found.self_test = Some(Agreement { steps: 2, views: 3e-6, gradients: 2e-4 });
        assert_eq!(
            self_test(&found),
            "It agrees with the CPU in 2 test steps (views within 3e-6, gradients within 2e-4)."
        );
        found.is_unrecorded = true;
        assert!(self_test(&found).ends_with("so each one is planned anew."));
    }
}
