//! A desk whose driver sends its orders itself: the desk judges and keeps the books, and its requests are only those that
//! the engine has by itself.

use super::Desk;
use crate::candidates::{CandidateMemory, Candidates};
use crate::egress::Passage;
use crate::input::{Command, Input};
use holdfast_core::{
    Amendment, ClientOrderId, Code, Error, OrderIntent, OrderRole, Quantity, Result, Side,
    Timestamp,
};
use holdfast_risk::{GateSignal, LimitsChange, LimitsSpec, Quiet, Verdict};

impl Desk {
    /// Judges an order as if it were submitted now, and changes nothing.
    ///
    /// # Errors
    /// As `Engine::check_at`.
    pub fn check(&mut self, intent: &OrderIntent, ts: Timestamp) -> Result<Box<Verdict>> {
        self.check_quietly(intent, ts, None)
    }

    /// As `check`, for somebody to whom some values of an order that passes are no news: it lists the others only. A denial is
    /// always whole.
    ///
    /// # Errors
    /// As `check`.
    pub fn check_quietly(
        &mut self,
        intent: &OrderIntent,
        ts: Timestamp,
        quiet: Option<&Quiet>,
    ) -> Result<Box<Verdict>> {
        let client_order_id = self.engine.next_client_order_id();
        let intent = OrderIntent { client_order_id, ts_intent: ts, ..*intent };
        self.engine.check_quietly_at(&intent, ts, quiet)
    }

    /// Judges orders as if they were submitted at an instant, and sends none: each alone, or counted together with those ahead
    /// of it that pass. Nothing changes and nothing is recorded.
    ///
    /// # Errors
    /// `EVENT_INVALID` when time runs back, `AMOUNT_OVERFLOW`, `QTY_OUT_OF_RANGE`.
    pub fn check_candidates(
        &mut self,
        orders: &Candidates<'_>,
        together: bool,
        ts: Timestamp,
        memory: &mut CandidateMemory,
        failed: &mut [u64],
    ) -> Result<()> {
        self.engine.at(ts, |engine| {
            if together {
                return engine.check_together(orders, memory, failed);
            }
            engine.check_batch(orders, memory, failed);
            Ok(())
        })
    }

    /// As `submit`, for a caller that sends the order itself: when this returns, the journal holds it.
    ///
    /// # Errors
    /// As `submit`; after `JOURNAL_IO`, and after a code of the fuse, the order must not be sent.
    pub fn submit_for_caller(
        &mut self,
        intent: OrderIntent,
        ts: Timestamp,
    ) -> Result<Box<Verdict>> {
        self.submit_quietly(intent, ts, None)
    }

    /// As `submit_for_caller`, for a caller to whom some values of an order that passes are no news: where no journal and
    /// nobody else reads the verdict, it lists the others only. A denial is always whole.
    ///
    /// # Errors
    /// As `submit_for_caller`.
    pub fn submit_quietly(
        &mut self,
        intent: OrderIntent,
        ts: Timestamp,
        quiet: Option<&Quiet>,
    ) -> Result<Box<Verdict>> {
        let verdict = self.submit_for(intent, ts, quiet)?;
        if verdict.approved() {
            self.hand_over(verdict.client_order_id)?;
        }
        Ok(verdict)
    }

    /// As `submit`, for somebody to whom some values of an order that passes are no news.
    pub(super) fn submit_for(
        &mut self,
        intent: OrderIntent,
        ts: Timestamp,
        quiet: Option<&Quiet>,
    ) -> Result<Box<Verdict>> {
        self.check_room()?;
        self.check_compared(intent.reduce_only)?;
        let intent = self.named(intent, ts);
        self.judged_for(&Input::Submit(intent), quiet)
    }

    /// Takes the last request back when it is about this order: the caller sends it. The journal is committed before.
    fn hand_over(&mut self, id: ClientOrderId) -> Result<()> {
        self.commit()?;
        let about = match self.commands.last() {
            Some(Command::Place(intent)) => intent.client_order_id,
            Some(Command::Replace(replacement)) => replacement.client_order_id,
            Some(Command::Cancel(order)) => *order,
            _ => return Ok(()),
        };
        if about != id || self.waiting() == 0 {
            return Ok(());
        }
        let Some(command) = self.commands.pop() else { return Ok(()) };
        match self.egress.judge(&self.engine, &command, self.engine.now()) {
            Passage::Leaves | Passage::Void => Ok(()),
            Passage::Refused(refused) => {
                self.step(&Input::FuseRefused(refused))?;
                Err(refused.error())
            }
        }
    }

    /// Judges an order that takes as much off a position as is asked for, at most what no order under way takes already. It
    /// is proven to reduce, so that it passes in every mode and never turns the position over. A quantity of zero asks for
    /// all of it.
    ///
    /// # Errors
    /// `NOTHING_TO_REDUCE`, and as `submit_for_caller`.
    pub fn reduce(&mut self, asked: OrderIntent, ts: Timestamp) -> Result<Box<Verdict>> {
        let state = self.engine.state(asked.instrument)?;
        let (side, under_way) = match state.case.position > 0 {
            true => (Side::Sell, state.case.reduce_sell),
            false => (Side::Buy, state.case.reduce_buy),
        };
        let most = state.instrument.max_quantity.map_or(i64::MAX, Quantity::lots);
        let left = state.case.reducible(side).saturating_sub(under_way).max(0);
        let wanted = if asked.quantity == Quantity::ZERO { left } else { asked.quantity.lots() };
        let lots = wanted.min(left).min(most);
        if left <= 0 {
            return Err(Error::new(
                Code::NothingToReduce,
                format!(
                    "position must have something left to reduce, is {} lots",
                    state.case.position
                ),
            )
            .with("position_lots", state.case.position));
        }
        let quantity = Quantity::from_lots(lots);
        let (role, reduce_only) = (OrderRole::Liquidation, true);
        self.submit_for_caller(OrderIntent { side, quantity, role, reduce_only, ..asked }, ts)
    }

    /// As `cancel`, for a caller that sends the request itself.
    ///
    /// # Errors
    /// As `cancel`.
    pub fn cancel_for_caller(&mut self, id: ClientOrderId, ts: Timestamp) -> Result<()> {
        self.cancel(id, ts)?;
        self.hand_over(id)
    }

    /// As `amend`, for a caller that sends the request itself.
    ///
    /// # Errors
    /// As `amend`.
    pub fn amend_for_caller(
        &mut self,
        amendment: Amendment,
        ts: Timestamp,
    ) -> Result<Box<Verdict>> {
        let id = amendment.client_order_id;
        let verdict = self.amend(amendment, ts)?;
        if verdict.approved() {
            self.hand_over(id)?;
        }
        Ok(verdict)
    }

    /// Puts other limits in force, now or when they are due; the key loosens at once, and a loosening may have an end.
    ///
    /// # Errors
    /// `LIMITS_LOOSENING_DENIED` also for a wrong key, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `LIMITS_CONTRADICTORY`,
    /// `JOURNAL_IO`; nothing changes then.
    pub fn change_limits(
        &mut self,
        limits: LimitsSpec,
        (key, until): (Option<&str>, Option<Timestamp>),
        ts: Timestamp,
    ) -> Result<()> {
        let rules = &self.engine.limits().spec().change;
        if key.is_some_and(|key| !rules.accepts(key)) {
            return Err(Error::new(Code::LimitsLooseningDenied, "second key must fit, did not"));
        }
        let change = LimitsChange::new(limits, key.is_some(), until)?;
        self.step(&Input::ChangeLimits { change: &change, ts }).map(|_| ())
    }

    /// Tells the gate of a change outside.
    ///
    /// # Errors
    /// `INSTRUMENT_UNKNOWN`, `LIMITS_LOOSENING_DENIED`, `JOURNAL_IO`.
    pub fn signal(&mut self, signal: GateSignal, ts: Timestamp) -> Result<()> {
        self.step(&Input::Signal { signal, ts }).map(|_| ())
    }
}
