//! Lists of orders that depend on each other, at the simulated venue.

mod support;

use holdfast_core::{
    Code, Contingency, OrderIntent, OrderTerms, OrderType, Price, Quantity, Side, TimeInForce,
    Timestamp, TrailingDistance,
};
use holdfast_engine::record_json::record_json;
use holdfast_engine::replay::replay;
use holdfast_engine::{JournalReader, JournalWriter, SyncPolicy};
use holdfast_sim::{Session, SessionConfig};
use support::*;

fn session_at_100(config: &SessionConfig) -> Session {
    let mut session = open(config);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    session
}

fn approved(session: &mut Session, contingency: Contingency, orders: &[OrderIntent]) -> u64 {
    let (first, verdict) = session.submit_list(contingency, orders).unwrap();
    assert!(verdict.approved());
    first.0
}

fn exit(intent: OrderIntent) -> OrderIntent {
    OrderIntent { reduce_only: true, ..intent }
}

fn open_ids(session: &Session) -> Vec<u64> {
    session.engine().open_orders().map(|order| order.intent.client_order_id.0).collect()
}

fn open_quantities(session: &Session) -> Vec<i64> {
    session.engine().open_orders().map(|order| order.quantity.lots()).collect()
}

fn capped() -> SessionConfig {
    let mut config = config();
    config.assumptions.participation_frac_max = "0.1".into();
    config
}

#[test]
fn ord_13_the_first_fill_of_one_cancels_the_other() {
    let mut session = session_at_100(&capped());
    let pair = [stop(Side::Buy, 100, 10_200), stop(Side::Sell, 100, 9_800)];
    assert_eq!(approved(&mut session, Contingency::Oco, &pair), 1);
    assert_eq!(open_ids(&session), [1, 2]);
    let case = session.engine().instruments()[0].case;
    assert_eq!((case.open_buy, case.open_sell), (100, 100), "until then either may fill");
    session.on_bar(&bar(1, [10_000, 10_250, 9_700, 10_210], 300)).unwrap();
    assert_eq!(prices(&mut session), [(10_200, 30)], "a part of one, and nothing of the other");
    assert_eq!((open_ids(&session), session.engine().counts().canceled), (vec![1], 1));
    let case = session.engine().instruments()[0].case;
    assert_eq!((case.open_buy, case.open_sell), (70, 0), "its reservation is given back");
}

#[test]
fn ord_13_one_updates_the_other_by_what_it_fills() {
    let mut session = session_at_100(&capped());
    session.submit(market(Side::Buy, 100)).unwrap();
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    let pair = [exit(stop(Side::Sell, 100, 9_500)), exit(limit(Side::Sell, 100, 10_500))];
    approved(&mut session, Contingency::Ouo, &pair);
    session.on_bar(&bar(2, [10_000, 10_600, 9_900, 10_400], 300)).unwrap();
    assert_eq!((position(&session), open_quantities(&session)), (70, vec![70, 100]));
    session.on_bar(&bar(3, [10_000, 10_100, 9_400, 9_500], 500)).unwrap();
    assert_eq!((position(&session), open_quantities(&session)), (20, vec![70, 50]));
    session.on_bar(&bar(4, [9_500; 4], 500)).unwrap();
    assert_eq!((position(&session), open_ids(&session).len()), (0, 0));
}

#[test]
fn ord_13_a_pair_of_entries_gives_back_what_the_other_one_took() {
    let mut session = session_at_100(&capped());
    let pair = [limit(Side::Buy, 100, 9_900), limit(Side::Buy, 100, 9_800)];
    approved(&mut session, Contingency::Ouo, &pair);
    session.on_bar(&bar(1, [10_000, 10_000, 9_850, 9_950], 400)).unwrap();
    assert_eq!(open_quantities(&session), [100, 60]);
    let case = session.engine().instruments()[0].case;
    assert_eq!((case.position, case.open_buy), (40, 120));
}

#[test]
fn ord_13_followers_are_sent_for_what_the_parent_fills() {
    let mut session = session_at_100(&capped());
    let parent = limit(Side::Buy, 100, 9_900);
    let child = limit(Side::Sell, 80, 11_000);
    approved(&mut session, Contingency::Oto, &[parent, child]);
    assert_eq!(open_ids(&session), [1], "nothing follows before a fill");
    session.on_bar(&bar(1, [10_000, 10_000, 9_850, 9_950], 300)).unwrap();
    assert_eq!(open_quantities(&session), [100, 30]);
    session.on_bar(&bar(2, [10_000, 10_000, 9_850, 9_950], 600)).unwrap();
    assert_eq!(open_quantities(&session), [100, 30, 50], "its own quantity is the bound");
    session.on_bar(&bar(3, [10_000, 10_000, 9_850, 9_950], 600)).unwrap();
    assert_eq!((position(&session), open_quantities(&session)), (100, vec![30, 50]));
    let parents: Vec<u64> =
        session.engine().open_orders().map(|order| order.intent.parent.0).collect();
    assert_eq!(parents, [1, 1]);
}

#[test]
fn ord_13_a_bracket_protects_what_its_entry_fills_with_any_kind_of_stop() {
    let trailing = OrderIntent {
        order_type: OrderType::TrailingStop,
        terms: OrderTerms { trailing: Some(TrailingDistance::Ticks(200)), ..OrderTerms::default() },
        ..exit(market(Side::Sell, 10))
    };
    let bracket = [limit(Side::Buy, 10, 9_900), trailing, exit(limit(Side::Sell, 10, 11_000))];
    let mut config = config();
    config.engine.limits.stop_loss_required = true;
    let run = |last: [i64; 4]| {
        let mut session = session_at_100(&config);
        approved(&mut session, Contingency::Bracket, &bracket);
        session.on_bar(&bar(1, [10_000, 10_000, 9_850, 9_950], 1_000)).unwrap();
        session.on_bar(&bar(2, [10_000, 10_500, 9_990, 10_450], 1_000)).unwrap();
        assert_eq!((position(&session), open_ids(&session)), (10, vec![2, 3]));
        session.on_bar(&bar(3, last, 1_000)).unwrap();
        assert_eq!((position(&session), open_ids(&session).len()), (0, 0));
        prices(&mut session)
    };
    assert_eq!(run([10_400, 10_450, 10_200, 10_250]), [(9_900, 10), (10_300, 10)]);
    assert_eq!(run([10_900, 11_001, 10_850, 10_900]), [(9_900, 10), (11_000, 10)]);
}

#[test]
fn ord_13_a_list_is_sent_whole_or_not_at_all() {
    let mut config = config();
    config.engine.limits.order_qty_max = "50".into();
    let mut session = session_at_100(&config);
    let pair = [limit(Side::Buy, 10, 9_900), limit(Side::Buy, 60, 9_800)];
    let (first, verdict) = session.submit_list(Contingency::Oco, &pair).unwrap();
    assert_eq!((first.0, verdict.approved()), (1, false));
    assert_eq!((verdict.client_order_id.0, open_ids(&session).len()), (2, 0));
    let counts = session.engine().counts();
    assert_eq!((counts.submitted, counts.denied), (2, 2));
    let case = session.engine().instruments()[0].case;
    assert_eq!((case.open_buy, case.open_sell), (0, 0), "nothing stays reserved");
    assert_eq!(session.submit(limit(Side::Buy, 1, 9_900)).unwrap().client_order_id.0, 3);
}

#[test]
fn ord_13_a_list_is_judged_as_a_whole() {
    let mut config = config();
    config.engine.limits.position_frac_max = "0.1".into();
    let pair = [limit(Side::Buy, 60, 9_900), limit(Side::Buy, 60, 9_800)];
    let mut session = session_at_100(&config);
    let verdict = session.submit_list(Contingency::Oco, &pair).unwrap().1;
    assert!(!verdict.approved(), "both may fill before one cancels the other");
    let follower = [limit(Side::Buy, 60, 9_900), limit(Side::Buy, 60, 9_800)];
    let verdict = session.submit_list(Contingency::Oto, &follower).unwrap().1;
    assert!(!verdict.approved(), "what follows counts when the parent has filled");
    let orders_max = SessionConfig {
        engine: holdfast_engine::EngineConfig { max_open_orders: 1, ..support::config().engine },
        ..support::config()
    };
    let mut session = session_at_100(&orders_max);
    assert!(!session.submit_list(Contingency::Ouo, &pair).unwrap().1.approved());
}

#[test]
fn ord_13_lists_that_contradict_themselves_are_refused_and_change_nothing() {
    let mut session = session_at_100(&config());
    let (buy, sell) = (limit(Side::Buy, 10, 9_900), exit(limit(Side::Sell, 10, 11_000)));
    let large = exit(limit(Side::Sell, 11, 11_000));
    let invalid = market(Side::Buy, 0);
    let protected = OrderIntent { stop_loss: Some(Price::from_ticks(9_000)), ..buy };
    let lists: [(Contingency, Vec<OrderIntent>); 9] = [
        (Contingency::Bracket, vec![protected, sell, sell]),
        (Contingency::Oco, vec![]),
        (Contingency::Oco, vec![buy]),
        (Contingency::Ouo, vec![buy, sell, sell]),
        (Contingency::Oto, vec![buy]),
        (Contingency::Oto, vec![buy; 9]),
        (Contingency::Oto, vec![buy, large]),
        (Contingency::Bracket, vec![buy, sell, buy]),
        (Contingency::Oco, vec![buy, invalid]),
    ];
    for (contingency, orders) in lists {
        let code = session.submit_list(contingency, &orders).map(|_| ()).map_err(|e| e.code());
        assert_eq!(code, Err(Code::OrderInvalid), "{contingency:?} of {}", orders.len());
    }
    assert_eq!(session.engine().next_client_order_id().0, 1);
}

#[test]
fn ord_13_a_list_can_be_explained_from_the_journal_and_replays() {
    let folder = std::env::temp_dir().join(format!("holdfast-list-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let journal = JournalWriter::create(&folder, SyncPolicy::Os).unwrap();
    let mut session = open_with_journal(&config(), journal);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    let trailing = OrderIntent {
        order_type: OrderType::TrailingStop,
        terms: OrderTerms { trailing: Some(TrailingDistance::Ticks(200)), ..OrderTerms::default() },
        ..exit(market(Side::Sell, 10))
    };
    let bracket = [limit(Side::Buy, 10, 9_900), trailing, exit(limit(Side::Sell, 10, 11_000))];
    approved(&mut session, Contingency::Bracket, &bracket);
    session.on_bar(&bar(1, [10_000, 10_000, 9_850, 9_950], 1_000)).unwrap();
    let closed = session.close().unwrap();
    let reader = JournalReader::open(&folder).unwrap();
    assert_eq!(replay(&reader).unwrap().state_hash, closed.snapshot.state_hash);
    let mut shown = Vec::new();
    let visited = reader.visit(|record| {
        let json = record_json(record)?;
        let content = &json["content"];
        match record.kind.name() {
            "order_submitted" => shown.push(format!(
                "{} of {}: trails {}",
                content["contingency"],
                content["orders"].as_array().unwrap().len(),
                content["orders"][1]["terms"]["trailing"]["ticks"]
            )),
            "order_list_judged" => {
                shown.push(format!("{} {}", content["verdict"], content["client_order_id"]));
            }
            "order_derived" => shown.push(format!("{} {}", content["role"], content["parent"])),
            _ => {}
        }
        Ok(())
    });
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(visited.unwrap().closed);
    let expected =
        ["\"bracket\" of 3: trails 200", "\"approved\" 1", "\"stop_loss\" 1", "\"take_profit\" 1"];
    assert_eq!(shown, expected);
}

#[test]
fn ord_13_an_end_without_a_fill_leaves_the_other_order_alone() {
    let mut session = session_at_100(&config());
    let pair = [limit(Side::Buy, 10, 9_900), limit(Side::Buy, 10, 9_800)];
    let first = approved(&mut session, Contingency::Oco, &pair);
    session.cancel(holdfast_core::ClientOrderId(first)).unwrap();
    assert_eq!(open_ids(&session), [first + 1], "a rejected target must not take the stop along");
}

#[test]
fn ord_13_a_follower_whose_date_has_passed_is_told_as_an_alarm() {
    let mut session = session_at_100(&config());
    let dated = OrderIntent {
        time_in_force: TimeInForce::Gtd,
        terms: OrderTerms { expires: Some(Timestamp(2 * DAY_NS)), ..OrderTerms::default() },
        ..exit(limit(Side::Sell, 10, 11_000))
    };
    approved(&mut session, Contingency::Oto, &[limit(Side::Buy, 10, 9_900), dated]);
    session.on_bar(&flat_bar(1, 10_000)).unwrap();
    session.on_bar(&flat_bar(2, 9_800)).unwrap();
    assert_eq!((position(&session), open_ids(&session).len()), (10, 0));
    assert_eq!(session.engine().counts().alarms, 1);
}

#[test]
fn ord_13_an_iceberg_that_follows_shows_no_more_than_there_is_of_it() {
    let mut session = session_at_100(&capped());
    let terms = OrderTerms { display: Some(Quantity::from_lots(50)), ..OrderTerms::default() };
    let child = OrderIntent { terms, ..limit(Side::Sell, 100, 11_000) };
    approved(&mut session, Contingency::Oto, &[limit(Side::Buy, 100, 9_900), child]);
    session.on_bar(&bar(1, [10_000, 10_000, 9_850, 9_950], 300)).unwrap();
    let sent: Vec<_> = session.engine().open_orders().map(|order| order.intent).collect();
    assert_eq!(sent[1].terms.display, Some(Quantity::from_lots(30)));
    assert_eq!(sent[1].limit_price, Some(Price::from_ticks(11_000)));
}
