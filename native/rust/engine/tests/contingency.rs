//! Pairs, followers and brackets against a venue that answers late, twice and in any order.

use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Amount, Bar, BaseState, ClientOrderId, Contingency, InstrumentId, InstrumentSpec, OrderIntent,
    Price, Quantity, Replacement, ReportKind, Side, Timestamp, TradeId, VenueReport,
};
use holdfast_engine::replay::replay;
use holdfast_engine::{
    Command, Engine, EngineConfig, Input, JournalReader, JournalWriter, OrderList, Sink, SyncPolicy,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn folder(test: &str) -> Folder {
    let name = format!("holdfast-contingency-{test}-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let _ = std::fs::remove_dir_all(&path);
    Folder(path)
}

fn config() -> EngineConfig {
    let limits = serde_json::from_value(serde_json::json!({
        "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited", "position_frac_max": "unlimited",
        "gross_exposure_frac_max": "unlimited", "price_band_frac_max": "unlimited",
        "orders_per_minute_max": "unlimited", "daily_trades_max": "unlimited", "daily_loss_frac_max": "unlimited",
        "drawdown_frac_max": "unlimited", "stop_loss_required": false, "price_age_ms_max": "unlimited"
    }));
    let instrument = InstrumentSpec {
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
    };
    EngineConfig {
        instruments: vec![instrument],
        limits: limits.unwrap(),
        start_cash: "1000000".into(),
        max_open_orders: 64,
        account: holdfast_engine::AccountSpec::default(),
        emulated_order_types: Vec::new(),
        orders: holdfast_engine::config::OrderConfig::default(),
    }
}

fn order(side: Side, lots: i64, limit_ticks: i64, reduce_only: bool) -> OrderIntent {
    OrderIntent {
        reduce_only,
        ts_intent: Timestamp(1),
        ..OrderIntent::limit(
            InstrumentId(0),
            side,
            Quantity::from_lots(lots),
            Price::from_ticks(limit_ticks),
        )
    }
}

/// The list of a case: its orders differ in their limit, so that what was sent of each can be told apart.
fn list(contingency: Contingency, [one, other]: [i64; 2]) -> Vec<OrderIntent> {
    let entry = order(Side::Buy, one.max(other), 9_900, false);
    match contingency {
        Contingency::Oco | Contingency::Ouo => {
            vec![order(Side::Buy, one, 9_900, false), order(Side::Buy, other, 9_800, false)]
        }
        Contingency::Oto => {
            vec![entry, order(Side::Sell, one, 11_000, true), order(Side::Buy, other, 9_000, false)]
        }
        Contingency::Bracket => {
            vec![entry, order(Side::Sell, one, 9_500, true), order(Side::Sell, other, 11_000, true)]
        }
    }
}

/// An order as the venue has it: quantity in force, filled, and whether it lives.
#[derive(Default)]
struct AtVenue {
    lots: i64,
    filled: i64,
    lives: bool,
}

struct World {
    engine: Engine,
    journal: JournalWriter,
    /// Sent and not yet taken by the venue, in order.
    commands: Vec<Command>,
    venue: BTreeMap<u64, AtVenue>,
    /// Told by the venue and not yet heard, and everything told so far.
    reports: Vec<VenueReport>,
    told: Vec<VenueReport>,
    trades: u64,
    placed: Vec<OrderIntent>,
    cancels: Vec<u64>,
    replaces: Vec<(u64, i64)>,
    cancelled_by_strategy: Vec<u64>,
}

impl World {
    fn open(path: &std::path::Path) -> Self {
        let mut journal = JournalWriter::create(path, SyncPolicy::Os).unwrap();
        let opened = serde_json::to_vec(&serde_json::json!({ "engine": config() })).unwrap();
        journal.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
        let mut world = Self {
            engine: Engine::new(&config()).unwrap(),
            journal,
            commands: Vec::new(),
            venue: BTreeMap::new(),
            reports: Vec::new(),
            told: Vec::new(),
            trades: 0,
            placed: Vec::new(),
            cancels: Vec::new(),
            replaces: Vec::new(),
            cancelled_by_strategy: Vec::new(),
        };
        let price = Price::from_ticks(10_000);
        world.step(&Input::Bar(Bar {
            instrument: InstrumentId(0),
            ts_open: Timestamp(0),
            ts_close: Timestamp(1),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Quantity::from_lots(1_000),
        }));
        world
    }

    fn step(&mut self, input: &Input<'_>) {
        let mut sent = Vec::new();
        self.engine.step(input, &mut self.journal, &mut sent).unwrap();
        for command in &sent {
            match command {
                Command::Place(intent) => self.placed.push(*intent),
                Command::Cancel(id) => self.cancels.push(id.0),
                Command::Replace(asked) => {
                    self.replaces.push((asked.client_order_id.0, asked.quantity.lots()));
                }
                Command::Query(id) => panic!("nothing is in doubt here, {} was asked for", id.0),
            }
        }
        self.commands.extend(sent);
    }

    fn tell(&mut self, id: u64, kind: ReportKind, trade: u64, lots: i64) {
        let report = VenueReport {
            trade_id: TradeId(trade),
            last_price: Price::from_ticks(if kind == ReportKind::Fill { 9_900 } else { 0 }),
            last_quantity: Quantity::from_lots(lots),
            fee: Amount::ZERO,
            ..VenueReport::without_fill(ClientOrderId(id), kind, Timestamp(1))
        };
        self.reports.push(report);
        self.told.push(report);
    }

    /// The venue takes the oldest command.
    fn take_command(&mut self) -> bool {
        if self.commands.is_empty() {
            return false;
        }
        match self.commands.remove(0) {
            Command::Place(intent) => {
                let (id, lots) = (intent.client_order_id.0, intent.quantity.lots());
                self.venue.insert(id, AtVenue { lots, filled: 0, lives: true });
                self.tell(id, ReportKind::Accepted, 0, 0);
            }
            Command::Cancel(id) => {
                if let Some(order) = self.venue.get_mut(&id.0).filter(|order| order.lives) {
                    order.lives = false;
                    self.tell(id.0, ReportKind::Canceled, 0, 0);
                }
            }
            Command::Replace(Replacement { client_order_id: id, quantity, .. }) => {
                let Some(order) = self.venue.get_mut(&id.0).filter(|order| order.lives) else {
                    return true;
                };
                order.lots = quantity.lots();
                order.lives = order.filled < order.lots;
                let kind = if order.lives { ReportKind::Replaced } else { ReportKind::Canceled };
                self.tell(id.0, kind, 0, quantity.lots());
            }
            Command::Query(_) => {}
        }
        true
    }

    fn fill(&mut self, choice: usize, lots: i64) {
        let living: Vec<u64> =
            self.venue.iter().filter(|(_, order)| order.lives).map(|(id, _)| *id).collect();
        let Some(id) = living.get(choice % living.len().max(1)).copied() else { return };
        let order = self.venue.get_mut(&id).unwrap();
        let lots = lots.min(order.lots - order.filled);
        order.filled += lots;
        order.lives = order.filled < order.lots;
        self.trades += 1;
        self.tell(id, ReportKind::Fill, self.trades, lots);
    }

    /// Hears a report from anywhere in the pool; the fills of one order keep their order, as on one connection.
    fn hear(&mut self, choice: usize) -> bool {
        if self.reports.is_empty() {
            return false;
        }
        let chosen = self.reports[choice % self.reports.len()];
        let same = |report: &VenueReport| {
            report.kind == chosen.kind && report.client_order_id == chosen.client_order_id
        };
        let at = self.reports.iter().position(same).unwrap();
        let report = self.reports.remove(at);
        self.step(&Input::Report(report));
        true
    }

    fn hear_again(&mut self, choice: usize) {
        let heard: Vec<VenueReport> =
            self.told.iter().filter(|report| !self.reports.contains(report)).copied().collect();
        if let Some(report) = heard.get(choice % heard.len().max(1)) {
            self.step(&Input::Report(*report));
        }
    }

    fn cancel_one(&mut self, choice: usize) {
        let open: Vec<u64> =
            self.engine.open_orders().map(|order| order.intent.client_order_id.0).collect();
        let Some(id) = open.get(choice % open.len().max(1)).copied() else { return };
        self.cancelled_by_strategy.push(id);
        self.step(&Input::Cancel { client_order_id: ClientOrderId(id), ts: Timestamp(1) });
    }

    fn settle(&mut self) {
        while self.take_command() || self.hear(0) {}
    }

    fn filled(&self, id: u64) -> i64 {
        self.venue.get(&id).map_or(0, |order| order.filled)
    }

    fn act(&mut self, (kind, choice, lots): (u8, usize, i64)) {
        match kind {
            0..=3 => {
                self.take_command();
            }
            4..=6 => self.fill(choice, lots),
            7..=11 => {
                self.hear(choice);
            }
            12..=14 => self.hear_again(choice),
            _ => self.cancel_one(choice),
        }
    }

    /// What was sent for a parent of the order with this limit.
    fn sent_of(&self, limit: Option<Price>) -> i64 {
        self.placed
            .iter()
            .filter(|intent| intent.parent.is_some() && intent.limit_price == limit)
            .map(|intent| intent.quantity.lots())
            .sum()
    }

    fn check_each_step(&self, contingency: Contingency, orders: &[OrderIntent]) {
        for id in self.venue.keys() {
            let asked = self.cancels.iter().filter(|cancel| *cancel == id).count();
            let own = self.cancelled_by_strategy.iter().filter(|cancel| *cancel == id).count();
            assert!(
                asked <= own + 1,
                "order {id} was cancelled {asked} times, {own} by the strategy"
            );
            let quantities: Vec<i64> =
                self.replaces.iter().filter(|(of, _)| of == id).map(|(_, lots)| *lots).collect();
            assert!(quantities.is_sorted_by(|a, b| a > b), "order {id} was asked {quantities:?}");
        }
        if contingency.is_pair() {
            return;
        }
        let heard = self.known_fill(1);
        for child in &orders[1..] {
            let sent = self.sent_of(child.limit_price);
            assert_eq!(sent, heard.min(child.quantity.lots()), "what follows is what has filled");
        }
    }

    /// What the engine knows to have filled of an order.
    fn known_fill(&self, id: u64) -> i64 {
        let mut counted = std::collections::BTreeSet::new();
        self.told
            .iter()
            .filter(|report| report.client_order_id.0 == id && report.kind == ReportKind::Fill)
            .filter(|report| !self.reports.contains(report) && counted.insert(report.trade_id))
            .map(|report| report.last_quantity.lots())
            .sum()
    }

    /// After everything was heard: the other order of each pair is over, or is due what it has.
    fn check_settled(&self, cancels: bool, pairs: &[[u64; 2]]) {
        for [one, other] in pairs.iter().flat_map(|[a, b]| [[*a, *b], [*b, *a]]) {
            let (filled, left) = (self.filled(one), &self.venue[&other]);
            if filled == 0 || !left.lives {
                continue;
            }
            let base = self.placed.iter().find(|intent| intent.client_order_id.0 == other);
            let due = base.unwrap().quantity.lots() - filled;
            assert!(!cancels && left.lots <= due, "{other} has {} of {due}", left.lots);
        }
        for [one, other] in pairs.iter().flat_map(|[a, b]| [[*a, *b], [*b, *a]]) {
            self.check_not_asked_too_much(cancels, one, other);
        }
        for order in self.engine.open_orders() {
            let id = order.intent.client_order_id.0;
            assert!(self.venue[&id].lives, "order {id} is open here and over at the venue");
            assert_eq!(order.quantity.lots(), self.venue[&id].lots, "order {id}");
        }
    }

    /// What was asked of an order was due for what the other one filled; that only grows, so it holds at the end as well.
    fn check_not_asked_too_much(&self, cancels: bool, id: u64, other: u64) {
        let placed = self.placed.iter().find(|intent| intent.client_order_id.0 == id).unwrap();
        if placed.reduce_only {
            // An exit also ends with the position that it would reduce.
            return;
        }
        let due = placed.quantity.lots() - self.filled(other);
        let is_asked = self.cancels.contains(&id) && !self.cancelled_by_strategy.contains(&id);
        let is_due = if cancels { self.filled(other) > 0 } else { due <= self.filled(id) };
        assert!(!is_asked || is_due, "order {id} was cancelled while {due} were due");
        for (_, lots) in self.replaces.iter().filter(|(of, _)| *of == id) {
            assert!(*lots >= due, "order {id} was asked to have {lots} while {due} were due");
        }
    }

    fn pairs(&self, contingency: Contingency) -> Vec<[u64; 2]> {
        let ids: Vec<u64> = self.placed.iter().map(|intent| intent.client_order_id.0).collect();
        match contingency {
            Contingency::Oco | Contingency::Ouo => vec![[1, 2]],
            Contingency::Oto => Vec::new(),
            // A larger child is followed by a part without a twin once the smaller one is whole.
            Contingency::Bracket => self.placed[1..]
                .chunks(2)
                .zip(ids[1..].chunks(2))
                .filter_map(|(pair, ids)| match (pair, ids) {
                    ([a, b], [one, other]) if a.role != b.role => Some([*one, *other]),
                    _ => None,
                })
                .collect(),
        }
    }
}

fn submit(world: &mut World, contingency: Contingency, orders: &[OrderIntent]) {
    let at_once = OrderList { contingency, orders }.sent_at_once();
    let mut orders = orders.to_vec();
    for (index, order) in orders.iter_mut().take(at_once).enumerate() {
        order.client_order_id = ClientOrderId(index as u64 + 1);
    }
    world.step(&Input::SubmitList(OrderList { contingency, orders: &orders }));
    assert_eq!(world.placed.len(), at_once, "the gate has no limits here");
}

fn contingencies() -> impl Strategy<Value = Contingency> {
    prop_oneof![
        Just(Contingency::Oco),
        Just(Contingency::Ouo),
        Just(Contingency::Oto),
        Just(Contingency::Bracket)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// Whatever the order of commands, fills and reports, and however often they come: no second cancel, no shrink that
    /// was asked before, followers for exactly what was heard of their parent, and the journal replays to the same state.
    #[test]
    fn ord_13_contingencies_are_carried_out_once_under_any_order_of_reports(
        contingency in contingencies(),
        lots in [1_i64..40, 1_i64..40],
        actions in prop::collection::vec((0_u8..16, 0_usize..64, 1_i64..10), 0..80),
    ) {
        let folder = folder("order");
        let mut world = World::open(&folder.0);
        // A bracket's twins have one size, as their pair is one exit.
        let lots = if contingency == Contingency::Bracket { [lots[0]; 2] } else { lots };
        let orders = list(contingency, lots);
        submit(&mut world, contingency, &orders);
        for action in actions {
            world.act(action);
            world.check_each_step(contingency, &orders);
        }
        world.settle();
        world.check_each_step(contingency, &orders);
        let pairs = world.pairs(contingency);
        world.check_settled(contingency == Contingency::Oco, &pairs);
        let hash = world.engine.close(&mut world.journal).unwrap();
        world.journal.commit().unwrap();
        let replayed = replay(&JournalReader::open(&folder.0).unwrap()).unwrap();
        prop_assert!(replayed.compared_with_close);
        prop_assert_eq!(replayed.state_hash, holdfast_core::journal_record::hex(&hash));
    }

    /// Without delay nothing is filled twice: a pair fills no more than the larger of its orders, and a bracket's exits no
    /// more than its entry.
    #[test]
    fn ord_13_without_delay_a_pair_never_fills_more_than_it_was_due(
        contingency in contingencies(),
        lots in 1_i64..40,
        fills in prop::collection::vec((0_usize..64, 1_i64..25), 0..30),
    ) {
        let folder = folder("delay");
        let mut world = World::open(&folder.0);
        submit(&mut world, contingency, &list(contingency, [lots; 2]));
        world.settle();
        for (choice, lots) in fills {
            world.fill(choice, lots);
            world.settle();
        }
        for [one, other] in world.pairs(contingency) {
            let base = world.placed.iter().find(|intent| intent.client_order_id.0 == one);
            let filled = world.filled(one) + world.filled(other);
            prop_assert!(filled <= base.unwrap().quantity.lots());
            prop_assert!(contingency != Contingency::Oco || world.filled(one).min(world.filled(other)) == 0);
        }
        let state = &world.engine.instruments()[0];
        let open: i64 = world.engine.open_orders()
            .filter(|order| order.intent.side == Side::Buy && !order.intent.reduce_only)
            .map(|order| order.leaves().lots())
            .sum();
        prop_assert_eq!(state.case.open_buy, open, "what a pair gave up is not reserved");
    }
}

#[test]
fn an_answer_that_comes_twice_does_not_ask_for_the_same_again() {
    let folder = folder("twice");
    let mut world = World::open(&folder.0);
    submit(&mut world, Contingency::Ouo, &list(Contingency::Ouo, [10, 10]));
    world.settle();
    world.fill(0, 2);
    world.settle();
    world.fill(0, 3);
    world.hear(0);
    assert_eq!(world.replaces, [(2, 8), (2, 5)], "the second is not answered yet");
    let first = world.told.iter().position(|report| report.kind == ReportKind::Replaced).unwrap();
    let again = world.told[first];
    world.step(&Input::Report(again));
    world.settle();
    assert_eq!(world.replaces, [(2, 8), (2, 5)]);
    assert_eq!(world.engine.open_orders().last().unwrap().quantity.lots(), 5);
}

#[test]
fn a_leg_that_fills_after_it_was_cancelled_is_booked_and_asks_for_nothing_more() {
    let folder = folder("late");
    let mut world = World::open(&folder.0);
    submit(&mut world, Contingency::Oco, &list(Contingency::Oco, [10, 10]));
    while world.take_command() {}
    while world.hear(0) {}
    world.fill(0, 4);
    world.fill(1, 6);
    world.settle();
    assert_eq!(world.engine.instruments()[0].position.lots().lots(), 10, "both legs are booked");
    assert_eq!(world.cancels, [2, 1], "each was asked to end once");
    let ends: Vec<BaseState> = world.engine.open_orders().map(|order| order.state.base()).collect();
    assert_eq!(ends, []);
}
