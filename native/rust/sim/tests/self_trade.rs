//! Own orders on one account never match, whichever policy keeps them apart.

mod support;

use holdfast_core::{
    BaseState, ClientOrderId, Code, Contingency, Order, OrderIntent, Overlays, Price, Quantity,
    ReportKind, Side,
};
use holdfast_engine::self_trade::SelfTradePolicy::{
    self, CancelBoth, CancelNewest, CancelOldest, DecrementAndCancel, Off,
};
use holdfast_engine::{Command, Engine, Input, OrderList};
use holdfast_risk::{Control, Verdict};
use proptest::prelude::*;
use support::desk::Desk;
use support::*;

fn desk(policy: SelfTradePolicy) -> Desk {
    let mut config = config().engine;
    config.orders.self_trade.policy = policy;
    Desk::with(&config)
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

fn cancelled(desk: &Desk) -> Vec<u64> {
    let id = |command: &Command| if let Command::Cancel(id) = command { Some(id.0) } else { None };
    desk.commands.iter().filter_map(id).collect()
}

#[test]
fn ord_10_each_policy_lets_the_right_order_give_way() {
    for (policy, denied, gone) in [
        (Off, false, vec![]),
        (CancelNewest, true, vec![]),
        (CancelOldest, false, vec![1]),
        (CancelBoth, true, vec![1]),
        (DecrementAndCancel, true, vec![1]),
    ] {
        let mut desk = desk(policy);
        let resting = desk.rest(limit(Side::Sell, 10, 10_000));
        let (_, verdict) = desk.judge(limit(Side::Buy, 10, 10_000));
        assert_eq!(
            codes(&verdict),
            if denied { vec![Code::SelfTrade] } else { vec![] },
            "{policy:?}"
        );
        assert_eq!(cancelled(&desk), gone, "{policy:?}");
        let place = desk.commands.iter().rposition(|command| matches!(command, Command::Place(_)));
        assert_eq!(
            place,
            Some(if denied { 0 } else { desk.commands.len() - 1 }),
            "cancels go first"
        );
        assert!(desk.order(resting).is_some(), "it is gone when the venue says so");
        let (_, apart) = desk.judge(limit(Side::Buy, 10, 9_999));
        assert!(apart.approved(), "a tick apart nothing meets: {policy:?}");
    }
}

#[test]
fn ord_10_decrement_takes_the_smaller_quantity_off_both() {
    let mut desk = desk(DecrementAndCancel);
    desk.rest(limit(Side::Sell, 3, 10_000));
    desk.rest(limit(Side::Sell, 4, 9_990));
    let newest = desk.submit(limit(Side::Buy, 10, 10_000));
    assert_eq!(cancelled(&desk), [1, 2]);
    assert_eq!(desk.order(newest).map(|order| order.quantity.lots()), Some(3));
    assert_eq!(desk.case(), (0, 3, 7));
    let mut desk = self::desk(DecrementAndCancel);
    let resting = desk.rest(limit(Side::Sell, 10, 10_000));
    desk.fill(resting, 1, 2).unwrap();
    let newest = desk.submit(limit(Side::Buy, 9, 10_000));
    assert_eq!(cancelled(&desk), [resting]);
    assert_eq!(desk.order(newest).map(|order| order.quantity.lots()), Some(1), "eight were left");
}

#[test]
fn ord_10_the_larger_resting_order_is_cut_and_the_new_one_is_not_sent() {
    let mut desk = desk(DecrementAndCancel);
    let resting = desk.rest(limit(Side::Sell, 10, 10_000));
    let (_, verdict) = desk.judge(limit(Side::Buy, 4, 10_000));
    assert_eq!(codes(&verdict), [Code::SelfTrade]);
    let Some(Command::Replace(cut)) = desk.commands.last() else {
        panic!("the resting one is cut")
    };
    assert_eq!((cut.client_order_id.0, cut.quantity.lots()), (resting, 6));
}

#[test]
fn ord_10_markets_meet_everything_and_dormant_stops_nothing() {
    let mut desk = desk(CancelNewest);
    let far = desk.rest(limit(Side::Sell, 5, 19_000));
    assert_eq!(codes(&desk.judge(market(Side::Buy, 1)).1), [Code::SelfTrade]);
    let stop = desk.rest(stop(Side::Buy, 1, 12_000));
    assert!(desk.judge(limit(Side::Sell, 1, 15_000)).1.approved());
    assert!(cancelled(&desk).is_empty());
    desk.report(stop, ReportKind::Triggered).unwrap();
    assert_eq!(cancelled(&desk), [far, stop + 1], "what a triggered stop would meet gives way");
}

#[test]
fn ord_10_what_is_unanswered_or_in_doubt_counts() {
    let mut desk = desk(CancelNewest);
    let id = desk.submit(limit(Side::Sell, 5, 10_000));
    assert_eq!(
        codes(&desk.judge(limit(Side::Buy, 1, 10_000)).1),
        [Code::SelfTrade],
        "not accepted yet"
    );
    desk.cancel(id).unwrap();
    assert_eq!(
        codes(&desk.judge(limit(Side::Buy, 1, 10_000)).1),
        [Code::SelfTrade],
        "not cancelled yet"
    );
    desk.report(id, ReportKind::Canceled).unwrap();
    assert!(desk.judge(limit(Side::Buy, 1, 10_000)).1.approved());

    let mut desk = self::desk(CancelNewest);
    let id = desk.rest(limit(Side::Sell, 5, 10_100));
    desk.amend(id, None, Some(10_000)).unwrap();
    assert_eq!(
        codes(&desk.judge(limit(Side::Buy, 1, 10_000)).1),
        [Code::SelfTrade],
        "either price may be in force"
    );
}

#[test]
fn ord_10_an_amendment_must_not_cross_either() {
    for (policy, denied) in [
        (CancelNewest, true),
        (CancelBoth, true),
        (DecrementAndCancel, true),
        (CancelOldest, false),
    ] {
        let mut desk = desk(policy);
        let resting = desk.rest(limit(Side::Sell, 5, 10_000));
        let id = desk.rest(limit(Side::Buy, 5, 9_900));
        let verdict = desk.amend(id, None, Some(10_000)).unwrap();
        assert_eq!(codes(&verdict).contains(&Code::SelfTrade), denied, "{policy:?}");
        assert_eq!(cancelled(&desk), if denied { vec![] } else { vec![resting] }, "{policy:?}");
    }
}

#[test]
fn ord_10_an_exit_always_goes_and_what_it_would_meet_gives_way() {
    let mut desk = desk(CancelNewest);
    let entry = desk.rest(market(Side::Buy, 10));
    desk.fill(entry, 1, 10).unwrap();
    let more = desk.rest(limit(Side::Buy, 5, 9_900));
    let exit = OrderIntent { reduce_only: true, ..market(Side::Sell, 10) };
    let (_, verdict) = desk.judge(exit);
    assert!(verdict.approved() && verdict.reducing);
    assert_eq!(cancelled(&desk), [more]);
}

#[test]
fn ord_10_an_instrument_may_have_a_policy_of_its_own() {
    let mut config = config().engine;
    config.orders.self_trade.policy = CancelNewest;
    config.orders.self_trade.by_instrument.insert(0, Off);
    let mut desk = Desk::with(&config);
    desk.rest(limit(Side::Sell, 5, 10_000));
    let (_, verdict) = desk.judge(limit(Side::Buy, 5, 10_000));
    assert!(
        verdict.approved() && verdict.checks().all(|check| check.control != Control::SelfTrade)
    );
    config.orders.self_trade.by_instrument.insert(1, Off);
    assert_eq!(Engine::new(&config).map(|_| ()).map_err(|e| e.code()), Err(Code::ConfigInvalid));
}

/// Whether two orders that rest would match; the prices in force and those asked for both count.
fn could_match(one: &Order, other: &Order) -> bool {
    let rests = |order: &Order| !order.state.load().1.has(Overlays::PENDING_CANCEL);
    let prices = |order: &Order| {
        let asked = order.pending.map_or(order.intent.limit_price, |asked| asked.limit_price);
        [order.intent.limit_price.map(Price::ticks), asked.map(Price::ticks)]
    };
    let (buy, sell) = match (one.intent.side, other.intent.side) {
        (Side::Buy, Side::Sell) => (one, other),
        (Side::Sell, Side::Buy) => (other, one),
        _ => return false,
    };
    let bid = prices(buy).into_iter().map(|ticks| ticks.unwrap_or(i64::MAX)).max();
    let ask = prices(sell).into_iter().map(|ticks| ticks.unwrap_or(i64::MIN)).min();
    rests(buy) && rests(sell) && bid >= ask
}

#[derive(Debug, Clone)]
enum Step {
    Order(bool, i64, Option<i64>),
    Amend(usize, Option<i64>, Option<i64>),
    Cancel(usize),
    Answer(usize, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let price = || prop::option::weighted(0.9, 9_990_i64..10_010);
    let step = prop_oneof![
        5 => (any::<bool>(), 1_i64..9, price()).prop_map(|(buy, lots, price)| Step::Order(buy, lots, price)),
        2 => (0_usize..6, prop::option::of(1_i64..12), price()).prop_map(|(at, lots, price)| Step::Amend(at, lots, price)),
        1 => (0_usize..6).prop_map(Step::Cancel),
        4 => (0_usize..6, 0_u8..9).prop_map(|(at, kind)| Step::Answer(at, kind)),
    ];
    prop::collection::vec(step, 1..50)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn ord_10_no_two_own_orders_could_match_after_any_step(
        policy in prop::sample::select(vec![CancelNewest, CancelOldest, CancelBoth, DecrementAndCancel]),
        steps in steps(),
    ) {
        let mut desk = desk(policy);
        for step in steps {
            let open: Vec<u64> = desk.engine.open_orders().map(|order| order.intent.client_order_id.0).collect();
            let at = |index: usize| open.get(index % open.len().max(1)).copied();
            match step {
                Step::Order(buy, lots, price) => {
                    let side = if buy { Side::Buy } else { Side::Sell };
                    desk.judge(price.map_or_else(|| market(side, lots), |ticks| limit(side, lots, ticks)));
                }
                Step::Amend(index, lots, price) => {
                    if let Some(id) = at(index) {
                        let _ = desk.amend(id, lots, price);
                    }
                }
                Step::Cancel(index) => {
                    if let Some(id) = at(index) {
                        desk.cancel(id).unwrap();
                    }
                }
                Step::Answer(index, kind) => {
                    let kind = ReportKind::from_number(kind).unwrap();
                    let Some(id) = at(index) else { continue };
                    let Some(order) = desk.order(id) else { continue };
                    // An honest venue answers what it was asked, and says nothing that revives a cancelled order.
                    let (base, overlays, _) = order.state.load();
                    let asked = order.pending.map(|asked| asked.quantity);
                    let honest = match kind {
                        ReportKind::Accepted => base == BaseState::Submitted,
                        ReportKind::Canceled => overlays.has(Overlays::PENDING_CANCEL),
                        ReportKind::Replaced | ReportKind::ReplaceRejected => asked.is_some(),
                        _ => false,
                    };
                    if honest {
                        let last_quantity = asked.unwrap_or(Quantity::ZERO);
                        desk.hear(holdfast_core::VenueReport { last_quantity, ..desk.told(id, kind) }).unwrap();
                    }
                }
            }
            let resting: Vec<&Order> = desk.engine.open_orders().collect();
            for (index, one) in resting.iter().enumerate() {
                for other in &resting[index + 1..] {
                    prop_assert!(!could_match(one, other), "{:?} and {:?}", one.intent, other.intent);
                }
            }
        }
    }
}

#[test]
fn ord_10_an_order_of_a_list_must_not_cross_either() {
    for (policy, approved, gone) in [
        (Off, true, 0),
        (CancelNewest, false, 0),
        (CancelOldest, true, 1),
        (DecrementAndCancel, false, 0),
    ] {
        let mut desk = desk(policy);
        desk.rest(limit(Side::Sell, 10, 10_000));
        let first = desk.engine.next_client_order_id().0;
        let ts_intent = desk.now();
        let of = |id: u64, price: i64| OrderIntent {
            client_order_id: ClientOrderId(id),
            ts_intent,
            ..limit(Side::Buy, 4, price)
        };
        let orders = [of(first, 9_900), of(first + 1, 10_000)];
        let list = OrderList { contingency: Contingency::Oco, orders: &orders };
        let verdict = desk.step(&Input::SubmitList(list)).unwrap().unwrap();
        assert_eq!((verdict.approved(), cancelled(&desk).len()), (approved, gone), "{policy:?}");
        let lots = if approved { 8 } else { 0 };
        assert_eq!(desk.case(), (0, lots, 10), "all or none: {policy:?}");
    }
}
