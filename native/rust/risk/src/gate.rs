//! The judgement: `(order, view) → verdict`, one pass over all controls, no early exit, so that a denial names every
//! reason at once.

mod state;

use crate::control::Control;
use crate::exposure::WorstCase;
use crate::limits::{Limits, LimitsSpec};
use crate::loss_guard::{LossGuard, observed_fraction};
use crate::order_rate::OrderRate;
use crate::verdict::{Check, Verdict};
use holdfast_core::{
    Amount, Fraction, Instrument, OrderIntent, OrderRole, Price, Quantity, Result, Side, Timestamp,
    TradingMode,
};

/// What the gate looks at besides the order: plain values of one instant.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The order's instrument.
    pub instrument: &'a Instrument,
    /// The present instant.
    pub now: Timestamp,
    /// Reference price with its time; `None` when there never was one.
    pub mark: Option<(Price, Timestamp)>,
    /// Position and reservations on the instrument.
    pub case: WorstCase,
    /// Marked equity.
    pub equity: Amount,
    /// Worst-case gross exposure of all other instruments.
    pub other_exposure: Amount,
    /// Open orders now, and how many there may be.
    pub open_orders: (usize, usize),
    /// Opening orders of the same list that stand ahead of this one and are not counted as sent yet.
    pub opening_ahead: u32,
}

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An order that was not sent yet.
    Order,
    /// Another form of an order that is open; the view is without its reservation.
    Amendment {
        /// What could still fill of the new form.
        leaves: Quantity,
        /// Whether nothing but the quantity changes, and only down: then no limit can hold it up.
        lessens: bool,
    },
}

/// The pre-trade gate of one account.
#[derive(Debug)]
pub struct Gate {
    limits: Limits,
    rate: OrderRate,
    guard: LossGuard,
    trade_day: i64,
    day_trades: u32,
    busiest_day_trades: u32,
    mode: TradingMode,
}

impl Gate {
    /// Makes a gate with the session's opening equity.
    ///
    /// # Errors
    /// `LIMITS_INVALID`.
    pub fn new(spec: &LimitsSpec, equity: Amount) -> Result<Self> {
        let limits = Limits::new(spec)?;
        let rate = OrderRate::new(limits.orders_per_minute.unwrap_or(0));
        Ok(Self {
            limits,
            rate,
            guard: LossGuard::new(equity),
            trade_day: i64::MIN,
            day_trades: 0,
            busiest_day_trades: 0,
            mode: TradingMode::Normal,
        })
    }

    /// Takes a new mark of equity for the loss controls.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`; the session stops then.
    pub fn mark_equity(&mut self, now: Timestamp, equity: Amount) -> Result<()> {
        self.guard.mark(now, equity, self.limits.daily_loss, self.limits.drawdown)
    }

    /// Judges an order without changing anything.
    #[must_use]
    pub fn check(&self, intent: &OrderIntent, view: &View<'_>) -> Verdict {
        self.judge(intent, Subject::Order, view)
    }

    /// Judges an order or an amendment without changing anything.
    #[must_use]
    pub fn judge(&self, intent: &OrderIntent, subject: Subject, view: &View<'_>) -> Verdict {
        let (leaves, lessens) = match subject {
            Subject::Order => (intent.quantity, false),
            Subject::Amendment { leaves, lessens } => (leaves, lessens),
        };
        let reducing = lessens
            || if intent.reduce_only {
                intent.side.opposite().signed(1) == view.case.position.signum()
            } else {
                leaves.lots() <= view.case.reducible(intent.side)
            };
        let mut judgement = Judgement {
            gate: self,
            intent,
            subject,
            leaves,
            view,
            verdict: Verdict::new(intent.client_order_id, reducing),
        };
        // An overflow inside a control is a denial of its own: nothing passes that could not be judged.
        if judgement.run(reducing).is_err() {
            judgement.add(Control::Arithmetic, false, Some(0), 1);
        }
        judgement.verdict
    }

    /// Counts an approved order: what was sent counts, whether or not the venue answers.
    pub fn note_sent(&mut self, now: Timestamp, reducing: bool) {
        self.rate.note(now);
        if reducing {
            return;
        }
        if now.utc_day() != self.trade_day {
            self.trade_day = now.utc_day();
            self.day_trades = 0;
        }
        self.day_trades += 1;
        self.busiest_day_trades = self.busiest_day_trades.max(self.day_trades);
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
    pub const fn limits(&self) -> &Limits {
        &self.limits
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

    fn trades_today(&self, now: Timestamp) -> u32 {
        if now.utc_day() == self.trade_day { self.day_trades } else { 0 }
    }
}

struct Judgement<'a> {
    gate: &'a Gate,
    intent: &'a OrderIntent,
    subject: Subject,
    /// What could fill, for the worst case.
    leaves: Quantity,
    view: &'a View<'a>,
    verdict: Verdict,
}

impl Judgement<'_> {
    fn add(&mut self, control: Control, passed: bool, limit: Option<i128>, observed: i128) {
        let age_ns = self.view.mark.map_or(i64::MAX, |(_, ts)| self.view.now.since(ts));
        self.verdict.add(Check { control, passed, limit, observed, age_ns });
    }

    /// Adds an upper bound on an amount or a count.
    fn at_most(&mut self, control: Control, limit: Option<i128>, observed: i128) {
        self.add(control, limit.is_none_or(|bound| observed <= bound), limit, observed);
    }

    fn run(&mut self, reducing: bool) -> Result<()> {
        self.trading_mode(reducing);
        self.sanity(reducing)?;
        if !reducing {
            self.opening()?;
        }
        Ok(())
    }

    /// What the mode lets pass: nothing a strategy wants while paused, reductions while reduced, liquidations in an emergency. An
    /// amendment that only takes quantity away always passes.
    fn trading_mode(&mut self, reducing: bool) {
        let mode = self.gate.mode;
        let lessens = matches!(self.subject, Subject::Amendment { lessens: true, .. });
        let role = self.intent.role;
        let passes = match mode {
            TradingMode::Normal => return,
            TradingMode::Paused => reducing && role != OrderRole::Strategy,
            TradingMode::Reduced => reducing,
            TradingMode::Emergency => reducing && role == OrderRole::Liquidation,
        };
        self.add(Control::TradingMode, passes || lessens, Some(0), mode as i128);
    }

    /// The rules that every order obeys, exits too.
    fn sanity(&mut self, reducing: bool) -> Result<()> {
        let (intent, view, limits) = (self.intent, self.view, &self.gate.limits);
        let units = view.instrument.units(intent.quantity)?;
        if let Some(max) = view.instrument.max_quantity {
            self.at_most(
                Control::MaxQuantity,
                Some(view.instrument.units(max)?.raw()),
                units.raw(),
            );
        }
        let open = view.open_orders.0 as i128 + 1;
        self.at_most(Control::OpenOrders, Some(view.open_orders.1 as i128), open);
        if matches!(self.subject, Subject::Amendment { lessens: true, .. }) {
            return Ok(());
        }
        let age = view.mark.map_or(i64::MAX, |(_, ts)| view.now.since(ts));
        // A market exit needs no reference price; everything else does, and a missing one is older than any bound.
        let needs_mark = !reducing || (intent.limit_price.is_some() && limits.price_band.is_some());
        if needs_mark {
            let fresh = view.mark.is_some() && limits.price_age_ns.is_none_or(|bound| age <= bound);
            self.add(
                Control::PriceAge,
                fresh,
                limits.price_age_ns.map(i128::from),
                i128::from(age),
            );
        }
        if let (Some(price), Some((mark, _))) = (intent.limit_price, view.mark) {
            let distance = i128::from(price.ticks().abs_diff(mark.ticks()));
            let observed = observed_fraction(
                Amount::from_raw(distance),
                Amount::from_raw(i128::from(mark.ticks())),
            )?;
            // Protective orders rest far from the market by nature; the venue's own band still holds for them.
            if intent.role == OrderRole::Strategy {
                self.within_band(Control::PriceBand, limits.price_band, distance, mark, observed)?;
            }
            if view.instrument.percent_price.is_some() {
                self.within_band(
                    Control::PercentPrice,
                    view.instrument.percent_price,
                    distance,
                    mark,
                    observed,
                )?;
            }
        }
        Ok(())
    }

    fn within_band(
        &mut self,
        control: Control,
        band: Option<Fraction>,
        distance: i128,
        mark: Price,
        observed: Fraction,
    ) -> Result<()> {
        let inside = match band {
            None => true,
            Some(limit) => limit
                .covers(Amount::from_raw(distance), Amount::from_raw(i128::from(mark.ticks())))?,
        };
        self.add(
            control,
            inside,
            band.map(|limit| i128::from(limit.millionths())),
            i128::from(observed.millionths()),
        );
        Ok(())
    }

    /// The rules for orders that may add exposure.
    fn opening(&mut self) -> Result<()> {
        self.opening_counts();
        self.losses()?;
        let (intent, view, limits) = (self.intent, self.view, &self.gate.limits);
        let units = view.instrument.units(intent.quantity)?;
        self.at_most(Control::OrderQuantity, limits.order_quantity.map(Amount::raw), units.raw());
        if let Some(min) = view.instrument.min_quantity {
            let bound = view.instrument.units(min)?.raw();
            self.add(Control::MinQuantity, units.raw() >= bound, Some(bound), units.raw());
        }
        // Without a reference price `PriceAge` has failed already and money cannot be judged.
        let Some((mark, _)) = view.mark else { return Ok(()) };
        let price = intent.priced_at(mark)?;
        let notional = view.instrument.notional(price, intent.quantity)?;
        self.at_most(
            Control::OrderNotional,
            limits.order_notional.map(Amount::raw),
            notional.raw(),
        );
        if let Some(min) = view.instrument.min_notional {
            self.add(Control::MinNotional, notional >= min, Some(min.raw()), notional.raw());
        }
        if let Some(max) = view.instrument.max_notional {
            self.at_most(Control::MaxNotional, Some(max.raw()), notional.raw());
        }
        self.stop_loss(price);
        self.exposure(view.instrument.dearer(mark, price))
    }

    fn opening_counts(&mut self) {
        let (now, limits) = (self.view.now, &self.gate.limits);
        let ahead = i128::from(self.view.opening_ahead);
        // A reducing order is bounded by the position and must not be held up, so only these count against the rate.
        if let Some(limit) = limits.orders_per_minute {
            self.at_most(
                Control::OrderRate,
                Some(i128::from(limit)),
                self.gate.rate.count(now) as i128 + ahead + 1,
            );
        }
        // What an amendment changes was counted when its order was sent.
        if self.subject != Subject::Order {
            return;
        }
        self.at_most(
            Control::DailyTrades,
            limits.daily_trades.map(i128::from),
            i128::from(self.gate.trades_today(now)) + ahead + 1,
        );
    }

    fn losses(&mut self) -> Result<()> {
        let (gate, limits) = (self.gate, &self.gate.limits);
        let (day, drawdown) = gate.guard.observed()?;
        let millionths = |limit: Option<Fraction>| limit.map(|l| i128::from(l.millionths()));
        self.add(
            Control::DailyLoss,
            !gate.guard.daily_loss_tripped(),
            millionths(limits.daily_loss),
            i128::from(day.millionths()),
        );
        self.add(
            Control::Drawdown,
            !gate.guard.drawdown_tripped(),
            millionths(limits.drawdown),
            i128::from(drawdown.millionths()),
        );
        self.add(Control::Equity, self.view.equity.raw() > 0, Some(0), self.view.equity.raw());
        Ok(())
    }

    fn stop_loss(&mut self, price: Price) {
        if !self.gate.limits.stop_loss_required {
            return;
        }
        let protects = self.intent.stop_loss.is_some_and(|stop| match self.intent.side {
            Side::Buy => stop < price,
            Side::Sell => stop > price,
        });
        let observed = self.intent.stop_loss.map_or(0, Price::ticks);
        self.add(Control::StopLoss, protects, Some(price.ticks().into()), observed.into());
    }

    fn exposure(&mut self, price: Price) -> Result<()> {
        let (view, limits) = (self.view, &self.gate.limits);
        if view.equity.raw() <= 0 {
            return Ok(());
        }
        let worst = view.case.reserve(self.intent.side, self.leaves.lots())?.lots()?;
        let position = view.instrument.settlement_notional(price, worst)?;
        let gross = view.other_exposure.plus(position)?;
        for (control, limit, value) in [
            (Control::PositionFraction, limits.position, position),
            (Control::GrossExposure, limits.gross_exposure, gross),
        ] {
            let passed = limit.map_or(Ok(true), |fraction| fraction.covers(value, view.equity))?;
            let observed = observed_fraction(value, view.equity)?;
            self.add(
                control,
                passed,
                limit.map(|l| i128::from(l.millionths())),
                i128::from(observed.millionths()),
            );
        }
        Ok(())
    }
}
