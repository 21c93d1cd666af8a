//! What the tests of reconciliation share: an engine with its records, and a venue that has what it has.
#![allow(dead_code)]

use crate::desk;
use crate::random_run::{Driven, Stream};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Amendment, Amount, ClientOrderId, InstrumentId, InstrumentKind, OrderType, Overlays, Price,
    Quantity, ReportKind, Result, Side, TimeInForce, Timestamp, Trade, TradeId, VenueReport,
};
use holdfast_engine::reconciliation::{Decision, DecisionKind, Difference, ItemId};
use holdfast_engine::venue_snapshot::{
    VenueBalance, VenueFill, VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_engine::{
    AccountSpec, Command, CurrencyId, Engine, EngineConfig, Input, PositionMode, Replica, Sink,
};

/// An engine with its records and the commands that it gave.
pub struct Bench {
    pub engine: Engine,
    pub stream: Stream,
    pub commands: Vec<Command>,
}

impl Driven for Bench {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn take(&mut self, input: &Input<'_>) -> Result<()> {
        self.engine.step(input, &mut self.stream, &mut self.commands).map(|_| ())
    }
}

impl Bench {
    pub fn new(config: &EngineConfig) -> Self {
        let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
        let mut stream = Stream::default();
        stream.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
        Self { engine: Engine::new(config).unwrap(), stream, commands: Vec::new() }
    }

    pub fn compare(&mut self, told: &VenueSnapshot) -> Vec<(ItemId, Difference)> {
        self.take(&Input::VenueState(told)).unwrap();
        self.items()
    }

    pub fn items(&self) -> Vec<(ItemId, Difference)> {
        self.engine.open_items().map(|item| (item.id, item.difference.clone())).collect()
    }

    pub fn decide(&mut self, item: ItemId, kind: DecisionKind, reason: &str) -> Result<()> {
        let ts = self.engine.now();
        self.take(&Input::Decide(Decision { item, kind, reason, ts }))
    }

    /// The journal gives the same engine again.
    pub fn replays(&self) {
        let mut replica = Replica::default();
        self.stream.each(|record, _| replica.apply(record).unwrap());
        assert_eq!(replica.engine().unwrap().image(), self.engine.image());
    }
}

/// What a venue would say that has exactly what the engine has.
pub fn mirror(engine: &Engine) -> VenueSnapshot {
    let now = engine.now();
    let orders = engine.open_orders().filter(|order| order.held.is_none()).map(|order| {
        let intent = &order.intent;
        VenueOrder {
            venue_order_id: format!("V{}", intent.client_order_id.0),
            client_order_id: Some(intent.client_order_id),
            instrument: intent.instrument,
            side: intent.side,
            order_type: intent.order_type,
            time_in_force: intent.time_in_force,
            reduce_only: intent.reduce_only,
            status: VenueOrderStatus::Open,
            quantity: order.quantity,
            filled: order.cum_quantity,
            average_price: None,
            limit_price: intent.limit_price,
            trigger_price: intent.trigger_price,
            terms: intent.terms,
        }
    });
    let mut positions = Vec::new();
    for (index, state) in engine.instruments().iter().enumerate() {
        for (is_short, leg) in [(false, &state.position), (true, &state.short)] {
            if leg.lots() != Quantity::ZERO && !(is_short && leg.lots() > Quantity::ZERO) {
                positions.push(VenuePosition {
                    instrument: InstrumentId(index as u32),
                    is_short,
                    lots: leg.lots(),
                    average_price: None,
                });
            }
        }
    }
    let balances = engine.wallets().all().enumerate().map(|(place, wallet)| VenueBalance {
        currency: CurrencyId(place as u16),
        cash: wallet.account.cash,
    });
    VenueSnapshot {
        ts_event: Timestamp(now.0 + 1),
        orders_complete_until: Some(now),
        fills_complete_from: Some(Timestamp(0)),
        positions_complete: true,
        orders: orders.collect(),
        fills: Vec::new(),
        positions,
        balances: balances.collect(),
    }
}

pub fn spot() -> EngineConfig {
    desk::config(vec![desk::spec(InstrumentKind::Spot)], "1000000", Default::default())
}

pub const BTC: InstrumentId = InstrumentId(0);

pub fn lots(count: i64) -> Quantity {
    Quantity::from_lots(count)
}

pub fn px(ticks: i64) -> Price {
    Price::from_ticks(ticks)
}

/// A bench with a market at 1,000 ticks and orders of ten lots that rest.
pub fn resting(orders: usize) -> Bench {
    let mut bench = Bench::new(&spot());
    let trade = Trade {
        instrument: BTC,
        ts_event: Timestamp(1_000_000_000),
        price: px(1_000),
        quantity: lots(1),
        aggressor_side: Side::Buy,
    };
    bench.take(&Input::Trade(trade)).unwrap();
    for _ in 0..orders {
        let id = bench.engine.next_client_order_id();
        let mut intent = external(1, 10).intent_for_test(id);
        intent.ts_intent = bench.engine.now();
        bench.take(&Input::Submit(intent)).unwrap();
        report(&mut bench, id, ReportKind::Accepted);
    }
    bench
}

pub fn report(bench: &mut Bench, id: ClientOrderId, kind: ReportKind) {
    let ts = bench.engine.now();
    bench.take(&Input::Report(VenueReport::without_fill(id, kind, ts))).unwrap();
}

pub trait Intent {
    fn intent_for_test(&self, id: ClientOrderId) -> holdfast_core::OrderIntent;
}

impl Intent for VenueOrder {
    fn intent_for_test(&self, id: ClientOrderId) -> holdfast_core::OrderIntent {
        holdfast_core::OrderIntent {
            client_order_id: id,
            parent: ClientOrderId::NONE,
            instrument: self.instrument,
            side: self.side,
            order_type: self.order_type,
            time_in_force: self.time_in_force,
            role: holdfast_core::OrderRole::Strategy,
            reduce_only: self.reduce_only,
            quantity: self.quantity,
            limit_price: self.limit_price,
            trigger_price: self.trigger_price,
            stop_loss: None,
            take_profit: None,
            terms: holdfast_core::OrderTerms::default(),
            ts_intent: Timestamp(0),
        }
    }
}

pub fn external(number: u32, quantity: i64) -> VenueOrder {
    VenueOrder {
        venue_order_id: format!("X{number}"),
        client_order_id: None,
        instrument: BTC,
        side: Side::Buy,
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        status: VenueOrderStatus::Open,
        quantity: lots(quantity),
        filled: Quantity::ZERO,
        average_price: None,
        limit_price: Some(px(990)),
        trigger_price: None,
        terms: holdfast_core::OrderTerms::default(),
    }
}

pub fn fill(trade_id: u64, of: &VenueOrder, quantity: i64, ticks: i64) -> VenueFill {
    VenueFill {
        trade_id: TradeId(trade_id),
        venue_order_id: of.venue_order_id.clone(),
        client_order_id: of.client_order_id,
        instrument: of.instrument,
        side: of.side,
        moves_short: false,
        price: px(ticks),
        quantity: lots(quantity),
        fee: Amount::ZERO,
        fee_currency: 0,
        ts_event: Timestamp(1),
    }
}

pub fn position(bench: &Bench) -> i64 {
    bench.engine.instruments()[0].position.lots().lots()
}

pub const FIRST: ClientOrderId = ClientOrderId(1);

/// Names of differences, sorted.
pub fn names(items: &[(ItemId, Difference)]) -> Vec<&'static str> {
    let mut names: Vec<&str> = items.iter().map(|(_, each)| each.name()).collect();
    names.sort_unstable();
    names
}

pub fn item_named(items: &[(ItemId, Difference)], name: &str) -> ItemId {
    items.iter().find(|(_, each)| each.name() == name).unwrap().0
}

pub fn overlays(bench: &Bench, id: ClientOrderId) -> Overlays {
    bench.engine.open_order(id).unwrap().state.load().1
}

pub fn later(told: &mut VenueSnapshot, bench: &Bench) {
    told.ts_event = Timestamp(told.ts_event.0.max(bench.engine.now().0) + 1);
}

pub fn filled(bench: &mut Bench, id: ClientOrderId, trade: u64, quantity: i64, ticks: i64) {
    let report = VenueReport {
        trade_id: TradeId(trade),
        last_price: px(ticks),
        last_quantity: lots(quantity),
        ..VenueReport::without_fill(id, ReportKind::Fill, bench.engine.now())
    };
    bench.take(&Input::Report(report)).unwrap();
}

pub fn amended(bench: &mut Bench, quantity: Option<i64>, ticks: Option<i64>) {
    let amendment = Amendment {
        client_order_id: FIRST,
        quantity: quantity.map(lots),
        limit_price: ticks.map(px),
        trigger_price: None,
        ts: bench.engine.now(),
    };
    bench.take(&Input::Amend(amendment)).unwrap();
    assert!(bench.engine.open_order(FIRST).unwrap().pending.is_some());
}

pub fn hedging() -> Bench {
    let account = AccountSpec { position_mode: PositionMode::Hedging, ..AccountSpec::default() };
    let spec = desk::spec(InstrumentKind::Linear);
    Bench::new(&desk::config(vec![spec], "1000000", account))
}

pub fn count(bench: &Bench, kind: RecordKind) -> usize {
    let mut count = 0;
    bench.stream.each(|record, _| count += usize::from(record.kind == kind));
    count
}
