//! What the controls did over a run: how often each was asked, how often it denied, and how near to its limit it came.
//!
//! A control whose limit stayed and whose value is no news costs two comparisons an order.

use crate::control::Control;
use crate::quiet::{Bound, Quiet, bound_of};
use crate::verdict::{CHECKS_MAX, Check, Verdict};
use holdfast_core::Fraction;

/// What is known of one control.
#[derive(Debug, Clone, Copy)]
struct Row {
    judged: u64,
    fired: u64,
    /// The limit that `near_at` and `quiet` are worked out from.
    limit: Option<i128>,
    /// From here on a value is near its limit; values of `Least` are turned round, so that more is always nearer.
    near_at: i128,
    /// Up to here a value is no news.
    quiet: i128,
    /// Limit and value of the passing check that came nearest, and how much of the limit that was.
    peak: Option<(i128, i128)>,
    peak_frac: f64,
}

const NEW_ROW: Row = Row {
    judged: 0,
    fired: 0,
    limit: None,
    near_at: i128::MAX,
    quiet: i128::MIN,
    peak: None,
    peak_frac: -1.0,
};

/// One control's part of the report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Covered {
    /// Which control.
    pub control: Control,
    /// Orders that it judged.
    pub judged: u64,
    /// Orders that it denied.
    pub fired: u64,
    /// Limit and value, in the control's unit, of the passing order that came nearest to the limit.
    pub peak: Option<(i128, i128)>,
    /// How much of the limit that was, 1 at the limit; for reports only.
    pub peak_frac: Option<f64>,
}

/// What the controls of a gate did since it was made.
#[derive(Debug)]
pub struct GateCoverage {
    near_parts: i128,
    orders: u64,
    denied: u64,
    rows: [Row; CHECKS_MAX],
    /// What of the rows tells whether a value is news.
    quiet: Quiet,
    /// Orders in a row that the same controls judged, which are counted together.
    run: (u64, u64),
}

impl GateCoverage {
    /// Makes a coverage that calls a control near from this part of its limit on.
    #[must_use]
    pub const fn new(near: Fraction) -> Self {
        Self {
            near_parts: near.millionths() as i128,
            orders: 0,
            denied: 0,
            rows: [NEW_ROW; CHECKS_MAX],
            quiet: Quiet::new(),
            run: (0, 0),
        }
    }

    /// Returns which values of the next order would be no news.
    #[must_use]
    #[inline]
    pub const fn quiet(&self) -> &Quiet {
        &self.quiet
    }

    /// Takes the verdict of an order; returns the controls that are near their limit as bits.
    pub fn note(&mut self, verdict: &Verdict) -> u64 {
        self.orders += 1;
        self.denied += u64::from(!verdict.approved());
        let spoken = verdict.spoken() | verdict.passed_quietly();
        if spoken == self.run.0 {
            self.run.1 += 1;
        } else {
            self.count_run();
            self.run = (spoken, 1);
        }
        let mut near = 0;
        for check in verdict.checks() {
            let Some(row) = self.rows.get_mut(check.control as usize) else { continue };
            if !check.passed {
                row.fired += 1;
                continue;
            }
            let Some(limit) = check.limit else { continue };
            let bound = bound_of(check.control);
            let value = if bound == Bound::Least { -check.observed } else { check.observed };
            if row.limit == Some(limit) && value <= row.quiet {
                continue;
            }
            if bound == Bound::State {
                continue;
            }
            if row.take(check, limit, value, self.near_parts) {
                near |= 1 << check.control as u8;
            }
            self.quiet.learn(check.control, limit, row.quiet);
        }
        near
    }

    fn count_run(&mut self) {
        let (spoken, orders) = self.run;
        for (bit, row) in self.rows.iter_mut().enumerate() {
            if spoken >> bit & 1 == 1 {
                row.judged += orders;
            }
        }
        self.run = (0, 0);
    }

    /// Returns how many orders were judged, and how many of them were denied.
    #[must_use]
    pub const fn orders(&self) -> (u64, u64) {
        (self.orders, self.denied)
    }

    /// Returns every control's part.
    pub fn report(&mut self) -> impl Iterator<Item = Covered> {
        self.count_run();
        Control::ALL.iter().zip(&self.rows).map(|(control, row)| Covered {
            control: *control,
            judged: row.judged,
            fired: row.fired,
            peak: row.peak,
            peak_frac: row.peak.map(|_| row.peak_frac),
        })
    }
}

/// Returns the nearest float, for which 128 bits need a call and most numbers an instruction.
#[inline]
#[allow(clippy::cast_precision_loss)]
fn nearest(value: i128) -> f64 {
    i64::try_from(value).map_or_else(|_| value as f64, |value| value as f64)
}

impl Row {
    /// Takes a value that may be news; returns whether it is near the limit.
    fn take(&mut self, check: &Check, limit: i128, value: i128, near_parts: i128) -> bool {
        let is_least = bound_of(check.control) == Bound::Least;
        if self.limit != Some(limit) {
            self.limit = Some(limit);
            let (share, whole) = if is_least {
                (Fraction::PARTS, near_parts)
            } else {
                (near_parts, Fraction::PARTS)
            };
            // A bound that leaves its range is never near: the judgement itself is exact.
            let near = limit.checked_mul(share).map(|parts| parts / whole.max(1));
            self.near_at = near.map_or(i128::MAX, |near| if is_least { -near } else { near });
            self.quiet = i128::MIN;
        }
        let used = if limit <= 0 {
            -1.0
        } else if is_least {
            nearest(limit) / nearest(check.observed)
        } else {
            nearest(check.observed) / nearest(limit)
        };
        if used > self.peak_frac {
            self.peak_frac = used;
            self.peak = Some((limit, check.observed));
        }
        if value < self.near_at {
            // What is below the best so far and not near is no news until the limit changes.
            self.quiet = self.quiet.max(value);
            return false;
        }
        self.quiet = self.near_at.saturating_sub(1);
        limit > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::ClientOrderId;
    use proptest::prelude::*;

    fn check(control: Control, passed: bool, limit: Option<i128>, observed: i128) -> Check {
        Check { control, passed, limit, observed, age_ns: 0 }
    }

    fn verdict(checks: &[Check]) -> Verdict {
        let mut verdict = Verdict::new(ClientOrderId(1), false);
        for each in checks {
            verdict.add(*each);
        }
        verdict
    }

    fn of(coverage: &mut GateCoverage, control: Control) -> Covered {
        coverage.report().find(|row| row.control == control).unwrap()
    }

    const NEAR: u64 = 1 << Control::OrderNotional as u8;

    #[test]
    fn counts_orders_denials_and_the_nearest_value_that_passed() {
        let mut coverage = GateCoverage::new(Fraction::from_millionths(800_000));
        let notional =
            |passed, observed| check(Control::OrderNotional, passed, Some(1_000), observed);
        let open = check(Control::OpenOrders, true, Some(10), 1);
        for (observed, near) in [(100, 0), (799, 0), (800, NEAR), (700, 0), (1_000, NEAR)] {
            assert_eq!(coverage.note(&verdict(&[notional(true, observed), open])), near);
        }
        assert_eq!(coverage.note(&verdict(&[notional(false, 5_000)])), 0);
        assert_eq!(coverage.orders(), (6, 1));
        let row = of(&mut coverage, Control::OrderNotional);
        assert_eq!((row.judged, row.fired, row.peak), (6, 1, Some((1_000, 1_000))));
        assert_eq!(row.peak_frac, Some(1.0));
        let row = of(&mut coverage, Control::OpenOrders);
        assert_eq!((row.judged, row.fired, row.peak), (5, 0, Some((10, 1))));
        assert_eq!(of(&mut coverage, Control::Leverage).judged, 0);
    }

    #[test]
    fn a_limit_that_changes_is_measured_anew_and_the_peak_is_the_largest_part() {
        let mut coverage = GateCoverage::new(Fraction::from_millionths(800_000));
        let mut note = |limit, observed| {
            let each = check(Control::OrderNotional, true, Some(limit), observed);
            coverage.note(&verdict(&[each]))
        };
        assert_eq!([note(1_000, 500), note(100, 79), note(1_000, 600)], [0; 3]);
        assert_eq!(note(100, 90), NEAR);
        assert_eq!(note(1_000, 700), 0);
        assert_eq!(of(&mut coverage, Control::OrderNotional).peak, Some((100, 90)));
    }

    #[test]
    fn a_smallest_value_is_near_from_above_and_a_state_never() {
        let mut coverage = GateCoverage::new(Fraction::from_millionths(800_000));
        let least = |observed| verdict(&[check(Control::MinQuantity, true, Some(100), observed)]);
        let bit = 1 << Control::MinQuantity as u8;
        let near: Vec<u64> = [500, 126, 125, 300, 100].map(|o| coverage.note(&least(o))).to_vec();
        assert_eq!(near, [0, 0, bit, 0, bit]);
        assert_eq!(of(&mut coverage, Control::MinQuantity).peak, Some((100, 100)));
        let state = verdict(&[check(Control::Equity, true, Some(0), 5)]);
        assert_eq!((coverage.note(&state), coverage.note(&state)), (0, 0));
        assert_eq!(of(&mut coverage, Control::Equity).peak, None);
        let unlimited = verdict(&[check(Control::OrderNotional, true, None, i128::MAX)]);
        assert_eq!(coverage.note(&unlimited), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// What is no news is the largest value so far short of near, and the peak the largest part, as 128 bits say it.
        #[test]
        fn every_word_is_taken_as_the_longest_arithmetic_takes_it(
            steps in prop::collection::vec(
                (prop::sample::select(vec![0_i128, 1, 10, 1_000, i128::from(i64::MAX), 1 << 70, i128::MAX / 3]),
                 any::<i128>(), 0_u32..127, any::<bool>()), 1..40),
        ) {
            let mut row = NEW_ROW;
            let (mut limit_known, mut near_at, mut quiet) = (None, i128::MAX, i128::MIN);
            let (mut peak, mut peak_frac) = (None, -1.0);
            for (limit, observed, shift, least) in steps {
                let control = if least { Control::MinQuantity } else { Control::OrderNotional };
                let observed = (observed >> shift).saturating_abs();
                let value = if least { -observed } else { observed };
                if limit_known != Some(limit) {
                    let (share, whole) = if least { (1_000_000, 800_000) } else { (800_000, 1_000_000) };
                    let near = limit.checked_mul(share).map(|parts| parts / whole);
                    near_at = near.map_or(i128::MAX, |near| if least { -near } else { near });
                    (limit_known, quiet) = (Some(limit), i128::MIN);
                }
                let used = match (limit > 0, least) {
                    (false, _) => -1.0,
                    (true, true) => limit as f64 / observed as f64,
                    (true, false) => observed as f64 / limit as f64,
                };
                if used > peak_frac {
                    (peak, peak_frac) = (Some((limit, observed)), used);
                }
                quiet = quiet.max(value).min(near_at.saturating_sub(1));
                let near = row.take(&check(control, true, Some(limit), observed), limit, value, 800_000);
                prop_assert_eq!(near, limit > 0 && value >= near_at);
                prop_assert_eq!((row.quiet, row.near_at, row.peak), (quiet, near_at, peak));
                prop_assert_eq!(row.peak_frac.to_bits(), f64::to_bits(peak_frac));
            }
        }
    }

    #[test]
    fn a_limit_too_large_to_be_shared_is_never_near() {
        let mut coverage = GateCoverage::new(Fraction::from_millionths(800_000));
        let huge = check(Control::OrderNotional, true, Some(i128::MAX), i128::MAX - 1);
        assert_eq!(coverage.note(&verdict(&[huge])), 0);
    }
}
