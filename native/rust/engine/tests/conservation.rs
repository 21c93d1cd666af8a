//! Money is conserved for every kind of instrument, to the last unit, whatever is filled in whatever order.

mod desk;

use desk::{Desk, SECOND_NS, config, spec};
use holdfast_core::{Amount, InstrumentKind, Price, Quantity, Side};
use holdfast_engine::account_spec::{BorrowSpec, InterestPeriod};
use holdfast_engine::{AccountSpec, PositionMode};
use proptest::prelude::*;

/// One thing that happens: a fill, a mark or a payment of funding, some time after the last one.
#[derive(Debug, Clone)]
struct Event {
    what: u8,
    buy: bool,
    ticks: i64,
    lots: i64,
    cost: i64,
    wait_s: i64,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event =
        (0_u8..8, any::<bool>(), 2_000_i64..400_000, 1_i64..5_000, -900_i64..900, 0_i64..90_000);
    let event = event.prop_map(|(what, buy, ticks, lots, cost, wait_s)| Event {
        what,
        buy,
        ticks,
        lots,
        cost,
        wait_s,
    });
    prop::collection::vec(event, 1..30)
}

/// Plays the events and compares the books with a sum that knows nothing of positions, pools and averages.
fn conserves(
    kind: InstrumentKind,
    mode: PositionMode,
    list: &[Event],
) -> Result<(), TestCaseError> {
    let borrow = ["USD", "BTC"].map(|currency| BorrowSpec {
        currency: currency.into(),
        rate_frac: "0.000913".into(),
        per: InterestPeriod::Hour,
    });
    let account =
        AccountSpec { position_mode: mode, borrow: borrow.to_vec(), ..AccountSpec::default() };
    let mut desk = Desk::new(&config(vec![spec(kind)], "900000000000", account));
    let mut value = Amount::ZERO;
    let mut lots = [0_i64; 2];
    desk.mark(0, 50_000);
    for event in list {
        desk.wait(event.wait_s * SECOND_NS + 7);
        let cost = Amount::from_raw(i128::from(event.cost) * 1_234_567_890_123);
        match event.what {
            0 => desk.mark(0, event.ticks),
            1 => desk.fund(0, cost),
            what => {
                let side = if event.buy { Side::Buy } else { Side::Sell };
                let place = usize::from(mode == PositionMode::Hedging && (what > 4) == event.buy);
                // When hedging some fills close, never past what is open: the venue clips reduce-only orders.
                let closes = mode == PositionMode::Hedging && what > 4;
                let open = lots[place].abs();
                if closes && open == 0 {
                    continue;
                }
                let count = if closes { event.lots.min(open) } else { event.lots };
                desk.trade_with_fee(0, side, count, event.ticks, closes, cost);
                let signed = side.signed(count);
                lots[place] += signed;
                let instrument = &desk.engine.instruments()[0].instrument;
                let price = Price::from_ticks(event.ticks);
                let moved = instrument.value(price, Quantity::from_lots(signed)).unwrap();
                value = value.minus(moved).unwrap();
            }
        }
    }
    desk.mark(0, 31_337);
    let engine = &desk.engine;
    let state = &engine.instruments()[0];
    for held in lots {
        let held = Quantity::from_lots(held);
        let marked = state.instrument.value(Price::from_ticks(31_337), held).unwrap();
        value = value.plus(marked).unwrap();
    }
    let books = engine.account();
    let paid = books.fees.plus(books.funding).unwrap().plus(books.interest).unwrap();
    let profit = state.realized().unwrap().plus(state.unrealized().unwrap()).unwrap();
    prop_assert_eq!(profit, value, "realised + unrealised is the value that changed hands");
    let expected = books.start_cash.plus(profit).unwrap().minus(paid).unwrap();
    prop_assert_eq!(engine.equity(), expected, "start + profit - paid is equity");
    prop_assert_eq!(state.net_lots().unwrap().lots(), lots[0] + lots[1]);
    let cash = if kind.is_margined() {
        books.start_cash.plus(state.realized().unwrap()).unwrap().minus(paid).unwrap()
    } else {
        engine.equity().minus(engine.net_value()).unwrap()
    };
    prop_assert_eq!(books.cash, cash, "only what the kind says has passed through cash");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn ord_14_spot_conserves_money(list in events()) {
        conserves(InstrumentKind::Spot, PositionMode::Netting, &list)?;
    }

    #[test]
    fn ord_14_linear_contracts_conserve_money(list in events()) {
        conserves(InstrumentKind::Linear, PositionMode::Netting, &list)?;
    }

    #[test]
    fn ord_14_inverse_contracts_conserve_money(list in events()) {
        conserves(InstrumentKind::Inverse, PositionMode::Netting, &list)?;
    }

    #[test]
    fn ord_14_options_conserve_money(list in events()) {
        conserves(InstrumentKind::Option, PositionMode::Netting, &list)?;
    }

    #[test]
    fn ord_14_hedged_spot_conserves_money(list in events()) {
        conserves(InstrumentKind::Spot, PositionMode::Hedging, &list)?;
    }

    #[test]
    fn ord_14_hedged_linear_contracts_conserve_money(list in events()) {
        conserves(InstrumentKind::Linear, PositionMode::Hedging, &list)?;
    }

    #[test]
    fn ord_14_hedged_inverse_contracts_conserve_money(list in events()) {
        conserves(InstrumentKind::Inverse, PositionMode::Hedging, &list)?;
    }
}
