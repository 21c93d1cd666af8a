//! The 64-byte record that carries market data between threads; the same layout stands in C++ and TypeScript.

use crate::bar::Bar;
use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::InstrumentId;
use crate::price::Price;
use crate::quantity::Quantity;

/// Bytes of a record: one cache line.
pub const MARKET_EVENT_BYTES: usize = 64;

/// Names and byte offsets of the fields; the layout tests of all three languages compare with it.
pub const MARKET_EVENT_LAYOUT: [(&str, usize); 11] = [
    ("ts_event_ns", 0),
    ("ts_recv_ns", 8),
    ("sequence", 16),
    ("price_ticks", 24),
    ("quantity_lots", 32),
    ("aux0", 40),
    ("aux1", 48),
    ("instrument", 56),
    ("kind", 60),
    ("flags", 61),
    ("stream", 62),
];

/// Kind number of a trade.
pub const KIND_TRADE: u8 = 1;
/// Kind number of a quote.
pub const KIND_QUOTE: u8 = 2;
/// Kind number of a bar's two records.
pub const KIND_BAR: u8 = 4;
/// Flag of a trade whose aggressor sold.
pub const FLAG_SELL: u8 = 0b001;
/// Flag of the last record that belongs together with the ones before.
pub const FLAG_LAST_OF_BATCH: u8 = 0b100;

/// One market-data record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct MarketEvent {
    pub ts_event_ns: i64,
    pub ts_recv_ns: i64,
    pub sequence: u64,
    pub price_ticks: i64,
    pub quantity_lots: i64,
    pub aux0: i64,
    pub aux1: i64,
    pub instrument: u32,
    pub kind: u8,
    pub flags: u8,
    pub stream: u16,
}

fn word<const N: usize>(bytes: &[u8; MARKET_EVENT_BYTES], offset: usize) -> [u8; N] {
    let mut out = [0_u8; N];
    out.copy_from_slice(&bytes[offset..offset + N]);
    out
}

impl MarketEvent {
    /// Reads a record.
    #[must_use]
    pub fn decode(bytes: &[u8; MARKET_EVENT_BYTES]) -> Self {
        Self {
            ts_event_ns: i64::from_le_bytes(word(bytes, 0)),
            ts_recv_ns: i64::from_le_bytes(word(bytes, 8)),
            sequence: u64::from_le_bytes(word(bytes, 16)),
            price_ticks: i64::from_le_bytes(word(bytes, 24)),
            quantity_lots: i64::from_le_bytes(word(bytes, 32)),
            aux0: i64::from_le_bytes(word(bytes, 40)),
            aux1: i64::from_le_bytes(word(bytes, 48)),
            instrument: u32::from_le_bytes(word(bytes, 56)),
            kind: bytes[60],
            flags: bytes[61],
            stream: u16::from_le_bytes(word(bytes, 62)),
        }
    }

    /// Writes a record.
    #[must_use]
    pub fn encode(&self) -> [u8; MARKET_EVENT_BYTES] {
        let mut bytes = [0_u8; MARKET_EVENT_BYTES];
        bytes[0..8].copy_from_slice(&self.ts_event_ns.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.ts_recv_ns.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.price_ticks.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.quantity_lots.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.aux0.to_le_bytes());
        bytes[48..56].copy_from_slice(&self.aux1.to_le_bytes());
        bytes[56..60].copy_from_slice(&self.instrument.to_le_bytes());
        bytes[60] = self.kind;
        bytes[61] = self.flags;
        bytes[62..64].copy_from_slice(&self.stream.to_le_bytes());
        bytes
    }
}

/// Joins the two records of a bar: the first has open, high and low at the opening time, the second the close.
///
/// # Errors
/// `EVENT_INVALID` when the records do not belong together or the bar is malformed.
pub fn bar_of_records(first: &MarketEvent, second: &MarketEvent) -> Result<Bar> {
    let paired = first.kind == KIND_BAR
        && second.kind == KIND_BAR
        && first.flags & FLAG_LAST_OF_BATCH == 0
        && second.flags & FLAG_LAST_OF_BATCH != 0
        && first.instrument == second.instrument
        && first.quantity_lots == second.quantity_lots;
    if !paired {
        return Err(Error::new(Code::EventInvalid, "two records must form one bar, they do not")
            .with("sequence", first.sequence)
            .with("kinds", format!("{} {}", first.kind, second.kind)));
    }
    let bar = Bar {
        instrument: InstrumentId(first.instrument),
        ts_open: Timestamp(first.ts_event_ns),
        ts_close: Timestamp(second.ts_event_ns),
        open: Price::from_ticks(first.price_ticks),
        high: Price::from_ticks(first.aux0),
        low: Price::from_ticks(first.aux1),
        close: Price::from_ticks(second.price_ticks),
        volume: Quantity::from_lots(first.quantity_lots),
    };
    bar.validate()?;
    Ok(bar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records() -> (MarketEvent, MarketEvent) {
        let first = MarketEvent {
            ts_event_ns: 1,
            price_ticks: 10,
            quantity_lots: 5,
            aux0: 12,
            aux1: 9,
            kind: KIND_BAR,
            ..MarketEvent::default()
        };
        let second = MarketEvent {
            ts_event_ns: 2,
            price_ticks: 11,
            aux0: 0,
            aux1: 0,
            flags: FLAG_LAST_OF_BATCH,
            ..first
        };
        (first, second)
    }

    #[test]
    fn every_field_stands_at_its_offset() {
        for (name, offset) in MARKET_EVENT_LAYOUT {
            let mut bytes = [0_u8; MARKET_EVENT_BYTES];
            bytes[offset] = 1;
            let event = MarketEvent::decode(&bytes);
            let value = match name {
                "ts_event_ns" => event.ts_event_ns,
                "ts_recv_ns" => event.ts_recv_ns,
                "sequence" => i64::try_from(event.sequence).unwrap(),
                "price_ticks" => event.price_ticks,
                "quantity_lots" => event.quantity_lots,
                "aux0" => event.aux0,
                "aux1" => event.aux1,
                "instrument" => event.instrument.into(),
                "kind" => event.kind.into(),
                "flags" => event.flags.into(),
                _ => event.stream.into(),
            };
            assert_eq!(value, 1, "{name}");
        }
    }

    #[test]
    fn joins_a_bar_and_refuses_strangers() {
        let (first, second) = records();
        let bar = bar_of_records(&first, &second).unwrap();
        assert_eq!(
            (bar.open.ticks(), bar.high.ticks(), bar.low.ticks(), bar.close.ticks()),
            (10, 12, 9, 11)
        );
        assert!(bar_of_records(&second, &first).is_err());
        assert!(bar_of_records(&first, &first).is_err());
        assert!(bar_of_records(&MarketEvent { kind: KIND_BAR + 1, ..first }, &second).is_err());
        assert!(bar_of_records(&first, &MarketEvent { kind: KIND_BAR + 1, ..second }).is_err());
        assert!(bar_of_records(&first, &MarketEvent { instrument: 1, ..second }).is_err());
        assert!(bar_of_records(&MarketEvent { aux1: 11, ..first }, &second).is_err());
    }

    proptest! {
        #[test]
        fn decode_of_encode_is_identity(bytes in prop::array::uniform32(any::<u8>()), tail in prop::array::uniform32(any::<u8>())) {
            let mut all = [0_u8; MARKET_EVENT_BYTES];
            all[..32].copy_from_slice(&bytes);
            all[32..].copy_from_slice(&tail);
            prop_assert_eq!(MarketEvent::decode(&all).encode(), all);
        }
    }
}
