//! Orders: from intent through the gate to the venue, and back through reports to positions.

use crate::config::ENDED_ORDERS_KEPT;
use crate::engine::Engine;
use crate::input::Command;
use crate::output::{OrderChanged, PositionChanged};
use crate::position::PositionChange;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::order_state::Transition;
use holdfast_core::{
    BaseState, ClientOrderId, Code, Error, Order, OrderEvent, OrderIntent, OrderRole, Quantity,
    ReportKind, Result, VenueReport,
};
use holdfast_risk::{Verdict, View};

impl Engine {
    /// Judges an intent and, when approved, reserves and sends it; check and reserve are one step.
    pub(crate) fn submit(
        &mut self,
        intent: OrderIntent,
        kind: RecordKind,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Box<Verdict>> {
        intent.validate()?;
        self.state(intent.instrument)?;
        if intent.client_order_id.0 != self.next_order_id {
            return Err(Error::new(
                Code::OrderInvalid,
                format!(
                    "client_order_id must be {}, was {}",
                    self.next_order_id, intent.client_order_id.0
                ),
            ));
        }
        self.next_order_id += 1;
        self.emit(kind, &intent, sink)?;
        // Boxed, because every step would carry its size otherwise.
        let verdict = Box::new(self.judge(&intent)?);
        self.emit(RecordKind::Verdict, verdict.as_ref(), sink)?;
        self.counts.submitted += 1;
        let mut order = Order::new(intent);
        if !verdict.approved() {
            self.counts.denied += 1;
            let transition = order.state.apply(OrderEvent::Deny)?;
            self.emit_change(&OrderChanged::of(&order, OrderEvent::Deny, transition), sink)?;
            return Ok(verdict);
        }
        let transition = order.state.apply(OrderEvent::Submit)?;
        if !intent.reduce_only {
            let state = self.state_mut(intent.instrument)?;
            state.case = state.case.reserve(intent.side, intent.quantity.lots())?;
            order.reserved = intent.quantity;
            self.refresh(intent.instrument)?;
        }
        self.counts.strategy_sent += u64::from(intent.role == OrderRole::Strategy);
        self.gate.note_sent(self.now(), verdict.reducing);
        self.emit_change(&OrderChanged::of(&order, OrderEvent::Submit, transition), sink)?;
        self.orders.insert(intent.client_order_id.0, order);
        commands.push(Command::Place(intent));
        Ok(verdict)
    }

    fn judge(&self, intent: &OrderIntent) -> Result<Verdict> {
        let state = self.state(intent.instrument)?;
        let view = View {
            instrument: &state.instrument,
            now: self.now(),
            mark: state.mark,
            case: state.case,
            equity: self.equity,
            other_exposure: self.worst_exposure.minus(state.worst)?,
            open_orders: (self.orders.len(), self.max_open_orders),
        };
        Ok(self.gate.check(intent, &view))
    }

    pub(crate) fn cancel(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        if !self.orders.contains_key(&id.0) {
            return Err(Error::new(
                Code::OrderUnknown,
                format!("order {} must be open to be cancelled", id.0),
            )
            .with("client_order_id", id.0));
        }
        self.emit(RecordKind::CancelRequested, &id, sink)?;
        self.request_cancel(id, sink, commands)
    }

    pub(crate) fn request_cancel(
        &mut self,
        id: ClientOrderId,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        self.transition(id, OrderEvent::RequestCancel, sink)?;
        commands.push(Command::Cancel(id));
        Ok(())
    }

    pub(crate) fn on_report(
        &mut self,
        report: &VenueReport,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        report.validate()?;
        let id = report.client_order_id;
        let Some(order) = self.order_mut(id) else {
            return Err(Error::new(
                Code::FillInvalid,
                format!("report must name a known order, named {}", id.0),
            )
            .with("client_order_id", id.0));
        };
        let duplicate = report.kind == ReportKind::Fill && report.trade_id <= order.last_trade_id;
        self.emit(RecordKind::VenueReport, report, sink)?;
        if duplicate {
            self.counts.alarms += 1;
            return Ok(());
        }
        let event = match report.kind {
            ReportKind::Accepted => OrderEvent::Accept,
            ReportKind::Rejected => OrderEvent::Reject,
            ReportKind::Triggered => OrderEvent::Trigger,
            ReportKind::Canceled => OrderEvent::Cancel,
            ReportKind::Expired => OrderEvent::Expire,
            ReportKind::Replaced => {
                if let Some(order) = self.order_mut(id) {
                    order.quantity = report.last_quantity;
                }
                OrderEvent::Replace
            }
            ReportKind::Fill => return self.on_fill(report, sink, commands),
        };
        self.transition(id, event, sink).map(|_| ())
    }

    fn on_fill(
        &mut self,
        report: &VenueReport,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let id = report.client_order_id;
        let Some(order) = self.order_mut(id) else { return Ok(()) };
        let (intent, first) = (order.intent, order.cum_quantity == Quantity::ZERO);
        order.last_trade_id = report.trade_id;
        order.cum_quantity = order.cum_quantity.plus(report.last_quantity)?;
        order.filled_tick_lots +=
            i128::from(report.last_price.ticks()) * i128::from(report.last_quantity.lots());
        order.fees = order.fees.plus(report.fee)?;
        let complete = order.cum_quantity >= order.quantity;
        let released = order.reserved.min(report.last_quantity);
        order.reserved = order.reserved.minus(released)?;
        let sibling = order.sibling;
        self.counts.fills += 1;
        self.counts.strategy_filled += u64::from(first && intent.role == OrderRole::Strategy);
        let change = self.book_fill(&intent, report, released, sink)?;
        self.transition(
            id,
            if complete { OrderEvent::CompleteFill } else { OrderEvent::PartialFill },
            sink,
        )?;
        self.protect(&intent, change.opened, sink, commands)?;
        self.shrink_sibling(sibling, report.last_quantity, sink, commands)?;
        self.cancel_orphans(intent.instrument, sink, commands)
    }

    /// Posts a fill: the reservation becomes position, value and fee leave cash.
    fn book_fill(
        &mut self,
        intent: &OrderIntent,
        report: &VenueReport,
        released: Quantity,
        sink: &mut impl Sink,
    ) -> Result<PositionChange> {
        let (price, quantity) = (report.last_price, report.last_quantity);
        let state = self.state_mut(intent.instrument)?;
        let change = state.position.apply(&state.instrument, intent.side, price, quantity)?;
        let value = state
            .instrument
            .value(price, Quantity::from_lots(intent.side.signed(quantity.lots())))?;
        state.case = state.case.release(intent.side, released.lots());
        state.case.position = state.position.lots().lots();
        let (lots, open_cost, realized) =
            (state.position.lots(), state.position.open_cost()?, state.position.realized());
        self.account.book_fill(value, report.fee, report.slippage)?;
        self.refresh(intent.instrument)?;
        let changed = PositionChanged {
            instrument: intent.instrument,
            client_order_id: intent.client_order_id,
            lots,
            open_cost,
            realized_by_fill: change.realized,
            realized,
            cash: self.account.cash,
        };
        self.emit(RecordKind::PositionChanged, &changed, sink)?;
        Ok(change)
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
        let transition = order.state.apply(event)?;
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

    fn emit_change(&self, changed: &OrderChanged, sink: &mut impl Sink) -> Result<()> {
        self.emit(RecordKind::OrderChanged, changed, sink)
    }
}
