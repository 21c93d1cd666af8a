//! The filters of an instrument: checked texts turned into integers.

use crate::amount::Amount;
use crate::code::Code;
use crate::decimal::Decimal;
use crate::error::{Error, Result};
use crate::fraction::Fraction;
use crate::instrument::InstrumentSpec;
use crate::quantity::Quantity;
use crate::steps::exact_steps;

/// The venue's filters as integers.
pub(crate) struct Filters {
    pub(crate) quantity: (Option<Quantity>, Option<Quantity>),
    pub(crate) notional: (Option<Amount>, Option<Amount>),
    pub(crate) percent_price: Option<Fraction>,
}

impl Filters {
    pub(crate) fn new(spec: &InstrumentSpec, lot: Decimal) -> Result<Self> {
        let lots = |field: &str, text: &Option<String>| -> Result<Option<Quantity>> {
            let Some(text) = text else { return Ok(None) };
            let steps = exact_steps(positive(field, text)?, lot)
                .ok_or_else(|| invalid(field, "must be a multiple of lot_size", text))?;
            Ok(Some(Quantity::from_lots(steps)))
        };
        let amount = |field: &str, text: &Option<String>| -> Result<Option<Amount>> {
            let Some(text) = text else { return Ok(None) };
            let value = positive(field, text)?
                .at_scale(Amount::SCALE)
                .map_err(|_| invalid(field, "must be an amount", text))?;
            Ok(Some(Amount::from_raw(value)))
        };
        let quantity =
            (lots("min_quantity", &spec.min_quantity)?, lots("max_quantity", &spec.max_quantity)?);
        let notional = (
            amount("min_notional", &spec.min_notional)?,
            amount("max_notional", &spec.max_notional)?,
        );
        if quantity.0.zip(quantity.1).is_some_and(|(min, max)| min > max) {
            let given = spec.min_quantity.as_deref().unwrap_or("");
            return Err(invalid("min_quantity", "must not be above max_quantity", given));
        }
        if notional.0.zip(notional.1).is_some_and(|(min, max)| min > max) {
            let given = spec.min_notional.as_deref().unwrap_or("");
            return Err(invalid("min_notional", "must not be above max_notional", given));
        }
        let percent_price = match &spec.percent_price_frac {
            None => None,
            Some(text) => Some(
                Fraction::parse(text)
                    .ok()
                    .filter(|fraction| fraction.millionths() > 0)
                    .ok_or_else(|| {
                        invalid("percent_price_frac", "must be a positive fraction", text)
                    })?,
            ),
        };
        Ok(Self { quantity, notional, percent_price })
    }
}

pub(crate) fn invalid(field: &str, rule: &str, value: &str) -> Error {
    Error::new(Code::InstrumentInvalid, format!("{field} {rule}, was {value}"))
        .with("field", field)
        .with("value", value)
}

pub(crate) fn positive(field: &str, text: &str) -> Result<Decimal> {
    let value =
        Decimal::parse(text).map_err(|_| invalid(field, "must be a decimal", text))?.normalized();
    if value.mantissa <= 0 { Err(invalid(field, "must be positive", text)) } else { Ok(value) }
}
