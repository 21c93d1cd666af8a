//! Watches marked equity: the losses of the day, of the week and since the start, and the drawdown from the peak, each latched
//! once reached, and the losing closes in a row.

use holdfast_core::{Amount, Fraction, Result, Timestamp};

/// Bounds of the losses; `None` is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct LossLimits {
    pub daily: Option<Fraction>,
    pub weekly: Option<Fraction>,
    pub total: Option<Fraction>,
    pub drawdown: Option<Fraction>,
}

/// The loss over a span that begins with an equity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: Amount,
    /// Largest loss; its fraction is worked out when somebody asks.
    worst: Amount,
    tripped: bool,
}

impl Span {
    const fn new(start: Amount) -> Self {
        Self { start, worst: Amount::ZERO, tripped: false }
    }

    fn mark(&mut self, equity: Amount, limit: Option<Fraction>) -> Result<()> {
        if equity >= self.start || self.start.raw() <= 0 {
            return Ok(());
        }
        let loss = self.start.minus(equity)?;
        if loss <= self.worst && self.tripped {
            return Ok(());
        }
        self.worst = self.worst.max(loss);
        // The limit is reached at the limit itself: "once the day's loss reaches 5 %".
        let reached = |limit: Fraction| -> Result<bool> {
            Ok(loss.times(Fraction::PARTS)?.raw()
                >= self.start.times(i128::from(limit.millionths()))?.raw())
        };
        self.tripped |= limit.map_or(Ok(false), reached)?;
        Ok(())
    }

    /// Returns the largest loss and what it is a part of; none of one where there was nothing to lose.
    #[inline]
    const fn ratio(&self) -> (Amount, Amount) {
        if self.start.raw() > 0 { (self.worst, self.start) } else { (Amount::ZERO, Amount::ONE) }
    }

    fn observed(&self) -> Result<Fraction> {
        let (part, whole) = self.ratio();
        observed_fraction(part, whole)
    }
}

/// The state of the loss controls.
#[derive(Debug, Clone, Copy)]
pub struct LossGuard {
    day: i64,
    daily: Span,
    weekly: Span,
    total: Span,
    peak: Amount,
    last: Amount,
    /// Largest fall with the peak that it was from.
    worst_fall: (Amount, Amount),
    worst_fall_ratio: f64,
    drawdown_tripped: bool,
    losses_day: i64,
    losses_in_row: u32,
}

/// UTC weeks begin on Monday; 1970-01-01 was a Thursday.
const fn utc_week(day: i64) -> i64 {
    day.saturating_add(3).div_euclid(7)
}

/// Returns `part ÷ whole` in millionths rounded up, for display beside a limit.
#[inline]
pub(crate) fn observed_fraction(part: Amount, whole: Amount) -> Result<Fraction> {
    Fraction::of(part, whole)
}

impl LossGuard {
    /// Starts with the equity of the session's first instant.
    #[must_use]
    pub const fn new(equity: Amount) -> Self {
        Self {
            day: i64::MIN,
            daily: Span::new(equity),
            weekly: Span::new(equity),
            total: Span::new(equity),
            peak: equity,
            last: equity,
            worst_fall: (Amount::ZERO, Amount::ONE),
            worst_fall_ratio: 0.0,
            drawdown_tripped: false,
            losses_day: i64::MIN,
            losses_in_row: 0,
        }
    }

    /// Takes a new mark of equity; a new UTC day or week clears its loss, nothing clears the rest.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; the caller fails closed.
    pub fn mark(&mut self, now: Timestamp, equity: Amount, limits: &LossLimits) -> Result<()> {
        let day = now.utc_day();
        if day != self.day {
            if utc_week(day) != utc_week(self.day) {
                self.weekly = Span::new(self.last);
            }
            self.day = day;
            self.daily = Span::new(self.last);
        }
        self.last = equity;
        self.peak = self.peak.max(equity);
        self.daily.mark(equity, limits.daily)?;
        self.weekly.mark(equity, limits.weekly)?;
        self.total.mark(equity, limits.total)?;
        if equity < self.peak && self.peak.raw() > 0 {
            let fall = self.peak.minus(equity)?;
            // Which fall is shown as the worst decides nothing, so floats may compare; the limit itself is judged exactly.
            #[allow(clippy::cast_precision_loss)]
            let ratio = fall.raw() as f64 / self.peak.raw() as f64;
            if ratio >= self.worst_fall_ratio {
                (self.worst_fall, self.worst_fall_ratio) = ((fall, self.peak), ratio);
            }
            self.drawdown_tripped |= limits
                .drawdown
                .map_or(Ok(false), |limit| limit.covers(fall, self.peak).map(|ok| !ok))?;
        }
        Ok(())
    }

    /// Takes the profit of a close: a loss lengthens the row, a gain ends it, and so does a new UTC day.
    pub fn note_close(&mut self, now: Timestamp, realized: Amount) {
        if now.utc_day() != self.losses_day {
            self.losses_day = now.utc_day();
            self.losses_in_row = 0;
        }
        match realized.raw().signum() {
            -1 => self.losses_in_row = self.losses_in_row.saturating_add(1),
            1 => self.losses_in_row = 0,
            _ => {}
        }
    }

    /// Ends the row of losses: somebody has looked.
    pub const fn clear_losses(&mut self) {
        self.losses_in_row = 0;
    }

    /// Returns the losing closes in a row on the day.
    #[must_use]
    pub const fn losses_in_row(&self, now: Timestamp) -> u32 {
        if now.utc_day() == self.losses_day { self.losses_in_row } else { 0 }
    }

    /// Returns the present fall from the peak, and the peak.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn fall(&self) -> Result<(Amount, Amount)> {
        Ok((self.peak.minus(self.last)?.max(Amount::ZERO), self.peak))
    }

    /// Returns whether the day's loss reached its limit.
    #[must_use]
    pub const fn daily_loss_tripped(&self) -> bool {
        self.daily.tripped
    }

    /// Returns whether the week's loss reached its limit.
    #[must_use]
    pub const fn weekly_loss_tripped(&self) -> bool {
        self.weekly.tripped
    }

    /// Returns whether the loss since the start reached its limit.
    #[must_use]
    pub const fn total_loss_tripped(&self) -> bool {
        self.total.tripped
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
        let drawdown = observed_fraction(self.worst_fall.0, self.worst_fall.1)?;
        Ok((self.daily.observed()?, drawdown))
    }

    /// Returns the largest losses of the day, of the week and since the start, each with what it is a part of.
    #[inline]
    pub(crate) const fn losses(&self) -> [(Amount, Amount); 3] {
        [self.daily.ratio(), self.weekly.ratio(), self.total.ratio()]
    }

    /// Returns the largest fall with the peak that it was from.
    #[inline]
    pub(crate) const fn worst_fall(&self) -> (Amount, Amount) {
        self.worst_fall
    }

    /// Returns the largest loss of the week and since the start, in millionths rounded up.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn observed_longer(&self) -> Result<(Fraction, Fraction)> {
        Ok((self.weekly.observed()?, self.total.observed()?))
    }
}

holdfast_core::persist_fields!(Span { start, worst, tripped });
holdfast_core::persist_fields!(LossGuard {
    day,
    daily,
    weekly,
    total,
    peak,
    last,
    worst_fall,
    worst_fall_ratio,
    drawdown_tripped,
    losses_day,
    losses_in_row,
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
        let limit = &LossLimits { daily: Fraction::parse("0.05").ok(), ..LossLimits::default() };
        let mut guard = LossGuard::new(usd("100000"));
        guard.mark(Timestamp(0), usd("95000.000000000000000001"), limit).unwrap();
        assert!(!guard.daily_loss_tripped());
        guard.mark(Timestamp(1), usd("95000"), limit).unwrap();
        assert!(guard.daily_loss_tripped());
        guard.mark(Timestamp(2), usd("99000"), limit).unwrap();
        assert!(guard.daily_loss_tripped(), "latched for the day");
        guard.mark(Timestamp(DAY_NS), usd("98000"), limit).unwrap();
        assert!(!guard.daily_loss_tripped());
        assert_eq!(guard.observed().unwrap().0.to_string(), "0.010102");
    }

    #[test]
    fn risk_05_drawdown_trips_beyond_the_limit_and_stays() {
        let limit = &LossLimits { drawdown: Fraction::parse("0.15").ok(), ..LossLimits::default() };
        let mut guard = LossGuard::new(usd("100"));
        guard.mark(Timestamp(0), usd("200"), limit).unwrap();
        guard.mark(Timestamp(1), usd("170"), limit).unwrap();
        assert!(!guard.drawdown_tripped());
        guard.mark(Timestamp(2), usd("169.999999999999999999"), limit).unwrap();
        assert!(guard.drawdown_tripped());
        guard.mark(Timestamp(3 * DAY_NS), usd("300"), limit).unwrap();
        assert!(guard.drawdown_tripped());
        assert_eq!(guard.observed().unwrap().1.to_string(), "0.150001");
    }

    #[test]
    fn weekly_loss_trips_at_its_limit_and_clears_on_monday_only() {
        let limit = &LossLimits { weekly: Fraction::parse("0.1").ok(), ..LossLimits::default() };
        let day = |number: i64| Timestamp(number * DAY_NS);
        let mut guard = LossGuard::new(usd("1000"));
        // 1970-01-05 was a Monday.
        guard.mark(day(4), usd("950"), limit).unwrap();
        guard.mark(day(8), usd("900.000000000000000001"), limit).unwrap();
        assert!(!guard.weekly_loss_tripped());
        guard.mark(day(10), usd("900"), limit).unwrap();
        assert!(guard.weekly_loss_tripped(), "the days of a week add up");
        guard.mark(day(11), usd("900"), limit).unwrap();
        assert!(!guard.weekly_loss_tripped());
        assert_eq!(guard.observed_longer().unwrap().0, Fraction::default());
    }

    #[test]
    fn total_loss_trips_at_its_limit_and_stays() {
        let limit = &LossLimits { total: Fraction::parse("0.2").ok(), ..LossLimits::default() };
        let mut guard = LossGuard::new(usd("100"));
        guard.mark(Timestamp(0), usd("300"), limit).unwrap();
        guard.mark(Timestamp(1), usd("80.000000000000000001"), limit).unwrap();
        assert!(!guard.total_loss_tripped());
        guard.mark(Timestamp(2), usd("80"), limit).unwrap();
        guard.mark(Timestamp(90 * DAY_NS), usd("500"), limit).unwrap();
        assert!(guard.total_loss_tripped());
        assert_eq!(guard.observed_longer().unwrap().1.to_string(), "0.2");
        assert_eq!(guard.fall().unwrap().0, Amount::ZERO);
    }

    #[test]
    fn a_gain_a_day_or_a_person_ends_a_row_of_losses() {
        let mut guard = LossGuard::new(usd("100"));
        let close = |guard: &mut LossGuard, at, profit| {
            guard.note_close(Timestamp(at), usd(profit));
            guard.losses_in_row(Timestamp(at))
        };
        assert_eq!([close(&mut guard, 0, "-1"), close(&mut guard, 1, "-1")], [1, 2]);
        assert_eq!(close(&mut guard, 2, "0"), 2, "neither gain nor loss");
        assert_eq!(close(&mut guard, 3, "1"), 0);
        assert_eq!(close(&mut guard, 4, "-1"), 1);
        assert_eq!(guard.losses_in_row(Timestamp(DAY_NS)), 0);
        assert_eq!(close(&mut guard, DAY_NS, "-1"), 1);
        guard.clear_losses();
        assert_eq!(guard.losses_in_row(Timestamp(DAY_NS)), 0);
    }

    #[test]
    fn a_deeper_loss_leaves_tripped_what_has_tripped_and_is_the_one_shown() {
        let limit = Fraction::parse("0.1").ok();
        let limits = &LossLimits { daily: limit, drawdown: limit, ..LossLimits::default() };
        let mut guard = LossGuard::new(usd("100"));
        for (ns, equity) in [(0, "89"), (1, "88"), (2, "87"), (3, "95")] {
            guard.mark(Timestamp(ns), usd(equity), limits).unwrap();
            assert!(guard.daily_loss_tripped() && guard.drawdown_tripped(), "{equity}");
        }
        let (day, drawdown) = guard.observed().unwrap();
        assert_eq!((day.to_string(), drawdown.to_string()), ("0.13".into(), "0.13".into()));
    }

    #[test]
    fn a_limit_that_was_tightened_trips_at_a_loss_that_was_seen_before() {
        let of = |text| LossLimits { daily: Fraction::parse(text).ok(), ..LossLimits::default() };
        let mut guard = LossGuard::new(usd("100"));
        guard.mark(Timestamp(0), usd("94"), &of("0.1")).unwrap();
        guard.mark(Timestamp(1), usd("95"), &of("0.05")).unwrap();
        assert!(guard.daily_loss_tripped());
    }

    #[test]
    fn the_drawdown_shown_is_the_largest_in_proportion_to_its_own_peak() {
        let none = &LossLimits::default();
        let mut guard = LossGuard::new(usd("100"));
        for (ns, equity) in [(0, "90"), (1, "1000"), (2, "950")] {
            guard.mark(Timestamp(ns), usd(equity), none).unwrap();
        }
        assert_eq!(guard.observed().unwrap().1.to_string(), "0.1", "50 of 1,000 is less");
    }

    #[test]
    fn an_account_without_equity_has_no_fraction_to_lose_and_fails_no_arithmetic() {
        let limit = Fraction::parse("0.1").ok();
        let limits = &LossLimits { daily: limit, total: limit, drawdown: limit, weekly: limit };
        let mut guard = LossGuard::new(Amount::ZERO);
        guard.mark(Timestamp(0), usd("-1"), limits).unwrap();
        assert!(!guard.daily_loss_tripped() && !guard.total_loss_tripped());
        assert!(!guard.drawdown_tripped());
        assert_eq!(guard.observed().unwrap(), Default::default());
        assert_eq!(guard.observed_longer().unwrap(), Default::default());
    }
}
