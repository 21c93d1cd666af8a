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
mod tests;
