//! What a venue answers to amendments, cancels and queries is taken for what it says and for nothing else; own orders
//! keep out of each other's way while answers wait.

mod desk;

use desk::{Desk, config, spec};
use holdfast_core::trading_mode::TradingMode;
use holdfast_core::{
    Amendment, BaseState, ClientOrderId, Code, Contingency, InstrumentId, InstrumentKind,
    InstrumentSpec, OrderIntent, OrderRole, OrderTerms, OrderType, Price, Quantity, ReportKind,
    Result, Side, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::self_trade::SelfTradePolicy;
use holdfast_engine::{AccountSpec, Command, EngineConfig, Input, OrderList};
use holdfast_risk::{Control, Verdict};

const MARK: i64 = 80_000;

/// An engine of one instrument, and what it asked of the venue.
struct Talk {
    desk: Desk,
    commands: Vec<Command>,
}

impl Talk {
    fn with(config: &EngineConfig) -> Self {
        let mut desk = Desk::new(config);
        desk.mark(0, MARK);
        Self { desk, commands: Vec::new() }
    }

    fn new() -> Self {
        Self::with(&spot())
    }

    fn of_policy(policy: SelfTradePolicy) -> Self {
        let mut config = spot();
        config.orders.self_trade.policy = policy;
        Self::with(&config)
    }

    fn step(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>> {
        self.desk.engine.step(input, &mut self.desk.records, &mut self.commands)
    }

    fn submit(&mut self, intent: OrderIntent) -> (ClientOrderId, Box<Verdict>) {
        let id = self.desk.engine.next_client_order_id();
        let intent = OrderIntent { client_order_id: id, ..intent };
        (id, self.step(&Input::Submit(intent)).unwrap().unwrap())
    }

    /// Sends a limit order that the venue takes.
    fn rest(&mut self, side: Side, lots: i64, ticks: i64) -> ClientOrderId {
        let (id, verdict) = self.submit(limit(side, lots, ticks));
        assert!(verdict.approved(), "{verdict:?}");
        self.say(id, ReportKind::Accepted);
        id
    }

    fn report(&mut self, report: VenueReport) {
        self.step(&Input::Report(report)).unwrap();
    }

    fn plain(&self, id: ClientOrderId, kind: ReportKind) -> VenueReport {
        VenueReport::without_fill(id, kind, self.desk.now())
    }

    fn say(&mut self, id: ClientOrderId, kind: ReportKind) {
        self.report(self.plain(id, kind));
    }

    /// Says something of a quantity, a price (0 is none) and a number of an amendment.
    fn name(
        &mut self,
        id: ClientOrderId,
        kind: ReportKind,
        (lots, ticks): (i64, i64),
        amendment: Option<u32>,
    ) {
        self.report(VenueReport {
            last_quantity: Quantity::from_lots(lots),
            last_price: Price::from_ticks(ticks),
            amendment,
            ..self.plain(id, kind)
        });
    }

    fn fill(&mut self, id: ClientOrderId, trade: u64, lots: i64) {
        self.report(VenueReport {
            trade_id: TradeId(trade),
            last_quantity: Quantity::from_lots(lots),
            last_price: Price::from_ticks(MARK),
            ..self.plain(id, ReportKind::Fill)
        });
    }

    fn amend(&mut self, id: ClientOrderId, lots: i64, ticks: Option<i64>) -> Box<Verdict> {
        let wish = Amendment {
            client_order_id: id,
            quantity: Some(Quantity::from_lots(lots)),
            limit_price: ticks.map(Price::from_ticks),
            trigger_price: None,
            ts: self.desk.now(),
        };
        self.step(&Input::Amend(wish)).unwrap().unwrap()
    }

    fn cancel(&mut self, client_order_id: ClientOrderId) {
        self.step(&Input::Cancel { client_order_id, ts: self.desk.now() }).unwrap();
    }

    fn lose_track(&mut self, client_order_id: ClientOrderId) {
        self.step(&Input::LoseTrack { client_order_id, ts: self.desk.now() }).unwrap();
    }

    fn alarms(&self) -> u64 {
        self.desk.engine.counts().alarms
    }

    fn open_buys(&self) -> i64 {
        self.desk.engine.instruments()[0].case.open_buy
    }

    /// Quantity in force and limit price.
    fn form(&self, id: ClientOrderId) -> (i64, Option<i64>) {
        let order = self.desk.engine.order(id).unwrap();
        (order.quantity.lots(), order.intent.limit_price.map(Price::ticks))
    }

    fn cancels(&self) -> Vec<ClientOrderId> {
        let id = |command: &Command| match command {
            Command::Cancel(id) => Some(*id),
            _ => None,
        };
        self.commands.iter().filter_map(id).collect()
    }

    fn replaces(&self) -> usize {
        self.commands.iter().filter(|command| matches!(command, Command::Replace(_))).count()
    }
}

fn spot() -> EngineConfig {
    config(vec![spec(InstrumentKind::Spot)], "100000", AccountSpec::default())
}

fn limit(side: Side, lots: i64, ticks: i64) -> OrderIntent {
    OrderIntent {
        ts_intent: Timestamp(desk::SECOND_NS),
        ..OrderIntent::limit(
            InstrumentId(0),
            side,
            Quantity::from_lots(lots),
            Price::from_ticks(ticks),
        )
    }
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

fn met(verdict: &Verdict) -> Option<i128> {
    let own = verdict.checks().find(|check| check.control == Control::SelfTrade);
    own.map(|check| check.observed)
}

#[test]
fn ord_04_a_refused_cancel_says_nothing_of_the_amendment_that_waits() {
    let mut talk = Talk::new();
    let id = talk.rest(Side::Buy, 10, 70_000);
    assert!(talk.amend(id, 20, None).approved());
    talk.cancel(id);
    talk.say(id, ReportKind::CancelRejected);
    assert_eq!(talk.open_buys(), 20);
    talk.name(id, ReportKind::Replaced, (20, 0), Some(1));
    assert_eq!((talk.form(id).0, talk.alarms()), (20, 0));
}

#[test]
fn ord_04_a_refusal_is_of_the_amendment_that_it_names_by_number_or_by_quantity() {
    for (lots, number, is_answer) in [
        (0, Some(9), false),
        (15, None, false),
        (20, Some(9), false),
        (0, Some(1), true),
        (20, None, true),
        (0, None, true),
    ] {
        let mut talk = Talk::new();
        let id = talk.rest(Side::Buy, 10, 70_000);
        talk.amend(id, 20, None);
        talk.name(id, ReportKind::ReplaceRejected, (lots, 0), number);
        let expected = if is_answer { (10, 0) } else { (20, 1) };
        assert_eq!((talk.open_buys(), talk.alarms()), expected, "{lots} {number:?}");
    }
}

#[test]
fn ord_04_a_query_that_finds_the_quantity_in_force_is_no_news_and_another_one_is() {
    for (lots, alarms) in [(10, 0), (6, 1)] {
        let mut talk = Talk::new();
        let id = talk.rest(Side::Buy, 10, 70_000);
        talk.lose_track(id);
        talk.name(id, ReportKind::Accepted, (lots, 0), None);
        assert_eq!((talk.form(id).0, talk.open_buys(), talk.alarms()), (lots, lots, alarms));
    }
}

#[test]
fn ord_04_an_answer_of_another_price_or_quantity_is_not_the_one_that_waits() {
    for (lots, ticks, number, is_answer) in [
        (20, 71_000, None, false),
        (19, 72_000, None, false),
        (20, 72_000, Some(2), false),
        (20, 72_000, None, true),
        (20, 0, None, true),
    ] {
        let mut talk = Talk::new();
        let id = talk.rest(Side::Buy, 10, 70_000);
        talk.amend(id, 20, Some(72_000));
        talk.name(id, ReportKind::Replaced, (lots, ticks), number);
        let expected = if is_answer { (20, Some(72_000)) } else { (10, Some(70_000)) };
        assert_eq!((talk.form(id), talk.alarms()), (expected, u64::from(!is_answer)));
    }
}

#[test]
fn ord_04_an_unasked_change_is_taken_only_when_it_leaves_less_and_is_no_older_answer() {
    let mut talk = Talk::new();
    let id = talk.rest(Side::Buy, 10, 70_000);
    talk.amend(id, 8, None);
    talk.name(id, ReportKind::Replaced, (8, 0), Some(1));
    talk.name(id, ReportKind::Replaced, (5, 0), Some(1));
    assert_eq!((talk.form(id), talk.alarms()), ((8, Some(70_000)), 1), "the first answer again");
    talk.name(id, ReportKind::Replaced, (8, 60_000), None);
    assert_eq!((talk.form(id), talk.alarms()), ((8, Some(70_000)), 2), "nothing less");
    talk.name(id, ReportKind::Replaced, (7, 0), None);
    assert_eq!(talk.form(id), (7, Some(70_000)), "no price is named");
    talk.name(id, ReportKind::Replaced, (6, 60_000), None);
    assert_eq!((talk.form(id), talk.open_buys()), ((6, Some(60_000)), 6));
}

#[test]
fn ord_04_an_order_without_a_limit_gets_none_from_an_unasked_change() {
    let mut talk = Talk::new();
    let market = OrderIntent {
        order_type: OrderType::Market,
        limit_price: None,
        ..limit(Side::Buy, 10, MARK)
    };
    let (id, _) = talk.submit(market);
    talk.say(id, ReportKind::Accepted);
    talk.name(id, ReportKind::Replaced, (6, 60_000), None);
    assert_eq!(talk.form(id), (6, None));
}

#[test]
fn ord_04_an_order_that_the_venue_leaves_nothing_of_has_not_filled() {
    let mut talk = Talk::new();
    let id = talk.rest(Side::Buy, 10, 70_000);
    talk.name(id, ReportKind::Replaced, (0, 0), None);
    assert_ne!(talk.desk.engine.order(id).unwrap().state.base(), BaseState::Filled);
    assert_eq!((talk.open_buys(), talk.desk.engine.counts().filled), (0, 0));
}

#[test]
fn ord_04_of_the_orders_that_ended_the_newest_4096_are_known_and_any_that_a_fill_is_to_come_for() {
    const KEPT: usize = 4_096;
    let mut talk = Talk::new();
    let end = |talk: &mut Talk| {
        let (id, _) = talk.submit(limit(Side::Buy, 1, 70_000));
        talk.say(id, ReportKind::Rejected);
        id
    };
    let first = end(&mut talk);
    let late = talk.rest(Side::Buy, 10, 70_000);
    talk.name(late, ReportKind::Canceled, (3, 0), None);
    // One that comes back to life takes its own place away and nobody else's.
    let (lost, _) = talk.submit(limit(Side::Buy, 2, 70_000));
    talk.lose_track(lost);
    talk.say(lost, ReportKind::Unknown);
    assert!(talk.desk.engine.order(lost).unwrap().state.base().is_end());
    talk.name(lost, ReportKind::Accepted, (2, 0), None);
    assert_eq!(talk.open_buys(), 3 + 2);
    (2..KEPT).for_each(|_| {
        end(&mut talk);
    });
    assert!(talk.desk.engine.order(first).is_some(), "so many are kept");
    end(&mut talk);
    assert!(talk.desk.engine.order(first).is_none(), "and not one more");
    end(&mut talk);
    assert_eq!(talk.open_buys(), 3 + 2, "the cancel said that three had filled");
    talk.fill(late, 1, 3);
    assert_eq!(talk.open_buys(), 2);
    end(&mut talk);
    assert!(talk.desk.engine.order(late).is_none());
}

#[test]
fn ord_12_a_report_of_another_instrument_says_which_and_that_it_named_no_account() {
    let mut talk = Talk::new();
    let id = talk.rest(Side::Buy, 10, 70_000);
    let foreign =
        VenueReport { instrument: Some(InstrumentId(7)), ..talk.plain(id, ReportKind::Canceled) };
    let error = talk.step(&Input::Report(foreign)).unwrap_err();
    assert_eq!(error.code(), Code::ReportMismatch);
    let named = |key| error.context().iter().find(|(name, _)| *name == key).unwrap().1.clone();
    assert_eq!((named("instrument"), named("account")), ("7".into(), "-1".into()));
    let other = VenueReport {
        account: Some(holdfast_core::AccountId(5)),
        ..talk.plain(id, ReportKind::Canceled)
    };
    let error = talk.step(&Input::Report(other)).unwrap_err();
    let named = |key| error.context().iter().find(|(name, _)| *name == key).unwrap().1.clone();
    assert_eq!((named("instrument"), named("account")), ("-1".into(), "5".into()));
}

#[test]
fn ord_03_only_the_next_id_is_taken() {
    let mut talk = Talk::new();
    let next = talk.desk.engine.next_client_order_id();
    for wrong in [next.0 + 1, next.0.wrapping_sub(1)] {
        let intent =
            OrderIntent { client_order_id: ClientOrderId(wrong), ..limit(Side::Buy, 1, 70_000) };
        let refused = talk.step(&Input::Submit(intent)).map(|_| ()).map_err(|e| e.code());
        assert_eq!(refused, Err(Code::OrderInvalid));
    }
    assert_eq!((talk.desk.engine.next_client_order_id(), talk.commands.len()), (next, 0));
}

#[test]
fn risk_09_a_size_that_would_be_no_order_or_fail_another_control_is_not_suggested() {
    let mut bounded = spot();
    bounded.limits.order_qty_max = "0.003".into();
    let mut talk = Talk::with(&bounded);
    let (_, plain) = talk.submit(limit(Side::Buy, 10, 70_000));
    assert_eq!(plain.suggested, Some(Quantity::from_lots(3)));
    let display = Some(Quantity::from_lots(5));
    let iceberg = OrderIntent {
        terms: OrderTerms { display, ..OrderTerms::default() },
        ..limit(Side::Buy, 10, 70_000)
    };
    assert_eq!(talk.submit(iceberg).1.suggested, None, "three are fewer than it shows");
    let coarse =
        InstrumentSpec { min_quantity: Some("0.005".into()), ..spec(InstrumentKind::Spot) };
    let mut talk = Talk::with(&EngineConfig { instruments: vec![coarse], ..bounded });
    assert_eq!(talk.submit(limit(Side::Buy, 10, 70_000)).1.suggested, None);
}

#[test]
fn ord_10_what_lies_apart_on_either_side_meets_nothing_and_what_meets_is_counted() {
    let mut talk = Talk::of_policy(SelfTradePolicy::CancelNewest);
    talk.rest(Side::Buy, 10, 70_000);
    talk.rest(Side::Buy, 10, 70_001);
    let apart = talk.submit(limit(Side::Sell, 10, 70_002)).1;
    assert_eq!((codes(&apart), met(&apart)), (vec![], Some(0)));
    let one = talk.submit(limit(Side::Sell, 10, 70_001)).1;
    assert_eq!((codes(&one), met(&one)), (vec![Code::SelfTrade], Some(1)));
    let two = talk.submit(limit(Side::Sell, 10, 70_000)).1;
    assert_eq!((codes(&two), met(&two)), (vec![Code::SelfTrade], Some(2)));
}

#[test]
fn ord_10_an_order_in_doubt_denies_what_could_meet_it_but_no_exit() {
    for policy in [SelfTradePolicy::CancelOldest, SelfTradePolicy::DecrementAndCancel] {
        let mut talk = Talk::of_policy(policy);
        talk.desk.trade(0, Side::Buy, 5, MARK, false);
        for _ in 0..2 {
            let buy = talk.rest(Side::Buy, 10, 70_000);
            talk.lose_track(buy);
            let more = talk.submit(limit(Side::Sell, 10, 70_000)).1;
            assert_eq!(codes(&more), [Code::SelfTrade], "{policy:?}");
        }
        let exit = talk.submit(limit(Side::Sell, 5, 70_000)).1;
        assert!(exit.reducing && exit.approved(), "{policy:?}");
    }
}

#[test]
fn ord_10_an_exit_passes_an_order_that_is_being_cancelled() {
    let mut talk = Talk::of_policy(SelfTradePolicy::CancelNewest);
    talk.desk.trade(0, Side::Buy, 5, MARK, false);
    let buy = talk.rest(Side::Buy, 10, 70_000);
    talk.cancel(buy);
    assert!(talk.submit(limit(Side::Sell, 5, 70_000)).1.approved());
    let opening = talk.submit(limit(Side::Sell, 1, 70_000)).1;
    assert!(!opening.reducing);
    assert_eq!(codes(&opening), [Code::SelfTrade]);
    let mut oldest = Talk::of_policy(SelfTradePolicy::CancelOldest);
    let buy = oldest.rest(Side::Buy, 10, 70_000);
    oldest.cancel(buy);
    assert!(oldest.submit(limit(Side::Sell, 1, 70_000)).1.approved(), "it goes anyway");
}

#[test]
fn ord_10_an_amendment_into_an_own_order_is_denied_unless_that_one_gives_way_or_it_is_an_exit() {
    for (policy, denied) in [
        (SelfTradePolicy::Off, false),
        (SelfTradePolicy::CancelOldest, false),
        (SelfTradePolicy::CancelNewest, true),
        (SelfTradePolicy::DecrementAndCancel, true),
    ] {
        let mut talk = Talk::of_policy(policy);
        talk.rest(Side::Sell, 4, 90_000);
        let buy = talk.rest(Side::Buy, 10, 70_000);
        let verdict = talk.amend(buy, 10, Some(90_000));
        let expected = if denied { vec![Code::SelfTrade] } else { vec![] };
        assert_eq!(codes(&verdict), expected, "{policy:?}");
    }
    let mut talk = Talk::of_policy(SelfTradePolicy::DecrementAndCancel);
    talk.desk.trade(0, Side::Buy, 5, MARK, false);
    let exit = talk.rest(Side::Sell, 5, 90_000);
    let buy = talk.rest(Side::Buy, 10, 70_000);
    assert!(talk.amend(exit, 5, Some(70_000)).approved());
    assert_eq!(talk.cancels(), [buy]);
}

#[test]
fn ord_10_once_nothing_of_the_new_order_is_left_no_further_one_is_touched() {
    let mut talk = Talk::of_policy(SelfTradePolicy::DecrementAndCancel);
    let first = talk.rest(Side::Buy, 4, 70_000);
    talk.rest(Side::Buy, 5, 70_000);
    let verdict = talk.submit(limit(Side::Sell, 4, 70_000)).1;
    assert_eq!(codes(&verdict), [Code::SelfTrade]);
    assert_eq!((talk.cancels(), talk.replaces()), (vec![first], 0));
}

#[test]
fn ord_10_without_a_policy_a_stop_that_triggers_cancels_nobody() {
    for (policy, gone) in [(SelfTradePolicy::Off, 0), (SelfTradePolicy::CancelNewest, 1)] {
        let mut talk = Talk::of_policy(policy);
        talk.rest(Side::Buy, 4, 70_000);
        let stop = OrderIntent {
            order_type: OrderType::StopMarket,
            limit_price: None,
            trigger_price: Some(Price::from_ticks(75_000)),
            ..limit(Side::Sell, 4, 0)
        };
        let (id, verdict) = talk.submit(stop);
        assert!(verdict.approved());
        talk.say(id, ReportKind::Accepted);
        talk.say(id, ReportKind::Triggered);
        assert_eq!(talk.cancels().len(), gone, "{policy:?}");
    }
}

#[test]
fn ord_12_a_report_from_before_the_first_one_is_applied_and_told() {
    let mut talk = Talk::new();
    let (one, _) = talk.submit(limit(Side::Buy, 1, 70_000));
    let (other, _) = talk.submit(limit(Side::Buy, 1, 70_000));
    let numbered = |talk: &Talk, id, number| VenueReport {
        sequence: Some(number),
        ..talk.plain(id, ReportKind::Accepted)
    };
    talk.report(numbered(&talk, one, 5));
    talk.report(numbered(&talk, other, 3));
    assert_eq!(talk.alarms(), 1);
    assert_eq!(talk.desk.engine.order(other).unwrap().state.base(), BaseState::Accepted);
}

#[test]
fn ord_12_a_report_waits_a_second_for_an_earlier_one_and_no_nanosecond_longer() {
    for (waited, waits) in [(desk::SECOND_NS - 1, true), (desk::SECOND_NS, false)] {
        let mut talk = Talk::new();
        let (id, _) = talk.submit(limit(Side::Buy, 1, 70_000));
        for (number, kind) in [(1, ReportKind::Accepted), (3, ReportKind::Canceled)] {
            talk.report(VenueReport { sequence: Some(number), ..talk.plain(id, kind) });
        }
        talk.desk.wait(waited);
        talk.desk.mark(0, MARK);
        assert_eq!(talk.desk.engine.reports_held_since().is_some(), waits);
        assert_eq!(talk.desk.engine.missing_reports(InstrumentId(0)).count(), usize::from(!waits));
    }
}

fn list(talk: &mut Talk, contingency: Contingency, orders: &[OrderIntent]) -> Vec<ClientOrderId> {
    let at_once = OrderList { contingency, orders }.sent_at_once();
    let first = talk.desk.engine.next_client_order_id().0;
    let mut orders = orders.to_vec();
    let ids: Vec<ClientOrderId> = (first..).take(at_once).map(ClientOrderId).collect();
    orders.iter_mut().zip(&ids).for_each(|(order, id)| order.client_order_id = *id);
    let input = Input::SubmitList(OrderList { contingency, orders: &orders });
    assert!(talk.step(&input).unwrap().unwrap().approved());
    ids
}

#[test]
fn ord_13_the_other_order_of_a_pair_is_cancelled_once_even_when_the_venue_refuses() {
    let mut talk = Talk::new();
    let pair = [limit(Side::Buy, 10, 70_000), limit(Side::Buy, 10, 71_000)];
    let ids = list(&mut talk, Contingency::Oco, &pair);
    ids.iter().for_each(|id| talk.say(*id, ReportKind::Accepted));
    talk.fill(ids[0], 1, 3);
    assert_eq!(talk.cancels(), [ids[1]]);
    talk.say(ids[1], ReportKind::CancelRejected);
    talk.fill(ids[0], 2, 3);
    assert_eq!(talk.cancels(), [ids[1]]);
}

#[test]
fn ord_13_nothing_is_asked_of_an_order_of_a_pair_that_has_what_it_is_due() {
    let mut talk = Talk::new();
    let pair = [limit(Side::Buy, 10, 70_000), limit(Side::Buy, 10, 71_000)];
    let ids = list(&mut talk, Contingency::Ouo, &pair);
    ids.iter().for_each(|id| talk.say(*id, ReportKind::Accepted));
    talk.fill(ids[0], 1, 3);
    assert_eq!(talk.replaces(), 1);
    talk.name(ids[1], ReportKind::Replaced, (7, 0), Some(1));
    assert!(talk.amend(ids[1], 5, None).approved());
    talk.name(ids[1], ReportKind::Replaced, (5, 0), Some(2));
    assert_eq!((talk.form(ids[1]).0, talk.replaces()), (5, 2), "five were wished for, and are due");
}

#[test]
fn ord_13_a_follower_that_was_sent_whole_is_not_sent_again() {
    let mut talk = Talk::new();
    let child = OrderIntent { reduce_only: true, ..limit(Side::Sell, 4, 90_000) };
    let ids = list(&mut talk, Contingency::Oto, &[limit(Side::Buy, 10, 70_000), child]);
    talk.say(ids[0], ReportKind::Accepted);
    talk.fill(ids[0], 1, 4);
    talk.fill(ids[0], 2, 4);
    let placed = talk.commands.iter().filter(|command| matches!(command, Command::Place(_)));
    assert_eq!((placed.count(), talk.alarms()), (2, 0));
}

impl Talk {
    fn emergency(&mut self) {
        let mode = TradingMode::Emergency;
        self.step(&Input::ModeChanged { mode, reason: "", ts: self.desk.now() }).unwrap();
    }

    fn liquidations(&self) -> usize {
        let closes = |command: &&Command| matches!(command, Command::Place(intent) if intent.role == OrderRole::Liquidation);
        self.commands.iter().filter(closes).count()
    }
}

#[test]
fn ord_17_in_an_emergency_a_late_fill_is_closed_and_a_refused_cancel_asked_again() {
    let mut talk = Talk::new();
    let filled = talk.rest(Side::Buy, 4, 70_000);
    let refused = talk.rest(Side::Buy, 4, 70_000);
    talk.emergency();
    assert_eq!((talk.cancels(), talk.liquidations()), (vec![filled, refused], 0));
    talk.say(refused, ReportKind::CancelRejected);
    assert_eq!(talk.cancels(), [filled, refused, refused]);
    talk.fill(filled, 1, 4);
    assert_eq!(talk.liquidations(), 1, "at the fill, not at the next price");
}

#[test]
fn ord_17_a_close_that_is_denied_is_not_tried_again_within_the_same_event() {
    let mut small = spot();
    small.instruments[0].max_quantity = Some("0.001".into());
    small.max_open_orders = 1;
    small.orders.idempotency_max = 2;
    let mut talk = Talk::with(&small);
    (0..3).for_each(|_| talk.desk.trade(0, Side::Buy, 1, MARK, false));
    talk.rest(Side::Buy, 1, 70_000);
    talk.emergency();
    assert_eq!((talk.liquidations(), talk.desk.engine.counts().denied), (0, 1));
}
