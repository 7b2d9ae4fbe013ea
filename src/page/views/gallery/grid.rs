//! Geometry of a long grid, of which only the visible cells are drawn.

use std::ops::Range;

/// A grid of equal square cells, as many per row as fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Number of cells.
    pub count: usize,
    /// Number of cells per row.
    pub columns: usize,
    /// Side of a cell with its gap, in pixels.
    pub pitch: f64,
}

impl Grid {
    /// Returns a grid of `count` cells that fill `width` pixels, each at least `least` wide.
    pub fn new(count: usize, width: f64, least: f64) -> Self {
        let columns = ((width / least) as usize).max(1);
        Self { count, columns, pitch: (width / columns as f64).max(least) }
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// Returns the height of the whole grid in pixels.
    pub fn height(&self) -> f64 {
        self.rows() as f64 * self.pitch
    }

    /// Returns the rows visible between `top` and `top + height` pixels, and one more on either side.
    pub fn visible_rows(&self, top: f64, height: f64) -> Range<usize> {
        let first = ((top / self.pitch).max(0.0) as usize).saturating_sub(1);
        let end = ((top + height) / self.pitch).max(0.0).ceil() as usize + 1;
        first.min(self.rows())..end.min(self.rows())
    }

    /// Returns the cells of a range of rows.
    pub fn cells(&self, rows: &Range<usize>) -> Range<usize> {
        rows.start * self.columns..(rows.end * self.columns).min(self.count)
    }

    /// Returns the cell that a key leads to from `cell`; `None` for other keys.
    pub fn neighbour(&self, cell: usize, key: &str) -> Option<usize> {
        let last = self.count.checked_sub(1)?;
        match key {
            "ArrowLeft" => Some(cell.saturating_sub(1)),
            "ArrowRight" => Some((cell + 1).min(last)),
            "ArrowUp" => Some(cell.checked_sub(self.columns).unwrap_or(cell)),
            "ArrowDown" => Some(if cell + self.columns <= last { cell + self.columns } else { cell }),
            "Home" => Some(0),
            "End" => Some(last),
            _ => None,
        }
    }

    /// Returns the top of a cell's row in pixels.
    pub fn top(&self, cell: usize) -> f64 {
        (cell / self.columns) as f64 * self.pitch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_rows_are_drawn() {
        let grid = Grid::new(10_000, 1_000.0, 50.0);
        assert_eq!((grid.columns, grid.rows(), grid.height()), (20, 500, 25_000.0));
        let rows = grid.visible_rows(500.0, 150.0);
        assert_eq!(rows, 9..14);
        assert_eq!(grid.cells(&rows), 180..280);
        assert_eq!(grid.visible_rows(24_990.0, 150.0), 498..500);
        assert_eq!(grid.visible_rows(90_000.0, 150.0), 500..500);
    }

    #[test]
    fn last_row_may_be_short() {
        let grid = Grid::new(7, 150.0, 50.0);
        assert_eq!(grid.cells(&(0..3)), 0..7);
        assert_eq!(grid.neighbour(5, "ArrowDown"), Some(5));
        assert_eq!(grid.neighbour(3, "ArrowDown"), Some(6));
        assert_eq!(grid.neighbour(1, "ArrowUp"), Some(1));
        assert_eq!(grid.neighbour(6, "ArrowRight"), Some(6));
        assert_eq!(grid.neighbour(2, "a"), None);
    }

    #[test]
    fn cells_grow_to_fill_the_width() {
        let grid = Grid::new(100, 525.0, 50.0);
        assert_eq!((grid.columns, grid.pitch), (10, 52.5));
        assert_eq!(Grid::new(100, 20.0, 50.0).pitch, 50.0);
    }

    #[test]
    fn grid_without_cells_is_empty() {
        let grid = Grid::new(0, 0.0, 50.0);
        assert_eq!(grid.visible_rows(0.0, 150.0), 0..0);
        assert_eq!(grid.neighbour(0, "End"), None);
    }
}
