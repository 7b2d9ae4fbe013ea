//! Sums over a workgroup, for few results of many numbers.

use cubecl::prelude::*;

use super::launch::UNITS;

/// Sums the values of units that are a multiple of `across` apart in their workgroup, and returns the sum to
/// each of them.
///
/// Every unit of the workgroup has to call it, and `across` has to divide `UNITS`. It uses `UNITS` vectors of
/// shared memory, at most 1 KiB. Each unit computes the whole sum, with two barriers where halving takes
/// eight: SwiftShader compiles that in half the time (`benches/PROFILE.md`).
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
    // The next sum may use the same memory.
    sync_cube();
    sum
}
