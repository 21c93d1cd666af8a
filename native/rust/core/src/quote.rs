//! The best bid and offer of a book.

use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::InstrumentId;
use crate::market_event::{KIND_QUOTE, MarketEvent};
use crate::price::Price;
use crate::quantity::Quantity;
use crate::wire::{Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};

/// Top of the book at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// When.
    pub ts_event: Timestamp,
    /// Best price to sell at.
    pub bid: Price,
    /// Quantity at the bid.
    pub bid_quantity: Quantity,
    /// Best price to buy at.
    pub ask: Price,
    /// Quantity at the ask.
    pub ask_quantity: Quantity,
}

impl Quote {
    /// Reads a record of the ring.
    ///
    /// # Errors
    /// `EVENT_INVALID` for another kind, prices that are not positive or crossed, or a negative quantity.
    pub fn of_record(record: &MarketEvent) -> Result<Self> {
        let quote = Self {
            instrument: InstrumentId(record.instrument),
            ts_event: Timestamp(record.ts_event_ns),
            bid: Price::from_ticks(record.price_ticks),
            bid_quantity: Quantity::from_lots(record.quantity_lots),
            ask: Price::from_ticks(record.aux0),
            ask_quantity: Quantity::from_lots(record.aux1),
        };
        let sizes = quote.bid_quantity.lots() >= 0 && quote.ask_quantity.lots() >= 0;
        if record.kind != KIND_QUOTE || quote.bid.ticks() <= 0 || quote.ask < quote.bid || !sizes {
            return Err(Error::new(
                Code::EventInvalid,
                "quote is malformed: its prices must be positive, bid not above ask, quantities not negative",
            )
            .with("sequence", record.sequence)
            .with("kind", record.kind));
        }
        Ok(quote)
    }

    /// Returns the middle of bid and ask, rounded down to the tick.
    #[must_use]
    pub const fn mid(&self) -> Price {
        let spread = self.ask.ticks().saturating_sub(self.bid.ticks());
        Price::from_ticks(self.bid.ticks() + spread / 2)
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when bytes are missing.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            instrument: InstrumentId(reader.u32()?),
            ts_event: Timestamp(reader.i64()?),
            bid: Price::from_ticks(reader.i64()?),
            bid_quantity: Quantity::from_lots(reader.i64()?),
            ask: Price::from_ticks(reader.i64()?),
            ask_quantity: Quantity::from_lots(reader.i64()?),
        })
    }
}

impl Encode for Quote {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + 5 * U64_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u32(self.instrument.0);
        writer.i64(self.ts_event.0);
        for value in
            [self.bid.ticks(), self.bid_quantity.lots(), self.ask.ticks(), self.ask_quantity.lots()]
        {
            writer.i64(value);
        }
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
            price_ticks: 100,
            quantity_lots: 3,
            aux0: 103,
            aux1: 4,
            instrument: 2,
            kind: KIND_QUOTE,
            ..MarketEvent::default()
        };
        let quote = Quote::of_record(&record).unwrap();
        assert_eq!(
            (quote.ask.ticks(), quote.ask_quantity.lots(), quote.mid().ticks()),
            (103, 4, 101)
        );
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &quote);
        assert_eq!(Quote::decode(&mut Reader::new(&bytes)), Ok(quote));
        for sound in [
            MarketEvent { quantity_lots: 0, aux1: 0, ..record },
            MarketEvent { aux0: record.price_ticks, ..record },
        ] {
            assert!(Quote::of_record(&sound).is_ok(), "an empty side, or bid and ask at one price");
        }
        for broken in [
            MarketEvent { quantity_lots: -1, ..record },
            MarketEvent { price_ticks: 0, ..record },
            MarketEvent { aux0: 99, ..record },
            MarketEvent { aux1: -1, ..record },
            MarketEvent { kind: 1, ..record },
        ] {
            assert_eq!(Quote::of_record(&broken).map_err(|e| e.code()), Err(Code::EventInvalid));
        }
    }

    #[test]
    fn the_room_asked_for_is_what_the_longest_quote_takes() {
        let (price, quantity) = (Price::from_ticks(i64::MIN), Quantity::from_lots(i64::MIN));
        let longest = Quote {
            instrument: InstrumentId(u32::MAX),
            ts_event: Timestamp(i64::MIN),
            bid: price,
            bid_quantity: quantity,
            ask: price,
            ask_quantity: quantity,
        };
        assert_eq!(crate::wire::compact_length(&longest), longest.encoded_bytes_max());
    }
}
