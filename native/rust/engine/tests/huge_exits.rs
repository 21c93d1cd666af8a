//! Exits whose quantities together do not fit the numbers that count them.

mod desk;

use desk::{Desk, config, spec};
use holdfast_core::{InstrumentKind, Side};
use holdfast_engine::AccountSpec;
use holdfast_risk::Control;

#[test]
fn an_exit_that_cannot_be_counted_with_the_open_ones_is_denied_and_nothing_is_left_half_done() {
    let limits = config(vec![spec(InstrumentKind::Linear)], "100000", AccountSpec::default());
    let mut desk = Desk::new(&limits);
    desk.mark(0, 80_000);
    desk.trade(0, Side::Buy, 300, 80_000, false);
    let open = desk.engine.open_orders().count();
    assert!(desk.submit(0, Side::Sell, i64::MAX - 254, true).approved());
    let denied = desk.submit(0, Side::Sell, 257, true);
    let failed: Vec<Control> =
        denied.checks().filter(|check| !check.passed).map(|check| check.control).collect();
    assert_eq!(failed, [Control::Arithmetic]);
    assert_eq!(desk.engine.open_orders().count(), open + 1);
    assert!(desk.submit(0, Side::Sell, 254, true).approved());
}
