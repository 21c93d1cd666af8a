use super::*;
use proptest::prelude::*;

fn code(kind: u8, values: &[i64]) -> Option<Code> {
    RiskMeasured::of_values(kind, values).map_err(|error| error.code()).err()
}

#[test]
fn a_measure_is_read_back_and_anything_else_is_refused() {
    let known = [
        (0, vec![5, 3, 700_000, -1_000_000, CORRELATION_UNKNOWN]),
        (0, vec![5, 1]),
        (1, vec![-7, 0, 1, 100_000_000]),
        (1, vec![9, 1_000, 2_000, 0, -5_000_000, 46_527, 53_304]),
    ];
    for (kind, values) in known {
        let measured = RiskMeasured::of_values(kind, &values).unwrap();
        assert_eq!(measured.to_values(), (kind, values.clone()));
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &measured);
        assert!(bytes.len() <= measured.encoded_bytes_max());
        assert_eq!(RiskMeasured::decode(&mut Reader::new(&bytes)).as_ref(), Ok(&measured));
        assert!(RiskMeasured::decode(&mut Reader::new(&bytes[..bytes.len() - 1])).is_err());
        assert_eq!(measured.as_of(), Timestamp(values[0]));
        assert!(!measured.name().is_empty());
        let mut measures = Measures::default();
        measures.take(&measured);
        let mut image = Vec::new();
        measures.save(&mut image);
        assert_eq!(Measures::load(&mut Reader::new(&image)), Ok(measures));
    }
    let wrong: [(u8, &[i64]); 12] = [
        (0, &[]),
        (0, &[1]),
        (0, &[1, 0]),
        (0, &[1, 513]),
        (0, &[1, 2]),
        (0, &[1, 2, 1, 1]),
        (0, &[1, 2, 1_000_001]),
        (1, &[1, -1, 0, 0]),
        (1, &[1, 0, -1, 0]),
        (1, &[1, 0, 0, 100_000_001]),
        (1, &[1, 0, 0, 0, 1, 1]),
        (2, &[1]),
    ];
    for (kind, values) in wrong {
        assert_eq!(code(kind, values), Some(Code::RiskMeasureInvalid), "{kind} {values:?}");
    }
}

#[test]
fn the_largest_measures_fit_a_record() {
    let pairs = RISK_INSTRUMENTS_MAX * (RISK_INSTRUMENTS_MAX - 1) / 2;
    let mut values = vec![1, RISK_INSTRUMENTS_MAX as i64];
    values.resize(2 + pairs, -1_000_000);
    let measured = RiskMeasured::of_values(0, &values).unwrap();
    assert!(measured.encoded_bytes_max() <= holdfast_core::journal_record::PAYLOAD_BYTES_MAX);
    let mut bytes = Vec::new();
    append_encoded(&mut bytes, Layout::Compact, &measured);
    assert!(bytes.len() <= measured.encoded_bytes_max());
}

#[test]
fn every_pair_has_its_place_and_an_unknown_one_has_none() {
    let values = [1, 4, 1, 2, 3, 4, 5, CORRELATION_UNKNOWN];
    let RiskMeasured::Correlations(told) = RiskMeasured::of_values(0, &values).unwrap() else {
        panic!("kind 0 is correlations")
    };
    for (one, other, expected) in [(1, 0, 1), (2, 0, 2), (1, 2, 3), (3, 0, 4), (1, 3, 5)] {
        assert_eq!(told.between(one, other), Some(expected));
        assert_eq!(told.between(other, one), Some(expected));
    }
    assert_eq!((told.between(3, 2), told.between(0, 4)), (None, None));
    assert_eq!(told.between(2, 2), Some(1_000_000));
}

#[test]
fn a_measure_must_fit_the_account_and_its_time() {
    let mut measures = Measures::default();
    let at = |ns| RiskMeasured::of_values(0, &[ns, 2, 0]).unwrap();
    let refused = |measures: &Measures, measured: &RiskMeasured, instruments, now| {
        measures.check(measured, instruments, Timestamp(now)).map_err(|e| e.code()).err()
    };
    assert_eq!(refused(&measures, &at(5), 2, 5), None);
    assert_eq!(refused(&measures, &at(5), 3, 5), Some(Code::RiskMeasureInvalid));
    assert_eq!(refused(&measures, &at(6), 2, 5), Some(Code::RiskMeasureInvalid));
    measures.take(&at(5));
    assert_eq!(refused(&measures, &at(5), 2, 9), None);
    assert_eq!(refused(&measures, &at(4), 2, 9), Some(Code::RiskMeasureInvalid));
    assert_eq!(
        (measures.correlation_age_ns(Timestamp(9)), measures.risk_age_ns(Timestamp(9))),
        (4, i64::MAX)
    );
    let totals = RiskMeasured::of_values(1, &[1, 1, 1, 1]).unwrap();
    assert_eq!(refused(&measures, &totals, 7, 9), None, "totals name no instrument");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// However far the exposure goes between its two ends, what it adds to a parametric risk is within what is told.
    #[test]
    fn prisk_13_what_a_change_adds_is_never_more_than_its_own_risk(
        held in -1_000_000_i64..1_000_000, other in -1_000_000_i64..1_000_000,
        short in -1_000_000_i64..1_000_000, span in 0_i64..1_000_000, at in 0_i64..=100,
        correlation in -100_i64..=100,
    ) {
        let (own_risk, other_risk) = (0.02_f64, 0.03_f64);
        let var = |own: f64, rest: f64| {
            let cross = 2.0 * own * rest * own_risk * other_risk * correlation as f64 / 100.0;
            (own * own * own_risk * own_risk + rest * rest * other_risk * other_risk + cross).max(0.0).sqrt()
        };
        let values = [0, 0, 0, 0, held, 20_000, 20_000];
        let RiskMeasured::Portfolio(told) = RiskMeasured::of_values(1, &values).unwrap() else {
            panic!("kind 1 is risk")
        };
        let micros = |value: i64| Amount::from_raw(i128::from(value) * MICRO_RAW);
        let [added, _] = told.added(InstrumentId(0), micros(short + span), micros(short)).unwrap();
        let then = (short + span * at / 100) as f64;
        let rise = var(then, other as f64) - var(held as f64, other as f64);
        prop_assert!(rise <= added.to_f64() * 1e6 + 1e-3, "{} {}", rise, added);
    }
}
