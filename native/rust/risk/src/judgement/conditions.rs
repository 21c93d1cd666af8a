//! Whether an order may open anything at all just now, whatever its size.

use super::Judgement;
use crate::control::Control;
use crate::duplicates::{IntentKey, Recurrence};
use crate::quiet::Reader;
use crate::verdict::Check;
use crate::view::Subject;
use holdfast_core::{OrderRole, Result};

impl<R: Reader> Judgement<'_, R> {
    pub(super) fn conditions(&mut self) -> Result<()> {
        self.permissions();
        self.freshness();
        self.messages();
        if let Some(limit) = self.limits.open_orders {
            let open = self.view.open_orders.0 as i128 + 1;
            self.at_most(Control::OpenOrderCount, Some(i128::from(limit)), open);
        }
        if let Some(bound) = self.limits.stop_uncovered_ns {
            let uncovered = i128::from(self.view.around.uncovered_ns);
            self.at_most(Control::StopCoverage, Some(i128::from(bound)), uncovered);
        }
        self.behaviour();
        Ok(())
    }

    fn permissions(&mut self) {
        let (gate, limits, now) = (self.gate, self.limits, self.view.now);
        if limits.restricted {
            self.add(Control::Restricted, false, Some(0), 1);
        }
        if gate.halted.get(self.intent.instrument.index()).copied().unwrap_or_default() {
            self.add(Control::InstrumentState, false, Some(0), 1);
        }
        if gate.breakers != 0 {
            self.add(Control::Breaker, false, Some(0), i128::from(gate.breakers));
        }
        if let Some(hours) = &limits.hours {
            let closed = hours.closed_for(now);
            let observed = i128::from(closed.unwrap_or(0));
            self.add(Control::TradingHours, closed.is_none(), Some(0), observed);
        }
    }

    /// An input with an age of its own: nothing passes on one that is missing or too old.
    fn aged(&mut self, control: Control, bound: i64, age_ns: i64) {
        self.add_aged(Check {
            control,
            passed: age_ns != i64::MAX && age_ns <= bound,
            limit: Some(i128::from(bound)),
            observed: i128::from(age_ns),
            age_ns,
        });
    }

    fn freshness(&mut self) {
        let (gate, limits, now) = (self.gate, self.limits, self.view.now);
        if let Some(bound) = limits.account_age_ns {
            let age = gate.account_confirmed.map_or(i64::MAX, |ts| now.since(ts));
            self.aged(Control::AccountAge, bound, age);
        }
        let cause = self.intent.terms.cause;
        // What caused an amendment is not the event that caused its order, and what protects a fill is caused by the fill.
        let is_decided = self.subject == Subject::Order && self.intent.role == OrderRole::Strategy;
        if let (Some(bound), true) = (limits.intent_age_ns, is_decided) {
            let cause = cause.or(self.view.mark.map(|(_, ts)| ts));
            let age = cause.map_or(i64::MAX, |ts| now.since(ts));
            self.aged(Control::IntentAge, bound, age);
        }
        if let Some(bound) = limits.clock_drift_ns {
            let ahead = cause.map_or(0, |ts| ts.since(now));
            let drift =
                gate.clock_offset_ns.map_or(i64::MAX, |offset| offset.saturating_abs().max(ahead));
            self.aged(Control::ClockDrift, bound, drift);
        }
    }

    fn messages(&mut self) {
        let (now, reserve) = (self.view.now, self.limits.cancel_reserve);
        let messages = self.view.around.messages_ahead.saturating_add(1);
        let venue = self.gate.table().venue(self.intent.instrument);
        let strategy = usize::from(self.intent.terms.strategy);
        let budgets = [
            (Control::MessageRate, self.gate.venue_budgets.get(venue)),
            (Control::StrategyMessageRate, self.gate.strategy_budgets.get(strategy)),
        ];
        for (control, budget) in budgets {
            let Some((Some(rate), budget)) = budget else { continue };
            let lacking = budget.lacking(now, *rate, reserve, messages);
            self.add(control, lacking <= 0, Some(0), i128::from(lacking.max(0)));
        }
    }

    /// What a strategy that runs wild does: it repeats itself, it executes without end, it loses in a row.
    fn behaviour(&mut self) {
        let (gate, limits, now) = (self.gate, self.limits, self.view.now);
        let decided = self.subject == Subject::Order && self.intent.role == OrderRole::Strategy;
        if let (Some(window), true) = (limits.duplicate_window_ns, decided) {
            let recurrence = gate.recent.recurrence(&IntentKey::of(self.intent), now, window);
            let since = match recurrence {
                Recurrence::New => window,
                Recurrence::Repeated(since) => since,
                Recurrence::Unknown => 0,
            };
            let is_new = recurrence == Recurrence::New;
            self.add(Control::DuplicateIntent, is_new, Some(i128::from(window)), i128::from(since));
        }
        let executions = gate.executions.get(usize::from(self.intent.terms.strategy));
        if let (Some(limit), Some((fills, disabled))) = (limits.executions, executions) {
            let count = fills.count(now) as i128;
            self.add(Control::Executions, !disabled, Some(i128::from(limit)), count);
        }
        if let Some(limit) = limits.consecutive_losses {
            let row = gate.guard.losses_in_row(now);
            self.add(
                Control::ConsecutiveLosses,
                row < limit,
                Some(i128::from(limit)),
                i128::from(row),
            );
        }
    }
}
