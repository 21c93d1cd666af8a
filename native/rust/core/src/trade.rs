//! A public print on the tape.

use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::InstrumentId;
use crate::market_event::{FLAG_SELL, KIND_TRADE, MarketEvent};
use crate::order::Side;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::wire::{Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};

/// One trade that others made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trade {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// When.
    pub ts_event: Timestamp,
    /// At which price.
    pub price: Price,
    /// How much.
    pub quantity: Quantity,
    /// Who removed liquidity.
    pub aggressor_side: Side,
}

impl Trade {
    /// Reads a record of the ring.
    ///
    /// # Errors
    /// `EVENT_INVALID` for another kind, a price that is not positive or a negative quantity.
    pub fn of_record(record: &MarketEvent) -> Result<Self> {
        if record.kind != KIND_TRADE || record.price_ticks <= 0 || record.quantity_lots < 0 {
            return Err(Error::new(
                Code::EventInvalid,
                "trade is malformed: its price must be positive, its quantity not negative",
            )
            .with("sequence", record.sequence)
            .with("kind", record.kind));
        }
        Ok(Self {
            instrument: InstrumentId(record.instrument),
            ts_event: Timestamp(record.ts_event_ns),
            price: Price::from_ticks(record.price_ticks),
            quantity: Quantity::from_lots(record.quantity_lots),
            aggressor_side: if record.flags & FLAG_SELL == 0 { Side::Buy } else { Side::Sell },
        })
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when bytes are missing, `ARGUMENT_INVALID` for an unknown side.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            instrument: InstrumentId(reader.u32()?),
            ts_event: Timestamp(reader.i64()?),
            price: Price::from_ticks(reader.i64()?),
            quantity: Quantity::from_lots(reader.i64()?),
            aggressor_side: Side::from_number(reader.u8()?)?,
        })
    }
}

impl Encode for Trade {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + 3 * U64_BYTES_MAX + 1
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u32(self.instrument.0);
        writer.i64(self.ts_event.0);
        writer.i64(self.price.ticks());
        writer.i64(self.quantity.lots());
        writer.u8(self.aggressor_side as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Layout, append_encoded};

    #[test]
    fn reads_a_record_and_its_own_journal_form() {
        let record = MarketEvent {
            ts_event_ns: 5,
            price_ticks: 7,
            quantity_lots: 3,
            instrument: 2,
            kind: KIND_TRADE,
            flags: FLAG_SELL,
            ..MarketEvent::default()
        };
        let trade = Trade::of_record(&record).unwrap();
        assert_eq!(trade.aggressor_side, Side::Sell);
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &trade);
        assert_eq!(Trade::decode(&mut Reader::new(&bytes)), Ok(trade));
        let bought =
            Trade::of_record(&MarketEvent { flags: !FLAG_SELL, quantity_lots: 0, ..record });
        assert_eq!(bought.unwrap().aggressor_side, Side::Buy, "whatever else is flagged");
        assert!(Trade::of_record(&MarketEvent { price_ticks: 0, ..record }).is_err());
        assert!(Trade::of_record(&MarketEvent { quantity_lots: -1, ..record }).is_err());
        assert!(Trade::of_record(&MarketEvent { kind: 4, ..record }).is_err());
    }

    #[test]
    fn the_room_asked_for_is_what_the_longest_trade_takes() {
        let longest = Trade {
            instrument: InstrumentId(u32::MAX),
            ts_event: Timestamp(i64::MIN),
            price: Price::from_ticks(i64::MIN),
            quantity: Quantity::from_lots(i64::MIN),
            aggressor_side: Side::Sell,
        };
        assert_eq!(crate::wire::compact_length(&longest), longest.encoded_bytes_max());
    }
}
