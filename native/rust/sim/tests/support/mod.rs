//! What the tests of the session share: a session over one instrument with tick 0.01 and lot 1, and short forms.
#![allow(dead_code)]

pub mod desk;

use holdfast_core::journal_record::RecordKind;
use holdfast_core::venue_report::LiquiditySide;
use holdfast_core::{
    Bar, InstrumentId, InstrumentSpec, OrderIntent, OrderType, Price, Quantity, ReportKind, Side,
    Timestamp,
};
use holdfast_engine::config::OrderConfig;
use holdfast_engine::{EngineConfig, JournalWriter};
use holdfast_sim::assumptions::LimitFill;
use holdfast_sim::notices::NOTICE_HEADER_BYTES;
use holdfast_sim::{AssumptionsSpec, Session, SessionConfig};

pub const DAY_NS: i64 = 86_400_000_000_000;

pub fn spec() -> InstrumentSpec {
    InstrumentSpec {
        symbol: "TEST".into(),
        venue: "SIM".into(),
        base_currency: "TEST".into(),
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
        contract: holdfast_core::ContractSpec::default(),
    }
}

pub fn config() -> SessionConfig {
    let limits = serde_json::from_value(serde_json::json!({
        "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited", "position_frac_max": "unlimited",
        "gross_exposure_frac_max": "unlimited", "price_band_frac_max": "unlimited",
        "orders_per_minute_max": "unlimited", "daily_trades_max": "unlimited", "daily_loss_frac_max": "unlimited",
        "drawdown_frac_max": "unlimited", "stop_loss_required": false, "price_age_ms_max": "unlimited"
    }))
    .unwrap();
    SessionConfig {
        engine: EngineConfig {
            instruments: vec![spec()],
            limits,
            start_cash: "100000".into(),
            max_open_orders: 64,
            account: Default::default(),
            emulated_order_types: Vec::new(),
            orders: OrderConfig::default(),
        },
        fuse: holdfast_risk::fuse::FuseSpec::default(),
        assumptions: AssumptionsSpec {
            slippage_bps: "0".into(),
            taker_fee_bps: "0".into(),
            maker_fee_bps: "0".into(),
            fee_per_unit: "0".into(),
            participation_frac_max: "unlimited".into(),
            limit_fill: LimitFill::Through,
            latency_ms: 0,
            funding_bps: "0".into(),
            funding_interval_h: 8,
        },
        about: serde_json::Value::Null,
    }
}

pub fn open(config: &SessionConfig) -> Session {
    Session::open(config, None).unwrap()
}

pub fn open_with_journal(config: &SessionConfig, journal: JournalWriter) -> Session {
    Session::open(config, Some(journal)).unwrap()
}

/// Bar number `day` with its prices in ticks.
pub fn bar(day: i64, [open, high, low, close]: [i64; 4], volume: i64) -> Bar {
    let price = Price::from_ticks;
    Bar {
        instrument: InstrumentId(0),
        ts_open: Timestamp(day * DAY_NS),
        ts_close: Timestamp((day + 1) * DAY_NS - 1),
        open: price(open),
        high: price(high),
        low: price(low),
        close: price(close),
        volume: Quantity::from_lots(volume),
    }
}

pub fn flat_bar(day: i64, price: i64) -> Bar {
    bar(day, [price; 4], 1_000_000)
}

pub fn market(side: Side, lots: i64) -> OrderIntent {
    OrderIntent::market(InstrumentId(0), side, Quantity::from_lots(lots))
}

pub fn limit(side: Side, lots: i64, price: i64) -> OrderIntent {
    OrderIntent {
        order_type: OrderType::Limit,
        limit_price: Some(Price::from_ticks(price)),
        ..market(side, lots)
    }
}

pub fn stop(side: Side, lots: i64, price: i64) -> OrderIntent {
    OrderIntent {
        order_type: OrderType::StopMarket,
        trigger_price: Some(Price::from_ticks(price)),
        ..market(side, lots)
    }
}

/// Takes the fills that happened since the last call: order, price in ticks, lots, liquidity side.
pub fn fills(session: &mut Session) -> Vec<(u64, i64, i64, LiquiditySide)> {
    let mut buffer = vec![0_u8; 1 << 20];
    let length = session.notices().take(&mut buffer);
    let mut rest = &buffer[..length];
    let mut found = Vec::new();
    while !rest.is_empty() {
        let payload_length = u32::from_le_bytes(*rest.first_chunk().unwrap()) as usize;
        let payload = &rest[NOTICE_HEADER_BYTES..NOTICE_HEADER_BYTES + payload_length];
        if rest[4] == RecordKind::VenueReport as u8 {
            let number =
                |offset: usize| i64::from_le_bytes(*payload[offset..].first_chunk::<8>().unwrap());
            assert_eq!(payload[8], ReportKind::Fill as u8);
            let liquidity_side = LiquiditySide::from_number(payload[9]).unwrap();
            found.push((number(0) as u64, number(26), number(34), liquidity_side));
        }
        rest = &rest[NOTICE_HEADER_BYTES + payload_length..];
    }
    found
}

/// As `fills`, prices and lots only.
pub fn prices(session: &mut Session) -> Vec<(i64, i64)> {
    fills(session).into_iter().map(|(_, price, lots, _)| (price, lots)).collect()
}

pub fn position(session: &Session) -> i64 {
    session.engine().instruments()[0].position.lots().lots()
}
