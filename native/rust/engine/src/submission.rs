//! From an intent through the gate to the venue: check and reserve are one step.

use crate::engine::{Engine, InstrumentState};
use crate::input::Command;
use crate::keyed_submission::Submission;
use crate::output::OrderChanged;
use crate::self_trade::Separation;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    ClientOrderId, Code, Error, Order, OrderEvent, OrderIntent, OrderRole, Quantity, Result,
};
use holdfast_risk::{Quiet, Subject, Tried, Verdict, View, largest_passing};

impl Engine {
    /// Judges an intent and, when approved, reserves and sends it; check and reserve are one step.
    pub(crate) fn submit(
        &mut self,
        intent: OrderIntent,
        kind: RecordKind,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Box<Verdict>> {
        self.submit_with(&intent, None, kind, sink, commands)
    }

    /// Checks what needs no judgement: the order's form, its instrument and its id.
    pub(crate) fn check_intent(&self, intent: &OrderIntent) -> Result<()> {
        intent.validate()?;
        self.state(intent.instrument)?;
        self.check_strategy(intent)?;
        self.check_next_id(intent.client_order_id)
    }

    /// A strategy without a name in the limits would be judged by the limits of none.
    pub(crate) fn check_strategy(&self, intent: &OrderIntent) -> Result<()> {
        let (strategy, known) = (intent.terms.strategy, self.gate.table().spec().strategies.len());
        if usize::from(strategy) <= known {
            return Ok(());
        }
        Err(Error::new(
            Code::StrategyUnknown,
            format!("strategy must be one of the {known} of the limits, was {strategy}"),
        )
        .with("strategy", i64::from(strategy)))
    }

    pub(crate) fn submit_with(
        &mut self,
        intent: &OrderIntent,
        key: Option<u128>,
        kind: RecordKind,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<Box<Verdict>> {
        self.check_intent(intent)?;
        self.next_order_id += 1;
        self.emit(kind, &Submission { intent, key }, sink)?;
        let mut verdict = self.verdict_memory();
        // The first result of a key is kept, and kept whole.
        let quiet = if key.is_none() { sink.quiet() } else { None };
        let separation = self.judge_and_separate(intent, quiet, &mut verdict)?;
        if verdict.denied_for_size() {
            verdict.suggested = self.suggest(intent)?;
        }
        self.emit(RecordKind::Verdict, verdict.as_ref(), sink)?;
        self.counts.submitted += 1;
        let order = Order::new(OrderIntent { quantity: separation.quantity, ..*intent });
        if separation.acts(&verdict) {
            self.give_way(separation, sink, commands)?;
        }
        if verdict.approved() {
            self.send(order, verdict.reducing, sink, commands)?;
        } else {
            self.deny(&order, sink)?;
        }
        Ok(verdict)
    }

    /// Judges an order and keeps it apart from own ones. Where nobody reads whole verdicts, one that passes lists what is news.
    pub(crate) fn judge_and_separate(
        &self,
        intent: &OrderIntent,
        quiet: Option<&Quiet>,
        verdict: &mut Verdict,
    ) -> Result<Separation> {
        if let Some(quiet) = quiet {
            self.glance_into(intent, quiet, verdict)?;
            let separation = self.separate(intent, verdict);
            if verdict.approved() {
                return Ok(separation);
            }
        }
        self.judge_into(intent, Ahead::default(), verdict)?;
        Ok(self.separate(intent, verdict))
    }

    /// As `what_if_into`, for somebody to whom some values of an order that passes are no news: the verdict is approved exactly
    /// when the whole one is, and a denial may name one reason of several.
    ///
    /// # Errors
    /// As `what_if`.
    pub fn glance(&self, intent: &OrderIntent, quiet: &Quiet, verdict: &mut Verdict) -> Result<()> {
        intent.validate()?;
        self.check_strategy(intent)?;
        self.glance_into(intent, quiet, verdict)
    }

    fn glance_into(
        &self,
        intent: &OrderIntent,
        quiet: &Quiet,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let state = self.state(intent.instrument)?;
        let view = self.view(state, intent, Ahead::default())?;
        self.gate.glance_into(intent, &view, quiet, verdict);
        self.check_account(intent, intent.quantity, state.case, verdict)
    }

    /// Refuses an id that is not the next one: ids rise without a gap, so that none is used twice.
    pub(crate) fn check_next_id(&self, id: ClientOrderId) -> Result<()> {
        if id.0 == self.next_order_id {
            return Ok(());
        }
        Err(Error::new(
            Code::OrderInvalid,
            format!("client_order_id must be {}, was {}", self.next_order_id, id.0),
        ))
    }

    pub(crate) fn deny(&mut self, order: &Order, sink: &mut impl Sink) -> Result<()> {
        self.counts.denied += 1;
        let transition = order.state.apply(OrderEvent::Deny)?;
        self.emit_change(&OrderChanged::of(order, OrderEvent::Deny, transition), sink)
    }

    /// Reserves and sends an order that the gate approved; inlined, so that the order is written once and moved once.
    #[inline(always)]
    pub(crate) fn send(
        &mut self,
        mut order: Order,
        reducing: bool,
        sink: &mut impl Sink,
        commands: &mut Vec<Command>,
    ) -> Result<()> {
        let intent = order.intent;
        let transition = order.state.apply(OrderEvent::Submit)?;
        self.reserve(&intent, intent.quantity)?;
        order.reserved = intent.quantity;
        self.counts.strategy_sent += u64::from(intent.role == OrderRole::Strategy);
        self.gate.note_sent(&intent, self.now(), reducing);
        self.emit_change(&OrderChanged::of(&order, OrderEvent::Submit, transition), sink)?;
        self.orders.insert(intent.client_order_id.0, order);
        if self.emulated.contains(&intent.order_type) {
            return self.hold(intent.client_order_id, sink);
        }
        commands.push(Command::Place(intent));
        Ok(())
    }

    /// Judges an order as if those of its list that stand ahead of it were sent, into memory that is there.
    pub(crate) fn judge_into(
        &self,
        intent: &OrderIntent,
        ahead: Ahead,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let state = self.state(intent.instrument)?;
        let view = self.view(state, intent, ahead)?;
        self.gate.judge_into(intent, Subject::Order, &view, verdict);
        self.check_account(intent, intent.quantity, state.case, verdict)
    }

    /// Returns what the gate sees besides an order; inlined, so that so many values are written where they are read.
    #[inline(always)]
    pub(crate) fn view<'a>(
        &'a self,
        state: &'a InstrumentState,
        intent: &OrderIntent,
        ahead: Ahead,
    ) -> Result<View<'a>> {
        let (equity, other_exposure) = self.in_settlement(state)?;
        Ok(View {
            instrument: &state.instrument,
            now: self.now(),
            mark: state.mark,
            case: state.case_of(self.position_mode, intent)?,
            equity,
            other_exposure,
            open_orders: (self.orders.len() + ahead.orders, self.max_open_orders),
            opening_ahead: ahead.opening,
            around: self.around(state, intent, Quantity::ZERO, ahead.messages)?,
        })
    }

    /// Judges an order as if it were submitted now, and changes nothing; own orders that it would meet are not looked for.
    ///
    /// # Errors
    /// `ORDER_INVALID`, `INSTRUMENT_UNKNOWN`, `STRATEGY_UNKNOWN`, `QTY_OUT_OF_RANGE`, `AMOUNT_OVERFLOW`.
    pub fn what_if(&self, intent: &OrderIntent) -> Result<Verdict> {
        let mut verdict = Verdict::new(intent.client_order_id, false);
        self.what_if_into(intent, &mut verdict)?;
        Ok(verdict)
    }

    /// As `what_if`, into memory that is there.
    ///
    /// # Errors
    /// As `what_if`.
    pub fn what_if_into(&self, intent: &OrderIntent, verdict: &mut Verdict) -> Result<()> {
        intent.validate()?;
        self.check_strategy(intent)?;
        self.judge_into(intent, Ahead::default(), verdict)
    }

    /// Returns the largest quantity that would pass of an order that was denied for its size.
    pub(crate) fn suggest(&mut self, intent: &OrderIntent) -> Result<Option<Quantity>> {
        let Some(mut trial) = self.trial_verdict.take() else { return Ok(None) };
        let mut failed = Ok(());
        let case = self.state(intent.instrument)?.case_of(self.position_mode, intent)?;
        let reducible = case.reducible(intent.side);
        let guess = self.largest_by_bounds(intent);
        let suggested = largest_passing(intent.quantity, reducible, guess, |quantity| {
            let smaller = OrderIntent { quantity, ..*intent };
            let judged = self.judge_into(&smaller, Ahead::default(), &mut trial);
            let is_whole = judged.is_ok() && smaller.validate().is_ok();
            failed = judged;
            Tried {
                too_large: !is_whole || trial.too_large(),
                passes: is_whole && trial.approved(),
            }
        });
        self.trial_verdict = Some(trial);
        failed.map(|()| suggested)
    }
}

/// How many orders of the same list stand ahead of one that is judged, and how many of them open exposure.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ahead {
    pub(crate) orders: usize,
    pub(crate) opening: u32,
    pub(crate) messages: u32,
}
