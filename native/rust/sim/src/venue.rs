//! The venue that fills orders from bars, trades and quotes.
//!
//! It behaves like a live venue behind the same records: it acknowledges, rejects, triggers, fills in part, expires and
//! cancels, and knows nothing of the engine's state.

mod replacement;

use crate::assumptions::Assumptions;
use crate::fill_price::{Phase, reference, slipped};
use crate::tape::Tape;
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    Amount, Bar, ClientOrderId, Fraction, Instrument, OrderIntent, OrderType, Price, Quantity,
    ReportKind, Result, Rounding, TimeInForce, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::{Command, Funding};
use std::collections::VecDeque;

/// What the venue tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VenueEvent {
    /// A report about an order.
    Report(VenueReport),
    /// A funding payment.
    Funding(Funding),
}

#[derive(Debug, Clone, Copy)]
struct Resting {
    intent: OrderIntent,
    leaves: i64,
    arrival: Timestamp,
    /// Phase of the present bar in which it was placed; `None` when it was there before the bar.
    placed_in: Option<Phase>,
    triggered: bool,
    first_day: Option<i64>,
    /// Whether it had its first chance in an earlier event: a limit order that has is in the book.
    rested: bool,
}

#[derive(Debug)]
struct Pass {
    tape: Tape,
    phase: Phase,
    cursor: usize,
    /// Engine time may be past the event's open when several instruments close together.
    ts_open: Timestamp,
}

/// The simulated venue.
#[derive(Debug)]
pub struct SimulatedVenue {
    assumptions: Assumptions,
    orders: Vec<Resting>,
    events: VecDeque<VenueEvent>,
    positions: Vec<i64>,
    funded_until: Vec<Option<Timestamp>>,
    next_trade_id: u64,
    pass: Option<Pass>,
    now: Timestamp,
}

impl SimulatedVenue {
    /// Makes a venue for a number of instruments.
    #[must_use]
    pub fn new(assumptions: Assumptions, instruments: usize) -> Self {
        Self {
            assumptions,
            orders: Vec::new(),
            events: VecDeque::new(),
            positions: vec![0; instruments],
            funded_until: vec![None; instruments],
            next_trade_id: 1,
            pass: None,
            now: Timestamp::default(),
        }
    }

    /// Takes a command of the engine; answers are given by `next_event`.
    pub fn apply(&mut self, command: Command, now: Timestamp) {
        self.now = now;
        match command {
            Command::Place(intent) => self.place(intent),
            Command::Cancel(id) => {
                let found = self
                    .orders
                    .iter_mut()
                    .find(|order| order.intent.client_order_id == id && order.leaves > 0);
                if let Some(order) = found {
                    order.leaves = 0;
                    self.report(id, ReportKind::Canceled);
                }
            }
            Command::Replace(replacement) => self.replace(&replacement),
        }
        if self.pass.is_none() {
            self.orders.retain(|order| order.leaves > 0);
        }
    }

    fn place(&mut self, intent: OrderIntent) {
        if intent.reduce_only && self.reducible(&intent) == 0 {
            self.report(intent.client_order_id, ReportKind::Rejected);
            return;
        }
        self.report(intent.client_order_id, ReportKind::Accepted);
        self.orders.push(Resting {
            intent,
            leaves: intent.quantity.lots(),
            arrival: Timestamp(self.now.0.saturating_add(self.assumptions.latency_ns)),
            placed_in: self.pass.as_ref().map(|pass| pass.phase),
            triggered: false,
            first_day: None,
            rested: false,
        });
    }

    fn reducible(&self, intent: &OrderIntent) -> i64 {
        let position = self.positions.get(intent.instrument.index()).copied().unwrap_or(0);
        if intent.side.signed(1) == -position.signum() { position.abs() } else { 0 }
    }

    fn report(&mut self, id: ClientOrderId, kind: ReportKind) {
        self.events.push_back(VenueEvent::Report(VenueReport::without_fill(id, kind, self.now)));
    }

    /// Starts a market event: funding and expiries fall due, then `next_event` plays it.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub(crate) fn begin(
        &mut self,
        tape: Tape,
        instrument: &Instrument,
        now: Timestamp,
    ) -> Result<()> {
        let bar = tape.for_buyers;
        self.now = now.max(bar.ts_open);
        self.fund(&bar, instrument)?;
        if self.orders.is_empty() {
            return Ok(());
        }
        let day = bar.ts_open.utc_day();
        let mut expired = Vec::new();
        for order in
            self.orders.iter_mut().filter(|order| order.intent.instrument == bar.instrument)
        {
            if order.arrival > bar.ts_open {
                continue;
            }
            order.rested = order.first_day.is_some();
            let first_day = *order.first_day.get_or_insert(day);
            if order.intent.time_in_force == TimeInForce::Day && day > first_day {
                order.leaves = 0;
                expired.push(order.intent.client_order_id);
            }
        }
        expired.into_iter().for_each(|id| self.report(id, ReportKind::Expired));
        self.pass = Some(Pass { tape, phase: Phase::Open, cursor: 0, ts_open: self.now });
        Ok(())
    }

    /// Returns the assumptions in force.
    #[must_use]
    pub const fn assumptions(&self) -> &Assumptions {
        &self.assumptions
    }

    fn fund(&mut self, bar: &Bar, instrument: &Instrument) -> Result<()> {
        if !instrument.spec().perpetual || self.assumptions.funding.millionths() == 0 {
            return Ok(());
        }
        let index = bar.instrument.index();
        let (Some(until), Some(position)) =
            (self.funded_until.get_mut(index), self.positions.get(index))
        else {
            return Ok(());
        };
        let interval = self.assumptions.funding_interval_ns;
        let due =
            |from: Timestamp| bar.ts_close.0.div_euclid(interval) - from.0.div_euclid(interval);
        let intervals = until.map_or(0, due);
        *until = Some(bar.ts_close);
        if intervals > 0 && *position != 0 {
            let value = instrument.value(bar.open, Quantity::from_lots(*position))?;
            let rate = i128::from(self.assumptions.funding.millionths()) * i128::from(intervals);
            let paid = value.times_ratio(rate, Fraction::PARTS, Rounding::HalfEven)?;
            self.events.push_back(VenueEvent::Funding(Funding {
                instrument: bar.instrument,
                ts_event: self.now,
                paid,
            }));
        }
        Ok(())
    }

    /// Returns what is left to tell outside a bar: answers to commands.
    pub fn next_answer(&mut self) -> Option<VenueEvent> {
        self.events.pop_front()
    }

    /// Returns what happens next in the bar, playing it on as far as needed; `None` when the bar is over. Commands may
    /// be applied between two events: what they place takes part in the phases that follow.
    ///
    /// # Errors
    /// `PRICE_OUT_OF_RANGE`, `AMOUNT_OVERFLOW`.
    pub fn next_event(&mut self, instrument: &Instrument) -> Result<Option<VenueEvent>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            let Some(pass) = self.pass.as_mut() else { return Ok(None) };
            if pass.cursor < self.orders.len() {
                let index = pass.cursor;
                pass.cursor += 1;
                self.play(index, instrument)?;
                continue;
            }
            self.end_phase();
        }
    }

    /// Moves to the next phase; immediate-or-cancel orders live for the open of one bar only.
    fn end_phase(&mut self) {
        let Some(pass) = self.pass.as_mut() else { return };
        let (ended, instrument) = (pass.phase, pass.tape.instrument());
        match ended.next() {
            Some(phase) => (pass.phase, pass.cursor) = (phase, 0),
            None => self.pass = None,
        }
        if ended == Phase::Open {
            let mut unfilled = Vec::new();
            for order in &mut self.orders {
                let immediate =
                    order.intent.time_in_force == TimeInForce::Ioc && order.first_day.is_some();
                if immediate && order.leaves > 0 && order.intent.instrument == instrument {
                    order.leaves = 0;
                    unfilled.push(order.intent.client_order_id);
                }
            }
            unfilled.into_iter().for_each(|id| self.report(id, ReportKind::Canceled));
        }
        if self.pass.is_none() {
            self.orders.retain(|order| order.leaves > 0);
            self.orders.iter_mut().for_each(|order| order.placed_in = None);
        }
    }

    /// Lets one order take part in the present phase.
    fn play(&mut self, index: usize, instrument: &Instrument) -> Result<()> {
        let (Some(order), Some(pass)) = (self.orders.get(index), self.pass.as_mut()) else {
            return Ok(());
        };
        let (bar, phase) = (*pass.tape.for_side(order.intent.side), pass.phase);
        let capacity = *pass.tape.capacity.of(order.intent.side);
        if order.leaves <= 0
            || order.intent.instrument != bar.instrument
            || !takes_part(order, &bar, phase)
        {
            return Ok(());
        }
        let Some(reference) =
            reference(&order.intent, order.triggered, phase, &bar, &self.assumptions)
        else {
            return Ok(());
        };
        // Inside a bar a limit order is the resting one. In a tick it is when it was in the book before: then whoever
        // trades with it does so at its price, however far the tick went beyond.
        let in_book = order.rested && bar.ts_open == bar.ts_close;
        let maker =
            order.intent.order_type == OrderType::Limit && (phase == Phase::Limits || in_book);
        let price = order.intent.limit_price.filter(|_| maker).unwrap_or(reference);
        let intent = order.intent;
        let is_stop = intent.order_type == OrderType::StopMarket;
        self.now = if phase == Phase::Open { pass.ts_open } else { bar.ts_close.max(pass.ts_open) };
        if is_stop && !order.triggered {
            self.report(intent.client_order_id, ReportKind::Triggered);
            if let Some(order) = self.orders.get_mut(index) {
                order.triggered = true;
            }
        }
        let wanted = self.orders.get(index).map_or(0, |order| order.leaves);
        let allowed = if intent.reduce_only { self.reducible(&intent) } else { i64::MAX };
        let lots = wanted.min(allowed).min(capacity);
        if lots <= 0 {
            return Ok(());
        }
        self.fill(index, instrument, (price, lots), maker)
    }

    fn fill(
        &mut self,
        index: usize,
        instrument: &Instrument,
        (reference, lots): (Price, i64),
        maker: bool,
    ) -> Result<()> {
        let Some(order) = self.orders.get_mut(index) else { return Ok(()) };
        let intent = order.intent;
        let is_limit = intent.order_type == OrderType::Limit;
        let price = if is_limit {
            reference
        } else {
            slipped(reference, intent.side, self.assumptions.slippage)?
        };
        let quantity = Quantity::from_lots(lots);
        let notional = instrument.notional(price, quantity)?;
        let rate = if maker { self.assumptions.maker_fee } else { self.assumptions.taker_fee };
        let proportional = notional.times_ratio(
            i128::from(rate.millionths()),
            Fraction::PARTS,
            Rounding::HalfEven,
        )?;
        let units = instrument.units(quantity)?;
        let per_unit = self.assumptions.fee_per_unit.times_ratio(
            units.raw(),
            Amount::ONE.raw(),
            Rounding::HalfEven,
        )?;
        let slippage = notional.minus(instrument.notional(reference, quantity)?)?.magnitude()?;
        order.leaves -= lots;
        if let Some(position) = self.positions.get_mut(intent.instrument.index()) {
            *position += intent.side.signed(lots);
        }
        if let Some(pass) = self.pass.as_mut() {
            let capacity = pass.tape.capacity.of(intent.side);
            *capacity = capacity.saturating_sub(lots);
        }
        self.events.push_back(VenueEvent::Report(VenueReport {
            trade_id: TradeId(self.next_trade_id),
            last_price: price,
            last_quantity: quantity,
            liquidity_side: if maker { LiquiditySide::Maker } else { LiquiditySide::Taker },
            fee: proportional.plus(per_unit)?,
            slippage,
            ..VenueReport::without_fill(intent.client_order_id, ReportKind::Fill, self.now)
        }));
        self.next_trade_id += 1;
        Ok(())
    }
}

/// Returns whether an order may fill in this phase of this bar.
///
/// What was there when the bar opened takes part in everything but the late stops. What was placed inside the bar
/// protects a position that was opened inside it: after the open it is live like the rest, but nothing that a limit
/// opened can reach its target in the same bar, because the order of the prices in between is unknown.
fn takes_part(order: &Resting, bar: &Bar, phase: Phase) -> bool {
    match order.placed_in {
        _ if order.arrival > bar.ts_close => false,
        None => order.arrival <= bar.ts_open && phase != Phase::LateStops,
        Some(Phase::Open) => matches!(phase, Phase::Stops | Phase::Limits),
        Some(Phase::Stops) => phase == Phase::Stops,
        Some(Phase::Limits) => phase == Phase::LateStops,
        Some(Phase::LateStops) => false,
    }
}
