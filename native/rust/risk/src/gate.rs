//! The pre-trade gate of one account: its limits, and what it keeps in mind between orders.

mod state;
mod trips;

use crate::collar::Collar;
use crate::duplicates::{IntentKey, RecentIntents, Recurrence};
use crate::judgement::{glance_into, judge_into};
use crate::limit_schedule::LimitSchedule;
use crate::limit_table::LimitTable;
use crate::limits::{Limits, LimitsSpec};
use crate::loss_guard::{LossGuard, LossLimits};
use crate::message_budget::MessageBudget;
use crate::order_rate::{MINUTE_NS, OrderRate};
use crate::portfolio_risk::Measures;
use crate::quiet::Quiet;
use crate::signal::GateSignal;
use crate::verdict::Verdict;
use crate::view::{Subject, View};
use holdfast_core::{
    Amount, ClientOrderId, Code, Error, Fraction, InstrumentId, InstrumentSpec, OrderIntent, Price,
    Result, Timestamp, TradingMode,
};

/// The pre-trade gate of one account.
#[derive(Debug, Clone)]
pub struct Gate {
    pub(crate) schedule: LimitSchedule,
    pub(crate) rate: OrderRate,
    pub(crate) guard: LossGuard,
    pub(crate) loss_limits: LossLimits,
    trade_day: i64,
    day_trades: u32,
    busiest_day_trades: u32,
    pub(crate) mode: TradingMode,
    /// Part of every size that the drawdown leaves, and the one that the governor leaves.
    pub(crate) cut: Fraction,
    pub(crate) governor: Fraction,
    pub(crate) venue_budgets: Vec<(Option<u32>, MessageBudget)>,
    pub(crate) strategy_budgets: Vec<(Option<u32>, MessageBudget)>,
    pub(crate) recent: RecentIntents,
    /// Fills of each strategy, and whether they disabled it.
    pub(crate) executions: Vec<(OrderRate, bool)>,
    pub(crate) collars: Vec<Collar>,
    pub(crate) halted: Vec<bool>,
    pub(crate) breakers: u32,
    pub(crate) account_confirmed: Option<Timestamp>,
    pub(crate) clock_offset_ns: Option<i64>,
    pub(crate) measures: Measures,
}

/// All of a size.
pub(crate) const WHOLE: Fraction = Fraction::from_millionths(1_000_000);

impl Gate {
    /// Makes a gate for an account of which no instrument is named, with the session's opening equity.
    ///
    /// # Errors
    /// As `for_instruments`.
    pub fn new(spec: &LimitsSpec, equity: Amount) -> Result<Self> {
        Self::for_instruments(spec, equity, &[])
    }

    /// Makes a gate with the session's opening equity.
    ///
    /// # Errors
    /// `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `LIMITS_CONTRADICTORY`.
    pub fn for_instruments(
        spec: &LimitsSpec,
        equity: Amount,
        instruments: &[&InstrumentSpec],
    ) -> Result<Self> {
        let table = LimitTable::new(spec, instruments)?;
        let count = instruments.len().max(1);
        let mut gate = Self {
            schedule: LimitSchedule::new(table),
            rate: OrderRate::new(0),
            guard: LossGuard::new(equity),
            loss_limits: LossLimits::default(),
            trade_day: i64::MIN,
            day_trades: 0,
            busiest_day_trades: 0,
            mode: TradingMode::Normal,
            cut: WHOLE,
            governor: WHOLE,
            venue_budgets: Vec::new(),
            strategy_budgets: Vec::new(),
            recent: RecentIntents::new(None),
            executions: Vec::new(),
            collars: vec![Collar::default(); count],
            halted: vec![false; count],
            breakers: 0,
            account_confirmed: None,
            clock_offset_ns: None,
            measures: Measures::default(),
        };
        gate.fit_to_limits()?;
        Ok(gate)
    }

    /// Makes room for what the limits in force count, keeping what was counted.
    pub(crate) fn fit_to_limits(&mut self) -> Result<()> {
        let table = self.schedule.table();
        let base = table.base();
        let least = |of: fn(&Limits) -> Option<u32>| table.all().filter_map(of).max();
        let rate = self.rate.resized(base.orders_per_minute.unwrap_or(0), MINUTE_NS);
        let loss_limits = LossLimits {
            daily: base.daily_loss,
            weekly: base.weekly_loss,
            total: base.total_loss,
            drawdown: base.drawdown,
        };
        let (venues, strategies) = table.budgets();
        let ids = |venue: usize| {
            (0..table.instruments() as u32)
                .map(InstrumentId)
                .filter(move |id| table.venue(*id) == venue)
        };
        let strictest = |rows: &mut dyn Iterator<Item = Option<u32>>| rows.flatten().min();
        let instruments = || (0..table.instruments().max(1) as u32).map(InstrumentId);
        let venue_rates: Vec<Option<u32>> = (0..venues)
            .map(|venue| {
                let rate =
                    strictest(&mut ids(venue).map(|id| table.row(0, id).messages_per_second));
                rate.or(base.messages_per_second)
            })
            .collect();
        let strategy_rates: Vec<Option<u32>> = (0..strategies)
            .map(|strategy| {
                let row = |id| table.row(strategy as u16, id).strategy_messages_per_second;
                strictest(&mut instruments().map(row))
            })
            .collect();
        let window_ns = table.all().filter_map(|row| row.duplicate_window_ns).max();
        // One more than the limit is counted, so that the fill that passes it is seen.
        let fills = least(|row| row.executions).map_or(0, |most| most.saturating_add(1));
        let executions_ns = base.executions_window_ns.unwrap_or(0);
        let refit = |budgets: &[(Option<u32>, MessageBudget)], rates: Vec<Option<u32>>| {
            let known = |place: usize| budgets.get(place).map_or_else(Default::default, |b| b.1);
            rates.into_iter().enumerate().map(|(place, rate)| (rate, known(place))).collect()
        };
        let venue_budgets = refit(&self.venue_budgets, venue_rates);
        let strategy_budgets = refit(&self.strategy_budgets, strategy_rates);
        let mut recent = RecentIntents::new(window_ns);
        self.recent.sent().for_each(|(ts, key)| recent.note(*key, Timestamp(*ts)));
        let executions = (0..strategies)
            .map(|strategy| match self.executions.get(strategy) {
                Some((known, disabled)) => (known.resized(fills, executions_ns), *disabled),
                None => (OrderRate::over(fills, executions_ns), false),
            })
            .collect();
        (self.rate, self.loss_limits, self.recent) = (rate, loss_limits, recent);
        (self.venue_budgets, self.strategy_budgets) = (venue_budgets, strategy_budgets);
        self.executions = executions;
        self.cut_sizes()
    }

    /// Takes a new mark of equity for the loss controls.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; the session stops then.
    #[inline]
    pub fn mark_equity(&mut self, now: Timestamp, equity: Amount) -> Result<()> {
        self.guard.mark(now, equity, &self.loss_limits)?;
        if self.schedule.table().base().drawdown_soft.is_some() { self.cut_sizes() } else { Ok(()) }
    }

    /// Works out what the present drawdown leaves of every size: all of it up to the soft limit, nothing at the hard one.
    fn cut_sizes(&mut self) -> Result<()> {
        let base = self.schedule.table().base();
        self.cut = WHOLE;
        if let (Some(soft), Some(hard)) = (base.drawdown_soft, base.drawdown) {
            let (fall, peak) = self.guard.fall()?;
            if peak.raw() > 0 && !soft.covers(fall, peak)? {
                let fallen = fall.times(Fraction::PARTS)?.raw();
                let left = peak.times(i128::from(hard.millionths()))?.raw() - fallen;
                let span = peak.times(i128::from(hard.millionths() - soft.millionths()))?.raw();
                let parts = left.max(0).saturating_mul(Fraction::PARTS) / span.max(1);
                self.cut = Fraction::from_millionths(parts.min(Fraction::PARTS) as i64);
            }
        }
        Ok(())
    }

    /// Takes a price of the market for the collar.
    #[inline]
    pub fn note_price(&mut self, instrument: InstrumentId, price: Price, ts: Timestamp) {
        let Some(window_ns) = self.schedule.table().base().price_collar_window_ns else { return };
        if let Some(collar) = self.collars.get_mut(instrument.index()) {
            collar.note(price, ts, window_ns);
        }
    }

    /// Judges an order without changing anything.
    #[must_use]
    pub fn check(&self, intent: &OrderIntent, view: &View<'_>) -> Verdict {
        self.judge(intent, Subject::Order, view)
    }

    /// Judges an order or an amendment without changing anything.
    #[must_use]
    pub fn judge(&self, intent: &OrderIntent, subject: Subject, view: &View<'_>) -> Verdict {
        let mut verdict = Verdict::new(ClientOrderId::NONE, false);
        self.judge_into(intent, subject, view, &mut verdict);
        verdict
    }

    /// As `judge`, into memory that is there.
    pub fn judge_into(
        &self,
        intent: &OrderIntent,
        subject: Subject,
        view: &View<'_>,
        verdict: &mut Verdict,
    ) {
        judge_into(self, intent, subject, view, verdict);
    }

    /// As `judge_into` of an order, for somebody who reads only what is news of what passes: the verdict is approved exactly when
    /// the whole one is, and its other controls have passed quietly. A denial is no whole one.
    pub fn glance_into(
        &self,
        intent: &OrderIntent,
        view: &View<'_>,
        quiet: &Quiet,
        verdict: &mut Verdict,
    ) {
        glance_into(self, intent, view, quiet, verdict);
    }

    /// Returns whether the gate remembers the same intent, or cannot tell, within the window of its limits; never where
    /// there is no window, or nothing was sent.
    #[must_use]
    pub fn is_duplicate(&self, intent: &OrderIntent, now: Timestamp) -> bool {
        let limits = self.schedule.table().row(intent.terms.strategy, intent.instrument);
        limits.duplicate_window_ns.is_some_and(|window| {
            self.recent.recurrence(&IntentKey::of(intent), now, window) != Recurrence::New
        })
    }

    /// Counts an approved order: what was sent counts, whether or not the venue answers.
    pub fn note_sent(&mut self, intent: &OrderIntent, now: Timestamp, reducing: bool) {
        self.rate.note(now);
        self.note_message(intent, now);
        if reducing {
            return;
        }
        if now.utc_day() != self.trade_day {
            self.trade_day = now.utc_day();
            self.day_trades = 0;
        }
        self.day_trades += 1;
        self.busiest_day_trades = self.busiest_day_trades.max(self.day_trades);
        self.recent.note(IntentKey::of(intent), now);
    }

    /// Counts an amendment that was approved among the orders; its message is counted when it is asked for.
    pub fn note_amended(&mut self, now: Timestamp) {
        self.rate.note(now);
    }

    /// Counts a message to the venue; a cancel is never held up, but it is counted.
    #[inline]
    pub fn note_message(&mut self, intent: &OrderIntent, now: Timestamp) {
        let venue = self.schedule.table().venue(intent.instrument);
        if let Some((Some(rate), budget)) = self.venue_budgets.get_mut(venue) {
            budget.note(now, *rate);
        }
        let strategy = usize::from(intent.terms.strategy);
        if let Some((Some(rate), budget)) = self.strategy_budgets.get_mut(strategy) {
            budget.note(now, *rate);
        }
    }

    /// Counts a fill of a strategy; returns true when it was the one that disabled the strategy.
    pub fn note_execution(&mut self, intent: &OrderIntent, now: Timestamp) -> bool {
        let strategy = intent.terms.strategy;
        let Some(limit) = self.schedule.table().row(strategy, intent.instrument).executions else {
            return false;
        };
        let Some((fills, disabled)) = self.executions.get_mut(usize::from(strategy)) else {
            return false;
        };
        fills.note(now);
        if *disabled || fills.count(now) <= limit as usize {
            return false;
        }
        *disabled = true;
        true
    }

    /// Takes the profit of a close.
    pub fn note_close(&mut self, now: Timestamp, realized: Amount) {
        self.guard.note_close(now, realized);
    }

    /// Checks a signal before it is recorded.
    ///
    /// # Errors
    /// `INSTRUMENT_UNKNOWN`, `LIMITS_LOOSENING_DENIED` for a governor that would permit more than it does.
    pub fn check_signal(&self, signal: &GateSignal) -> Result<()> {
        match signal {
            GateSignal::Halted { instrument, .. }
                if self.halted.get(instrument.index()).is_none() =>
            {
                Err(Error::new(
                    Code::InstrumentUnknown,
                    format!("instrument {} must be registered before use", instrument.0),
                ))
            }
            GateSignal::Governor { factor } if *factor > self.governor => Err(Error::new(
                Code::LimitsLooseningDenied,
                format!(
                    "governor must not permit more than {}, was {factor}; limits with the second key do",
                    self.governor
                ),
            )),
            _ => Ok(()),
        }
    }

    /// Takes a signal that was checked.
    pub fn take_signal(&mut self, signal: &GateSignal, now: Timestamp) {
        match *signal {
            GateSignal::Halted { instrument, halted } => {
                if let Some(state) = self.halted.get_mut(instrument.index()) {
                    *state = halted;
                }
            }
            GateSignal::Breaker { component, open: true } => self.breakers |= 1 << component,
            GateSignal::Breaker { component, open: false } => self.breakers &= !(1 << component),
            GateSignal::AccountConfirmed => self.account_confirmed = Some(now),
            GateSignal::ClockMeasured { offset_ns } => self.clock_offset_ns = Some(offset_ns),
            GateSignal::Enabled { strategy } => {
                if let Some((fills, disabled)) = self.executions.get_mut(usize::from(strategy)) {
                    fills.clear();
                    *disabled = false;
                }
                self.guard.clear_losses();
            }
            GateSignal::Governor { factor } => self.governor = factor,
        }
    }

    /// Puts a trading mode in force.
    pub const fn set_mode(&mut self, mode: TradingMode) {
        self.mode = mode;
    }

    /// Returns the trading mode in force.
    #[must_use]
    pub const fn mode(&self) -> TradingMode {
        self.mode
    }

    /// Returns the limits in force.
    #[must_use]
    pub const fn table(&self) -> &LimitTable {
        self.schedule.table()
    }

    /// Returns the limits of the account.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        self.schedule.table().base()
    }

    /// Returns the state of the loss controls.
    #[must_use]
    pub const fn guard(&self) -> &LossGuard {
        &self.guard
    }

    /// Returns the opening orders of the busiest UTC day so far.
    #[must_use]
    pub const fn busiest_day_trades(&self) -> u32 {
        self.busiest_day_trades
    }

    pub(crate) fn trades_today(&self, now: Timestamp) -> u32 {
        if now.utc_day() == self.trade_day { self.day_trades } else { 0 }
    }
}
