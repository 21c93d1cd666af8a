//! Margin, buying power and liquidation prices: worked examples, and the closed form against walking the mark.

mod desk;

use desk::{Desk, amount, config, spec, tier, with_margin};
use holdfast_core::margin::TierSpec;
use holdfast_core::{
    Amount, Code, Instrument, InstrumentKind, InstrumentSpec, MarginMode, Price, Side,
};
use holdfast_engine::exposure::Leg;
use holdfast_engine::liquidation::{Backed, Liquidation, Side as Held};
use holdfast_engine::{AccountSpec, PositionMode};
use holdfast_risk::Control;
use proptest::prelude::*;

fn tiers() -> Vec<TierSpec> {
    vec![
        tier(Some("1000"), "0.02", "0.01"),
        tier(Some("5000"), "0.05", "0.025"),
        tier(None, "0.2", "0.1"),
    ]
}

fn desk(kind: InstrumentKind, mode: MarginMode, position_mode: PositionMode) -> Desk {
    let account = AccountSpec { position_mode, ..AccountSpec::default() };
    Desk::new(&config(vec![with_margin(spec(kind), mode, tiers())], "1000000000", account))
}

/// Pays cash away until this much is left.
fn leave(desk: &mut Desk, cash: Amount) {
    let paid = desk.engine.account().cash.minus(cash).unwrap();
    desk.fund(0, paid);
}

/// Returns whether the books say that maintenance is breached at the present mark.
fn books_breached(desk: &Desk, mode: MarginMode) -> bool {
    let (state, wallet) =
        (&desk.engine.instruments()[0], &desk.engine.wallets().get(Default::default()).unwrap());
    if mode == MarginMode::Cross {
        return wallet.cross_equity().unwrap() < wallet.sums.maintenance;
    }
    let table = state.instrument.margin().unwrap();
    let value = state.value.magnitude().unwrap();
    let backed = wallet.sums.isolated.plus(state.unrealized().unwrap()).unwrap();
    backed < table.maintenance(value).unwrap()
}

#[test]
fn ord_14_a_linear_position_uses_margin_and_is_liquidated_where_the_formula_says() {
    let account = AccountSpec::default();
    let one_tier = with_margin(
        spec(InstrumentKind::Linear),
        MarginMode::Cross,
        vec![tier(None, "0.1", "0.05")],
    );
    let mut desk = Desk::new(&config(vec![one_tier], "1000", account));
    desk.mark(0, 80_000);
    // 0.1 BTC at 40,000 with 1,000 of cash: (4,000 − 1,000) ÷ (0.1 × 0.95) = 31,578.94…
    desk.trade(0, Side::Buy, 100, 80_000, false);
    desk.mark(0, 80_000);
    let shown = desk.engine.account_snapshot().unwrap();
    assert_eq!(
        [&shown.initial_margin, &shown.maintenance_margin, &shown.available, &shown.equity],
        ["400", "200", "600", "1000"]
    );
    assert_eq!(shown.currencies[0].margin_ratio.as_deref(), Some("0.2"));
    assert_eq!(shown.buying_power[0].buying_power, "6000");
    let position = &shown.positions[0];
    assert_eq!(position.liquidation_at_or_below.as_deref(), Some("31578.5"));
    assert_eq!((position.side, position.kind), ("long", "linear"));
    assert_eq!(position.liquidation_at_or_above, None);
    assert_eq!(position.avg_px, Some(40_000.0));
    // Open orders need margin too: the venue has not answered this one.
    assert!(desk.submit(0, Side::Buy, 50, false).approved());
    assert_eq!(desk.engine.account_snapshot().unwrap().available, "400");
    desk.mark(0, 70_000);
    let shown = desk.engine.account_snapshot().unwrap();
    assert_eq!((shown.equity.as_str(), shown.positions[0].unrealized.as_str()), ("500", "-500"));
}

#[test]
fn ord_14_an_inverse_position_is_told_in_its_base_currency() {
    let mut desk =
        Desk::new(&config(vec![spec(InstrumentKind::Inverse)], "1", AccountSpec::default()));
    desk.mark(0, 80_000);
    // 1,000 contracts of 100 USD at 40,000 are 2.5 BTC.
    desk.trade(0, Side::Sell, 1_000, 80_000, false);
    desk.mark(0, 80_000);
    let shown = desk.engine.account_snapshot().unwrap();
    assert_eq!(shown.currency, "BTC");
    assert_eq!([&shown.initial_margin, &shown.maintenance_margin], ["0.25", "0.125"]);
    assert_eq!(shown.positions[0].avg_px, Some(40_000.0));
    // 1 + 100,000/p − 2.5 < 0.05 × 100,000/p, so p > 95,000 ÷ 1.5 = 63,333.33.
    assert_eq!(shown.positions[0].liquidation_at_or_above.as_deref(), Some("63333.5"));
    desk.mark(0, 100_000);
    let shown = desk.engine.account_snapshot().unwrap();
    assert_eq!(shown.positions[0].unrealized, "-0.5");
    assert_eq!(shown.equity, "0.5");
    desk.trade(0, Side::Buy, 1_000, 100_000, true);
    desk.mark(0, 100_000);
    assert_eq!(desk.engine.account().cash.to_string(), "0.5");
    assert!(desk.engine.account_snapshot().unwrap().positions.is_empty());
}

#[test]
fn margin_insufficient_refuses_what_opens_and_never_what_reduces() {
    let mut desk =
        Desk::new(&config(vec![spec(InstrumentKind::Linear)], "1000", AccountSpec::default()));
    desk.mark(0, 80_000);
    desk.trade(0, Side::Buy, 200, 80_000, false);
    desk.mark(0, 80_000);
    let refused = desk.submit(0, Side::Buy, 51, false);
    let failed: Vec<_> = refused.checks().filter(|check| !check.passed).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].control, failed[0].control.code()),
        (Control::Margin, Code::MarginInsufficient)
    );
    assert_eq!(failed[0].limit, Some(amount("200").raw()));
    assert_eq!(failed[0].observed, amount("204").raw());
    assert!(desk.submit(0, Side::Buy, 50, false).approved());
    desk.mark(0, 70_000);
    assert_eq!(desk.engine.account_snapshot().unwrap().available, "0");
    assert!(desk.submit(0, Side::Sell, 200, true).approved());
}

#[test]
fn ord_14_an_isolated_position_risks_its_own_margin_alone() {
    let isolated = with_margin(
        spec(InstrumentKind::Linear),
        MarginMode::Isolated,
        vec![tier(None, "0.1", "0.05")],
    );
    let mut desk = Desk::new(&config(vec![isolated], "1000", AccountSpec::default()));
    desk.mark(0, 80_000);
    desk.trade(0, Side::Buy, 100, 80_000, false);
    desk.mark(0, 82_000);
    let shown = desk.engine.account_snapshot().unwrap();
    // Its profit of 100 belongs to the position: available stays 1,000 − 400.
    assert_eq!((shown.available.as_str(), shown.equity.as_str()), ("600", "1100"));
    // 400 + 0.1 p − 4,000 < 0.005 p, so p < 3,600 ÷ 0.095 = 37,894.73…
    assert_eq!(shown.positions[0].liquidation_at_or_below.as_deref(), Some("37894.5"));
    assert_eq!(shown.currencies[0].margin_ratio.as_deref(), Some("0"));
    // An order of 0.05 BTC at 41,000 needs 205 beside what is locked.
    assert!(desk.submit(0, Side::Buy, 50, false).approved());
    assert_eq!(desk.engine.account_snapshot().unwrap().available, "395");
}

#[test]
fn ord_14_short_spot_and_short_options_leave_less_available() {
    for kind in [InstrumentKind::Spot, InstrumentKind::Option] {
        let mut desk = Desk::new(&config(vec![spec(kind)], "1000", AccountSpec::default()));
        desk.mark(0, 2_000);
        desk.trade(0, Side::Sell, 500, 2_000, false);
        desk.mark(0, 2_400);
        // 500 were received and 600 are owed.
        assert_eq!(desk.engine.account().cash.to_string(), "1500");
        assert_eq!(desk.engine.account_snapshot().unwrap().available, "900");
        assert_eq!(desk.engine.equity().to_string(), "900");
    }
}

fn margined() -> impl Strategy<Value = InstrumentKind> {
    prop::sample::select(vec![InstrumentKind::Linear, InstrumentKind::Inverse])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn ord_14_liquidation_is_the_first_tick_at_which_walking_the_mark_breaches_maintenance(
        kind in margined(), buy in any::<bool>(), isolated in any::<bool>(),
        entry in 200_i64..500, lots in 1_i64..60_000, percent in 1_i128..60,
    ) {
        let mode = if isolated { MarginMode::Isolated } else { MarginMode::Cross };
        let mut desk = desk(kind, mode, PositionMode::Netting);
        desk.mark(0, entry);
        desk.trade(0, if buy { Side::Buy } else { Side::Sell }, lots, entry, false);
        desk.mark(0, entry);
        let notional = desk.engine.instruments()[0].value.magnitude().unwrap();
        leave(&mut desk, Amount::from_raw(notional.raw() * percent / 100));
        let state = &desk.engine.instruments()[0];
        let found = desk.engine.liquidation(state, Leg::Long).unwrap();
        let bound = if buy { found.at_or_below } else { found.at_or_above }.map(Price::ticks);
        prop_assert_eq!(if buy { found.at_or_above } else { found.at_or_below }, None);
        let walk: Vec<i64> = if buy { (1..=entry).rev().collect() } else { (entry..2_000).collect() };
        let mut walked = None;
        for ticks in walk {
            desk.mark(0, ticks);
            if books_breached(&desk, mode) {
                walked = Some(ticks);
                break;
            }
        }
        match (bound, walked) {
            // Breached before the walk begins: the bound lies on the other side of the entry, or at it.
            (Some(bound), Some(ticks)) if ticks == entry => prop_assert!((bound >= entry) == buy || bound == entry),
            (Some(bound), None) => prop_assert!(!buy && bound >= 2_000, "{bound} was not met"),
            (bound, walked) => prop_assert_eq!(bound, walked),
        }
    }

    /// By hand: a position with w of its value behind it is liquidated where what is left is the maintenance m of its value then.
    #[test]
    fn risk_14_a_liquidation_price_is_within_a_hundredth_of_a_percent_of_the_formula(
        kind in margined(), buy in any::<bool>(), isolated in any::<bool>(),
        entry in 100_000_i64..400_000, lots in 1_000_i64..60_000, percent in 6_i128..60,
    ) {
        let mode = if isolated { MarginMode::Isolated } else { MarginMode::Cross };
        let one_tier = with_margin(spec(kind), mode, vec![tier(None, "0.1", "0.05")]);
        let mut desk = Desk::new(&config(vec![one_tier], "100000000000", AccountSpec::default()));
        desk.mark(0, entry);
        desk.trade(0, if buy { Side::Buy } else { Side::Sell }, lots, entry, false);
        desk.mark(0, entry);
        let notional = desk.engine.instruments()[0].value.magnitude().unwrap();
        leave(&mut desk, Amount::from_raw(notional.raw() * percent / 100));
        let found = desk.engine.liquidation(&desk.engine.instruments()[0], Leg::Long).unwrap();
        let bound = if buy { found.at_or_below } else { found.at_or_above };
        let (m, w) = (0.05, if isolated { 0.1 } else { percent as f64 / 100.0 });
        let ratio = match (kind, buy) {
            (InstrumentKind::Linear, true) => (1.0 - w) / (1.0 - m),
            (InstrumentKind::Linear, false) => (1.0 + w) / (1.0 + m),
            (_, true) => (1.0 + m) / (1.0 + w),
            (_, false) => (1.0 - m) / (1.0 - w),
        };
        let off = bound.unwrap().ticks() as f64 / (ratio * entry as f64) - 1.0;
        prop_assert!(off.abs() < 1e-4, "{off} of {ratio}");
    }

    #[test]
    fn ord_14_liquidation_bounds_of_hedged_positions_hold_at_every_tick(
        kind in margined(), long in 0_i64..30_000, short in 0_i64..30_000,
        entries in (100_i64..400, 100_i64..400), backing in -20_000_i64..60_000,
    ) {
        let instrument = Instrument::new(with_margin(spec(kind), MarginMode::Cross, tiers())).unwrap();
        let held = |lots: i64, entry: i64| Held {
            lots,
            cost: instrument.value(Price::from_ticks(entry), holdfast_core::Quantity::from_lots(lots)).unwrap(),
        };
        let backed = Backed {
            long: held(long, entries.0),
            short: held(short, entries.1),
            backing: Amount::from_raw(i128::from(backing) * 100_000_000_000_000_007),
        };
        prop_assume!(long + short > 0);
        let found = backed.liquidation(&instrument).unwrap();
        for ticks in 1..700 {
            let price = Price::from_ticks(ticks);
            let inside = found.at_or_below.is_some_and(|bound| price <= bound)
                || found.at_or_above.is_some_and(|bound| price >= bound);
            prop_assert_eq!(backed.is_breached(&instrument, price).unwrap(), inside, "{} of {:?}", ticks, found);
        }
    }

    #[test]
    fn ord_14_buying_power_is_what_the_margin_control_lets_pass(
        lots in 1_i64..40_000, ticks in 200_i64..500, percent in 1_i128..300,
    ) {
        let mut desk = desk(InstrumentKind::Linear, MarginMode::Cross, PositionMode::Netting);
        desk.mark(0, ticks);
        desk.trade(0, Side::Buy, lots, ticks, false);
        desk.mark(0, ticks);
        let notional = desk.engine.instruments()[0].value;
        leave(&mut desk, Amount::from_raw(notional.raw() * percent / 100));
        desk.mark(0, ticks);
        let state = &desk.engine.instruments()[0];
        let power = desk.engine.buying_power(state).unwrap();
        let lot = state.instrument.settlement_notional(Price::from_ticks(ticks), holdfast_core::Quantity::from_lots(1)).unwrap();
        let fits = i64::try_from(power.raw() / lot.raw()).unwrap();
        if fits > 0 {
            prop_assert!(desk.submit(0, Side::Buy, fits + 1, false).checks().any(|check| check.control == Control::Margin && !check.passed));
            prop_assert!(desk.submit(0, Side::Buy, fits, false).approved());
        }
    }
}

#[test]
fn ord_14_maintenance_that_is_just_met_is_not_breached() {
    let contract = Instrument::new(spec(InstrumentKind::Linear)).unwrap();
    let long = Held { lots: 1_000, cost: amount("40000") };
    // 2,000 + p − 40,000 is 5 % of p at 40,000, which are 80,000 ticks.
    let held = Backed { long, short: Held::default(), backing: amount("2000") };
    let breached = |ticks| held.is_breached(&contract, Price::from_ticks(ticks)).unwrap();
    assert!(breached(79_999) && !breached(80_000));
    let bounds = held.liquidation(&contract).unwrap();
    assert_eq!((bounds.at_or_below, bounds.at_or_above), (Some(Price::from_ticks(79_999)), None));
}

#[test]
fn ord_14_a_position_whose_margin_is_its_whole_notional_is_breached_everywhere_or_nowhere() {
    let whole = vec![tier(None, "1", "1")];
    let full = with_margin(spec(InstrumentKind::Linear), MarginMode::Cross, whole);
    let contract = Instrument::new(full).unwrap();
    let long = Held { lots: 1_000, cost: amount("40000") };
    for (backing, above) in [("40001", None), ("40000", None), ("39999", Some(1))] {
        let short = Held::default();
        let held = Backed { long, short, backing: amount(backing) };
        let bounds = held.liquidation(&contract).unwrap();
        assert_eq!(bounds.at_or_above, above.map(Price::from_ticks), "{backing}");
        assert_eq!(bounds.at_or_below, None);
    }
    let flat = Backed { long: Held::default(), short: Held::default(), backing: amount("-1") };
    assert_eq!(flat.liquidation(&contract).unwrap(), Liquidation::default());
}

/// The first breached prices of an inverse contract whose maintenance is met to within `odd` raw units at a price.
fn met_within(contract: &Instrument, held: Backed, ticks: i64, odd: i128) -> (Backed, Liquidation) {
    // The least backing that meets it is found by asking, since the value of the contract is rounded.
    let breached = |backing: i128, ticks: i64| {
        let held = Backed { backing: Amount::from_raw(backing), ..held };
        held.is_breached(contract, Price::from_ticks(ticks)).unwrap()
    };
    let (mut low, mut high) = (-(1_i128 << 90), 1_i128 << 90);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if breached(middle, ticks) { low = middle } else { high = middle }
    }
    let held = Backed { backing: Amount::from_raw(high + odd), ..held };
    (held, held.liquidation(contract).unwrap())
}

/// Compares the prices with what is breached at the ticks beside them.
fn settles_at(contract: &Instrument, [long, short]: [i64; 2], ticks: i64) {
    let side = |lots| Held { lots, cost: Amount::ZERO };
    for odd in [-1, 0, 1] {
        let held = Backed { long: side(long), short: side(short), backing: Amount::ZERO };
        let (held, bounds) = met_within(contract, held, ticks, odd);
        let breached = |ticks: i64| {
            ticks >= 1 && held.is_breached(contract, Price::from_ticks(ticks)).unwrap()
        };
        let below = bounds.at_or_below.map(Price::ticks);
        let above = bounds.at_or_above.map(Price::ticks);
        let at = format!("{long} long, {short} short, {odd} from met at {ticks}");
        if long > short {
            let below = below.unwrap_or(0);
            assert!(above.is_none() && !breached(below + 1), "{at}");
            assert!(below == 0 || breached(below), "{at}");
        } else {
            let above = above.unwrap();
            assert!(below.is_none() && breached(above) && !breached(above - 1), "{at}");
        }
    }
}

#[test]
fn ord_14_the_last_tick_of_an_inverse_contract_is_where_its_rounded_value_is_breached() {
    let contract = Instrument::new(spec(InstrumentKind::Inverse)).unwrap();
    for sides in [[7, 0], [0, 7], [1_000_003, 0], [0, 1_000_003], [7, 3]] {
        for ticks in [1, 2, 3, 1_009, 80_021, 999_999_937, 20_000_000_011] {
            settles_at(&contract, sides, ticks);
        }
    }
}

#[test]
fn ord_14_the_first_ticks_of_an_inverse_contract_are_settled_where_their_value_is_rounded() {
    for (multiplier, rate) in
        [(10_007, "0.05"), (33_331, "0.033333"), (100_001, "0.000001"), (999_983, "0.4")]
    {
        let raw = format!("0.{multiplier:018}");
        let small = InstrumentSpec {
            tick_size: "1".into(),
            contract_multiplier: raw,
            ..spec(InstrumentKind::Inverse)
        };
        let tiers = vec![tier(None, "0.5", rate)];
        let contract = Instrument::new(with_margin(small, MarginMode::Cross, tiers)).unwrap();
        for lots in [1, 2, 3, 7, 50, 101] {
            for ticks in 1..=4 {
                settles_at(&contract, [lots, 0], ticks);
                settles_at(&contract, [0, lots], ticks);
            }
        }
    }
}
