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
