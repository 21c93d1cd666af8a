//! The way of commands to a venue and of its answers back, as a deterministic state machine: no socket, no clock. Times
//! come in; requests to send and inputs for the engine come out.
//!
//! Nothing that was sent is forgotten. A command without an answer in time is in doubt; the order is then asked about
//! until there is evidence, and only "unknown", told after every placement must have arrived or lapsed, proves that nothing
//! will come of it. A placement is repeated under its own id only, and only where the venue knows a repeated id.

mod answers;
mod leaving;
mod tracked;

use crate::engine::Engine;
use crate::input::{Command, Input};
use holdfast_core::{
    ClientOrderId, OrderIntent, Overlays, Price, Quantity, Replacement, ReportKind, Timestamp,
    TradeId, VenueReport,
};
use std::collections::{BTreeMap, BTreeSet};
use tracked::Tracked;

pub use answers::{AccountStatus, OpenOrder, OrderStatus, StatusOf};

/// Bounds of a gateway, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatewayConfig {
    /// A request that is not answered after this is in doubt.
    pub answer_ns: i64,
    /// After this a placement has arrived or can no more be accepted: the venue's receive window with the clock's error.
    pub settle_ns: i64,
    /// First wait between two queries, and the longest; each wait doubles.
    pub backoff_ns: (i64, i64),
    /// A stream that is silent for so long counts as lost.
    pub silence_ns: i64,
    /// How often open orders and fills are compared with the venue's.
    pub resync_ns: i64,
    /// How often a placement is repeated; 0 where the venue does not know a repeated client order id.
    pub repeats_max: u32,
}

/// What is to be sent to the venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Request {
    Place(OrderIntent),
    Cancel(ClientOrderId),
    Replace(Replacement),
    QueryOrder { client_order_id: ClientOrderId, query: u64 },
    QueryAccount { query: u64, trades_after: TradeId },
    Reconnect,
}

/// What came from the venue or from the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A report of the private stream.
    Report(VenueReport),
    /// A sign of life of the stream.
    Heartbeat,
    /// A request about an order failed without telling what became of it.
    Failed(ClientOrderId),
    /// Answer to `QueryOrder`.
    Order(OrderStatus),
    /// Answer to `QueryAccount`.
    Account(AccountStatus),
    /// The connection stands again.
    Connected,
    /// The connection is lost.
    Disconnected,
}

/// What follows from an event: inputs go into the engine first, requests leave when the engine's records are safe.
#[derive(Debug, Default)]
pub struct Effects {
    /// To send, in order.
    pub requests: Vec<Request>,
    /// To step, in order.
    pub inputs: Vec<Input<'static>>,
}

/// The gateway of one venue.
#[derive(Debug)]
pub struct Gateway {
    config: GatewayConfig,
    orders: BTreeMap<u64, Tracked>,
    /// When each order has to be looked at.
    wakes: BTreeSet<(Timestamp, u64)>,
    connected: bool,
    reconnect_at: Timestamp,
    last_heard: Timestamp,
    resync_at: Timestamp,
    account_query: Option<(u64, Timestamp)>,
    next_query: u64,
    /// Every trade up to here was heard, and those after it that were.
    trades_known: TradeId,
    trades_heard: BTreeSet<TradeId>,
}

impl Gateway {
    /// Makes a gateway that is not connected and asks for it at once.
    #[must_use]
    pub fn new(config: GatewayConfig, now: Timestamp) -> Self {
        Self {
            config,
            orders: BTreeMap::new(),
            wakes: BTreeSet::new(),
            connected: false,
            reconnect_at: now,
            last_heard: now,
            resync_at: now,
            account_query: None,
            next_query: 1,
            trades_known: TradeId(0),
            trades_heard: BTreeSet::new(),
        }
    }

    /// Makes a gateway after a restart: every open order is asked about, and one with an unanswered command is in doubt.
    #[must_use]
    pub fn recover(
        config: GatewayConfig,
        engine: &Engine,
        now: Timestamp,
        effects: &mut Effects,
    ) -> Self {
        let mut gateway = Self::new(config, now);
        gateway.trades_heard = engine.applied_trades().collect();
        // The venue knows nothing of an order that the engine holds.
        for order in engine.open_orders().filter(|order| order.held.is_none()) {
            let overlays = order.state.load().1;
            let mut tracked = Tracked::placed(order.intent, now);
            tracked.confirmed = !order.is_unshown();
            tracked.filled = order.cum_quantity;
            tracked.quantity = order.most();
            tracked.wants = order.pending.filter(|_| overlays.has(Overlays::PENDING_REPLACE));
            // A cancel because of the other order of a pair stays wanted after a refusal, which may have overtaken the placement.
            let gives_way = order.pairing.is_some_and(|pairing| pairing.cancel_asked);
            tracked.wants_cancel = gives_way || overlays.has(Overlays::PENDING_CANCEL);
            tracked.in_doubt = overlays.has(Overlays::IN_DOUBT);
            let id = order.intent.client_order_id;
            gateway.orders.insert(id.0, tracked);
            // An amendment without its overlay is one whose order lives after an end: what is in force has to be asked for.
            let asked = overlays != Overlays::NONE || order.pending.is_some();
            if order.is_unshown() || asked {
                gateway.lose_track(id, now, effects);
            }
        }
        gateway
    }

    /// Returns when `tick` has to be called at the latest.
    #[must_use]
    pub fn next_wake(&self) -> Timestamp {
        if !self.connected {
            return self.reconnect_at;
        }
        let silence = Timestamp(self.last_heard.0.saturating_add(self.config.silence_ns));
        let order = self.wakes.first().map_or(self.resync_at, |(ts, _)| *ts);
        order.min(silence).min(self.resync_at)
    }

    /// Returns whether every command is answered and nothing is in doubt.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.connected && self.wakes.is_empty() && self.account_query.is_none()
    }

    /// Takes a command of the engine.
    pub fn command(&mut self, command: Command, now: Timestamp, effects: &mut Effects) {
        match command {
            Command::Place(intent) => {
                let id = intent.client_order_id;
                let mut tracked = Tracked::placed(intent, now);
                tracked.places = u32::from(self.connected);
                self.orders.insert(id.0, tracked);
                self.send(id, Request::Place(intent), now, effects);
            }
            Command::Cancel(id) => {
                self.track(id).wants_cancel = true;
                self.send(id, Request::Cancel(id), now, effects);
            }
            Command::Replace(replacement) => {
                let id = replacement.client_order_id;
                let order = self.track(id);
                (order.wants, order.refused) = (Some(replacement), false);
                // It must not overtake the placement: a venue that does not know the order yet would refuse it, and take a
                // copy of it later.
                if order.confirmed {
                    self.send(id, Request::Replace(replacement), now, effects);
                }
            }
            Command::Query(id) => {
                if self.track(id).query.is_none() {
                    self.wake(id, Some(now));
                }
            }
        }
    }

    /// Sends a request about an order; without a connection nothing leaves, and the order is in doubt at once.
    fn send(&mut self, id: ClientOrderId, request: Request, now: Timestamp, effects: &mut Effects) {
        if !self.connected {
            return self.lose_track(id, now, effects);
        }
        effects.requests.push(request);
        self.wake(id, Some(after(now, self.config.answer_ns)));
    }

    /// Lets time pass: what is overdue is in doubt, asked about again, or repeated.
    pub fn tick(&mut self, now: Timestamp, effects: &mut Effects) {
        if !self.connected {
            if now >= self.reconnect_at {
                self.reconnect_at = after(now, self.config.backoff_ns.1);
                effects.requests.push(Request::Reconnect);
            }
            return;
        }
        if now.since(self.last_heard) >= self.config.silence_ns {
            return self.disconnect(now, effects);
        }
        if now >= self.resync_at {
            self.query_account(now, effects);
        }
        while let Some((_, id)) = self.wakes.first().copied().filter(|(ts, _)| *ts <= now) {
            self.look_at(ClientOrderId(id), now, effects);
        }
    }

    /// Takes what was heard.
    pub fn hear(&mut self, heard: Heard, now: Timestamp, effects: &mut Effects) {
        match heard {
            Heard::Report(report) => {
                self.last_heard = now;
                self.on_report(report, now, effects);
            }
            Heard::Heartbeat => self.last_heard = now,
            Heard::Failed(id) => {
                if self.orders.contains_key(&id.0) {
                    self.lose_track(id, now, effects);
                }
            }
            Heard::Order(status) => self.on_order_status(&status, now, effects),
            Heard::Account(status) => self.on_account_status(status, now, effects),
            Heard::Connected => self.connect(now, effects),
            Heard::Disconnected => self.disconnect(now, effects),
        }
    }

    fn connect(&mut self, now: Timestamp, effects: &mut Effects) {
        self.connected = true;
        self.last_heard = now;
        self.query_account(now, effects);
        let ids: Vec<u64> = self.orders.keys().copied().collect();
        for id in ids {
            self.wake(ClientOrderId(id), Some(now));
        }
    }

    fn disconnect(&mut self, now: Timestamp, effects: &mut Effects) {
        self.connected = false;
        self.reconnect_at = now;
        self.account_query = None;
        let open: Vec<u64> = self
            .orders
            .iter()
            .filter(|(_, order)| order.awaits_answer())
            .map(|(id, _)| *id)
            .collect();
        for id in open {
            self.lose_track(ClientOrderId(id), now, effects);
        }
        for order in self.orders.values_mut() {
            order.query = None;
        }
    }

    fn query_account(&mut self, now: Timestamp, effects: &mut Effects) {
        let query = self.take_query();
        self.account_query = Some((query, now));
        self.resync_at = after(now, self.config.resync_ns);
        effects.requests.push(Request::QueryAccount { query, trades_after: self.trades_known });
    }

    const fn take_query(&mut self) -> u64 {
        self.next_query += 1;
        self.next_query
    }

    /// An order of a gateway that has not placed it: one that came back after its end.
    fn track(&mut self, id: ClientOrderId) -> &mut Tracked {
        self.orders.entry(id.0).or_insert_with(Tracked::found)
    }

    /// Sets when an order has to be looked at.
    fn wake(&mut self, id: ClientOrderId, at: Option<Timestamp>) {
        let Some(order) = self.orders.get_mut(&id.0).filter(|order| order.wake != at) else {
            return;
        };
        if let Some(before) = std::mem::replace(&mut order.wake, at) {
            self.wakes.remove(&(before, id.0));
        }
        if let Some(at) = at {
            self.wakes.insert((at, id.0));
        }
    }

    fn forget(&mut self, id: ClientOrderId) {
        self.wake(id, None);
        self.orders.remove(&id.0);
    }

    fn lose_track(&mut self, id: ClientOrderId, now: Timestamp, effects: &mut Effects) {
        let Some(order) = self.orders.get_mut(&id.0) else { return };
        if !order.in_doubt && order.engine_open {
            order.in_doubt = true;
            effects.inputs.push(Input::LoseTrack { client_order_id: id, ts: now });
        }
        if order.query.is_none() {
            self.wake(id, Some(now));
        }
    }

    /// An order is due: its command or its query was not answered, or the wait between two queries is over.
    fn look_at(&mut self, id: ClientOrderId, now: Timestamp, effects: &mut Effects) {
        self.wake(id, None);
        if self.orders.get(&id.0).is_some_and(Tracked::awaits_answer) {
            self.lose_track(id, now, effects);
        }
        let (repeats_max, query) = (self.config.repeats_max, self.take_query());
        let Some(order) = self.orders.get_mut(&id.0) else { return };
        let repeat = !order.confirmed && (1..=repeats_max).contains(&order.places);
        if let Some(intent) = order.intent.filter(|_| repeat && order.query.is_none()) {
            // The id is the same, so that the venue knows a placement that it has already.
            order.places += 1;
            order.last_placed = now;
            effects.requests.push(Request::Place(intent));
        } else {
            order.query = Some((query, now));
            effects.requests.push(Request::QueryOrder { client_order_id: id, query });
        }
        self.wake(id, Some(after(now, self.config.answer_ns)));
    }

    /// Hands a report to the engine, stamped with the time here: a venue's clock may run back, the engine's may not.
    fn tell(&mut self, report: VenueReport, now: Timestamp, effects: &mut Effects) {
        if let Some(order) = self.orders.get_mut(&report.client_order_id.0) {
            // Any word of the venue ends the engine's doubt.
            order.in_doubt = false;
        }
        effects.inputs.push(Input::Report(VenueReport { ts_event: now, ..report }));
    }

    fn tell_kind(
        &mut self,
        id: ClientOrderId,
        kind: ReportKind,
        quantity: Quantity,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        let plain = VenueReport::without_fill(id, kind, now);
        self.tell(VenueReport { last_quantity: quantity, ..plain }, now, effects);
    }

    /// Tells what became of an amendment; its number tells the engine which one is meant.
    fn tell_amendment(
        &mut self,
        kind: ReportKind,
        form: &Replacement,
        now: Timestamp,
        effects: &mut Effects,
    ) {
        let report = VenueReport {
            last_price: form.limit_price.unwrap_or(Price::ZERO),
            last_quantity: form.quantity,
            amendment: (form.number > 0).then_some(form.number),
            ..VenueReport::without_fill(form.client_order_id, kind, now)
        };
        self.tell(report, now, effects);
    }
}

/// Returns the instant so much later.
const fn after(now: Timestamp, span_ns: i64) -> Timestamp {
    Timestamp(now.0.saturating_add(span_ns))
}
