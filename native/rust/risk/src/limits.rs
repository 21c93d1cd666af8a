//! Limits as data: every money limit is a value or the word `unlimited`, none has a silent default.

use holdfast_core::{Amount, Code, Error, Fraction, Result};
use serde::{Deserialize, Serialize};

/// The limits as they are written; each text is a decimal or `unlimited`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsSpec {
    /// Largest quantity of one order, in units of the instrument.
    pub order_qty_max: String,
    /// Largest notional of one order, in the quote currency.
    pub order_notional_quote_max: String,
    /// Largest position as a fraction of equity.
    pub position_frac_max: String,
    /// Largest gross exposure as a fraction of equity.
    pub gross_exposure_frac_max: String,
    /// Largest distance of a limit price from the reference price.
    pub price_band_frac_max: String,
    /// Most orders in any 60 seconds.
    pub orders_per_minute_max: String,
    /// Most opening orders in a UTC day.
    pub daily_trades_max: String,
    /// Loss of the UTC day, as a fraction of its opening equity, that stops opening orders for the day.
    pub daily_loss_frac_max: String,
    /// Drawdown of marked equity that stops opening orders for the session.
    pub drawdown_frac_max: String,
    /// Whether an opening order must carry a stop loss.
    pub stop_loss_required: bool,
    /// Oldest reference price that an order may be judged by, in milliseconds.
    pub price_age_ms_max: String,
}

/// The limits as integers; `None` is unlimited.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Limits {
    pub order_quantity: Option<Amount>,
    pub order_notional: Option<Amount>,
    pub position: Option<Fraction>,
    pub gross_exposure: Option<Fraction>,
    pub price_band: Option<Fraction>,
    pub orders_per_minute: Option<u32>,
    pub daily_trades: Option<u32>,
    pub daily_loss: Option<Fraction>,
    pub drawdown: Option<Fraction>,
    pub stop_loss_required: bool,
    pub price_age_ns: Option<i64>,
    /// BLAKE3 of the written form, in every verdict's journal.
    pub fingerprint: [u8; 32],
}

/// Most orders a minute that can be asked for; the gate keeps that many times.
pub const ORDERS_PER_MINUTE_MAX: u32 = 100_000;

fn invalid(field: &'static str, rule: &str, value: &str) -> Error {
    Error::new(Code::LimitsInvalid, format!("{field} {rule}, was \"{value}\""))
        .with("field", field)
        .with("value", value)
}

fn optional<T>(
    field: &'static str,
    text: &str,
    rule: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>> {
    if text == "unlimited" {
        return Ok(None);
    }
    parse(text).map(Some).ok_or_else(|| invalid(field, rule, text))
}

fn amount(field: &'static str, text: &str) -> Result<Option<Amount>> {
    optional(field, text, "must be a positive decimal or \"unlimited\"", |t| {
        Amount::parse(t).ok().filter(|value| value.raw() > 0)
    })
}

fn fraction(field: &'static str, text: &str, max: i64) -> Result<Option<Fraction>> {
    let rule =
        format!("must be a fraction above 0 and at most {max} with six decimals, or \"unlimited\"");
    optional(field, text, &rule, |t| {
        Fraction::parse(t)
            .ok()
            .filter(|value| value.millionths() > 0 && value.millionths() <= max * 1_000_000)
    })
}

fn count(field: &'static str, text: &str, max: u32) -> Result<Option<u32>> {
    let rule = format!("must be a whole number from 1 to {max}, or \"unlimited\"");
    optional(field, text, &rule, |t| {
        t.parse::<u32>().ok().filter(|value| (1..=max).contains(value))
    })
}

impl Limits {
    /// Checks the written limits.
    ///
    /// # Errors
    /// `LIMITS_INVALID` naming the field.
    pub fn new(spec: &LimitsSpec) -> Result<Self> {
        let written = serde_json::to_vec(spec).map_err(|error| {
            Error::new(Code::LimitsInvalid, format!("limits must be representable, {error}"))
        })?;
        let age_ms = count("price_age_ms_max", &spec.price_age_ms_max, u32::MAX)?;
        Ok(Self {
            order_quantity: amount("order_qty_max", &spec.order_qty_max)?,
            order_notional: amount("order_notional_quote_max", &spec.order_notional_quote_max)?,
            position: fraction("position_frac_max", &spec.position_frac_max, 1_000)?,
            gross_exposure: fraction(
                "gross_exposure_frac_max",
                &spec.gross_exposure_frac_max,
                1_000,
            )?,
            price_band: fraction("price_band_frac_max", &spec.price_band_frac_max, 1_000)?,
            orders_per_minute: count(
                "orders_per_minute_max",
                &spec.orders_per_minute_max,
                ORDERS_PER_MINUTE_MAX,
            )?,
            daily_trades: count("daily_trades_max", &spec.daily_trades_max, u32::MAX)?,
            daily_loss: fraction("daily_loss_frac_max", &spec.daily_loss_frac_max, 1)?,
            drawdown: fraction("drawdown_frac_max", &spec.drawdown_frac_max, 1)?,
            stop_loss_required: spec.stop_loss_required,
            price_age_ns: age_ms.map(|ms| i64::from(ms) * 1_000_000),
            fingerprint: *blake3::hash(&written).as_bytes(),
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn unlimited() -> LimitsSpec {
        let word = || "unlimited".to_string();
        LimitsSpec {
            order_qty_max: word(),
            order_notional_quote_max: word(),
            position_frac_max: word(),
            gross_exposure_frac_max: word(),
            price_band_frac_max: word(),
            orders_per_minute_max: word(),
            daily_trades_max: word(),
            daily_loss_frac_max: word(),
            drawdown_frac_max: word(),
            stop_loss_required: false,
            price_age_ms_max: word(),
        }
    }

    #[test]
    fn reads_values_and_the_word_unlimited() {
        let limits =
            Limits::new(&LimitsSpec { position_frac_max: "0.02".into(), ..unlimited() }).unwrap();
        assert_eq!(limits.position.map(Fraction::millionths), Some(20_000));
        assert_eq!(limits.order_notional, None);
    }

    #[test]
    fn refuses_zero_negative_and_percent_by_mistake() {
        let broken = [
            LimitsSpec { order_qty_max: "0".into(), ..unlimited() },
            LimitsSpec { order_notional_quote_max: "-1".into(), ..unlimited() },
            LimitsSpec { daily_loss_frac_max: "5".into(), ..unlimited() },
            LimitsSpec { drawdown_frac_max: "15".into(), ..unlimited() },
            LimitsSpec { orders_per_minute_max: "0".into(), ..unlimited() },
            LimitsSpec { daily_trades_max: "1.5".into(), ..unlimited() },
            LimitsSpec { price_age_ms_max: String::new(), ..unlimited() },
        ];
        for spec in broken {
            assert_eq!(
                Limits::new(&spec).map(|_| ()).map_err(|e| e.code()),
                Err(Code::LimitsInvalid)
            );
        }
    }

    #[test]
    fn the_fingerprint_follows_the_values() {
        let one = Limits::new(&unlimited()).unwrap().fingerprint;
        let two = Limits::new(&LimitsSpec { stop_loss_required: true, ..unlimited() })
            .unwrap()
            .fingerprint;
        assert_ne!(one, two);
    }
}
