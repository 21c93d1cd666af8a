//! Orders of kinds that a venue lacks: the engine holds them, watches the market, and sends a market or limit order under the
//! same id when the trigger is met. A strategy sees the states that it would see at a venue that has the kind.

use crate::engine::Engine;
use crate::input::Command;
use crate::sink::Sink;
use holdfast_core::order::{Held, Released};
use holdfast_core::{
    Bar, ClientOrderId, Code, Error, InstrumentId, Order, OrderEvent, OrderIntent, OrderTerms,
    OrderType, Price, Result, Side, TimeInForce,
};

/// What one market event showed: its range, and the price that was last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    low: Price,
    high: Price,
    last: Price,
}

impl Seen {
    pub(crate) const fn at(price: Price) -> Self {
        Self { low: price, high: price, last: price }
    }

    pub(crate) const fn of_bar(bar: &Bar) -> Self {
        Self { low: bar.low, high: bar.high, last: bar.close }
    }

    /// Returns the price that is worst for an order that waits on this side.
    const fn against(&self, side: Side) -> Price {
        match side {
            Side::Sell => self.low,
            Side::Buy => self.high,
        }
    }
}

/// Reads the names of the kinds to hold.
pub(crate) fn emulated_types(names: &[String]) -> Result<Vec<OrderType>> {
    let waiting = |name: &String| {
        let found = OrderType::VOCABULARY.iter().find(|(_, _, text)| text == name);
        found.map(|entry| entry.0).filter(|order_type| order_type.waits()).ok_or_else(|| {
            Error::new(
                Code::ConfigInvalid,
                format!("emulated_order_types must name kinds that wait for a trigger, was {name}"),
            )
            .with("field", "emulated_order_types")
        })
    };
    names.iter().map(waiting).collect()
}

impl Engine {
    /// Keeps an order here instead of sending it; that is its acceptance.
    pub(crate) fn hold(&mut self, id: ClientOrderId, sink: &mut impl Sink) -> Result<()> {
        let Some(order) = self.orders.get(&id.0) else { return Ok(()) };
        let best = self.state(order.intent.instrument)?.mark.map(|(price, _)| price);
        if let Some(order) = self.orders.get_mut(&id.0) {
            order.held = Some(Held { best, first_day: None });
        }
        self.held.insert(id.0);
        self.transition(id, OrderEvent::Accept, sink).map(|_| ())
    }

    /// Returns whether an order was held, and holds it no longer.
    pub(crate) fn let_go(&mut self, id: ClientOrderId) -> bool {
        if let Some(order) = self.order_mut(id) {
            order.held = None;
        }
        self.held.remove(&id.0)
    }

    /// Holds the orders of an instrument against a market event: those whose time is over end, and those whose trigger is
    /// met are sent.
    pub(crate) fn watch(
        &mut self,
        instrument: InstrumentId,
        seen: &Seen,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let (now, ids) = (self.now(), self.held.clone());
        for id in ids.into_iter().map(ClientOrderId) {
            let Some(order) = self.orders.get_mut(&id.0) else {
                self.held.remove(&id.0);
                continue;
            };
            if order.intent.instrument != instrument {
                continue;
            }
            let Some(held) = order.held.as_mut() else { continue };
            let first_day = *held.first_day.get_or_insert(now.utc_day());
            let is_over = match order.intent.time_in_force {
                TimeInForce::Gtd => order.intent.terms.expires.is_some_and(|end| end <= now),
                TimeInForce::Day => now.utc_day() > first_day,
                _ => false,
            };
            if is_over {
                self.let_go(id);
                self.transition(id, OrderEvent::Expire, sink)?;
            } else if is_met(&order.intent, held, seen)? {
                let released = released(order);
                order.released = Some(Released { at: now, shown: false });
                // The venue gets it as it is in force here and never saw an amendment: the next one follows the placement.
                order.amended = 0;
                self.let_go(id);
                self.transition(id, OrderEvent::Trigger, sink)?;
                self.make_way(id, sink, commands)?;
                commands.push(Command::Place(released));
            }
        }
        Ok(())
    }
}

/// Returns whether an event meets the trigger. A trailing stop meets the adverse price of a bar before the favourable one has
/// moved it; only the last price is certain to come after both.
fn is_met(intent: &OrderIntent, held: &mut Held, seen: &Seen) -> Result<bool> {
    let side = intent.side;
    let reaches = |side: Side, trigger: Price, price: Price| match side {
        Side::Sell => price <= trigger,
        Side::Buy => price >= trigger,
    };
    let (adverse, favourable) = (seen.against(side), seen.against(side.opposite()));
    Ok(match (intent.order_type, intent.trigger_price, intent.terms.trailing) {
        (OrderType::StopMarket | OrderType::StopLimit, Some(trigger), _) => {
            reaches(side, trigger, adverse)
        }
        (OrderType::TakeProfitMarket | OrderType::TakeProfitLimit, Some(trigger), _) => {
            reaches(side.opposite(), trigger, favourable)
        }
        (OrderType::TrailingStop, _, Some(distance)) => {
            let before = held.best.unwrap_or(seen.last);
            let best = match side {
                Side::Sell => before.max(favourable),
                Side::Buy => before.min(favourable),
            };
            held.best = Some(best);
            reaches(side, distance.stop(side, before)?, adverse)
                || reaches(side, distance.stop(side, best)?, seen.last)
        }
        _ => false,
    })
}

/// The order that the venue gets in place of the one that was held, with the quantity in force.
fn released(order: &Order) -> OrderIntent {
    let intent = order.intent;
    let is_limit = intent.limit_price.is_some();
    OrderIntent {
        order_type: if is_limit { OrderType::Limit } else { OrderType::Market },
        quantity: order.quantity,
        trigger_price: None,
        terms: OrderTerms {
            trailing: None,
            display: intent.terms.display.map(|display| display.min(order.quantity)),
            ..intent.terms
        },
        ..intent
    }
}
