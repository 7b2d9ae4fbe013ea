//! What a training step on WebGPU costs beside the arithmetic: `cargo xtask bench overhead`, on Linux
//! with Vulkan.
//!
//! Pictures are so small that next to no arithmetic is left. Printed is the CPU time of a step, that
//! of the threads of a software adapter (lavapipe's are called llvmpipe) left out, with steps planned
//! anew and with steps replayed, in turn.

use std::{fs, time::Duration};

use burn::tensor::{Device, DeviceKind};
use likeness::{
    bench::{Contestant, Problem},
    encoder::EncoderConfig,
};

const ROUNDS: usize = 5;
const STEPS: u32 = 40;

fn main() {
    let device = Device::wgpu(DeviceKind::DefaultDevice);
    let encoder = EncoderConfig::new(32, 4);
    let problem = Problem { encoder, pairs: 4, side: 8 };
    let contestant = || Contestant::drawing(&problem, 64, &device);
    let mut contestants = [contestant().planned_anew(), contestant()];
    println!("| | step, CPU ms, planned | replayed | ratio |\n|---|---:|---:|---:|");
    for round in 0..=ROUNDS {
        let [planned, replayed] = contestants.each_mut().map(a_step);
        // The first round compiles and records.
        if round > 0 {
            let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
            let ratio = planned.as_secs_f64() / replayed.as_secs_f64();
            let (planned, replayed) = (milliseconds(planned), milliseconds(replayed));
            println!("| {round} | {planned:.2} | {replayed:.2} | {ratio:.1} |");
        }
    }
}

/// The CPU time of one of some steps.
fn a_step(contestant: &mut Contestant) -> Duration {
    let before = cpu_time();
    for _ in 0..STEPS {
        contestant.step();
    }
    let loss: f32 = contestant.last_loss().expect("steps were taken").into_scalar();
    assert!(loss.is_finite());
    (cpu_time() - before) / STEPS
}

/// What all threads but those of a software adapter have used so far.
fn cpu_time() -> Duration {
    let threads = fs::read_dir("/proc/self/task").expect("Linux lists threads");
    let nanoseconds = threads.filter_map(|thread| {
        let thread = thread.ok()?.path();
        // One that has just ended.
        let name = fs::read_to_string(thread.join("comm")).ok()?;
        let used = fs::read_to_string(thread.join("schedstat")).ok()?;
        let used: u64 = used.split(' ').next()?.parse().ok()?;
        (!name.starts_with("llvmpipe")).then_some(used)
    });
    Duration::from_nanos(nanoseconds.sum())
}
