//! Properties of the controls that the reference gate of the tests does not know: what an instrument, the account and a calendar
//! permit by themselves, each against the plain condition.

mod bench;

use bench::{limit, limits, spec, usd};
use holdfast_core::{
    Code, Instrument, InstrumentSpec, OrderIntent, OrderTerms, Price, Side, Timestamp, TradingMode,
};
use holdfast_risk::{Around, Gate, Subject, Verdict, View, WorstCase};
use proptest::prelude::*;

fn denied(verdict: &Verdict, code: Code) -> bool {
    verdict.checks().any(|check| !check.passed && check.control.code() == code)
}

fn judged(gate: &Gate, instrument: &Instrument, intent: &OrderIntent, view: View<'_>) -> Verdict {
    gate.judge(intent, Subject::Order, &View { instrument, ..view })
}

fn view(instrument: &Instrument) -> View<'_> {
    View {
        instrument,
        now: Timestamp(0),
        mark: Some((Price::from_ticks(10_000), Timestamp(0))),
        case: WorstCase::default(),
        equity: usd("100000"),
        other_exposure: usd("0"),
        open_orders: (0, 1_000),
        opening_ahead: 0,
        around: Around::default(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Each filter of an instrument denies just the orders outside of it.
    #[test]
    fn filters_of_an_instrument_deny_what_lies_outside_of_them(
        lots in 1_i64..60, ticks in 9_000_i64..11_000, buy in any::<bool>(),
        quantities in (1_i64..30, 1_i64..60), notionals in (1_i64..3_000, 1_i64..6_000),
        band in 1_i64..200,
    ) {
        let spec = InstrumentSpec {
            min_quantity: Some(quantities.0.to_string()),
            max_quantity: Some((quantities.0 + quantities.1).to_string()),
            min_notional: Some(notionals.0.to_string()),
            max_notional: Some((notionals.0 + notionals.1).to_string()),
            percent_price_frac: Some(format!("0.{:03}", band)),
            ..spec()
        };
        let instrument = Instrument::new(spec.clone()).unwrap();
        let gate = Gate::for_instruments(&limits(&[]), usd("100000"), &[&spec]).unwrap();
        let intent = limit(if buy { Side::Buy } else { Side::Sell }, lots, ticks);
        let verdict = judged(&gate, &instrument, &intent, view(&instrument));
        // In cents.
        let notional = lots * ticks;
        let expected = [
            (Code::QtyBelowMin, lots < quantities.0),
            (Code::QtyAboveMax, lots > quantities.0 + quantities.1),
            (Code::NotionalBelowMin, notional < notionals.0 * 100),
            (Code::NotionalAboveMax, notional > (notionals.0 + notionals.1) * 100),
            (Code::PercentPriceExceeded, (ticks - 10_000).abs() * 1_000 > 10_000 * band),
        ];
        for (code, is_denied) in expected {
            prop_assert_eq!(denied(&verdict, code), is_denied, "{:?}", code);
        }
        prop_assert_eq!(verdict.approved(), expected.iter().all(|each| !each.1));
    }

    /// Equity, capacity, mode, hours and a strategy's messages deny just what their condition says, and exits where they must.
    #[test]
    fn account_mode_hours_and_messages_deny_by_their_condition(
        equity in -5_i64..5, open in 0_usize..5, mode in 0_u8..4, now in 0_i64..400,
        sent in 0_i64..4, held in 0_i64..3,
    ) {
        let mut written = limits(&[
            ("strategy_messages_per_second_max", "2"), ("trading_hours", "day"),
        ]);
        written.calendars.insert("day".into(), vec![["100".into(), "200".into()]]);
        let spec = spec();
        let instrument = Instrument::new(spec.clone()).unwrap();
        let mut gate = Gate::for_instruments(&written, usd("100000"), &[&spec]).unwrap();
        let intent = OrderIntent { terms: OrderTerms::default(), ..limit(Side::Sell, 1, 10_000) };
        for _ in 0..sent {
            gate.note_message(&intent, Timestamp(now));
        }
        let mode = TradingMode::read(mode);
        gate.set_mode(mode);
        let around = view(&instrument);
        let view = View {
            now: Timestamp(now),
            equity: usd(&equity.to_string()),
            open_orders: (open, 3),
            case: WorstCase { position: held, ..WorstCase::default() },
            mark: Some((Price::from_ticks(10_000), Timestamp(now))),
            ..around
        };
        let verdict = judged(&gate, &instrument, &intent, view);
        let reduces = held > 0;
        let expected = [
            (Code::AccountUnavailable, !reduces && equity <= 0),
            (Code::OrderCapacityExhausted, open + 1 > 3),
            (Code::OutsideTradingHours, !reduces && !(100..200).contains(&now)),
            (Code::StrategyMessageRateExceeded, !reduces && sent >= 2),
            (Code::TradingModeDenied, match mode {
                TradingMode::Normal => false,
                TradingMode::Reduced => !reduces,
                TradingMode::Paused | TradingMode::Emergency => true,
            }),
        ];
        for (code, is_denied) in expected {
            prop_assert_eq!(denied(&verdict, code), is_denied, "{:?} of {:?}", code, verdict);
        }
    }

    /// What could be held beyond what an amount can hold is a denial and not a pass.
    #[test]
    fn what_cannot_be_computed_is_denied(held in 0_i64..=i64::MAX, lots in 1_i64..=i64::MAX) {
        let spec = spec();
        let instrument = Instrument::new(spec.clone()).unwrap();
        let gate = Gate::for_instruments(&limits(&[]), usd("100000"), &[&spec]).unwrap();
        let case = WorstCase { position: held, ..WorstCase::default() };
        let intent = limit(Side::Buy, lots, 10_000);
        let verdict = judged(&gate, &instrument, &intent, View { case, ..view(&instrument) });
        // A lot at 100.00 is 10²⁰ of the smallest units, and a fraction of it is taken in millionths.
        let worst = i128::from(held) + i128::from(lots);
        let is_beyond = worst > i128::MAX / 10_i128.pow(26);
        prop_assert_eq!(denied(&verdict, Code::RiskArithmetic), is_beyond);
    }
}
