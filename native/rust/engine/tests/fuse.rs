//! The egress fuse on the engine's way out: what it refuses is denied, recorded and replayed, and its latch outlives the process.

mod desk;
mod support;

use desk::{config, spec};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Amendment, BaseState, ClientOrderId, Code, InstrumentId, InstrumentKind, OrderIntent,
    OrderType, Overlays, Price, Quantity, ReportKind, Side, Timestamp, Trade, TradingMode,
    VenueReport,
};
use holdfast_engine::egress::{Egress, Passage};
use holdfast_engine::record_json::record_json;
use holdfast_engine::replay::replay;
use holdfast_engine::{
    AccountSpec, Command, Desk, DeskConfig, EngineConfig, Input, JournalCursor, JournalOptions,
    JournalReader, JournalWriter, JournaledEngine, SnapshotPolicy, SyncPolicy,
};
use holdfast_risk::fuse::latch::{Latch, LatchState, reset};
use holdfast_risk::fuse::{FuseScopeSpec, FuseSpec};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use support::Folder;

const CASH: &str = "1000000000";

fn desk_config(fuse: FuseSpec) -> DeskConfig {
    let engine = config(vec![spec(InstrumentKind::Spot)], CASH, AccountSpec::default());
    let engine = EngineConfig { max_open_orders: 1_000, ..engine };
    DeskConfig { engine, about: serde_json::json!({}), fuse }
}

fn day_of(orders: &str) -> FuseSpec {
    let account =
        FuseScopeSpec { orders_per_day_max: Some(orders.into()), ..FuseScopeSpec::default() };
    FuseSpec { account, ..FuseSpec::default() }
}

fn intent(id: u64, ts: i64) -> OrderIntent {
    OrderIntent {
        client_order_id: ClientOrderId(id),
        ts_intent: Timestamp(ts),
        ..OrderIntent::limit(
            InstrumentId(0),
            Side::Buy,
            Quantity::from_lots(10),
            Price::from_ticks(90_000),
        )
    }
}

fn trade(ts: i64) -> Trade {
    Trade {
        instrument: InstrumentId(0),
        ts_event: Timestamp(ts),
        price: Price::from_ticks(100_000),
        quantity: Quantity::from_lots(1),
        aggressor_side: Side::Buy,
    }
}

fn priced(spec: FuseSpec, journal: Option<JournalWriter>, latch: Latch) -> Desk {
    let mut desk = Desk::open_latched(&desk_config(spec), journal, latch).unwrap();
    desk.on_trade(&trade(1)).unwrap();
    desk
}

fn drained(desk: &mut Desk) -> Vec<Command> {
    let mut left = Vec::new();
    while desk.waiting() > 0 {
        desk.drain(8, |_, command| left.push(*command)).unwrap();
    }
    left
}

#[test]
fn a_loop_that_sends_the_same_order_ten_thousand_times_is_stopped_and_nothing_stays_reserved() {
    let folder = Folder::new("fuse-knight");
    let journal = JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap();
    let latch = Latch::open(&folder.0, true);
    let mut desk = priced(FuseSpec::default(), Some(journal), latch);
    let mut left = 0;
    for round in 0..10_000_i64 {
        let verdict = desk.submit(intent(0, 0), Timestamp(2 + round * 20_000_000)).unwrap();
        assert!(verdict.approved(), "the gate has no limits here");
        left += drained(&mut desk).len();
    }
    assert_eq!(left, 100);
    assert_eq!(desk.engine().open_order_count(), 100, "what never left is not open");
    assert_eq!(desk.engine().instruments()[0].case.most(), Ok(1_000), "nor reserved");
    assert_eq!((desk.engine().counts().denied, desk.engine().counts().alarms), (9_900, 1));
    assert!(matches!(desk.fuse(), LatchState::Tripped(trip) if trip.ceiling == "repeats"));
    let state = desk.close().unwrap().snapshot.state_hash;
    let mut refusals = Vec::new();
    let mut cursor = JournalCursor::open(&folder.0).unwrap();
    while let Some(record) = cursor.advance().unwrap() {
        if record.kind == RecordKind::FuseRefused {
            refusals.push(record_json(&record).unwrap()["content"].clone());
        }
    }
    assert_eq!(refusals.len(), 9_900);
    let first = serde_json::json!({
        "client_order_id": 101, "code": "FUSE_REPEATED", "amendment": null, "ceiling": "repeats",
        "limit": "100", "observed": "101", "trips": true, "sent_before": false,
    });
    assert_eq!(refusals[0], first);
    assert_eq!(refusals[9_899]["code"], "FUSE_TRIPPED");
    let replayed = replay(&JournalReader::open(&folder.0).unwrap()).unwrap();
    assert_eq!(replayed.state_hash, state, "the replay needs no fuse");
}

#[test]
fn a_refused_amendment_leaves_the_order_as_it_is() {
    let fuse = FuseSpec {
        each_instrument: FuseScopeSpec {
            order_quantity_max: Some("0.01".into()),
            ..FuseScopeSpec::default()
        },
        ..FuseSpec::default()
    };
    let mut desk = priced(fuse, None, Latch::in_memory());
    desk.submit(intent(0, 0), Timestamp(2)).unwrap();
    assert_eq!(drained(&mut desk).len(), 1);
    let id = ClientOrderId(1);
    desk.report(&VenueReport::without_fill(id, ReportKind::Accepted, Timestamp(3))).unwrap();
    let amendment = |lots| Amendment {
        client_order_id: id,
        quantity: Some(Quantity::from_lots(lots)),
        limit_price: None,
        trigger_price: None,
        ts: Timestamp(0),
    };
    assert!(desk.amend(amendment(11), Timestamp(4)).unwrap().approved());
    assert_eq!(drained(&mut desk), []);
    let order = desk.engine().order(id).unwrap();
    assert_eq!((order.quantity.lots(), order.reserved.lots(), order.pending), (10, 10, None));
    assert_eq!(order.state.load().1, Overlays::NONE);
    desk.amend(amendment(5), Timestamp(5)).unwrap();
    let left = drained(&mut desk);
    assert!(matches!(left[..], [Command::Replace(_)]), "less leaves though the fuse has blown");
}

#[test]
fn an_order_that_is_refused_at_its_release_ends_here_and_gives_its_reservation_back() {
    let mut config = desk_config(day_of("1"));
    config.engine.emulated_order_types = vec!["stop_market".into()];
    let mut desk = Desk::open_latched(&config, None, Latch::in_memory()).unwrap();
    desk.on_trade(&trade(1)).unwrap();
    let stop = OrderIntent {
        order_type: OrderType::StopMarket,
        limit_price: None,
        trigger_price: Some(Price::from_ticks(110_000)),
        ..intent(0, 2)
    };
    assert!(desk.submit(stop, Timestamp(2)).unwrap().approved());
    assert!(desk.submit(intent(0, 3), Timestamp(3)).unwrap().approved());
    assert_eq!(drained(&mut desk).len(), 1);
    desk.on_trade(&Trade { price: Price::from_ticks(110_000), ..trade(4) }).unwrap();
    assert_eq!(drained(&mut desk), []);
    let order = desk.engine().order(ClientOrderId(1)).unwrap();
    assert_eq!((order.state.base(), order.reserved), (BaseState::Canceled, Quantity::ZERO));
    assert_eq!(desk.engine().open_orders().count(), 1);
}

#[test]
fn what_waits_while_the_mode_tightens_does_not_leave_and_neither_does_its_cancel() {
    let mut desk = priced(FuseSpec::default(), None, Latch::in_memory());
    desk.submit(intent(0, 0), Timestamp(2)).unwrap();
    desk.set_mode(TradingMode::Emergency, "test", Timestamp(3)).unwrap();
    assert_eq!(desk.waiting(), 2, "the order and its cancel");
    assert_eq!(drained(&mut desk), []);
    let order = desk.engine().order(ClientOrderId(1)).unwrap();
    assert_eq!(order.state.base(), BaseState::Denied);
    assert_eq!(*desk.fuse(), LatchState::Armed, "a mode is no ceiling");
}

#[test]
fn an_exit_that_no_flag_marks_leaves_a_blown_fuse_and_one_lot_more_does_not() {
    let mut desk = priced(day_of("1"), None, Latch::in_memory());
    desk.submit(intent(0, 0), Timestamp(2)).unwrap();
    assert_eq!(drained(&mut desk).len(), 1);
    let fill = VenueReport {
        trade_id: holdfast_core::TradeId(1),
        last_price: Price::from_ticks(90_000),
        last_quantity: Quantity::from_lots(10),
        ..VenueReport::without_fill(ClientOrderId(1), ReportKind::Fill, Timestamp(3))
    };
    desk.report(&fill).unwrap();
    let sell = |lots| OrderIntent {
        side: Side::Sell,
        quantity: Quantity::from_lots(lots),
        ..intent(0, 0)
    };
    for (lots, leaves) in [(11, 0), (6, 1), (5, 0), (4, 1), (1, 0)] {
        desk.submit(sell(lots), Timestamp(4)).unwrap();
        assert_eq!(drained(&mut desk).len(), leaves, "{lots} of what is left of ten");
    }
}

#[test]
fn a_ceiling_in_money_counts_an_inverse_contract_by_what_it_settles_in() {
    let account =
        FuseScopeSpec { order_notional_max: Some("1".into()), ..FuseScopeSpec::default() };
    let mut config = desk_config(FuseSpec { account, ..FuseSpec::default() });
    config.engine.instruments = vec![spec(InstrumentKind::Inverse)];
    let mut desk = Desk::open_latched(&config, None, Latch::in_memory()).unwrap();
    desk.on_trade(&trade(1)).unwrap();
    // A contract is worth 100 USD: ten of them at 45,000 are 0.02 BTC, and 451 are past the one that may leave.
    for (lots, leaves) in [(10, 1), (450, 1), (451, 0)] {
        let order = OrderIntent { quantity: Quantity::from_lots(lots), ..intent(0, 0) };
        assert!(desk.submit(order, Timestamp(2)).unwrap().approved(), "{lots}");
        assert_eq!(drained(&mut desk).len(), leaves, "{lots} contracts");
    }
}

#[test]
fn what_is_left_of_an_exit_that_has_filled_in_part_is_amended_in_any_mode_but_not_beyond_the_position()
 {
    let mut desk = priced(FuseSpec::default(), None, Latch::in_memory());
    let filled = |id, lots, price| VenueReport {
        trade_id: holdfast_core::TradeId(id),
        last_price: Price::from_ticks(price),
        last_quantity: Quantity::from_lots(lots),
        ..VenueReport::without_fill(ClientOrderId(id), ReportKind::Fill, Timestamp(3))
    };
    desk.submit(intent(0, 0), Timestamp(2)).unwrap();
    assert_eq!(drained(&mut desk).len(), 1);
    desk.report(&filled(1, 10, 90_000)).unwrap();
    let price = |ticks| Some(Price::from_ticks(ticks));
    let exit = OrderIntent { side: Side::Sell, limit_price: price(110_000), ..intent(0, 0) };
    desk.submit(exit, Timestamp(4)).unwrap();
    assert_eq!(drained(&mut desk).len(), 1);
    desk.report(&filled(2, 4, 110_000)).unwrap();
    desk.set_mode(TradingMode::Reduced, "a test", Timestamp(5)).unwrap();
    let amendment = |lots, ticks| Amendment {
        client_order_id: ClientOrderId(2),
        quantity: Some(Quantity::from_lots(lots)),
        limit_price: price(ticks),
        trigger_price: None,
        ts: Timestamp(0),
    };
    let beyond = desk.amend(amendment(11, 105_000), Timestamp(6)).unwrap();
    assert!(!beyond.approved(), "six are held, and seven would be left to fill");
    assert!(desk.amend(amendment(10, 105_000), Timestamp(7)).unwrap().approved());
    let left = drained(&mut desk);
    assert!(matches!(left[..], [Command::Replace(_)]), "the fuse sees an exit too: {left:?}");
}

#[test]
fn another_writers_mode_word_holds_too_and_an_unknown_word_is_an_emergency() {
    let config = desk_config(FuseSpec::default());
    let desk = priced(FuseSpec::default(), None, Latch::in_memory());
    let mut egress = Egress::new(&config.fuse, &config.engine, Latch::in_memory()).unwrap();
    let word = Arc::new(AtomicU8::new(0));
    egress.watch_mode(Arc::clone(&word));
    let place = Command::Place(intent(1, 2));
    let mut leaves = |mode: u8| {
        word.store(mode, Ordering::Release);
        egress.judge(desk.engine(), &place, Timestamp(2)) == Passage::Leaves
    };
    assert_eq!([0, 1, 2, 3, 200, 0].map(&mut leaves), [true, false, false, false, false, true]);
}

fn opened(fuse: FuseSpec) -> Vec<u8> {
    serde_json::to_vec(&desk_config(fuse)).unwrap()
}

fn options() -> JournalOptions {
    JournalOptions::new(SyncPolicy::Os)
}

fn created(folder: &Path, fuse: FuseSpec) -> JournaledEngine {
    let policy = SnapshotPolicy::default();
    let mut engine = JournaledEngine::create(folder, &opened(fuse), options(), policy).unwrap();
    engine.step(&Input::Trade(trade(1))).unwrap();
    engine
}

fn restarted(folder: &Path) -> JournaledEngine {
    JournaledEngine::restart(folder, options(), SnapshotPolicy::default()).unwrap().0
}

/// Submits an order and returns whether it left.
fn sends(engine: &mut JournaledEngine) -> bool {
    let id = engine.engine().next_client_order_id();
    let ts = engine.engine().now().0;
    engine.step(&Input::Submit(intent(id.0, ts))).unwrap();
    let placed = |command: &Command| matches!(command, Command::Place(placed) if placed.client_order_id == id);
    engine.commit().unwrap().any(|command| placed(&command))
}

#[test]
fn a_restart_counts_what_left_before_it() {
    let folder = Folder::new("fuse-recall");
    let mut engine = created(&folder.0, day_of("3"));
    assert!(sends(&mut engine) && sends(&mut engine));
    engine.leave().unwrap();
    drop(engine);
    let mut engine = restarted(&folder.0);
    assert!(sends(&mut engine), "the third of the day");
    assert!(!sends(&mut engine));
    assert!(matches!(engine.fuse(), LatchState::Tripped(trip) if trip.observed == "4"));
}

/// Set in the process that is killed.
const VICTIM: &str = "HOLDFAST_FUSE_VICTIM";

#[test]
fn the_latch_survives_the_death_of_its_process() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        let mut engine = created(Path::new(&folder), day_of("2"));
        while sends(&mut engine) {}
        eprintln!("refused");
        loop {
            std::thread::park();
        }
    }
    let folder = Folder::new("fuse-killed");
    let mut victim = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_latch_survives_the_death_of_its_process", "--nocapture"])
        .env(VICTIM, &folder.0)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("refused")));
    victim.kill().unwrap();
    victim.wait().unwrap();

    let mut engine = restarted(&folder.0);
    assert!(matches!(engine.fuse(), LatchState::Tripped(_)));
    assert!(!sends(&mut engine));
    engine.leave().unwrap();
    drop(engine);
    reset(&folder.0, "ada", "the loop is mended", Timestamp(9)).unwrap();
    let mut engine = restarted(&folder.0);
    assert_eq!(*engine.fuse(), LatchState::Armed);
    assert!(!sends(&mut engine), "the day's ceiling stands all the same");
    assert!(matches!(engine.fuse(), LatchState::Tripped(_)));
}

#[test]
fn with_an_unreadable_latch_only_exits_and_cancels_leave() {
    let folder = Folder::new("fuse-unreadable");
    std::fs::create_dir_all(&folder.0).unwrap();
    std::fs::write(folder.0.join("fuse.latch"), "{").unwrap();
    let mut desk = priced(FuseSpec::default(), None, Latch::open(&folder.0, true));
    desk.submit(intent(0, 0), Timestamp(2)).unwrap();
    assert_eq!(drained(&mut desk), []);
    let order = desk.engine().order(ClientOrderId(1)).unwrap();
    assert_eq!(order.state.base(), BaseState::Denied);
    assert!(matches!(desk.fuse(), LatchState::Unusable(_)));
    let unknown = Input::FuseRefused(holdfast_engine::fuse_refusal::FuseRefused {
        client_order_id: ClientOrderId(1),
        amendment: 0,
        code: Code::FuseTripped,
        ceiling: holdfast_core::FuseCeiling::None,
        limit: 0,
        observed: 0,
        trips: false,
        sent_before: false,
        ts: Timestamp(5),
    });
    let Input::FuseRefused(refused) = &unknown else { panic!() };
    let told = refused.error();
    assert_eq!(told.code(), Code::FuseTripped);
    assert!(told.to_string().contains(Code::FuseTripped.meaning()), "{told}");
    let folder = Folder::new("fuse-twice");
    let mut engine = created(&folder.0, FuseSpec::default());
    assert!(sends(&mut engine));
    let accepted = VenueReport::without_fill(ClientOrderId(1), ReportKind::Accepted, Timestamp(4));
    engine.step(&Input::Report(accepted)).unwrap();
    engine.step(&unknown).unwrap();
    assert_eq!(engine.engine().open_order_count(), 1, "what the venue has told of did leave");
    assert_eq!(engine.engine().counts().alarms, 1);
}
