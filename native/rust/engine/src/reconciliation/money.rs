//! Positions and balances beside the venue's: what fills that wait explain is no difference of its own.

use super::decide::Closing;
use super::item::{Difference, ItemId};
use crate::engine::Engine;
use crate::exposure::Leg;
use crate::sink::Sink;
use crate::venue_snapshot::{VenueFill, VenueSnapshot};
use holdfast_core::{ClientOrderId, InstrumentId, OrderIntent, Quantity, Result};
use std::collections::BTreeMap;

impl Engine {
    /// What the fills that are listed and not applied do not explain.
    pub(super) fn compare_positions(&self, snapshot: &VenueSnapshot, found: &mut Vec<Difference>) {
        let mut explained: BTreeMap<(InstrumentId, bool), i64> = BTreeMap::new();
        for difference in found.iter() {
            for (leg, lots) in self.moves(difference) {
                let sum = explained.entry(leg).or_default();
                *sum = sum.saturating_add(lots);
            }
        }
        for (index, state) in self.instruments.iter().enumerate() {
            let instrument = InstrumentId(index as u32);
            for is_short in [false, true] {
                let told = snapshot
                    .positions
                    .iter()
                    .find(|told| (told.instrument, told.is_short) == (instrument, is_short));
                if told.is_none() && !snapshot.positions_complete {
                    continue;
                }
                let here = state.leg(if is_short { Leg::Short } else { Leg::Long }).lots();
                let there = told.map_or(Quantity::ZERO, |told| told.lots);
                let known = explained.get(&(instrument, is_short)).copied().unwrap_or(0);
                if there.lots() != here.lots().saturating_add(known) {
                    found.push(Difference::PositionDiffers {
                        instrument,
                        is_short,
                        here,
                        there,
                        explained: Quantity::from_lots(known),
                        price: told.and_then(|told| told.average_price),
                    });
                }
            }
        }
    }

    /// Returns what a difference moves when it is adopted: legs and signed lots.
    fn moves(&self, difference: &Difference) -> Vec<((InstrumentId, bool), i64)> {
        let of_fill = |fill: &VenueFill, moves_short: bool| {
            ((fill.instrument, moves_short), fill.side.signed(fill.quantity.lots()))
        };
        let of_order = |id: &ClientOrderId| {
            self.order(*id).map(|order| {
                let intent = &order.intent;
                let leg = self.position_mode.leg(intent.side, intent.reduce_only);
                (intent, leg == Leg::Short)
            })
        };
        match difference {
            Difference::OrderMissingHere { order, fills } => {
                let leg = self.position_mode.leg(order.side, order.reduce_only);
                fills.iter().map(|fill| of_fill(fill, leg == Leg::Short)).collect()
            }
            Difference::FillMissingHere { client_order_id, fill } => {
                of_order(client_order_id).iter().map(|(_, short)| of_fill(fill, *short)).collect()
            }
            Difference::FillUnknown { fill, was_ours: false } => {
                vec![of_fill(fill, fill.moves_short)]
            }
            Difference::FilledDiffers { client_order_id, here, there, price: Some(_) } => {
                let lots = there.lots().saturating_sub(here.lots());
                let moved = |(intent, short): (&OrderIntent, bool)| {
                    ((intent.instrument, short), intent.side.signed(lots))
                };
                of_order(client_order_id).filter(|_| lots > 0).map(moved).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Compares balances once nothing is open that moves cash; before that every fill would show twice.
    pub(super) fn compare_balances(&mut self, sink: &mut impl Sink) -> Result<()> {
        if self.reconciliation.open.values().any(Difference::moves_cash) {
            return Ok(());
        }
        let mut found = BTreeMap::new();
        for balance in &self.reconciliation.balances {
            let here = self.wallets.get(balance.currency)?.account.cash;
            if here != balance.cash {
                let (currency, there) = (balance.currency, balance.cash);
                let difference = Difference::BalanceDiffers { currency, here, there };
                found.insert(difference.id(), difference);
            }
        }
        let told: Vec<_> = self.reconciliation.balances.iter().map(|each| each.currency).collect();
        let is_gone = |id: &ItemId, difference: &Difference| {
            let Difference::BalanceDiffers { currency, .. } = difference else { return false };
            told.contains(currency) && !found.contains_key(id)
        };
        let open = &self.reconciliation.open;
        let gone: Vec<_> =
            open.iter().filter(|(id, each)| is_gone(id, each)).map(|(id, _)| *id).collect();
        self.reconciliation.ignored.retain(|id, each| !is_gone(id, each));
        for id in gone {
            self.close_item(id, Closing::Vanished, sink)?;
        }
        for (_, difference) in found {
            self.list_item(difference, sink)?;
        }
        Ok(())
    }
}
