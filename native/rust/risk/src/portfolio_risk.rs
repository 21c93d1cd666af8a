//! Figures of the whole portfolio that are worked out elsewhere and told to the gate: correlations of the instruments, and
//! VaR, CVaR and score of what is held. The gate keeps the last of each with its age and never waits for one.

use holdfast_core::persist::{Persist, unfit};
use holdfast_core::wire::{
    Encode, Layout, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer, append_encoded,
};
use holdfast_core::{Amount, Code, Error, Fraction, InstrumentId, Result, Rounding, Timestamp};

/// Most instruments of one told matrix: it must fit one record of the journal.
pub const RISK_INSTRUMENTS_MAX: usize = 512;
/// What a correlation that is not known is told as; real ones are −1,000,000 to 1,000,000 millionths.
pub const CORRELATION_UNKNOWN: i64 = 2_000_000;
/// A whole, in millionths.
const WHOLE: i64 = 1_000_000;
/// Most points of a score, in millionths.
const SCORE_MAX: i64 = 100 * WHOLE;
/// 10⁻⁶ units of a currency in 10⁻¹⁸ units.
const MICRO_RAW: i128 = 1_000_000_000_000;

/// Correlations of returns between all instruments of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlations {
    as_of: Timestamp,
    instruments: usize,
    /// The rows below the diagonal, one behind the other, in millionths.
    lower: Vec<i32>,
}

/// What one instrument adds to the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RiskPart {
    /// Signed exposure that was measured, in the account's currency.
    pub exposure: Amount,
    /// VaR of one unit of exposure by itself.
    pub var: Fraction,
    /// CVaR of one unit of exposure by itself.
    pub cvar: Fraction,
}

/// VaR, CVaR and score of what was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortfolioRisk {
    as_of: Timestamp,
    var: Amount,
    cvar: Amount,
    score: Fraction,
    /// One an instrument, or none where only totals are told.
    parts: Vec<RiskPart>,
}

/// One thing that was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiskMeasured {
    /// How the instruments move together.
    Correlations(Correlations),
    /// What the portfolio could lose.
    Portfolio(PortfolioRisk),
}

fn invalid(rule: &str, value: i64) -> Error {
    Error::new(Code::RiskMeasureInvalid, format!("{rule}, was {value}")).with("value", value)
}

fn within(name: &str, value: i64, (least, most): (i64, i64)) -> Result<i64> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(invalid(&format!("{name} must be from {least} to {most}"), value))
}

/// Numbers one behind the other; a missing one is an error.
struct Values<'a>(std::slice::Iter<'a, i64>);

impl Values<'_> {
    fn next(&mut self) -> Result<i64> {
        let missing = || Error::new(Code::RiskMeasureInvalid, "values must be complete");
        self.0.next().copied().ok_or_else(missing)
    }

    fn left(&self) -> usize {
        self.0.len()
    }
}

impl Correlations {
    fn of_values(values: &mut Values<'_>) -> Result<Self> {
        let as_of = Timestamp(values.next()?);
        let most = RISK_INSTRUMENTS_MAX as i64;
        let instruments = within("instruments", values.next()?, (1, most))? as usize;
        if values.left() != instruments * (instruments - 1) / 2 {
            let rule =
                format!("correlations of {instruments} instruments must be all below the diagonal");
            return Err(invalid(&rule, values.left() as i64));
        }
        let mut lower = Vec::with_capacity(values.left());
        while values.left() > 0 {
            let value = values.next()?;
            if value != CORRELATION_UNKNOWN {
                within("correlation in millionths", value, (-WHOLE, WHOLE))?;
            }
            lower.push(value as i32);
        }
        Ok(Self { as_of, instruments, lower })
    }

    /// Returns the correlation of two instruments in millionths; `None` when it is not known.
    #[must_use]
    #[inline]
    pub fn between(&self, one: usize, other: usize) -> Option<i32> {
        let (row, column) = if one > other { (one, other) } else { (other, one) };
        if row == column {
            return Some(WHOLE as i32);
        }
        let place = row.checked_mul(row.saturating_sub(1))? / 2 + column;
        let value = self.lower.get(place).copied()?;
        (i64::from(value) != CORRELATION_UNKNOWN).then_some(value)
    }

    fn values(&self) -> Vec<i64> {
        let mut values = vec![self.as_of.0, self.instruments as i64];
        values.extend(self.lower.iter().map(|value| i64::from(*value)));
        values
    }
}

impl PortfolioRisk {
    fn of_values(values: &mut Values<'_>) -> Result<Self> {
        let micros = |name: &str, value: i64, least: i64| -> Result<Amount> {
            let value = within(name, value, (least, i64::MAX))?;
            Ok(Amount::from_raw(i128::from(value) * MICRO_RAW))
        };
        let as_of = Timestamp(values.next()?);
        let var = micros("var in millionths", values.next()?, 0)?;
        let cvar = micros("cvar in millionths", values.next()?, 0)?;
        let score = Fraction::from_millionths(within("score", values.next()?, (0, SCORE_MAX))?);
        if values.left() > RISK_INSTRUMENTS_MAX * 3 {
            return Err(invalid("instruments must be at most 512", values.left() as i64 / 3));
        }
        let mut parts = Vec::with_capacity(values.left() / 3);
        while values.left() > 0 {
            let exposure = micros("exposure in millionths", values.next()?, i64::MIN)?;
            let fraction = |value| -> Result<Fraction> {
                let range = (0, 1_000 * WHOLE);
                within("risk of one unit", value, range).map(Fraction::from_millionths)
            };
            let (var, cvar) = (fraction(values.next()?)?, fraction(values.next()?)?);
            parts.push(RiskPart { exposure, var, cvar });
        }
        Ok(Self { as_of, var, cvar, score, parts })
    }

    /// Returns what everything that was measured could lose: VaR and CVaR, in the account's currency.
    #[must_use]
    pub const fn totals(&self) -> [Amount; 2] {
        [self.var, self.cvar]
    }

    /// Returns the score, from 0 to 100 points.
    #[must_use]
    pub const fn score(&self) -> Fraction {
        self.score
    }

    /// Returns the most that VaR and CVaR can rise when an instrument's exposure is anything between `short` and `long`
    /// instead of what was measured: risk is subadditive, so a change adds its own risk at most. Nothing where only totals
    /// are told.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn added(&self, id: InstrumentId, long: Amount, short: Amount) -> Result<[Amount; 2]> {
        let Some(part) = self.parts.get(id.index()) else { return Ok([Amount::ZERO; 2]) };
        let up = long.minus(part.exposure)?.magnitude()?;
        let down = short.minus(part.exposure)?.magnitude()?;
        let change = up.max(down);
        let of = |share: Fraction| {
            change.times_ratio(i128::from(share.millionths()), i128::from(WHOLE), Rounding::Ceil)
        };
        Ok([of(part.var)?, of(part.cvar)?])
    }

    fn values(&self) -> Vec<i64> {
        let micros = |amount: Amount| (amount.raw() / MICRO_RAW) as i64;
        let mut values =
            vec![self.as_of.0, micros(self.var), micros(self.cvar), self.score.millionths()];
        for part in &self.parts {
            values.extend([micros(part.exposure), part.var.millionths(), part.cvar.millionths()]);
        }
        values
    }
}

impl RiskMeasured {
    /// Makes a measure of its numbers: kind 0 is the instant in nanoseconds, the number of instruments and the correlations
    /// below the diagonal; kind 1 the instant, VaR, CVaR, score, and for each instrument exposure, VaR and CVaR of one unit.
    /// Everything but the instant and the number is in millionths.
    ///
    /// # Errors
    /// `RISK_MEASURE_INVALID`.
    pub fn of_values(kind: u8, values: &[i64]) -> Result<Self> {
        let mut values = Values(values.iter());
        match kind {
            0 => Correlations::of_values(&mut values).map(Self::Correlations),
            1 => PortfolioRisk::of_values(&mut values).map(Self::Portfolio),
            _ => Err(invalid("measure must be 0 or 1", i64::from(kind))),
        }
    }

    /// Returns the kind and the numbers, as `of_values` reads them.
    #[must_use]
    pub fn to_values(&self) -> (u8, Vec<i64>) {
        match self {
            Self::Correlations(told) => (0, told.values()),
            Self::Portfolio(told) => (1, told.values()),
        }
    }

    /// Returns the instant of the youngest data in it.
    #[must_use]
    pub const fn as_of(&self) -> Timestamp {
        match self {
            Self::Correlations(told) => told.as_of,
            Self::Portfolio(told) => told.as_of,
        }
    }

    /// Returns the name used in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Correlations(_) => "correlations",
            Self::Portfolio(_) => "portfolio_risk",
        }
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `RISK_MEASURE_INVALID`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let kind = reader.u8()?;
        let count = reader.u32()? as usize;
        let mut values = Vec::with_capacity(count.min(reader.rest().len()));
        for _ in 0..count {
            values.push(reader.i64()?);
        }
        Self::of_values(kind, &values)
    }
}

impl Encode for RiskMeasured {
    fn encoded_bytes_max(&self) -> usize {
        let (long, short) = match self {
            Self::Correlations(told) => (2, told.lower.len()),
            Self::Portfolio(told) => (4 + told.parts.len() * 3, 0),
        };
        // A correlation is below 2²² as it is written.
        1 + U32_BYTES_MAX + long * U64_BYTES_MAX + short * 4
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        let (kind, values) = self.to_values();
        writer.u8(kind);
        writer.u32(values.len() as u32);
        for value in values {
            writer.i64(value);
        }
    }
}

/// What the gate knows of the portfolio.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measures {
    /// The last correlations.
    pub correlations: Option<Correlations>,
    /// The last risk.
    pub portfolio: Option<PortfolioRisk>,
}

impl Measures {
    fn last(&self, measured: &RiskMeasured) -> Option<Timestamp> {
        match measured {
            RiskMeasured::Correlations(_) => self.correlations.as_ref().map(|told| told.as_of),
            RiskMeasured::Portfolio(_) => self.portfolio.as_ref().map(|told| told.as_of),
        }
    }

    /// Checks a measure before it is recorded.
    ///
    /// # Errors
    /// `RISK_MEASURE_INVALID` for another number of instruments, an instant to come, or one before the last.
    pub fn check(&self, measured: &RiskMeasured, instruments: usize, now: Timestamp) -> Result<()> {
        let (named, needed) = match measured {
            RiskMeasured::Correlations(told) => (told.instruments, true),
            RiskMeasured::Portfolio(told) => (told.parts.len(), !told.parts.is_empty()),
        };
        if needed && named != instruments {
            return Err(invalid(&format!("instruments must be {instruments}"), named as i64));
        }
        let as_of = measured.as_of();
        if as_of > now {
            return Err(invalid(&format!("as_of must not be after {} ns", now.0), as_of.0));
        }
        match self.last(measured) {
            Some(last) if as_of < last => {
                Err(invalid(&format!("as_of must not run back before {} ns", last.0), as_of.0))
            }
            _ => Ok(()),
        }
    }

    /// Takes a measure that was checked.
    pub fn take(&mut self, measured: &RiskMeasured) {
        match measured.clone() {
            RiskMeasured::Correlations(told) => self.correlations = Some(told),
            RiskMeasured::Portfolio(told) => self.portfolio = Some(told),
        }
    }

    /// Returns all that is known.
    pub(crate) fn all(&self) -> impl Iterator<Item = RiskMeasured> {
        let correlations = self.correlations.clone().map(RiskMeasured::Correlations);
        correlations.into_iter().chain(self.portfolio.clone().map(RiskMeasured::Portfolio))
    }

    /// Returns the age of the correlations; the largest number when there are none.
    #[must_use]
    pub fn correlation_age_ns(&self, now: Timestamp) -> i64 {
        self.correlations.as_ref().map_or(i64::MAX, |told| now.since(told.as_of))
    }

    /// Returns the age of the portfolio's risk; the largest number when there is none.
    #[must_use]
    pub fn risk_age_ns(&self, now: Timestamp) -> i64 {
        self.portfolio.as_ref().map_or(i64::MAX, |told| now.since(told.as_of))
    }
}

impl Persist for RiskMeasured {
    fn save(&self, out: &mut Vec<u8>) {
        append_encoded(out, Layout::Compact, self);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        Self::decode(reader)
    }
}

impl Persist for Measures {
    fn save(&self, out: &mut Vec<u8>) {
        let Self { correlations, portfolio } = self;
        correlations.clone().map(RiskMeasured::Correlations).save(out);
        portfolio.clone().map(RiskMeasured::Portfolio).save(out);
    }

    fn load(reader: &mut Reader<'_>) -> Result<Self> {
        let correlations = match Option::load(reader)? {
            Some(RiskMeasured::Correlations(told)) => Some(told),
            None => None,
            Some(RiskMeasured::Portfolio(_)) => return Err(unfit("correlations must come first")),
        };
        let portfolio = match Option::load(reader)? {
            Some(RiskMeasured::Portfolio(told)) => Some(told),
            None => None,
            Some(RiskMeasured::Correlations(_)) => return Err(unfit("risk must come second")),
        };
        Ok(Self { correlations, portfolio })
    }
}

#[cfg(test)]
mod tests;
