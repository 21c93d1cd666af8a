//! What the tests of actors share: accounts, streams of inputs drawn from numbers, and a port that keeps everything.
#![allow(dead_code)]

pub mod desk;

use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::wire::Encode;
use holdfast_core::{
    Amendment, Amount, ClientOrderId, Code, Contingency, ContractSpec, InstrumentId,
    InstrumentSpec, OrderIntent, OrderType, Price, Quantity, ReportKind, Result, Side, Timestamp,
    Trade, TradeId, TradingMode, VenueReport,
};
use holdfast_engine::actor::{Actor, ActorInput, ActorPort, ActorStep};
use holdfast_engine::config::OrderConfig;
use holdfast_engine::recovery::recover;
use holdfast_engine::{AccountSpec, ActorSpec, Command, EngineConfig, Input, Sink};

pub const EPOCH: u32 = 40;

/// Keeps the journal's bytes, and what every step came to.
#[derive(Debug, Default, Clone)]
pub struct Log {
    pub chain: Chain,
    pub bytes: Vec<u8>,
    pub steps: Vec<String>,
    /// Where the journal ended after each step.
    pub ends: Vec<usize>,
    /// Records that are still taken before the port fails.
    pub left: Option<usize>,
}

impl Log {
    pub fn note(
        &mut self,
        outcome: &Result<Option<Box<holdfast_risk::Verdict>>>,
        sent: &[Command],
    ) {
        let said = match outcome {
            Ok(None) => "taken".to_string(),
            Ok(Some(verdict)) => format!("{} {:?}", verdict.approved(), verdict.client_order_id),
            Err(error) => format!("{error} {:?}", error.context()),
        };
        self.steps.push(format!("{said} {sent:?}"));
        self.ends.push(self.bytes.len());
    }
}

impl Sink for Log {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        if let Some(left) = &mut self.left {
            if *left == 0 {
                return Err(holdfast_core::Error::new(Code::JournalIo, "the disk is full"));
            }
            *left -= 1;
        }
        self.chain.append(&mut self.bytes, kind, ts, content)
    }
}

impl ActorPort for Log {
    fn stepped(&mut self, step: ActorStep<'_>) {
        self.note(step.outcome, step.commands);
    }
}

pub fn instrument(number: usize) -> InstrumentSpec {
    InstrumentSpec {
        symbol: format!("I{number}"),
        venue: "SIM".into(),
        base_currency: format!("I{number}"),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: "0.01".into(),
        lot_size: "1".into(),
        contract_multiplier: "1".into(),
        min_quantity: None,
        max_quantity: None,
        min_notional: None,
        max_notional: None,
        percent_price_frac: None,
        perpetual: false,
        contract: ContractSpec::default(),
    }
}

/// An account with limits that a stream reaches now and then, or with none.
pub fn account(instruments: usize, cash: u32, is_limited: bool) -> EngineConfig {
    let limit = |text: &'static str| if is_limited { text } else { "unlimited" };
    let limits = serde_json::json!({
        "order_qty_max": limit("60"), "order_notional_quote_max": "unlimited",
        "position_frac_max": limit("0.6"), "gross_exposure_frac_max": limit("0.8"),
        "price_band_frac_max": limit("0.1"), "orders_per_minute_max": limit("40"),
        "daily_trades_max": limit("60"), "daily_loss_frac_max": limit("0.05"),
        "drawdown_frac_max": limit("0.1"), "stop_loss_required": false,
        "price_age_ms_max": limit("60000")
    });
    EngineConfig {
        instruments: (0..instruments).map(instrument).collect(),
        limits: serde_json::from_value(limits).unwrap(),
        start_cash: cash.to_string(),
        max_open_orders: if is_limited { 48 } else { 1_024 },
        account: AccountSpec::default(),
        emulated_order_types: vec!["trailing_stop".into()],
        orders: OrderConfig { id_epoch: EPOCH, ..OrderConfig::default() },
    }
}

/// Gives each instrument to an actor by its number, and each actor a budget by its weight.
pub fn specs(cash: u32, owners: &[u8], weights: &[u8]) -> Vec<ActorSpec> {
    let actors = owners.iter().map(|owner| usize::from(*owner)).max().unwrap_or(0) + 1;
    let of = |actor: usize| -> Vec<u32> {
        let owned = owners.iter().enumerate().filter(|(_, owner)| usize::from(**owner) == actor);
        owned.map(|(id, _)| id as u32).collect()
    };
    let parts: Vec<Vec<u32>> = (0..actors).map(of).filter(|owned| !owned.is_empty()).collect();
    let weight = |actor: usize| 1 + u32::from(weights[actor % weights.len()]);
    let whole: u32 = (0..parts.len()).map(weight).sum();
    let mut left = cash;
    let last = parts.len() - 1;
    let budget = |(actor, instruments): (usize, Vec<u32>)| {
        let share = if actor == last { left } else { cash / whole * weight(actor) };
        left -= share;
        ActorSpec { instruments, budget: share.to_string() }
    };
    parts.into_iter().enumerate().map(budget).collect()
}

/// What one drawn step is made from.
pub type Drawn = (u8, u8, u8, u16);

/// Makes inputs from drawn numbers, with ids that the actors will give.
pub struct Stream<'a> {
    pub actors: &'a [ActorSpec],
    pub instruments: u32,
    submitted: Vec<u32>,
    prices: Vec<i64>,
    trades: u64,
    ts: i64,
}

impl<'a> Stream<'a> {
    pub fn new(actors: &'a [ActorSpec], instruments: u32) -> Self {
        let prices = vec![10_000; instruments as usize];
        let submitted = vec![0; actors.len()];
        Self { actors, instruments, submitted, prices, trades: 0, ts: 1_000_000_000 }
    }

    /// A price for every instrument, the drawn steps, and a price for every instrument again.
    pub fn of(mut self, drawn: &[Drawn]) -> Vec<ActorInput> {
        let mut inputs: Vec<ActorInput> = Vec::with_capacity(drawn.len() + 12);
        for id in 0..self.instruments {
            inputs.push(self.trade(id, 0).into());
        }
        for step in drawn {
            self.ts += 1 + i64::from(step.3) * 20_000;
            inputs.push(self.input(*step));
        }
        for id in 0..self.instruments {
            inputs.push(self.trade(id, 3).into());
        }
        inputs
    }

    fn actor_of(&self, id: u32) -> usize {
        self.actors.iter().position(|spec| spec.instruments.contains(&id)).unwrap()
    }

    fn trade(&mut self, id: u32, step: i64) -> Input<'static> {
        self.ts += 1;
        let price = &mut self.prices[id as usize];
        *price = (*price + step).max(5_000);
        Input::Trade(Trade {
            instrument: InstrumentId(id),
            ts_event: Timestamp(self.ts),
            price: Price::from_ticks(*price),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        })
    }

    fn intent(&mut self, id: u32, by: u8, number: u16) -> OrderIntent {
        let actor = self.actor_of(id);
        self.submitted[actor] += 1;
        let side = if by.is_multiple_of(2) { Side::Buy } else { Side::Sell };
        let kinds = [OrderType::Market, OrderType::Limit, OrderType::Limit, OrderType::StopMarket];
        let order_type = kinds[usize::from(by / 2) % kinds.len()];
        let market = self.prices[id as usize];
        let level = |away: i64| Some(Price::from_ticks((market + side.signed(away)).max(1)));
        let away = i64::from(number % 90);
        OrderIntent {
            order_type,
            reduce_only: by % 11 == 3,
            limit_price: level(20 - away).filter(|_| order_type == OrderType::Limit),
            trigger_price: level(away).filter(|_| order_type == OrderType::StopMarket),
            stop_loss: level(-400).filter(|_| by.is_multiple_of(5)),
            take_profit: level(400).filter(|_| by.is_multiple_of(7)),
            ts_intent: Timestamp(self.ts),
            ..OrderIntent::market(
                InstrumentId(id),
                side,
                Quantity::from_lots(1 + i64::from(number % 70)),
            )
        }
    }

    /// An order that the actor of an instrument has been asked for, or is about to be.
    fn order(&self, id: u32, number: u16) -> ClientOrderId {
        let actor = self.actor_of(id);
        let (submitted, number) = (self.submitted[actor], u32::from(number));
        // Mostly one of the last, which may be open; now and then any, or one that does not exist yet.
        let place = match number % 8 {
            0 => 1 + number % (submitted * 2 + 1),
            _ => submitted.saturating_sub(number % 5).max(1),
        };
        ClientOrderId::compose(EPOCH + actor as u32, place).unwrap()
    }

    fn report(&mut self, id: u32, by: u8, number: u16) -> Input<'static> {
        let kinds = [
            ReportKind::Accepted,
            ReportKind::Fill,
            ReportKind::Fill,
            ReportKind::Canceled,
            ReportKind::Accepted,
            ReportKind::Rejected,
            ReportKind::Fill,
            ReportKind::Expired,
            ReportKind::CancelRejected,
            ReportKind::Unknown,
            ReportKind::Triggered,
        ];
        let kind = kinds[usize::from(by) % kinds.len()];
        let ts = Timestamp(self.ts);
        let instrument = by.is_multiple_of(3).then_some(InstrumentId(id));
        let sequence = (by % 13 == 1).then_some(u64::from(number % 9));
        let plain = VenueReport {
            instrument,
            sequence,
            ..VenueReport::without_fill(self.order(id, number), kind, ts)
        };
        if kind != ReportKind::Fill {
            return Input::Report(plain);
        }
        // One fill in sixteen is told again.
        self.trades += u64::from(!number.is_multiple_of(16));
        Input::Report(VenueReport {
            trade_id: TradeId(self.trades.max(1)),
            last_price: Price::from_ticks(self.prices[id as usize]),
            last_quantity: Quantity::from_lots(1 + i64::from(by % 30)),
            liquidity_side: LiquiditySide::Taker,
            fee: Amount::from_raw(1_000_000_000_000_000),
            ..plain
        })
    }

    fn input(&mut self, (kind, place, by, number): Drawn) -> ActorInput {
        let id = u32::from(place) % self.instruments;
        let ts = Timestamp(self.ts);
        match kind % 32 {
            0..8 => self.trade(id, i64::from(number % 401) - 200).into(),
            8..17 => Input::Submit(self.intent(id, by, number)).into(),
            17..27 => self.report(id, by, number).into(),
            27 => Input::Cancel { client_order_id: self.order(id, number), ts }.into(),
            28 => Input::LoseTrack { client_order_id: self.order(id, number), ts }.into(),
            29 => {
                let orders =
                    vec![self.intent(id, by & !1, number), self.intent(id, by | 1, number / 2)];
                ActorInput::List { contingency: Contingency::Oco, orders }
            }
            30 => Input::Amend(Amendment {
                client_order_id: self.order(id, number),
                quantity: Some(Quantity::from_lots(1 + i64::from(by % 40))),
                limit_price: None,
                trigger_price: None,
                ts,
            })
            .into(),
            _ => {
                let modes = [TradingMode::Normal, TradingMode::Reduced, TradingMode::Normal];
                ActorInput::Mode { mode: modes[usize::from(by) % 3], reason: "drawn".into(), ts }
            }
        }
    }
}

/// Tears a journal somewhere behind its first record, recovers the actor, and tells how many of its inputs it has.
pub fn after_a_crash(log: &Log, permille: usize) -> (Actor<Log>, usize) {
    let first = {
        let mut chain = Chain::default();
        chain.verify(&log.bytes).unwrap().unwrap().bytes
    };
    let kept = first + (log.bytes.len() - first) * permille / 1_000;
    let recovered = recover(&log.bytes[..kept]).unwrap();
    let mut port = Log {
        bytes: log.bytes[..recovered.intact_bytes].to_vec(),
        chain: recovered.chain,
        ..Log::default()
    };
    for record in &recovered.cut_off {
        port.chain
            .append(&mut port.bytes, record.kind, record.ts, record.payload.as_slice())
            .unwrap();
    }
    let starts = std::iter::once(first).chain(log.ends.iter().copied());
    let applied = starts.take(log.ends.len()).filter(|start| *start < recovered.intact_bytes);
    (Actor::resume(recovered.engine, port), applied.count())
}
