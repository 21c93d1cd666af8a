//! The controls that look at the whole portfolio: correlation with what is held, VaR, CVaR and score. Their inputs are told
//! to the gate with an age; one that is missing or too old is a denial.

use crate::control::Control;
use crate::gate::Gate;
use crate::limits::Limits;
use crate::portfolio_risk::{Correlations, Measures, RiskMeasured};
use crate::verdict::{Check, Verdict};
use holdfast_core::{
    Amount, Fraction, InstrumentId, OrderIntent, Result, Rounding, Side, Timestamp,
};

/// On which sides the account holds an instrument, or could when its open orders fill: a bit an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldSides {
    long: Vec<u64>,
    short: Vec<u64>,
}

holdfast_core::persist_fields!(HeldSides { long, short });

impl HeldSides {
    /// Makes sides for so many instruments, none of which is held.
    #[must_use]
    pub fn new(instruments: usize) -> Self {
        let words = instruments.div_ceil(64);
        Self { long: vec![0; words], short: vec![0; words] }
    }

    /// Takes what one instrument is or could be.
    #[inline]
    pub fn set(&mut self, id: InstrumentId, long: bool, short: bool) {
        let (word, bit) = (id.index() / 64, 1_u64 << (id.index() % 64));
        for (words, held) in [(&mut self.long, long), (&mut self.short, short)] {
            if let Some(word) = words.get_mut(word) {
                *word = if held { *word | bit } else { *word & !bit };
            }
        }
    }

    /// Returns the places of those held on a side, without one of them.
    fn others(words: &[u64], own: usize) -> impl Iterator<Item = usize> + '_ {
        words.iter().enumerate().flat_map(move |(place, word)| {
            let mut left = if own / 64 == place { *word & !(1 << (own % 64)) } else { *word };
            std::iter::from_fn(move || {
                if left == 0 {
                    return None;
                }
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                Some(place * 64 + bit)
            })
        })
    }
}

/// What these controls look at besides the order; amounts are in the account's currency.
#[derive(Debug, Clone, Copy)]
pub struct PortfolioView<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// Marked equity.
    pub equity: Amount,
    /// What is held, or could be.
    pub held: &'a HeldSides,
    /// Signed exposure of the order's instrument with its open buys, and with its open sells, filled, this order among them.
    /// `None` when it cannot be valued, which the control of its price or rate has refused.
    pub own: Option<(Amount, Amount)>,
    /// What all other instruments add to VaR and CVaR beyond what was measured.
    pub others_added: [Amount; 2],
}

/// The largest correlation that was found, or that one is not known.
enum Found {
    Nothing,
    Largest(i32),
    Unknown,
}

impl Correlations {
    fn largest(&self, own: usize, side: Side, held: &HeldSides, is_absolute: bool) -> Found {
        let (same, opposite) = match side {
            Side::Buy => (&held.long, &held.short),
            Side::Sell => (&held.short, &held.long),
        };
        let mut largest = None;
        for (words, sign) in [(same, 1), (opposite, -1)] {
            for other in HeldSides::others(words, own) {
                let Some(between) = self.between(own, other) else { return Found::Unknown };
                let counted = if is_absolute { between.abs() } else { sign * between };
                largest = largest.max(Some(counted));
            }
        }
        largest.map_or(Found::Nothing, Found::Largest)
    }
}

impl Limits {
    /// Returns whether one of these controls has anything to say.
    #[must_use]
    #[inline]
    pub const fn asks_for_portfolio(&self) -> bool {
        self.correlation.is_some() || self.bounds_risk() || self.risk_score.is_some()
    }

    /// Returns a limit on what is told to the gate that lacks a bound on its age, and that bound.
    pub(crate) const fn ageless(&self) -> Option<(&'static str, &'static str)> {
        if self.correlation.is_some() && self.correlation_age_ns.is_none() {
            return Some(("correlation_max", "correlation_age_ms_max"));
        }
        if (self.bounds_risk() || self.risk_score.is_some()) && self.risk_age_ns.is_none() {
            return Some(("var, cvar and risk_score limits", "risk_age_ms_max"));
        }
        None
    }

    /// Returns whether VaR or CVaR is bounded.
    #[must_use]
    #[inline]
    pub const fn bounds_risk(&self) -> bool {
        self.var_frac.is_some()
            || self.var_amount.is_some()
            || self.cvar_frac.is_some()
            || self.cvar_amount.is_some()
    }
}

impl Gate {
    /// Returns what the gate was told of the portfolio.
    #[must_use]
    pub const fn measures(&self) -> &Measures {
        &self.measures
    }

    /// Checks a measure before it is recorded.
    ///
    /// # Errors
    /// `RISK_MEASURE_INVALID`.
    pub fn check_measured(&self, measured: &RiskMeasured, now: Timestamp) -> Result<()> {
        self.measures.check(measured, self.table().instruments(), now)
    }

    /// Takes a measure that was checked.
    pub fn take_measured(&mut self, measured: &RiskMeasured) {
        self.measures.take(measured);
    }

    /// Returns whether the portfolio is looked at for an order.
    #[must_use]
    #[inline]
    pub fn looks_at_portfolio(&self, intent: &OrderIntent) -> bool {
        self.measures.portfolio.is_some()
            || self.table().row(intent.terms.strategy, intent.instrument).asks_for_portfolio()
    }

    /// Adds what the portfolio says to an order. The score stands in every verdict once it is known; nothing of this holds
    /// up what reduces.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn judge_portfolio(
        &self,
        intent: &OrderIntent,
        view: &PortfolioView<'_>,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let limits = self.table().row(intent.terms.strategy, intent.instrument);
        let age_ns = self.measures.risk_age_ns(view.now);
        let is_held = verdict.reducing;
        if let Some(told) = &self.measures.portfolio {
            let score = i128::from(told.score().millionths());
            let limit = limits.risk_score.map(|points| i128::from(points) * Fraction::PARTS);
            let passed = is_held || limit.is_none_or(|bound| score <= bound);
            verdict.add(Check {
                control: Control::RiskScore,
                passed,
                limit,
                observed: score,
                age_ns,
            });
        }
        if is_held {
            return Ok(());
        }
        self.correlation(intent, limits, view, verdict);
        if limits.bounds_risk() || limits.risk_score.is_some() {
            verdict.add(aged(Control::RiskAge, limits.risk_age_ns, age_ns));
            self.risk(intent, limits, view, verdict)?;
        }
        Ok(())
    }

    fn correlation(
        &self,
        intent: &OrderIntent,
        limits: &Limits,
        view: &PortfolioView<'_>,
        verdict: &mut Verdict,
    ) {
        let Some(limit) = limits.correlation else { return };
        let own = intent.instrument.index();
        let held = view.held;
        let mut others =
            HeldSides::others(&held.long, own).chain(HeldSides::others(&held.short, own));
        if others.next().is_none() {
            // Nothing else is held: there is nothing to be correlated with.
            return;
        }
        let age_ns = self.measures.correlation_age_ns(view.now);
        let found = self.measures.correlations.as_ref().map_or(Found::Unknown, |told| {
            told.largest(own, intent.side, held, limits.correlation_absolute)
        });
        let known_age_ns = if matches!(found, Found::Unknown) { i64::MAX } else { age_ns };
        verdict.add(aged(Control::CorrelationAge, limits.correlation_age_ns, known_age_ns));
        if let Found::Largest(largest) = found {
            let (bound, observed) = (i128::from(limit.millionths()), i128::from(largest));
            let (limit, passed) = (Some(bound), observed <= bound);
            let control = Control::Correlation;
            verdict.add(Check { control, passed, limit, observed, age_ns });
        }
    }

    fn risk(
        &self,
        intent: &OrderIntent,
        limits: &Limits,
        view: &PortfolioView<'_>,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let (Some(told), Some((long, short))) = (&self.measures.portfolio, view.own) else {
            return Ok(());
        };
        let age_ns = self.measures.risk_age_ns(view.now);
        let own = told.added(intent.instrument, long, short)?;
        let controls = [
            (Control::ValueAtRisk, limits.var_frac, limits.var_amount),
            (Control::Shortfall, limits.cvar_frac, limits.cvar_amount),
        ];
        let sums = told.totals().into_iter().zip(view.others_added).zip(own);
        for ((control, share, amount), ((total, others), own)) in controls.into_iter().zip(sums) {
            let bound = stricter(share, amount, view.equity)?;
            let Some(bound) = bound else { continue };
            let worst = total.plus(others)?.plus(own)?;
            let (limit, observed) = (Some(bound.raw()), worst.raw());
            verdict.add(Check { control, passed: worst <= bound, limit, observed, age_ns });
        }
        Ok(())
    }
}

/// An input with an age of its own: nothing passes on one that is missing or too old.
fn aged(control: Control, bound: Option<i64>, age_ns: i64) -> Check {
    Check {
        control,
        passed: age_ns != i64::MAX && bound.is_none_or(|bound| age_ns <= bound),
        limit: bound.map(i128::from),
        observed: i128::from(age_ns),
        age_ns,
    }
}

/// The lower of a share of equity and an amount.
fn stricter(
    share: Option<Fraction>,
    amount: Option<Amount>,
    equity: Amount,
) -> Result<Option<Amount>> {
    let Some(share) = share else { return Ok(amount) };
    let part =
        equity.times_ratio(i128::from(share.millionths()), Fraction::PARTS, Rounding::Floor)?;
    Ok(Some(amount.map_or(part, |amount| amount.min(part))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_kept_by_instrument() {
        let mut held = HeldSides::new(130);
        for (place, long, short) in [(0, true, false), (64, true, true), (129, false, true)] {
            held.set(InstrumentId(place), long, short);
        }
        held.set(InstrumentId(500), true, true);
        let longs: Vec<usize> = HeldSides::others(&held.long, 7).collect();
        let shorts: Vec<usize> = HeldSides::others(&held.short, 64).collect();
        assert_eq!((longs, shorts), (vec![0, 64], vec![129]));
        held.set(InstrumentId(64), false, false);
        assert_eq!(HeldSides::others(&held.long, 0).count(), 0);
    }
}
