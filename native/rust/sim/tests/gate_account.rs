//! What the gate knows of the account around an order: other instruments, cash, stops, fills, and limits that change.

mod support;

use holdfast_core::{
    Amount, ClientOrderId, Code, InstrumentId, OrderIntent, OrderTerms, OrderType, Price, Quantity,
    ReportKind, Side, Timestamp, Trade, VenueReport,
};
use holdfast_engine::replay::replay;
use holdfast_engine::{EngineConfig, Input, JournalReader, JournalWriter, SyncPolicy};
use holdfast_risk::{Control, GateSignal, LimitsChange, LimitsSpec, Verdict};
use proptest::prelude::*;
use serde_json::json;
use support::desk::Desk;
use support::*;

const MS: i64 = 1_000_000;

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect()
}

fn limits(values: &serde_json::Value) -> LimitsSpec {
    let mut written = serde_json::to_value(LimitsSpec::unlimited()).unwrap();
    for (key, value) in values.as_object().unwrap() {
        written[key] = value.clone();
    }
    serde_json::from_value(written).unwrap()
}

/// Three instruments: A and B of one currency, C of another, in the order A, B, C.
fn three(values: &serde_json::Value) -> EngineConfig {
    let named = |symbol: &str, base: &str| {
        let mut spec = spec();
        (spec.symbol, spec.base_currency) = (symbol.into(), base.into());
        spec
    };
    EngineConfig {
        instruments: vec![named("A", "X"), named("B", "X"), named("C", "Y")],
        limits: limits(values),
        ..config().engine
    }
}

fn on(instrument: u32, intent: OrderIntent) -> OrderIntent {
    OrderIntent { instrument: InstrumentId(instrument), ..intent }
}

fn mark(desk: &mut Desk, instrument: u32, ticks: i64, ns: i64) {
    desk.step(&Input::Trade(Trade {
        instrument: InstrumentId(instrument),
        ts_event: Timestamp(desk.now().0 + ns),
        price: Price::from_ticks(ticks),
        quantity: Quantity::from_lots(1),
        aggressor_side: Side::Buy,
    }))
    .unwrap();
}

/// A desk on which every instrument stands at 100.00.
fn desk(values: &serde_json::Value) -> Desk {
    let mut desk = Desk::with(&three(values));
    (0..3).for_each(|id| mark(&mut desk, id, 10_000, 0));
    desk
}

fn signal(desk: &mut Desk, signal: GateSignal) {
    let ts = desk.now();
    desk.step(&Input::Signal { signal, ts }).unwrap();
}

#[test]
fn exposures_add_up_over_instruments_and_their_open_orders() {
    let mut net = desk(&json!({ "net_exposure_frac_max": "0.5" }));
    net.rest(on(0, limit(Side::Buy, 300, 10_000)));
    let short = net.rest(on(1, limit(Side::Sell, 100, 10_000)));
    assert_eq!(codes(&net.judge(on(2, market(Side::Buy, 201))).1), [Code::NetExposureExceeded]);
    net.fill(short, 1, 100).unwrap();
    assert_eq!(codes(&net.judge(on(2, market(Side::Buy, 301))).1), [Code::NetExposureExceeded]);
    assert!(net.judge(on(2, market(Side::Buy, 300))).1.approved(), "the filled short offsets");
    let mut asset = desk(&json!({ "asset_exposure_frac_max": "0.5" }));
    asset.rest(on(0, limit(Side::Buy, 300, 10_000)));
    let beyond = asset.judge(on(1, market(Side::Sell, 201))).1;
    assert_eq!(codes(&beyond), [Code::AssetExposureExceeded]);
    assert!(asset.judge(on(2, market(Side::Buy, 500))).1.approved(), "of another asset");
    let values = json!({ "group_exposure_frac_max": "0.5", "groups": { "g": ["A", "C"] } });
    let mut group = desk(&values);
    let first = group.rest(on(0, limit(Side::Buy, 300, 10_000)));
    assert_eq!(codes(&group.judge(on(2, market(Side::Buy, 201))).1), [Code::GroupExposureExceeded]);
    assert!(group.judge(on(1, market(Side::Buy, 900))).1.approved(), "of no group");
    group.report(first, ReportKind::Rejected).unwrap();
    assert!(group.judge(on(2, market(Side::Buy, 500))).1.approved(), "what ended is given back");
}

#[test]
fn buying_power_holds_what_open_buys_will_cost() {
    let mut desk = desk(&json!({ "buying_power_frac_max": "1" }));
    let first = desk.rest(on(0, limit(Side::Buy, 600, 10_000)));
    assert_eq!(codes(&desk.judge(on(1, market(Side::Buy, 401))).1), [Code::BuyingPowerExceeded]);
    desk.fill(first, 1, 600).unwrap();
    assert_eq!(codes(&desk.judge(on(1, market(Side::Buy, 401))).1), [Code::BuyingPowerExceeded]);
    let second = desk.rest(on(1, limit(Side::Buy, 300, 10_000)));
    let larger = desk.amend(second, Some(400), None).unwrap();
    assert_eq!(codes(&larger), [Code::BuyingPowerExceeded], "the fee is gone");
    assert!(desk.amend(second, Some(399), None).unwrap().approved(), "its own part does not count");
}

#[test]
fn cancels_pass_whatever_the_budget_and_are_counted() {
    let mut desk = desk(&json!({ "messages_per_second_max": "4" }));
    let ids: Vec<u64> = (0..4).map(|_| desk.submit(limit(Side::Buy, 1, 9_000))).collect();
    assert_eq!(codes(&desk.judge(limit(Side::Buy, 1, 9_000)).1), [Code::MessageRateExceeded]);
    for id in &ids {
        desk.cancel(*id).unwrap();
    }
    mark(&mut desk, 0, 10_000, 1_000 * MS);
    assert_eq!(codes(&desk.judge(limit(Side::Buy, 1, 9_000)).1), [Code::MessageRateExceeded]);
    mark(&mut desk, 0, 10_000, 250 * MS);
    assert!(desk.judge(limit(Side::Buy, 1, 9_000)).1.approved());
}

#[test]
fn a_position_counts_as_covered_while_live_stops_hold_all_of_it() {
    let mut desk = desk(&json!({ "stop_uncovered_ms_max": "100" }));
    let entry = desk.rest(limit(Side::Buy, 10, 10_000));
    desk.fill(entry, 1, 10).unwrap();
    mark(&mut desk, 0, 10_000, 100 * MS);
    assert!(desk.judge(market(Side::Buy, 1)).1.approved(), "at the bound");
    desk.report(entry + 1, ReportKind::Rejected).unwrap();
    mark(&mut desk, 0, 10_000, 1);
    assert_eq!(codes(&desk.judge(market(Side::Buy, 1)).1), [Code::StopCoverageMissing]);
    assert!(desk.judge(on(1, market(Side::Buy, 1))).1.approved(), "another instrument");
    let cover = |lots| OrderIntent { reduce_only: true, ..stop(Side::Sell, lots, 9_000) };
    let part = desk.rest(cover(9));
    assert_eq!(codes(&desk.judge(market(Side::Buy, 1)).1), [Code::StopCoverageMissing], "a part");
    desk.rest(cover(1));
    assert!(desk.judge(limit(Side::Buy, 1, 9_000)).1.approved());
    let lost = Input::LoseTrack { client_order_id: ClientOrderId(part), ts: desk.now() };
    desk.step(&lost).unwrap();
    mark(&mut desk, 0, 10_000, 101 * MS);
    let doubt = desk.judge(market(Side::Buy, 1)).1;
    assert_eq!(codes(&doubt), [Code::StopCoverageMissing], "a stop in doubt covers nothing");
    let limited = OrderIntent {
        order_type: OrderType::StopLimit,
        limit_price: Some(Price::from_ticks(8_900)),
        ..cover(10)
    };
    desk.rest(limited);
    let still = desk.judge(market(Side::Buy, 1)).1;
    assert_eq!(codes(&still), [Code::StopCoverageMissing], "a stop with a limit may not fill");
}

#[test]
fn a_fill_too_many_disables_its_strategy_and_a_person_enables_it() {
    let mut desk = desk(&json!({
        "executions_max": "1", "executions_window_ms_min": "1000", "strategies": ["s", "t"],
    }));
    let of = |strategy, intent: OrderIntent| OrderIntent {
        terms: OrderTerms { strategy, ..OrderTerms::default() },
        ..intent
    };
    let id = desk.rest(of(1, limit(Side::Buy, 2, 10_000)));
    desk.fill(id, 1, 1).unwrap();
    assert!(desk.judge(of(1, market(Side::Buy, 1))).1.approved());
    desk.fill(id, 2, 1).unwrap();
    assert_eq!(codes(&desk.judge(of(1, market(Side::Buy, 1))).1), [Code::ExecutionsThrottled]);
    assert!(desk.judge(of(2, market(Side::Buy, 1))).1.approved());
    assert!(desk.judge(of(1, market(Side::Sell, 1))).1.approved(), "its exits pass");
    signal(&mut desk, GateSignal::Enabled { strategy: 1 });
    assert!(desk.judge(of(1, market(Side::Buy, 1))).1.approved());
}

#[test]
fn losing_closes_in_a_row_are_told_from_fills() {
    let mut desk = desk(&json!({ "consecutive_losses_max": "1" }));
    let entry = desk.rest(limit(Side::Buy, 2, 10_000));
    desk.fill(entry, 1, 2).unwrap();
    let exit = desk.rest(limit(Side::Sell, 2, 9_900));
    let at = |desk: &Desk, trade, ticks| VenueReport {
        last_price: Price::from_ticks(ticks),
        ..desk.fill_report(exit, trade, 1)
    };
    let gain = at(&desk, 2, 10_100);
    desk.hear(gain).unwrap();
    assert!(desk.judge(on(1, market(Side::Buy, 1))).1.approved());
    let loss = at(&desk, 3, 9_900);
    desk.hear(loss).unwrap();
    assert_eq!(codes(&desk.judge(market(Side::Buy, 1)).1), [Code::ConsecutiveLosses]);
}

#[test]
fn limits_that_begin_to_ask_find_what_was_there_before() {
    let mut desk = desk(&json!({ "change": { "loosen_delay_ms": "1" } }));
    let id = desk.rest(on(0, limit(Side::Buy, 300, 10_000)));
    desk.fill(id, 1, 100).unwrap();
    let tight = limits(&json!({
        "asset_exposure_frac_max": "0.5", "stop_uncovered_ms_max": "1", "change": { "loosen_delay_ms": "1" },
    }));
    let change = LimitsChange::new(tight, false, None).unwrap();
    let ts = desk.now();
    desk.step(&Input::ChangeLimits { change: &change, ts }).unwrap();
    assert_eq!(codes(&desk.judge(on(1, market(Side::Buy, 201))).1), [Code::AssetExposureExceeded]);
    mark(&mut desk, 0, 10_000, 2 * MS);
    assert_eq!(codes(&desk.judge(on(0, market(Side::Buy, 1))).1), [Code::StopCoverageMissing]);
    let wide = LimitsChange::new(limits(&json!({})), false, None).unwrap();
    let ts = desk.now();
    desk.step(&Input::ChangeLimits { change: &wide, ts }).unwrap();
    assert_eq!(codes(&desk.judge(on(0, market(Side::Buy, 1))).1), [Code::StopCoverageMissing]);
    mark(&mut desk, 0, 10_000, MS);
    assert!(desk.judge(on(0, market(Side::Buy, 1))).1.approved(), "the delay has passed");
}

#[test]
fn changes_of_limits_and_signals_are_journalled_and_replayed() {
    let folder = std::env::temp_dir().join(format!("holdfast-gate-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let key = "a second person";
    let hash = blake3::hash(key.as_bytes()).to_hex().to_string();
    let mut config = config();
    config.engine.limits = limits(&json!({
        "position_frac_max": "0.1", "change": { "loosen_delay_ms": "1000", "second_key_hash": hash },
        "executions_max": "1", "executions_window_ms_min": "864000000", "duplicate_window_ms_min": "1",
    }));
    let journal = JournalWriter::create(&folder, SyncPolicy::Os).unwrap();
    let mut session = open_with_journal(&config, journal);
    session.on_bar(&flat_bar(0, 10_000)).unwrap();
    let with =
        |frac: &str| LimitsSpec { position_frac_max: frac.into(), ..config.engine.limits.clone() };
    let end = Timestamp(session.engine().now().0 + 3 * DAY_NS);
    let wrong = session.change_limits(with("0.3"), Some("wrong"), None).map_err(|e| e.code());
    assert_eq!(wrong, Err(Code::LimitsLooseningDenied));
    session.change_limits(with("0.05"), None, None).unwrap();
    session.change_limits(with("0.2"), Some(key), Some(end)).unwrap();
    session.signal(GateSignal::ClockMeasured { offset_ns: 5 }).unwrap();
    session.signal(GateSignal::Halted { instrument: InstrumentId(0), halted: true }).unwrap();
    assert!(!session.submit(market(Side::Buy, 150)).unwrap().approved());
    session.signal(GateSignal::Halted { instrument: InstrumentId(0), halted: false }).unwrap();
    session.change_limits(with("0.4"), None, None).unwrap();
    for day in 1..5 {
        session.submit(market(Side::Buy, 10 * day)).unwrap();
        session.on_bar(&flat_bar(day, 10_000)).unwrap();
    }
    let in_force = session.engine().limits().base().position.map(|frac| frac.to_string());
    assert_eq!(in_force.as_deref(), Some("0.4"), "the later loosening has no end");
    let closed = session.close().unwrap();
    let replayed = replay(&JournalReader::open(&folder).unwrap()).unwrap();
    assert_eq!(replayed.state_hash, closed.snapshot.state_hash);
    let mut kinds = std::collections::BTreeMap::new();
    let reader = JournalReader::open(&folder).unwrap();
    reader
        .visit(|record| {
            holdfast_engine::record_json::record_json(record)?;
            *kinds.entry(record.kind.name()).or_insert(0) += 1;
            Ok(())
        })
        .unwrap();
    let count = |kind: &str| kinds.get(kind).copied().unwrap_or(0);
    assert_eq!(count("limits_requested"), 3);
    assert_eq!(count("limits_changed"), 4, "the delay's end is one more");
    assert_eq!((count("gate_signal"), count("strategy_throttled")), (3, 1));
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let bytes: Vec<u8> = files.flat_map(|file| std::fs::read(file).unwrap()).collect();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("second_key_hash") && !holds(key), "the key is in no journal");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// What happens to the three instruments.
type Happening = (u8, u32, bool, i64, i64);

/// Plays it, and gives every verdict with the engine at hand.
fn play(
    desk: &mut Desk,
    happenings: &[Happening],
    mut seen: impl FnMut(&mut Desk, &OrderIntent, &Verdict),
) {
    let mut open: Vec<(u64, i64)> = Vec::new();
    for (index, (kind, instrument, is_buy, lots, offset)) in happenings.iter().enumerate() {
        let side = if *is_buy { Side::Buy } else { Side::Sell };
        match kind {
            0..=3 => {
                let intent = on(*instrument, limit(side, *lots, 10_000 + offset));
                let (id, verdict) = desk.judge(intent);
                seen(desk, &intent, &verdict);
                if verdict.approved() {
                    desk.report(id, ReportKind::Accepted).unwrap();
                    open.push((id, *lots));
                }
            }
            4 if !open.is_empty() => {
                let (id, lots) = open.remove(index % open.len());
                desk.fill(id, index as u64 + 1, lots).unwrap();
            }
            5 if !open.is_empty() => {
                let (id, _) = open.remove(index % open.len());
                desk.cancel(id).unwrap();
                desk.report(id, ReportKind::Canceled).unwrap();
            }
            _ => mark(desk, *instrument, 10_000 + offset, MS),
        }
    }
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let one = (0_u8..7, 0_u32..3, any::<bool>(), 1_i64..400, -300_i64..300);
    prop::collection::vec(one, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// What the verdict suggests passes, and one lot more does not.
    #[test]
    fn risk_09_risk_11_a_suggested_quantity_passes_and_is_the_largest(happenings in happenings()) {
        let values = json!({
            "order_qty_max": "350", "position_frac_max": "0.4", "gross_exposure_frac_max": "0.7",
            "net_exposure_frac_max": "0.5", "asset_exposure_frac_max": "0.5", "concentration_frac_max": "0.35",
            "buying_power_frac_max": "0.9", "group_exposure_frac_max": "0.45", "groups": { "g": ["A", "C"] },
            "position_notional_quote_max": "45000", "leverage_max": "0.8",
            "scopes": [{ "instrument": "C", "limits": { "short_sale_denied": true } }],
        });
        let mut desk = desk(&values);
        let mut suggested = 0;
        play(&mut desk, &happenings, |desk, intent, verdict| {
            if verdict.approved() {
                assert_eq!(verdict.suggested, None);
                return;
            }
            assert!(verdict.denied_for_size());
            let most = verdict.suggested.map_or(0, Quantity::lots);
            let passes = |desk: &Desk, lots: i64| {
                let intent = OrderIntent { quantity: Quantity::from_lots(lots), ..*intent };
                desk.engine.what_if(&intent).unwrap().approved()
            };
            assert!(most == 0 || passes(desk, most));
            assert!(!passes(desk, most + 1), "{most} of {intent:?}");
            suggested += u32::from(most > 0);
        });
    }

    /// No approved order lets the account come past a limit, by sums that are added up anew each time.
    #[test]
    fn exposures_never_pass_their_limits_when_every_open_order_fills(happenings in happenings()) {
        let values = json!({
            "net_exposure_frac_max": "0.5", "asset_exposure_frac_max": "0.5", "buying_power_frac_max": "0.9",
        });
        let mut desk = desk(&values);
        play(&mut desk, &happenings, |desk, intent, verdict| {
            if !verdict.approved() || verdict.reducing {
                return;
            }
            let equity = desk.engine.equity().raw();
            let (mut long, mut short, mut asset, mut buys) = (0_i128, 0_i128, 0_i128, 0_i128);
            for (index, state) in desk.engine.instruments().iter().enumerate() {
                let mut price = i128::from(state.mark.unwrap().0.ticks());
                if index == intent.instrument.index() {
                    price = price.max(intent.limit_price.map_or(0, |at| i128::from(at.ticks())));
                }
                let money = |lots: i64| i128::from(lots) * price * Amount::ONE.raw() / 100;
                let case = state.case;
                long += money(case.position + case.open_buy);
                short += money(case.position - case.open_sell);
                let mark = i128::from(state.mark.unwrap().0.ticks());
                let is_own = index == intent.instrument.index() && intent.side == Side::Buy;
                let own = if is_own { i128::from(intent.quantity.lots()) } else { 0 };
                buys += (i128::from(case.open_buy) - own) * mark + own * price;
                if desk.engine.instruments()[intent.instrument.index()].instrument.spec().base_currency
                    == state.instrument.spec().base_currency
                {
                    asset += money((case.position + case.open_buy).abs().max((case.position - case.open_sell).abs()));
                }
            }
            assert!(long.abs().max(short.abs()) * 2 <= equity, "net {long} {short} of {equity}");
            assert!(asset * 2 <= equity, "asset {asset} of {equity}");
            let cash = desk.engine.account().cash.raw();
            let cost = buys * Amount::ONE.raw() / 100;
            assert!(intent.side == Side::Sell || cost * 10 <= cash * 9, "buys {cost} of {cash}");
        });
    }
}

#[test]
fn what_if_judges_and_changes_nothing() {
    let mut desk = desk(&json!({ "order_qty_max": "10" }));
    let before = desk.engine.state_hash();
    let denied = desk.engine.what_if(&market(Side::Buy, 11)).unwrap();
    assert_eq!(codes(&denied), [Code::OrderQtyExceeded]);
    assert_eq!(desk.engine.state_hash(), before);
    let (_, verdict) = desk.judge(market(Side::Buy, 11));
    assert_eq!(verdict.suggested, Some(Quantity::from_lots(10)));
    let check = verdict.checks().find(|check| check.control == Control::OrderQuantity).unwrap();
    assert!(!check.passed && verdict.limits_mark == desk.engine.limits().mark());
}
