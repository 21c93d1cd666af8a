//! The venue that fills orders from bars, trades and quotes.
//!
//! It behaves like a live venue behind the same records: it acknowledges, rejects, triggers, fills in part, expires and
//! cancels, and knows nothing of the engine's state.

mod fill;
mod funding;
mod replacement;

use crate::assumptions::Assumptions;
use crate::fill_price::Phase;
use crate::resting::Resting;
use crate::tape::Tape;
use holdfast_core::{
    ClientOrderId, Instrument, InstrumentId, OrderIntent, Price, ReportKind, Result, Side,
    TimeInForce, Timestamp, VenueReport,
};
use holdfast_engine::exposure::Leg;
use holdfast_engine::{Command, Funding, PositionMode};
use std::collections::VecDeque;

/// What the venue tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VenueEvent {
    /// A report about an order.
    Report(VenueReport),
    /// A funding payment.
    Funding(Funding),
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
    /// Lots held by instrument; when hedging the long ones, and the short ones beside them.
    positions: Vec<i64>,
    shorts: Vec<i64>,
    position_mode: PositionMode,
    funded_until: Vec<Option<Timestamp>>,
    /// The last price that buyers and that sellers met, by instrument.
    last: Vec<Option<[Price; 2]>>,
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
            shorts: vec![0; instruments],
            position_mode: PositionMode::Netting,
            funded_until: vec![None; instruments],
            last: vec![None; instruments],
            next_trade_id: 1,
            pass: None,
            now: Timestamp::default(),
        }
    }

    /// Makes the venue keep positions as the account does.
    #[must_use]
    pub const fn with_position_mode(mut self, mode: PositionMode) -> Self {
        self.position_mode = mode;
        self
    }

    /// Takes a command of the engine; answers are given by `next_event`.
    pub fn apply(&mut self, command: Command, now: Timestamp) {
        self.now = now;
        match command {
            Command::Place(intent) => self.place(intent),
            Command::Query(id) => {
                let open = self
                    .orders
                    .iter()
                    .any(|order| order.intent.client_order_id == id && order.leaves > 0);
                self.report(id, if open { ReportKind::Accepted } else { ReportKind::Unknown });
            }
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
        let arrival = Timestamp(self.now.0.saturating_add(self.assumptions.latency_ns));
        let last = self.last_of(intent.instrument, intent.side).filter(|_| arrival == self.now);
        let mut order = Resting::new(intent, arrival, last);
        order.placed_in = self.pass.as_ref().map(|pass| pass.phase);
        let crosses = last.is_some_and(|price| order.would_cross(price));
        if crosses || (intent.reduce_only && self.reducible(&intent) == 0) {
            self.report(intent.client_order_id, ReportKind::Rejected);
            return;
        }
        self.report(intent.client_order_id, ReportKind::Accepted);
        self.orders.push(order);
    }

    /// Returns the last price that orders of this side met.
    fn last_of(&self, instrument: InstrumentId, side: Side) -> Option<Price> {
        let met = self.last.get(instrument.index()).copied().flatten()?;
        met.get(side as usize).copied()
    }

    fn note_last(&mut self, instrument: InstrumentId, met: [Price; 2]) {
        if let Some(last) = self.last.get_mut(instrument.index()) {
            *last = Some(met);
        }
    }

    fn reducible(&self, intent: &OrderIntent) -> i64 {
        let held = match self.position_mode.leg(intent.side, intent.reduce_only) {
            Leg::Long => &self.positions,
            Leg::Short => &self.shorts,
        };
        let position = held.get(intent.instrument.index()).copied().unwrap_or(0);
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
            self.note_last(bar.instrument, tape.closes());
            return Ok(());
        }
        self.note_last(bar.instrument, tape.opens());
        let day = bar.ts_open.utc_day();
        let mut ended = Vec::new();
        for order in
            self.orders.iter_mut().filter(|order| order.intent.instrument == bar.instrument)
        {
            order.taken = 0;
            let mut end = order.expires_by(bar.ts_open).then_some(ReportKind::Expired);
            if order.arrival <= bar.ts_open {
                order.rested = order.first_day.is_some();
                let first_day = *order.first_day.get_or_insert(day);
                if order.intent.time_in_force == TimeInForce::Day && day > first_day {
                    end = Some(ReportKind::Expired);
                }
                if !order.checked {
                    order.checked = true;
                    let open = tape.for_side(order.intent.side).open;
                    end = end.or(order.would_cross(open).then_some(ReportKind::Rejected));
                }
            }
            if let Some(kind) = end {
                order.leaves = 0;
                ended.push((order.intent.client_order_id, kind));
            }
        }
        ended.into_iter().for_each(|(id, kind)| self.report(id, kind));
        self.pass = Some(Pass { tape, phase: Phase::Open, cursor: 0, ts_open: self.now });
        Ok(())
    }

    /// Returns the assumptions in force.
    #[must_use]
    pub const fn assumptions(&self) -> &Assumptions {
        &self.assumptions
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

    /// Moves to the next phase. Immediate orders live for the open of one bar only, and so do those whose time ends
    /// inside the bar.
    fn end_phase(&mut self) {
        let Some(pass) = self.pass.as_mut() else { return };
        let (ended, tape) = (pass.phase, pass.tape);
        match ended.next() {
            Some(phase) => (pass.phase, pass.cursor) = (phase, 0),
            None => self.pass = None,
        }
        if ended == Phase::Open {
            self.end_after_open(&tape);
        }
        if self.pass.is_none() {
            self.note_last(tape.instrument(), tape.closes());
            self.orders.retain(|order| order.leaves > 0);
            for order in &mut self.orders {
                order.placed_in = None;
                if order.intent.instrument == tape.instrument() {
                    order.follow(tape.for_side(order.intent.side).close);
                }
            }
        }
    }

    fn end_after_open(&mut self, tape: &Tape) {
        let mut over = Vec::new();
        for order in &mut self.orders {
            if order.leaves <= 0
                || order.first_day.is_none()
                || order.intent.instrument != tape.instrument()
            {
                continue;
            }
            if order.is_immediate() {
                over.push((order.intent.client_order_id, ReportKind::Canceled, self.now));
            } else if order.expires_by(tape.for_buyers.ts_close) {
                let ts = order.intent.terms.expires.unwrap_or_default();
                over.push((order.intent.client_order_id, ReportKind::Expired, ts));
            } else {
                continue;
            }
            order.leaves = 0;
        }
        for (id, kind, ts) in over {
            self.now = self.now.max(ts);
            self.report(id, kind);
        }
    }

    /// Lets one order take part in the present phase.
    fn play(&mut self, index: usize, instrument: &Instrument) -> Result<()> {
        let (Some(order), Some(pass)) = (self.orders.get_mut(index), self.pass.as_mut()) else {
            return Ok(());
        };
        let phase = pass.phase;
        if order.leaves <= 0
            || !order.working.acts_in(phase)
            || order.intent.instrument != pass.tape.instrument()
        {
            return Ok(());
        }
        let bar = *pass.tape.for_side(order.intent.side);
        let capacity = *pass.tape.capacity.of(order.intent.side);
        if !order.takes_part(&bar, phase) {
            return Ok(());
        }
        let (triggered, execution) = order.play(phase, &bar, self.assumptions.limit_fill)?;
        let (intent, wanted, shown) = (order.intent, order.leaves, order.shown());
        if triggered || execution.is_some() {
            let inside = bar.ts_close.max(pass.ts_open);
            self.now = self.now.max(if phase == Phase::Open { pass.ts_open } else { inside });
        }
        if triggered {
            self.report(intent.client_order_id, ReportKind::Triggered);
        }
        let Some(execution) = execution else { return Ok(()) };
        let allowed = if intent.reduce_only { self.reducible(&intent) } else { i64::MAX };
        let lots = shown.min(allowed).min(capacity);
        if lots <= 0 || (intent.time_in_force == TimeInForce::Fok && lots < wanted) {
            return Ok(());
        }
        if phase != Phase::Open {
            self.note_last(intent.instrument, [execution.price; 2]);
        }
        self.fill(index, instrument, execution, lots)
    }
}
