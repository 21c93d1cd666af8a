//! Taking the venue's word over: orders of others come to life under ids of their own, fills and positions are booked once,
//! under the venue's trade id or one that follows from the item.

use super::item::{Difference, ItemId};
use crate::engine::Engine;
use crate::exposure::Leg;
use crate::input::Command;
use crate::output::OrderChanged;
use crate::sink::Sink;
use crate::venue_snapshot::{VenueFill, VenueOrder, VenueOrderStatus, closes_leg};
use crate::wallet::CurrencyId;
use holdfast_core::{
    Amount, ClientOrderId, InstrumentId, Order, OrderEvent, OrderIntent, OrderRole, Price,
    Quantity, Replacement, ReportKind, Result, Side, Timestamp, TradeId, VenueReport,
};

/// Set in trade ids that no venue gave; they stay below 2^53, where JavaScript counts exactly.
const SYNTHETIC_TRADE: u64 = 1 << 52;

impl VenueFill {
    /// Returns the fill as a report on an order.
    pub(super) fn report(&self, client_order_id: ClientOrderId) -> VenueReport {
        VenueReport {
            trade_id: self.trade_id,
            last_price: self.price,
            last_quantity: self.quantity,
            fee: self.fee,
            fee_currency: self.fee_currency,
            ..VenueReport::without_fill(client_order_id, ReportKind::Fill, self.ts_event)
        }
    }
}

impl Engine {
    pub(super) fn adopt(
        &mut self,
        item: ItemId,
        difference: &Difference,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        match difference {
            Difference::OrderMissingHere { order, fills } => {
                self.adopt_order(order, fills, sink, commands).map(|_| ())
            }
            Difference::OrderMissingThere { client_order_id, .. } => self.adopt_report(
                *client_order_id,
                ReportKind::Unknown,
                Quantity::ZERO,
                sink,
                commands,
            ),
            Difference::OrderEndedHere { client_order_id, order, .. } => {
                self.revive_order(*client_order_id, order, sink, commands)
            }
            Difference::OrderEndedThere { client_order_id, status, filled } => {
                let kind = match status {
                    VenueOrderStatus::Expired => ReportKind::Expired,
                    VenueOrderStatus::Rejected => ReportKind::Rejected,
                    _ => ReportKind::Canceled,
                };
                self.adopt_report(*client_order_id, kind, *filled, sink, commands)
            }
            Difference::QuantityDiffers { client_order_id, there, .. } => {
                self.adopt_quantity(*client_order_id, *there, sink, commands)
            }
            Difference::PriceDiffers { client_order_id, is_trigger, there, .. } => {
                self.adopt_price(*client_order_id, *is_trigger, *there, sink, commands)
            }
            Difference::FilledDiffers { client_order_id, here, there, price: Some(price) } => {
                let (_, trade_id) = self.next_synthetic(item);
                let report = VenueReport {
                    trade_id,
                    last_price: *price,
                    last_quantity: there.minus(*here)?,
                    ..VenueReport::without_fill(*client_order_id, ReportKind::Fill, self.now())
                };
                self.on_report(&report, sink, commands)
            }
            Difference::FillMissingHere { client_order_id, fill } => {
                let id = *client_order_id;
                self.on_report(&fill.report(id), sink, commands)?;
                // A fill from before is no sign of life: what the venue does not list stays in doubt.
                if self.orders.contains_key(&id.0) && self.is_missing_there(id) {
                    self.transition(id, OrderEvent::LoseTrack, sink)?;
                }
                Ok(())
            }
            Difference::FillUnknown { fill, .. } => self.adopt_fill(fill, sink, commands),
            Difference::PositionDiffers { .. } => {
                self.adopt_position(item, difference, sink, commands)
            }
            Difference::BalanceDiffers { currency, there, .. } => {
                self.adopt_balance(*currency, *there)
            }
            // `obstacle` lets none of these come here.
            Difference::FilledDiffers { price: None, .. }
            | Difference::OrderConflict { .. }
            | Difference::TradeConflict { .. } => Ok(()),
        }
    }

    /// Adopts, and closes what the venue has.
    pub(super) fn flatten(
        &mut self,
        item: ItemId,
        difference: &Difference,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        match difference {
            Difference::OrderMissingHere { order, fills } => {
                let id = self.adopt_order(order, fills, sink, commands)?;
                if self.orders.contains_key(&id.0) {
                    self.request_cancel(id, sink, commands)
                } else {
                    Ok(())
                }
            }
            // Nothing of it is open here, so that there is no state to move: the venue is told alone.
            Difference::OrderEndedHere { client_order_id, .. }
            | Difference::OrderConflict { client_order_id, .. } => {
                commands.push(Command::Cancel(*client_order_id));
                Ok(())
            }
            Difference::PositionDiffers { instrument, is_short, .. } => {
                self.adopt_position(item, difference, sink, commands)?;
                let leg = if *is_short { Leg::Short } else { Leg::Long };
                let held = self.state(*instrument)?.leg(leg).lots();
                self.liquidate_leg(*instrument, held, sink, commands)
            }
            _ => Ok(()),
        }
    }

    /// Makes an order that was sent by nobody here known: it is there, whether the gate likes it or not.
    fn insert_external(
        &mut self,
        intent: OrderIntent,
        (filled, average): (Quantity, Option<Price>),
        sink: &mut impl Sink,
    ) -> Result<()> {
        let mut order = Order::new(intent);
        order.cum_quantity = filled;
        order.filled_tick_lots =
            i128::from(average.map_or(0, Price::ticks)) * i128::from(filled.lots());
        let transition = order.state.apply(OrderEvent::Submit)?;
        order.reserved = order.leaves();
        self.reserve(&intent, order.reserved)?;
        self.emit_change(&OrderChanged::of(&order, OrderEvent::Submit, transition), sink)?;
        self.orders.insert(intent.client_order_id.0, order);
        self.transition(intent.client_order_id, OrderEvent::Accept, sink).map(|_| ())
    }

    fn adopt_order(
        &mut self,
        order: &VenueOrder,
        fills: &[VenueFill],
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<ClientOrderId> {
        let id = self.external_order(&order.venue_order_id, order.client_order_id)?;
        let listed: i64 = fills.iter().map(|fill| fill.quantity.lots()).sum();
        // What filled and is not listed belongs to the order; what it did to the position is a difference of that.
        let before = Quantity::from_lots(order.filled.lots().saturating_sub(listed).max(0));
        let filled = (before, order.average_price);
        self.insert_external(order.intent(id, self.now()), filled, sink)?;
        for fill in fills {
            self.on_report(&fill.report(id), sink, commands)?;
        }
        Ok(id)
    }

    fn external_order(
        &mut self,
        venue_order_id: &str,
        client: Option<ClientOrderId>,
    ) -> Result<ClientOrderId> {
        let id = match client {
            Some(id) => id,
            None => self.external_id(venue_order_id)?,
        };
        self.remember_external(venue_order_id, id)?;
        Ok(id)
    }

    /// Books a fill of an order that is over and was never known; the order is as large as all its fills that are told.
    fn adopt_fill(
        &mut self,
        fill: &VenueFill,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let id = self.external_order(&fill.venue_order_id, fill.client_order_id)?;
        if self.order(id).is_none() {
            let others = self.reconciliation.open.values().filter_map(|other| match other {
                Difference::FillUnknown { fill: other, .. }
                    if other.venue_order_id == fill.venue_order_id =>
                {
                    Some(other.quantity.lots())
                }
                _ => None,
            });
            let lots = others.fold(fill.quantity.lots(), i64::saturating_add);
            let reduce_only = closes_leg(self.position_mode, fill.side, fill.moves_short);
            let leg = (fill.instrument, fill.side, reduce_only);
            let intent = self.market_order(id, leg, Quantity::from_lots(lots));
            self.insert_external(intent, (Quantity::ZERO, None), sink)?;
        }
        self.on_report(&fill.report(id), sink, commands)
    }

    fn market_order(
        &self,
        client_order_id: ClientOrderId,
        (instrument, side, reduce_only): (InstrumentId, Side, bool),
        quantity: Quantity,
    ) -> OrderIntent {
        OrderIntent {
            client_order_id,
            role: OrderRole::External,
            reduce_only,
            ts_intent: self.now(),
            ..OrderIntent::market(instrument, side, quantity)
        }
    }

    /// Returns a name and a trade id that no venue gave: they follow from the item and from how many came before.
    fn next_synthetic(&mut self, item: ItemId) -> (String, TradeId) {
        self.reconciliation.synthetic += 1;
        let name = format!("adopted-{item}-{}", self.reconciliation.synthetic);
        let hash = blake3::derive_key("holdfast 2026 synthetic trade id", name.as_bytes());
        let mut word = [0_u8; 8];
        word.copy_from_slice(&hash[..8]);
        let number = u64::from_le_bytes(word) % SYNTHETIC_TRADE;
        (name, TradeId(SYNTHETIC_TRADE | number))
    }

    /// Books what the position differs by as one fill: at the venue's entry price, or else at the market's last price. What
    /// the true price was shows as a difference of the balance.
    fn adopt_position(
        &mut self,
        item: ItemId,
        difference: &Difference,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let Difference::PositionDiffers { instrument, is_short, here, there, explained, price } =
            difference
        else {
            return Ok(());
        };
        let mark = self.state(*instrument)?.mark.map(|(mark, _)| mark);
        let Some(price) = price.or(mark) else { return Ok(()) };
        let moved = there.minus(*here)?.minus(*explained)?;
        let side = if moved > Quantity::ZERO { Side::Buy } else { Side::Sell };
        let quantity = Quantity::from_lots(moved.lots().saturating_abs());
        let reduce_only = closes_leg(self.position_mode, side, *is_short);
        let (name, trade_id) = self.next_synthetic(item);
        let id = self.external_order(&name, None)?;
        let intent = self.market_order(id, (*instrument, side, reduce_only), quantity);
        self.insert_external(intent, (Quantity::ZERO, None), sink)?;
        let report = VenueReport {
            trade_id,
            last_price: price,
            last_quantity: quantity,
            ..VenueReport::without_fill(id, ReportKind::Fill, self.now())
        };
        self.on_report(&report, sink, commands)
    }

    fn adopt_report(
        &mut self,
        id: ClientOrderId,
        kind: ReportKind,
        last_quantity: Quantity,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let report =
            VenueReport { last_quantity, ..VenueReport::without_fill(id, kind, self.now()) };
        self.on_report(&report, sink, commands)
    }

    /// Lets a rejected order live again, with what is in force at the venue.
    fn revive_order(
        &mut self,
        id: ClientOrderId,
        listed: &VenueOrder,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        if let Some(order) = self.order_mut(id) {
            order.intent.limit_price = listed.limit_price.or(order.intent.limit_price);
            order.intent.trigger_price = listed.trigger_price.or(order.intent.trigger_price);
        }
        self.transition(id, OrderEvent::Accept, sink)?;
        let is_other =
            self.orders.get(&id.0).is_some_and(|order| order.quantity != listed.quantity);
        if is_other { self.adopt_quantity(id, listed.quantity, sink, commands) } else { Ok(()) }
    }

    /// Takes the quantity in force; where it is the one that was asked for, that amendment was carried out.
    fn adopt_quantity(
        &mut self,
        id: ClientOrderId,
        there: Quantity,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(()) };
        order.quantity = there;
        if let Some(pairing) = order.pairing.as_mut() {
            pairing.note_replaced(there);
        }
        self.transition(id, OrderEvent::Accept, sink)?;
        self.settle(id, sink)?;
        self.settle_pair(id, sink, commands)?;
        self.settle_amendment(id, sink, commands)
    }

    /// Takes an amendment for answered when the venue's form of the order is wholly the one that was asked for: an amendment
    /// that shares its quantity alone may still be under way.
    fn settle_amendment(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(()) };
        if !order.pending.is_some_and(|asked| asked.is_form_of(&Replacement::of(order))) {
            return Ok(());
        }
        let replaced = VenueReport {
            last_quantity: order.quantity,
            ..VenueReport::without_fill(id, ReportKind::Replaced, Timestamp::default())
        };
        self.on_replaced(&replaced, sink, commands)
    }

    fn adopt_price(
        &mut self,
        id: ClientOrderId,
        is_trigger: bool,
        there: Price,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(()) };
        let intent = &mut order.intent;
        let price = if is_trigger { &mut intent.trigger_price } else { &mut intent.limit_price };
        *price = Some(there);
        self.transition(id, OrderEvent::Accept, sink)?;
        self.settle_amendment(id, sink, commands)
    }

    /// Takes the venue's balance: what it differs by came in or went out outside, so that the start moves with it.
    fn adopt_balance(&mut self, currency: CurrencyId, there: Amount) -> Result<()> {
        let account = &mut self.wallets.get_mut(currency)?.account;
        let moved = there.minus(account.cash)?;
        account.start_cash = account.start_cash.plus(moved)?;
        account.cash = there;
        self.equity = self.wallets.equity()?;
        Ok(())
    }
}
