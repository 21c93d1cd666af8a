//! What a venue reports moves its order; an ended order is put aside, and comes back when the venue proves that it lives.

use crate::config::ENDED_ORDERS_KEPT;
use crate::engine::Engine;
use crate::input::Command;
use crate::output::OrderChanged;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_fills::{Fill, Sighting};
use holdfast_core::order_state::Transition;
use holdfast_core::{
    BaseState, ClientOrderId, Code, Error, OrderEvent, Quantity, ReportKind, Result, VenueReport,
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
        let duplicate = report.kind == ReportKind::Fill
            && order.fills.sighting(&Fill::of(report)) != Sighting::New;
        let refused = matches!(report.kind, ReportKind::CancelRefused | ReportKind::ReplaceRefused);
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
            ReportKind::Accepted => OrderEvent::Accept,
            ReportKind::Rejected => OrderEvent::Reject,
            ReportKind::Triggered => OrderEvent::Trigger,
            ReportKind::Canceled => OrderEvent::Cancel,
            ReportKind::Expired => OrderEvent::Expire,
            ReportKind::CancelRefused => OrderEvent::RefuseCancel,
            ReportKind::Replaced => OrderEvent::Replace,
            ReportKind::ReplaceRefused => OrderEvent::RefuseReplace,
            ReportKind::Fill => return self.on_fill(report, sink, commands),
        };
        if matches!(event, OrderEvent::Replace | OrderEvent::RefuseReplace) {
            self.take_answer(report);
        }
        self.transition(id, event, sink)?;
        if event == OrderEvent::Trigger {
            self.make_way(id, sink, commands)?;
        }
        self.settle(id, sink)
    }

    /// Moves an order by an event, keeps the counters, and gives back what an ended order had reserved.
    pub(crate) fn transition(
        &mut self,
        id: ClientOrderId,
        event: OrderEvent,
        sink: &mut impl Sink,
    ) -> Result<Transition> {
        let Some(order) = self.order_mut(id) else {
            return Err(Error::new(Code::OrderUnknown, format!("order {} must be known", id.0)));
        };
        let before = order.state.base();
        let (instrument, side) = (order.intent.instrument, order.intent.side);
        let mut transition = order.state.apply(event)?;
        // More than was asked for is accounted like any fill, and somebody must look.
        let filled = matches!(event, OrderEvent::PartialFill | OrderEvent::CompleteFill);
        transition.alarm |= filled && order.overfilled();
        let changed = OrderChanged::of(order, event, transition);
        self.emit_change(&changed, sink)?;
        self.count(before, transition);
        if transition.base.is_end() && !before.is_end() {
            let reserved = self.retire(id);
            if reserved.lots() > 0 {
                let state = self.state_mut(instrument)?;
                state.case = state.case.release(side, reserved.lots());
                self.refresh(instrument)?;
            }
        } else if before.is_end() && !transition.base.is_end() {
            self.revive(id);
            // What lives can fill again, so it counts again.
            self.reserve_worst(id)?;
        }
        Ok(transition)
    }

    /// Puts an ended order aside and returns what it still had reserved.
    fn retire(&mut self, id: ClientOrderId) -> Quantity {
        let Some(mut order) = self.orders.remove(&id.0) else { return Quantity::ZERO };
        let reserved = std::mem::take(&mut order.reserved);
        if self.ended_in_order.len() == ENDED_ORDERS_KEPT
            && let Some(oldest) = self.ended_in_order.pop_front()
        {
            self.ended.remove(&oldest);
        }
        self.ended_in_order.push_back(id.0);
        self.ended.insert(id.0, order);
        reserved
    }

    /// Takes an order back that the venue proved to live after its end.
    fn revive(&mut self, id: ClientOrderId) {
        if let Some(order) = self.ended.remove(&id.0) {
            self.ended_in_order.retain(|ended| *ended != id.0);
            self.orders.insert(id.0, order);
        }
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
