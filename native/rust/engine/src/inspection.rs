//! What can be read from an engine while it runs.

use crate::account::Account;
use crate::account_spec::PositionMode;
use crate::engine::{Engine, InstrumentState, OrderCounts};
use crate::statistics::Statistics;
use crate::wallet::Wallets;
use holdfast_core::{Amount, ClientOrderId, Clock, Code, Error, Order, Result, Timestamp};
use holdfast_risk::Gate;

impl Engine {
    /// Returns the id that the next submitted order must carry.
    #[must_use]
    pub const fn next_client_order_id(&self) -> ClientOrderId {
        ClientOrderId(self.next_order_id)
    }

    /// Returns the present time of the engine.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns the instruments in the order of their ids.
    #[must_use]
    pub fn instruments(&self) -> &[InstrumentState] {
        &self.instruments
    }

    /// Returns marked equity.
    #[must_use]
    pub const fn equity(&self) -> Amount {
        self.equity
    }

    /// Returns the signed value of all positions.
    #[must_use]
    pub const fn net_value(&self) -> Amount {
        self.net_value
    }

    /// Returns the sum of the absolute values of all positions.
    #[must_use]
    pub const fn gross_exposure(&self) -> Amount {
        self.gross_value
    }

    /// Returns how many orders are open.
    #[must_use]
    pub fn open_order_count(&self) -> usize {
        self.orders.len()
    }

    /// Returns the books of the account's own currency.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.wallets.own.account
    }

    /// Returns the books of every currency.
    #[must_use]
    pub const fn wallets(&self) -> &Wallets {
        &self.wallets
    }

    /// Returns whether buys and sells of one instrument share a position.
    #[must_use]
    pub const fn position_mode(&self) -> PositionMode {
        self.position_mode
    }

    /// Returns the gate.
    #[must_use]
    pub const fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Returns the online figures.
    #[must_use]
    pub const fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Returns the counters of orders.
    #[must_use]
    pub const fn counts(&self) -> &OrderCounts {
        &self.counts
    }

    /// Returns an order that has not ended.
    ///
    /// # Errors
    /// `ORDER_UNKNOWN`.
    pub fn open_order(&self, id: ClientOrderId) -> Result<&Order> {
        self.find_open_order(id).ok_or_else(|| {
            Error::new(Code::OrderUnknown, format!("order {} must be open", id.0))
                .with("client_order_id", id.0)
        })
    }

    /// Returns an order that has not ended, for who expects that it may have.
    #[must_use]
    pub fn find_open_order(&self, id: ClientOrderId) -> Option<&Order> {
        self.orders.get(&id.0)
    }

    /// Returns the orders that have not ended.
    pub fn open_orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.values()
    }
}
