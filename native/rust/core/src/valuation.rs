//! What a quantity of an instrument is worth at a price, by its kind.
//!
//! Profit of any kind is a difference of `value`. Spot, linear contracts and options are worth price × quantity ×
//! multiplier of the quote currency, exactly. An inverse contract is a fixed sum of quote currency that is owed in base
//! currency, so a long is worth −(lots × multiplier ÷ price): it rises with the price. That division is rounded
//! half-even to 10⁻¹⁸ of the base currency, once for each valuation.

use crate::amount::Amount;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::instrument::Instrument;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::rounding::Rounding;

impl Instrument {
    /// Returns |price × quantity × multiplier| in the settlement currency: for an inverse contract its sum of quote
    /// currency over the price.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`, `PRICE_OUT_OF_RANGE` for an inverse contract at a price that is not positive.
    #[inline]
    pub fn settlement_notional(&self, price: Price, quantity: Quantity) -> Result<Amount> {
        self.value(price, quantity)?.magnitude()
    }

    /// Returns what a signed quantity is worth in the settlement currency; profit is the difference of two values.
    ///
    /// # Errors
    /// As `settlement_notional`.
    #[inline]
    pub fn value(&self, price: Price, quantity: Quantity) -> Result<Amount> {
        match self.inverse_numerator() {
            None => {
                self.tick_lot_value().times(i128::from(price.ticks()) * i128::from(quantity.lots()))
            }
            Some(numerator) => inverse_value(numerator, price, quantity),
        }
    }

    /// Returns the notional in the settlement currency with the sign of the quantity.
    ///
    /// # Errors
    /// As `settlement_notional`.
    #[inline]
    pub fn exposure(&self, price: Price, quantity: Quantity) -> Result<Amount> {
        let value = self.value(price, quantity)?;
        if self.inverse_numerator().is_some() { value.negated() } else { Ok(value) }
    }

    /// Returns |price| × |quantity| × multiplier in the quote currency, in which limits and filters of an order are given;
    /// for an inverse contract the fixed sum that its lots stand for.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    #[inline]
    pub fn notional(&self, price: Price, quantity: Quantity) -> Result<Amount> {
        match self.inverse_face() {
            None => self.settlement_notional(price, quantity),
            Some(face) => face.per_lot.times(i128::from(quantity.lots()))?.magnitude(),
        }
    }

    /// Returns the price of two at which a quantity has the larger notional in the settlement currency.
    #[must_use]
    #[inline]
    pub fn dearer(&self, one: Price, other: Price) -> Price {
        if self.inverse_face().is_some() { one.min(other) } else { one.max(other) }
    }
}

/// An instrument at one price: where values are products, what one lot is worth is worked out once for several quantities.
#[derive(Debug, Clone, Copy)]
pub struct AtPrice<'a> {
    instrument: &'a Instrument,
    price: Price,
    /// What a lot is worth where it fits 64 bits, so that its product with any quantity fits 128.
    per_lot: Option<i64>,
}

impl Instrument {
    /// Returns the instrument at a price.
    #[must_use]
    #[inline]
    pub fn at(&self, price: Price) -> AtPrice<'_> {
        let per_lot = match (self.inverse_numerator(), i64::try_from(self.tick_lot_value().raw())) {
            (None, Ok(value)) => i64::try_from(i128::from(value) * i128::from(price.ticks())).ok(),
            _ => None,
        };
        AtPrice { instrument: self, price, per_lot }
    }
}

impl AtPrice<'_> {
    /// As `Instrument::exposure`.
    ///
    /// # Errors
    /// As `Instrument::settlement_notional`.
    #[inline]
    pub fn exposure(&self, quantity: Quantity) -> Result<Amount> {
        match self.per_lot {
            Some(value) => Ok(Amount::from_raw(i128::from(value) * i128::from(quantity.lots()))),
            None => self.instrument.exposure(self.price, quantity),
        }
    }

    /// As `Instrument::settlement_notional`.
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn settlement_notional(&self, quantity: Quantity) -> Result<Amount> {
        match self.per_lot {
            // The product of two numbers of 64 bits is at most 2^126, so that it has a magnitude.
            Some(value) => {
                let worth = i128::from(value) * i128::from(quantity.lots());
                Ok(Amount::from_raw(worth.wrapping_abs()))
            }
            None => self.instrument.settlement_notional(self.price, quantity),
        }
    }
}

#[cold]
fn not_positive(price: Price) -> Error {
    Error::new(
        Code::PriceOutOfRange,
        format!("price of an inverse contract must be positive, was {} ticks", price.ticks()),
    )
}

#[inline(never)]
fn inverse_value(numerator: Amount, price: Price, quantity: Quantity) -> Result<Amount> {
    if price.ticks() <= 0 {
        return Err(not_positive(price));
    }
    let owed = numerator.times(i128::from(quantity.lots()))?;
    owed.times_ratio(-1, i128::from(price.ticks()), Rounding::HalfEven)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{ContractSpec, InstrumentKind};
    use crate::instrument::InstrumentSpec;
    use crate::margin::{MarginMode, MarginSpec, TierSpec};
    use proptest::prelude::*;

    fn inverse() -> Instrument {
        let tier = TierSpec {
            notional_max: None,
            initial_frac: "0.01".into(),
            maintenance_frac: "0.005".into(),
        };
        Instrument::new(InstrumentSpec {
            symbol: "BTCUSD".into(),
            venue: "SIM".into(),
            base_currency: "BTC".into(),
            quote_currency: "USD".into(),
            settlement_currency: "BTC".into(),
            tick_size: "0.5".into(),
            lot_size: "1".into(),
            contract_multiplier: "100".into(),
            min_quantity: None,
            max_quantity: None,
            min_notional: None,
            max_notional: None,
            percent_price_frac: None,
            perpetual: true,
            contract: ContractSpec {
                kind: InstrumentKind::Inverse,
                margin: Some(MarginSpec { mode: MarginMode::Cross, tiers: vec![tier] }),
                ..ContractSpec::default()
            },
        })
        .unwrap()
    }

    #[test]
    fn ord_14_an_inverse_long_gains_face_times_the_difference_of_reciprocals() {
        let contract = inverse();
        let lots = Quantity::from_lots(500);
        let entry = contract.value(contract.parse_price("40000").unwrap(), lots).unwrap();
        let exit = contract.value(contract.parse_price("50000").unwrap(), lots).unwrap();
        // 50,000 USD × (1/40,000 − 1/50,000) = 0.25 BTC.
        assert_eq!(exit.minus(entry).unwrap().to_string(), "0.25");
        let price = contract.parse_price("40000").unwrap();
        assert_eq!(contract.settlement_notional(price, lots).unwrap().to_string(), "1.25");
        assert_eq!(contract.exposure(price, lots).unwrap().to_string(), "1.25");
        let short = Quantity::from_lots(-500);
        assert_eq!(contract.exposure(price, short).unwrap().to_string(), "-1.25");
        assert_eq!(contract.notional(price, lots).unwrap().to_string(), "50000");
    }

    #[test]
    fn an_inverse_contract_has_no_value_at_zero() {
        let value = inverse().value(Price::ZERO, Quantity::from_lots(1));
        assert_eq!(value.map_err(|e| e.code()), Err(Code::PriceOutOfRange));
    }

    #[test]
    fn the_dearer_of_two_prices_is_the_lower_one_of_an_inverse_contract_only() {
        let (low, high) = (Price::from_ticks(5), Price::from_ticks(7));
        let contract = inverse();
        assert_eq!([contract.dearer(low, high), contract.dearer(high, low)], [low, low]);
        let plain = InstrumentSpec {
            settlement_currency: "USD".into(),
            perpetual: false,
            contract: ContractSpec::default(),
            ..contract.spec().clone()
        };
        let spot = Instrument::new(plain).unwrap();
        assert_eq!([spot.dearer(low, high), spot.dearer(high, low)], [high, high]);
    }

    fn spot(tick: &str, lot: &str, multiplier: &str) -> Instrument {
        Instrument::new(InstrumentSpec {
            tick_size: tick.into(),
            lot_size: lot.into(),
            contract_multiplier: multiplier.into(),
            settlement_currency: "USD".into(),
            perpetual: false,
            contract: ContractSpec::default(),
            ..inverse().spec().clone()
        })
        .unwrap()
    }

    /// Numbers of any size, small ones and those at the ends of the range among them.
    fn any_size() -> impl Strategy<Value = i64> {
        let near = |middle: i64| (-3_i64..=3).prop_map(move |off| middle.saturating_add(off));
        let shifted = (any::<i64>(), 0_u32..64).prop_map(|(value, shift)| value >> shift);
        prop_oneof![shifted, near(0), near(i64::MAX), near(i64::MIN), near(922_337)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// What a lot is worth stands on either side of 64 bits, and results on either side of 128.
        #[test]
        fn nat_10_at_a_price_every_quantity_is_worth_what_it_is_worth_alone(
            which in 0_usize..6, ticks in any_size(), lots in prop::collection::vec(any_size(), 1..4),
        ) {
            let contract = match which {
                0 => inverse(),
                1 => spot("0.01", "0.001", "1"),
                2 => spot("0.000000001", "0.000000001", "1"),
                3 => spot("1", "1", "1"),
                4 => spot("1000000", "1000000", "1"),
                _ => spot("0.00001", "1", "1000"),
            };
            let price = Price::from_ticks(ticks);
            let at = contract.at(price);
            for lots in lots.into_iter().map(Quantity::from_lots) {
                prop_assert_eq!(at.exposure(lots), contract.exposure(price, lots));
                prop_assert_eq!(at.settlement_notional(lots), contract.settlement_notional(price, lots));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        /// The rounded value differs from the exact ratio by at most half of the last unit, and is odd in the quantity.
        #[test]
        fn nat_10_inverse_values_are_the_nearest_to_the_ratio(ticks in 1_i64..1_000_000_000, lots in 1_i64..1_000_000_000) {
            let contract = inverse();
            let (price, long, short) = (Price::from_ticks(ticks), Quantity::from_lots(lots), Quantity::from_lots(-lots));
            let value = contract.value(price, long).unwrap();
            prop_assert_eq!(contract.value(price, short).unwrap(), value.negated().unwrap());
            let numerator = 200 * 1_000_000_000_000_000_000_i128 * i128::from(lots);
            let error = numerator + value.raw() * i128::from(ticks);
            prop_assert!(error.abs() * 2 <= i128::from(ticks));
        }
    }
}
