//! Margin as data: initial and maintenance rates by tiers of notional.
//!
//! Each part of the notional is charged at its own tier's rate, as venues do with a "maintenance amount" per bracket, so
//! the requirement has no jump at a bound. Rates do not fall from tier to tier, hence the requirement is the largest of
//! the straight lines `rate × notional − offset`, which is what makes liquidation prices a closed form.

use crate::amount::Amount;
use crate::error::{Error, Result};
use crate::fraction::Fraction;
use crate::instrument_filters::{invalid, positive};
use crate::rounding::{Rounding, divide};
use serde::{Deserialize, Serialize};

/// Most tiers of an instrument.
pub const TIERS_MAX: usize = 32;

/// What backs a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarginMode {
    /// All cash and open profit of the settlement currency.
    #[default]
    Cross,
    /// The initial margin of its entry cost, and nothing else.
    Isolated,
}

/// One tier as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierSpec {
    /// Notional in the settlement currency up to which it holds; only the last tier has none.
    pub notional_max: Option<String>,
    /// Initial margin of this part of the notional, as a fraction.
    pub initial_frac: String,
    /// Maintenance margin of this part of the notional, as a fraction.
    pub maintenance_frac: String,
}

/// Margin as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarginSpec {
    /// What backs a position.
    #[serde(default)]
    pub mode: MarginMode,
    /// Tiers from the smallest notional to the largest.
    pub tiers: Vec<TierSpec>,
}

/// `rate × notional − offset`, where the offset counts 10⁻¹⁸ × 10⁻⁶ units so that it is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarginLine {
    /// Rate in millionths.
    pub rate_millionths: i128,
    /// What the tiers below cost less than this rate.
    pub offset: i128,
}

/// The checked tiers.
#[derive(Debug, Clone)]
pub struct MarginTable {
    mode: MarginMode,
    initial: Vec<MarginLine>,
    maintenance: Vec<MarginLine>,
}

fn rate(field: &str, text: &str) -> Result<i128> {
    Fraction::parse(text)
        .ok()
        .map(|fraction| i128::from(fraction.millionths()))
        .filter(|millionths| (1..Fraction::PARTS + 1).contains(millionths))
        .ok_or_else(|| invalid(field, "must be a fraction above 0 and at most 1", text))
}

/// Appends the line of the next tier: continuous with the last one at its bound.
fn extend(
    lines: &mut Vec<MarginLine>,
    rate_millionths: i128,
    floor: Amount,
) -> std::result::Result<(), &'static str> {
    let last = lines.last().copied();
    let last = last.unwrap_or(MarginLine { rate_millionths, offset: 0 });
    if rate_millionths < last.rate_millionths {
        return Err("must not fall from tier to tier");
    }
    let offset = floor
        .raw()
        .checked_mul(rate_millionths - last.rate_millionths)
        .and_then(|step| step.checked_add(last.offset))
        .ok_or("must stay within 128 bits times its tier's bound")?;
    lines.push(MarginLine { rate_millionths, offset });
    Ok(())
}

fn overflow() -> Error {
    Error::new(crate::code::Code::AmountOverflow, "margin must stay within 128 bits")
}

/// Returns the requirement of a notional, rounded up: a margin is never short by a fraction of a unit.
fn required(lines: &[MarginLine], notional: Amount) -> Result<Amount> {
    let mut most = 0_i128;
    for line in lines {
        let scaled = notional
            .raw()
            .checked_mul(line.rate_millionths)
            .and_then(|product| product.checked_sub(line.offset))
            .ok_or_else(overflow)?;
        most = most.max(scaled);
    }
    Ok(Amount::from_raw(divide(most, Fraction::PARTS, Rounding::Ceil)?))
}

impl MarginTable {
    /// Checks the tiers.
    ///
    /// # Errors
    /// `INSTRUMENT_INVALID` naming the field.
    pub fn new(spec: &MarginSpec) -> Result<Self> {
        if spec.tiers.is_empty() || spec.tiers.len() > TIERS_MAX {
            let count = spec.tiers.len().to_string();
            return Err(invalid("margin.tiers", &format!("must number 1 to {TIERS_MAX}"), &count));
        }
        let (mut initial, mut maintenance) = (Vec::new(), Vec::new());
        let mut floor = Amount::ZERO;
        for (index, tier) in spec.tiers.iter().enumerate() {
            let first = rate("margin.initial_frac", &tier.initial_frac)?;
            let kept = rate("margin.maintenance_frac", &tier.maintenance_frac)?;
            if kept > first {
                let rule = "must not be above initial_frac";
                return Err(invalid("margin.maintenance_frac", rule, &tier.maintenance_frac));
            }
            extend(&mut initial, first, floor)
                .map_err(|rule| invalid("margin.initial_frac", rule, &tier.initial_frac))?;
            extend(&mut maintenance, kept, floor)
                .map_err(|rule| invalid("margin.maintenance_frac", rule, &tier.maintenance_frac))?;
            floor = next_floor(tier, floor, index + 1 == spec.tiers.len())?;
        }
        Ok(Self { mode: spec.mode, initial, maintenance })
    }

    /// Returns what backs a position.
    #[must_use]
    pub const fn mode(&self) -> MarginMode {
        self.mode
    }

    /// Returns the margin needed to open a notional, rounded up.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn initial(&self, notional: Amount) -> Result<Amount> {
        required(&self.initial, notional)
    }

    /// Returns the margin needed to keep a notional, rounded up.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn maintenance(&self, notional: Amount) -> Result<Amount> {
        required(&self.maintenance, notional)
    }

    /// Returns the lines whose largest is the maintenance margin.
    #[must_use]
    pub fn maintenance_lines(&self) -> &[MarginLine] {
        &self.maintenance
    }

    /// Returns the largest notional whose initial margin is at most `budget`, rounded down.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn notional_within(&self, budget: Amount) -> Result<Amount> {
        let scaled = budget.raw().max(0).checked_mul(Fraction::PARTS).ok_or_else(overflow)?;
        let mut least = i128::MAX;
        for line in &self.initial {
            let sum = scaled.checked_add(line.offset).ok_or_else(overflow)?;
            least = least.min(divide(sum, line.rate_millionths, Rounding::Floor)?);
        }
        Ok(Amount::from_raw(least))
    }
}

fn next_floor(tier: &TierSpec, floor: Amount, last: bool) -> Result<Amount> {
    let field = "margin.notional_max";
    match (&tier.notional_max, last) {
        (None, true) => Ok(floor),
        (None, false) => Err(invalid(field, "must be given but for the last tier", "missing")),
        (Some(text), true) => Err(invalid(field, "must be missing for the last tier", text)),
        (Some(text), false) => {
            let bound = positive(field, text)?
                .at_scale(Amount::SCALE)
                .map(Amount::from_raw)
                .map_err(|_| invalid(field, "must be an amount", text))?;
            if bound > floor {
                Ok(bound)
            } else {
                Err(invalid(field, "must rise from tier to tier", text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use proptest::prelude::*;

    fn tier(notional_max: Option<&str>, initial: &str, maintenance: &str) -> TierSpec {
        TierSpec {
            notional_max: notional_max.map(str::to_string),
            initial_frac: initial.into(),
            maintenance_frac: maintenance.into(),
        }
    }

    fn table(tiers: Vec<TierSpec>) -> Result<MarginTable> {
        MarginTable::new(&MarginSpec { mode: MarginMode::Cross, tiers })
    }

    fn three() -> MarginTable {
        table(vec![
            tier(Some("50000"), "0.01", "0.004"),
            tier(Some("250000"), "0.02", "0.005"),
            tier(None, "0.05", "0.01"),
        ])
        .unwrap()
    }

    #[test]
    fn each_part_of_the_notional_pays_its_own_rate() {
        let usd = |text| Amount::parse(text).unwrap();
        let table = three();
        assert_eq!(table.mode(), MarginMode::Cross);
        assert_eq!(table.maintenance(usd("50000")).unwrap().to_string(), "200");
        // 50,000 at 0.4 % and 50,000 at 0.5 %.
        assert_eq!(table.maintenance(usd("100000")).unwrap().to_string(), "450");
        // 500 and 4,000 and 100,000 at 5 %.
        assert_eq!(table.initial(usd("350000")).unwrap().to_string(), "9500");
        assert_eq!(table.maintenance(Amount::from_raw(1)).unwrap(), Amount::from_raw(1));
        assert_eq!(table.notional_within(usd("9500")).unwrap().to_string(), "350000");
        assert_eq!(table.notional_within(usd("-1")).unwrap(), Amount::ZERO);
        assert!(table.initial(Amount::from_raw(i128::MAX)).is_err());
    }

    /// The bracket table of a venue (docs.ln.exchange/perpetual/margining), which charges a notional its bracket's rate
    /// less a maintenance amount.
    #[test]
    fn port_offsets_are_the_maintenance_amounts_that_venues_publish() {
        let brackets = [
            ("50000", "0.005", "0"),
            ("100000", "0.01", "250"),
            ("200000", "0.02", "1250"),
            ("250000", "0.025", "2250"),
            ("500000", "0.05", "8500"),
            ("1000000", "0.1", "33500"),
            ("1250000", "0.125", "58500"),
            ("2500000", "0.25", "214750"),
            ("5000000", "0.5", "839750"),
        ];
        let last = brackets.len() - 1;
        let tiers = brackets.iter().enumerate();
        let tiers =
            tiers.map(|(at, (bound, rate, _))| tier((at < last).then_some(bound), rate, rate));
        let table = table(tiers.collect()).unwrap();
        for (line, (bound, rate, amount)) in table.maintenance_lines().iter().zip(brackets) {
            let amount = Amount::parse(amount).unwrap();
            assert_eq!(line.offset, amount.raw() * Fraction::PARTS);
            let notional = Amount::parse(bound).unwrap();
            let rate = i128::from(Fraction::parse(rate).unwrap().millionths());
            let charged = notional.times_ratio(rate, Fraction::PARTS, Rounding::Ceil).unwrap();
            assert_eq!(table.maintenance(notional).unwrap(), charged.minus(amount).unwrap());
        }
    }

    #[test]
    fn a_table_has_so_many_tiers_and_not_one_more() {
        let tiers = |count: usize| {
            let bound = |at: usize| (at + 1 < count).then(|| (at + 1).to_string());
            table((0..count).map(|at| tier(bound(at).as_deref(), "0.1", "0.05")).collect()).is_ok()
        };
        assert!(tiers(TIERS_MAX) && !tiers(TIERS_MAX + 1));
    }

    #[test]
    fn tiers_that_contradict_each_other_are_refused() {
        let broken = [
            vec![],
            vec![tier(None, "0.1", "0.05"); TIERS_MAX + 1],
            vec![tier(None, "0", "0.05")],
            vec![tier(None, "1.1", "0.05")],
            vec![tier(None, "0.05", "0.1")],
            vec![tier(Some("5"), "0.1", "0.05")],
            vec![tier(None, "0.1", "0.05"), tier(None, "0.1", "0.05")],
            vec![tier(Some("5"), "0.1", "0.05"), tier(None, "0.09", "0.05")],
            vec![tier(Some("5"), "0.1", "0.05"), tier(None, "0.1", "0.04")],
            vec![
                tier(Some("5"), "0.1", "0.05"),
                tier(Some("5"), "0.1", "0.05"),
                tier(None, "0.1", "0.05"),
            ],
            vec![tier(Some("x"), "0.1", "0.05"), tier(None, "0.1", "0.05")],
        ];
        for tiers in broken {
            assert_eq!(
                table(tiers).map(|_| ()).map_err(|e| e.code()),
                Err(Code::InstrumentInvalid)
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        /// The requirement equals the sum over the parts, and the inverse never allows a unit too much.
        #[test]
        fn port_requirement_is_the_sum_over_the_tiers(raw in 0_i128..1_000_000_000_000_000_000_000_000_000) {
            let table = three();
            let notional = Amount::from_raw(raw);
            let (low, high) = (Amount::parse("50000").unwrap().raw(), Amount::parse("250000").unwrap().raw());
            let parts = [(0, low, 10_000), (low, high, 20_000), (high, i128::MAX, 50_000)];
            let scaled: i128 = parts.iter().map(|(from, to, rate)| (raw.min(*to) - from).max(0) * rate).sum();
            let expected = scaled / 1_000_000 + i128::from(scaled % 1_000_000 != 0);
            prop_assert_eq!(table.initial(notional).unwrap().raw(), expected);
            let budget = table.initial(notional).unwrap();
            let largest = table.notional_within(budget).unwrap();
            prop_assert!(largest >= notional);
            prop_assert!(table.initial(largest).unwrap() <= budget);
            let beyond = Amount::from_raw(largest.raw() + 1);
            prop_assert!(table.initial(beyond).unwrap() > budget);
        }
    }
}
