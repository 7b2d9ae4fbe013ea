//! Gradient of normalisation and ReLU.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{Normaliser, Shares, ghost_pixels, share};
use crate::kernels::gpu::{
    launch::{UNITS, argument, dims, empty, launch},
    workgroup::workgroup_sum,
};

/// Gradients of the inputs of normalisation with ReLU.
pub struct Gradients {
    /// `[batch, height, width, channels]`
    pub x: CubeTensor,
    /// `[channels]`
    pub gamma: CubeTensor,
    /// `[channels]`
    pub beta: CubeTensor,
}

/// Computes the gradients from that of the result. Shapes as in [`super::apply`].
pub fn gradients(x: &CubeTensor, statistics: &CubeTensor, gradient: &CubeTensor) -> Gradients {
    let [ghosts, _, _] = dims(statistics);
    let shares = Shares::new(x, ghosts);
    let FactorGradients { gamma, beta, of_ghosts } = factor_gradients(x, statistics, gradient);
    let of_x = empty(x, dims::<4>(x));
    launch!(
        gradient_kernel,
        x,
        shares.units(),
        shares.size,
        argument(x),
        argument(statistics),
        argument(gradient),
        argument(&of_ghosts),
        argument(&of_x),
        shares.groups,
    );
    Gradients { x: of_x, gamma, beta }
}

struct FactorGradients {
    /// `[channels]`
    gamma: CubeTensor,
    /// `[channels]`
    beta: CubeTensor,
    /// Contribution of each ghost batch to the gradients of gamma and beta, `[ghosts, 2, channels]`.
    of_ghosts: CubeTensor,
}

fn factor_gradients(x: &CubeTensor, statistics: &CubeTensor, gradient: &CubeTensor) -> FactorGradients {
    let [ghosts, _, channels] = dims(statistics);
    let shares = Shares::of_sums(x, ghosts);
    let partial = empty(x, [ghosts, shares.groups, 2, channels]);
    launch!(
        gradient_sums_kernel,
        x,
        shares.units(),
        shares.size,
        argument(x),
        argument(statistics),
        argument(gradient),
        argument(&partial),
    );
    let [gamma, beta] = [empty(x, [channels]), empty(x, [channels])];
    let of_ghosts = empty(x, [ghosts, 2, channels]);
    launch!(
        join_gradients_kernel,
        x,
        shares.vectors() * UNITS,
        shares.size,
        argument(&partial),
        argument(statistics),
        argument(&gamma),
        argument(&beta),
        argument(&of_ghosts),
        ghosts,
    );
    FactorGradients { gamma, beta, of_ghosts }
}

/// Computes Σ gradient · (x − mean) and Σ gradient over one group's pixels, past the ReLU. One unit per
/// vector of each group; the rest exit, and none goes past the last pixel.
#[cube(launch_unchecked)]
fn gradient_sums_kernel<N: Size>(
    x: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    gradient: &Tensor<Vector<f32, N>>,
    partial: &mut Tensor<Vector<f32, N>>,
) {
    let vectors = x.shape(3) / x.vector_size();
    let (ghosts, groups) = (partial.shape(0), partial.shape(1));
    let share = share::<N>(x, ghosts, groups);
    if share.ghost >= ghosts {
        terminate!();
    }
    let normaliser = Normaliser::<N>::read(statistics, share.ghost, share.vector, vectors);
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut products = Vector::<f32, N>::new(0.0);
    let mut pixel = share.first;
    while pixel < share.end {
        let at = pixel * vectors + share.vector;
        let value = x[at];
        let passed = normaliser.through_relu(value, gradient[at]);
        sum += passed;
        products += passed * (value - normaliser.mean);
        pixel += groups;
    }
    let at = (share.ghost * groups + share.group) * 2 * vectors + share.vector;
    partial[at] = products;
    partial[at + vectors] = sum;
}

/// Joins the groups' sums into the gradients of gamma and beta, one workgroup per vector of channels.
/// Workgroups past the last repeat its work and write nothing.
#[cube(launch_unchecked)]
fn join_gradients_kernel<N: Size>(
    partial: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    gamma: &mut Tensor<Vector<f32, N>>,
    beta: &mut Tensor<Vector<f32, N>>,
    of_ghosts: &mut Tensor<Vector<f32, N>>,
    #[comptime] ghosts: usize,
) {
    let groups = partial.shape(1);
    let vectors = partial.shape(3) / partial.vector_size();
    let vector = min(ABSOLUTE_POS / UNITS, vectors - 1);
    let unit = ABSOLUTE_POS % UNITS;
    let ghost = unit % ghosts;
    let first = ghost * groups * 2 * vectors + vector;
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut products = Vector::<f32, N>::new(0.0);
    let mut group = unit / ghosts;
    while group < groups {
        let at = first + group * 2 * vectors;
        products += partial[at];
        sum += partial[at + vectors];
        group += UNITS / ghosts;
    }
    let products = products * Normaliser::<N>::read(statistics, ghost, vector, vectors).inverse;
    let of_gamma = workgroup_sum::<N>(products, ghosts);
    let of_beta = workgroup_sum::<N>(sum, ghosts);
    let all_gamma = workgroup_sum::<N>(products, 1usize);
    let all_beta = workgroup_sum::<N>(sum, 1usize);
    if ABSOLUTE_POS < vectors * UNITS && unit < ghosts {
        of_ghosts[ghost * 2 * vectors + vector] = of_gamma;
        of_ghosts[(ghost * 2 + 1) * vectors + vector] = of_beta;
    }
    if ABSOLUTE_POS == vector * UNITS {
        gamma[vector] = all_gamma;
        beta[vector] = all_beta;
    }
}

/// Computes the gradient of x, which also affects mean and variance of its ghost batch:
/// `scale · (gradient − Σ gradient / n − x̂ · Σ (gradient · x̂) / n)`, where the two sums are the ghost
/// batch's contributions to the gradients of beta and gamma. One unit per vector of each group; the rest
/// exit, and none goes past the last pixel.
#[cube(launch_unchecked)]
fn gradient_kernel<N: Size>(
    x: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    gradient: &Tensor<Vector<f32, N>>,
    of_ghosts: &Tensor<Vector<f32, N>>,
    result: &mut Tensor<Vector<f32, N>>,
    groups: usize,
) {
    let ghosts = statistics.shape(0);
    let vectors = x.shape(3) / x.vector_size();
    let share = share::<N>(x, ghosts, groups);
    if share.ghost >= ghosts {
        terminate!();
    }
    let normaliser = Normaliser::<N>::read(statistics, share.ghost, share.vector, vectors);
    // Written as scale · gradient + b · x + c, to keep the loop over the pixels short.
    let in_ghost = ghost_pixels(x.shape(0), x.shape(1) * x.shape(2), share.ghost, ghosts);
    let each = normaliser.scale / Vector::new(f32::cast_from(in_ghost));
    let sums = share.ghost * 2 * vectors + share.vector;
    let b = -each * of_ghosts[sums] * normaliser.inverse;
    let c = -each * of_ghosts[sums + vectors] - b * normaliser.mean;
    let mut pixel = share.first;
    while pixel < share.end {
        let at = pixel * vectors + share.vector;
        let value = x[at];
        result[at] = normaliser.scale * normaliser.through_relu(value, gradient[at]) + b * value + c;
        pixel += groups;
    }
}
