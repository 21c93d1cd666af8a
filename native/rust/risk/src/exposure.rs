//! Worst-case exposure of one instrument: the position after the worst subset of its open orders has filled.

use holdfast_core::{Code, Error, Quantity, Result, Side};

/// Position and reservations of one instrument, in lots.
///
/// Orders that the venue clips to the position (reduce-only) cannot add exposure and are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorstCase {
    /// Signed position.
    pub position: i64,
    /// Lots of open buy orders.
    pub open_buy: i64,
    /// Lots of open sell orders.
    pub open_sell: i64,
}

#[cold]
fn out_of_range() -> Error {
    Error::new(Code::QtyOutOfRange, "position and open orders together must fit 64 bits of lots")
}

impl WorstCase {
    /// Returns the largest absolute position, in lots, that any subset of the open orders can lead to.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    pub fn lots(self) -> Result<Quantity> {
        let long = self.position.checked_add(self.open_buy).ok_or_else(out_of_range)?;
        let short = self.position.checked_sub(self.open_sell).ok_or_else(out_of_range)?;
        let worst = long
            .max(short.checked_neg().ok_or_else(out_of_range)?)
            .max(self.position.checked_abs().ok_or_else(out_of_range)?);
        Ok(Quantity::from_lots(worst))
    }

    /// Returns the case with a further order open.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    pub fn reserve(self, side: Side, lots: i64) -> Result<Self> {
        let add = |value: i64| value.checked_add(lots).ok_or_else(out_of_range);
        Ok(match side {
            Side::Buy => Self { open_buy: add(self.open_buy)?, ..self },
            Side::Sell => Self { open_sell: add(self.open_sell)?, ..self },
        })
    }

    /// Returns the case with part of an order no longer open.
    #[must_use]
    pub const fn release(self, side: Side, lots: i64) -> Self {
        match side {
            Side::Buy => Self { open_buy: self.open_buy.saturating_sub(lots), ..self },
            Side::Sell => Self { open_sell: self.open_sell.saturating_sub(lots), ..self },
        }
    }

    /// Returns how many lots an order on this side can take off the position when the open ones on the same side have
    /// filled: the proof of reduction.
    #[must_use]
    pub fn reducible(self, side: Side) -> i64 {
        match side {
            Side::Sell => self.position.saturating_sub(self.open_sell).max(0),
            Side::Buy => self.position.saturating_add(self.open_buy).saturating_neg().max(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_worst_over_every_subset(
            position in -1_000_i64..1_000,
            orders in prop::collection::vec((any::<bool>(), 1_i64..500), 0..8),
        ) {
            let mut case = WorstCase { position, ..WorstCase::default() };
            for (buy, lots) in &orders {
                case = case.reserve(if *buy { Side::Buy } else { Side::Sell }, *lots).unwrap();
            }
            let worst = (0..1_u32 << orders.len()).map(|subset| {
                let filled: i64 = orders.iter().enumerate()
                    .filter(|(index, _)| subset >> index & 1 == 1)
                    .map(|(_, (buy, lots))| if *buy { *lots } else { -*lots })
                    .sum();
                (position + filled).abs()
            }).max().unwrap();
            prop_assert_eq!(case.lots().unwrap().lots(), worst);
        }

        #[test]
        fn what_is_reducible_never_flips(position in -1_000_i64..1_000, buys in 0_i64..2_000, sells in 0_i64..2_000) {
            let case = WorstCase { position, open_buy: buys, open_sell: sells };
            let sell = case.reducible(Side::Sell);
            prop_assert!(sell == 0 || position - sells - sell >= 0);
            let buy = case.reducible(Side::Buy);
            prop_assert!(buy == 0 || position + buys + buy <= 0);
        }
    }

    #[test]
    fn release_undoes_reserve_and_overflow_is_an_error() {
        let case = WorstCase { position: 5, open_buy: 1, open_sell: 2 };
        assert_eq!(case.reserve(Side::Sell, 4).unwrap().release(Side::Sell, 4), case);
        assert_eq!(case.reserve(Side::Buy, 4).unwrap().release(Side::Buy, 4), case);
        assert!(case.reserve(Side::Buy, i64::MAX).is_err());
        let far = WorstCase { position: i64::MAX, open_buy: 1, open_sell: 0 };
        assert_eq!(far.lots().map_err(|e| e.code()), Err(Code::QtyOutOfRange));
    }
}
