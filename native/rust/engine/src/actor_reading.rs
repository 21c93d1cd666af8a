//! What can be read from actors between two rounds: orders, where their actor is.

use crate::actor_desk::ActorDesk;
use holdfast_core::{ClientOrderId, InstrumentId, Order, Result};

impl ActorDesk {
    /// Reads an order, also one that ended a while ago; `None` when no actor knows it. The instrument is the account's.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread has ended.
    pub fn read_order<T: Send + 'static>(
        &mut self,
        id: ClientOrderId,
        read: impl Fn(&Order) -> T + Send + Sync + 'static,
    ) -> Result<Option<(InstrumentId, T)>> {
        self.find_adopted(id)?;
        let Ok(actor) = self.actors.plan_mut().owner(id) else { return Ok(None) };
        let found = self.actors.visit_one(actor, move |actor| {
            let order = actor.engine().order(id)?;
            Some((order.intent.instrument, read(order)))
        })?;
        Ok(found.map(|(own, read)| (self.egress.account_id(actor, own), read)))
    }

    /// Reads the orders that have not ended, actor by actor, those of each by rising id.
    ///
    /// # Errors
    /// `ACTOR_STOPPED` when a thread has ended.
    pub fn read_open_orders<T: Send + 'static>(
        &mut self,
        read: impl Fn(&Order) -> T + Send + Sync + 'static,
    ) -> Result<Vec<(InstrumentId, T)>> {
        let open = self.actors.visit(move |actor| {
            let open = actor.engine().open_orders();
            open.map(|order| (order.intent.instrument, read(order))).collect::<Vec<_>>()
        })?;
        let mut all = Vec::new();
        for (actor, open) in open.into_iter().enumerate() {
            let of_account = |(own, read)| (self.egress.account_id(actor, own), read);
            all.extend(open.into_iter().map(of_account));
        }
        Ok(all)
    }

    /// Returns the id that the next order on an instrument gets.
    ///
    /// # Errors
    /// `INSTRUMENT_UNKNOWN`, `ACTOR_STOPPED` when a thread has ended.
    pub fn next_order_id(&mut self, instrument: InstrumentId) -> Result<ClientOrderId> {
        let (actor, _) = self.actors.plan_mut().place(instrument)?;
        self.actors.visit_one(actor, |actor| actor.engine().next_client_order_id())
    }
}
