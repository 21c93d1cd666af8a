//! From an intent through the gate to the venue: check and reserve are one step.

use crate::engine::Engine;
use crate::input::Command;
use crate::keyed_submission::Submission;
use crate::output::OrderChanged;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Code, Error, Order, OrderEvent, OrderIntent, OrderRole, Result};
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
        self.submit_with(intent, None, kind, sink, commands)
    }

    /// Checks what needs no judgement: the order's form, its instrument and its id.
    pub(crate) fn check_intent(&self, intent: &OrderIntent) -> Result<()> {
        intent.validate()?;
        self.state(intent.instrument)?;
        if intent.client_order_id.number() == 0 {
            return Err(Error::new(
                Code::CapacityExhausted,
                "orders of one session must fit 32 bits; the next session takes a new epoch",
            ));
        }
        if intent.client_order_id.0 != self.next_order_id {
            return Err(Error::new(
                Code::OrderInvalid,
                format!(
                    "client_order_id must be {}, was {}",
                    self.next_order_id, intent.client_order_id.0
                ),
            ));
        }
        Ok(())
    }

    pub(crate) fn submit_with(
        &mut self,
        intent: OrderIntent,
        key: Option<u128>,
        kind: RecordKind,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Box<Verdict>> {
        self.check_intent(&intent)?;
        self.next_order_id += 1;
        self.emit(kind, &Submission { intent: &intent, key }, sink)?;
        let verdict = self.judge(&intent)?;
        let mut verdict = self.boxed(verdict);
        let separation = self.separate(&intent, &mut verdict);
        self.emit(RecordKind::Verdict, verdict.as_ref(), sink)?;
        self.counts.submitted += 1;
        let intent = OrderIntent { quantity: separation.quantity, ..intent };
        if separation.acts(&verdict) {
            self.give_way(separation, sink, commands)?;
        }
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
}
