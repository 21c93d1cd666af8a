//! Capital among strategies: what a plan allocates bounds the exposure of each strategy with all its open orders.

mod desk;

use desk::{Desk, config, spec};
use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::{
    Amount, BaseState, ClientOrderId, Code, InstrumentId, InstrumentKind, OrderIntent, OrderTerms,
    Price, Quantity, ReportKind, Side, Timestamp, Trade, TradeId, TradingMode, VenueReport,
};
use holdfast_engine::recovery::recover;
use holdfast_engine::sink::NoSink;
use holdfast_engine::{AccountSpec, Engine, EngineConfig, Input, Sink};
use holdfast_risk::Verdict;
use holdfast_risk::capital::CapitalPlan;
use holdfast_risk::control::Control;
use proptest::prelude::*;

/// 100,000 in cash; a lot costs 50 at the price of the start.
fn engine_config(delay_ms: &str) -> EngineConfig {
    let btc = spec(InstrumentKind::Spot);
    let eth = holdfast_core::InstrumentSpec { symbol: "ETH".into(), ..btc.clone() };
    let mut engine = config(vec![btc, eth], "100000", AccountSpec::default());
    engine.limits.strategies = vec!["trend".into(), "carry".into(), "mean".into()];
    engine.limits.change.loosen_delay_ms = delay_ms.into();
    engine
}

fn plan(json: serde_json::Value) -> CapitalPlan {
    serde_json::from_value(json).unwrap()
}

fn fixed(shares: &[&str]) -> CapitalPlan {
    let strategies: Vec<_> =
        shares.iter().map(|frac| serde_json::json!({ "frac": frac })).collect();
    plan(serde_json::json!({"rule": "fixed", "reserve_frac": "0.1", "strategies": strategies}))
}

fn order(id: u64, strategy: u16, instrument: u32, side: Side, lots: i64, ts: i64) -> OrderIntent {
    OrderIntent {
        client_order_id: ClientOrderId(id),
        ts_intent: Timestamp(ts),
        terms: OrderTerms { strategy, ..OrderTerms::default() },
        ..OrderIntent::market(InstrumentId(instrument), side, Quantity::from_lots(lots))
    }
}

/// An engine that records as a journal does.
struct Bench {
    engine: Engine,
    bytes: Vec<u8>,
    chain: Chain,
    ts: i64,
    trades: u64,
}

struct Writing<'a>(&'a mut Vec<u8>, &'a mut Chain);

impl Sink for Writing<'_> {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl holdfast_core::wire::Encode + ?Sized),
    ) -> holdfast_core::Result<()> {
        self.1.append(self.0, kind, ts, content)
    }
}

impl Bench {
    fn new(delay_ms: &str) -> Self {
        let config = engine_config(delay_ms);
        let (mut bytes, mut chain) = (Vec::new(), Chain::default());
        let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
        chain
            .append(&mut bytes, RecordKind::SessionOpened, Timestamp(0), opened.as_slice())
            .unwrap();
        let engine = Engine::new(&config).unwrap();
        let mut bench = Self { engine, bytes, chain, ts: 1_000_000_000, trades: 0 };
        bench.price(0, 100_000);
        bench.price(1, 100_000);
        bench
    }

    fn step(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>, Code> {
        let mut sink = Writing(&mut self.bytes, &mut self.chain);
        let outcome = self.engine.step(input, &mut sink, &mut Vec::new());
        outcome.map_err(|error| error.code())
    }

    fn price(&mut self, instrument: u32, ticks: i64) {
        self.ts += 1;
        let trade = Trade {
            instrument: InstrumentId(instrument),
            ts_event: Timestamp(self.ts),
            price: Price::from_ticks(ticks),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        };
        self.step(&Input::Trade(trade)).unwrap();
    }

    fn plan(&mut self, plan: &CapitalPlan) -> Result<(), Code> {
        self.step(&Input::PlanCapital { plan, ts: Timestamp(self.ts) }).map(|_| ())
    }

    fn submit(&mut self, strategy: u16, instrument: u32, side: Side, lots: i64) -> Box<Verdict> {
        let id = self.engine.next_client_order_id().0;
        let intent = order(id, strategy, instrument, side, lots, self.ts);
        self.step(&Input::Submit(intent)).unwrap().unwrap()
    }

    fn passes(&mut self, strategy: u16, instrument: u32, side: Side, lots: i64) -> bool {
        let verdict = self.submit(strategy, instrument, side, lots);
        let exceeded = verdict.failed() >> Control::CapitalAllocation as u8 & 1 != 0;
        assert_eq!(verdict.approved(), !exceeded, "nothing else denies: {verdict:?}");
        !exceeded
    }

    fn report(&mut self, id: u64, kind: ReportKind, lots: i64) {
        let mut report = VenueReport::without_fill(ClientOrderId(id), kind, Timestamp(self.ts));
        if kind == ReportKind::Fill {
            self.trades += 1;
            report.trade_id = TradeId(self.trades);
            report.last_price = Price::from_ticks(100_000);
            report.last_quantity = Quantity::from_lots(lots);
        }
        self.step(&Input::Report(report)).unwrap();
    }

    fn allocations(&self) -> Vec<String> {
        self.engine.allocations().unwrap().iter().map(Amount::to_string).collect()
    }
}

#[test]
fn risk_25_an_order_past_its_strategys_allocation_is_denied_and_the_suggested_one_passes() {
    let mut bench = Bench::new("unlimited");
    assert!(bench.passes(0, 0, Side::Buy, 10), "without a plan nothing is bounded");
    bench.plan(&fixed(&["0.1", "0.3"])).unwrap();
    assert_eq!(bench.allocations(), ["10000", "30000"]);
    let denied = bench.submit(1, 0, Side::Buy, 201);
    let check = denied.checks().find(|check| !check.passed).unwrap();
    assert_eq!(check.control.code(), Code::CapitalAllocationExceeded);
    assert_eq!(
        (check.limit, check.observed),
        (Some(Amount::parse("10000").unwrap().raw()), Amount::parse("10050").unwrap().raw())
    );
    assert_eq!(denied.suggested, Some(Quantity::from_lots(200)));
    assert!(bench.passes(1, 0, Side::Buy, 200), "to the bound");
    assert!(!bench.passes(1, 1, Side::Buy, 1), "another instrument counts with it");
    assert!(bench.passes(2, 1, Side::Buy, 600), "another strategy has its own");
    assert!(!bench.passes(3, 0, Side::Buy, 1), "who is not in the plan has nothing");
    assert!(!bench.passes(0, 0, Side::Buy, 1), "nor has an order of no strategy");
}

#[test]
fn risk_25_open_orders_and_orders_in_doubt_count_and_an_end_gives_back() {
    let mut bench = Bench::new("unlimited");
    bench.plan(&fixed(&["0.1"])).unwrap();
    assert!(bench.passes(1, 0, Side::Buy, 200));
    let lost = Input::LoseTrack { client_order_id: ClientOrderId(1), ts: Timestamp(bench.ts) };
    bench.step(&lost).unwrap();
    assert!(!bench.passes(1, 0, Side::Buy, 1), "doubt keeps its whole reservation");
    bench.report(1, ReportKind::Fill, 150);
    assert!(!bench.passes(1, 0, Side::Buy, 1));
    bench.report(1, ReportKind::Canceled, 0);
    assert!(bench.passes(1, 0, Side::Buy, 50));
    assert!(bench.passes(1, 0, Side::Sell, 150), "what reduces the position is not bounded");
    bench.price(0, 200_000);
    assert!(!bench.passes(1, 1, Side::Buy, 1), "the exposure is that at the mark");
}

#[test]
fn risk_25_less_holds_at_once_and_more_by_the_rules_of_limits() {
    let mut bench = Bench::new("5");
    bench.plan(&fixed(&["0.2", "0.2"])).unwrap();
    bench.plan(&fixed(&["0.1", "0.4"])).unwrap();
    assert_eq!(bench.allocations(), ["10000", "20000"], "more waits for the delay");
    bench.ts += 4_000_000;
    bench.price(0, 100_000);
    assert_eq!(bench.allocations(), ["10000", "20000"]);
    bench.ts += 1_000_000;
    bench.price(0, 100_000);
    assert_eq!(bench.allocations(), ["10000", "40000"]);
    let keyed = CapitalPlan { second_key: true, ..fixed(&["0.5", "0.4"]) };
    bench.plan(&keyed).unwrap();
    assert_eq!(bench.allocations(), ["50000", "40000"]);

    let mut strict = Bench::new("unlimited");
    strict.plan(&fixed(&["0.2"])).unwrap();
    assert_eq!(strict.plan(&fixed(&["0.3"])), Err(Code::LimitsLooseningDenied));
    assert_eq!(strict.plan(&fixed(&["0.91"])), Err(Code::LimitsContradictory));
    assert_eq!(strict.allocations(), ["20000"], "nothing changed");
    assert_eq!(strict.plan(&fixed(&["0.1"])), Ok(()));
    assert_eq!(strict.allocations(), ["10000"]);
}

#[test]
fn risk_25_a_fixed_amount_is_a_cap_and_a_share_falls_with_equity() {
    let amounts = plan(serde_json::json!({"rule": "fixed", "reserve_frac": "0", "strategies": [
        { "amount": "30000" }, { "frac": "0.5" }
    ]}));
    let mut bench = Bench::new("unlimited");
    bench.plan(&amounts).unwrap();
    assert_eq!(bench.allocations(), ["30000", "50000"]);
    assert!(bench.passes(2, 0, Side::Buy, 1_000));
    bench.report(1, ReportKind::Fill, 1_000);
    bench.price(0, 60_000);
    assert_eq!(bench.allocations(), ["24000", "40000"], "equity fell by a fifth");
    bench.price(0, 200_000);
    assert_eq!(bench.allocations(), ["30000", "75000"]);
}

#[test]
fn risk_25_a_liquidation_takes_from_what_the_strategies_hold() {
    let mut bench = Bench::new("unlimited");
    bench.plan(&fixed(&["0.1", "0.1"])).unwrap();
    for strategy in [1, 2] {
        assert!(bench.passes(strategy, 0, Side::Buy, 200));
        bench.report(u64::from(strategy), ReportKind::Fill, 200);
    }
    let ts = Timestamp(bench.ts);
    bench.step(&Input::ModeChanged { mode: TradingMode::Emergency, reason: "", ts }).unwrap();
    bench.report(3, ReportKind::Fill, 400);
    assert_eq!(bench.engine.order(ClientOrderId(3)).unwrap().state.base(), BaseState::Filled);
    bench.step(&Input::ModeChanged { mode: TradingMode::Normal, reason: "", ts }).unwrap();
    for strategy in [1, 2] {
        assert!(bench.passes(strategy, 1, Side::Buy, 200), "all of it is free again");
    }
}

/// What a strategy has at risk, from lists that are gone through each time.
#[derive(Default)]
struct Slow {
    /// Strategy, instrument, side, lots that are open.
    open: Vec<(u64, u16, u32, Side, i64)>,
    positions: [[i64; 2]; 4],
}

impl Slow {
    /// In parts of 2,000 of a unit of money, which is what a lot is worth at a tick: so nothing is cut off.
    fn at_risk(&self, strategy: u16, prices: [i64; 2], with: (u32, Side, i64)) -> i64 {
        (0..2_u32)
            .map(|instrument| {
                let held = self.positions[usize::from(strategy)][instrument as usize];
                let lots = |side: Side| -> i64 {
                    let open = self.open.iter().filter(|(_, of, on, on_side, _)| {
                        (*of, *on, *on_side) == (strategy, instrument, side)
                    });
                    let extra = if (with.0, with.1) == (instrument, side) { with.2 } else { 0 };
                    open.map(|each| each.4).sum::<i64>() + extra
                };
                let worst = (held + lots(Side::Buy)).abs().max((held - lots(Side::Sell)).abs());
                worst.max(held.abs()) * prices[instrument as usize]
            })
            .sum()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn risk_25_the_control_decides_as_a_reference_that_keeps_lists(
        steps in prop::collection::vec((0_u8..6, 1_u16..4, 0_u32..2, any::<bool>(), 1_i64..120), 1..40),
    ) {
        let mut bench = Bench::new("unlimited");
        bench.plan(&fixed(&["0.05", "0.1", "0.2"])).unwrap();
        let (mut slow, mut prices) = (Slow::default(), [100_000, 100_000]);
        for (act, strategy, instrument, buys, lots) in steps {
            let side = if buys { Side::Buy } else { Side::Sell };
            match act {
                0..=2 => {
                    let equity = bench.engine.equity();
                    let bound = bench.engine.allocations().unwrap()[usize::from(strategy) - 1];
                    let verdict = bench.submit(strategy, instrument, side, lots);
                    if equity.raw() <= 0 || verdict.reducing {
                        if verdict.approved() {
                            slow.open.push((verdict.client_order_id.0, strategy, instrument, side, lots));
                        }
                        continue;
                    }
                    let risk = slow.at_risk(strategy, prices, (instrument, side, lots));
                    let fits = Amount::ONE.times(i128::from(risk)).unwrap() <= bound.times(2_000).unwrap();
                    let exceeded = verdict.failed() >> Control::CapitalAllocation as u8 & 1 != 0;
                    prop_assert_eq!(fits, !exceeded, "{:?}", verdict);
                    if verdict.approved() {
                        slow.open.push((verdict.client_order_id.0, strategy, instrument, side, lots));
                    }
                }
                3 if !slow.open.is_empty() => {
                    let (id, of, on, on_side, open) = slow.open.remove(lots as usize % slow.open.len());
                    bench.report(id, ReportKind::Fill, open);
                    slow.positions[usize::from(of)][on as usize] += on_side.signed(open);
                }
                4 if !slow.open.is_empty() => {
                    let (id, ..) = slow.open.remove(lots as usize % slow.open.len());
                    bench.report(id, ReportKind::Canceled, 0);
                }
                _ => {
                    prices[instrument as usize] = 100_000 + lots * 200;
                    bench.price(instrument, prices[instrument as usize]);
                }
            }
        }
        let again = recover(&bench.bytes).unwrap().engine;
        prop_assert_eq!(again.image(), bench.engine.image(), "the journal gives the same again");
        let mut copy = Engine::new(&engine_config("unlimited")).unwrap();
        copy.take_image(&bench.engine.image()).unwrap();
        let next = order(copy.next_client_order_id().0, 1, 0, Side::Buy, 1, bench.ts);
        let verdict = copy.step(&Input::Submit(next), &mut NoSink, &mut Vec::new()).unwrap().unwrap();
        prop_assert_eq!(verdict.failed(), bench.submit(1, 0, Side::Buy, 1).failed());
    }
}

#[test]
fn the_desk_of_the_tests_knows_no_plan() {
    let desk = Desk::new(&engine_config("unlimited"));
    assert_eq!(desk.engine.allocations(), Ok(Vec::new()));
}
