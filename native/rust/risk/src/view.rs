//! What the gate looks at besides the order: plain values of one instant.

use crate::exposure::WorstCase;
use holdfast_core::{Amount, Instrument, Price, Quantity, Timestamp};

/// What the gate looks at besides the order.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The order's instrument.
    pub instrument: &'a Instrument,
    /// The present instant.
    pub now: Timestamp,
    /// Reference price with its time; `None` when there never was one.
    pub mark: Option<(Price, Timestamp)>,
    /// Position and reservations on the instrument.
    pub case: WorstCase,
    /// Marked equity.
    pub equity: Amount,
    /// Worst-case gross exposure of all other instruments.
    pub other_exposure: Amount,
    /// Open orders now, and how many there may be.
    pub open_orders: (usize, usize),
    /// Opening orders of the same list that stand ahead of this one and are not counted as sent yet.
    pub opening_ahead: u32,
    /// The rest of the account.
    pub around: Around,
}

/// The rest of the account around an order; amounts are in the instrument's settlement currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around {
    /// Signed exposure of all other instruments with their open buys filled.
    pub others_long: Amount,
    /// The same with their open sells filled.
    pub others_short: Amount,
    /// Worst-case exposure of the other instruments with the same base currency.
    pub others_of_asset: Amount,
    /// Worst-case exposure of the other instruments of the same group.
    pub others_of_group: Amount,
    /// Settled cash, and what all open buy orders would cost, of an instrument that is paid in full.
    pub cash: Option<(Amount, Amount)>,
    /// For how long the position has not been wholly covered by live protective stops.
    pub uncovered_ns: i64,
    /// Messages of the same list that stand ahead.
    pub messages_ahead: u32,
    /// The order's strategy under a plan of the capital.
    pub capital: Option<CapitalView>,
}

/// A strategy and its capital; amounts are in the instrument's settlement currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapitalView {
    /// The most that it may have at risk.
    pub bound: Amount,
    /// Its worst exposure on all other instruments.
    pub others: Amount,
    /// Its position and reservations on this one.
    pub case: WorstCase,
}

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An order that was not sent yet.
    Order,
    /// Another form of an order that is open; the view is without its reservation.
    Amendment {
        /// What could still fill of the new form.
        leaves: Quantity,
        /// Whether nothing but the quantity changes, and only down: then no limit can hold it up.
        lessens: bool,
    },
}
