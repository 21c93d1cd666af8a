use super::*;
use crate::decimal::format_scaled;
use proptest::prelude::*;

pub(crate) fn spec(tick: &str, lot: &str) -> InstrumentSpec {
    InstrumentSpec {
        symbol: "TEST".into(),
        venue: "SIM".into(),
        base_currency: "TEST".into(),
        quote_currency: "USD".into(),
        settlement_currency: "USD".into(),
        tick_size: tick.into(),
        lot_size: lot.into(),
        contract_multiplier: "1".into(),
        min_quantity: None,
        max_quantity: None,
        min_notional: None,
        max_notional: None,
        percent_price_frac: None,
        perpetual: false,
        contract: ContractSpec::default(),
    }
}

#[test]
fn a_multiplier_with_decimals_scales_what_a_lot_is_worth() {
    let tenth = InstrumentSpec { contract_multiplier: "0.1".into(), ..spec("0.01", "0.5") };
    let instrument = Instrument::new(tenth).unwrap();
    let worth = instrument.notional(Price::from_ticks(300), Quantity::from_lots(4)).unwrap();
    assert_eq!(worth.to_string(), "0.6", "3.00 × 2 × 0.1");
}

#[test]
fn floats_and_units_are_those_of_tick_and_lot() {
    let instrument = Instrument::new(spec("0.05", "0.001")).unwrap();
    assert_eq!(instrument.price_f64(Price::from_ticks(21)), 1.05);
    assert_eq!(instrument.quantity_f64(Quantity::from_lots(1_500)), 1.5);
    let units = instrument.units(Quantity::from_lots(1_500)).unwrap();
    assert_eq!(units, Amount::parse("1.5").unwrap());
}

#[test]
fn notional_is_exact() {
    let instrument =
        Instrument::new(InstrumentSpec { contract_multiplier: "50".into(), ..spec("0.25", "1") })
            .unwrap();
    let price = instrument.parse_price("4500.25").unwrap();
    let quantity = instrument.parse_quantity("3").unwrap();
    assert_eq!(instrument.notional(price, quantity).unwrap().to_string(), "675037.5");
    assert_eq!(instrument.value(price, Quantity::from_lots(-3)).unwrap().to_string(), "-675037.5");
}

#[test]
fn off_tick_names_the_neighbours() {
    let instrument = Instrument::new(spec("0.05", "0.001")).unwrap();
    let error = instrument.parse_price("-100.02").unwrap_err();
    assert_eq!(error.code(), Code::PriceOffTick);
    assert_eq!(
        error.context()[2..],
        [("below", "-100.05".to_string()), ("above", "-100".to_string())]
    );
    assert_eq!(instrument.parse_quantity("0.0005").map_err(|e| e.code()), Err(Code::QtyOffLot));
    let far = "999999999999999999999";
    assert_eq!(instrument.parse_price(far).map_err(|e| e.code()), Err(Code::PriceOutOfRange));
    assert_eq!(instrument.parse_quantity(far).map_err(|e| e.code()), Err(Code::QtyOutOfRange));
    assert_eq!(instrument.parse_price("x").map_err(|e| e.code()), Err(Code::DecimalInvalid));
}

#[test]
fn refuses_rules_that_contradict_or_cannot_be_exact() {
    let text = |value: &str| Some(value.to_string());
    let base = spec("0.01", "1");
    let broken = [
        InstrumentSpec { symbol: String::new(), ..base.clone() },
        InstrumentSpec { tick_size: "0".into(), ..base.clone() },
        InstrumentSpec { lot_size: "-1".into(), ..base.clone() },
        InstrumentSpec { contract_multiplier: "abc".into(), ..base.clone() },
        InstrumentSpec {
            tick_size: "0.0000000001".into(),
            lot_size: "0.0000000001".into(),
            ..base.clone()
        },
        InstrumentSpec { min_quantity: text("1.5"), ..base.clone() },
        InstrumentSpec { min_quantity: text("5"), max_quantity: text("4"), ..base.clone() },
        InstrumentSpec { min_notional: text("5"), max_notional: text("4"), ..base.clone() },
        InstrumentSpec { percent_price_frac: text("0"), ..base.clone() },
        InstrumentSpec { percent_price_frac: text("x"), ..base.clone() },
    ];
    for case in broken {
        assert_eq!(
            Instrument::new(case).map(|_| ()).map_err(|e| e.code()),
            Err(Code::InstrumentInvalid)
        );
    }
    let alone = InstrumentSpec {
        min_quantity: text("5"),
        max_quantity: text("5"),
        min_notional: text("5"),
        max_notional: text("5"),
        ..base
    };
    assert!(Instrument::new(alone).is_ok(), "one value may be all that is permitted");
}

#[test]
fn floats_are_the_nearest_to_the_decimal() {
    let instrument = Instrument::new(spec("0.01", "0.00000001")).unwrap();
    assert_eq!(instrument.price_f64(Price::from_ticks(143_836)).to_bits(), 1438.36_f64.to_bits());
    assert_eq!(
        instrument.quantity_f64(Quantity::from_lots(5_655_554)).to_bits(),
        0.056_555_54_f64.to_bits()
    );
    let quarters = Instrument::new(spec("0.01", "0.25")).unwrap();
    let held = quarters.quantity_f64(Quantity::from_lots(3));
    assert_eq!(held.to_bits(), 0.75_f64.to_bits());
}

proptest! {
    #[test]
    fn parse_of_print_is_identity_for_ticks_and_lots(steps in any::<i64>(), tick in prop::sample::select(vec!["0.01", "0.05", "0.25", "1", "100", "0.00000001"])) {
        let instrument = Instrument::new(spec(tick, "0.001")).unwrap();
        let (price, quantity) = (Price::from_ticks(steps), Quantity::from_lots(steps));
        prop_assert_eq!(instrument.parse_price(&instrument.format_price(price)).unwrap(), price);
        prop_assert_eq!(instrument.parse_quantity(&instrument.format_quantity(quantity)).unwrap(), quantity);
    }

    #[test]
    fn no_value_between_two_ticks_is_ever_read(cents in any::<i32>(), rest in 1_u8..5) {
        let instrument = Instrument::new(spec("0.05", "1")).unwrap();
        let text = format_scaled(i128::from(cents) * 5 + i128::from(rest), 2);
        prop_assert_eq!(instrument.parse_price(&text).map_err(|e| e.code()), Err(Code::PriceOffTick));
    }
}
