//! Why an order went to its venue, as a record that stands before the order.

use super::Desk;
use crate::input::Input;
use holdfast_core::{Code, Error, Result, Timestamp};
use serde::de::IgnoredAny;

/// Longest text of a route.
pub const ROUTE_BYTES_MAX: usize = 1 << 16;

impl Desk {
    /// Records how a venue was chosen for the order that is submitted next.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` for what is not JSON or has more than 65,536 bytes, and as `on_bar`.
    pub fn note_route(&mut self, route: &str, ts: Timestamp) -> Result<()> {
        if route.len() > ROUTE_BYTES_MAX || serde_json::from_str::<IgnoredAny>(route).is_err() {
            let rule = format!("a route must be JSON of at most {ROUTE_BYTES_MAX} bytes");
            return Err(Error::new(Code::ArgumentInvalid, rule).with("bytes", route.len()));
        }
        let client_order_id = self.engine.next_client_order_id();
        self.step(&Input::RouteChosen { client_order_id, route, ts }).map(|_| ())
    }
}
