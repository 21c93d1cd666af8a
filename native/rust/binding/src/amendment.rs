//! What JavaScript says about an open order: its id, and what is to become of it.

use crate::memory::SharedBytes;
use holdfast_core::{Amendment, ClientOrderId, Code, Error, Price, Quantity, Result, Timestamp};

/// Reads an amendment from the command area; the smallest number stands for "stays as it is".
pub fn amendment(memory: &SharedBytes, command: usize, id: f64) -> Result<Amendment> {
    let wish = |offset: usize| {
        let value = memory.i64_at(command + offset);
        (value != i64::MIN).then_some(value)
    };
    Ok(Amendment {
        client_order_id: order_id(id)?,
        quantity: wish(16).map(Quantity::from_lots),
        limit_price: wish(24).map(Price::from_ticks),
        trigger_price: wish(32).map(Price::from_ticks),
        ts: Timestamp(0),
    })
}

/// Reads an order id; a number that cannot be one names no order.
pub fn order_id(number: f64) -> Result<ClientOrderId> {
    if (1.0..=9_007_199_254_740_991.0).contains(&number) {
        return Ok(ClientOrderId(number as u64));
    }
    Err(Error::new(
        Code::OrderUnknown,
        format!("order id must be a positive integer, was {number}"),
    ))
}
