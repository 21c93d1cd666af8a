//! Every width gives the same bits, and those are what wide arithmetic says.

use holdfast_batch::{Band, Bounds, Limit, NO_STOP, Orders, UNJUDGED, Width, compare_with};
use proptest::prelude::*;

fn limit() -> impl Strategy<Value = Limit> {
    (prop_oneof![-50_i64..50_000, any::<i64>()], 0_u32..63)
        .prop_map(|(bound, bit)| Limit { bound, bit: 1 << bit })
}

fn band() -> impl Strategy<Value = Band> {
    (prop_oneof![-50_000_i64..50_000, any::<i64>()], 0_i64..100_000, 0_u32..63)
        .prop_map(|(low, span, bit)| Band { low, high: low.saturating_add(span), bit: 1 << bit })
}

prop_compose! {
    fn bounds()(
        (is_buy, collars_reducing) in any::<(bool, bool)>(),
        (lots_max, ticks_max) in prop_oneof![Just((1 << 30, 1 << 31)), (1_i64..500, 1_i64..500)],
        (mark, held, reducible) in (1_i64..400, 0_i64..300, 0_i64..200),
        (most, least) in (-300_i64..300, -300_i64..300),
        (opening, reducing) in (0_u64..1 << 63, 0_u64..1 << 63),
        (largest, lots_most, lots_least, value_least) in (limit(), limit(), limit(), limit()),
        (cost_most, worst_most, least_least) in (limit(), limit(), limit()),
        value_most in [limit(), limit()],
        exposure_most in [limit(), limit(), limit(), limit(), limit(), limit(), limit()],
        (sided, prices, collars) in ([band(), band()], [band(), band()], [band(), band()]),
        anchors in [1_i64..400, 1_i64..400],
        stop_bit in (0_u32..63).prop_map(|bit| 1 << bit),
    ) -> Bounds {
        Bounds {
            is_buy, lots_max, ticks_max, mark, most, least, held, reducible, opening, reducing, largest,
            lots_most, lots_least, value_most, value_least, cost_most, worst_most, exposure_most,
            least_least, sided, prices, anchors, collars, collars_reducing, stop_bit,
        }
    }
}

/// The same in numbers that cannot overflow, with branches.
fn slowly(b: &Bounds, lots: i64, ticks: i64, stop: i64) -> u64 {
    if lots <= 0 || lots > b.lots_max || ticks <= 0 || ticks > b.ticks_max {
        return UNJUDGED;
    }
    if stop <= 0 && stop != NO_STOP {
        return UNJUDGED;
    }
    let mut failed = 0;
    let (l, p) = (i128::from(lots), i128::from(ticks));
    let mut at_most = |value: i128, limit: &Limit| {
        if value > i128::from(limit.bound) {
            failed |= limit.bit;
        }
    };
    let opens = lots > b.reducible;
    let (most, least) = match b.is_buy {
        true => (i128::from(b.most) + l, i128::from(b.least)),
        false => (i128::from(b.most), i128::from(b.least) - l),
    };
    let worst = most.max(-least).max(i128::from(b.held));
    let dearer = p.max(i128::from(b.mark));
    at_most(l, &b.largest);
    if opens {
        at_most(l, &b.lots_most);
        b.value_most.iter().for_each(|limit| at_most(p * l, limit));
        at_most(dearer * l, &b.cost_most);
        at_most(worst, &b.worst_most);
        b.exposure_most.iter().for_each(|limit| at_most(dearer * worst, limit));
    }
    let mut at_least = |value: i128, limit: &Limit| {
        if value < i128::from(limit.bound) {
            failed |= limit.bit;
        }
    };
    if opens {
        at_least(l, &b.lots_least);
        at_least(p * l, &b.value_least);
        at_least(least, &b.least_least);
    }
    let mut within = |value: i128, band: &Band| {
        if value < i128::from(band.low) || value > i128::from(band.high) {
            failed |= band.bit;
        }
    };
    b.prices.iter().for_each(|band| within(p, band));
    if opens {
        within(dearer * most, &b.sided[0]);
        within(dearer * least, &b.sided[1]);
    }
    if opens || b.collars_reducing {
        let far = |anchor: i64| (p - i128::from(anchor)).abs();
        let second = far(b.anchors[1]) > far(b.anchors[0]);
        within(p, &b.collars[usize::from(second)]);
    }
    if !opens {
        return failed | b.reducing;
    }
    let protects = if b.is_buy { stop < ticks } else { stop > ticks };
    if stop == NO_STOP || !protects {
        failed |= b.stop_bit;
    }
    failed | b.opening
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nat_19_every_width_gives_the_bits_that_wide_arithmetic_gives(
        bounds in bounds(),
        orders in prop::collection::vec((
            prop_oneof![8 => 1_i64..600, 1 => -2_i64..2, 1 => any::<i64>()],
            prop_oneof![8 => 1_i64..600, 1 => -2_i64..2, 1 => any::<i64>()],
            prop_oneof![4 => 1_i64..600, 4 => Just(NO_STOP), 1 => any::<i64>()],
        ), 0..40),
    ) {
        let lots: Vec<i64> = orders.iter().map(|order| order.0).collect();
        let ticks: Vec<i64> = orders.iter().map(|order| order.1).collect();
        let stops: Vec<i64> = orders.iter().map(|order| order.2).collect();
        let expected: Vec<u64> =
            orders.iter().map(|(lots, ticks, stop)| slowly(&bounds, *lots, *ticks, *stop)).collect();
        for width in Width::available() {
            // The shortest of the arrays says how many are compared.
            let short = lots.len() / 2;
            let few = Orders { lots: &lots, ticks: &ticks[..short], stops: &stops };
            let mut some = vec![7; orders.len()];
            compare_with(width, &bounds, &few, &mut some);
            prop_assert_eq!(&some[..short], &expected[..short], "{}", width.name());
            prop_assert!(some[short..].iter().all(|untouched| *untouched == 7));
            let mut failed = vec![7; orders.len()];
            let arrays = Orders { lots: &lots, ticks: &ticks, stops: &stops };
            compare_with(width, &bounds, &arrays, &mut failed);
            prop_assert_eq!(&failed, &expected, "{}", width.name());
        }
    }
}

#[test]
fn nat_17_the_widest_width_is_the_last_that_is_available_and_has_a_name() {
    let available = Width::available();
    assert_eq!(available.last(), Some(&Width::widest()));
    assert_eq!(available.first(), Some(&Width::Baseline));
    assert!(available.iter().all(|width| !width.name().is_empty()));
    #[cfg(target_arch = "aarch64")]
    assert_eq!(available, [Width::Baseline, Width::Neon]);
}
