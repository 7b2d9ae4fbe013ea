//! Overhead of a training step on WebGPU besides the arithmetic: `cargo xtask bench overhead`, natively.
//!
//! Pictures are so small that almost no arithmetic is left. It prints the time that a step takes to begin on
//! an idle device, planned anew and replayed, alternately: minimum and median of a round. CPU time of threads
//! is less useful here, since cubecl's threads spin while they wait for each other.

use std::time::{Duration, Instant};

use burn::tensor::{Device, DeviceKind};
use likeness::{
    bench::{Contestant, Problem},
    encoder::EncoderConfig,
};

const ROUNDS: usize = 5;
const STEPS: usize = 40;

fn main() {
    let device = Device::wgpu(DeviceKind::DefaultDevice);
    let problem = Problem { encoder: EncoderConfig::new(32, 4), pairs: 4, side: 8 };
    let contestant = || Contestant::drawing(&problem, 64, &device);
    let mut contestants = [contestant().planned_anew(), contestant()];
    println!("| | planned anew, ms | replayed, ms | ratio of the least |\n|---|---:|---:|---:|");
    for round in 0..=ROUNDS {
        let [planned, replayed] = contestants.each_mut().map(begun_after);
        // The first round compiles and records.
        if round == 0 {
            assert_eq!(contestants.each_mut().map(Contestant::is_replayed), [Ok(false), Ok(true)]);
        } else {
            let shown = |[least, median]: [f64; 2]| format!("{least:.2} / {median:.2}");
            let ratio = planned[0] / replayed[0];
            println!("| {round} | {} | {} | {ratio:.1} |", shown(planned), shown(replayed));
        }
    }
}

/// Returns minimum and median of the time in which steps were begun, in milliseconds.
fn begun_after(contestant: &mut Contestant) -> [f64; 2] {
    let mut times: Vec<Duration> = (0..STEPS)
        .map(|_| {
            let started = Instant::now();
            contestant.step();
            let begun = started.elapsed();
            let loss: f32 = contestant.last_loss().expect("a step was taken").into_scalar();
            assert!(loss.is_finite());
            begun
        })
        .collect();
    times.sort();
    [times[0], times[STEPS / 2]].map(|time| time.as_secs_f64() * 1e3)
}
