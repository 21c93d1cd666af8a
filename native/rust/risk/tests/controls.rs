//! The controls of sizes: each passes at its bound, denies beyond, and says nothing unless it is set.

mod bench;

use bench::{Bench, buy, codes, limits, sell, usd};
use holdfast_core::{Amount, Code, Fraction, OrderIntent, Timestamp};
use holdfast_risk::{Control, GateSignal, LimitsSpec, View, WorstCase};

/// Passes at the bound and is denied beyond with this one code.
fn bounded(set: &[(&str, &str)], at: &OrderIntent, beyond: &OrderIntent, code: Code) {
    let bench = Bench::new(set);
    assert_eq!(bench.now(at), [], "{code:?} at its bound");
    assert_eq!(bench.now(beyond), [code]);
    let check = bench.verdict(beyond, 0);
    let failed = check.checks().find(|check| !check.passed).unwrap();
    assert!(failed.limit.is_some() && failed.limit < Some(failed.observed), "{code:?}");
    assert_eq!(Bench::new(&[]).now(beyond), [], "{code:?} is off unless it is set");
}

#[test]
fn risk_02_a_position_is_bounded_in_units_and_in_money() {
    bounded(&[("position_qty_max", "50")], &buy(50), &buy(51), Code::PositionQtyExceeded);
    bounded(&[("position_qty_max", "50")], &sell(50), &sell(51), Code::PositionQtyExceeded);
    let set = [("position_notional_quote_max", "5000")];
    bounded(&set, &buy(50), &buy(51), Code::PositionNotionalExceeded);
    let mut bench = Bench::new(&[("position_qty_max", "50")]);
    bench.case = WorstCase { position: 10, open_buy: 20, ..WorstCase::default() };
    assert_eq!(bench.now(&buy(20)), []);
    assert_eq!(bench.now(&buy(21)), [Code::PositionQtyExceeded], "open orders count");
}

#[test]
fn risk_26_leverage_is_gross_exposure_over_equity() {
    bounded(&[("leverage_max", "2")], &buy(2_000), &buy(2_001), Code::LeverageExceeded);
}

#[test]
fn concentration_is_the_share_in_the_larger_of_equity_and_exposure() {
    let set = [("concentration_frac_max", "0.25")];
    bounded(&set, &buy(250), &buy(251), Code::ConcentrationExceeded);
    let bench = Bench::new(&set);
    let wide = |lots| View { other_exposure: usd("150000"), ..bench.view(0) }.with(&bench, lots);
    assert_eq!(wide(500), [], "50,000 of 200,000");
    assert_eq!(wide(501), [Code::ConcentrationExceeded]);
}

trait Judged {
    fn with(&self, bench: &Bench, lots: i64) -> Vec<Code>;
}

impl Judged for View<'_> {
    fn with(&self, bench: &Bench, lots: i64) -> Vec<Code> {
        codes(&bench.gate.check(&buy(lots), self))
    }
}

#[test]
fn net_exposure_counts_the_worse_side() {
    let mut bench = Bench::new(&[("net_exposure_frac_max", "0.5")]);
    bench.around.others_long = usd("10000");
    bench.around.others_short = usd("-30000");
    assert_eq!(bench.now(&buy(400)), []);
    assert_eq!(bench.now(&buy(401)), [Code::NetExposureExceeded]);
    assert_eq!(bench.now(&sell(200)), []);
    assert_eq!(bench.now(&sell(201)), [Code::NetExposureExceeded]);
}

#[test]
fn exposure_to_an_asset_and_to_a_group_counts_their_other_instruments() {
    let mut asset = Bench::new(&[("asset_exposure_frac_max", "0.5")]);
    asset.around.others_of_asset = usd("30000");
    assert_eq!(asset.now(&buy(200)), []);
    assert_eq!(asset.now(&buy(201)), [Code::AssetExposureExceeded]);
    let mut grouped = limits(&[("group_exposure_frac_max", "0.5")]);
    grouped.groups.insert("tech".into(), vec!["TEST".into()]);
    let mut group = Bench::of(&grouped);
    group.around.others_of_group = usd("30000");
    assert_eq!(group.now(&buy(200)), []);
    assert_eq!(group.now(&buy(201)), [Code::GroupExposureExceeded]);
    let mut alone = Bench::new(&[("group_exposure_frac_max", "0.5")]);
    alone.around.others_of_group = usd("30000");
    assert_eq!(alone.now(&buy(900)), [], "an instrument of no group has no such bound");
}

#[test]
fn buying_power_counts_every_open_buy_against_settled_cash() {
    let mut bench = Bench::new(&[("buying_power_frac_max", "0.5")]);
    bench.around.cash = Some((usd("10000"), usd("3000")));
    assert_eq!(bench.now(&buy(20)), []);
    assert_eq!(bench.now(&buy(21)), [Code::BuyingPowerExceeded]);
    assert_eq!(bench.now(&sell(500)), [], "selling needs no cash");
    bench.around.cash = Some((usd("-1"), Amount::ZERO));
    assert_eq!(bench.now(&buy(1)), [Code::BuyingPowerExceeded]);
}

#[test]
fn risk_24_the_drawdown_guard_shrinks_sizes_before_the_hard_limit() {
    let set = [
        ("order_qty_max", "100"),
        ("position_frac_max", "0.5"),
        ("drawdown_soft_frac_max", "0.1"),
        ("drawdown_frac_max", "0.2"),
    ];
    let mut bench = Bench::new(&set);
    bench.gate.mark_equity(Timestamp(0), usd("90000")).unwrap();
    assert_eq!(bench.now(&buy(100)), [], "at the soft limit nothing is cut");
    bench.gate.mark_equity(Timestamp(1), usd("85000")).unwrap();
    assert_eq!(bench.now(&buy(50)), [], "half way, half the size");
    let cut = bench.verdict(&buy(51), 0);
    assert_eq!(codes(&cut), [Code::OrderQtyExceeded, Code::DrawdownGuard]);
    let guard = cut.checks().find(|check| check.control == Control::DrawdownGuard).unwrap();
    assert_eq!((guard.limit, guard.observed), (Some(100_000), 150_000));
    assert_eq!(bench.now(&buy(101)), [Code::OrderQtyExceeded], "past the limit itself");
    bench.gate.mark_equity(Timestamp(2), usd("80000")).unwrap();
    let whole = bench.now(&buy(1));
    assert!(whole.contains(&Code::DrawdownGuard) && !whole.contains(&Code::DrawdownExceeded));
    bench.gate.mark_equity(Timestamp(3), usd("95000")).unwrap();
    assert_eq!(bench.now(&buy(100)), [], "sizes come back with equity");
    bench.gate.mark_equity(Timestamp(4), usd("85000")).unwrap();
    let blind = View { mark: None, ..bench.view(4) };
    let all = [Code::PriceStale, Code::OrderQtyExceeded, Code::DrawdownGuard];
    assert_eq!(codes(&bench.gate.check(&buy(51), &blind)), all, "also where there is no price");
}

#[test]
fn risk_23_the_governor_cuts_every_size_and_only_tightens() {
    let mut bench = Bench::new(&[("order_qty_max", "100"), ("gross_exposure_frac_max", "0.1")]);
    let half = GateSignal::Governor { factor: Fraction::parse("0.5").unwrap() };
    bench.gate.check_signal(&half).unwrap();
    bench.gate.take_signal(&half, Timestamp(0));
    assert_eq!(bench.now(&buy(50)), []);
    assert_eq!(bench.now(&buy(51)), [Code::OrderQtyExceeded, Code::GrossExposureExceeded]);
    let more = GateSignal::Governor { factor: Fraction::parse("0.6").unwrap() };
    let refused = bench.gate.check_signal(&more).map_err(|e| e.code());
    assert_eq!(refused, Err(Code::LimitsLooseningDenied));
}

#[test]
fn a_short_sale_needs_permission() {
    let mut bench = Bench::of(&LimitsSpec { short_sale_denied: true, ..LimitsSpec::unlimited() });
    assert_eq!(bench.now(&sell(1)), [Code::ShortSaleDenied]);
    assert_eq!(bench.now(&buy(1)), []);
    bench.case = WorstCase { position: 10, open_sell: 4, ..WorstCase::default() };
    assert_eq!(bench.now(&sell(6)), []);
    assert_eq!(bench.now(&sell(7)), [Code::ShortSaleDenied], "open sells count");
}
