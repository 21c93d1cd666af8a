//! Orders that contradict themselves, and every field on its way through a record.

use super::*;
use crate::fraction::Fraction;
use crate::wire::{Layout, append_encoded};

pub(crate) fn intent() -> OrderIntent {
    OrderIntent {
        client_order_id: ClientOrderId(7),
        time_in_force: TimeInForce::Day,
        stop_loss: Some(Price::from_ticks(90)),
        ts_intent: Timestamp(5),
        ..OrderIntent::limit(
            InstrumentId(1),
            Side::Buy,
            Quantity::from_lots(10),
            Price::from_ticks(100),
        )
    }
}

fn read_back(intent: &OrderIntent) -> Result<OrderIntent> {
    let mut bytes = Vec::new();
    append_encoded(&mut bytes, Layout::Compact, intent);
    OrderIntent::decode(&mut Reader::new(&bytes))
}

#[test]
fn encodes_and_decodes_every_field() {
    let largest = Some(Price::from_ticks(i64::MAX));
    let share = TrailingDistance::Share(Fraction::from_millionths(i64::MAX));
    for trailing in [None, Some(TrailingDistance::Ticks(i64::MIN)), Some(share)] {
        for flag in [false, true] {
            let intent = OrderIntent {
                reduce_only: flag,
                role: OrderRole::TakeProfit,
                client_order_id: ClientOrderId(u64::MAX),
                parent: ClientOrderId(u64::MAX),
                instrument: InstrumentId(u32::MAX),
                quantity: Quantity::from_lots(i64::MIN),
                limit_price: largest,
                trigger_price: if flag { None } else { largest },
                stop_loss: Some(Price::from_ticks(-1)),
                take_profit: largest,
                ts_intent: Timestamp(i64::MIN),
                terms: OrderTerms {
                    post_only: flag,
                    display: (!flag).then_some(Quantity::from_lots(i64::MAX)),
                    trailing,
                    expires: flag.then_some(Timestamp(i64::MAX)),
                    strategy: if flag { u16::MAX } else { 0 },
                    cause: (!flag).then_some(Timestamp(i64::MIN)),
                },
                ..intent()
            };
            assert_eq!(read_back(&intent), Ok(intent));
        }
    }
}

#[test]
fn the_room_asked_for_is_what_the_longest_order_takes() {
    let price = Some(Price::from_ticks(i64::MAX));
    let longest = OrderIntent {
        client_order_id: ClientOrderId(u64::MAX),
        parent: ClientOrderId(u64::MAX),
        instrument: InstrumentId(u32::MAX),
        quantity: Quantity::from_lots(i64::MIN),
        limit_price: price,
        trigger_price: price,
        stop_loss: price,
        take_profit: price,
        ts_intent: Timestamp(i64::MIN),
        terms: OrderTerms {
            post_only: true,
            display: Some(Quantity::from_lots(i64::MAX)),
            trailing: Some(TrailingDistance::Ticks(i64::MIN)),
            expires: Some(Timestamp(i64::MAX)),
            strategy: u16::MAX,
            cause: Some(Timestamp(i64::MAX)),
        },
        ..intent()
    };
    let length = append_encoded(&mut Vec::new(), Layout::Compact, &longest);
    // A strategy is written as a number of 32 bits, of which it uses 16.
    assert_eq!(length + 2, longest.encoded_bytes_max());
}

#[test]
fn terms_that_ask_for_nothing_take_no_bytes() {
    let length = |intent: &OrderIntent| {
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, intent)
    };
    let terms = OrderTerms { post_only: true, ..OrderTerms::default() };
    let plain = intent();
    assert_eq!(length(&OrderIntent { terms, ..plain }), length(&plain) + 4);
    assert_eq!(read_back(&plain), Ok(plain));
}

#[test]
fn refuses_contradictions() {
    let base = intent();
    assert!(base.validate().is_ok());
    let broken = [
        OrderIntent { quantity: Quantity::ZERO, ..base },
        OrderIntent { limit_price: None, ..base },
        OrderIntent { order_type: OrderType::Market, ..base },
        OrderIntent { trigger_price: Some(Price::from_ticks(1)), ..base },
        OrderIntent { limit_price: Some(Price::ZERO), ..base },
        OrderIntent { reduce_only: true, ..base },
    ];
    for case in broken {
        assert_eq!(case.validate().map_err(|e| e.code()), Err(Code::OrderInvalid));
    }
}

#[test]
fn ord_06_refuses_terms_that_contradict_the_kind_and_names_the_rule() {
    let base = intent();
    let (stop, limit) = (Some(Price::from_ticks(110)), Some(Price::from_ticks(112)));
    let terms = OrderTerms::default();
    let market = OrderIntent { order_type: OrderType::Market, limit_price: None, ..base };
    let stop_limit = OrderIntent {
        order_type: OrderType::StopLimit,
        trigger_price: stop,
        limit_price: limit,
        ..base
    };
    let trailing = OrderIntent {
        order_type: OrderType::TrailingStop,
        terms: OrderTerms { trailing: Some(TrailingDistance::Ticks(5)), ..terms },
        ..market
    };
    let touched =
        OrderIntent { order_type: OrderType::TakeProfitMarket, trigger_price: stop, ..market };
    let to_limit = OrderIntent { order_type: OrderType::MarketToLimit, ..market };
    let post_only = OrderIntent { terms: OrderTerms { post_only: true, ..terms }, ..base };
    let shown = |lots: i64| OrderTerms { display: Some(Quantity::from_lots(lots)), ..terms };
    let iceberg = OrderIntent { terms: shown(10), ..base };
    let gtd = |expires: Option<i64>| OrderIntent {
        time_in_force: TimeInForce::Gtd,
        terms: OrderTerms { expires: expires.map(Timestamp), ..terms },
        ..base
    };
    let fok = |intent: OrderIntent| OrderIntent { time_in_force: TimeInForce::Fok, ..intent };
    let ioc = |intent: OrderIntent| OrderIntent { time_in_force: TimeInForce::Ioc, ..intent };
    let good = [
        stop_limit,
        trailing,
        touched,
        to_limit,
        post_only,
        iceberg,
        gtd(Some(6)),
        fok(base),
        fok(market),
    ];
    for case in good {
        assert_eq!(case.validate(), Ok(()));
    }
    let share = |millionths: i64| OrderTerms {
        trailing: Some(TrailingDistance::Share(Fraction::from_millionths(millionths))),
        ..terms
    };
    let broken = [
        (OrderIntent { trigger_price: None, ..stop_limit }, "trigger_price"),
        (OrderIntent { limit_price: None, ..stop_limit }, "limit_price"),
        (OrderIntent { terms, ..trailing }, "trailing distance must be set"),
        (OrderIntent { terms: trailing.terms, ..base }, "trailing distance must be set"),
        (OrderIntent { terms: share(0), ..trailing }, "must be positive"),
        (OrderIntent { terms: share(1_000_000), ..trailing }, "less than 1"),
        (fok(stop_limit), "waits for a trigger"),
        (ioc(touched), "waits for a trigger"),
        (fok(to_limit), "market_to_limit"),
        (OrderIntent { terms: post_only.terms, ..market }, "for a limit order only"),
        (ioc(post_only), "must rest"),
        (OrderIntent { terms: shown(11), ..base }, "at most the quantity"),
        (OrderIntent { terms: shown(0), ..base }, "must be positive"),
        (OrderIntent { terms: shown(1), ..market }, "rest in the book"),
        (ioc(iceberg), "rest in the book"),
        (gtd(None), "expiry must be set"),
        (OrderIntent { terms: gtd(Some(9)).terms, ..base }, "expiry must be set"),
        (gtd(Some(5)), "expire before"),
    ];
    for (case, rule) in broken {
        let error = case.validate().unwrap_err();
        assert_eq!(error.code(), Code::OrderInvalid);
        assert!(error.to_string().contains(rule), "{error} names {rule}");
    }
}

#[test]
fn ord_06_every_kind_is_priced_at_the_most_it_names() {
    let mark = Price::from_ticks(100);
    let priced = |intent: OrderIntent| intent.priced_at(mark).unwrap().ticks();
    let market = OrderIntent { order_type: OrderType::Market, limit_price: None, ..intent() };
    let (low, high) = (Some(Price::from_ticks(95)), Some(Price::from_ticks(120)));
    assert_eq!(priced(market), 100);
    assert_eq!(priced(OrderIntent { limit_price: low, ..market }), 95);
    assert_eq!(priced(OrderIntent { limit_price: low, trigger_price: high, ..market }), 120);
    assert_eq!(priced(OrderIntent { limit_price: high, trigger_price: low, ..market }), 120);
    let terms = OrderTerms { trailing: Some(TrailingDistance::Ticks(7)), ..OrderTerms::default() };
    assert_eq!(priced(OrderIntent { terms, ..market }), 107);
    assert_eq!(priced(OrderIntent { terms, side: Side::Sell, ..market }), 100);
}
