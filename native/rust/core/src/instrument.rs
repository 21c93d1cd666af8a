//! The rules of a tradable contract and the exact conversion between its ticks, lots and money.

use crate::amount::Amount;
use crate::code::Code;
use crate::contract::{ContractSpec, InstrumentKind, InverseFace, Terms};
use crate::decimal::Decimal;
use crate::error::Result;
use crate::fraction::Fraction;
use crate::instrument_filters::{Filters, invalid, positive};
use crate::margin::MarginTable;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::steps::{exact_steps, format_steps, off_step};
use serde::{Deserialize, Serialize};

/// An instrument as it is written in configuration: decimals are strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentSpec {
    /// The venue's own text for it (FIX 55).
    pub symbol: String,
    /// Where it trades (FIX 207).
    pub venue: String,
    /// Currency that is bought and sold.
    pub base_currency: String,
    /// Currency of the price.
    pub quote_currency: String,
    /// Currency of profit and loss.
    pub settlement_currency: String,
    /// Smallest price step (FIX 969).
    pub tick_size: String,
    /// Smallest quantity step (FIX 561).
    pub lot_size: String,
    /// Base units in one contract (FIX 231).
    pub contract_multiplier: String,
    /// Smallest quantity of an order.
    pub min_quantity: Option<String>,
    /// Largest quantity of an order.
    pub max_quantity: Option<String>,
    /// Smallest notional of an order.
    pub min_notional: Option<String>,
    /// Largest notional of an order.
    pub max_notional: Option<String>,
    /// Largest distance of an order's price from the reference, as a fraction.
    pub percent_price_frac: Option<String>,
    /// Whether it is a perpetual future, which pays funding.
    pub perpetual: bool,
    /// Kind of contract and its terms; spot when left out.
    #[serde(default, skip_serializing_if = "ContractSpec::is_default")]
    pub contract: ContractSpec,
}

/// An instrument whose rules were checked and turned into integers.
#[derive(Debug, Clone)]
pub struct Instrument {
    spec: InstrumentSpec,
    tick: Decimal,
    lot: Decimal,
    tick_lot_value: Amount,
    lot_amount: Amount,
    inverse: Option<InverseFace>,
    terms: Terms,
    tick_factor: (f64, f64),
    lot_factor: (f64, f64),
    /// Smallest order quantity, in lots.
    pub min_quantity: Option<Quantity>,
    /// Largest order quantity, in lots.
    pub max_quantity: Option<Quantity>,
    /// Smallest order notional.
    pub min_notional: Option<Amount>,
    /// Largest order notional.
    pub max_notional: Option<Amount>,
    /// Largest distance of an order's price from the reference.
    pub percent_price: Option<Fraction>,
}

#[allow(clippy::cast_precision_loss)]
fn float_factor(step: Decimal) -> (f64, f64) {
    (step.mantissa as f64, 10_f64.powi(i32::try_from(step.scale).unwrap_or(i32::MAX)))
}

impl Instrument {
    /// Checks the rules.
    ///
    /// # Errors
    /// `INSTRUMENT_INVALID` naming the field; also when one tick of one lot is not a multiple of 10⁻¹⁸ of the
    /// quote currency, because then money could not be exact.
    pub fn new(spec: InstrumentSpec) -> Result<Self> {
        if spec.symbol.is_empty() {
            return Err(invalid("symbol", "must not be empty", "\"\""));
        }
        let tick = positive("tick_size", &spec.tick_size)?;
        let lot = positive("lot_size", &spec.lot_size)?;
        let multiplier = positive("contract_multiplier", &spec.contract_multiplier)?;
        let unrepresentable = || {
            invalid(
                "tick_size",
                "times lot_size times contract_multiplier must be a multiple of 1e-18",
                &spec.tick_size,
            )
        };
        let mantissa = tick
            .mantissa
            .checked_mul(lot.mantissa)
            .and_then(|m| m.checked_mul(multiplier.mantissa))
            .ok_or_else(unrepresentable)?;
        let product = Decimal { mantissa, scale: tick.scale + lot.scale + multiplier.scale };
        let tick_lot_value =
            Amount::from_raw(product.at_scale(Amount::SCALE).map_err(|_| unrepresentable())?);
        let lot_amount =
            Amount::from_raw(lot.at_scale(Amount::SCALE).map_err(|_| {
                invalid("lot_size", "must have at most 18 decimals", &spec.lot_size)
            })?);
        let filters = Filters::new(&spec, lot)?;
        let terms = Terms::new(&spec)?;
        let is_inverse = spec.contract.kind == InstrumentKind::Inverse;
        let inverse = is_inverse.then(|| InverseFace::new(tick, lot, multiplier)).transpose()?;
        Ok(Self {
            tick,
            lot,
            tick_lot_value,
            lot_amount,
            inverse,
            terms,
            tick_factor: float_factor(tick),
            lot_factor: float_factor(lot),
            min_quantity: filters.quantity.0,
            max_quantity: filters.quantity.1,
            min_notional: filters.notional.0,
            max_notional: filters.notional.1,
            percent_price: filters.percent_price,
            spec,
        })
    }

    /// Returns the rules as they were given.
    #[must_use]
    pub const fn spec(&self) -> &InstrumentSpec {
        &self.spec
    }

    /// Returns how a fill moves money.
    #[must_use]
    pub const fn kind(&self) -> InstrumentKind {
        self.spec.contract.kind
    }

    /// Returns what a position must be backed with; linear and inverse contracts.
    #[must_use]
    pub const fn margin(&self) -> Option<&MarginTable> {
        self.terms.margin.as_ref()
    }

    /// Returns the price at which an option is exercised.
    #[must_use]
    pub const fn strike(&self) -> Option<Amount> {
        self.terms.strike
    }

    /// Returns when the contract ends, in nanoseconds since 1970.
    #[must_use]
    pub const fn expiry_ns(&self) -> Option<i64> {
        self.terms.expiry_ns
    }

    /// Returns the value in base currency of one lot of an inverse contract at a price of one tick.
    #[must_use]
    #[inline]
    pub fn inverse_numerator(&self) -> Option<Amount> {
        self.inverse.map(|face| face.per_lot_tick)
    }

    pub(crate) const fn inverse_face(&self) -> Option<InverseFace> {
        self.inverse
    }

    /// Returns a quantity in units as an amount, for limits and fees per unit.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    #[inline]
    pub fn units(&self, quantity: Quantity) -> Result<Amount> {
        self.lot_amount.times(i128::from(quantity.lots()))
    }

    /// Returns the money that one tick of one lot is worth.
    #[must_use]
    pub const fn tick_lot_value(&self) -> Amount {
        self.tick_lot_value
    }

    /// Reads a price that must be a multiple of the tick.
    ///
    /// # Errors
    /// `DECIMAL_INVALID`, `PRICE_OFF_TICK` with the two neighbours, `PRICE_OUT_OF_RANGE`.
    pub fn parse_price(&self, text: &str) -> Result<Price> {
        let value = Decimal::parse(text)?;
        match exact_steps(value, self.tick) {
            Some(ticks) => Ok(Price::from_ticks(ticks)),
            None => Err(off_step(
                Code::PriceOffTick,
                Code::PriceOutOfRange,
                ("price", &self.spec.tick_size),
                self.tick,
                value,
                text,
            )),
        }
    }

    /// Reads a quantity that must be a multiple of the lot.
    ///
    /// # Errors
    /// `DECIMAL_INVALID`, `QTY_OFF_LOT` with the two neighbours, `QTY_OUT_OF_RANGE`.
    pub fn parse_quantity(&self, text: &str) -> Result<Quantity> {
        let value = Decimal::parse(text)?;
        match exact_steps(value, self.lot) {
            Some(lots) => Ok(Quantity::from_lots(lots)),
            None => Err(off_step(
                Code::QtyOffLot,
                Code::QtyOutOfRange,
                ("quantity", &self.spec.lot_size),
                self.lot,
                value,
                text,
            )),
        }
    }

    /// Prints a price.
    #[must_use]
    pub fn format_price(&self, price: Price) -> String {
        format_steps(price.ticks(), self.tick)
    }

    /// Prints a quantity.
    #[must_use]
    pub fn format_quantity(&self, quantity: Quantity) -> String {
        format_steps(quantity.lots(), self.lot)
    }

    /// Returns the nearest float of a price, for analytics only.
    #[must_use]
    #[inline]
    #[allow(clippy::cast_precision_loss)]
    pub fn price_f64(&self, price: Price) -> f64 {
        price.ticks() as f64 * self.tick_factor.0 / self.tick_factor.1
    }

    /// Returns the nearest float of a quantity, for analytics only.
    #[must_use]
    #[inline]
    #[allow(clippy::cast_precision_loss)]
    pub fn quantity_f64(&self, quantity: Quantity) -> f64 {
        quantity.lots() as f64 * self.lot_factor.0 / self.lot_factor.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decimal::format_scaled;
    use proptest::prelude::*;

    pub(crate) fn spec(tick: &str, lot: &str) -> InstrumentSpec {
        InstrumentSpec {
            symbol: "TEST".into(),
            venue: "SIM".into(),
            base_currency: "TEST".into(),
            quote_currency: "USD".into(),
            settlement_currency: "USD".into(),
            tick_size: tick.into(),
            lot_size: lot.into(),
            contract_multiplier: "1".into(),
            min_quantity: None,
            max_quantity: None,
            min_notional: None,
            max_notional: None,
            percent_price_frac: None,
            perpetual: false,
            contract: ContractSpec::default(),
        }
    }

    #[test]
    fn a_multiplier_with_decimals_scales_what_a_lot_is_worth() {
        let tenth = InstrumentSpec { contract_multiplier: "0.1".into(), ..spec("0.01", "0.5") };
        let instrument = Instrument::new(tenth).unwrap();
        let worth = instrument.notional(Price::from_ticks(300), Quantity::from_lots(4)).unwrap();
        assert_eq!(worth.to_string(), "0.6", "3.00 × 2 × 0.1");
    }

    #[test]
    fn floats_and_units_are_those_of_tick_and_lot() {
        let instrument = Instrument::new(spec("0.05", "0.001")).unwrap();
        assert_eq!(instrument.price_f64(Price::from_ticks(21)), 1.05);
        assert_eq!(instrument.quantity_f64(Quantity::from_lots(1_500)), 1.5);
        let units = instrument.units(Quantity::from_lots(1_500)).unwrap();
        assert_eq!(units, Amount::parse("1.5").unwrap());
    }

    #[test]
    fn notional_is_exact() {
        let instrument = Instrument::new(InstrumentSpec {
            contract_multiplier: "50".into(),
            ..spec("0.25", "1")
        })
        .unwrap();
        let price = instrument.parse_price("4500.25").unwrap();
        let quantity = instrument.parse_quantity("3").unwrap();
        assert_eq!(instrument.notional(price, quantity).unwrap().to_string(), "675037.5");
        assert_eq!(
            instrument.value(price, Quantity::from_lots(-3)).unwrap().to_string(),
            "-675037.5"
        );
    }

    #[test]
    fn off_tick_names_the_neighbours() {
        let instrument = Instrument::new(spec("0.05", "0.001")).unwrap();
        let error = instrument.parse_price("-100.02").unwrap_err();
        assert_eq!(error.code(), Code::PriceOffTick);
        assert_eq!(
            error.context()[2..],
            [("below", "-100.05".to_string()), ("above", "-100".to_string())]
        );
        assert_eq!(instrument.parse_quantity("0.0005").map_err(|e| e.code()), Err(Code::QtyOffLot));
        let far = "999999999999999999999";
        assert_eq!(instrument.parse_price(far).map_err(|e| e.code()), Err(Code::PriceOutOfRange));
        assert_eq!(instrument.parse_quantity(far).map_err(|e| e.code()), Err(Code::QtyOutOfRange));
        assert_eq!(instrument.parse_price("x").map_err(|e| e.code()), Err(Code::DecimalInvalid));
    }

    #[test]
    fn refuses_rules_that_contradict_or_cannot_be_exact() {
        let text = |value: &str| Some(value.to_string());
        let base = spec("0.01", "1");
        let broken = [
            InstrumentSpec { symbol: String::new(), ..base.clone() },
            InstrumentSpec { tick_size: "0".into(), ..base.clone() },
            InstrumentSpec { lot_size: "-1".into(), ..base.clone() },
            InstrumentSpec { contract_multiplier: "abc".into(), ..base.clone() },
            InstrumentSpec {
                tick_size: "0.0000000001".into(),
                lot_size: "0.0000000001".into(),
                ..base.clone()
            },
            InstrumentSpec { min_quantity: text("1.5"), ..base.clone() },
            InstrumentSpec { min_quantity: text("5"), max_quantity: text("4"), ..base.clone() },
            InstrumentSpec { min_notional: text("5"), max_notional: text("4"), ..base.clone() },
            InstrumentSpec { percent_price_frac: text("0"), ..base.clone() },
            InstrumentSpec { percent_price_frac: text("x"), ..base.clone() },
        ];
        for case in broken {
            assert_eq!(
                Instrument::new(case).map(|_| ()).map_err(|e| e.code()),
                Err(Code::InstrumentInvalid)
            );
        }
        let alone = InstrumentSpec {
            min_quantity: text("5"),
            max_quantity: text("5"),
            min_notional: text("5"),
            max_notional: text("5"),
            ..base
        };
        assert!(Instrument::new(alone).is_ok(), "one value may be all that is permitted");
    }

    #[test]
    fn floats_are_the_nearest_to_the_decimal() {
        let instrument = Instrument::new(spec("0.01", "0.00000001")).unwrap();
        assert_eq!(
            instrument.price_f64(Price::from_ticks(143_836)).to_bits(),
            1438.36_f64.to_bits()
        );
        assert_eq!(
            instrument.quantity_f64(Quantity::from_lots(5_655_554)).to_bits(),
            0.056_555_54_f64.to_bits()
        );
        let quarters = Instrument::new(spec("0.01", "0.25")).unwrap();
        let held = quarters.quantity_f64(Quantity::from_lots(3));
        assert_eq!(held.to_bits(), 0.75_f64.to_bits());
    }

    proptest! {
        #[test]
        fn parse_of_print_is_identity_for_ticks_and_lots(steps in any::<i64>(), tick in prop::sample::select(vec!["0.01", "0.05", "0.25", "1", "100", "0.00000001"])) {
            let instrument = Instrument::new(spec(tick, "0.001")).unwrap();
            let (price, quantity) = (Price::from_ticks(steps), Quantity::from_lots(steps));
            prop_assert_eq!(instrument.parse_price(&instrument.format_price(price)).unwrap(), price);
            prop_assert_eq!(instrument.parse_quantity(&instrument.format_quantity(quantity)).unwrap(), quantity);
        }

        #[test]
        fn no_value_between_two_ticks_is_ever_read(cents in any::<i32>(), rest in 1_u8..5) {
            let instrument = Instrument::new(spec("0.05", "1")).unwrap();
            let text = format_scaled(i128::from(cents) * 5 + i128::from(rest), 2);
            prop_assert_eq!(instrument.parse_price(&text).map_err(|e| e.code()), Err(Code::PriceOffTick));
        }
    }
}
