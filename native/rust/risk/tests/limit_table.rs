//! The table of limits: how large it may be, which of two is within the other, and what both permit.

use holdfast_core::{Amount, Code, InstrumentId, InstrumentSpec};
use holdfast_risk::LimitsSpec;
use holdfast_risk::limit_table::{LimitTable, SCOPES_MAX, STRATEGIES_MAX};
use serde_json::{Value, json};

fn instrument(symbol: &str) -> InstrumentSpec {
    serde_json::from_value(json!({
        "symbol": symbol, "venue": "X", "base_currency": symbol, "quote_currency": "USD",
        "settlement_currency": "USD", "tick_size": "0.01", "lot_size": "1", "contract_multiplier": "1",
        "min_quantity": null, "max_quantity": null, "min_notional": null, "max_notional": null,
        "percent_price_frac": null, "perpetual": false,
    }))
    .unwrap()
}

fn table(values: &Value) -> Result<LimitTable, Code> {
    let mut written = serde_json::to_value(LimitsSpec::unlimited()).unwrap();
    for (key, value) in values.as_object().unwrap() {
        written[key] = value.clone();
    }
    let specs = [instrument("A"), instrument("B")];
    let specs: Vec<&InstrumentSpec> = specs.iter().collect();
    LimitTable::new(&serde_json::from_value(written).unwrap(), &specs).map_err(|e| e.code())
}

#[test]
fn strategies_and_scopes_have_a_bound_that_may_be_reached() {
    let strategies = |count| {
        let names: Vec<String> = (0..count).map(|at| format!("s{at}")).collect();
        table(&json!({ "strategies": names })).map(|table| table.budgets().1)
    };
    assert_eq!(strategies(STRATEGIES_MAX), Ok(STRATEGIES_MAX + 1));
    assert_eq!(strategies(STRATEGIES_MAX + 1), Err(Code::LimitsInvalid));
    let scopes = |count| {
        let scope = json!({ "instrument": "A", "limits": { "order_qty_max": "9" } });
        table(&json!({ "scopes": vec![scope; count] })).map(|table| table.instruments())
    };
    assert_eq!(scopes(SCOPES_MAX), Ok(2));
    assert_eq!(scopes(SCOPES_MAX + 1), Err(Code::LimitsInvalid));
}

#[test]
fn a_fraction_passes_at_its_largest_and_nothing_is_no_fraction() {
    for (field, largest, beyond) in
        [("daily_loss_frac_max", "1", "1.000001"), ("leverage_max", "1000", "1000.000001")]
    {
        for (value, fits) in [("0", false), ("0.000001", true), (largest, true), (beyond, false)] {
            assert_eq!(table(&json!({ field: value })).is_ok(), fits, "{field} {value}");
        }
    }
}

#[test]
fn any_one_size_is_enough_for_the_drawdown_to_cut() {
    for size in [
        "order_qty_max",
        "order_notional_quote_max",
        "position_frac_max",
        "position_qty_max",
        "position_notional_quote_max",
    ] {
        let written =
            json!({ size: "1", "drawdown_soft_frac_max": "0.1", "drawdown_frac_max": "0.2" });
        assert!(table(&written).is_ok(), "{size}");
    }
}

#[test]
fn a_verdict_is_marked_with_the_first_bytes_of_the_fingerprint() {
    let table = table(&json!({ "groups": { "one": ["A"], "two": ["B"] } })).unwrap();
    assert_eq!(table.mark().to_be_bytes(), table.fingerprint()[..8]);
    assert_eq!(table.groups(), 2);
}

#[test]
fn limits_are_within_others_only_in_every_respect() {
    let base = json!({ "order_qty_max": "5", "groups": { "one": ["A"] } });
    let with = |key: &str, value: Value| {
        let mut written = base.clone();
        written[key] = value;
        table(&written).unwrap()
    };
    let wide = table(&base).unwrap();
    assert!(wide.is_within(&wide));
    assert!(with("order_qty_max", json!("4")).is_within(&wide));
    let others = [
        ("groups", json!({ "one": ["B"] })),
        ("change", json!({ "loosen_delay_ms": "1" })),
        ("order_qty_max", json!("6")),
    ];
    for (key, value) in others {
        assert!(!with(key, value).is_within(&wide), "{key}");
    }
    let scope = |most| json!([{ "instrument": "B", "limits": { "order_qty_max": most } }]);
    let (narrow, narrower) = (with("scopes", scope("3")), with("scopes", scope("2")));
    assert!(narrower.is_within(&narrow) && !narrow.is_within(&narrower));
}

#[test]
fn two_tables_together_permit_in_each_place_what_both_do() {
    let of = |strategy, symbol, most| {
        let scope = json!({
            "strategy": strategy, "instrument": symbol, "limits": { "order_qty_max": most },
        });
        table(&json!({ "strategies": ["s", "t"], "scopes": [scope], "order_qty_max": "9" }))
            .unwrap()
    };
    let both = of("t", "A", "3").tightened_by(&of("s", "B", "2"));
    let most = |strategy, id| both.row(strategy, InstrumentId(id)).order_quantity.unwrap();
    let units = |text| Amount::parse(text).unwrap();
    for strategy in 0..3 {
        for id in 0..2 {
            let expected = match (strategy, id) {
                (2, 0) => "3",
                (1, 1) => "2",
                _ => "9",
            };
            assert_eq!(most(strategy, id), units(expected), "strategy {strategy}, {id}");
        }
    }
}
