//! What the schedule lets happen: the market, the strategy, and the faults.

use super::kind::FaultKind;
use super::lists::Drawn;
use super::network::Delivery;
use super::schedule::Act;
use super::setting::{JUMP_NS_MAX, START_TICKS};
use super::world::World;
use super::{checks, held_orders};
use holdfast_core::{
    Amendment, Code, InstrumentId, Order, OrderIntent, Price, Quantity, Result, Side, Timestamp,
    Trade,
};
use holdfast_engine::Input;

impl World {
    #[inline(never)]
    pub(super) fn act(&mut self, act: Act) -> Result<()> {
        match act {
            Act::Price { instrument, move_ticks } => self.trade(instrument, move_ticks),
            Act::Submit {
                instrument,
                side,
                order_type,
                time_in_force,
                lots,
                offset_ticks,
                protected,
                keyed,
            } => {
                let market = self.market(instrument);
                let level =
                    |away: i64| Some(Price::from_ticks((market + side.signed(away)).max(1)));
                let drawn = Drawn { instrument, side, lots, offset_ticks };
                let intent = OrderIntent {
                    time_in_force,
                    stop_loss: level(-60).filter(|_| protected),
                    take_profit: level(45).filter(|_| protected),
                    ..drawn.entry(market, order_type)
                };
                if keyed { self.submit_keyed(intent) } else { self.submit(intent) }
            }
            Act::List { instrument, contingency, side, lots, offset_ticks, shape } => {
                let drawn = Drawn { instrument, side, lots, offset_ticks };
                self.submit_list(drawn, contingency, shape)
            }
            Act::Repeat { which, other } => self.repeat(which, other),
            Act::Cancel { which } => {
                match self.open_order(which).map(|order| order.intent.client_order_id) {
                    Some(client_order_id) if !self.down => {
                        self.step(&Input::Cancel { client_order_id, ts: Timestamp(self.now) })
                    }
                    _ => Ok(()),
                }
            }
            Act::Amend { which, lots, move_ticks } => self.amend(which, lots, move_ticks),
            Act::Fault { kind, span_ns, detail } => {
                self.begin_fault(kind, span_ns, detail);
                Ok(())
            }
        }
    }

    fn trade(&mut self, instrument: u32, move_ticks: i64) -> Result<()> {
        let Some(price) = self.exchange.prices.get(instrument as usize) else { return Ok(()) };
        let price = (price + move_ticks).clamp(START_TICKS / 2, START_TICKS * 2);
        self.exchange.trade(instrument, price, self.now);
        if self.down {
            return Ok(());
        }
        self.step(&Input::Trade(Trade {
            instrument: InstrumentId(instrument),
            ts_event: Timestamp(self.now),
            price: Price::from_ticks(price),
            quantity: Quantity::from_lots(1),
            aggressor_side: Side::Buy,
        }))?;
        if self.down {
            return Ok(());
        }
        held_orders::triggered(&self.engine, instrument, Price::from_ticks(price))
    }

    fn submit(&mut self, intent: OrderIntent) -> Result<()> {
        if self.down {
            return Ok(());
        }
        let client_order_id = self.engine.next_client_order_id();
        let intent = OrderIntent { client_order_id, ts_intent: Timestamp(self.now), ..intent };
        let verdict =
            self.engine.step(&Input::Submit(intent), &mut self.journal, &mut self.commands);
        match verdict {
            Ok(Some(verdict)) => {
                // What only reduces passes also when the market has carried a position past the limit.
                if verdict.approved() && !verdict.reducing {
                    checks::limits(&self.engine, &self.exchange, &intent)?;
                }
                self.engine.recycle(verdict);
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => self.survive(error),
        }
    }

    fn open_order(&self, which: u64) -> Option<&Order> {
        let open = self.engine.open_order_count() as u64;
        let place = which.checked_rem(open).unwrap_or(0) as usize;
        self.engine.open_orders().nth(place)
    }

    fn amend(&mut self, which: u64, lots: i64, move_ticks: i64) -> Result<()> {
        let Some(order) = self.open_order(which).filter(|_| !self.down) else { return Ok(()) };
        let moved = |price: Option<Price>| {
            price
                .filter(|_| move_ticks != 0)
                .map(|price| Price::from_ticks((price.ticks() + move_ticks).max(1)))
        };
        let amendment = Amendment {
            client_order_id: order.intent.client_order_id,
            quantity: Some(Quantity::from_lots(lots)),
            limit_price: moved(order.intent.limit_price),
            // Where the venue lacks the kind, it has no trigger to move.
            trigger_price: moved(order.intent.trigger_price).filter(|_| order.released.is_none()),
            ts: Timestamp(self.now),
        };
        // One that changes nothing or comes too early is the strategy's error, and none of the engine's.
        let Ok(replacement) = amendment.resolve(order) else { return Ok(()) };
        let intent = replacement.on(&order.intent);
        let input = Input::Amend(amendment);
        self.ties.amending(amendment.client_order_id, &self.engine);
        let outcome = self.engine.step(&input, &mut self.journal, &mut self.commands);
        if matches!(&outcome, Ok(Some(verdict)) if verdict.approved()) {
            self.ties.amended(amendment.client_order_id, &self.engine);
        }
        match outcome {
            Ok(Some(verdict)) if verdict.approved() && !verdict.reducing => {
                checks::limits(&self.engine, &self.exchange, &intent)
            }
            Err(error) if error.code() != Code::OrderTransitionIllegal => self.survive(error),
            _ => Ok(()),
        }
    }

    fn begin_fault(&mut self, kind: FaultKind, span_ns: i64, detail: u64) {
        self.exchange.windows.open(kind, self.now + span_ns);
        match kind {
            FaultKind::Outage => self.exchange.outage_detail = detail,
            FaultKind::ClockJump => {
                self.exchange.clock_offset_ns = detail.cast_signed() - JUMP_NS_MAX;
            }
            FaultKind::DiskFull => {
                self.journal.disk_full = true;
                self.network.at(self.now + span_ns, Delivery::DiskHeals);
            }
            FaultKind::Crash if self.down => {}
            FaultKind::Crash if detail.is_multiple_of(12) => {
                self.die(Some(self.engine.state_hash()))
            }
            FaultKind::Crash => self.journal.fuse = Some(detail % 12),
            _ => {}
        }
    }
}
