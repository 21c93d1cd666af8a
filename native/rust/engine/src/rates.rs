//! Rates of exchange: as inputs of their own, or following the mark of an instrument.

use crate::engine::Engine;
use crate::sink::Sink;
use crate::wallet::{CurrencyId, rate_of_price};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{Encode, Reader, U32_BYTES_MAX, U64_BYTES_MAX, Writer};
use holdfast_core::{InstrumentId, Price, Rate, Result, Timestamp};
use serde_json::{Value, json};

/// One unit of a currency costs this much of the account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateChanged {
    /// Which currency.
    pub currency: CurrencyId,
    /// When the rate was seen.
    pub ts_event: Timestamp,
    /// The rate.
    pub rate: Rate,
}

impl RateChanged {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`, `RATE_INVALID`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            currency: CurrencyId(reader.u16()?),
            ts_event: Timestamp(reader.i64()?),
            rate: Rate::decode(reader)?,
        })
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "currency": self.currency.0, "rate": self.rate.to_string() })
    }
}

impl Encode for RateChanged {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX + U64_BYTES_MAX + Rate::BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u16(self.currency.0);
        writer.i64(self.ts_event.0);
        self.rate.encode(writer);
    }
}

impl Engine {
    pub(crate) fn on_rate(&mut self, changed: &RateChanged, sink: &mut impl Sink) -> Result<()> {
        // Checked before the record is written: what is refused leaves nothing behind.
        self.wallets.set_rate(changed.currency, changed.rate, changed.ts_event)?;
        self.emit(RecordKind::RateChanged, changed, sink)?;
        self.refresh_currency(changed.currency)?;
        self.equity = self.wallets.equity()?;
        self.gate.mark_equity(changed.ts_event, self.equity)
    }

    /// Lets the rates that follow an instrument follow its new mark.
    #[inline]
    pub(crate) fn follow_mark(
        &mut self,
        id: InstrumentId,
        price: Price,
        ts: Timestamp,
    ) -> Result<()> {
        if self.wallets.foreign().is_empty() {
            return Ok(());
        }
        let Some(state) = self.instruments.get(id.index()) else { return Ok(()) };
        // A price that is no rate (zero, negative, too long) leaves the last one to grow old, until orders are refused.
        let Ok(rate) = rate_of_price(&state.instrument, price) else { return Ok(()) };
        if self.wallets.follow_mark(id, rate, ts) {
            for place in 1..=self.wallets.foreign().len() {
                self.refresh_currency(CurrencyId(u16::try_from(place).unwrap_or(0)))?;
            }
        }
        Ok(())
    }
}
