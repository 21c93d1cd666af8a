//! What the tests of the account share: instruments of every kind, and an engine that is driven by marks and fills.
#![allow(dead_code)]

use holdfast_core::contract::OptionRight;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::margin::{MarginSpec, TierSpec};
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::wire::{Encode, Layout, append_encoded};
use holdfast_core::{
    Amount, ClientOrderId, ContractSpec, InstrumentId, InstrumentKind, InstrumentSpec, MarginMode,
    OrderIntent, Price, Quantity, Rate, ReportKind, Result, Side, Timestamp, Trade, TradeId,
    VenueReport,
};
use holdfast_engine::{
    AccountSpec, CurrencyId, Engine, EngineConfig, Funding, Input, RateChanged, Sink,
};
use holdfast_risk::Verdict;

pub const SECOND_NS: i64 = 1_000_000_000;

#[derive(Default)]
pub struct Records(pub Vec<(RecordKind, Vec<u8>)>);

impl Sink for Records {
    fn record(
        &mut self,
        kind: RecordKind,
        _: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        let mut payload = Vec::new();
        append_encoded(&mut payload, Layout::Compact, content);
        self.0.push((kind, payload));
        Ok(())
    }
}

pub fn tier(notional_max: Option<&str>, initial: &str, maintenance: &str) -> TierSpec {
    TierSpec {
        notional_max: notional_max.map(str::to_string),
        initial_frac: initial.into(),
        maintenance_frac: maintenance.into(),
    }
}

/// An instrument of BTC against USD; margined ones with a single tier of 10 % and 5 %.
pub fn spec(kind: InstrumentKind) -> InstrumentSpec {
    let is_option = kind == InstrumentKind::Option;
    InstrumentSpec {
        symbol: "BTC".into(),
        venue: "SIM".into(),
        base_currency: "BTC".into(),
        quote_currency: "USD".into(),
        settlement_currency: if kind == InstrumentKind::Inverse { "BTC" } else { "USD" }.into(),
        tick_size: "0.5".into(),
        lot_size: if kind == InstrumentKind::Inverse { "1" } else { "0.001" }.into(),
        contract_multiplier: if kind == InstrumentKind::Inverse { "100" } else { "1" }.into(),
        min_quantity: None,
        max_quantity: None,
        min_notional: None,
        max_notional: None,
        percent_price_frac: None,
        perpetual: kind.is_margined(),
        contract: ContractSpec {
            kind,
            expiry_ns: is_option.then(|| "1767225600000000000".into()),
            strike: is_option.then(|| "50000".into()),
            option_right: is_option.then_some(OptionRight::Put),
            margin: kind.is_margined().then(|| MarginSpec {
                mode: MarginMode::Cross,
                tiers: vec![tier(None, "0.1", "0.05")],
            }),
        },
    }
}

pub fn with_margin(spec: InstrumentSpec, mode: MarginMode, tiers: Vec<TierSpec>) -> InstrumentSpec {
    let contract = ContractSpec { margin: Some(MarginSpec { mode, tiers }), ..spec.contract };
    InstrumentSpec { contract, ..spec }
}

pub fn config(
    instruments: Vec<InstrumentSpec>,
    start_cash: &str,
    account: AccountSpec,
) -> EngineConfig {
    let limits = serde_json::from_value(serde_json::json!({
        "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited", "position_frac_max": "unlimited",
        "gross_exposure_frac_max": "unlimited", "price_band_frac_max": "unlimited",
        "orders_per_minute_max": "unlimited", "daily_trades_max": "unlimited", "daily_loss_frac_max": "unlimited",
        "drawdown_frac_max": "unlimited", "stop_loss_required": false, "price_age_ms_max": "unlimited"
    }))
    .unwrap();
    EngineConfig {
        instruments,
        limits,
        start_cash: start_cash.into(),
        max_open_orders: 64,
        account,
        emulated_order_types: Vec::new(),
        orders: holdfast_engine::config::OrderConfig::default(),
    }
}

pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// An engine, the records it gave, and the ids of the next order and execution.
pub struct Desk {
    pub engine: Engine,
    pub records: Records,
    now: Timestamp,
    trade_id: u64,
}

impl Desk {
    pub fn new(config: &EngineConfig) -> Self {
        Self {
            engine: Engine::new(config).unwrap(),
            records: Records::default(),
            now: Timestamp(SECOND_NS),
            trade_id: 0,
        }
    }

    pub fn step(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>> {
        self.engine.step(input, &mut self.records, &mut Vec::new())
    }

    pub fn wait(&mut self, ns: i64) {
        self.now = Timestamp(self.now.0 + ns);
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn mark(&mut self, instrument: u32, ticks: i64) {
        let trade = Trade {
            instrument: InstrumentId(instrument),
            ts_event: self.now,
            price: Price::from_ticks(ticks),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        };
        self.step(&Input::Trade(trade)).unwrap();
    }

    pub fn rate(&mut self, currency: u16, rate: &str) -> Result<()> {
        let changed = RateChanged {
            currency: CurrencyId(currency),
            ts_event: self.now,
            rate: Rate::parse(rate)?,
        };
        self.step(&Input::Rate(changed)).map(|_| ())
    }

    pub fn fund(&mut self, instrument: u32, paid: Amount) {
        let funding = Funding { instrument: InstrumentId(instrument), ts_event: self.now, paid };
        self.step(&Input::Funding(funding)).unwrap();
    }

    pub fn submit(
        &mut self,
        instrument: u32,
        side: Side,
        lots: i64,
        reduce_only: bool,
    ) -> Box<Verdict> {
        let intent = OrderIntent {
            client_order_id: self.engine.next_client_order_id(),
            reduce_only,
            ts_intent: self.now,
            ..OrderIntent::market(InstrumentId(instrument), side, Quantity::from_lots(lots))
        };
        self.step(&Input::Submit(intent)).unwrap().unwrap()
    }

    /// Reports an order as accepted and filled whole.
    pub fn fill(&mut self, id: ClientOrderId, lots: i64, ticks: i64, fee: Amount) {
        self.fill_with_fee_in(id, lots, ticks, fee, 0).unwrap();
    }

    pub fn fill_with_fee_in(
        &mut self,
        id: ClientOrderId,
        lots: i64,
        ticks: i64,
        fee: Amount,
        fee_currency: u16,
    ) -> Result<()> {
        self.trade_id += 1;
        let accepted = VenueReport::without_fill(id, ReportKind::Accepted, self.now);
        self.step(&Input::Report(accepted)).unwrap();
        let filled = VenueReport {
            trade_id: TradeId(self.trade_id),
            last_price: Price::from_ticks(ticks),
            last_quantity: Quantity::from_lots(lots),
            liquidity_side: LiquiditySide::Taker,
            fee,
            fee_currency,
            ..VenueReport::without_fill(id, ReportKind::Fill, self.now)
        };
        self.step(&Input::Report(filled)).map(|_| ())
    }

    /// Submits an order that must pass, and fills it at a price.
    pub fn trade(&mut self, instrument: u32, side: Side, lots: i64, ticks: i64, reduce_only: bool) {
        self.trade_with_fee(instrument, side, lots, ticks, reduce_only, Amount::ZERO);
    }

    pub fn trade_with_fee(
        &mut self,
        instrument: u32,
        side: Side,
        lots: i64,
        ticks: i64,
        reduce_only: bool,
        fee: Amount,
    ) {
        let verdict = self.submit(instrument, side, lots, reduce_only);
        assert!(verdict.approved(), "{verdict:?}");
        self.fill(verdict.client_order_id, lots, ticks, fee);
    }
}
