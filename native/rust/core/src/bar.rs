//! One bar: prices and volume of an interval, in ticks and lots.

use crate::clock::Timestamp;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::identifier::InstrumentId;
use crate::price::Price;
use crate::quantity::Quantity;
use crate::wire::{Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};

/// An interval of trading on one instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// First instant of the interval.
    pub ts_open: Timestamp,
    /// Last instant of the interval; the bar is known from here on.
    pub ts_close: Timestamp,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Traded quantity.
    pub volume: Quantity,
}

impl Bar {
    /// Checks that the prices are positive and ordered and the volume is not negative.
    ///
    /// # Errors
    /// `EVENT_INVALID` naming the rule.
    pub fn validate(&self) -> Result<()> {
        let rule = if self.low.ticks() <= 0 {
            "prices must be positive"
        } else if self.low > self.open || self.low > self.close {
            "low must not be above open or close"
        } else if self.high < self.open || self.high < self.close {
            "high must not be below open or close"
        } else if self.volume.lots() < 0 {
            "volume must not be negative"
        } else if self.ts_close < self.ts_open {
            "close time must not be before open time"
        } else {
            return Ok(());
        };
        Err(Error::new(Code::EventInvalid, format!("bar is malformed: {rule}"))
            .with("instrument", self.instrument.0)
            .with("ts_close_ns", self.ts_close.0))
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when bytes are missing.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let instrument = InstrumentId(reader.u32()?);
        let (ts_close, interval_ns, open) = (reader.i64()?, reader.i64()?, reader.i64()?);
        let mut price = || Ok(Price::from_ticks(open.wrapping_add(reader.i64()?)));
        let (high, low, close) = (price()?, price()?, price()?);
        Ok(Self {
            instrument,
            ts_open: Timestamp(ts_close.wrapping_sub(interval_ns)),
            ts_close: Timestamp(ts_close),
            open: Price::from_ticks(open),
            high,
            low,
            close,
            volume: Quantity::from_lots(reader.i64()?),
        })
    }
}

impl Encode for Bar {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + 7 * U64_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u32(self.instrument.0);
        writer.i64(self.ts_close.0);
        writer.i64(self.ts_close.0.wrapping_sub(self.ts_open.0));
        let open = self.open.ticks();
        writer.i64(open);
        for price in [self.high, self.low, self.close] {
            writer.i64(price.ticks().wrapping_sub(open));
        }
        writer.i64(self.volume.lots());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Layout, append_encoded};

    fn bar() -> Bar {
        Bar {
            instrument: InstrumentId(3),
            ts_open: Timestamp(10),
            ts_close: Timestamp(20),
            open: Price::from_ticks(100),
            high: Price::from_ticks(110),
            low: Price::from_ticks(90),
            close: Price::from_ticks(105),
            volume: Quantity::from_lots(7),
        }
    }

    /// One bar that stands at each bound, and one beyond it.
    #[test]
    fn every_price_lies_between_low_and_high_bounds_included() {
        let flat = Price::from_ticks(100);
        let at_bounds = Bar {
            open: flat,
            high: flat,
            low: flat,
            close: flat,
            ts_close: Timestamp(10),
            ..bar()
        };
        assert_eq!(at_bounds.validate(), Ok(()));
        let ticks = Price::from_ticks;
        let beyond = [
            Bar { low: ticks(0), ..bar() },
            Bar { low: ticks(101), ..bar() },
            Bar { low: ticks(101), open: ticks(102), close: ticks(100), ..bar() },
            Bar { high: ticks(104), ..bar() },
            Bar { high: ticks(101), open: ticks(102), close: ticks(95), ..bar() },
            Bar { volume: Quantity::from_lots(-1), ..bar() },
            Bar { ts_close: Timestamp(9), ..bar() },
        ];
        for wrong in beyond {
            assert_eq!(
                wrong.validate().map_err(|e| e.code()),
                Err(Code::EventInvalid),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn the_room_asked_for_is_what_the_longest_bar_takes() {
        let longest = Bar {
            instrument: InstrumentId(u32::MAX),
            ts_open: Timestamp(i64::MAX),
            ts_close: Timestamp(i64::MIN + 1),
            open: Price::from_ticks(i64::MIN),
            high: Price::from_ticks(-1),
            low: Price::from_ticks(-1),
            close: Price::from_ticks(-1),
            volume: Quantity::from_lots(i64::MIN),
        };
        let length = append_encoded(&mut Vec::new(), Layout::Compact, &longest);
        assert!(length <= longest.encoded_bytes_max());
        assert!(length > longest.encoded_bytes_max() - 9, "{length}");
    }

    #[test]
    fn encodes_and_decodes_every_field() {
        let price = Price::from_ticks;
        let extreme = Bar {
            instrument: InstrumentId(u32::MAX),
            ts_open: Timestamp(i64::MAX),
            ts_close: Timestamp(i64::MIN),
            open: price(i64::MIN),
            high: price(i64::MAX),
            low: price(0),
            close: price(-1),
            volume: Quantity::from_lots(i64::MIN),
        };
        for bar in [bar(), extreme] {
            let mut bytes = Vec::new();
            let length = append_encoded(&mut bytes, Layout::Compact, &bar);
            assert_eq!(Bar::decode(&mut Reader::new(&bytes[..length])), Ok(bar));
            assert!(Bar::decode(&mut Reader::new(&bytes[..length - 1])).is_err());
        }
    }

    #[test]
    fn refuses_each_malformed_bar() {
        assert!(bar().validate().is_ok());
        let price = Price::from_ticks;
        let broken = [
            Bar { low: price(0), ..bar() },
            Bar { low: price(101), ..bar() },
            Bar { high: price(104), ..bar() },
            Bar { volume: Quantity::from_lots(-1), ..bar() },
            Bar { ts_close: Timestamp(9), ..bar() },
        ];
        for case in broken {
            assert_eq!(case.validate().map_err(|e| e.code()), Err(Code::EventInvalid));
        }
    }
}
