//! Watches marked equity: the loss of the day and the drawdown from the peak, both latched once reached.

use holdfast_core::rounding::divide;
use holdfast_core::{Amount, Fraction, Result, Rounding, Timestamp};

/// The state of the two loss controls.
#[derive(Debug, Clone, Copy)]
pub struct LossGuard {
    day: i64,
    day_start: Amount,
    peak: Amount,
    last: Amount,
    /// Largest loss of the day; its fraction is worked out when somebody asks.
    worst_day_loss: Amount,
    /// Largest fall with the peak that it was from.
    worst_fall: (Amount, Amount),
    worst_fall_ratio: f64,
    daily_loss_tripped: bool,
    drawdown_tripped: bool,
}

/// Returns `part ÷ whole` in millionths rounded up, for display beside a limit.
pub(crate) fn observed_fraction(part: Amount, whole: Amount) -> Result<Fraction> {
    let millionths = divide(part.times(Fraction::PARTS)?.raw(), whole.raw(), Rounding::Ceil)?;
    Ok(Fraction::from_millionths(i64::try_from(millionths).unwrap_or(i64::MAX)))
}

impl LossGuard {
    /// Starts with the equity of the session's first instant.
    #[must_use]
    pub const fn new(equity: Amount) -> Self {
        Self {
            day: i64::MIN,
            day_start: equity,
            peak: equity,
            last: equity,
            worst_day_loss: Amount::ZERO,
            worst_fall: (Amount::ZERO, Amount::ONE),
            worst_fall_ratio: 0.0,
            daily_loss_tripped: false,
            drawdown_tripped: false,
        }
    }

    /// Takes a new mark of equity; a new UTC day clears the day's loss, nothing clears the drawdown.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; the caller fails closed.
    pub fn mark(
        &mut self,
        now: Timestamp,
        equity: Amount,
        daily: Option<Fraction>,
        drawdown: Option<Fraction>,
    ) -> Result<()> {
        if now.utc_day() != self.day {
            self.day = now.utc_day();
            self.day_start = self.last;
            self.worst_day_loss = Amount::ZERO;
            self.daily_loss_tripped = false;
        }
        self.last = equity;
        self.peak = self.peak.max(equity);
        if equity < self.day_start && self.day_start.raw() > 0 {
            let loss = self.day_start.minus(equity)?;
            self.worst_day_loss = self.worst_day_loss.max(loss);
            // The day's limit is reached at the limit itself: "once the day's loss reaches 5 %".
            let reached = |limit: Fraction| -> Result<bool> {
                Ok(loss.times(Fraction::PARTS)?.raw()
                    >= self.day_start.times(i128::from(limit.millionths()))?.raw())
            };
            self.daily_loss_tripped |= daily.map_or(Ok(false), reached)?;
        }
        if equity < self.peak && self.peak.raw() > 0 {
            let fall = self.peak.minus(equity)?;
            // Which fall is shown as the worst decides nothing, so floats may compare; the limit itself is judged exactly.
            #[allow(clippy::cast_precision_loss)]
            let ratio = fall.raw() as f64 / self.peak.raw() as f64;
            if ratio >= self.worst_fall_ratio {
                (self.worst_fall, self.worst_fall_ratio) = ((fall, self.peak), ratio);
            }
            self.drawdown_tripped |=
                drawdown.map_or(Ok(false), |limit| limit.covers(fall, self.peak).map(|ok| !ok))?;
        }
        Ok(())
    }

    /// Returns whether the day's loss reached its limit.
    #[must_use]
    pub const fn daily_loss_tripped(&self) -> bool {
        self.daily_loss_tripped
    }

    /// Returns whether the drawdown passed its limit.
    #[must_use]
    pub const fn drawdown_tripped(&self) -> bool {
        self.drawdown_tripped
    }

    /// Returns the largest loss of the day and the largest drawdown, in millionths rounded up.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn observed(&self) -> Result<(Fraction, Fraction)> {
        let day = if self.day_start.raw() > 0 {
            observed_fraction(self.worst_day_loss, self.day_start)?
        } else {
            Fraction::default()
        };
        Ok((day, observed_fraction(self.worst_fall.0, self.worst_fall.1)?))
    }
}

holdfast_core::persist_fields!(LossGuard {
    day,
    day_start,
    peak,
    last,
    worst_day_loss,
    worst_fall,
    worst_fall_ratio,
    daily_loss_tripped,
    drawdown_tripped,
});

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::clock::DAY_NS;

    fn usd(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn risk_18_daily_loss_trips_when_it_reaches_the_limit_and_clears_with_the_day() {
        let limit = Some(Fraction::parse("0.05").unwrap());
        let mut guard = LossGuard::new(usd("100000"));
        guard.mark(Timestamp(0), usd("95000.000000000000000001"), limit, None).unwrap();
        assert!(!guard.daily_loss_tripped());
        guard.mark(Timestamp(1), usd("95000"), limit, None).unwrap();
        assert!(guard.daily_loss_tripped());
        guard.mark(Timestamp(2), usd("99000"), limit, None).unwrap();
        assert!(guard.daily_loss_tripped(), "latched for the day");
        guard.mark(Timestamp(DAY_NS), usd("98000"), limit, None).unwrap();
        assert!(!guard.daily_loss_tripped());
        assert_eq!(guard.observed().unwrap().0.to_string(), "0.010102");
    }

    #[test]
    fn risk_05_drawdown_trips_beyond_the_limit_and_stays() {
        let limit = Some(Fraction::parse("0.15").unwrap());
        let mut guard = LossGuard::new(usd("100"));
        guard.mark(Timestamp(0), usd("200"), None, limit).unwrap();
        guard.mark(Timestamp(1), usd("170"), None, limit).unwrap();
        assert!(!guard.drawdown_tripped());
        guard.mark(Timestamp(2), usd("169.999999999999999999"), None, limit).unwrap();
        assert!(guard.drawdown_tripped());
        guard.mark(Timestamp(3 * DAY_NS), usd("300"), None, limit).unwrap();
        assert!(guard.drawdown_tripped());
        assert_eq!(guard.observed().unwrap().1.to_string(), "0.150001");
    }
}
