//! The records that a step gives: changes of orders and positions, and the close of each day.

use holdfast_core::order_state::{OrderEvent, Transition};
use holdfast_core::wire::{AMOUNT_BYTES_MAX, Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};
use holdfast_core::{Amount, ClientOrderId, InstrumentId, Order, Quantity, Result, Timestamp};

/// A transition of an order, with the order as it is afterwards; a price that it has not is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OrderChanged {
    pub client_order_id: ClientOrderId,
    pub parent: ClientOrderId,
    pub instrument: InstrumentId,
    pub base: u8,
    pub overlays: u8,
    pub event: u8,
    pub alarm: bool,
    pub side: u8,
    pub order_type: u8,
    pub role: u8,
    pub time_in_force: u8,
    pub quantity: Quantity,
    pub cum_quantity: Quantity,
    pub filled_tick_lots: i128,
    pub fees: Amount,
    pub limit_ticks: i64,
    pub trigger_ticks: i64,
    pub stop_loss_ticks: i64,
    pub take_profit_ticks: i64,
}

impl OrderChanged {
    /// Describes an order after a transition.
    #[must_use]
    pub fn of(order: &Order, event: OrderEvent, transition: Transition) -> Self {
        let intent = &order.intent;
        Self {
            client_order_id: intent.client_order_id,
            parent: intent.parent,
            instrument: intent.instrument,
            base: transition.base as u8,
            overlays: transition.overlays.bits(),
            event: event as u8,
            alarm: transition.alarm,
            side: intent.side as u8,
            order_type: intent.order_type as u8,
            role: intent.role as u8,
            time_in_force: intent.time_in_force as u8,
            quantity: order.quantity,
            cum_quantity: order.cum_quantity,
            filled_tick_lots: order.filled_tick_lots,
            fees: order.fees,
            limit_ticks: intent.limit_price.map_or(0, holdfast_core::Price::ticks),
            trigger_ticks: intent.trigger_price.map_or(0, holdfast_core::Price::ticks),
            stop_loss_ticks: intent.stop_loss.map_or(0, holdfast_core::Price::ticks),
            take_profit_ticks: intent.take_profit.map_or(0, holdfast_core::Price::ticks),
        }
    }

    /// Reads of the journal form only the number of its event.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode_event(reader: &mut Reader<'_>) -> Result<u8> {
        // The order, its parent and its instrument, its state and its overlays stand before it.
        let _ = (reader.u64()?, reader.u64()?, reader.u32()?, reader.u8()?, reader.u8()?);
        reader.u8()
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            client_order_id: ClientOrderId(reader.u64()?),
            parent: ClientOrderId(reader.u64()?),
            instrument: InstrumentId(reader.u32()?),
            base: reader.u8()?,
            overlays: reader.u8()?,
            event: reader.u8()?,
            alarm: reader.u8()? != 0,
            side: reader.u8()?,
            order_type: reader.u8()?,
            role: reader.u8()?,
            time_in_force: reader.u8()?,
            quantity: Quantity::from_lots(reader.i64()?),
            cum_quantity: Quantity::from_lots(reader.i64()?),
            filled_tick_lots: reader.amount()?.raw(),
            fees: reader.amount()?,
            limit_ticks: reader.i64()?,
            trigger_ticks: reader.i64()?,
            stop_loss_ticks: reader.i64()?,
            take_profit_ticks: reader.i64()?,
        })
    }
}

impl Encode for OrderChanged {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + 8 * U64_BYTES_MAX + 8 + 2 * AMOUNT_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.row(|writer| {
            writer.u64(self.client_order_id.0);
            writer.u64(self.parent.0);
            writer.u32(self.instrument.0);
            for byte in [self.base, self.overlays, self.event, u8::from(self.alarm)] {
                writer.u8(byte);
            }
            for byte in [self.side, self.order_type, self.role, self.time_in_force] {
                writer.u8(byte);
            }
            writer.i64(self.quantity.lots());
            writer.i64(self.cum_quantity.lots());
            writer.amount(Amount::from_raw(self.filled_tick_lots));
            writer.amount(self.fees);
            writer.i64(self.limit_ticks);
            writer.i64(self.trigger_ticks);
            writer.i64(self.stop_loss_ticks);
            writer.i64(self.take_profit_ticks);
        });
    }
}

/// A position after a fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct PositionChanged {
    pub instrument: InstrumentId,
    pub client_order_id: ClientOrderId,
    pub lots: Quantity,
    pub open_cost: Amount,
    pub realized_by_fill: Amount,
    pub realized: Amount,
    pub cash: Amount,
}

impl PositionChanged {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            instrument: InstrumentId(reader.u32()?),
            client_order_id: ClientOrderId(reader.u64()?),
            lots: Quantity::from_lots(reader.i64()?),
            open_cost: reader.amount()?,
            realized_by_fill: reader.amount()?,
            realized: reader.amount()?,
            cash: reader.amount()?,
        })
    }
}

impl Encode for PositionChanged {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + 2 * U64_BYTES_MAX + 4 * AMOUNT_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.row(|writer| {
            writer.u32(self.instrument.0);
            writer.u64(self.client_order_id.0);
            writer.i64(self.lots.lots());
            for amount in [self.open_cost, self.realized_by_fill, self.realized, self.cash] {
                writer.amount(amount);
            }
        });
    }
}

/// The account at the last market event of a UTC day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct DayClosed {
    pub ts_last_mark: Timestamp,
    pub equity: Amount,
    pub cash: Amount,
    pub position_value: Amount,
    pub gross_exposure: Amount,
    pub realized: Amount,
    pub unrealized: Amount,
    pub fees: Amount,
    pub benchmark_ticks: i64,
    pub marks: u64,
}

impl DayClosed {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            ts_last_mark: Timestamp(reader.i64()?),
            equity: reader.amount()?,
            cash: reader.amount()?,
            position_value: reader.amount()?,
            gross_exposure: reader.amount()?,
            realized: reader.amount()?,
            unrealized: reader.amount()?,
            fees: reader.amount()?,
            benchmark_ticks: reader.i64()?,
            marks: reader.u64()?,
        })
    }
}

impl Encode for DayClosed {
    fn encoded_bytes_max(&self) -> usize {
        3 * U64_BYTES_MAX + 7 * AMOUNT_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.i64(self.ts_last_mark.0);
        for amount in [
            self.equity,
            self.cash,
            self.position_value,
            self.gross_exposure,
            self.realized,
            self.unrealized,
            self.fees,
        ] {
            writer.amount(amount);
        }
        writer.i64(self.benchmark_ticks);
        writer.u64(self.marks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::wire::{Layout, append_encoded};

    #[test]
    fn the_event_of_a_change_is_read_without_the_rest() {
        let changed = OrderChanged {
            client_order_id: ClientOrderId(1 << 40),
            parent: ClientOrderId(300),
            instrument: InstrumentId(70_000),
            base: 3,
            overlays: 2,
            event: 9,
            alarm: true,
            side: 1,
            order_type: 2,
            role: 3,
            time_in_force: 4,
            quantity: Quantity::from_lots(5),
            cum_quantity: Quantity::from_lots(6),
            filled_tick_lots: 7,
            fees: Amount::from_raw(8),
            limit_ticks: 9,
            trigger_ticks: 10,
            stop_loss_ticks: 11,
            take_profit_ticks: 12,
        };
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &changed);
        assert_eq!(OrderChanged::decode(&mut Reader::new(&bytes)), Ok(changed));
        assert_eq!(OrderChanged::decode_event(&mut Reader::new(&bytes)), Ok(9));
        assert!(OrderChanged::decode_event(&mut Reader::new(&bytes[..8])).is_err());
    }

    #[test]
    fn a_closed_day_encodes_and_decodes_every_field() {
        let amount = Amount::from_raw;
        let day = DayClosed {
            ts_last_mark: Timestamp(1),
            equity: amount(2),
            cash: amount(3),
            position_value: amount(4),
            gross_exposure: amount(5),
            realized: amount(6),
            unrealized: amount(-7),
            fees: amount(8),
            benchmark_ticks: 9,
            marks: 10,
        };
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &day);
        assert_eq!(DayClosed::decode(&mut Reader::new(&bytes)), Ok(day));
    }
}
