//! The venue that was chosen for an order, recorded before the order.

use crate::engine::Engine;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{Encode, U64_BYTES_MAX, Writer};
use holdfast_core::{ClientOrderId, Result};

/// Content of a record of a chosen venue.
struct RouteChosen<'a> {
    client_order_id: ClientOrderId,
    route: &'a str,
}

impl Encode for RouteChosen<'_> {
    fn encoded_bytes_max(&self) -> usize {
        U64_BYTES_MAX + self.route.len()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.client_order_id.0);
        writer.bytes(self.route.as_bytes());
    }
}

impl Engine {
    /// Records the route of the order that comes next.
    pub(crate) fn take_route(
        &self,
        client_order_id: ClientOrderId,
        route: &str,
        sink: &mut impl Sink,
    ) -> Result<()> {
        self.check_next_id(client_order_id)?;
        self.emit(RecordKind::RouteChosen, &RouteChosen { client_order_id, route }, sink)
    }
}
