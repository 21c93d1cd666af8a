//! Worst-case exposure of one instrument: the position after the worst subset of its open orders has filled.

use holdfast_core::{Code, Error, Quantity, Result, Side};

/// Position and reservations of one instrument, in lots.
///
/// Orders that the venue clips to the position (reduce-only) cannot add exposure by themselves. They can take the position
/// away that other orders on their side were to reduce, so they are counted up to the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorstCase {
    /// Signed position.
    pub position: i64,
    /// Lots of open buy orders.
    pub open_buy: i64,
    /// Lots of open sell orders.
    pub open_sell: i64,
    /// Lots of open reduce-only buy orders.
    pub reduce_buy: i64,
    /// Lots of open reduce-only sell orders.
    pub reduce_sell: i64,
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
    #[inline]
    pub fn lots(self) -> Result<Quantity> {
        self.worst_of((self.most()?, self.least()?))
    }

    /// As `lots`, where `most` and `least` are known.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    #[inline]
    pub fn worst_of(self, (most, least): (i64, i64)) -> Result<Quantity> {
        let worst = most
            .max(least.checked_neg().ok_or_else(out_of_range)?)
            .max(self.position.checked_abs().ok_or_else(out_of_range)?);
        Ok(Quantity::from_lots(worst))
    }

    /// Returns the largest signed position, in lots, that any subset of the open orders can lead to.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    #[inline]
    pub fn most(self) -> Result<i64> {
        let clipped = self.reduce_buy.min(self.position.saturating_neg().max(0));
        let add = |value: i64, lots: i64| value.checked_add(lots).ok_or_else(out_of_range);
        add(add(self.position, clipped)?, self.open_buy)
    }

    /// Returns the smallest signed position, in lots, that any subset of the open orders can lead to.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    #[inline]
    pub fn least(self) -> Result<i64> {
        let clipped = self.reduce_sell.min(self.position.max(0));
        (self.position - clipped).checked_sub(self.open_sell).ok_or_else(out_of_range)
    }

    /// Returns the case with a further order open.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    #[inline]
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

    /// Returns the case with a further reduce-only order open.
    ///
    /// # Errors
    /// `QTY_OUT_OF_RANGE`.
    pub fn reserve_reduction(self, side: Side, lots: i64) -> Result<Self> {
        let add = |value: i64| value.checked_add(lots).ok_or_else(out_of_range);
        Ok(match side {
            Side::Buy => Self { reduce_buy: add(self.reduce_buy)?, ..self },
            Side::Sell => Self { reduce_sell: add(self.reduce_sell)?, ..self },
        })
    }

    /// Returns the case with part of a reduce-only order no longer open.
    #[must_use]
    pub const fn release_reduction(self, side: Side, lots: i64) -> Self {
        match side {
            Side::Buy => Self { reduce_buy: self.reduce_buy.saturating_sub(lots), ..self },
            Side::Sell => Self { reduce_sell: self.reduce_sell.saturating_sub(lots), ..self },
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

holdfast_core::persist_fields!(WorstCase {
    position,
    open_buy,
    open_sell,
    reduce_buy,
    reduce_sell
});

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

        /// Every order of filling of every subset, with reduce-only orders clipped when their turn comes.
        #[test]
        fn covers_every_order_of_filling_with_reduce_only_orders(
            position in -60_i64..60,
            orders in prop::collection::vec((any::<bool>(), any::<bool>(), 1_i64..50), 0..5),
        ) {
            let mut case = WorstCase { position, ..WorstCase::default() };
            for (buy, reduce, lots) in &orders {
                let side = if *buy { Side::Buy } else { Side::Sell };
                case = if *reduce { case.reserve_reduction(side, *lots) } else { case.reserve(side, *lots) }.unwrap();
            }
            let bound = case.lots().unwrap().lots();
            let mut open = vec![(position, 0_u32)];
            while let Some((at, done)) = open.pop() {
                prop_assert!(at.abs() <= bound, "{} > {} after {:b}", at, bound, done);
                for (index, (buy, reduce, lots)) in orders.iter().enumerate().filter(|(i, _)| done >> i & 1 == 0) {
                    let side = if *buy { 1 } else { -1 };
                    let most = if *reduce { (-side * at).max(0).min(*lots) } else { *lots };
                    open.push((at + side * most, done | 1 << index));
                }
            }
        }

        #[test]
        fn what_is_reducible_never_flips(position in -1_000_i64..1_000, buys in 0_i64..2_000, sells in 0_i64..2_000) {
            let case = WorstCase { position, open_buy: buys, open_sell: sells, ..WorstCase::default() };
            let sell = case.reducible(Side::Sell);
            prop_assert!(sell == 0 || position - sells - sell >= 0);
            let buy = case.reducible(Side::Buy);
            prop_assert!(buy == 0 || position + buys + buy <= 0);
        }
    }

    #[test]
    fn release_undoes_reserve_and_overflow_is_an_error() {
        let case = WorstCase { position: 5, open_buy: 1, open_sell: 2, ..WorstCase::default() };
        assert_eq!(case.reserve(Side::Sell, 4).unwrap().release(Side::Sell, 4), case);
        assert_eq!(case.reserve(Side::Buy, 4).unwrap().release(Side::Buy, 4), case);
        assert!(case.reserve(Side::Buy, i64::MAX).is_err());
        for side in [Side::Buy, Side::Sell] {
            let more = case.reserve_reduction(side, 4).unwrap();
            assert_ne!(more, case);
            assert_eq!(more.release_reduction(side, 4), case);
        }
        let far = WorstCase { position: i64::MAX, open_buy: 1, ..WorstCase::default() };
        assert_eq!(far.lots().map_err(|e| e.code()), Err(Code::QtyOutOfRange));
    }
}
