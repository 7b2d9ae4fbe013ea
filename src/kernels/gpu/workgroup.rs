//! Sums over a workgroup, where few results are made of many numbers.

use cubecl::prelude::*;

use super::launch::UNITS;

/// Adds up what units bring that stand a multiple of `across` apart in their workgroup, in
/// `log2(UNITS / across)` rounds; the sum comes back to each of them.
///
/// Every unit of the workgroup has to call it, and `across` is a power of two. It takes
/// `UNITS` vectors of shared memory, at most 1 KiB.
#[cube]
pub fn workgroup_sum<N: Size>(value: Vector<f32, N>, #[comptime] across: usize) -> Vector<f32, N> {
    let unit = ABSOLUTE_POS % UNITS;
    let mut values = Shared::<[Vector<f32, N>]>::new_slice(UNITS);
    values[unit] = value;
    sync_cube();
    #[unroll]
    for round in 0..comptime!((UNITS / across).ilog2() as usize) {
        let half = (UNITS / 2) >> round;
        if unit < half {
            let sum = values[unit] + values[unit + half];
            values[unit] = sum;
        }
        sync_cube();
    }
    let sum = values[unit % across];
    // The next sum may lie in the same memory.
    sync_cube();
    sum
}
