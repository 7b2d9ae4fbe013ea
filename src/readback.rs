//! Waits for numbers from the device, without blocking the thread.

use burn::tensor::Tensor;

use crate::protocol::Breakdown;

/// The numbers of a tensor, row by row. Fails where the device is lost.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Breakdown> {
    let data = tensor.into_data_async().await.map_err(|error| unforeseen(error.to_string()))?;
    data.try_into_vec::<f32>().map_err(|error| unforeseen(format!("{error:?}")))
}

fn unforeseen(details: String) -> Breakdown {
    Breakdown::Unforeseen { details }
}

/// The bytes of pictures, RGB, picture by picture, row by row.
///
/// # Shapes
/// - `pictures`: `[pictures, 3, side, side]`, values in 0 … 1
pub async fn read_rgb(pictures: Tensor<4>) -> Result<Vec<u8>, Breakdown> {
    let values = read(pictures.permute([0, 2, 3, 1])).await?;
    Ok(values.into_iter().map(|value| (value * 255.0).round() as u8).collect())
}
