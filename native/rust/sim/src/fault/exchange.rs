//! The exchange that misbehaves: it matches orders honestly, and tells of them as the faults in force let it.

use super::kind::{FaultKind, Windows};
use super::network::Delivery;
use super::placements::Placements;
use super::random::Random;
use super::setting::{LATE_NS_MAX, WINDOW_NS};
use super::waiting;
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    Amount, ClientOrderId, OrderIntent, Price, Quantity, Replacement, ReportKind, Side,
    TimeInForce, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::gateway::{AccountStatus, Heard, OpenOrder, OrderStatus, Request, StatusOf};

/// Fee of one lot: 0.001 of the quote currency.
const FEE_PER_LOT_RAW: i128 = 1_000_000_000_000_000;

/// The truth about one order.
#[derive(Debug)]
pub(super) struct Placed {
    pub intent: OrderIntent,
    pub filled: i64,
    /// How it ended; `None` while it is open.
    pub end: Option<ReportKind>,
    /// Whether the venue said that it rejected it, which was not true.
    pub denied_falsely: bool,
    /// Number of the amendment in force.
    amended: u32,
    triggered: bool,
    /// When it was taken, and the best price since, which a trailing stop follows.
    taken: Timestamp,
    best: i64,
    silent: bool,
    fills: Vec<VenueReport>,
}

impl Placed {
    pub const fn quantity(&self) -> i64 {
        self.intent.quantity.lots()
    }

    /// What can still fill.
    pub const fn leaves(&self) -> i64 {
        if self.end.is_some() { 0 } else { self.quantity() - self.filled }
    }
}

/// What the exchange sends, with what it takes longer than usual.
#[derive(Debug)]
pub(super) struct Sent {
    pub extra_ns: i64,
    pub delivery: Delivery,
}

#[derive(Debug)]
pub(super) struct Exchange {
    pub orders: Placements,
    pub open: Vec<u64>,
    pub prices: Vec<i64>,
    pub positions: Vec<i64>,
    /// All fills; the trade id of one is its place plus one.
    pub fills: Vec<VenueReport>,
    /// Difference of the venue's clock.
    pub clock_offset_ns: i64,
    pub stream_silent: bool,
    /// What the outage swallows: commands, queries, or both.
    pub outage_detail: u64,
    pub windows: Windows,
    pub outbox: Vec<Sent>,
    /// The process that is connected.
    pub process: u32,
    /// Fee of one lot of each instrument, in counts of 10⁻¹⁸.
    pub fees: Vec<i128>,
    random: Random,
    now: i64,
}

impl Exchange {
    pub fn new(seed: u64, prices: Vec<i64>) -> Self {
        Self {
            orders: Placements::default(),
            open: Vec::new(),
            positions: vec![0; prices.len()],
            fees: vec![FEE_PER_LOT_RAW; prices.len()],
            prices,
            fills: Vec::new(),
            clock_offset_ns: 0,
            stream_silent: true,
            outage_detail: 0,
            windows: Windows::default(),
            outbox: Vec::new(),
            process: 0,
            random: Random::new(seed, 3),
            now: 0,
        }
    }

    fn active(&self, kind: FaultKind) -> bool {
        self.windows.active(kind, self.now)
    }

    /// Takes a request that arrived.
    pub fn request(&mut self, request: Request, sent: Timestamp, now: i64) {
        self.now = now;
        let is_query = matches!(request, Request::QueryOrder { .. } | Request::QueryAccount { .. });
        let swallowed = match self.outage_detail % 3 {
            0 => is_query,
            1 => !is_query,
            _ => true,
        };
        if self.active(FaultKind::Outage) && swallowed {
            return;
        }
        match request {
            Request::Place(intent) => self.on_place(intent, sent),
            Request::Cancel(id) => self.cancel(id),
            Request::Replace(replacement) => self.replace(&replacement),
            Request::QueryOrder { client_order_id, query } => {
                self.tell_order(client_order_id, query)
            }
            Request::QueryAccount { query, trades_after } => self.tell_account(query, trades_after),
            Request::Reconnect => {
                self.stream_silent = false;
                self.answer(Heard::Connected);
            }
        }
    }

    const fn clock(&self) -> Timestamp {
        Timestamp(self.now + self.clock_offset_ns)
    }

    fn on_place(&mut self, intent: OrderIntent, sent: Timestamp) {
        if self.orders.contains_key(&intent.client_order_id.0) {
            return;
        }
        if self.clock().0.abs_diff(sent.0) > WINDOW_NS.unsigned_abs() {
            return;
        }
        if self.active(FaultKind::LateAccept) && self.random.chance(500) {
            self.answer(Heard::Failed(intent.client_order_id));
            let extra_ns = self.random.between(0, LATE_NS_MAX - 100_000_000);
            return self.outbox.push(Sent { extra_ns, delivery: Delivery::Late(intent) });
        }
        self.take(intent, self.now);
    }

    /// Takes an order into the book and fills what it can.
    pub fn take(&mut self, intent: OrderIntent, now: i64) {
        self.now = now;
        let id = intent.client_order_id;
        if self.orders.contains_key(&id.0) {
            return;
        }
        let denied_falsely = self.active(FaultKind::WrongReject) && self.random.chance(300);
        let silent = self.active(FaultKind::SilentAccept) && self.random.chance(500);
        let placed = Placed {
            intent,
            filled: 0,
            end: None,
            denied_falsely,
            amended: 0,
            triggered: !intent.order_type.waits(),
            taken: self.clock(),
            best: self.prices.get(intent.instrument.index()).copied().unwrap_or(0),
            silent,
            fills: Vec::new(),
        };
        self.orders.insert(placed);
        self.open.push(id.0);
        // One order in fifty is truly rejected.
        let nothing_to_reduce = intent.reduce_only && self.reducible(&intent) == 0;
        let market = self.prices.get(intent.instrument.index()).copied();
        let refused = nothing_to_reduce || waiting::takes_though_post_only(&intent, market);
        if !denied_falsely && (refused || self.random.chance(20)) {
            return self.end(id, ReportKind::Rejected);
        }
        let kind = if denied_falsely { ReportKind::Rejected } else { ReportKind::Accepted };
        let late = self.active(FaultKind::AckAfterFill) && self.random.chance(700);
        let extra_ns = if late { self.random.between(50_000_000, 1_000_000_000) } else { 0 };
        self.report(VenueReport::without_fill(id, kind, self.clock()), extra_ns);
        self.try_fill(id.0);
        if matches!(intent.time_in_force, TimeInForce::Ioc | TimeInForce::Fok) {
            self.end(id, ReportKind::Expired);
        }
    }

    fn cancel(&mut self, id: ClientOrderId) {
        if self.orders.get(&id.0).is_some_and(|order| order.end.is_none()) {
            return self.end(id, ReportKind::Canceled);
        }
        self.report(VenueReport::without_fill(id, ReportKind::CancelRejected, self.clock()), 0);
    }

    /// Takes an amendment that follows the form in force. One that is in force already is told again; any other is refused,
    /// so that a copy which comes late changes nothing.
    fn replace(&mut self, asked: &Replacement) {
        let (id, quantity) = (asked.client_order_id, asked.quantity);
        let open = self.orders.get_mut(&id.0).filter(|order| order.end.is_none());
        let in_force = open.is_some_and(|order| {
            if order.amended == asked.follows && quantity.lots() > order.filled {
                order.intent = asked.on(&order.intent);
                order.amended = asked.number;
            }
            order.amended == asked.number
        });
        let kind = if in_force { ReportKind::Replaced } else { ReportKind::ReplaceRejected };
        let plain = VenueReport {
            amendment: Some(asked.number),
            ..VenueReport::without_fill(id, kind, self.clock())
        };
        let last_price = asked.limit_price.unwrap_or(Price::ZERO);
        self.report(VenueReport { last_price, last_quantity: quantity, ..plain }, 0);
    }

    /// What a reduce-only order on this side can take off the position.
    fn reducible(&self, intent: &OrderIntent) -> i64 {
        let position = self.positions.get(intent.instrument.index()).copied().unwrap_or(0);
        (-intent.side.signed(position)).max(0)
    }

    /// Ends an open order, and tells what it has filled.
    fn end(&mut self, id: ClientOrderId, kind: ReportKind) {
        let Some(order) = self.orders.get_mut(&id.0).filter(|order| order.end.is_none()) else {
            return;
        };
        order.end = Some(kind);
        let filled = Quantity::from_lots(order.filled);
        self.open.retain(|open| *open != id.0);
        if kind != ReportKind::Fill {
            let plain = VenueReport::without_fill(id, kind, self.clock());
            self.report(VenueReport { last_quantity: filled, ..plain }, 0);
        }
    }

    /// Others trade at a price: what rests may fill.
    pub fn trade(&mut self, instrument: u32, price: i64, now: i64) {
        self.now = now;
        if let Some(known) = self.prices.get_mut(instrument as usize) {
            *known = price;
        }
        let mut place = 0;
        while let Some(id) = self.open.get(place).copied() {
            let here = self.orders.get(&id).is_some_and(|o| o.intent.instrument.0 == instrument);
            if here && !self.expire(id) {
                self.try_fill(id);
            }
            if self.open.get(place) == Some(&id) {
                place += 1;
            }
        }
    }

    /// Ends an order whose time is over.
    fn expire(&mut self, id: u64) -> bool {
        let clock = self.clock();
        let over = self.orders.get(&id).filter(|o| waiting::is_over(&o.intent, o.taken, clock));
        let Some(id) = over.map(|order| order.intent.client_order_id) else { return false };
        self.end(id, ReportKind::Expired);
        true
    }

    fn try_fill(&mut self, id: u64) {
        let Some(order) = self.orders.get_mut(&id) else { return };
        let intent = order.intent;
        let Some(price) = self.prices.get(intent.instrument.index()).copied() else { return };
        let reached =
            |level: Option<Price>, above: bool| {
                level.is_none_or(|level| {
                    if above { price >= level.ticks() } else { price <= level.ticks() }
                })
            };
        let buys = intent.side == Side::Buy;
        if !order.triggered {
            if !waiting::is_met(&intent, &mut order.best, price) {
                return;
            }
            order.triggered = true;
            let triggered = VenueReport::without_fill(
                intent.client_order_id,
                ReportKind::Triggered,
                self.clock(),
            );
            self.report(triggered, 0);
        }
        if reached(intent.limit_price, !buys) {
            self.fill(id, price);
        }
    }

    fn fill(&mut self, id: u64, price: i64) {
        let Some(order) = self.orders.get(&id) else { return };
        let (intent, mut most) = (order.intent, order.leaves());
        if intent.reduce_only {
            most = most.min(self.reducible(&intent));
            if most == 0 {
                return self.end(intent.client_order_id, ReportKind::Canceled);
            }
        }
        if most <= 0 {
            return;
        }
        let whole = self.random.chance(400) || intent.time_in_force == TimeInForce::Fok;
        let lots = if whole { most } else { self.random.between(1, most) };
        let fee = self.fees.get(intent.instrument.index()).copied().unwrap_or(FEE_PER_LOT_RAW);
        let Some(order) = self.orders.get_mut(&id) else { return };
        let report = VenueReport {
            trade_id: TradeId(self.fills.len() as u64 + 1),
            last_price: Price::from_ticks(price),
            last_quantity: Quantity::from_lots(lots),
            liquidity_side: LiquiditySide::Taker,
            fee: Amount::from_raw(fee * i128::from(lots)),
            ..VenueReport::without_fill(
                intent.client_order_id,
                ReportKind::Fill,
                Timestamp(self.now + self.clock_offset_ns),
            )
        };
        order.filled += lots;
        order.fills.push(report);
        let complete = order.filled == order.quantity();
        self.fills.push(report);
        if let Some(position) = self.positions.get_mut(intent.instrument.index()) {
            *position += intent.side.signed(lots);
        }
        self.report(report, 0);
        if complete {
            self.end(intent.client_order_id, ReportKind::Fill);
        }
    }

    fn report(&mut self, report: VenueReport, extra_ns: i64) {
        let silent = self.orders.get(&report.client_order_id.0).is_some_and(|order| order.silent);
        if !silent {
            self.stream(Heard::Report(report), extra_ns);
        }
    }

    fn stream(&mut self, heard: Heard, extra_ns: i64) {
        if self.active(FaultKind::StreamExpiry) {
            self.stream_silent = true;
        }
        if !self.stream_silent {
            let delivery = Delivery::ToGateway { heard, process: self.process };
            self.outbox.push(Sent { extra_ns, delivery });
        }
    }

    pub fn heartbeat(&mut self, now: i64) {
        self.now = now;
        self.stream(Heard::Heartbeat, 0);
    }

    fn answer(&mut self, heard: Heard) {
        let delivery = Delivery::ToGateway { heard, process: self.process };
        self.outbox.push(Sent { extra_ns: 0, delivery });
    }

    fn tell_order(&mut self, id: ClientOrderId, query: u64) {
        let order = self.orders.get(&id.0);
        let nothing = Replacement {
            client_order_id: id,
            quantity: Quantity::ZERO,
            limit_price: None,
            trigger_price: None,
            number: 0,
            follows: 0,
        };
        let status = order
            .map_or(StatusOf::Unknown, |order| order.end.map_or(StatusOf::Open, StatusOf::Ended));
        self.answer(Heard::Order(OrderStatus {
            query,
            client_order_id: id,
            status,
            in_force: order.map_or(nothing, |order| Replacement {
                number: order.amended,
                ..Replacement::of_intent(&order.intent)
            }),
            fills: order.map_or_else(Vec::new, |order| order.fills.clone()),
        }));
    }

    fn tell_account(&mut self, query: u64, trades_after: TradeId) {
        let open = self.open.iter().filter_map(|id| self.orders.get(id)).map(|order| OpenOrder {
            client_order_id: order.intent.client_order_id,
            quantity: order.intent.quantity,
            filled: Quantity::from_lots(order.filled),
        });
        let fills = self.fills.get(trades_after.0 as usize..).unwrap_or_default().to_vec();
        let status = AccountStatus { query, open: open.collect(), fills };
        self.answer(Heard::Account(status));
    }
}
