//! Reading of numbers from the device, without blocking the thread.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use burn::tensor::Tensor;

use crate::protocol::Breakdown;

/// Reads the numbers of a tensor, row by row. Fails if the device is lost.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Breakdown> {
    let data = tensor.into_data_async().await.map_err(|error| unforeseen(error.to_string()))?;
    data.try_into_vec::<f32>().map_err(|error| unforeseen(format!("{error:?}")))
}

fn unforeseen(details: String) -> Breakdown {
    Breakdown::Unforeseen { details }
}

/// Numbers being read from the device.
pub struct Reading {
    rest: Pin<Box<dyn Future<Output = Result<Vec<f32>, Breakdown>>>>,
    numbers: Option<Result<Vec<f32>, Breakdown>>,
}

impl Reading {
    /// Starts reading a tensor in its current state, whatever happens to it afterwards.
    pub fn begin<const D: usize>(tensor: Tensor<D>) -> Self {
        let mut reading = Self { rest: Box::pin(read(tensor)), numbers: None };
        // A future does nothing until it is polled: this submits the read to the device.
        reading.is_there();
        reading
    }

    /// Returns whether the numbers have arrived.
    pub fn is_there(&mut self) -> bool {
        if self.numbers.is_none()
            && let Poll::Ready(numbers) = self.rest.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            self.numbers = Some(numbers);
        }
        self.numbers.is_some()
    }

    /// Waits for the numbers, see [`read`].
    pub async fn finish(self) -> Result<Vec<f32>, Breakdown> {
        match self.numbers {
            Some(numbers) => numbers,
            None => self.rest.await,
        }
    }
}

/// Reads pictures back as RGB bytes, picture by picture, row by row.
///
/// # Shapes
/// - `pictures`: `[pictures, 3, side, side]`, values in 0 … 1
pub async fn read_rgb(pictures: Tensor<4>) -> Result<Vec<u8>, Breakdown> {
    let values = read(pictures.permute([0, 2, 3, 1])).await?;
    Ok(values.into_iter().map(|value| (value * 255.0).round() as u8).collect())
}
