//! The orders that the strategy of a simulation makes: each kind with its prices, and lists of orders that depend on each other.

use super::checks;
use super::setting::START_TICKS;
use super::world::World;
use holdfast_core::{
    ClientOrderId, Contingency, Fraction, InstrumentId, OrderIntent, OrderTerms, OrderType, Price,
    Quantity, Result, Side, Timestamp, TrailingDistance,
};
use holdfast_engine::{Input, OrderList};

/// Shapes of a list: kinds of entry, stop and target, whole or half exits, and entries or exits as a pair.
pub(super) const SHAPES: u64 = 4 * 3 * 3 * 3 * 2;
/// How far the limit of an order stands behind its trigger, in ticks.
const LIMIT_TICKS: i64 = 8;

/// What a list is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawn {
    pub instrument: u32,
    pub side: Side,
    pub lots: i64,
    pub offset_ticks: i64,
}

impl Drawn {
    /// Returns an order of this kind at a level so many ticks in the direction of its side.
    pub fn order(self, market: i64, order_type: OrderType, away_ticks: i64) -> OrderIntent {
        let at = |ticks: i64| Some(Price::from_ticks((market + self.side.signed(ticks)).max(1)));
        let waits = order_type.has_trigger();
        let distance = match away_ticks.abs() {
            ticks if ticks % 2 == 0 => TrailingDistance::Ticks(ticks + 1),
            ticks => TrailingDistance::Share(Fraction::from_millionths(ticks * 100)),
        };
        OrderIntent {
            order_type,
            limit_price: at(if waits { away_ticks + LIMIT_TICKS } else { away_ticks })
                .filter(|_| order_type.has_limit()),
            trigger_price: at(away_ticks).filter(|_| waits),
            terms: OrderTerms {
                trailing: (order_type == OrderType::TrailingStop).then_some(distance),
                ..OrderTerms::default()
            },
            ..OrderIntent::market(
                InstrumentId(self.instrument),
                self.side,
                Quantity::from_lots(self.lots),
            )
        }
    }

    /// Returns an entry of this kind; a third of the limit orders can fill at once.
    pub fn entry(self, market: i64, order_type: OrderType) -> OrderIntent {
        let away = match order_type {
            OrderType::Limit => 15 - self.offset_ticks,
            OrderType::TakeProfitMarket | OrderType::TakeProfitLimit => -self.offset_ticks,
            _ => self.offset_ticks,
        };
        self.order(market, order_type, away)
    }

    /// Returns the orders of a list.
    fn list(self, market: i64, contingency: Contingency, shape: u64) -> Vec<OrderIntent> {
        let pick = |place: u64, kinds: [OrderType; 3]| kinds[(place % 3) as usize];
        let entry = match shape % 4 {
            0 => OrderType::Market,
            1 | 2 => OrderType::Limit,
            _ => OrderType::StopMarket,
        };
        use OrderType::{
            Limit, StopLimit, StopMarket, TakeProfitLimit, TakeProfitMarket, TrailingStop,
        };
        let stop = pick(shape / 4, [StopMarket, StopLimit, TrailingStop]);
        let target = pick(shape / 12, [Limit, TakeProfitMarket, TakeProfitLimit]);
        let (is_smaller, exits) = ((shape / 36).is_multiple_of(3), shape / 108 == 1);
        let lots = if is_smaller { (self.lots / 2).max(1) } else { self.lots };
        let against = Self { side: self.side.opposite(), lots, ..self };
        let exit = |intent: OrderIntent| OrderIntent { reduce_only: true, ..intent };
        // What is favourable for the entry lies behind an order of the other side.
        let stopped = exit(against.order(market, stop, 20 + self.offset_ticks));
        let won = exit(against.order(market, target, -15 - self.offset_ticks));
        match contingency {
            Contingency::Oco | Contingency::Ouo if exits => vec![stopped, won],
            Contingency::Oco | Contingency::Ouo => {
                let other = Self { lots, ..self };
                vec![
                    self.order(market, StopMarket, 10 + self.offset_ticks),
                    other.order(market, Limit, -self.offset_ticks),
                ]
            }
            Contingency::Bracket => vec![self.entry(market, entry), stopped, won],
            Contingency::Oto if exits => {
                let further = Self { lots, ..self };
                vec![
                    self.entry(market, entry),
                    stopped,
                    further.order(market, Limit, -30 - self.offset_ticks),
                ]
            }
            Contingency::Oto => vec![self.entry(market, entry), won],
        }
    }
}

impl World {
    /// Returns the venue's last price.
    pub(super) fn market(&self, instrument: u32) -> i64 {
        self.exchange.prices.get(instrument as usize).copied().unwrap_or(START_TICKS)
    }

    pub(super) fn submit_list(
        &mut self,
        drawn: Drawn,
        contingency: Contingency,
        shape: u64,
    ) -> Result<()> {
        if self.down {
            return Ok(());
        }
        let mut orders = drawn.list(self.market(drawn.instrument), contingency, shape);
        let at_once = if contingency.is_pair() { orders.len() } else { 1 };
        let first = self.engine.next_client_order_id().0;
        for (place, intent) in orders.iter_mut().enumerate() {
            intent.ts_intent = Timestamp(self.now);
            if place < at_once {
                intent.client_order_id = ClientOrderId(first + place as u64);
            }
        }
        let input = Input::SubmitList(OrderList { contingency, orders: &orders });
        match self.engine.step(&input, &mut self.journal, &mut self.commands) {
            Ok(verdict) => {
                let approved = verdict.filter(|verdict| verdict.approved());
                if approved.is_none_or(|verdict| verdict.reducing) {
                    return Ok(());
                }
                // Each was judged with those ahead of it open: the last one with all of them.
                let sent = orders.get(..at_once).unwrap_or_default();
                if let Some(last) = sent.iter().rfind(|intent| !intent.reduce_only) {
                    checks::limits(&self.engine, &self.exchange, last)?;
                }
                Ok(())
            }
            Err(error) => self.survive(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_every_list_is_one_that_the_engine_takes() {
        let drawn = Drawn { instrument: 0, side: Side::Sell, lots: 3, offset_ticks: 7 };
        for shape in 0..SHAPES {
            for (contingency, ..) in Contingency::VOCABULARY.iter().copied() {
                let orders = drawn.list(10_000, contingency, shape);
                OrderList { contingency, orders: &orders }.validate().unwrap();
            }
        }
    }
}
