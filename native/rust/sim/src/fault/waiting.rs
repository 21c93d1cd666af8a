//! When an order that waits is met, and when its time is over.

use holdfast_core::{OrderIntent, OrderType, Price, Side, TimeInForce, Timestamp};

/// Returns whether a price meets the trigger of an order; `best` is the best price that a trailing stop has seen.
pub(super) fn is_met(intent: &OrderIntent, best: &mut i64, price: i64) -> bool {
    let side = intent.side;
    let reaches = |side: Side, level: Price| match side {
        Side::Buy => price >= level.ticks(),
        Side::Sell => price <= level.ticks(),
    };
    match (intent.order_type, intent.trigger_price, intent.terms.trailing) {
        (OrderType::TakeProfitMarket | OrderType::TakeProfitLimit, Some(trigger), _) => {
            reaches(side.opposite(), trigger)
        }
        (OrderType::TrailingStop, _, Some(distance)) => {
            *best = match side {
                Side::Sell => price.max(*best),
                Side::Buy => price.min(*best),
            };
            distance.stop(side, Price::from_ticks(*best)).is_ok_and(|stop| reaches(side, stop))
        }
        (_, trigger, _) => trigger.is_none_or(|trigger| reaches(side, trigger)),
    }
}

/// Returns whether a post-only order would trade at once.
pub(super) fn takes_though_post_only(intent: &OrderIntent, market: Option<i64>) -> bool {
    let crosses = match (intent.limit_price, market, intent.side) {
        (Some(limit), Some(market), Side::Buy) => limit.ticks() >= market,
        (Some(limit), Some(market), Side::Sell) => limit.ticks() <= market,
        _ => false,
    };
    intent.terms.post_only && crosses
}

/// Returns whether the time of an order that was taken then is over.
pub(super) fn is_over(intent: &OrderIntent, taken: Timestamp, now: Timestamp) -> bool {
    match intent.time_in_force {
        TimeInForce::Gtd => intent.terms.expires.is_some_and(|end| end <= now),
        TimeInForce::Day => now.utc_day() > taken.utc_day(),
        TimeInForce::Gtc | TimeInForce::Ioc | TimeInForce::Fok => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::{ClientOrderId, InstrumentId, OrderTerms, Quantity, TrailingDistance};

    fn intent(side: Side, order_type: OrderType) -> OrderIntent {
        OrderIntent {
            client_order_id: ClientOrderId(1),
            order_type,
            trigger_price: order_type.has_trigger().then_some(Price::from_ticks(100)),
            ..OrderIntent::market(InstrumentId(0), side, Quantity::from_lots(1))
        }
    }

    #[test]
    fn ord_06_each_kind_waits_for_its_own_side_of_the_trigger() {
        use OrderType::{StopMarket, TakeProfitLimit};
        let met = |side, kind, price| is_met(&intent(side, kind), &mut 0, price);
        assert!(met(Side::Buy, StopMarket, 100) && !met(Side::Buy, StopMarket, 99));
        assert!(met(Side::Sell, StopMarket, 100) && !met(Side::Sell, StopMarket, 101));
        assert!(met(Side::Sell, TakeProfitLimit, 100) && !met(Side::Sell, TakeProfitLimit, 99));
        let terms =
            OrderTerms { trailing: Some(TrailingDistance::Ticks(5)), ..OrderTerms::default() };
        let trailing = OrderIntent { terms, ..intent(Side::Sell, OrderType::TrailingStop) };
        let mut best = 100;
        let seen = [104, 110, 106, 105].map(|price| is_met(&trailing, &mut best, price));
        assert_eq!((seen, best), ([false, false, false, true], 110));
    }

    #[test]
    fn ord_06_post_only_is_refused_where_it_would_trade_and_time_ends_orders() {
        let terms =
            OrderTerms { post_only: true, expires: Some(Timestamp(50)), ..OrderTerms::default() };
        let limit = OrderIntent {
            limit_price: Some(Price::from_ticks(100)),
            time_in_force: TimeInForce::Gtd,
            terms,
            ..intent(Side::Buy, OrderType::Limit)
        };
        assert!(takes_though_post_only(&limit, Some(100)));
        assert!(!takes_though_post_only(&limit, Some(101)));
        assert!(is_over(&limit, Timestamp(0), Timestamp(50)));
        assert!(!is_over(&limit, Timestamp(0), Timestamp(49)));
        let day = OrderIntent { time_in_force: TimeInForce::Day, ..limit };
        assert!(is_over(&day, Timestamp(0), Timestamp(86_400_000_000_000)));
    }
}
