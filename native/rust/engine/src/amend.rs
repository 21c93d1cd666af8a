//! Changing an open order: judged as an order is, and holding the worse of old and new until the venue has answered.

use crate::engine::Engine;
use crate::input::Command;
use crate::reservation::released_case;
use crate::sink::Sink;
use holdfast_core::amendment::{Amendment, Replacement};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_state::transition;
use holdfast_core::{
    ClientOrderId, Code, Error, Order, OrderEvent, ReportKind, Result, VenueReport,
};
use holdfast_risk::{Subject, Verdict, View};

impl Engine {
    /// Judges an amendment and, when approved, asks the venue for it.
    ///
    /// A quantity that only shrinks passes like a cancel, whatever the limits say. Everything else is judged as an order of
    /// the new quantity and prices would be, with its own old reservation taken off.
    pub(crate) fn amend(
        &mut self,
        amendment: &Amendment,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Box<Verdict>> {
        let order = self.amendable(amendment.client_order_id)?;
        let replacement = amendment.resolve(order)?;
        let mut verdict = self.judge_replacement(order, &replacement)?;
        let separation = self.separate_unchanged(&replacement.on(&order.intent), &mut verdict);
        let verdict = self.boxed(verdict);
        self.emit(RecordKind::AmendRequested, amendment, sink)?;
        self.emit(RecordKind::Verdict, verdict.as_ref(), sink)?;
        if verdict.approved() {
            // An amendment is a message to the venue, and opens nothing that was not counted when its order was sent.
            self.gate.note_amended(self.now());
            self.give_way(separation, sink, commands)?;
            self.request_replace(replacement, sink, commands)?;
        }
        Ok(verdict)
    }

    /// Finds an open order that has no amendment in flight.
    fn amendable(&self, id: ClientOrderId) -> Result<&Order> {
        let order = self.open_order(id)?;
        let (base, overlays, _) = order.state.load();
        if transition(base, overlays, OrderEvent::RequestReplace).is_none() {
            return Err(Error::new(
                Code::OrderTransitionIllegal,
                format!("order {} must have no amendment in flight to be amended", id.0),
            )
            .with("client_order_id", id.0)
            .with("state", base.name())
            .with("overlays", overlays.bits()));
        }
        Ok(order)
    }

    fn judge_replacement(&self, order: &Order, replacement: &Replacement) -> Result<Verdict> {
        let state = self.state(order.intent.instrument)?;
        let intent = replacement.on(&order.intent);
        let in_force = Replacement::of(order);
        let same_prices = (in_force.limit_price, in_force.trigger_price)
            == (replacement.limit_price, replacement.trigger_price);
        let (equity, other_exposure) = self.in_settlement(state)?;
        let without = released_case(state.case, &order.intent, order.reserved);
        let view = View {
            instrument: &state.instrument,
            now: self.now(),
            mark: state.mark,
            case: state.case_with(without, self.position_mode, &intent)?,
            equity,
            other_exposure,
            // The order has its place already.
            open_orders: (self.orders.len().saturating_sub(1), self.max_open_orders),
            opening_ahead: 0,
            around: self.around(state, &intent, order.reserved, 0)?,
        };
        let leaves = replacement.quantity.minus(order.cum_quantity)?;
        let lessens = same_prices && replacement.quantity <= order.quantity;
        let mut verdict = self.gate.judge(&intent, Subject::Amendment { leaves, lessens }, &view);
        self.check_account(&intent, leaves, without, &mut verdict)?;
        Ok(verdict)
    }

    /// Takes the venue's answer to an amendment: what is in force now.
    ///
    /// The prices are those that were asked for; a venue that changes an order unasked names its limit price itself.
    pub(crate) fn take_answer(&mut self, report: &VenueReport) {
        let Some(order) = self.order_mut(report.client_order_id) else { return };
        let asked = order.pending.take();
        if report.kind != ReportKind::Replaced {
            let refused_for_good = asked
                .zip(order.pairing.as_mut())
                .is_some_and(|(asked, pairing)| pairing.note_refused(asked.quantity));
            self.counts.alarms += u64::from(refused_for_good);
            return;
        }
        order.quantity = report.last_quantity;
        if let Some(pairing) = order.pairing.as_mut() {
            pairing.note_replaced(report.last_quantity);
        }
        if let Some(asked) = asked {
            order.amended = asked.number;
            order.intent.limit_price = asked.limit_price;
            // The trigger of one that was held has been met, and stays what it was.
            order.intent.trigger_price = asked.trigger_price.or(order.intent.trigger_price);
        } else if report.last_price.ticks() > 0 && order.intent.limit_price.is_some() {
            order.intent.limit_price = Some(report.last_price);
        }
    }

    /// Brings an order's reservation to what can still fill, and ends the order when that is nothing.
    ///
    /// A fill may have come while an amendment was in flight that would have left more, and an amendment may have left less
    /// than had filled: only the answer tells that the order is complete.
    pub(crate) fn settle(&mut self, id: ClientOrderId, sink: &mut impl Sink) -> Result<()> {
        self.reserve_worst(id)?;
        let complete = self
            .orders
            .get(&id.0)
            .is_some_and(|order| order.cum_quantity.lots() > 0 && order.worst_leaves().lots() == 0);
        if complete {
            self.transition(id, OrderEvent::CompleteFill, sink)?;
        }
        Ok(())
    }

    /// Reserves the worse of the quantity in force and the one that was asked for.
    pub(crate) fn reserve_worst(&mut self, id: ClientOrderId) -> Result<()> {
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(()) };
        let (before, after, intent) = (order.reserved, order.worst_leaves(), order.intent);
        order.reserved = after;
        if after > before {
            self.reserve(&intent, after.minus(before)?)
        } else {
            self.release(&intent, before.minus(after)?)
        }
    }
}
