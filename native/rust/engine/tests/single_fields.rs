//! What single fields decide: terms of held orders, JSON of rare records, averages, notices and the plan of actors.

mod actor_floor;
mod desk;
mod random_run;
mod venue_bench;

use actor_floor::Log;
use desk::{amount, spec};
use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::{Amendment, Code, InstrumentKind, OrderTerms, OrderType, Timestamp};
use holdfast_engine::record_json::record_json;
use holdfast_engine::recovery::recover;
use holdfast_engine::{ActorOptions, ActorPlan, Actors, Command, EngineConfig, Input};
use holdfast_risk::GateSignal;
use random_run::Driven;
use serde_json::{Value, json};
use venue_bench::*;

/// A bench with a stop order of ten lots that is held here, of which some are shown.
fn held(shown: i64) -> Bench {
    let mut config = spot();
    config.emulated_order_types = vec!["stop_limit".into()];
    let mut bench = Bench::new(&config);
    bench.take(&Input::Trade(traded(1, 1_000))).unwrap();
    let stop = holdfast_engine::venue_snapshot::VenueOrder {
        order_type: OrderType::StopLimit,
        trigger_price: Some(px(1_050)),
        limit_price: Some(px(1_060)),
        ..external(1, 10)
    };
    let mut intent = stop.intent_for_test(FIRST);
    intent.ts_intent = bench.engine.now();
    intent.terms = OrderTerms { display: Some(lots(shown)), ..OrderTerms::default() };
    bench.take(&Input::Submit(intent)).unwrap();
    assert!(bench.engine.open_order(FIRST).unwrap().held.is_some());
    bench
}

fn traded(at: i64, ticks: i64) -> holdfast_core::Trade {
    holdfast_core::Trade {
        instrument: BTC,
        ts_event: Timestamp(at),
        price: px(ticks),
        quantity: lots(1),
        aggressor_side: holdfast_core::Side::Buy,
    }
}

#[test]
fn ord_06_a_held_order_is_amended_at_once_and_shows_no_more_than_it_has() {
    for (quantity, shown) in [(4, 4), (9, 6)] {
        let mut bench = held(6);
        let amendment = Amendment {
            client_order_id: FIRST,
            quantity: Some(lots(quantity)),
            limit_price: None,
            trigger_price: None,
            ts: bench.engine.now(),
        };
        bench.take(&Input::Amend(amendment)).unwrap();
        let order = bench.engine.open_order(FIRST).unwrap();
        assert_eq!((order.quantity, order.pending), (lots(quantity), None));
        bench.take(&Input::Trade(traded(2, 1_055))).unwrap();
        let Some(Command::Place(sent)) = bench.commands.last() else { panic!("it must be sent") };
        assert_eq!((sent.quantity, sent.terms.display), (lots(quantity), Some(lots(shown))));
    }
}

fn form_of(kind: RecordKind, content: &(impl holdfast_core::wire::Encode + ?Sized)) -> Value {
    let mut bytes = Vec::new();
    Chain::default().append(&mut bytes, kind, Timestamp(1), content).unwrap();
    let mut chain = Chain::default();
    record_json(&chain.verify(&bytes).unwrap().unwrap()).unwrap()["content"].clone()
}

#[test]
fn rare_records_have_their_fields() {
    let halted =
        form_of(RecordKind::GateSignal, &GateSignal::Halted { instrument: BTC, halted: true });
    assert_eq!(halted, json!({ "signal": "halted", "target": 0, "value": 1 }));
    let (currency, interest) = (holdfast_engine::CurrencyId(3), amount("0.5"));
    let charged = holdfast_engine::borrowing::InterestCharged { currency, interest };
    let charged = form_of(RecordKind::InterestCharged, &charged);
    assert_eq!(charged, json!({ "currency": 3, "interest": "0.5" }));
    let config = serde_json::to_value(spot()).unwrap();
    assert!(config.get("account").is_none(), "an account of which nothing is said is left out");
    let plain = resting(1);
    let mut terms = None;
    plain.stream.each(|record, _| {
        if record.kind == RecordKind::OrderSubmitted {
            terms = Some(record_json(record).unwrap()["content"]["terms"].clone());
        }
    });
    assert_eq!(terms, Some(Value::Null), "an order that asks for nothing more");
}

#[test]
fn ord_10_damage_is_no_end_that_was_cut() {
    let bytes = resting(1).stream.bytes;
    let cut = recover(&bytes[..bytes.len() - 1]);
    assert!(cut.is_ok(), "the last record is cut");
    let mut damaged = bytes.clone();
    let inside = damaged.len() - 40;
    damaged[inside] ^= 1;
    assert_eq!(recover(&damaged).map(|_| ()).unwrap_err().code(), Code::JournalCorrupt);
}

#[test]
fn an_average_price_is_per_unit_of_the_contract() {
    let mut contract = spec(InstrumentKind::Linear);
    contract.contract_multiplier = "10".into();
    let mut desk = desk::Desk::new(&desk::config(vec![contract], "1000000", Default::default()));
    desk.mark(0, 1_000);
    desk.trade(0, holdfast_core::Side::Buy, 100, 1_000, false);
    desk.trade(0, holdfast_core::Side::Buy, 100, 1_010, false);
    let shown = serde_json::to_value(desk.engine.snapshot().unwrap()).unwrap();
    assert!(shown.to_string().contains("502.5"), "{shown}");
}

fn account(count: usize, cash: &str) -> EngineConfig {
    let instruments = (0..count)
        .map(|number| {
            let mut one = spec(InstrumentKind::Linear);
            one.symbol = format!("I{number}");
            one
        })
        .collect();
    desk::config(instruments, cash, Default::default())
}

#[test]
fn ord_09_budgets_are_as_equal_as_the_smallest_unit_lets_them_be() {
    let plan = ActorPlan::per_instrument(&account(3, "0.00000000000000001")).unwrap();
    let budgets: Vec<&str> = plan.configs().iter().map(|each| each.start_cash.as_str()).collect();
    let unit = "0.00000000000000000";
    let expected: Vec<String> = [4, 3, 3].iter().map(|part| format!("{unit}{part}")).collect();
    assert_eq!(budgets, expected);
    let sum = budgets.iter().try_fold(amount("0"), |sum, each| sum.plus(amount(each))).unwrap();
    assert_eq!(sum, amount("0.00000000000000001"));
}

#[test]
fn ord_09_a_count_is_divided_down_to_one_each_and_not_further() {
    for (orders, is_possible) in [("3", true), ("2", false)] {
        let mut account = account(3, "900");
        account.limits.orders_per_minute_max = orders.into();
        let plan = ActorPlan::per_instrument(&account).map(|_| ()).map_err(|error| error.code());
        let expected = if is_possible { Ok(()) } else { Err(Code::ActorPlanInvalid) };
        assert_eq!(plan, expected);
    }
    let mut foreign = account(3, "900");
    foreign.account.balances =
        serde_json::from_value(json!([{ "currency": "EUR", "amount": "1" }])).unwrap();
    foreign.account.rate_age_ms_max = Some("1".into());
    assert_eq!(ActorPlan::per_instrument(&foreign).unwrap_err().code(), Code::ActorPlanInvalid);
}

#[test]
fn ord_09_threads_and_queues_have_bounds_that_may_be_reached() {
    let default = ActorOptions::default();
    assert_eq!((default.workers, default.queue_max, default.batch_max), (1, 64, 256));
    let cases = [
        (default, 2, true),
        (ActorOptions { workers: 0, ..default }, 2, true),
        (ActorOptions { queue_max: 0, ..default }, 2, false),
        (ActorOptions { batch_max: 0, ..default }, 2, false),
        (ActorOptions { workers: 256, ..default }, 2, true),
        (ActorOptions { workers: 256 + 1, ..default }, 2, false),
        (default, 1, false),
    ];
    for (options, ports, is_possible) in cases {
        let plan = ActorPlan::per_instrument(&account(2, "900")).unwrap();
        let opened = Actors::open(plan, vec![Log::default(); ports], options);
        assert_eq!(opened.is_ok(), is_possible, "{options:?} with {ports}");
    }
}

#[test]
fn time_that_runs_back_is_refused_for_every_call_but_a_venues_word() {
    let mut bench = resting(1);
    let ts = Timestamp(bench.engine.now().0 - 1);
    let refused = bench.take(&Input::Cancel { client_order_id: FIRST, ts }).unwrap_err();
    assert_eq!(refused.code(), Code::EventInvalid);
    let late =
        holdfast_core::VenueReport::without_fill(FIRST, holdfast_core::ReportKind::Canceled, ts);
    bench.take(&Input::Report(late)).unwrap();
}

#[test]
fn ord_09_each_actor_has_the_policies_of_its_own_instruments_under_its_own_ids() {
    let policy = |text: &str| serde_json::from_value(json!(text)).unwrap();
    let mut account = account(3, "900");
    account.orders.self_trade.policy = policy("cancel_oldest");
    account.orders.self_trade.by_instrument = [(2, policy("cancel_newest"))].into_iter().collect();
    let plan = ActorPlan::per_instrument(&account).unwrap();
    let own: Vec<Value> = plan
        .configs()
        .iter()
        .map(|each| serde_json::to_value(&each.orders.self_trade).unwrap())
        .collect();
    for (actor, expected) in
        [json!({}), json!({}), json!({ "0": "cancel_newest" })].into_iter().enumerate()
    {
        assert_eq!(own[actor]["by_instrument"], expected, "{own:?}");
        assert_eq!(own[actor]["policy"], "cancel_oldest");
    }
}
