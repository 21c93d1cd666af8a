//! Trading modes: what passes in each, and what an emergency does by itself.

mod support;

use holdfast_core::{Code, OrderIntent, OrderRole, Price, ReportKind, Side, TradingMode};
use holdfast_engine::replay::replay;
use holdfast_engine::{Command, Input, JournalReader, JournalWriter, SyncPolicy};
use support::desk::Desk;
use support::*;

impl Desk {
    fn mode(&mut self, mode: TradingMode) {
        let ts = self.now();
        self.step(&Input::ModeChanged { mode, reason: "drill", ts }).unwrap();
    }

    fn denied(&mut self, intent: OrderIntent) -> bool {
        let (_, verdict) = self.judge(intent);
        verdict
            .checks()
            .any(|check| !check.passed && check.control.code() == Code::TradingModeDenied)
    }
}

/// A desk that holds ten lots and has a bracket around them.
fn holding() -> Desk {
    let mut desk = Desk::new();
    let bracket = OrderIntent {
        stop_loss: Some(Price::from_ticks(9_000)),
        take_profit: Some(Price::from_ticks(11_000)),
        ..market(Side::Buy, 10)
    };
    let id = desk.rest(bracket);
    desk.fill(id, 1, 10).unwrap();
    desk.commands.clear();
    desk
}

fn exit(lots: i64) -> OrderIntent {
    OrderIntent { reduce_only: true, ..market(Side::Sell, lots) }
}

#[test]
fn ord_17_each_mode_lets_the_right_orders_pass() {
    use TradingMode::{Emergency, Normal, Paused, Reduced};
    for (mode, entry, own_exit) in [
        (Normal, false, false),
        (Paused, true, true),
        (Reduced, true, false),
        (Emergency, true, true),
    ] {
        let mut desk = holding();
        desk.mode(mode);
        assert_eq!(desk.denied(limit(Side::Buy, 1, 9_900)), entry, "{mode:?}");
        assert_eq!(desk.denied(exit(4)), own_exit, "{mode:?}");
        assert_eq!(desk.engine.mode(), mode);
    }
}

#[test]
fn ord_17_paused_keeps_what_is_open_and_still_protects_what_fills() {
    let mut desk = Desk::new();
    let id = desk.rest(OrderIntent {
        stop_loss: Some(Price::from_ticks(9_000)),
        ..limit(Side::Buy, 10, 9_900)
    });
    desk.mode(TradingMode::Paused);
    assert_eq!(desk.commands.len(), 1, "nothing is cancelled");
    desk.fill(id, 1, 10).unwrap();
    let stop = desk.engine.open_orders().next().unwrap();
    assert_eq!((stop.intent.role, stop.quantity.lots()), (OrderRole::StopLoss, 10));
}

#[test]
fn ord_17_an_amendment_in_a_stricter_mode_may_only_take_quantity_away() {
    for mode in [TradingMode::Paused, TradingMode::Reduced] {
        let mut desk = Desk::new();
        let id = desk.rest(limit(Side::Buy, 10, 9_900));
        desk.mode(mode);
        assert!(!desk.amend(id, Some(11), None).unwrap().approved(), "{mode:?}");
        assert!(!desk.amend(id, None, Some(9_901)).unwrap().approved(), "{mode:?}");
        assert!(desk.amend(id, Some(9), None).unwrap().approved(), "{mode:?}");
    }
}

#[test]
fn ord_17_an_emergency_cancels_everything_and_closes_everything_once() {
    let mut desk = holding();
    let entry = desk.rest(limit(Side::Buy, 5, 9_900));
    desk.commands.clear();
    desk.mode(TradingMode::Emergency);
    let cancelled =
        desk.commands.iter().filter(|command| matches!(command, Command::Cancel(_))).count();
    assert_eq!(cancelled, 3, "stop, target and entry");
    let Some(Command::Place(close)) = desk.commands.last() else {
        panic!("the position is closed")
    };
    assert_eq!((close.side, close.quantity.lots(), close.reduce_only), (Side::Sell, 10, true));
    assert_eq!((close.role, close.stop_loss), (OrderRole::Liquidation, None));
    let (close, sent) = (close.client_order_id.0, desk.commands.len());
    desk.step(&Input::Bar(flat_bar(1, 10_000))).unwrap();
    assert_eq!(desk.commands.len(), sent, "a close that is under way is not repeated");

    desk.fill(entry, 2, 2).unwrap();
    let Some(Command::Place(rest)) = desk.commands.last() else {
        panic!("a late fill is closed too")
    };
    assert_eq!(rest.quantity.lots(), 2);
    let rest = rest.client_order_id.0;
    desk.report(close, ReportKind::Rejected).unwrap();
    let sent = desk.commands.len();
    desk.step(&Input::Bar(flat_bar(2, 10_000))).unwrap();
    assert_eq!(
        desk.commands.len(),
        sent + 1,
        "a refused close is tried again at the next market event"
    );
    let Some(Command::Place(again)) = desk.commands.last() else { panic!("tried again") };
    assert_eq!(again.quantity.lots(), 10);
    let again = again.client_order_id.0;
    desk.fill(again, 3, 10).unwrap();
    desk.fill(rest, 4, 2).unwrap();
    assert_eq!(desk.case().0, 0);
}

#[test]
fn ord_17_a_large_position_is_closed_in_orders_that_the_venue_takes() {
    let mut config = config().engine;
    let mut desk = {
        config.instruments[0].max_quantity = Some("4".into());
        Desk::with(&config)
    };
    for trade in 1..=3 {
        let id = desk.rest(market(Side::Sell, 3));
        desk.fill(id, trade, 3).unwrap();
    }
    desk.commands.clear();
    desk.mode(TradingMode::Emergency);
    let placed: Vec<(Side, i64)> = desk
        .commands
        .iter()
        .filter_map(|command| match command {
            Command::Place(intent) => Some((intent.side, intent.quantity.lots())),
            _ => None,
        })
        .collect();
    assert_eq!(placed, [(Side::Buy, 4), (Side::Buy, 4), (Side::Buy, 1)]);
}

#[test]
fn ord_17_an_emergency_ends_flat_in_the_simulated_venue_and_replays() {
    let folder = std::env::temp_dir().join(format!("holdfast-modes-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let journal = JournalWriter::create(&folder, SyncPolicy::Os).unwrap();
    let mut session = open_with_journal(&config(), journal);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session
        .submit(OrderIntent { stop_loss: Some(Price::from_ticks(9_000)), ..market(Side::Buy, 10) })
        .unwrap();
    session.submit(limit(Side::Buy, 10, 9_500)).unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    assert_eq!(position(&session), 10);
    session.set_mode(TradingMode::Emergency, "drill").unwrap();
    session.on_bar(&bar(2, [9_900, 10_000, 9_000, 9_400], 1_000)).unwrap();
    assert_eq!((position(&session), session.engine().open_order_count()), (0, 0));
    let loosened = session.set_mode(TradingMode::Normal, "again").map_err(|error| error.code());
    assert_eq!(loosened, Err(Code::ModeResetRequired));
    session.reset_mode(TradingMode::Normal, "looked at").unwrap();
    assert!(session.submit(market(Side::Buy, 1)).unwrap().approved());
    let closed = session.close().unwrap();
    let replayed = replay(&JournalReader::open(&folder).unwrap()).unwrap();
    assert_eq!(replayed.state_hash, closed.snapshot.state_hash);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn ord_17_when_hedging_both_sides_are_closed() {
    let mut config = config().engine;
    config.account.position_mode = holdfast_engine::PositionMode::Hedging;
    let mut desk = Desk::with(&config);
    for (trade, side, lots) in [(1, Side::Buy, 5), (2, Side::Sell, 3)] {
        let id = desk.rest(market(side, lots));
        desk.fill(id, trade, lots).unwrap();
    }
    desk.commands.clear();
    desk.mode(TradingMode::Emergency);
    let placed: Vec<(Side, i64)> = desk
        .commands
        .iter()
        .filter_map(|command| match command {
            Command::Place(intent) => Some((intent.side, intent.quantity.lots())),
            _ => None,
        })
        .collect();
    assert_eq!(placed, [(Side::Sell, 5), (Side::Buy, 3)]);
    for (offset, (_, lots)) in placed.into_iter().enumerate() {
        desk.fill(3 + offset as u64, 3 + offset as u64, lots).unwrap();
    }
    let state = &desk.engine.instruments()[0];
    assert_eq!((state.position.lots(), state.short.lots()), Default::default());
}
