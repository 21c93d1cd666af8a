//! The edges of the judgement: what passes at its bound, what is left unsaid, and what the gate counts and keeps.

mod bench;

use bench::{Bench, MS, buy, codes, limit, limits, sell, spec, usd};
use holdfast_core::{
    Amount, Code, Fraction, Instrument, InstrumentId, InstrumentSpec, OrderIntent, OrderRole,
    OrderTerms, Price, Side, Timestamp,
};
use holdfast_risk::{
    ChangeCause, Control, Gate, GateSignal, LimitsChange, LimitsSpec, Subject, Verdict, View,
    WorstCase,
};

const LONG: WorstCase =
    WorstCase { position: 10, open_buy: 0, open_sell: 0, reduce_buy: 0, reduce_sell: 0 };

fn speaks(verdict: &Verdict, control: Control) -> bool {
    verdict.checks().any(|check| check.control == control)
}

fn without_price(bench: &Bench, intent: &OrderIntent) -> Vec<Code> {
    codes(&bench.gate.check(intent, &View { mark: None, ..bench.view(0) }))
}

fn governor(text: &str) -> GateSignal {
    GateSignal::Governor { factor: Fraction::parse(text).unwrap() }
}

#[test]
fn an_exit_needs_a_reference_price_only_where_its_own_is_held_against_one() {
    let exit = limit(Side::Sell, 10, 10_000);
    for (set, named) in [
        (vec![], vec![]),
        (vec![("price_band_frac_max", "0.1")], vec![Code::PriceStale]),
        (
            vec![("price_collar_frac_max", "0.1"), ("price_collar_window_ms_min", "1000")],
            vec![Code::PriceStale, Code::PriceCollarExceeded],
        ),
    ] {
        let mut bench = Bench::new(&set);
        bench.case = LONG;
        assert_eq!(without_price(&bench, &sell(10)), [], "a market exit names no price");
        assert!(!speaks(&bench.verdict(&sell(10), 0), Control::PriceAge));
        assert_eq!(without_price(&bench, &exit), named, "{set:?}");
    }
}

#[test]
fn a_protective_order_may_rest_beyond_the_price_band() {
    let bench = Bench::new(&[("price_band_frac_max", "0.01")]);
    let far = limit(Side::Sell, 1, 20_000);
    assert_eq!(bench.now(&far), [Code::PriceBandExceeded]);
    assert_eq!(bench.now(&OrderIntent { role: OrderRole::TakeProfit, ..far }), []);
}

#[test]
fn controls_that_have_no_limit_say_nothing() {
    let verdict = Bench::new(&[]).verdict(&limit(Side::Buy, 1, 10_000), 0);
    for control in [Control::PercentPrice, Control::WeeklyLoss, Control::TotalLoss] {
        assert!(!speaks(&verdict, control), "{control:?}");
    }
    let weekly = Bench::new(&[("weekly_loss_frac_max", "0.1")]).verdict(&buy(1), 0);
    assert!(speaks(&weekly, Control::WeeklyLoss) && !speaks(&weekly, Control::TotalLoss));
}

#[test]
fn the_smallest_quantity_of_the_instrument_passes() {
    let mut bench = Bench::new(&[]);
    bench.instrument =
        Instrument::new(InstrumentSpec { min_quantity: Some("5".into()), ..spec() }).unwrap();
    assert_eq!(bench.now(&buy(5)), []);
    assert_eq!(bench.now(&buy(4)), [Code::QtyBelowMin]);
}

#[test]
fn a_stop_at_the_price_itself_protects_nothing() {
    let bench = Bench::of(&LimitsSpec { stop_loss_required: true, ..LimitsSpec::unlimited() });
    for (side, at, beyond) in [(Side::Sell, 10_000, 10_001), (Side::Buy, 10_000, 9_999)] {
        let with = |ticks| OrderIntent {
            stop_loss: Some(Price::from_ticks(ticks)),
            ..limit(side, 1, 10_000)
        };
        assert_eq!(bench.now(&with(at)), [Code::StopLossRequired]);
        assert_eq!(bench.now(&with(beyond)), []);
    }
}

#[test]
fn the_orders_of_a_day_count_what_opens_and_what_stands_ahead_but_no_exit_and_no_amendment() {
    let mut bench = Bench::new(&[("daily_trades_max", "2")]);
    bench.gate.note_sent(&sell(1), Timestamp(0), true);
    bench.gate.note_sent(&buy(1), Timestamp(0), false);
    assert_eq!(bench.now(&buy(1)), []);
    let listed = View { opening_ahead: 1, ..bench.view(0) };
    assert_eq!(codes(&bench.gate.check(&buy(1), &listed)), [Code::DailyTradesExceeded]);
    bench.gate.note_sent(&buy(1), Timestamp(0), false);
    assert_eq!(bench.now(&buy(1)), [Code::DailyTradesExceeded]);
    let amended = Subject::Amendment { leaves: buy(1).quantity, lessens: false };
    assert!(bench.gate.judge(&buy(1), amended, &bench.view(0)).approved());
}

#[test]
fn an_amendment_counts_against_the_rate_of_orders() {
    let mut bench = Bench::new(&[("orders_per_minute_max", "1")]);
    assert_eq!(bench.now(&buy(1)), []);
    bench.gate.note_amended(Timestamp(0));
    assert_eq!(bench.now(&buy(1)), [Code::OrderRateExceeded]);
}

#[test]
fn an_account_that_never_had_equity_is_denied_for_that_and_not_for_arithmetic() {
    let set =
        [("order_qty_max", "100"), ("drawdown_soft_frac_max", "0.1"), ("drawdown_frac_max", "0.2")];
    let mut bench = Bench::new(&set);
    bench.gate = Gate::for_instruments(&limits(&set), Amount::ZERO, &[&spec()]).unwrap();
    let poor = View { equity: Amount::ZERO, ..bench.view(0) };
    assert_eq!(codes(&bench.gate.check(&buy(1), &poor)), [Code::AccountUnavailable]);
}

#[test]
fn risk_24_whatever_the_drawdown_cut_the_guard_says_so_and_nothing_else() {
    let set = [
        ("order_qty_max", "100"),
        ("position_qty_max", "100"),
        ("position_frac_max", "0.5"),
        ("leverage_max", "1"),
        ("drawdown_soft_frac_max", "0.1"),
        ("drawdown_frac_max", "0.2"),
    ];
    let mut bench = Bench::new(&set);
    bench.gate.mark_equity(Timestamp(0), usd("85000")).unwrap();
    let both = [Code::OrderQtyExceeded, Code::PositionQtyExceeded, Code::DrawdownGuard];
    assert_eq!(bench.now(&buy(100)), both, "two sizes at their whole limit, and cut to half of it");
    let mut share = Bench::new(&set[2..]);
    share.gate.mark_equity(Timestamp(0), usd("85000")).unwrap();
    assert_eq!(share.now(&buy(250)), []);
    let cut = [Code::PositionLimitExceeded, Code::DrawdownGuard];
    assert_eq!(share.now(&buy(251)), cut);
    assert_eq!(share.now(&buy(500)), cut, "at the whole limit it is still the cut that denies");
    assert_eq!(share.now(&buy(501)), [Code::PositionLimitExceeded], "beyond it, the limit does");
    let mut lever = Bench::new(&set[3..4]);
    lever.gate.take_signal(&governor("0.5"), Timestamp(0));
    assert_eq!(lever.now(&buy(1_000)), [], "leverage is no size that is cut");
}

#[test]
fn risk_23_the_governor_may_be_said_again_and_only_the_key_takes_it_away() {
    let mut bench = Bench::new(&[("order_qty_max", "100"), ("position_qty_max", "200")]);
    bench.gate.take_signal(&governor("0.5"), Timestamp(0));
    assert_eq!(bench.gate.check_signal(&governor("0.5")), Ok(()));
    let instrument = spec();
    for (keyed, most, cause, code) in [
        (false, "150", ChangeCause::Tightened, vec![Code::OrderQtyExceeded]),
        (true, "250", ChangeCause::LoosenedByKey, vec![]),
    ] {
        let next =
            LimitsSpec { position_qty_max: most.into(), ..bench.gate.table().spec().clone() };
        let change = LimitsChange::new(next, keyed, None).unwrap();
        let changed = bench.gate.change_limits(&change, &[&instrument], Timestamp(1));
        assert_eq!(changed, Ok(cause));
        assert_eq!(bench.now(&buy(51)), code);
    }
}

#[test]
fn a_breaker_closes_alone_and_however_often_its_state_is_said() {
    let mut bench = Bench::new(&[]);
    let mut say = |component, open| {
        bench.gate.take_signal(&GateSignal::Breaker { component, open }, Timestamp(0));
        bench.now(&buy(1))
    };
    let open = [Code::BreakerOpen];
    assert_eq!([say(1, true), say(1, true), say(2, true)].concat(), [open, open, open].concat());
    assert_eq!(say(1, false), open, "the other one is open");
    assert_eq!(say(1, false), open);
    assert_eq!(say(2, false), []);
    assert_eq!(say(2, false), []);
    for (component, open) in [(1, true), (2, true), (1, false)] {
        bench.gate.take_signal(&GateSignal::Breaker { component, open }, Timestamp(0));
    }
    assert_eq!(bench.gate.words(), [1 << 2], "the one that was closed");
}

#[test]
fn the_message_budget_of_a_venue_is_the_strictest_of_its_own_instruments() {
    let mut written = limits(&[("messages_per_second_max", "9")]);
    let scope =
        serde_json::json!({ "venue": "SLOW", "limits": { "messages_per_second_max": "1" } });
    written.scopes = vec![serde_json::from_value(scope).unwrap()];
    let slow = InstrumentSpec { symbol: "B".into(), venue: "SLOW".into(), ..spec() };
    let mut bench = Bench::new(&[]);
    bench.gate = Gate::for_instruments(&written, usd("100000"), &[&spec(), &slow]).unwrap();
    let at_slow = OrderIntent { instrument: InstrumentId(1), ..buy(1) };
    bench.gate.note_message(&buy(1), Timestamp(0));
    bench.gate.note_message(&at_slow, Timestamp(0));
    assert_eq!(bench.now(&buy(1)), []);
    assert_eq!(bench.now(&at_slow), [Code::MessageRateExceeded]);
}

#[test]
fn an_image_of_the_gate_is_made_only_when_limits_are_due() {
    let mut bench = Bench::of(&LimitsSpec {
        change: serde_json::from_str(r#"{ "loosen_delay_ms": "1" }"#).unwrap(),
        ..limits(&[("order_qty_max", "100")])
    });
    assert_eq!(bench.gate.image_before_limits(Timestamp(i64::MAX - 1)), None);
    let wider = LimitsSpec { order_qty_max: "200".into(), ..bench.gate.table().spec().clone() };
    let change = LimitsChange::new(wider, false, None).unwrap();
    bench.gate.change_limits(&change, &[&spec()], Timestamp(0)).unwrap();
    assert_eq!(bench.gate.image_before_limits(Timestamp(MS - 1)), None);
    let image = bench.gate.image_before_limits(Timestamp(MS)).unwrap();
    assert!(image.len() > 100);
    assert_eq!(bench.gate.advance_limits(Timestamp(MS)), Ok(Some(ChangeCause::LoosenedByDelay)));
    assert_eq!(bench.gate.image_before_limits(Timestamp(MS)), None);
}

#[test]
fn a_gate_that_heard_of_nothing_adds_nothing_to_the_hash_of_the_state() {
    assert_eq!(Bench::new(&[("order_qty_max", "100")]).gate.words(), []);
}

#[test]
fn each_thing_that_the_gate_keeps_in_mind_changes_the_hash_of_the_state() {
    let set = [
        ("messages_per_second_max", "10"),
        ("duplicate_window_ms_min", "100"),
        ("executions_max", "1"),
        ("executions_window_ms_min", "1000"),
        ("price_collar_frac_max", "0.1"),
        ("price_collar_window_ms_min", "1000"),
    ];
    let mut written = limits(&set);
    written.strategies = vec!["one".into()];
    let mut gate = Bench::of(&written).gate;
    let none = [0, i128::from(i64::MIN), 0, i128::MIN];
    assert_eq!(gate.words(), none, "a budget that is full, and a collar without a price");
    let of_one =
        OrderIntent { terms: OrderTerms { strategy: 1, ..OrderTerms::default() }, ..buy(1) };
    gate.note_sent(&of_one, Timestamp(5), false);
    let full_at = 5 + i128::from(MS) * 100;
    assert_eq!(gate.words(), [full_at, 5, i128::from(i64::MIN), 0, i128::MIN]);
    assert!(!gate.note_execution(&of_one, Timestamp(6)));
    assert!(gate.note_execution(&of_one, Timestamp(7)));
    gate.note_price(InstrumentId(0), Price::from_ticks(70), Timestamp(8));
    gate.note_price(InstrumentId(0), Price::from_ticks(80), Timestamp(8 + 1_000 * MS));
    let signals = [
        GateSignal::Halted { instrument: InstrumentId(0), halted: true },
        GateSignal::Breaker { component: 3, open: true },
        GateSignal::AccountConfirmed,
        GateSignal::ClockMeasured { offset_ns: -4 },
        governor("0.5"),
    ];
    signals.iter().for_each(|signal| gate.take_signal(signal, Timestamp(9)));
    let collar = [80, 8 + i128::from(MS) * 1_000, 70];
    let expected = [&[full_at, 5, 6, 7, -2][..], &collar, &[0, 8, 9, -4, 500_000]].concat();
    assert_eq!(gate.words(), expected);
}
