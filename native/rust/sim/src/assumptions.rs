//! What the simulated venue assumes; every number is configurable and stands in the report.

use holdfast_core::decimal::Decimal;
use holdfast_core::{Amount, Code, Error, Fraction, Result};
use serde::{Deserialize, Serialize};

/// The assumptions as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssumptionsSpec {
    /// Slippage of market and stop fills, in basis points of the price, against the order.
    pub slippage_bps: String,
    /// Fee of fills that removed liquidity, in basis points of notional.
    pub taker_fee_bps: String,
    /// Fee of fills that added liquidity, in basis points of notional; negative is a rebate.
    pub maker_fee_bps: String,
    /// Fee per unit of the instrument, in the quote currency.
    pub fee_per_unit: String,
    /// Largest share of a bar's volume that all our orders together may take, or `unlimited`.
    pub participation_frac_max: String,
    /// Whether a limit order fills when its price is touched, or only when the bar trades through it.
    pub limit_fill: LimitFill,
    /// Time from decision to venue, in milliseconds; an order takes part in the first bar that opens after it.
    pub latency_ms: u32,
    /// Funding paid by longs per interval, in basis points of notional; perpetuals only.
    pub funding_bps: String,
    /// Hours between funding payments.
    pub funding_interval_h: u32,
}

/// When a resting limit order counts as filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitFill {
    /// The bar reached the price.
    Touch,
    /// The bar traded beyond the price: the order's place in the queue is unknown, so this is the pessimistic form.
    Through,
}

/// The assumptions as integers.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Assumptions {
    pub slippage: Fraction,
    pub taker_fee: Fraction,
    pub maker_fee: Fraction,
    pub fee_per_unit: Amount,
    pub participation: Option<Fraction>,
    pub limit_fill: LimitFill,
    pub latency_ns: i64,
    pub funding: Fraction,
    pub funding_interval_ns: i64,
}

fn invalid(field: &'static str, rule: &str, value: &str) -> Error {
    Error::new(Code::ConfigInvalid, format!("{field} {rule}, was \"{value}\""))
        .with("field", field)
        .with("value", value)
}

/// Reads basis points: 10⁻⁴, exact to one hundredth of a point.
fn bps(field: &'static str, text: &str, range: std::ops::RangeInclusive<i64>) -> Result<Fraction> {
    let rule =
        format!("must be basis points from {} to {} with two decimals", range.start(), range.end());
    Decimal::parse(text)
        .and_then(|value| value.at_scale(2))
        .ok()
        .and_then(|hundredths| i64::try_from(hundredths).ok())
        .filter(|hundredths| (range.start() * 100..=range.end() * 100).contains(hundredths))
        .map(Fraction::from_millionths)
        .ok_or_else(|| invalid(field, &rule, text))
}

impl Assumptions {
    /// Checks the written assumptions.
    ///
    /// # Errors
    /// `CONFIG_INVALID` naming the field.
    pub fn new(spec: &AssumptionsSpec) -> Result<Self> {
        let fee_per_unit = Amount::parse(&spec.fee_per_unit)
            .ok()
            .filter(|fee| fee.raw() >= 0)
            .ok_or_else(|| {
                invalid(
                    "fee_per_unit",
                    "must be an amount that is not negative",
                    &spec.fee_per_unit,
                )
            })?;
        let participation = match spec.participation_frac_max.as_str() {
            "unlimited" => None,
            text => Some(
                Fraction::parse(text)
                    .ok()
                    .filter(|value| (1..=1_000_000).contains(&value.millionths()))
                    .ok_or_else(|| {
                        invalid(
                            "participation_frac_max",
                            "must be a fraction from 0.000001 to 1, or \"unlimited\"",
                            text,
                        )
                    })?,
            ),
        };
        if spec.funding_interval_h == 0 || spec.funding_interval_h > 8_760 {
            return Err(invalid(
                "funding_interval_h",
                "must be 1 to 8760 hours",
                &spec.funding_interval_h.to_string(),
            ));
        }
        Ok(Self {
            slippage: bps("slippage_bps", &spec.slippage_bps, 0..=5_000)?,
            taker_fee: bps("taker_fee_bps", &spec.taker_fee_bps, -100..=1_000)?,
            maker_fee: bps("maker_fee_bps", &spec.maker_fee_bps, -100..=1_000)?,
            fee_per_unit,
            participation,
            limit_fill: spec.limit_fill,
            latency_ns: i64::from(spec.latency_ms) * 1_000_000,
            funding: bps("funding_bps", &spec.funding_bps, -1_000..=1_000)?,
            funding_interval_ns: i64::from(spec.funding_interval_h) * 3_600_000_000_000,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn free() -> AssumptionsSpec {
        AssumptionsSpec {
            slippage_bps: "0".into(),
            taker_fee_bps: "0".into(),
            maker_fee_bps: "0".into(),
            fee_per_unit: "0".into(),
            participation_frac_max: "unlimited".into(),
            limit_fill: LimitFill::Through,
            latency_ms: 0,
            funding_bps: "0".into(),
            funding_interval_h: 8,
        }
    }

    #[test]
    fn reads_basis_points_exactly() {
        let spec =
            AssumptionsSpec { slippage_bps: "2.5".into(), maker_fee_bps: "-0.75".into(), ..free() };
        let read = Assumptions::new(&spec).unwrap();
        assert_eq!(
            (read.slippage.to_string(), read.maker_fee.to_string()),
            ("0.00025".into(), "-0.000075".into())
        );
    }

    #[test]
    fn refuses_values_out_of_range() {
        let broken = [
            AssumptionsSpec { slippage_bps: "-1".into(), ..free() },
            AssumptionsSpec { slippage_bps: "0.001".into(), ..free() },
            AssumptionsSpec { taker_fee_bps: "x".into(), ..free() },
            AssumptionsSpec { fee_per_unit: "-0.1".into(), ..free() },
            AssumptionsSpec { participation_frac_max: "1.1".into(), ..free() },
            AssumptionsSpec { funding_interval_h: 0, ..free() },
        ];
        for spec in broken {
            assert_eq!(
                Assumptions::new(&spec).map(|_| ()).map_err(|e| e.code()),
                Err(Code::ConfigInvalid)
            );
        }
    }
}
