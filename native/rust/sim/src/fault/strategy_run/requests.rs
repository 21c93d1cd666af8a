//! What a strategy asks for: orders, lists, cancels, amendments, rates.

use super::StrategyRun;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{
    Amendment, ClientOrderId, Code, Contingency, Error, OrderIntent, Rate, Result,
};
use holdfast_engine::{Input, OrderList, RateChanged};
use holdfast_risk::Verdict;

impl StrategyRun {
    /// Judges an order and, when approved, places it; id and time are set here.
    ///
    /// # Errors
    /// `SIMULATION_VIOLATED`, `SESSION_ABORTED` when the process dies or is dead, and what the engine refuses.
    pub fn submit(&mut self, intent: OrderIntent) -> Result<ClientOrderId> {
        let outcome = self.world.order(intent);
        self.kept(outcome)
    }

    /// Judges orders that depend on each other; ids and times are set here. Returns the id of the first.
    ///
    /// # Errors
    /// As `submit`.
    pub fn submit_list(
        &mut self,
        contingency: Contingency,
        orders: &[OrderIntent],
    ) -> Result<ClientOrderId> {
        let outcome = self.world.order_list(OrderList { contingency, orders });
        self.kept(outcome)
    }

    /// As `submit`, once for each key.
    ///
    /// # Errors
    /// As `submit`.
    pub fn submit_once(&mut self, intent: OrderIntent, key: u128) -> Result<ClientOrderId> {
        let id = self.world.engine.next_client_order_id();
        let intent = OrderIntent { client_order_id: id, ts_intent: self.world.now(), ..intent };
        let verdict = self.request(&Input::SubmitOnce { intent, key })?;
        let verdict = verdict.ok_or_else(|| {
            Error::new(Code::OrderInvalid, "a submitted order must have a verdict")
        })?;
        if verdict.client_order_id != id {
            let kind = RecordKind::Verdict;
            let now = self.world.now();
            self.world.notices().push(kind, now, verdict.as_ref());
        }
        Ok(verdict.client_order_id)
    }

    /// Cancels an open order.
    ///
    /// # Errors
    /// As `submit`.
    pub fn cancel(&mut self, client_order_id: ClientOrderId) -> Result<()> {
        let ts = self.world.now();
        self.request(&Input::Cancel { client_order_id, ts }).map(|_| ())
    }

    /// Changes an open order; the amendment's time is set here.
    ///
    /// # Errors
    /// As `submit`.
    pub fn amend(&mut self, amendment: Amendment) -> Result<()> {
        let amendment = Amendment { ts: self.world.now(), ..amendment };
        self.request(&Input::Amend(amendment)).map(|_| ())
    }

    /// Takes a rate of exchange.
    ///
    /// # Errors
    /// `CURRENCY_UNKNOWN`, `RATE_INVALID`, and as `submit`.
    pub fn set_rate(&mut self, currency: &str, rate: &str) -> Result<()> {
        let currency = self.world.engine.wallets().id(currency)?;
        let ts_event = self.world.now();
        let changed = RateChanged { currency, ts_event, rate: Rate::parse(rate)? };
        self.request(&Input::Rate(changed)).map(|_| ())
    }

    fn request(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>> {
        let outcome = self.world.request(input);
        self.kept(outcome)
    }
}
