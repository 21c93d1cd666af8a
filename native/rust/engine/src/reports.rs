//! What a venue reports moves its order; an ended order is put aside, and comes back when the venue proves that it lives.

use crate::config::ENDED_ORDERS_KEPT;
use crate::engine::Engine;
use crate::input::Command;
use crate::output::OrderChanged;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_fills::{Fill, Sighting};
use holdfast_core::order_state::{Transition, transition};
use holdfast_core::{
    BaseState, ClientOrderId, Code, Error, Order, OrderEvent, Overlays, Price, Quantity,
    ReportKind, Result, VenueReport,
};

impl Engine {
    /// Applies a report that was recorded and fits its order.
    pub(crate) fn on_report(
        &mut self,
        report: &VenueReport,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let id = report.client_order_id;
        let Some(order) = self.order_mut(id) else { return Ok(()) };
        note_shown(order, report.kind);
        let duplicate = report.kind == ReportKind::Fill
            && order.fills.sighting(&Fill::of(report)) != Sighting::New;
        let refused =
            matches!(report.kind, ReportKind::CancelRejected | ReportKind::ReplaceRejected);
        let ended = order.state.base().is_end();
        if duplicate {
            self.counts.alarms += 1;
            return Ok(());
        }
        if refused && ended {
            // The command crossed the order's end on its way: that it was refused is no news.
            return Ok(());
        }
        let event = match report.kind {
            ReportKind::Accepted if report.last_quantity > Quantity::ZERO => {
                return self.on_query_hit(id, report.last_quantity, sink, commands);
            }
            ReportKind::Accepted => OrderEvent::Accept,
            ReportKind::Rejected => OrderEvent::Reject,
            ReportKind::Triggered => OrderEvent::Trigger,
            ReportKind::Canceled => OrderEvent::Cancel,
            ReportKind::Expired => OrderEvent::Expire,
            ReportKind::Replaced => return self.on_replaced(report, sink, commands),
            ReportKind::CancelRejected => OrderEvent::RefuseCancel,
            ReportKind::ReplaceRejected => OrderEvent::RefuseReplace,
            ReportKind::Unknown => OrderEvent::ProveUnknown,
            ReportKind::Fill => return self.on_fill(report, sink, commands),
        };
        if !self.is_legal(id, event) || !self.is_answer(report) {
            self.counts.alarms += 1;
            return Ok(());
        }
        if event == OrderEvent::RefuseReplace {
            self.take_answer(report);
        }
        if event == OrderEvent::Expire {
            self.let_go(id);
        }
        self.move_order(id, event, report.last_quantity, sink)?;
        if event == OrderEvent::Trigger {
            self.make_way(id, sink, commands)?;
        }
        if event == OrderEvent::RefuseReplace {
            self.settle(id, sink)?;
        }
        self.settle_pair(id, sink, commands)
    }

    /// Returns whether the table has this event; "unknown" about an order that is not in doubt is the one word of a venue
    /// that it lacks, because it may have been overtaken by the evidence.
    fn is_legal(&mut self, id: ClientOrderId, event: OrderEvent) -> bool {
        self.order_mut(id).is_some_and(|order| {
            let (base, overlays, _) = order.state.load();
            transition(base, overlays, event).is_some()
        })
    }

    /// Returns whether a refusal of an amendment is about the one that was asked for last, where it says which one.
    fn is_answer(&mut self, report: &VenueReport) -> bool {
        let named = report.amendment.is_some() || report.last_quantity != Quantity::ZERO;
        if report.kind != ReportKind::ReplaceRejected || !named {
            return true;
        }
        self.order_mut(report.client_order_id).and_then(|order| order.pending).is_some_and(
            |asked| match report.amendment {
                Some(number) => asked.number == number,
                None => asked.quantity == report.last_quantity,
            },
        )
    }

    /// A query found the order open. When no amendment is under way, the quantity at the venue is the one in force, also
    /// when an amendment's answer was lost with an end that was not true.
    fn on_query_hit(
        &mut self,
        id: ClientOrderId,
        quantity: Quantity,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        self.transition(id, OrderEvent::Accept, sink)?;
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(()) };
        let in_flight = order.state.load().1.has(Overlays::PENDING_REPLACE);
        if in_flight {
            return Ok(());
        }
        if order.pending.is_none() && order.quantity == quantity {
            // It may live again after an end, and what it is due may have become less meanwhile.
            return self.settle_pair(id, sink, commands);
        }
        // What was asked for before an end that was not true has no answer any more but this one.
        order.pending = None;
        order.quantity = quantity;
        self.counts.alarms += 1;
        self.settle(id, sink)?;
        self.settle_pair(id, sink, commands)
    }

    /// Takes the quantity and prices that an amendment put in force. An answer to none that was asked for is an older one
    /// again, unless the venue says that less is in force.
    pub(crate) fn on_replaced(
        &mut self,
        report: &VenueReport,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let (id, quantity) = (report.client_order_id, report.last_quantity);
        let Some(order) = self.order_mut(id) else { return Ok(()) };
        let names = |price: Option<Price>| {
            report.last_price == Price::ZERO || price.is_none_or(|each| each == report.last_price)
        };
        let is_answer = match order.pending {
            Some(asked) => match report.amendment {
                Some(number) => asked.number == number,
                None => asked.quantity == quantity && names(asked.limit_price),
            },
            None => {
                let past = report.amendment.is_some_and(|number| number <= order.amended);
                quantity < order.quantity && !past
            }
        };
        if !is_answer {
            self.counts.alarms += 1;
            return Ok(());
        }
        self.take_answer(report);
        self.transition(id, OrderEvent::Replace, sink)?;
        self.settle(id, sink)?;
        self.settle_pair(id, sink, commands)
    }

    /// Moves an order by an event, keeps the counters, and gives back what an ended order had reserved.
    pub(crate) fn transition(
        &mut self,
        id: ClientOrderId,
        event: OrderEvent,
        sink: &mut impl Sink,
    ) -> Result<Transition> {
        self.move_order(id, event, Quantity::ZERO, sink)
    }

    /// As `transition`; what the venue says it filled before an end stays reserved until those fills have arrived.
    fn move_order(
        &mut self,
        id: ClientOrderId,
        event: OrderEvent,
        venue_filled: Quantity,
        sink: &mut impl Sink,
    ) -> Result<Transition> {
        let Some(order) = self.order_mut(id) else {
            return Err(Error::new(Code::OrderUnknown, format!("order {} must be known", id.0)));
        };
        let before = order.state.base();
        let intent = order.intent;
        let mut transition = order.state.apply(event)?;
        // More than was asked for is accounted like any fill, and somebody must look.
        let filled = matches!(event, OrderEvent::PartialFill | OrderEvent::CompleteFill);
        transition.alarm |= filled && order.overfilled();
        let changed = OrderChanged::of(order, event, transition);
        self.emit_change(&changed, sink)?;
        self.count(before, transition);
        if transition.base.is_end() && !before.is_end() {
            let released = self.retire(id, venue_filled)?;
            self.release(&intent, released)?;
        } else if before.is_end() && !transition.base.is_end() {
            self.revive(id)?;
        }
        self.note_cover(id);
        Ok(transition)
    }

    /// Puts an ended order aside and returns what it need not reserve any more.
    fn retire(&mut self, id: ClientOrderId, venue_filled: Quantity) -> Result<Quantity> {
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(Quantity::ZERO) };
        let under_way = venue_filled.max(order.cum_quantity).minus(order.cum_quantity)?;
        let kept = order.reserved.min(under_way);
        let released = order.reserved.minus(kept)?;
        order.reserved = kept;
        if self.ended_in_order.len() >= ENDED_ORDERS_KEPT
            && self.oldest_is_settled()
            && let Some(oldest) = self.ended_in_order.pop_front()
        {
            self.orders.forget_ended(&oldest);
        }
        self.ended_in_order.push_back(id.0);
        self.orders.retire(&id.0);
        Ok(released)
    }

    /// Returns whether the oldest of the ended orders waits for no fill and may be forgotten.
    fn oldest_is_settled(&self) -> bool {
        let oldest = self.ended_in_order.front().and_then(|id| self.orders.ended(id));
        oldest.is_none_or(|order| order.reserved == Quantity::ZERO)
    }

    /// Takes an order back that the venue proved to live after its end: what can still fill is reserved again, and may
    /// be past a limit, since it is there whether the gate likes it or not.
    fn revive(&mut self, id: ClientOrderId) -> Result<()> {
        if !self.orders.revive(&id.0) {
            return Ok(());
        }
        let Some(order) = self.orders.get_mut(&id.0) else { return Ok(()) };
        self.ended_in_order.retain(|ended| *ended != id.0);
        let intent = order.intent;
        if let Some(pairing) = order.pairing.as_mut() {
            pairing.forget_asked();
        }
        let worst = order.worst_leaves();
        let lots = worst.minus(order.reserved)?;
        if lots.lots() > 0 {
            order.reserved = worst;
        }
        if lots.lots() > 0 { self.reserve(&intent, lots) } else { Ok(()) }
    }

    fn count(&mut self, before: BaseState, transition: Transition) {
        let counts = &mut self.counts;
        counts.alarms += u64::from(transition.alarm);
        if before == transition.base {
            return;
        }
        match transition.base {
            BaseState::Accepted => counts.accepted += 1,
            BaseState::PartiallyFilled => counts.partially_filled += 1,
            BaseState::Filled => counts.filled += 1,
            BaseState::Canceled => counts.canceled += 1,
            BaseState::Expired => counts.expired += 1,
            BaseState::Rejected => counts.rejected += 1,
            BaseState::Initialized
            | BaseState::Denied
            | BaseState::Submitted
            | BaseState::Triggered => {}
        }
    }

    pub(crate) fn emit_change(&self, changed: &OrderChanged, sink: &mut impl Sink) -> Result<()> {
        self.emit(RecordKind::OrderChanged, changed, sink)
    }
}

/// A word about an order that was held until now shows that the venue has it. A refusal may have overtaken the order.
const fn note_shown(order: &mut Order, kind: ReportKind) {
    let is_proof = !matches!(
        kind,
        ReportKind::CancelRejected | ReportKind::ReplaceRejected | ReportKind::Unknown
    );
    if let (true, Some(released)) = (is_proof, order.released.as_mut()) {
        released.shown = true;
    }
}
