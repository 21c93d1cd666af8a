//! Whole sessions: money is conserved, runs are equal, and a journal replays to the same hash.

mod support;

use holdfast_core::{
    Amendment, Amount, Code, Contingency, OrderIntent, OrderTerms, OrderType, Price, Quantity,
    Side, TimeInForce, Timestamp, TrailingDistance,
};
use holdfast_engine::journal_segment::segment_header;
use holdfast_engine::record_json::record_json;
use holdfast_engine::replay::replay;
use holdfast_engine::{JournalReader, JournalWriter, SyncPolicy};
use holdfast_sim::{Session, SessionConfig};
use proptest::prelude::*;
use std::path::PathBuf;
use support::*;

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One thing that happens between two bars.
#[derive(Debug, Clone)]
enum Action {
    Market(bool, i64, Option<i64>, Option<i64>),
    Limit(bool, i64, i64),
    Stop(bool, i64, i64),
    /// An order of a further kind: buy, lots, offset of its price, which kind.
    Kind(bool, i64, i64, u8),
    /// Orders that depend on each other: buy, lots, offset of their prices, how.
    List(bool, i64, i64, Contingency),
    CancelOldest,
    AmendOldest(Option<i64>, Option<i64>),
}

fn actions() -> impl Strategy<Value = Action> {
    let offset = || prop::option::of(1_i64..1_500);
    prop_oneof![
        3 => (any::<bool>(), 1_i64..200, offset(), offset()).prop_map(|(b, q, s, t)| Action::Market(b, q, s, t)),
        2 => (any::<bool>(), 1_i64..200, -800_i64..800).prop_map(|(b, q, o)| Action::Limit(b, q, o)),
        1 => (any::<bool>(), 1_i64..200, -800_i64..800).prop_map(|(b, q, o)| Action::Stop(b, q, o)),
        3 => (any::<bool>(), 1_i64..200, -800_i64..800, 0_u8..8).prop_map(|(b, q, o, k)| Action::Kind(b, q, o, k)),
        2 => (any::<bool>(), 1_i64..200, 1_i64..500, 0_u8..4)
            .prop_map(|(b, q, o, c)| Action::List(b, q, o, Contingency::from_number(c).unwrap())),
        1 => Just(Action::CancelOldest),
        2 => (prop::option::of(1_i64..300), prop::option::of(-800_i64..800)).prop_map(|(q, o)| Action::AmendOldest(q, o)),
    ]
}

/// Steps of a price path: (open gap, high above, low below, close within 0..=100 %, volume).
fn bars() -> impl Strategy<Value = (i64, i64, i64, i64, i64)> {
    (-300_i64..300, 0_i64..400, 0_i64..400, 0_i64..=100, prop_oneof![Just(0_i64), 10_i64..5_000])
}

/// Turns a market order into one of the kinds beyond market, limit and stop, at a price.
fn further_kind(order: OrderIntent, day: i64, ticks: i64, kind: u8) -> OrderIntent {
    let near = Some(Price::from_ticks(ticks));
    let beyond = Some(Price::from_ticks(ticks + order.quantity.lots()));
    let (order_type, limit_price, trigger_price) = match kind {
        0 => (OrderType::StopLimit, beyond, near),
        1 => (OrderType::TakeProfitMarket, None, near),
        2 => (OrderType::TakeProfitLimit, beyond, near),
        3 => (OrderType::TrailingStop, None, None),
        4 => (OrderType::MarketToLimit, None, None),
        _ => (OrderType::Limit, near, None),
    };
    let time_in_force = match kind {
        1 | 3 => TimeInForce::Gtd,
        7 => TimeInForce::Fok,
        _ => TimeInForce::Gtc,
    };
    let terms = OrderTerms {
        post_only: kind == 5,
        display: (kind == 6).then_some(Quantity::from_lots(1 + order.quantity.lots() / 3)),
        trailing: (kind == 3).then_some(TrailingDistance::Ticks(ticks % 300 + 1)),
        expires: (time_in_force == TimeInForce::Gtd)
            .then_some(Timestamp((day + 3) * DAY_NS + ticks)),
        ..OrderTerms::default()
    };
    OrderIntent { order_type, limit_price, trigger_price, time_in_force, terms, ..order }
}

/// Orders that depend on each other, around the last price.
fn dependent(
    side: Side,
    lots: i64,
    [below, above]: [i64; 2],
    contingency: Contingency,
) -> Vec<OrderIntent> {
    let (near, far) = if side == Side::Buy { (below, above) } else { (above, below) };
    let exit = |order: OrderIntent| OrderIntent { reduce_only: true, ..order };
    let entry = limit(side, lots, near);
    match contingency {
        Contingency::Oco | Contingency::Ouo => vec![entry, stop(side, lots, far)],
        Contingency::Oto => vec![entry, limit(side.opposite(), (lots + 1) / 2, far)],
        Contingency::Bracket => vec![
            market(side, lots),
            exit(stop(side.opposite(), lots, near)),
            exit(limit(side.opposite(), lots, far)),
        ],
    }
}

fn play(session: &mut Session, steps: &[((i64, i64, i64, i64, i64), Vec<Action>)]) {
    let mut last = 10_000_i64;
    for (day, ((gap, up, down, close, volume), todo)) in steps.iter().enumerate() {
        let open = (last + gap).max(500);
        let (high, low) = (open + up, (open - down).max(100));
        let close = low + (high - low) * close / 100;
        session.on_bar(&bar(day as i64, [open, high, low, close], *volume)).unwrap();
        last = close;
        for action in todo {
            let side = |buy: bool| if buy { Side::Buy } else { Side::Sell };
            let price = |offset: i64| (last + offset).max(1);
            match action {
                Action::Market(buy, lots, stop, target) => {
                    let sign = if *buy { 1 } else { -1 };
                    let order = OrderIntent {
                        stop_loss: stop.map(|o| Price::from_ticks(price(-sign * o))),
                        take_profit: target.map(|o| Price::from_ticks(price(sign * o))),
                        ..market(side(*buy), *lots)
                    };
                    session.submit(order).unwrap();
                }
                Action::Limit(buy, lots, offset) => {
                    session.submit(limit(side(*buy), *lots, price(*offset))).unwrap();
                }
                Action::Stop(buy, lots, offset) => {
                    session.submit(stop(side(*buy), *lots, price(*offset))).unwrap();
                }
                Action::Kind(buy, lots, offset, kind) => {
                    let order =
                        further_kind(market(side(*buy), *lots), day as i64, price(*offset), *kind);
                    session.submit(order).unwrap();
                }
                Action::List(buy, lots, offset, contingency) => {
                    let prices = [price(-offset), price(*offset)];
                    let orders = dependent(side(*buy), *lots, prices, *contingency);
                    session.submit_list(*contingency, &orders).unwrap();
                }
                Action::AmendOldest(lots, offset) => {
                    let Some(order) = session.engine().open_orders().next() else { continue };
                    let wish = Amendment {
                        client_order_id: order.intent.client_order_id,
                        quantity: lots.map(Quantity::from_lots),
                        limit_price: order
                            .intent
                            .limit_price
                            .and(*offset)
                            .map(|offset| Price::from_ticks(price(offset))),
                        trigger_price: order
                            .intent
                            .trigger_price
                            .and(*offset)
                            .map(|offset| Price::from_ticks(price(offset))),
                        ts: Timestamp(0),
                    };
                    if let Err(error) = session.amend(wish) {
                        assert_eq!(error.code(), Code::AmendInvalid);
                    }
                }
                Action::CancelOldest => {
                    let oldest = session
                        .engine()
                        .open_orders()
                        .next()
                        .map(|order| order.intent.client_order_id);
                    if let Some(id) = oldest {
                        session.cancel(id).unwrap();
                    }
                }
            }
        }
    }
}

fn costly() -> SessionConfig {
    let mut config = config();
    config.assumptions.slippage_bps = "3".into();
    config.assumptions.taker_fee_bps = "4.5".into();
    config.assumptions.maker_fee_bps = "-0.5".into();
    config.assumptions.fee_per_unit = "0.0035".into();
    config.assumptions.participation_frac_max = "0.15".into();
    config.engine.limits.position_frac_max = "0.5".into();
    config.engine.limits.drawdown_frac_max = "0.3".into();
    config.engine.limits.orders_per_minute_max = "5".into();
    config
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// cash + position value = start + realised + unrealised − fees, to the last unit, whatever happened; the journal
    /// replays to the same hash, and the gate's worst case is what the open orders say.
    #[test]
    fn sim_08_money_is_conserved_and_the_journal_replays(
        steps in prop::collection::vec((bars(), prop::collection::vec(actions(), 0..4)), 1..25),
    ) {
        let folder = Folder::new("property");
        let journal = JournalWriter::create_with_segments(&folder.0, SyncPolicy::Os, 1 << 12).unwrap();
        let mut session = open_with_journal(&costly(), journal);
        play(&mut session, &steps);

        let state = &session.engine().instruments()[0];
        let open_lots = |side: Side| -> i64 {
            session.engine().open_orders()
                .filter(|order| order.intent.side == side && !order.intent.reduce_only)
                .map(|order| order.leaves().lots()).sum()
        };
        prop_assert_eq!((state.case.open_buy, state.case.open_sell), (open_lots(Side::Buy), open_lots(Side::Sell)));
        prop_assert_eq!(state.case.position, state.position.lots().lots());

        let closed = session.close().unwrap();
        let usd = |text: &str| Amount::parse(text).unwrap();
        let profit = usd(&closed.snapshot.realized).plus(usd(&closed.snapshot.unrealized)).unwrap();
        let expected = usd("100000").plus(profit).unwrap().minus(usd(&closed.snapshot.fees)).unwrap();
        prop_assert_eq!(usd(&closed.snapshot.equity), expected);

        let reader = JournalReader::open(&folder.0).unwrap();
        let replayed = replay(&reader).unwrap();
        prop_assert_eq!(&replayed.state_hash, &closed.snapshot.state_hash);
        prop_assert!(replayed.compared_with_close && replayed.journal.closed);
        prop_assert_eq!(Some(&replayed.journal.head), closed.journal_head.as_ref());
        prop_assert_eq!(Some(replayed.journal.records), closed.journal_records);

        let again = Folder::new("property-again");
        let journal = JournalWriter::create(&again.0, SyncPolicy::Always).unwrap();
        let mut session = open_with_journal(&costly(), journal);
        play(&mut session, &steps);
        prop_assert_eq!(session.close().unwrap().journal_head, closed.journal_head, "same inputs, same chain");
    }
}

fn written(name: &str) -> (Folder, Vec<u8>) {
    let folder = Folder::new(name);
    let mut session =
        open_with_journal(&config(), JournalWriter::create(&folder.0, SyncPolicy::Os).unwrap());
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session.submit(market(Side::Buy, 5)).unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    session.note_failure(Code::StrategyThrew, "boom").unwrap();
    session.close().unwrap();
    let bytes = std::fs::read(folder.0.join("000001.journal")).unwrap();
    (folder, bytes)
}

#[test]
fn every_record_of_a_session_can_be_shown() {
    let (folder, _) = written("shown");
    let mut kinds = Vec::new();
    let summary = JournalReader::open(&folder.0).unwrap().visit(|record| {
        let json = record_json(record)?;
        assert_eq!(json["sequence"], record.sequence);
        kinds.push(record.kind.name());
        Ok(())
    });
    let summary = summary.unwrap();
    assert!(summary.closed);
    assert_eq!(
        kinds,
        [
            "session_opened",
            "bar",
            "order_submitted",
            "verdict",
            "order_changed",
            "venue_report",
            "order_changed",
            "day_closed",
            "venue_report",
            "position_changed",
            "order_changed",
            "bar",
            "failure",
            "day_closed",
            "session_closed",
        ]
    );
}

#[test]
fn flipping_any_byte_of_the_file_is_found() {
    let (folder, bytes) = written("flipped");
    let path = folder.0.join("000001.journal");
    for index in (0..bytes.len()).step_by(7) {
        let mut forged = bytes.clone();
        forged[index] ^= 0x10;
        std::fs::write(&path, &forged).unwrap();
        let error = JournalReader::open(&folder.0).unwrap().visit(|_| Ok(())).unwrap_err();
        assert!(
            matches!(error.code(), Code::JournalCorrupt | Code::JournalTruncated),
            "byte {index}"
        );
        assert!(error.context().iter().any(|(key, _)| *key == "sequence"));
    }
}

#[test]
fn a_cut_journal_reads_to_its_last_whole_record_and_a_missing_one_is_named() {
    let (folder, bytes) = written("cut");
    let path = folder.0.join("000001.journal");
    std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
    let mut records = 0;
    let error = JournalReader::open(&folder.0)
        .unwrap()
        .visit(|_| {
            records += 1;
            Ok(())
        })
        .unwrap_err();
    assert_eq!((error.code(), records), (Code::JournalTruncated, 14));
    std::fs::rename(&path, folder.0.join("000002.journal")).unwrap();
    let error = JournalReader::open(&folder.0).unwrap().visit(|_| Ok(())).unwrap_err();
    assert_eq!(error.code(), Code::JournalCorrupt);
    assert_eq!(
        JournalReader::open(&folder.0.join("none")).map(|_| ()).map_err(|e| e.code()),
        Err(Code::JournalNotFound)
    );
}

#[test]
fn a_journal_is_never_written_over() {
    let (folder, _) = written("over");
    let again = JournalWriter::create(&folder.0, SyncPolicy::Os).map(|_| ());
    assert_eq!(again.map_err(|e| e.code()), Err(Code::JournalIo));
    assert_eq!(segment_header(1, &holdfast_core::journal_record::Chain::default()).len(), 64);
}

#[test]
fn a_replay_that_gives_other_records_diverges() {
    let (folder, _) = written("diverged");
    let source = JournalReader::open(&folder.0).unwrap();
    let forged = Folder::new("diverged-forged");
    let mut writer = JournalWriter::create(&forged.0, SyncPolicy::Os).unwrap();
    source
        .visit(|record| {
            let mut payload = record.payload.to_vec();
            if record.kind.name() == "position_changed" {
                payload[12] ^= 1;
            }
            holdfast_engine::Sink::record(&mut writer, record.kind, record.ts, payload.as_slice())
        })
        .unwrap();
    writer.commit().unwrap();
    let error = replay(&JournalReader::open(&forged.0).unwrap()).unwrap_err();
    assert_eq!(error.code(), Code::JournalDiverged);
    assert!(error.context().contains(&("recorded", "position_changed".to_string())));
}
