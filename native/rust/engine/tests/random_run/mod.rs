//! Random runs of an engine with everything it can hold: two instruments, three currencies, lists, keys, amendments, numbered
//! reports, doubt, modes, rates and interest. Most inputs fit, some do not; every record goes into one stream.
#![allow(dead_code)]

mod outside;

use holdfast_core::journal_record::{Chain, Record, RecordKind};
use holdfast_core::wire::Encode;
use holdfast_core::{
    Amendment, Amount, Bar, ClientOrderId, Code, Contingency, InstrumentId, InstrumentKind,
    OrderIntent, OrderRole, OrderTerms, OrderType, Price, Quantity, Quote, Rate, ReportKind,
    Result, Side, TimeInForce, Timestamp, Trade, TradeId, TradingMode, TrailingDistance,
    VenueReport,
};
use holdfast_engine::account_spec::{BalanceSpec, BorrowSpec, InterestPeriod, RateSourceSpec};
use holdfast_engine::reconciliation::{Decision, DecisionKind, ItemId};
use holdfast_engine::self_trade::SelfTradePolicy;
use holdfast_engine::{
    AccountSpec, Command, CurrencyId, Engine, EngineConfig, Funding, Input, OrderList,
    PositionMode, RateChanged, Sink,
};
use holdfast_risk::limit_schedule::LimitsChange;
use proptest::prelude::*;

use crate::desk::{config, spec};
pub use outside::limits_of;
use outside::{measured, signal, venue_word};

/// One act of a run; the numbers choose among what is possible at the moment.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    pub kind: u8,
    pub which: u8,
    pub number: i64,
    pub flag: bool,
    pub wait_ms: i64,
}

pub fn acts(most: usize) -> impl Strategy<Value = Vec<Act>> {
    let wait = prop_oneof![8 => 0_i64..3_000, 1 => Just(90_000_000_i64)];
    let act = (0_u8..39, any::<u8>(), 1_i64..40, any::<bool>(), wait).prop_map(
        |(kind, which, number, flag, wait_ms)| Act { kind, which, number, flag, wait_ms },
    );
    prop::collection::vec(act, 5..most)
}

/// A configuration with every part of the account in use.
pub fn rich_config(hedging: bool) -> EngineConfig {
    let account = AccountSpec {
        currency: Some("USD".into()),
        position_mode: if hedging { PositionMode::Hedging } else { PositionMode::Netting },
        balances: vec![BalanceSpec { currency: "EUR".into(), amount: "1000".into() }],
        rate_sources: vec![RateSourceSpec { currency: "BTC".into(), instrument: 0 }],
        rate_age_ms_max: Some("unlimited".into()),
        borrow: vec![BorrowSpec {
            currency: "USD".into(),
            rate_frac: "0.001".into(),
            per: InterestPeriod::Day,
        }],
    };
    let instruments = vec![
        spec(InstrumentKind::Spot),
        spec(InstrumentKind::Linear),
        spec(InstrumentKind::Inverse),
    ];
    let mut config = config(instruments, "100000", account);
    config.limits.orders_per_minute_max = "20".into();
    config.limits.daily_trades_max = "50".into();
    config.limits.daily_loss_frac_max = "0.5".into();
    config.limits.drawdown_frac_max = "0.6".into();
    config.limits = limits_of(&config.limits, 0);
    config.emulated_order_types = vec!["trailing_stop".into()];
    config.orders.self_trade.policy = SelfTradePolicy::CancelOldest;
    config.max_open_orders = 24;
    config.orders.idempotency_max = 25;
    config
}

/// Records in memory, as a journal has them.
#[derive(Debug, Default)]
pub struct Stream {
    pub chain: Chain,
    pub bytes: Vec<u8>,
}

impl Sink for Stream {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        self.chain.append(&mut self.bytes, kind, ts, content)
    }
}

impl Stream {
    /// Shows every record with the bytes before it.
    pub fn each(&self, mut visit: impl FnMut(&Record<'_>, Chain)) {
        let (mut chain, mut offset) = (Chain::default(), 0);
        loop {
            let before = chain;
            let Some(record) = chain.verify(&self.bytes[offset..]).unwrap() else { break };
            offset += record.bytes;
            visit(&record, before);
        }
    }
}

/// What drives an engine through a run, whatever holds it.
pub trait Driven {
    fn engine(&self) -> &Engine;
    fn take(&mut self, input: &Input<'_>) -> Result<()>;
}

/// An engine whose records go into a stream.
pub struct Recorded {
    pub engine: Engine,
    pub stream: Stream,
}

impl Driven for Recorded {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn take(&mut self, input: &Input<'_>) -> Result<()> {
        self.engine.step(input, &mut self.stream, &mut Vec::new()).map(|_| ())
    }
}

#[derive(Clone)]
pub struct Player {
    now: i64,
    trade: u64,
    sequence: u64,
    commands: Vec<Command>,
}

impl Default for Player {
    fn default() -> Self {
        Self { now: 1_000_000_000, trade: 0, sequence: 0, commands: Vec::new() }
    }
}

const NOT_FITTING: [Code; 18] = [
    Code::RiskMeasureInvalid,
    Code::ReconciliationItemUnknown,
    Code::ReconciliationDecisionInvalid,
    Code::VenueSnapshotStale,
    Code::OrderInvalid,
    Code::OrderUnknown,
    Code::AmendInvalid,
    Code::FillInvalid,
    Code::FillConflict,
    Code::ReportMismatch,
    Code::IdempotencyConflict,
    Code::OrderTransitionIllegal,
    Code::CapacityExhausted,
    Code::RateInvalid,
    Code::EventInvalid,
    Code::CurrencyUnknown,
    Code::LimitsInvalid,
    Code::LimitsLooseningDenied,
];

impl Player {
    pub fn play(&mut self, driven: &mut impl Driven, acts: &[Act]) {
        for act in acts {
            self.now += act.wait_ms * 1_000_000;
            if let Err(error) = self.act(driven, act) {
                assert!(NOT_FITTING.contains(&error.code()), "{act:?} {error:?}");
            }
        }
    }

    fn intent(&self, driven: &impl Driven, act: &Act) -> OrderIntent {
        let ticks = 1_000 + act.number;
        let kinds = [
            OrderType::Market,
            OrderType::Limit,
            OrderType::StopMarket,
            OrderType::StopLimit,
            OrderType::TrailingStop,
            OrderType::Limit,
        ];
        let order_type = kinds[act.which as usize % kinds.len()];
        let terms = OrderTerms {
            trailing: (order_type == OrderType::TrailingStop)
                .then_some(TrailingDistance::Ticks(act.number)),
            ..OrderTerms::default()
        };
        OrderIntent {
            client_order_id: driven.engine().next_client_order_id(),
            parent: ClientOrderId::NONE,
            instrument: InstrumentId(u32::from(act.which) % 3),
            side: if act.flag { Side::Buy } else { Side::Sell },
            order_type,
            time_in_force: TimeInForce::Gtc,
            role: OrderRole::Strategy,
            reduce_only: act.which.is_multiple_of(11),
            quantity: Quantity::from_lots(act.number),
            limit_price: order_type.has_limit().then_some(Price::from_ticks(ticks)),
            trigger_price: order_type.has_trigger().then_some(Price::from_ticks(ticks)),
            stop_loss: (!act.which.is_multiple_of(11) && act.which % 3 == 1)
                .then_some(Price::from_ticks(if act.flag { 900 } else { 1_200 })),
            take_profit: (!act.which.is_multiple_of(11) && act.which % 5 == 1)
                .then_some(Price::from_ticks(if act.flag { 1_200 } else { 900 })),
            terms,
            ts_intent: Timestamp(self.now),
        }
    }

    fn open(&self, driven: &impl Driven, act: &Act) -> ClientOrderId {
        let open: Vec<ClientOrderId> =
            driven.engine().open_orders().map(|order| order.intent.client_order_id).collect();
        // Now and then an order that ended, or one that never was.
        match open.get(act.which as usize % open.len().max(1)) {
            Some(id) if act.number != 7 => *id,
            _ => ClientOrderId(u64::from(act.which % 16) + 1),
        }
    }

    fn report(&mut self, driven: &impl Driven, act: &Act, kind: ReportKind) -> VenueReport {
        let id = self.open(driven, act);
        let plain = VenueReport::without_fill(id, kind, Timestamp(self.now - 1));
        let instrument = driven.engine().order(id).map(|order| order.intent.instrument);
        let sequence = (act.which.is_multiple_of(4)).then(|| {
            self.sequence += 1 + u64::from(act.which.is_multiple_of(12));
            self.sequence
        });
        let numbered = VenueReport { sequence, instrument, ..plain };
        match kind {
            ReportKind::Fill => {
                self.trade += u64::from(act.number % 9 != 0);
                VenueReport {
                    trade_id: TradeId(self.trade),
                    last_price: Price::from_ticks(1_000 + act.number),
                    last_quantity: Quantity::from_lots(1 + act.number / 3),
                    fee: Amount::from_raw(i128::from(act.number) * 1_000_000_007),
                    fee_currency: u16::from(act.which.is_multiple_of(13)),
                    ..numbered
                }
            }
            ReportKind::Replaced | ReportKind::ReplaceRejected => {
                VenueReport { last_quantity: Quantity::from_lots(act.number), ..numbered }
            }
            _ => numbered,
        }
    }

    fn act(&mut self, driven: &mut impl Driven, act: &Act) -> Result<()> {
        let ts = Timestamp(self.now);
        let instrument = InstrumentId(u32::from(act.which) % 3);
        let price = Price::from_ticks(1_000 + act.number - 20);
        let lots = Quantity::from_lots(act.number);
        match act.kind {
            0..=3 => driven.take(&Input::Trade(Trade {
                instrument,
                ts_event: ts,
                price,
                quantity: lots,
                aggressor_side: Side::Buy,
            })),
            4 => driven.take(&Input::Quote(Quote {
                instrument,
                ts_event: ts,
                bid: price,
                bid_quantity: lots,
                ask: Price::from_ticks(price.ticks() + 2),
                ask_quantity: lots,
            })),
            5 => driven.take(&Input::Bar(Bar {
                instrument,
                ts_open: Timestamp(self.now - 1_000),
                ts_close: ts,
                open: price,
                high: Price::from_ticks(price.ticks() + 9),
                low: Price::from_ticks(price.ticks() - 9),
                close: price,
                volume: lots,
            })),
            6..=9 => {
                let intent = self.intent(driven, act);
                driven.take(&Input::Submit(intent))
            }
            10 => {
                let intent = self.intent(driven, act);
                driven.take(&Input::SubmitOnce { intent, key: u128::from(act.which % 8) << 70 })
            }
            11 | 12 => self.list(driven, act),
            13 => {
                let client_order_id = self.open(driven, act);
                driven.take(&Input::Cancel { client_order_id, ts })
            }
            14 | 15 => {
                let amendment = Amendment {
                    client_order_id: self.open(driven, act),
                    quantity: Some(lots),
                    limit_price: None,
                    trigger_price: None,
                    ts,
                };
                driven.take(&Input::Amend(amendment))
            }
            16..=18 => self.reported(driven, act, ReportKind::Accepted),
            19..=23 => self.reported(driven, act, ReportKind::Fill),
            24 => {
                let kinds = ReportKind::VOCABULARY;
                self.reported(driven, act, kinds[act.which as usize % kinds.len()].0)
            }
            25 => {
                let client_order_id = self.open(driven, act);
                driven.take(&Input::LoseTrack { client_order_id, ts })
            }
            26 => {
                let mode = TradingMode::read(if act.flag { 0 } else { act.which % 4 });
                driven.take(&Input::ModeChanged { mode, reason: "", ts })
            }
            27 => driven.take(&Input::Funding(Funding {
                instrument,
                ts_event: ts,
                paid: Amount::from_raw(i128::from(act.number - 20) * 1_000_000_000_000),
            })),
            28 => driven.take(&Input::Rate(RateChanged {
                currency: CurrencyId(u16::from(act.which) % 3),
                ts_event: ts,
                rate: Rate::parse(&format!("1.{}", act.number)).unwrap(),
            })),
            30 => driven.take(&Input::VenueState(&venue_word(act, self.now))),
            31 | 32 => {
                let item = driven.engine().open_items().next().map_or(ItemId(7), |item| item.id);
                let kind = DecisionKind::from_number(act.which % 3).unwrap();
                driven.take(&Input::Decide(Decision { item, kind, reason: "seen", ts }))
            }
            33 => {
                let base = driven.engine().limits().spec().clone();
                let until = act.flag.then_some(Timestamp(self.now + 9_000_000_000));
                let limits = limits_of(&base, act.which % 3);
                let change = LimitsChange::new(
                    limits,
                    act.number.is_positive() && act.which.is_multiple_of(5),
                    until,
                )?;
                driven.take(&Input::ChangeLimits { change: &change, ts })
            }
            34..=36 => driven.take(&Input::Signal { signal: signal(act), ts }),
            37 => driven.take(&Input::RiskMeasured { measured: &measured(act, ts), ts }),
            _ => driven.take(&Input::Failure { code: Code::EventInvalid, message: "told", ts }),
        }
    }

    fn reported(&mut self, driven: &mut impl Driven, act: &Act, kind: ReportKind) -> Result<()> {
        let report = self.report(driven, act, kind);
        driven.take(&Input::Report(report))
    }

    fn list(&mut self, driven: &mut impl Driven, act: &Act) -> Result<()> {
        let next = driven.engine().next_client_order_id();
        let first = OrderIntent {
            order_type: OrderType::Limit,
            limit_price: Some(Price::from_ticks(1_000)),
            trigger_price: None,
            reduce_only: false,
            stop_loss: None,
            take_profit: None,
            terms: OrderTerms::default(),
            ..self.intent(driven, act)
        };
        let contingency = Contingency::from_number(act.which % 4).unwrap();
        let second_id =
            if contingency.is_pair() { ClientOrderId(next.0 + 1) } else { ClientOrderId::NONE };
        let exit = OrderIntent {
            client_order_id: second_id,
            side: first.side.opposite(),
            reduce_only: true,
            limit_price: Some(Price::from_ticks(if act.flag { 1_100 } else { 900 })),
            ..first
        };
        let stop = OrderIntent {
            order_type: OrderType::StopMarket,
            limit_price: None,
            trigger_price: Some(Price::from_ticks(if act.flag { 900 } else { 1_100 })),
            ..exit
        };
        let orders = match contingency {
            Contingency::Bracket => vec![first, stop, exit],
            _ => vec![first, exit],
        };
        driven.take(&Input::SubmitList(OrderList { contingency, orders: &orders }))
    }
}
