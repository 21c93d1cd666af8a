//! Reconciliation: every difference between engine and venue is an item, trading is reduced until each is decided, and what
//! was decided is in the journal.

mod desk;
mod random_run;

use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Amount, BaseState, ClientOrderId, Code, InstrumentId, InstrumentKind, OrderType, Overlays,
    Price, Quantity, ReportKind, Result, Side, TimeInForce, Timestamp, Trade, TradeId, TradingMode,
    VenueReport,
};
use holdfast_engine::reconciliation::{Decision, DecisionKind, Difference, EXTERNAL_EPOCH, ItemId};
use holdfast_engine::venue_snapshot::{
    VenueBalance, VenueFill, VenueOrder, VenueOrderStatus, VenuePosition, VenueSnapshot,
};
use holdfast_engine::{
    Command, CurrencyId, Engine, EngineConfig, Input, PositionMode, Replica, Sink,
};
use proptest::prelude::*;
use random_run::{Driven, Player, Stream, acts, rich_config};

/// An engine with its records and the commands that it gave.
struct Bench {
    engine: Engine,
    stream: Stream,
    commands: Vec<Command>,
}

impl Driven for Bench {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn take(&mut self, input: &Input<'_>) -> Result<()> {
        self.engine.step(input, &mut self.stream, &mut self.commands).map(|_| ())
    }
}

impl Bench {
    fn new(config: &EngineConfig) -> Self {
        let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
        let mut stream = Stream::default();
        stream.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
        Self { engine: Engine::new(config).unwrap(), stream, commands: Vec::new() }
    }

    fn compare(&mut self, told: &VenueSnapshot) -> Vec<(ItemId, Difference)> {
        self.take(&Input::VenueState(told)).unwrap();
        self.items()
    }

    fn items(&self) -> Vec<(ItemId, Difference)> {
        self.engine.open_items().map(|item| (item.id, item.difference.clone())).collect()
    }

    fn decide(&mut self, item: ItemId, kind: DecisionKind, reason: &str) -> Result<()> {
        let ts = self.engine.now();
        self.take(&Input::Decide(Decision { item, kind, reason, ts }))
    }

    /// The journal gives the same engine again.
    fn replays(&self) {
        let mut replica = Replica::default();
        self.stream.each(|record, _| replica.apply(record).unwrap());
        assert_eq!(replica.engine().unwrap().image(), self.engine.image());
    }
}

/// What a venue would say that has exactly what the engine has.
fn mirror(engine: &Engine) -> VenueSnapshot {
    let now = engine.now();
    let orders = engine.open_orders().filter(|order| order.held.is_none()).map(|order| {
        let intent = &order.intent;
        VenueOrder {
            venue_order_id: format!("V{}", intent.client_order_id.0),
            client_order_id: Some(intent.client_order_id),
            instrument: intent.instrument,
            side: intent.side,
            order_type: intent.order_type,
            time_in_force: intent.time_in_force,
            reduce_only: intent.reduce_only,
            status: VenueOrderStatus::Open,
            quantity: order.quantity,
            filled: order.cum_quantity,
            average_price: None,
            limit_price: intent.limit_price,
            trigger_price: intent.trigger_price,
            terms: intent.terms,
        }
    });
    let mut positions = Vec::new();
    for (index, state) in engine.instruments().iter().enumerate() {
        for (is_short, leg) in [(false, &state.position), (true, &state.short)] {
            if leg.lots() != Quantity::ZERO && !(is_short && leg.lots() > Quantity::ZERO) {
                positions.push(VenuePosition {
                    instrument: InstrumentId(index as u32),
                    is_short,
                    lots: leg.lots(),
                    average_price: None,
                });
            }
        }
    }
    let balances = engine.wallets().all().enumerate().map(|(place, wallet)| VenueBalance {
        currency: CurrencyId(place as u16),
        cash: wallet.account.cash,
    });
    VenueSnapshot {
        ts_event: Timestamp(now.0 + 1),
        orders_complete_until: Some(now),
        fills_complete_from: Some(Timestamp(0)),
        positions_complete: true,
        orders: orders.collect(),
        fills: Vec::new(),
        positions,
        balances: balances.collect(),
    }
}

fn spot() -> EngineConfig {
    desk::config(vec![desk::spec(InstrumentKind::Spot)], "1000000", Default::default())
}

const BTC: InstrumentId = InstrumentId(0);

fn lots(count: i64) -> Quantity {
    Quantity::from_lots(count)
}

fn px(ticks: i64) -> Price {
    Price::from_ticks(ticks)
}

/// A bench with a market at 1,000 ticks and orders of ten lots that rest.
fn resting(orders: usize) -> Bench {
    let mut bench = Bench::new(&spot());
    let trade = Trade {
        instrument: BTC,
        ts_event: Timestamp(1_000_000_000),
        price: px(1_000),
        quantity: lots(1),
        aggressor_side: Side::Buy,
    };
    bench.take(&Input::Trade(trade)).unwrap();
    for _ in 0..orders {
        let id = bench.engine.next_client_order_id();
        let mut intent = external(1, 10).intent_for_test(id);
        intent.ts_intent = bench.engine.now();
        bench.take(&Input::Submit(intent)).unwrap();
        report(&mut bench, id, ReportKind::Accepted);
    }
    bench
}

fn report(bench: &mut Bench, id: ClientOrderId, kind: ReportKind) {
    let ts = bench.engine.now();
    bench.take(&Input::Report(VenueReport::without_fill(id, kind, ts))).unwrap();
}

trait Intent {
    fn intent_for_test(&self, id: ClientOrderId) -> holdfast_core::OrderIntent;
}

impl Intent for VenueOrder {
    fn intent_for_test(&self, id: ClientOrderId) -> holdfast_core::OrderIntent {
        holdfast_core::OrderIntent {
            client_order_id: id,
            parent: ClientOrderId::NONE,
            instrument: self.instrument,
            side: self.side,
            order_type: self.order_type,
            time_in_force: self.time_in_force,
            role: holdfast_core::OrderRole::Strategy,
            reduce_only: self.reduce_only,
            quantity: self.quantity,
            limit_price: self.limit_price,
            trigger_price: self.trigger_price,
            stop_loss: None,
            take_profit: None,
            terms: holdfast_core::OrderTerms::default(),
            ts_intent: Timestamp(0),
        }
    }
}

fn external(number: u32, quantity: i64) -> VenueOrder {
    VenueOrder {
        venue_order_id: format!("X{number}"),
        client_order_id: None,
        instrument: BTC,
        side: Side::Buy,
        order_type: OrderType::Limit,
        time_in_force: TimeInForce::Gtc,
        reduce_only: false,
        status: VenueOrderStatus::Open,
        quantity: lots(quantity),
        filled: Quantity::ZERO,
        average_price: None,
        limit_price: Some(px(990)),
        trigger_price: None,
        terms: holdfast_core::OrderTerms::default(),
    }
}

fn fill(trade_id: u64, of: &VenueOrder, quantity: i64, ticks: i64) -> VenueFill {
    VenueFill {
        trade_id: TradeId(trade_id),
        venue_order_id: of.venue_order_id.clone(),
        client_order_id: of.client_order_id,
        instrument: of.instrument,
        side: of.side,
        moves_short: false,
        price: px(ticks),
        quantity: lots(quantity),
        fee: Amount::ZERO,
        fee_currency: 0,
        ts_event: Timestamp(1),
    }
}

fn position(bench: &Bench) -> i64 {
    bench.engine.instruments()[0].position.lots().lots()
}

#[test]
fn ord_10_a_venue_that_agrees_leaves_nothing_to_decide_and_is_evidence() {
    let mut bench = resting(2);
    let [first, second] = [ClientOrderId(1), ClientOrderId(2)];
    let ts = bench.engine.now();
    bench.take(&Input::LoseTrack { client_order_id: second, ts }).unwrap();
    let told = mirror(&bench.engine);
    assert_eq!(bench.compare(&told), []);
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    let overlays = |id| bench.engine.open_order(id).unwrap().state.load().1;
    assert_eq!((overlays(first), overlays(second)), (Overlays::NONE, Overlays::NONE));
    bench.replays();
}

#[test]
fn ord_10_an_unknown_open_order_gets_an_id_of_its_own_and_reserves() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    told.orders.push(external(1, 10));
    let items = bench.compare(&told);
    assert_eq!((items.len(), items[0].1.name()), (1, "order_missing_here"));
    assert_eq!(bench.engine.mode(), TradingMode::Reduced);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    let order = bench.engine.open_orders().next().unwrap();
    let id = order.intent.client_order_id;
    assert_eq!((id.epoch(), order.reserved), (EXTERNAL_EPOCH, lots(10)));
    assert_eq!(bench.engine.venue_order_id(id), Some("X1"));
    assert_eq!(bench.engine.instruments()[0].case.open_buy, 10);
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    assert_eq!(bench.compare(&told), [], "it is known by its venue id");
    bench.replays();

    // The same order after a restart on another machine has the same item and the same id.
    let mut again = resting(0);
    let items_again = again.compare(&told);
    assert_eq!(items_again[0].0, items[0].0);
    again.decide(items[0].0, DecisionKind::Flatten, "not mine").unwrap();
    assert_eq!(again.commands.last(), Some(&Command::Cancel(id)));
    assert_eq!(again.engine.open_order(id).unwrap().state.load().1, Overlays::PENDING_CANCEL);
    again.replays();
}

#[test]
fn ord_10_an_order_of_a_lost_journal_tail_keeps_its_id_which_is_not_given_again() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    let lost = VenueOrder { client_order_id: Some(ClientOrderId(3)), ..external(1, 10) };
    told.orders.push(lost);
    let items = bench.compare(&told);
    assert_eq!(bench.engine.next_client_order_id(), ClientOrderId(4));
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!(bench.engine.open_order(ClientOrderId(3)).unwrap().quantity, lots(10));
    bench.replays();
}

#[test]
fn ord_10_an_order_that_the_venue_does_not_list_is_in_doubt_until_there_is_evidence() {
    let mut bench = resting(1);
    let id = ClientOrderId(1);
    let mut told = mirror(&bench.engine);
    told.orders.clear();

    // A list that is not complete proves nothing.
    let partial = VenueSnapshot { orders_complete_until: None, ..told.clone() };
    assert_eq!(bench.compare(&partial), []);
    assert_eq!(bench.engine.open_order(id).unwrap().state.load().1, Overlays::NONE);

    // Neither does one that ends before the order was sent.
    let early = VenueSnapshot { orders_complete_until: Some(Timestamp(1)), ..told.clone() };
    assert_eq!(bench.compare(&early), []);

    // Complete orders with fills that may be missing: it is in doubt, and cannot be taken as ended.
    let without_fills = VenueSnapshot { fills_complete_from: None, ..told.clone() };
    let items = bench.compare(&without_fills);
    assert_eq!(items[0].1.name(), "order_missing_there");
    let order = bench.engine.open_order(id).unwrap();
    assert_eq!((order.state.load().1, order.reserved), (Overlays::IN_DOUBT, lots(10)));
    assert_eq!(bench.commands.last(), Some(&Command::Query(id)));
    let error = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert_eq!(error.code(), Code::ReconciliationDecisionInvalid);
    assert!(error.to_string().contains("fills must be complete"), "{error}");
    assert_eq!(bench.engine.open_order(id).unwrap().state.load().1, Overlays::IN_DOUBT);

    // With complete fills the same item can be adopted.
    let again = bench.compare(&told);
    assert_eq!(again[0].0, items[0].0);
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!(bench.engine.order(id).unwrap().state.base(), BaseState::Canceled);
    assert_eq!(
        (bench.engine.mode(), bench.engine.instruments()[0].case.open_buy),
        (TradingMode::Normal, 0)
    );
    bench.replays();
}

#[test]
fn ord_10_a_position_without_orders_is_adopted_or_flattened_through_the_gate() {
    let told_of = |bench: &Bench, there: i64| {
        let price = Some(px(995));
        let mut told = mirror(&bench.engine);
        told.positions = vec![VenuePosition {
            instrument: BTC,
            is_short: false,
            lots: lots(there),
            average_price: price,
        }];
        told.balances.clear();
        told
    };
    let mut bench = resting(0);
    let told = told_of(&bench, 15);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "position_differs");
    // Reduced: nothing opens while the difference stands.
    let id = bench.engine.next_client_order_id();
    let mut intent = external(1, 1).intent_for_test(id);
    intent.ts_intent = bench.engine.now();
    bench.take(&Input::Submit(intent)).unwrap();
    assert!(bench.engine.open_order(id).is_err(), "the gate refuses in reduced mode");
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!((position(&bench), bench.engine.mode()), (15, TradingMode::Normal));
    let cost = bench.engine.instruments()[0].position.open_cost().unwrap();
    assert_eq!(cost.to_string(), "7.4625", "15 lots of 0.001 at 995 ticks of 0.5");
    bench.replays();

    let mut bench = resting(0);
    let told = told_of(&bench, -15);
    let items = bench.compare(&told);
    bench.decide(items[0].0, DecisionKind::Flatten, "").unwrap();
    assert_eq!(position(&bench), -15);
    let Some(Command::Place(close)) = bench.commands.last() else { panic!("an order must go out") };
    assert_eq!((close.side, close.quantity, close.reduce_only), (Side::Buy, lots(15), true));
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    bench.replays();

    // Nothing is guessed: without a price of the venue's or the market's it cannot be adopted.
    let mut bench = Bench::new(&spot());
    let mut told = told_of(&bench, 4);
    told.positions[0].average_price = None;
    let items = bench.compare(&told);
    let error = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert_eq!(error.code(), Code::ReconciliationDecisionInvalid);
}

#[test]
fn ord_10_fills_are_adopted_once_and_explain_the_position() {
    let mut bench = resting(1);
    let id = ClientOrderId(1);
    let mut told = mirror(&bench.engine);
    told.orders[0].filled = lots(4);
    let own = fill(71, &told.orders[0], 4, 985);
    let other = fill(72, &external(9, 5), 5, 1_001);
    told.fills = vec![own, other];
    told.positions = vec![VenuePosition {
        instrument: BTC,
        is_short: false,
        lots: lots(9),
        average_price: None,
    }];
    told.balances.clear();
    let items = bench.compare(&told);
    let mut names: Vec<&str> = items.iter().map(|(_, each)| each.name()).collect();
    names.sort_unstable();
    assert_eq!(names, ["fill_missing_here", "fill_unknown"], "the fills explain the position");
    for (item, _) in &items {
        bench.decide(*item, DecisionKind::Adopt, "").unwrap();
    }
    assert_eq!((position(&bench), bench.engine.open_order(id).unwrap().cum_quantity), (9, lots(4)));
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    assert_eq!(bench.compare(&told), [], "applied once");

    // The same trade with other numbers is a conflict, which nobody can adopt.
    told.fills[0].price = px(986);
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "trade_conflict");
    let refused = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert_eq!(refused.code(), Code::ReconciliationDecisionInvalid);
    let silent = bench.decide(items[0].0, DecisionKind::Ignore, " ").unwrap_err();
    assert!(silent.to_string().contains("with a reason"), "{silent}");
    bench.decide(items[0].0, DecisionKind::Ignore, "the venue corrected its tape").unwrap();
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    assert_eq!(bench.compare(&told), [], "what was ignored stays so");
    let unknown = bench.decide(items[0].0, DecisionKind::Ignore, "again").unwrap_err();
    assert_eq!(unknown.code(), Code::ReconciliationItemUnknown);
    bench.replays();
}

#[test]
fn ord_10_a_fill_without_numbers_is_asked_for_and_not_made_up() {
    let mut bench = resting(1);
    let mut told = mirror(&bench.engine);
    told.orders[0].filled = lots(4);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "filled_differs");
    let refused = bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap_err();
    assert!(refused.to_string().contains("no price"), "{refused}");
    told.orders[0].average_price = Some(px(987));
    told.positions = vec![VenuePosition {
        instrument: BTC,
        is_short: false,
        lots: lots(4),
        average_price: None,
    }];
    told.balances.clear();
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    let items = bench.compare(&told);
    assert_eq!(items.len(), 1, "the complete word takes the older item off: {items:?}");
    bench.decide(items[0].0, DecisionKind::Adopt, "").unwrap();
    assert_eq!((position(&bench), bench.engine.mode()), (4, TradingMode::Normal));
    bench.replays();
}

#[test]
fn ord_10_quantity_price_end_and_balance_are_adopted() {
    let mut bench = resting(3);
    let mut told = mirror(&bench.engine);
    told.orders[0].quantity = lots(6);
    told.orders[1].limit_price = Some(px(980));
    told.orders[2].status = VenueOrderStatus::Expired;
    told.balances[0].cash = Amount::parse("999990").unwrap();
    let items = bench.compare(&told);
    let mut names: Vec<&str> = items.iter().map(|(_, each)| each.name()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["balance_differs", "order_ended_there", "price_differs", "quantity_differs"]
    );
    for (item, _) in &items {
        assert_eq!(bench.engine.mode(), TradingMode::Reduced);
        bench.decide(*item, DecisionKind::Adopt, "").unwrap();
    }
    let order = |id| bench.engine.order(ClientOrderId(id)).unwrap();
    assert_eq!((order(1).quantity, order(1).reserved), (lots(6), lots(6)));
    assert_eq!(order(2).intent.limit_price, Some(px(980)));
    assert_eq!(order(3).state.base(), BaseState::Expired);
    assert_eq!(bench.engine.account().cash.to_string(), "999990");
    assert_eq!(bench.engine.equity(), bench.engine.account().start_cash);
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    bench.replays();
}

#[test]
fn ord_10_an_order_that_ended_here_is_cancelled_there_and_never_revived_by_a_wish() {
    let mut bench = resting(1);
    let mut told = mirror(&bench.engine);
    report(&mut bench, ClientOrderId(1), ReportKind::Canceled);
    told.ts_event = Timestamp(bench.engine.now().0 + 1);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "order_ended_here");
    assert_eq!(bench.engine.decisions(&items[0].1), [DecisionKind::Flatten, DecisionKind::Ignore]);
    bench.decide(items[0].0, DecisionKind::Flatten, "").unwrap();
    assert_eq!(bench.commands.last(), Some(&Command::Cancel(ClientOrderId(1))));

    // An order under our id with another side.
    told.orders[0].side = Side::Sell;
    told.ts_event = Timestamp(told.ts_event.0 + 1);
    let items = bench.compare(&told);
    assert_eq!(items[0].1.name(), "order_conflict");
    assert_eq!(bench.engine.decisions(&items[0].1), [DecisionKind::Flatten, DecisionKind::Ignore]);
    bench.replays();
}

#[test]
fn ord_10_a_stricter_mode_stands_and_a_normal_one_waits_for_the_items() {
    let mut bench = resting(0);
    let mut told = mirror(&bench.engine);
    told.orders.push(external(1, 10));
    let items = bench.compare(&told);
    let set = |bench: &mut Bench, mode| {
        let ts = bench.engine.now();
        bench.take(&Input::ModeChanged { mode, ts }).unwrap();
        bench.engine.mode()
    };
    assert_eq!(set(&mut bench, TradingMode::Paused), TradingMode::Paused);
    assert_eq!(set(&mut bench, TradingMode::Normal), TradingMode::Reduced);
    bench.decide(items[0].0, DecisionKind::Ignore, "a colleague's").unwrap();
    assert_eq!(bench.engine.mode(), TradingMode::Normal);
    bench.replays();
}

#[test]
fn ord_10_a_contradictory_or_older_word_of_the_venue_is_refused_and_changes_nothing() {
    let mut bench = resting(1);
    let good = mirror(&bench.engine);
    let before = bench.engine.image();
    let wrong = |change: &dyn Fn(&mut VenueSnapshot)| {
        let mut told = good.clone();
        change(&mut told);
        told
    };
    let cases = [
        wrong(&|told| told.orders[0].instrument = InstrumentId(7)),
        wrong(&|told| told.orders[0].filled = lots(11)),
        wrong(&|told| told.orders[0].filled = lots(10)),
        wrong(&|told| told.orders[0].venue_order_id.clear()),
        wrong(&|told| told.orders[0].limit_price = None),
        wrong(&|told| told.orders.push(told.orders[0].clone())),
        wrong(&|told| told.fills = vec![fill(0, &told.orders[0], 1, 1)]),
        wrong(&|told| told.fills = vec![fill(1, &told.orders[0], 1, 1); 2]),
        wrong(&|told| told.balances.push(told.balances[0].clone())),
        wrong(&|told| {
            told.positions = vec![VenuePosition {
                instrument: BTC,
                is_short: true,
                lots: lots(1),
                average_price: None,
            }];
        }),
        wrong(&|told| told.balances = vec![told.balances[0].clone(); 5_000]),
    ];
    for told in cases {
        let refused = bench.take(&Input::VenueState(&told)).unwrap_err();
        assert_eq!(refused.code(), Code::VenueSnapshotInvalid, "{told:?}");
        assert_eq!(bench.engine.image(), before);
    }
    bench.compare(&good);
    let older = VenueSnapshot { ts_event: Timestamp(good.ts_event.0 - 1), ..good };
    let refused = bench.take(&Input::VenueState(&older)).unwrap_err();
    assert_eq!(refused.code(), Code::VenueSnapshotStale);
    let mut config = spot();
    config.orders.id_epoch = EXTERNAL_EPOCH;
    assert_eq!(Engine::new(&config).unwrap_err().code(), Code::ConfigInvalid);
}

/// One way in which the venue's word departs from the engine's.
#[derive(Debug, Clone, Copy)]
struct Divergence {
    kind: u8,
    which: u8,
    number: i64,
    flag: bool,
}

fn divergences() -> impl Strategy<Value = Vec<Divergence>> {
    let one = (0_u8..10, any::<u8>(), 1_i64..30, any::<bool>())
        .prop_map(|(kind, which, number, flag)| Divergence { kind, which, number, flag });
    prop::collection::vec(one, 1..8)
}

fn moved(told: &mut VenueSnapshot, instrument: InstrumentId, is_short: bool, by: i64) {
    let found = told
        .positions
        .iter_mut()
        .find(|each| (each.instrument, each.is_short) == (instrument, is_short));
    match found {
        Some(position) => position.lots = lots(position.lots.lots() + by),
        None => told.positions.push(VenuePosition {
            instrument,
            is_short,
            lots: lots(by),
            average_price: Some(px(1_000)),
        }),
    }
    told.positions
        .retain(|each| each.lots != Quantity::ZERO && (!each.is_short || each.lots.lots() < 0));
}

fn diverge(engine: &Engine, told: &mut VenueSnapshot, at: usize, how: &Divergence) {
    let instrument = InstrumentId(u32::from(how.which) % 3);
    let hedging = engine.position_mode() == PositionMode::Hedging;
    let open = told.orders.len();
    let place = how.which as usize % open.max(1);
    let side = if how.flag { Side::Buy } else { Side::Sell };
    let foreign = VenueOrder {
        venue_order_id: format!("D{at}"),
        instrument,
        side,
        reduce_only: false,
        limit_price: Some(px(900 + how.number)),
        ..external(at as u32 + 1, how.number + 5)
    };
    match how.kind {
        0 if open > 0 => {
            told.orders.remove(place);
        }
        1 if open > 0 => {
            let order = &mut told.orders[place];
            order.quantity = lots(order.filled.lots() + how.number);
        }
        2 if open > 0 => {
            let order = &mut told.orders[place];
            order.limit_price = order.limit_price.map(|_| px(800 + how.number));
            order.trigger_price = order.trigger_price.map(|_| px(800 + how.number));
        }
        3 => {
            let quantity = 1 + how.number % 4;
            let order = VenueOrder { filled: lots(quantity), ..foreign };
            let leg = engine.position_mode().leg(side, false);
            let is_short = hedging && leg == holdfast_engine::exposure::Leg::Short;
            told.fills.push(VenueFill {
                moves_short: is_short,
                ..fill(9_000 + at as u64, &order, quantity, 1_000)
            });
            moved(told, instrument, is_short, side.signed(quantity));
            told.orders.push(order);
        }
        4 if open > 0 => {
            let statuses = [VenueOrderStatus::Canceled, VenueOrderStatus::Expired];
            told.orders[place].status = statuses[how.number as usize % 2];
        }
        5 if open > 0 => {
            let order = told.orders[place].clone();
            let leaves = order.quantity.lots() - order.filled.lots();
            if order.status == VenueOrderStatus::Open && leaves > 1 {
                let quantity = 1 + how.number % (leaves - 1);
                let leg = engine.position_mode().leg(order.side, order.reduce_only);
                let is_short = leg == holdfast_engine::exposure::Leg::Short;
                let made = fill(9_000 + at as u64, &order, quantity, 1_000 + how.number);
                told.fills.push(VenueFill { moves_short: is_short, ..made });
                told.orders[place].filled = lots(order.filled.lots() + quantity);
                moved(told, order.instrument, is_short, order.side.signed(quantity));
            }
        }
        6 => {
            let order = VenueOrder { status: VenueOrderStatus::Filled, ..foreign };
            let is_short = hedging && !how.flag;
            told.fills.push(VenueFill {
                moves_short: is_short,
                ..fill(9_000 + at as u64, &order, how.number, 1_000)
            });
            moved(told, instrument, is_short, side.signed(how.number));
        }
        7 => moved(told, instrument, false, side.signed(how.number)),
        8 => {
            let place = how.which as usize % told.balances.len();
            told.balances[place].cash = Amount::from_raw(i128::from(how.number) << 60);
        }
        _ => {
            let ended = (1..engine.next_client_order_id().0)
                .filter_map(|id| engine.order(ClientOrderId(id)))
                .filter(|order| order.state.base().is_end() && order.leaves() > Quantity::ZERO)
                .nth(how.which as usize % 3);
            if let Some(order) = ended {
                told.orders.push(VenueOrder {
                    venue_order_id: format!("E{at}"),
                    client_order_id: Some(order.intent.client_order_id),
                    instrument: order.intent.instrument,
                    side: order.intent.side,
                    order_type: order.intent.order_type,
                    reduce_only: order.intent.reduce_only,
                    quantity: order.quantity,
                    filled: order.cum_quantity,
                    limit_price: order.intent.limit_price,
                    trigger_price: order.intent.trigger_price,
                    terms: order.intent.terms,
                    ..external(at as u32, 1)
                });
            }
        }
    }
}

/// Each client id once, as `validate` wants it.
fn tidied(mut told: VenueSnapshot) -> VenueSnapshot {
    let mut seen = std::collections::BTreeSet::new();
    told.orders.retain(|order| order.client_order_id.is_none_or(|id| seen.insert(id)));
    for order in &mut told.orders {
        if order.filled > order.quantity {
            order.quantity = order.filled;
        }
        if order.filled == order.quantity && order.status == VenueOrderStatus::Open {
            order.status = VenueOrderStatus::Filled;
        }
    }
    told
}

fn reserved(engine: &Engine, id: InstrumentId, reduce_only: bool, side: Side) -> i64 {
    engine
        .open_orders()
        .map(|order| (&order.intent, order.reserved.lots()))
        .filter(|(intent, _)| {
            (intent.instrument, intent.reduce_only, intent.side) == (id, reduce_only, side)
        })
        .map(|(_, lots)| lots)
        .sum()
}

fn diverged(hedging: bool, run: &[random_run::Act], how: &[Divergence]) -> (Bench, VenueSnapshot) {
    let mut bench = Bench::new(&rich_config(hedging));
    Player::default().play(&mut bench, run);
    let ts = bench.engine.now();
    bench.take(&Input::ModeChanged { mode: TradingMode::Normal, ts }).unwrap();
    for (index, price) in [1_000, 1_001, 1_002].into_iter().enumerate() {
        let trade = Trade {
            instrument: InstrumentId(index as u32),
            ts_event: ts,
            price: px(price),
            quantity: lots(1),
            aggressor_side: Side::Buy,
        };
        bench.take(&Input::Trade(trade)).unwrap();
    }
    let mut told = mirror(&bench.engine);
    for (at, each) in how.iter().enumerate() {
        diverge(&bench.engine, &mut told, at, each);
    }
    let told = tidied(told);
    (bench, told)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// Whatever diverges: once every item is decided, adopted where that is possible, a second look finds nothing, the mode is
    /// normal again, the positions are the venue's, and the journal gives the same state.
    #[test]
    fn ord_10_after_every_decision_engine_and_venue_agree(
        hedging in any::<bool>(), run in acts(50), how in divergences(),
    ) {
        let (mut bench, mut told) = diverged(hedging, &run, &how);
        let mut items = bench.compare(&told);
        prop_assert_eq!(bench.engine.mode() == TradingMode::Reduced, !items.is_empty());
        let mut ignored = 0;
        for _ in 0..200 {
            let Some((id, difference)) = items.first().cloned() else { break };
            prop_assert_eq!(bench.engine.mode(), TradingMode::Reduced);
            let adopts = bench.engine.decisions(&difference).contains(&DecisionKind::Adopt);
            let kind = if adopts { DecisionKind::Adopt } else { DecisionKind::Ignore };
            ignored += u32::from(!adopts);
            bench.decide(id, kind, "seen").unwrap();
            items = bench.items();
        }
        prop_assert_eq!(&items, &[]);
        prop_assert_eq!(bench.engine.mode(), TradingMode::Normal);
        for (index, state) in bench.engine.instruments().iter().enumerate() {
            let id = InstrumentId(index as u32);
            let case = &state.case;
            prop_assert_eq!(
                (case.open_buy, case.open_sell, case.reduce_buy, case.reduce_sell),
                (
                    reserved(&bench.engine, id, false, Side::Buy), reserved(&bench.engine, id, false, Side::Sell),
                    reserved(&bench.engine, id, true, Side::Buy), reserved(&bench.engine, id, true, Side::Sell),
                ),
            );
            let there = |is_short: bool| told.positions.iter()
                .find(|each| (each.instrument, each.is_short) == (id, is_short))
                .map_or(0, |each| each.lots.lots());
            if ignored == 0 {
                prop_assert_eq!(state.position.lots().lots(), there(false));
                prop_assert_eq!(state.short.lots().lots(), there(true));
            }
        }
        told.ts_event = Timestamp(told.ts_event.0 + 1);
        if ignored == 0 {
            prop_assert_eq!(bench.compare(&told), []);
        }
        bench.replays();
    }

    /// An engine that was restarted finds the same items, and flattening never leaves more than what the gate lets pass.
    #[test]
    fn ord_10_items_are_the_same_after_a_restart_and_flattening_only_reduces(
        hedging in any::<bool>(), run in acts(40), how in divergences(),
    ) {
        let (mut bench, told) = diverged(hedging, &run, &how);
        let mut restarted = Engine::new(&rich_config(hedging)).unwrap();
        restarted.take_image(&bench.engine.image()).unwrap();
        let found: Vec<ItemId> = bench.compare(&told).into_iter().map(|(id, _)| id).collect();
        let mut commands = Vec::new();
        restarted.step(&Input::VenueState(&told), &mut Stream::default(), &mut commands).unwrap();
        prop_assert_eq!(restarted.open_items().map(|item| item.id).collect::<Vec<_>>(), found);
        prop_assert_eq!(restarted.image(), bench.engine.image());

        for _ in 0..200 {
            let Some((id, difference)) = bench.items().first().cloned() else { break };
            let kind = bench.engine.decisions(&difference)[..].iter().copied()
                .find(|kind| *kind == DecisionKind::Flatten).unwrap_or(DecisionKind::Ignore);
            let sent = bench.commands.len();
            bench.decide(id, kind, "close it").unwrap();
            for command in &bench.commands[sent..] {
                if let Command::Place(order) = command {
                    prop_assert!(order.reduce_only, "{:?}", order);
                }
            }
        }
        prop_assert_eq!(bench.engine.mode(), TradingMode::Normal);
        bench.replays();
    }
}
