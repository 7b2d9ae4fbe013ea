//! Geometry of a convolution, and division of a batch into ghost batches.

use std::ops::Range;

/// Returns the pictures of each ghost batch: consecutive ranges, as equal in size as possible.
pub fn ghost_batches(batch: usize, ghosts: usize) -> impl Iterator<Item = Range<usize>> {
    (0..ghosts).map(move |ghost| ghost * batch / ghosts..(ghost + 1) * batch / ghosts)
}

/// 3 × 3 convolution with padding 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Number of pictures.
    pub batch: usize,
    /// Height and width of the input.
    pub size: [usize; 2],
    /// Number of input channels.
    pub input: usize,
    /// Number of output channels.
    pub output: usize,
    /// Stride in pixels.
    pub stride: usize,
}

impl Geometry {
    /// Returns the convolution of pictures shaped `[batch, input, height, width]` to `output` channels.
    pub fn new([batch, input, height, width]: [usize; 4], output: usize, stride: usize) -> Self {
        Self { batch, size: [height, width], input, output, stride }
    }

    /// Returns height and width of the output.
    pub fn output_size(&self) -> [usize; 2] {
        self.size.map(|length| (length - 1) / self.stride + 1)
    }

    /// Returns the number of output pixels per picture.
    pub fn output_pixels(&self) -> usize {
        self.output_size().iter().product()
    }

    /// Returns the number of weights of the kernel.
    pub fn weights(&self) -> usize {
        9 * self.input * self.output
    }

    /// Returns the shape of the input, channels first.
    pub fn input_shape(&self) -> [usize; 4] {
        let [height, width] = self.size;
        [self.batch, self.input, height, width]
    }

    /// Returns the shape of the output, channels first.
    pub fn output_shape(&self) -> [usize; 4] {
        let [height, width] = self.output_size();
        [self.batch, self.output, height, width]
    }

    /// Returns the shape of the kernel.
    pub fn kernel_shape(&self) -> [usize; 4] {
        [self.output, self.input, 3, 3]
    }
}
