//! Cholesky factors of covariance matrices.

use holdfast_core::{Code, Error, Result};

/// A lower triangular matrix, its rows one after the other without the zeros.
#[derive(Debug, Clone, PartialEq)]
pub struct LowerTriangle {
    /// Rows and columns.
    pub order: usize,
    /// Row 0 has one entry, row 1 two, and so on.
    pub packed: Vec<f64>,
}

impl LowerTriangle {
    /// Returns the entries of a row up to the diagonal.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        let start = row * (row + 1) / 2;
        self.packed.get(start..start + row + 1).unwrap_or_default()
    }
}

/// Factors a symmetric positive definite matrix, given row by row, into L with L Lᵀ = matrix.
///
/// # Errors
/// `MATRIX_INVALID` for another size, a number that is not finite, or asymmetry; `MATRIX_NOT_DEFINITE` naming the row.
pub fn cholesky(matrix: &[f64], order: usize) -> Result<LowerTriangle> {
    check_symmetric(matrix, order)?;
    let mut packed: Vec<f64> = Vec::with_capacity(order * (order + 1) / 2);
    for row in 0..order {
        let start = row * (row + 1) / 2;
        for column in 0..=row {
            let other = column * (column + 1) / 2;
            let dot: f64 = (0..column).map(|k| packed[start + k] * packed[other + k]).sum();
            let rest = matrix[row * order + column] - dot;
            if column < row {
                packed.push(rest / packed[other + column]);
            } else if rest > 0.0 {
                packed.push(rest.sqrt());
            } else {
                return Err(Error::new(
                    Code::MatrixNotDefinite,
                    format!("covariance must be positive definite, is not from row {row} on"),
                )
                .with("row", row));
            }
        }
    }
    Ok(LowerTriangle { order, packed })
}

pub(crate) fn check_symmetric(matrix: &[f64], order: usize) -> Result<()> {
    if order == 0 || order.checked_mul(order) != Some(matrix.len()) {
        return Err(Error::new(
            Code::MatrixInvalid,
            format!("matrix must have {order} × {order} numbers, has {}", matrix.len()),
        ));
    }
    for row in 0..order {
        for column in 0..=row {
            let (one, other) = (matrix[row * order + column], matrix[column * order + row]);
            let is_symmetric = (one - other).abs() <= 1e-12 * one.abs().max(other.abs());
            if !one.is_finite() || !is_symmetric {
                return Err(Error::new(
                    Code::MatrixInvalid,
                    format!("matrix must be finite and symmetric, is not at {row}, {column}"),
                )
                .with("row", row)
                .with("column", column));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_is_no_covariance() {
        let code = |matrix: &[f64], order| cholesky(matrix, order).map_err(|error| error.code());
        assert_eq!(code(&[1.0, 2.0, 2.0, 1.0], 2), Err(Code::MatrixNotDefinite));
        assert_eq!(code(&[0.0], 1), Err(Code::MatrixNotDefinite));
        for (matrix, order) in [
            (&[1.0, 0.5, 0.4, 1.0][..], 2),
            (&[f64::NAN][..], 1),
            (&[f64::INFINITY][..], 1),
            (&[1.0; 3][..], 2),
            (&[][..], 0),
        ] {
            assert_eq!(code(matrix, order), Err(Code::MatrixInvalid));
        }
    }

    proptest! {
        #[test]
        fn the_factor_gives_the_matrix_back(order in 1_usize..12, entries in prop::collection::vec(-1.0..1.0_f64, 144)) {
            // A Aᵀ + I is positive definite whatever A is.
            let at = |row: usize, column: usize| -> f64 {
                let dot: f64 = (0..order).map(|k| entries[row * 12 + k] * entries[column * 12 + k]).sum();
                dot + if row == column { 1.0 } else { 0.0 }
            };
            let matrix: Vec<f64> = (0..order * order).map(|cell| at(cell / order, cell % order)).collect();
            let factor = cholesky(&matrix, order).unwrap();
            for row in 0..order {
                for column in 0..=row {
                    let (left, right) = (factor.row(row), factor.row(column));
                    let product: f64 = left.iter().zip(right).map(|(a, b)| a * b).sum();
                    prop_assert!((product - matrix[row * order + column]).abs() < 1e-12);
                }
            }
        }
    }
}
