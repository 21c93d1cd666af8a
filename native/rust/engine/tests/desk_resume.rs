//! A desk that goes on with its journal, is compared with its venue, and lets time pass.

mod desk;
mod support;

use desk::{SECOND_NS, config, spec};
use holdfast_core::{
    ClientOrderId, Code, InstrumentId, InstrumentKind, OrderIntent, OrderTerms, OrderType,
    Overlays, Price, Quantity, Quote, ReportKind, Result, Side, TimeInForce, Timestamp,
    VenueReport,
};
use holdfast_engine::replay::replay;
use holdfast_engine::{
    AccountSpec, Command, Desk, DeskConfig, JournalOptions, JournalReader, SnapshotPolicy,
    SyncPolicy,
};
use holdfast_risk::fuse::FuseSpec;
use holdfast_risk::fuse::latch::Latch;
use support::Folder;

fn desk_config() -> DeskConfig {
    let mut engine = config(vec![spec(InstrumentKind::Spot)], "1000000", AccountSpec::default());
    engine.emulated_order_types = vec!["stop_market".into()];
    DeskConfig { engine, about: serde_json::json!({}), fuse: FuseSpec::default() }
}

fn intent() -> OrderIntent {
    OrderIntent::limit(
        InstrumentId(0),
        Side::Buy,
        Quantity::from_lots(1_000),
        Price::from_ticks(100_000),
    )
}

fn options() -> JournalOptions {
    JournalOptions::new(SyncPolicy::Os)
}

fn created(folder: &Folder) -> Desk {
    let policy = SnapshotPolicy::default();
    let mut desk =
        Desk::create(&desk_config(), &folder.0, options(), policy, Latch::in_memory()).unwrap();
    let (bid, ask) = (Price::from_ticks(99_999), Price::from_ticks(100_001));
    let lots = Quantity::from_lots(10);
    desk.on_quote(&Quote {
        instrument: InstrumentId(0),
        ts_event: Timestamp(1),
        bid,
        bid_quantity: lots,
        ask,
        ask_quantity: lots,
    })
    .unwrap();
    desk
}

fn resumed(folder: &Folder, config: &DeskConfig) -> Result<Desk> {
    let policy = SnapshotPolicy::default();
    Desk::resume(config, &folder.0, options(), policy, Latch::in_memory()).map(|(desk, _)| desk)
}

fn drained(desk: &mut Desk, now: i64) -> Vec<Command> {
    let mut left = Vec::new();
    desk.drain_at(64, Timestamp(now), |_, command| left.push(*command)).unwrap();
    left
}

fn code<T>(outcome: Result<T>) -> Option<Code> {
    outcome.err().map(|error| error.code())
}

#[test]
fn ord_09_a_resumed_desk_doubts_what_nobody_answered_and_opens_nothing_before_it_was_compared() {
    let folder = Folder::new("desk-resumed");
    let mut desk = created(&folder);
    desk.submit(intent(), Timestamp(2)).unwrap();
    desk.submit_once(intent(), 7, Timestamp(3)).unwrap();
    let accepted = VenueReport::without_fill(ClientOrderId(1), ReportKind::Accepted, Timestamp(4));
    desk.report(&accepted).unwrap();
    assert_eq!(drained(&mut desk, 4).len(), 2);
    drop(desk);

    let mut desk = resumed(&folder, &desk_config()).unwrap();
    assert!(desk.awaits_venue());
    assert_eq!(drained(&mut desk, 5), [Command::Query(ClientOrderId(2))]);
    let overlays = |desk: &Desk, id| desk.engine().order(ClientOrderId(id)).unwrap().state.load().1;
    assert_eq!(overlays(&desk, 1), Overlays::NONE);
    assert!(overlays(&desk, 2).has(Overlays::IN_DOUBT));
    assert_eq!(code(desk.submit(intent(), Timestamp(6))), Some(Code::RestartUnreconciled));
    let repeat = desk.submit_once(intent(), 7, Timestamp(7)).unwrap();
    assert_eq!(repeat.client_order_id, ClientOrderId(2), "a repeat asks for nothing");
    desk.compare(r#"{"ts_ns":"8","orders_complete_until_ns":null,"fills_complete_from_ns":null,"positions_complete":false,"orders":[],"fills":[],"positions":[],"balances":[]}"#)
        .unwrap();
    let verdict = desk.submit(intent(), Timestamp(9)).unwrap();
    assert_eq!(verdict.client_order_id, ClientOrderId(3));
    desk.close().unwrap();
    assert!(replay(&JournalReader::open(&folder.0).unwrap()).is_ok());
}

#[test]
fn a_journal_of_another_configuration_is_refused_and_stays_as_it_was() {
    let folder = Folder::new("desk-other-config");
    created(&folder).close().unwrap();
    let before = support::summary(&folder.0);
    let mut other = desk_config();
    other.engine.max_open_orders += 1;
    assert_eq!(code(resumed(&folder, &other)), Some(Code::ConfigDiffers));
    assert_eq!(support::summary(&folder.0), before);
    let renamed = DeskConfig { about: serde_json::json!({ "bot": "b" }), ..desk_config() };
    assert_eq!(code(resumed(&folder, &renamed)), None);
}

#[test]
fn ord_08_a_request_without_an_answer_is_in_doubt_and_asked_about_at_growing_intervals() {
    let folder = Folder::new("desk-timers");
    let mut desk = created(&folder);
    desk.set_answer_limit(Some(SECOND_NS));
    desk.submit(intent(), Timestamp(2)).unwrap();
    assert_eq!(desk.next_timer(), None, "what has not left waits for no answer");
    drained(&mut desk, 10);
    let mut asked = Vec::new();
    let mut now = 10;
    for _ in 0..9 {
        let due = desk.next_timer().unwrap().0;
        desk.tick(Timestamp(due - 1)).unwrap();
        assert_eq!(drained(&mut desk, due - 1), [], "not before its time");
        desk.tick(Timestamp(due)).unwrap();
        assert_eq!(drained(&mut desk, due), [Command::Query(ClientOrderId(1))]);
        asked.push((due - now) / SECOND_NS);
        now = due;
    }
    assert_eq!(asked, [1, 1, 2, 4, 8, 16, 32, 32, 32]);
    let ended = VenueReport::without_fill(ClientOrderId(1), ReportKind::Unknown, Timestamp(now));
    desk.report(&ended).unwrap();
    desk.tick(Timestamp(i64::MAX / 2)).unwrap();
    assert_eq!(desk.next_timer(), None);
    desk.close().unwrap();
    assert!(replay(&JournalReader::open(&folder.0).unwrap()).is_ok());
}

#[test]
fn ord_06_an_order_that_is_held_ends_with_its_time_though_no_price_comes() {
    let folder = Folder::new("desk-held");
    let mut desk = created(&folder);
    let terms = OrderTerms { expires: Some(Timestamp(50)), ..OrderTerms::default() };
    let held = OrderIntent {
        order_type: OrderType::StopMarket,
        time_in_force: TimeInForce::Gtd,
        limit_price: None,
        trigger_price: Some(Price::from_ticks(101_000)),
        terms,
        ..intent()
    };
    desk.submit(held, Timestamp(2)).unwrap();
    assert_eq!(desk.next_timer(), Some(Timestamp(50)));
    desk.tick(Timestamp(49)).unwrap();
    assert_eq!(desk.engine().open_order_count(), 1);
    desk.tick(Timestamp(50)).unwrap();
    assert_eq!((desk.engine().open_order_count(), desk.next_timer()), (0, None));
    drop(desk);
    let desk = resumed(&folder, &desk_config()).unwrap();
    assert_eq!(desk.engine().open_order_count(), 0);
}
