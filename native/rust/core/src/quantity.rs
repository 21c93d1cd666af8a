//! A quantity as an integer count of the instrument's lots.

use crate::code::Code;
use crate::error::{Error, Result};

/// A quantity in lots of its instrument; what one of the lots is worth, only the instrument knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(i64);

impl Quantity {
    /// Zero lots.
    pub const ZERO: Self = Self(0);

    /// Makes a quantity from its count of lots.
    #[must_use]
    pub const fn from_lots(lots: i64) -> Self {
        Self(lots)
    }

    /// Returns the count of lots.
    #[must_use]
    pub const fn lots(self) -> i64 {
        self.0
    }

    /// Returns the sum.
    ///
    /// # Errors
    /// Its range code when the sum leaves 64 bits.
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or_else(|| Self::out_of_range("sum"))
    }

    /// Returns the difference.
    ///
    /// # Errors
    /// Its range code when the difference leaves 64 bits.
    pub fn minus(self, other: Self) -> Result<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or_else(|| Self::out_of_range("difference"))
    }

    #[cold]
    fn out_of_range(operation: &str) -> Error {
        Error::new(Code::QtyOutOfRange, format!("{operation} of lots must fit 64 bits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_and_subtracts_with_checks() {
        let (a, b) = (Quantity::from_lots(7), Quantity::from_lots(5));
        assert_eq!(a.plus(b).map(Quantity::lots), Ok(12));
        assert_eq!(a.minus(b).map(Quantity::lots), Ok(2));
        let top = Quantity::from_lots(i64::MAX);
        assert_eq!(top.plus(b).map_err(|e| e.code()), Err(Code::QtyOutOfRange));
        assert_eq!(
            Quantity::from_lots(i64::MIN).minus(b).map_err(|e| e.code()),
            Err(Code::QtyOutOfRange)
        );
    }
}
