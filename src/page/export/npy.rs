//! Embeddings in NumPy's format, version 1.0.

use super::embeddings::rows;
use crate::page::state::{IndexedEvaluation, State};

/// The magic string and the version of the format, which begin every file.
const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";

/// Alignment of the numbers, in bytes.
const ALIGNMENT: usize = 64;

/// Returns a matrix of little-endian single-precision numbers, one picture per row.
pub fn npy(state: &State, scored: &IndexedEvaluation) -> Vec<u8> {
    let mut numbers = Vec::new();
    let mut count = 0;
    for row in rows(state, scored) {
        row.embedding.iter().for_each(|value| numbers.extend(value.to_le_bytes()));
        count += 1;
    }
    let mut file = head(count, scored.evaluation.dimensions as usize);
    file.append(&mut numbers);
    file
}

/// Returns everything before the numbers: magic, length of the header, and the header, which is a
/// Python dictionary, padded with spaces and ended by a line feed.
fn head(rows: usize, columns: usize) -> Vec<u8> {
    let dictionary = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    let before = MAGIC.len() + size_of::<u16>();
    let length = (before + dictionary.len() + 1).next_multiple_of(ALIGNMENT) - before;
    let mut head = MAGIC.to_vec();
    head.extend((length as u16).to_le_bytes());
    head.extend(format!("{dictionary:<width$}\n", width = length - 1).into_bytes());
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::export::samples::{EMBEDDINGS, state};

    #[test]
    fn another_reader_reads_the_matrix() {
        let state = state();
        let file = npy(&state, state.results.latest().expect("an evaluation"));
        let read = npyz::NpyFile::new(&file[..]).expect("it is such a file");
        assert_eq!(read.shape(), [3, 2]);
        assert_eq!(read.order(), npyz::Order::C);
        let numbers: Vec<f32> = read.into_vec().expect("single-precision numbers");
        assert_eq!(numbers.iter().map(|n| n.to_bits()).collect::<Vec<_>>(), EMBEDDINGS.map(f32::to_bits));
    }

    #[test]
    fn numbers_are_aligned_for_any_shape() {
        for (rows, columns) in [(0, 0), (1, 7), (10_000, 128), (123_456_789, 123_456)] {
            assert_eq!(head(rows, columns).len() % ALIGNMENT, 0);
        }
    }
}
