//! What is bounded may be reached and not passed, and the room that a record asks for is what its longest form takes.

mod desk;

use desk::{Desk, amount, config, spec};
use holdfast_core::wire::{Encode, Layout, Writer, append_encoded};
use holdfast_core::{
    Amount, ClientOrderId, Code, InstrumentId, InstrumentKind, InstrumentSpec, OrderTerms,
    OrderType, Price, Quantity, Rate, Side, TimeInForce, Timestamp, TradeId,
};
use holdfast_engine::account_spec::{BalanceSpec, BorrowSpec, CURRENCIES_MAX, InterestPeriod};
use holdfast_engine::config::{IDEMPOTENCY_DEFAULT, INSTRUMENTS_MAX, OPEN_ORDERS_MAX};
use holdfast_engine::idempotency::{FirstResults, KEY_CHARS_MAX, key_of};
use holdfast_engine::output::{DayClosed, OrderChanged, PositionChanged};
use holdfast_engine::venue_snapshot::{
    VENUE_ENTRIES_MAX, VENUE_ORDER_ID_BYTES_MAX, VenueBalance, VenueFill, VenueOrder,
    VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_engine::{
    AccountSpec, CurrencyId, Engine, EngineConfig, Funding, Input, PositionMode, RateChanged,
};

fn spot() -> EngineConfig {
    config(vec![spec(InstrumentKind::Spot)], "100000", AccountSpec::default())
}

fn fits(change: impl FnOnce(&mut EngineConfig)) -> bool {
    let mut config = spot();
    change(&mut config);
    match Engine::new(&config) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), Code::ConfigInvalid);
            false
        }
    }
}

#[test]
fn a_configuration_is_refused_beyond_each_of_its_bounds_and_not_before() {
    assert!(!fits(|config| config.start_cash = "0".into()));
    assert!(!fits(|config| config.start_cash = "-1".into()));
    assert!(!fits(|config| config.instruments.clear()));
    let many = |count: usize| {
        move |config: &mut EngineConfig| {
            let named = |at: usize| InstrumentSpec {
                symbol: format!("S{at}"),
                ..spec(InstrumentKind::Spot)
            };
            config.instruments = (0..count).map(named).collect();
        }
    };
    assert!(fits(many(INSTRUMENTS_MAX)) && !fits(many(INSTRUMENTS_MAX + 1)));
    assert!(!fits(|config| config.max_open_orders = 0));
    assert!(fits(|config| config.max_open_orders = IDEMPOTENCY_DEFAULT - 1), "keys are enough");
    assert!(
        !fits(|config| config.max_open_orders = IDEMPOTENCY_DEFAULT),
        "there must be more keys"
    );
    assert!(fits(|config| {
        config.max_open_orders = OPEN_ORDERS_MAX;
        config.orders.idempotency_max = OPEN_ORDERS_MAX + 1;
    }));
    assert!(!fits(|config| {
        config.max_open_orders = OPEN_ORDERS_MAX + 1;
        config.orders.idempotency_max = OPEN_ORDERS_MAX + 2;
    }));
    assert!(!fits(|config| config.orders.idempotency_max = config.max_open_orders));
    assert!(fits(|config| config.orders.idempotency_max = config.max_open_orders + 1));
}

#[test]
fn an_account_holds_so_many_currencies_and_balances_of_nothing() {
    let of = |foreign: usize, held: &str| {
        fits(|config| {
            config.account.rate_age_ms_max = Some("unlimited".into());
            config.account.balances = (0..foreign)
                .map(|at| BalanceSpec { currency: format!("C{at}"), amount: held.into() })
                .collect();
        })
    };
    assert!(of(CURRENCIES_MAX - 1, "1") && !of(CURRENCIES_MAX, "1"));
    assert!(of(1, "0") && !of(1, "-1"));
}

#[test]
fn there_is_more_to_tell_of_an_account_with_currencies_interest_hedging_or_margin() {
    let tells = |kind, account: AccountSpec| {
        Engine::new(&config(vec![spec(kind)], "1", account)).unwrap().has_account_detail()
    };
    let plain = AccountSpec::default();
    assert!(!tells(InstrumentKind::Spot, plain.clone()));
    assert!(tells(InstrumentKind::Linear, plain.clone()));
    let hedging = AccountSpec { position_mode: PositionMode::Hedging, ..plain.clone() };
    assert!(tells(InstrumentKind::Spot, hedging));
    let borrow =
        BorrowSpec { currency: "USD".into(), rate_frac: "0.001".into(), per: InterestPeriod::Day };
    assert!(tells(InstrumentKind::Spot, AccountSpec { borrow: vec![borrow], ..plain.clone() }));
    let balance = BalanceSpec { currency: "EUR".into(), amount: "1".into() };
    let foreign =
        AccountSpec { balances: vec![balance], rate_age_ms_max: Some("unlimited".into()), ..plain };
    assert!(tells(InstrumentKind::Spot, foreign));
}

#[test]
fn ord_03_a_key_has_1_to_256_bytes_and_no_key_is_known_at_first() {
    assert!(key_of("k").is_ok() && key_of(&"k".repeat(KEY_CHARS_MAX)).is_ok());
    assert!(key_of("").is_err() && key_of(&"k".repeat(KEY_CHARS_MAX + 1)).is_err());
    let mut results = FirstResults::new(2);
    assert!(results.is_empty());
    results.remember(1, Timestamp(0), ClientOrderId(1), ());
    assert!(!results.is_empty() && results.len() == 1);
}

fn longest(record: &impl Encode) -> (usize, usize) {
    let mut bytes = [0_u8; 512];
    let mut writer = Writer::new(&mut bytes, Layout::Compact);
    record.encode(&mut writer);
    (writer.len(), record.encoded_bytes_max())
}

#[test]
fn the_room_asked_for_is_what_the_longest_record_takes() {
    let (most, lots) = (Amount::from_raw(i128::MIN), Quantity::from_lots(i64::MIN));
    let (id, instrument) = (ClientOrderId(u64::MAX), InstrumentId(u32::MAX));
    let order = OrderChanged {
        client_order_id: id,
        parent: id,
        instrument,
        base: u8::MAX,
        overlays: u8::MAX,
        event: u8::MAX,
        alarm: true,
        side: u8::MAX,
        order_type: u8::MAX,
        role: u8::MAX,
        time_in_force: u8::MAX,
        quantity: lots,
        cum_quantity: lots,
        filled_tick_lots: i128::MIN,
        fees: most,
        limit_ticks: i64::MIN,
        trigger_ticks: i64::MIN,
        stop_loss_ticks: i64::MIN,
        take_profit_ticks: i64::MIN,
    };
    let position = PositionChanged {
        instrument,
        client_order_id: id,
        lots,
        open_cost: most,
        realized_by_fill: most,
        realized: most,
        cash: most,
    };
    let day = DayClosed {
        ts_last_mark: Timestamp(i64::MIN),
        equity: most,
        cash: most,
        position_value: most,
        gross_exposure: most,
        realized: most,
        unrealized: most,
        fees: most,
        benchmark_ticks: i64::MIN,
        marks: u64::MAX,
    };
    let funding = Funding { instrument, ts_event: Timestamp(i64::MIN), paid: most };
    for (length, room) in [longest(&order), longest(&position), longest(&day), longest(&funding)] {
        assert_eq!(length, room);
    }
    let rate = RateChanged {
        currency: CurrencyId(u16::MAX),
        ts_event: Timestamp(i64::MIN),
        rate: Rate::parse("9.223372036854775807").unwrap(),
    };
    let (length, room) = longest(&rate);
    assert!(length <= room && room - length <= 2, "a place of 16 bits has room for 32");
    let mut bytes = Vec::new();
    append_encoded(&mut bytes, Layout::Compact, &order);
    let read = OrderChanged::decode(&mut holdfast_core::wire::Reader::new(&bytes)).unwrap();
    assert_eq!(read, order);
    assert!(read.alarm);
}

fn told() -> VenueSnapshot {
    VenueSnapshot {
        ts_event: Timestamp(1),
        orders_complete_until: None,
        fills_complete_from: None,
        positions_complete: false,
        orders: Vec::new(),
        fills: Vec::new(),
        positions: Vec::new(),
        balances: Vec::new(),
    }
}

fn open_order(id: &str) -> VenueOrder {
    VenueOrder {
        venue_order_id: id.into(),
        client_order_id: None,
        instrument: InstrumentId(0),
        side: Side::Buy,
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        status: VenueOrderStatus::Open,
        quantity: Quantity::from_lots(2),
        filled: Quantity::ZERO,
        average_price: None,
        limit_price: Some(Price::from_ticks(100)),
        trigger_price: None,
        terms: OrderTerms::default(),
    }
}

fn one_fill(trade: u64) -> VenueFill {
    VenueFill {
        trade_id: TradeId(trade),
        venue_order_id: "v".into(),
        client_order_id: None,
        instrument: InstrumentId(0),
        side: Side::Buy,
        moves_short: false,
        price: Price::from_ticks(1),
        quantity: Quantity::from_lots(1),
        fee: Amount::ZERO,
        fee_currency: 2,
        ts_event: Timestamp(1),
    }
}

/// For one instrument and two currencies.
fn is_valid(snapshot: &VenueSnapshot) -> bool {
    match snapshot.validate(1, 2) {
        Ok(()) => true,
        Err(error) => {
            assert_eq!(error.code(), Code::VenueSnapshotInvalid);
            false
        }
    }
}

#[test]
fn ord_10_a_word_of_the_venue_is_taken_up_to_its_bounds() {
    let fills = |count: usize| VenueSnapshot {
        fills: (1..=count as u64).map(one_fill).collect(),
        balances: vec![VenueBalance { currency: CurrencyId(1), cash: amount("1") }],
        ..told()
    };
    assert!(is_valid(&fills(VENUE_ENTRIES_MAX - 1)) && !is_valid(&fills(VENUE_ENTRIES_MAX)));
    let long = "i".repeat(VENUE_ORDER_ID_BYTES_MAX);
    let beyond = "i".repeat(VENUE_ORDER_ID_BYTES_MAX + 1);
    for (id, fits) in [(long.as_str(), true), (&beyond, false), ("", false)] {
        let ordered = VenueSnapshot { orders: vec![open_order(id)], ..told() };
        assert_eq!(is_valid(&ordered), fits, "order {id}");
        let fill = VenueFill { venue_order_id: id.into(), ..one_fill(1) };
        assert_eq!(is_valid(&VenueSnapshot { fills: vec![fill], ..told() }), fits, "fill {id}");
    }
    let filled = VenueSnapshot {
        fills: vec![one_fill(1)],
        positions: vec![VenuePosition {
            instrument: InstrumentId(0),
            is_short: true,
            lots: Quantity::ZERO,
            average_price: None,
        }],
        ..told()
    };
    assert!(is_valid(&filled), "a short side may be flat, and a fee in the last currency");
}

#[test]
fn ord_10_what_a_venue_cannot_mean_is_refused() {
    let fill = one_fill(1);
    for wrong in [
        VenueFill { quantity: Quantity::ZERO, ..fill.clone() },
        VenueFill { price: Price::ZERO, ..fill.clone() },
        VenueFill { fee_currency: 3, ..fill.clone() },
        VenueFill { instrument: InstrumentId(1), ..fill.clone() },
    ] {
        assert!(!is_valid(&VenueSnapshot { fills: vec![wrong], ..told() }));
    }
    let none = VenueOrder { client_order_id: Some(ClientOrderId::NONE), ..open_order("v") };
    assert!(!is_valid(&VenueSnapshot { orders: vec![none], ..told() }));
    let named = |id: &str| VenueOrder { client_order_id: Some(ClientOrderId(7)), ..open_order(id) };
    let twice = VenueSnapshot { orders: vec![named("v"), named("w")], ..told() };
    assert!(!is_valid(&twice));
    let leg = VenuePosition {
        instrument: InstrumentId(0),
        is_short: false,
        lots: Quantity::from_lots(1),
        average_price: Some(Price::from_ticks(1)),
    };
    for wrong in [
        vec![VenuePosition { average_price: Some(Price::ZERO), ..leg.clone() }],
        vec![VenuePosition { is_short: true, ..leg.clone() }],
        vec![leg.clone(), leg.clone()],
    ] {
        assert!(!is_valid(&VenueSnapshot { positions: wrong, ..told() }));
    }
    for wrong in [vec![2], vec![1, 1]] {
        let of = |place| VenueBalance { currency: CurrencyId(place), cash: Amount::ZERO };
        let balances = wrong.into_iter().map(of).collect();
        assert!(!is_valid(&VenueSnapshot { balances, ..told() }));
    }
    let names = VenueOrderStatus::ALL.map(|(status, _)| status.name());
    assert_eq!(names, ["open", "filled", "canceled", "expired", "rejected"]);
}

#[test]
fn risk_13_margin_that_is_available_must_cover_what_is_added_so_many_times() {
    let mut covered = config(vec![spec(InstrumentKind::Linear)], "8000", AccountSpec::default());
    covered.limits.margin_cover_frac_min = "2".into();
    let mut desk = Desk::new(&covered);
    desk.mark(0, 80_000);
    // 1 BTC at 40,000 needs 4,000; 8,000 are there.
    assert!(desk.submit(0, Side::Buy, 1_000, false).approved());
    let mut desk = Desk::new(&covered);
    desk.mark(0, 80_000);
    let verdict = desk.submit(0, Side::Buy, 1_001, false);
    let failed: Vec<Code> =
        verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect();
    assert_eq!(failed, [Code::MarginInsufficient]);
}

#[test]
fn the_message_of_a_failure_is_recorded_whole() {
    let mut desk = Desk::new(&spot());
    let message = "the venue closed the connection".repeat(20);
    let failure = Input::Failure { code: Code::JournalIo, message: &message, ts: desk.now() };
    desk.step(&failure).unwrap();
    let (_, payload) = desk.records.0.last().unwrap();
    assert!(payload.ends_with(message.as_bytes()));
}

#[test]
fn ord_17_the_reason_of_a_mode_is_recorded_whole() {
    let mut desk = Desk::new(&spot());
    let reason = "the clock cannot be trusted";
    let mode = holdfast_core::trading_mode::TradingMode::Paused;
    desk.step(&Input::ModeChanged { mode, reason, ts: desk.now() }).unwrap();
    let kind = holdfast_core::journal_record::RecordKind::ModeChanged;
    let changed = desk.records.0.iter().find(|record| record.0 == kind).unwrap();
    assert!(changed.1.ends_with(reason.as_bytes()));
}

#[test]
fn ord_14_only_what_is_sold_short_on_the_spot_is_borrowed() {
    for (kind, pays) in [(InstrumentKind::Spot, true), (InstrumentKind::Option, false)] {
        let borrow = BorrowSpec {
            currency: "BTC".into(),
            rate_frac: "0.001".into(),
            per: InterestPeriod::Day,
        };
        let account = AccountSpec { borrow: vec![borrow], ..AccountSpec::default() };
        let mut desk = Desk::new(&config(vec![spec(kind)], "100000", account));
        desk.mark(0, 2_000);
        desk.trade(0, Side::Sell, 100, 2_000, false);
        desk.mark(0, 2_000);
        desk.wait(3_600 * desk::SECOND_NS);
        desk.mark(0, 2_000);
        assert_eq!(desk.engine.account().interest > Amount::ZERO, pays, "{kind:?}");
    }
}
