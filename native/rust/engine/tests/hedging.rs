//! A long and a short position side by side.

mod desk;

use desk::{Desk, config, spec};
use holdfast_core::{Code, InstrumentKind, Side};
use holdfast_engine::exposure::Leg;
use holdfast_engine::{AccountSpec, PositionMode};
use holdfast_risk::Control;

fn desk(kind: InstrumentKind) -> Desk {
    let account = AccountSpec { position_mode: PositionMode::Hedging, ..AccountSpec::default() };
    Desk::new(&config(vec![spec(kind)], "100000", account))
}

fn legs(desk: &Desk) -> (i64, i64) {
    let state = &desk.engine.instruments()[0];
    (state.leg(Leg::Long).lots().lots(), state.leg(Leg::Short).lots().lots())
}

#[test]
fn ord_14_opposite_orders_open_both_sides_and_reduce_only_ones_close_them() {
    let mut desk = desk(InstrumentKind::Linear);
    desk.mark(0, 80_000);
    desk.trade(0, Side::Buy, 300, 80_000, false);
    desk.trade(0, Side::Sell, 200, 82_000, false);
    assert_eq!(legs(&desk), (300, -200));
    desk.mark(0, 84_000);
    let shown = desk.engine.account_snapshot().unwrap();
    let sides: Vec<_> =
        shown.positions.iter().map(|leg| (leg.side, leg.unrealized.as_str())).collect();
    assert_eq!(sides, [("long", "600"), ("short", "-200")]);
    // Each side needs its own margin: 10 % of 0.5 BTC at 42,000.
    assert_eq!(shown.initial_margin, "2100");
    desk.trade(0, Side::Sell, 300, 84_000, true);
    desk.trade(0, Side::Buy, 200, 84_000, true);
    assert_eq!(legs(&desk), (0, 0));
    desk.mark(0, 84_000);
    assert_eq!(desk.engine.equity().to_string(), "100400");
    assert_eq!(desk.engine.account().cash.to_string(), "100400");
}

#[test]
fn worst_case_exposure_counts_both_sides_gross() {
    let account = AccountSpec { position_mode: PositionMode::Hedging, ..AccountSpec::default() };
    let mut limited = config(vec![spec(InstrumentKind::Linear)], "100000", account);
    limited.limits.gross_exposure_frac_max = "1".into();
    let mut desk = Desk::new(&limited);
    desk.mark(0, 100_000);
    desk.trade(0, Side::Buy, 1_000, 100_000, false);
    desk.mark(0, 100_000);
    // 1 BTC long and 1 BTC short are 100,000, the whole of equity; a single lot more is too much on either side.
    assert!(desk.submit(0, Side::Sell, 1_000, false).approved());
    for side in [Side::Buy, Side::Sell] {
        let refused = desk.submit(0, side, 1, false);
        let failed: Vec<_> = refused.checks().filter(|check| !check.passed).collect();
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].control, Control::GrossExposure);
    }
    assert!(desk.submit(0, Side::Sell, 1_000, true).approved());
}

#[test]
fn a_reduce_only_order_without_its_side_is_no_reduction() {
    let mut desk = desk(InstrumentKind::Spot);
    desk.mark(0, 2_000);
    desk.trade(0, Side::Buy, 300, 2_000, false);
    // It would close a short that is not there; nothing proves that it reduces, so every limit holds for it.
    let buy = desk.submit(0, Side::Buy, 100, true);
    assert!(!buy.reducing);
    assert!(desk.submit(0, Side::Sell, 100, true).reducing);
}

#[test]
fn hedging_changes_nothing_for_an_account_that_nets() {
    let mut desk =
        Desk::new(&config(vec![spec(InstrumentKind::Linear)], "100000", AccountSpec::default()));
    desk.mark(0, 80_000);
    desk.trade(0, Side::Buy, 300, 80_000, false);
    desk.trade(0, Side::Sell, 500, 82_000, false);
    assert_eq!(legs(&desk), (-200, 0));
    let refused = desk.submit(0, Side::Buy, i64::MAX, false);
    let codes: Vec<_> =
        refused.checks().filter(|check| !check.passed).map(|check| check.control.code()).collect();
    assert_eq!(codes, [Code::RiskArithmetic]);
}
