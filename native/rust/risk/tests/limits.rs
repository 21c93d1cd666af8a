//! Limits as data: scopes, contradictions, and how they change while a session runs.

use holdfast_core::{Amount, Code, Fraction, InstrumentId, InstrumentSpec, Timestamp};
use holdfast_risk::limit_document::ScopeSpec;
use holdfast_risk::limit_table::LimitTable;
use holdfast_risk::{ChangeCause, Gate, LimitsChange, LimitsSpec};
use proptest::prelude::*;
use serde_json::json;

fn instrument(symbol: &str, venue: &str) -> InstrumentSpec {
    serde_json::from_value(json!({
        "symbol": symbol, "venue": venue, "base_currency": symbol, "quote_currency": "USD",
        "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "1", "contract_multiplier": "1",
        "min_quantity": null, "max_quantity": null, "min_notional": null, "max_notional": null,
        "percent_price_frac": null, "perpetual": false,
    }))
    .unwrap()
}

fn with(values: &serde_json::Value) -> LimitsSpec {
    let mut written = serde_json::to_value(LimitsSpec::unlimited()).unwrap();
    for (key, value) in values.as_object().unwrap() {
        written[key] = value.clone();
    }
    serde_json::from_value(written).unwrap()
}

fn table(values: &serde_json::Value) -> Result<LimitTable, (Code, String)> {
    let specs = [instrument("A", "X"), instrument("B", "X"), instrument("C", "Y")];
    let specs: Vec<&InstrumentSpec> = specs.iter().collect();
    LimitTable::new(&with(values), &specs).map_err(|e| (e.code(), e.to_string()))
}

fn frac(text: &str) -> Option<Fraction> {
    Fraction::parse(text).ok()
}

#[test]
fn of_several_scopes_that_apply_the_strictest_wins() {
    let table = table(&json!({
        "position_frac_max": "0.5",
        "strategies": ["trend", "mean"],
        "asset_classes": { "crypto": ["A", "C"] },
        "scopes": [
            { "venue": "X", "limits": { "position_frac_max": "0.4" } },
            { "instrument": "A", "limits": { "position_frac_max": "0.45" } },
            { "asset_class": "crypto", "limits": { "position_frac_max": "0.3" } },
            { "strategy": "trend", "limits": { "position_frac_max": "0.9", "restricted": true } },
            { "strategy": "mean", "instrument": "B", "limits": { "position_frac_max": "0.1" } },
        ],
    }))
    .unwrap();
    let position = |strategy, id| table.row(strategy, InstrumentId(id)).position;
    assert_eq!([0, 1, 2].map(|id| position(0, id)), [frac("0.3"), frac("0.4"), frac("0.3")]);
    assert_eq!(position(2, 1), frac("0.1"));
    assert_eq!(position(9, 1), frac("0.4"), "a strategy that is not named has those of none");
    assert!(table.row(1, InstrumentId(0)).restricted && !table.row(2, InstrumentId(0)).restricted);
    assert_eq!(table.base().position, frac("0.5"));
    assert_eq!([0, 1, 2].map(|id| table.venue(InstrumentId(id))), [0, 0, 1]);
}

#[test]
fn contradictions_are_refused_and_both_limits_named() {
    let cases = [
        (
            json!({ "order_qty_max": "6", "position_qty_max": "5" }),
            "order_qty_max",
            "position_qty_max",
        ),
        (
            json!({ "order_notional_quote_max": "6", "position_notional_quote_max": "5" }),
            "order_notional_quote_max",
            "position_notional_quote_max",
        ),
        (
            json!({ "position_frac_max": "0.9", "gross_exposure_frac_max": "0.8" }),
            "position_frac_max",
            "gross_exposure_frac_max",
        ),
        (
            json!({ "net_exposure_frac_max": "0.9", "gross_exposure_frac_max": "0.8" }),
            "net_exposure_frac_max",
            "gross_exposure_frac_max",
        ),
        (
            json!({ "daily_loss_frac_max": "0.2", "weekly_loss_frac_max": "0.1" }),
            "daily_loss_frac_max",
            "weekly_loss_frac_max",
        ),
        (
            json!({ "weekly_loss_frac_max": "0.2", "total_loss_frac_max": "0.1" }),
            "weekly_loss_frac_max",
            "total_loss_frac_max",
        ),
        (
            json!({ "order_qty_max": "1", "drawdown_soft_frac_max": "0.2", "drawdown_frac_max": "0.1" }),
            "drawdown_soft_frac_max",
            "drawdown_frac_max",
        ),
        (
            json!({ "order_qty_max": "1", "drawdown_soft_frac_max": "0.1", "drawdown_frac_max": "0.1" }),
            "drawdown_soft_frac_max",
            "drawdown_frac_max",
        ),
        (
            json!({ "drawdown_soft_frac_max": "0.05", "drawdown_frac_max": "0.1" }),
            "drawdown_soft_frac_max",
            "position_frac_max",
        ),
        (json!({ "executions_max": "5" }), "executions_max", "executions_window_ms_min"),
        (
            json!({ "price_collar_frac_max": "0.1" }),
            "price_collar_frac_max",
            "price_collar_window_ms_min",
        ),
        (
            json!({ "gross_exposure_frac_max": "4", "leverage_max": "3" }),
            "gross_exposure_frac_max",
            "leverage_max",
        ),
    ];
    for (values, one, other) in cases {
        let (code, message) = table(&values).unwrap_err();
        assert_eq!(code, Code::LimitsContradictory, "{values}");
        assert!(message.contains(one) && message.contains(other), "{message}");
    }
}

#[test]
fn what_a_scope_cannot_mean_is_refused() {
    let scope = |scope: serde_json::Value| table(&json!({ "scopes": [scope] })).map_err(|e| e.0);
    let unknown = scope(json!({ "venue": "X", "limits": { "leverag_max": "3" } }));
    assert_eq!(unknown, Err(Code::LimitsUnknownKey));
    let account = scope(json!({ "venue": "X", "limits": { "daily_loss_frac_max": "0.1" } }));
    assert_eq!(account, Err(Code::LimitsInvalid), "a loss is the account's");
    let strategy = scope(json!({ "strategy": "nobody", "limits": {} }));
    assert_eq!(strategy, Err(Code::LimitsInvalid));
    let class = scope(json!({ "asset_class": "nothing", "limits": {} }));
    assert_eq!(class, Err(Code::LimitsInvalid));
    let hours = scope(json!({ "limits": { "trading_hours": "never-written" } }));
    assert_eq!(hours, Err(Code::LimitsInvalid));
    let value = scope(json!({ "limits": { "leverage_max": "-3" } }));
    assert_eq!(value, Err(Code::LimitsInvalid));
    let groups = table(&json!({ "groups": { "one": ["A"], "two": ["A"] } })).map_err(|e| e.0);
    assert_eq!(groups, Err(Code::LimitsInvalid));
    let key = table(&json!({ "change": { "second_key_hash": "abc" } })).map_err(|e| e.0);
    assert_eq!(key, Err(Code::LimitsInvalid));
}

struct Session {
    gate: Gate,
    spec: InstrumentSpec,
}

impl Session {
    fn new(change: &serde_json::Value) -> Self {
        let spec = instrument("A", "X");
        let limits = with(&json!({ "position_frac_max": "0.2", "change": change }));
        let gate = Gate::for_instruments(&limits, Amount::ONE, &[&spec]).unwrap();
        Self { gate, spec }
    }

    fn ask(
        &mut self,
        value: &str,
        keyed: bool,
        until: Option<i64>,
        at: i64,
    ) -> Result<ChangeCause, Code> {
        let next =
            LimitsSpec { position_frac_max: value.into(), ..self.gate.table().spec().clone() };
        let change = LimitsChange::new(next, keyed, until.map(Timestamp)).unwrap();
        self.gate.change_limits(&change, &[&self.spec], Timestamp(at)).map_err(|e| e.code())
    }

    fn at(&mut self, ns: i64) -> Option<Fraction> {
        self.gate.advance_limits(Timestamp(ns)).unwrap();
        self.gate.table().row(0, InstrumentId(0)).position
    }
}

#[test]
fn tightening_is_instant_and_loosening_is_not() {
    let mut session = Session::new(&json!({}));
    let before = *session.gate.table().fingerprint();
    assert_eq!(session.ask("0.1", false, None, 0), Ok(ChangeCause::Tightened));
    assert_eq!(session.at(0), frac("0.1"));
    assert_ne!(*session.gate.table().fingerprint(), before);
    assert_eq!(session.ask("0.15", false, None, 1), Err(Code::LimitsLooseningDenied));
    assert_eq!(session.at(1), frac("0.1"), "what is refused changes nothing");
}

#[test]
fn a_loosening_waits_for_its_delay_and_a_later_wish_replaces_it() {
    let mut session = Session::new(&json!({ "loosen_delay_ms": "1" }));
    assert_eq!(session.ask("0.3", false, None, 0), Ok(ChangeCause::LooseningWaits));
    assert_eq!(session.at(999_999), frac("0.2"));
    assert_eq!(session.ask("0.1", false, None, 999_999), Ok(ChangeCause::Tightened));
    assert_eq!(session.at(2_000_000), frac("0.1"), "the loosening was given up");
    assert_eq!(session.ask("0.4", false, None, 2_000_000), Ok(ChangeCause::LooseningWaits));
    assert_eq!(session.at(3_000_000), frac("0.4"));
}

#[test]
fn the_second_key_loosens_at_once_and_a_time_box_ends_by_itself() {
    let key = "correct horse";
    let hash = blake3::hash(key.as_bytes()).to_hex().to_string();
    let mut session = Session::new(&json!({ "second_key_hash": hash }));
    let rules = &session.gate.table().spec().change;
    assert!(rules.accepts(key) && !rules.accepts("wrong"));
    assert_eq!(session.ask("0.3", true, Some(100), 10), Ok(ChangeCause::LoosenedByKey));
    assert_eq!(session.at(99), frac("0.3"));
    assert_eq!(session.ask("0.5", true, Some(200), 99), Ok(ChangeCause::LoosenedByKey));
    assert_eq!(session.at(199), frac("0.5"));
    assert_eq!(session.at(200), frac("0.2"), "back to what held before both");
    assert_eq!(session.ask("0.3", true, Some(200), 200), Err(Code::LimitsInvalid));
}

#[test]
fn what_is_tightened_within_a_time_box_stays_tight_after_it() {
    let mut session = Session::new(&json!({}));
    assert_eq!(session.ask("0.3", true, Some(100), 0), Ok(ChangeCause::LoosenedByKey));
    assert_eq!(session.ask("0.1", false, None, 50), Ok(ChangeCause::Tightened));
    assert_eq!(session.at(100), frac("0.1"));
}

#[test]
fn a_change_of_both_kinds_tightens_at_once_what_it_tightens() {
    let mut session = Session::new(&json!({ "loosen_delay_ms": "1" }));
    let next = LimitsSpec {
        position_frac_max: "0.4".into(),
        leverage_max: "2".into(),
        ..session.gate.table().spec().clone()
    };
    let change = LimitsChange::new(next, false, None).unwrap();
    let cause = session.gate.change_limits(&change, &[&session.spec], Timestamp(0)).unwrap();
    assert_eq!(cause, ChangeCause::LooseningWaits);
    let row = |session: &Session| session.gate.table().row(0, InstrumentId(0)).clone();
    assert_eq!((row(&session).position, row(&session).leverage), (frac("0.2"), frac("2")));
    assert_eq!(session.at(1_000_000), frac("0.4"));
    let renamed =
        LimitsSpec { strategies: vec!["x".into()], ..session.gate.table().spec().clone() };
    let change = LimitsChange::new(renamed, true, None).unwrap();
    let refused = session.gate.change_limits(&change, &[&session.spec], Timestamp(2_000_000));
    assert_eq!(refused.map_err(|e| e.code()), Err(Code::LimitsInvalid));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Without the key nothing in force is ever looser than the delay permits: only what was asked for a delay ago.
    #[test]
    fn no_sequence_of_wishes_loosens_ahead_of_its_delay(
        wishes in prop::collection::vec((1_u32..100, 0_i64..3_000_000), 1..20),
    ) {
        let mut session = Session::new(&json!({ "loosen_delay_ms": "1" }));
        let mut asked: Vec<(i64, Fraction)> = vec![(i64::MIN, frac("0.2").unwrap())];
        let mut now = 0;
        for (percent, gap) in wishes {
            now += gap;
            let bound = asked.iter().filter(|(at, _)| *at <= now - 1_000_000).map(|(_, f)| *f).max();
            prop_assert!(session.at(now) <= bound);
            let text = format!("0.{percent:02}");
            if text == "0.00" { continue; }
            session.ask(&text, false, None, now).unwrap();
            asked.push((now, Fraction::parse(&text).unwrap()));
        }
    }

    /// A row is never looser than any of what applies to it.
    #[test]
    fn a_row_is_no_looser_than_any_scope_that_applies(
        base in 1_u32..100, scopes in prop::collection::vec((0_u8..4, 1_u32..100), 0..6),
    ) {
        let text = |percent: u32| format!("{}", f64::from(percent) / 100.0);
        let written: Vec<ScopeSpec> = scopes.iter().map(|(kind, percent)| {
            let limits = json!({ "position_frac_max": text(*percent) });
            let scope = match kind {
                0 => json!({ "venue": "X", "limits": limits }),
                1 => json!({ "instrument": "A", "limits": limits }),
                2 => json!({ "instrument": "B", "limits": limits }),
                _ => json!({ "limits": limits }),
            };
            serde_json::from_value(scope).unwrap()
        }).collect();
        let spec = LimitsSpec { position_frac_max: text(base), scopes: written, ..LimitsSpec::unlimited() };
        let instruments = [instrument("A", "X")];
        let table = LimitTable::new(&spec, &[&instruments[0]]).unwrap();
        let least = scopes.iter().filter(|(kind, _)| *kind != 2).map(|(_, percent)| *percent).chain([base]).min();
        let expected = least.map(|percent| Fraction::from_millionths(i64::from(percent) * 10_000));
        prop_assert_eq!(table.row(0, InstrumentId(0)).position, expected);
    }
}
