//! Sums over a workgroup, where few results are made of many numbers.

use cubecl::prelude::*;

use super::launch::UNITS;

/// Adds up what units bring that stand a multiple of `across` apart in their workgroup; the sum
/// comes back to each of them.
///
/// Every unit of the workgroup has to call it, and `across` divides `UNITS`. It takes `UNITS`
/// vectors of shared memory, at most 1 KiB. Each unit adds by itself, which takes two barriers
/// where halving takes eight: SwiftShader compiles that in half the time (`benches/PROFILE.md`).
#[cube]
pub fn workgroup_sum<N: Size>(value: Vector<f32, N>, #[comptime] across: usize) -> Vector<f32, N> {
    let unit = ABSOLUTE_POS % UNITS;
    let mut values = Shared::<[Vector<f32, N>]>::new_slice(UNITS);
    values[unit] = value;
    sync_cube();
    let mut sum = Vector::new(0.0);
    let mut at = unit % across;
    while at < UNITS {
        sum += values[at];
        at += across;
    }
    // The next sum may lie in the same memory.
    sync_cube();
    sum
}
