//! Orders that the engine holds because the venue lacks their kind: none waits behind its trigger, and none is sent as it is.

use super::checks::violated;
use holdfast_core::{Order, OrderType, Price, Result, Side};
use holdfast_engine::Engine;
use holdfast_engine::gateway::Request;

/// Reads the names of the kinds that a venue lacks.
pub(super) fn kinds(names: &[String]) -> Vec<OrderType> {
    let known = OrderType::VOCABULARY.iter();
    known.filter(|(.., name)| names.iter().any(|each| each == name)).map(|entry| entry.0).collect()
}

/// Returns whether the last price leaves an order waiting.
fn waits(order: &Order, price: Price) -> bool {
    let (intent, side) = (&order.intent, order.intent.side);
    let is_past = |trigger: Price, side: Side| match side {
        Side::Buy => price >= trigger,
        Side::Sell => price <= trigger,
    };
    let Some(distance) = intent.terms.trailing else {
        let from = match intent.order_type {
            OrderType::TakeProfitMarket | OrderType::TakeProfitLimit => side.opposite(),
            _ => side,
        };
        return intent.trigger_price.is_none_or(|trigger| !is_past(trigger, from));
    };
    // The stop follows the best price, so it is never further from the last one than its distance.
    let Some(best) = order.held.and_then(|held| held.best) else { return false };
    let follows = if side == Side::Sell { best >= price } else { best <= price };
    follows && distance.stop(side, best).is_ok_and(|stop| !is_past(stop, side))
}

/// After a trade, no order of its instrument is held whose trigger the price has met.
pub(super) fn triggered(engine: &Engine, instrument: u32, price: Price) -> Result<()> {
    for order in engine.open_orders().filter(|order| order.held.is_some()) {
        if order.intent.instrument.0 == instrument && !waits(order, price) {
            return Err(violated("an order must be sent when its trigger is met")
                .with("order", order.intent.client_order_id.0)
                .with("price", price.ticks()));
        }
    }
    Ok(())
}

/// An order of a kind that the venue lacks must not be sent as it is.
pub(super) fn is_known_to_venue(request: &Request, lacking: &[OrderType]) -> Result<()> {
    match request {
        Request::Place(intent) if lacking.contains(&intent.order_type) => {
            Err(violated("a venue must not be sent a kind that it lacks")
                .with("order", intent.client_order_id.0))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::lists::Drawn;
    use super::*;
    use holdfast_core::order::Held;

    #[test]
    fn ord_06_each_kind_waits_on_its_own_side_of_the_trigger() {
        let drawn = Drawn { instrument: 0, side: Side::Sell, lots: 1, offset_ticks: 10 };
        let waits_at = |order_type, best: i64, price: i64| {
            let mut order = Order::new(drawn.entry(100, order_type));
            order.held = Some(Held { best: Some(Price::from_ticks(best)), first_day: None });
            waits(&order, Price::from_ticks(price))
        };
        let stop = OrderType::StopMarket;
        assert_eq!([91, 90].map(|price| waits_at(stop, 100, price)), [true, false]);
        let target = OrderType::TakeProfitLimit;
        assert_eq!([109, 110].map(|price| waits_at(target, 100, price)), [true, false]);
        let trailing = OrderType::TrailingStop;
        assert_eq!([101, 90, 89].map(|price| waits_at(trailing, 100, price)), [false, true, false]);
    }
}
