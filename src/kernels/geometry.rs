//! What a convolution maps to what, and how a batch divides.

use std::ops::Range;

/// The pictures of each ghost batch: consecutive, as many in each as can be.
pub fn ghost_batches(batch: usize, ghosts: usize) -> impl Iterator<Item = Range<usize>> {
    (0..ghosts).map(move |ghost| ghost * batch / ghosts..(ghost + 1) * batch / ghosts)
}

/// A 3 × 3 convolution with padding 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Pictures.
    pub batch: usize,
    /// Height and width of the input.
    pub size: [usize; 2],
    /// Channels of the input.
    pub input: usize,
    /// Channels of the output.
    pub output: usize,
    /// Pixels from one place of the kernel to the next.
    pub stride: usize,
}

impl Geometry {
    /// The convolution of pictures shaped `[batch, input, height, width]` to `output` channels.
    pub fn new([batch, input, height, width]: [usize; 4], output: usize, stride: usize) -> Self {
        Self { batch, size: [height, width], input, output, stride }
    }

    /// Height and width of the output.
    pub fn output_size(&self) -> [usize; 2] {
        self.size.map(|length| (length - 1) / self.stride + 1)
    }

    /// Output pixels of one picture.
    pub fn output_pixels(&self) -> usize {
        self.output_size().iter().product()
    }

    /// Weights of the kernel.
    pub fn weights(&self) -> usize {
        9 * self.input * self.output
    }

    /// Shape of the input, channels first.
    pub fn input_shape(&self) -> [usize; 4] {
        let [height, width] = self.size;
        [self.batch, self.input, height, width]
    }

    /// Shape of the output, channels first.
    pub fn output_shape(&self) -> [usize; 4] {
        let [height, width] = self.output_size();
        [self.batch, self.output, height, width]
    }

    /// Shape of the kernel.
    pub fn kernel_shape(&self) -> [usize; 4] {
        [self.output, self.input, 3, 3]
    }
}
