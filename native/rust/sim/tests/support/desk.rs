//! An engine with nothing behind it: the test is the venue, and can answer in any order.

use super::{config, flat_bar};
use holdfast_core::{
    Amendment, Amount, BaseState, ClientOrderId, Order, OrderIntent, Overlays, Price, Quantity,
    ReportKind, Result, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::sink::NoSink;
use holdfast_engine::{Command, Engine, EngineConfig, Input};
use holdfast_risk::Verdict;

pub struct Desk {
    pub engine: Engine,
    pub commands: Vec<Command>,
}

impl Desk {
    /// Opens a desk on which the first bar has closed at 100.00.
    pub fn new() -> Self {
        Self::with(&config().engine)
    }

    pub fn with(config: &EngineConfig) -> Self {
        let mut desk = Self { engine: Engine::new(config).unwrap(), commands: Vec::new() };
        desk.step(&Input::Bar(flat_bar(0, 10_000))).unwrap();
        desk
    }

    pub fn step(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>> {
        self.engine.step(input, &mut NoSink, &mut self.commands)
    }

    pub fn now(&self) -> Timestamp {
        self.engine.now()
    }

    /// Submits, and returns id and verdict.
    pub fn judge(&mut self, intent: OrderIntent) -> (u64, Box<Verdict>) {
        let id = self.engine.next_client_order_id();
        let intent = OrderIntent { client_order_id: id, ts_intent: self.now(), ..intent };
        (id.0, self.step(&Input::Submit(intent)).unwrap().unwrap())
    }

    /// Submits under a key, and returns the id of the verdict's order.
    pub fn submit_once(&mut self, intent: OrderIntent, key: u128) -> Result<u64> {
        let client_order_id = self.engine.next_client_order_id();
        let intent = OrderIntent { client_order_id, ts_intent: self.now(), ..intent };
        let verdict = self.step(&Input::SubmitOnce { intent, key })?.unwrap();
        Ok(verdict.client_order_id.0)
    }

    /// Submits an order that must be approved.
    pub fn submit(&mut self, intent: OrderIntent) -> u64 {
        let (id, verdict) = self.judge(intent);
        assert!(verdict.approved(), "{:?}", verdict.checks().collect::<Vec<_>>());
        id
    }

    /// Submits, and lets the venue accept.
    pub fn rest(&mut self, intent: OrderIntent) -> u64 {
        let id = self.submit(intent);
        self.report(id, ReportKind::Accepted).unwrap();
        id
    }

    pub fn cancel(&mut self, id: u64) -> Result<()> {
        let ts = self.now();
        self.step(&Input::Cancel { client_order_id: ClientOrderId(id), ts }).map(|_| ())
    }

    pub fn amend(
        &mut self,
        id: u64,
        lots: Option<i64>,
        limit: Option<i64>,
    ) -> Result<Box<Verdict>> {
        let amendment = Amendment {
            client_order_id: ClientOrderId(id),
            quantity: lots.map(Quantity::from_lots),
            limit_price: limit.map(Price::from_ticks),
            trigger_price: None,
            ts: self.now(),
        };
        self.step(&Input::Amend(amendment)).map(Option::unwrap)
    }

    pub fn told(&self, id: u64, kind: ReportKind) -> VenueReport {
        VenueReport::without_fill(ClientOrderId(id), kind, self.now())
    }

    pub fn hear(&mut self, report: VenueReport) -> Result<()> {
        self.step(&Input::Report(report)).map(|_| ())
    }

    pub fn report(&mut self, id: u64, kind: ReportKind) -> Result<()> {
        self.hear(self.told(id, kind))
    }

    pub fn replaced(&mut self, id: u64, lots: i64) -> Result<()> {
        let last_quantity = Quantity::from_lots(lots);
        self.hear(VenueReport { last_quantity, ..self.told(id, ReportKind::Replaced) })
    }

    pub fn fill_report(&self, id: u64, trade: u64, lots: i64) -> VenueReport {
        VenueReport {
            trade_id: TradeId(trade),
            last_price: Price::from_ticks(10_000),
            last_quantity: Quantity::from_lots(lots),
            fee: Amount::from_raw(7),
            ..self.told(id, ReportKind::Fill)
        }
    }

    pub fn fill(&mut self, id: u64, trade: u64, lots: i64) -> Result<()> {
        self.hear(self.fill_report(id, trade, lots))
    }

    pub fn order(&self, id: u64) -> Option<&Order> {
        self.engine.open_orders().find(|order| order.intent.client_order_id.0 == id)
    }

    /// State and overlays of an open order.
    pub fn state(&self, id: u64) -> Option<(BaseState, Overlays)> {
        self.order(id).map(|order| (order.state.load().0, order.state.load().1))
    }

    /// Position, reserved buys and reserved sells.
    pub fn case(&self) -> (i64, i64, i64) {
        let case = self.engine.instruments()[0].case;
        (case.position, case.open_buy, case.open_sell)
    }
}
