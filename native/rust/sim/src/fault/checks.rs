//! What must hold: after every step while faults last, and at the end when they have stopped.

use super::exchange::{Exchange, Placed};
use super::world::World;
use holdfast_core::{
    Code, Error, InstrumentId, OrderIntent, Overlays, Price, Quantity, Result, Side, VenueReport,
};
use holdfast_engine::Engine;

pub(super) fn violated(rule: &str) -> Error {
    Error::new(Code::SimulationViolated, rule)
}

/// A fill that the engine is given must be one that the exchange made.
pub(super) fn is_true(report: &VenueReport, exchange: &Exchange) -> Result<()> {
    let truth = report.trade_id.0.checked_sub(1).and_then(|at| exchange.fills.get(at as usize));
    let same = truth.is_some_and(|truth| {
        truth.client_order_id == report.client_order_id
            && truth.last_quantity == report.last_quantity
            && truth.last_price == report.last_price
    });
    if same { Ok(()) } else { Err(violated("an applied fill must be one of the venue's")) }
}

/// An order that was sent and is not yet equal on both sides.
#[derive(Debug)]
pub(super) struct Watched {
    id: u64,
    /// Where it stands at the venue, once it came there.
    place: Option<usize>,
}

impl Watched {
    pub const fn new(id: u64) -> Self {
        Self { id, place: None }
    }
}

/// Every order that the venue may fill or has filled is covered here; `watched` are those not yet equal on both sides.
pub(super) fn reservations(
    engine: &Engine,
    exchange: &Exchange,
    watched: &mut Vec<Watched>,
) -> Result<()> {
    let (orders, mut failed) = (&exchange.orders, None);
    watched.retain_mut(|order| {
        order.place = order.place.or_else(|| orders.place(order.id));
        let Some(truth) = order.place.and_then(|place| orders.at(place)) else { return true };
        match filled_of_covered(engine, truth) {
            Ok(filled) => truth.end.is_none() || filled < truth.filled,
            Err(error) => {
                failed = Some(error);
                true
            }
        }
    });
    failed.map_or(Ok(()), Err)
}

/// As `reservations`, where the engine stands as it did: only an order that has changed at the venue can fail.
pub(super) fn changed_reservations(engine: &Engine, exchange: &Exchange) -> Result<()> {
    exchange.orders.changed().try_for_each(|truth| filled_of_covered(engine, truth).map(|_| ()))
}

/// Returns what is known here of an order's fills, when what can still fill is reserved and no more was applied than filled.
fn filled_of_covered(engine: &Engine, truth: &Placed) -> Result<i64> {
    let id = truth.intent.client_order_id;
    let Some(order) = engine.order(id) else {
        return Err(violated("an order at the venue must be known here").with("order", id.0));
    };
    let (filled, reserved) = (order.cum_quantity.lots(), order.reserved.lots());
    if filled > truth.filled {
        return Err(violated("no more may be applied than filled").with("order", id.0));
    }
    // What the venue denied falsely cannot be reserved: its own word was that the order is not there.
    if filled + reserved >= truth.filled + truth.leaves() || truth.denied_falsely {
        return Ok(filled);
    }
    Err(violated("the reservation must cover what can still fill")
        .with("order", id.0)
        .with("filled_here", filled)
        .with("reserved", reserved)
        .with("filled_at_venue", truth.filled)
        .with("leaves_at_venue", truth.leaves()))
}

/// The position that the venue may lead to, with the order that was just approved, must be inside the limit.
///
/// An amendment that was just approved does not answer for the form before it: that one is there already, and may be past
/// the limit because the market has moved.
pub(super) fn limits(engine: &Engine, exchange: &Exchange, approved: &OrderIntent) -> Result<()> {
    let id = approved.instrument;
    let (Some(state), Some(position)) =
        (engine.instruments().get(id.index()), exchange.positions.get(id.index()))
    else {
        return Err(violated("an approved order must name an instrument of the session"));
    };
    let (mut buys, mut sells) = (0, 0);
    let mut add = |side: Side, lots: i64| match side {
        Side::Buy => buys += lots,
        Side::Sell => sells += lots,
    };
    for truth in exchange.open.iter().filter_map(|open| exchange.orders.get(open)) {
        if truth.intent.instrument == id && !truth.intent.reduce_only {
            let order = truth.intent.client_order_id;
            let asked = engine.order(order).and_then(|order| order.pending);
            let asked = asked.map_or(0, |asked| asked.quantity.lots()) - truth.filled;
            // An amendment that is under way may be taken any time.
            let approved_now = order == approved.client_order_id;
            add(truth.intent.side, if approved_now { asked } else { asked.max(truth.leaves()) });
        }
    }
    for order in engine.open_orders().filter(|order| order.intent.instrument == id) {
        if !order.intent.reduce_only
            && !exchange.orders.contains_key(&order.intent.client_order_id.0)
        {
            let approved_now = order.intent.client_order_id == approved.client_order_id;
            let open = if approved_now { approved.quantity } else { order.most() };
            add(order.intent.side, open.lots() - order.cum_quantity.lots());
        }
    }
    if exchange.orders.values().any(|truth| is_hidden(truth, id, engine)) {
        return Ok(());
    }
    // Nor for what that form has filled already.
    let amended = exchange.orders.get(&approved.client_order_id.0);
    let before = amended.map_or(0, |truth| (truth.filled - approved.quantity.lots()).max(0));
    let position = position - approved.side.signed(before);
    let worst = (position + buys).abs().max((position - sells).abs());
    let price = approved.limit_price.or(approved.trigger_price).unwrap_or(Price::ZERO);
    let price = state.mark.map_or(price, |(mark, _)| mark.max(price));
    let notional = state.instrument.notional(price, Quantity::from_lots(worst))?;
    let covered = match engine.gate().limits().position {
        Some(limit) => limit.covers(notional, engine.equity())?,
        None => true,
    };
    if covered {
        return Ok(());
    }
    Err(violated("the position limit must hold for the worst that the venue may fill")
        .with("order", approved.client_order_id.0)
        .with("worst_lots", worst)
        .with("notional", notional)
        .with("equity", engine.equity()))
}

/// Whether the venue did with an order what nothing here could foresee: it denied falsely that it has it, or it clipped a
/// reduce-only order to a position that is past, and the fill is still under way.
fn is_hidden(truth: &Placed, id: InstrumentId, engine: &Engine) -> bool {
    let may_be = truth.denied_falsely || truth.intent.reduce_only;
    if truth.intent.instrument != id || !may_be {
        return false;
    }
    let Some(order) = engine.order(truth.intent.client_order_id) else { return false };
    let filled = order.cum_quantity.lots();
    let denied =
        truth.denied_falsely && filled + order.reserved.lots() < truth.filled + truth.leaves();
    let clipped = truth.intent.reduce_only && filled < truth.filled;
    denied || clipped
}

/// Whether both sides stand equal; the text says what differs.
pub(super) fn difference(world: &mut World) -> Option<String> {
    unequal(world).or_else(|| world.ties.difference(&world.engine))
}

fn unequal(world: &World) -> Option<String> {
    let (engine, exchange) = (&world.engine, &world.exchange);
    if world.down {
        return Some("the process is down".into());
    }
    if !world.gateway.is_settled() {
        return Some("the gateway waits for answers".into());
    }
    if world.ledger.count() != exchange.fills.len() {
        return Some(format!(
            "{} fills of {} are applied",
            world.ledger.count(),
            exchange.fills.len()
        ));
    }
    let mut open_here = 0;
    // What waits here for its trigger is nothing that the venue knows of.
    for order in engine.open_orders().filter(|order| order.held.is_none()) {
        open_here += 1;
        let id = order.intent.client_order_id.0;
        if order.state.load().1 != Overlays::NONE {
            return Some(format!("order {id} has overlays {}", order.state.load().1.bits()));
        }
        let truth = exchange.orders.get(&id).filter(|truth| truth.end.is_none());
        let same = truth.is_some_and(|truth| {
            truth.filled == order.cum_quantity.lots() && truth.intent.quantity == order.quantity
        });
        if !same {
            let there = truth.map(|truth| (truth.quantity(), truth.filled));
            return Some(format!(
                "order {id} is open here with {} of {} lots filled, there {there:?}",
                order.cum_quantity.lots(),
                order.quantity.lots(),
            ));
        }
    }
    if open_here != exchange.open.len() {
        return Some(format!("{open_here} orders are open here, {} there", exchange.open.len()));
    }
    if world.ledger.positions != exchange.positions {
        return Some("positions differ".into());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::lists::Drawn;
    use super::super::setting::engine_config;
    use super::*;
    use holdfast_core::{ClientOrderId, OrderType, ReportKind, Timestamp, TradeId};

    #[test]
    fn a_fill_that_the_venue_did_not_make_is_found() {
        let mut exchange = Exchange::new(1, vec![100]);
        let fill = VenueReport {
            trade_id: TradeId(1),
            last_quantity: Quantity::from_lots(2),
            last_price: Price::from_ticks(100),
            ..VenueReport::without_fill(ClientOrderId(1), ReportKind::Fill, Timestamp(1))
        };
        let code = |exchange: &Exchange| is_true(&fill, exchange).map_err(|error| error.code());
        assert_eq!(code(&exchange), Err(Code::SimulationViolated));
        exchange.fills.push(fill);
        assert_eq!(code(&exchange), Ok(()));
        exchange.fills[0].last_quantity = Quantity::from_lots(3);
        assert_eq!(code(&exchange), Err(Code::SimulationViolated));
    }

    #[test]
    fn an_order_that_changed_at_the_venue_alone_is_checked_until_the_change_is_forgotten() {
        let engine = Engine::new(&engine_config()).unwrap();
        let mut exchange = Exchange::new(3, vec![100, 100]);
        let found = |exchange: &Exchange| {
            changed_reservations(&engine, exchange).map_err(|error| error.code())
        };
        assert_eq!(found(&exchange), Ok(()));
        let drawn = Drawn { instrument: 0, side: Side::Buy, lots: 3, offset_ticks: 10 };
        let intent = OrderIntent {
            client_order_id: ClientOrderId(1),
            ..drawn.entry(100, OrderType::StopMarket)
        };
        exchange.take(intent, 1);
        assert_eq!(exchange.open, [1]);
        assert_eq!(found(&exchange), Err(Code::SimulationViolated));
        exchange.orders.forget_changes();
        assert_eq!(found(&exchange), Ok(()));
        exchange.trade(0, 95, 2);
        assert_eq!(found(&exchange), Err(Code::SimulationViolated));
    }
}
