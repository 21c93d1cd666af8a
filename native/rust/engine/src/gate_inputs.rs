//! Inputs that change the gate itself: other limits, and signals from outside.

use crate::engine::Engine;
use crate::sink::Sink;
use holdfast_core::journal_record::{RecordKind, hex};
use holdfast_core::wire::{Encode, Reader, U32_BYTES_MAX, Writer};
use holdfast_core::{Code, Error, InstrumentSpec, OrderIntent, Result};
use holdfast_risk::{ChangeCause, GateSignal, LimitsChange};
use serde_json::{Value, json};

/// Other limits are in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitsChanged {
    /// Why.
    pub cause: ChangeCause,
    /// Their fingerprint.
    pub fingerprint: [u8; 32],
}

impl LimitsChanged {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let corrupt = || Error::new(Code::JournalCorrupt, "limits_changed must name its cause");
        let cause = ChangeCause::from_number(reader.u8()?).ok_or_else(corrupt)?;
        let fingerprint = *reader.rest().first_chunk::<32>().ok_or_else(corrupt)?;
        Ok(Self { cause, fingerprint })
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "cause": self.cause.name(), "limits_fingerprint": hex(&self.fingerprint) })
    }
}

impl Encode for LimitsChanged {
    fn encoded_bytes_max(&self) -> usize {
        1 + 32
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u8(self.cause as u8);
        writer.bytes(&self.fingerprint);
    }
}

/// A strategy's executions have disabled it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrategyThrottled {
    /// Which strategy.
    pub strategy: u16,
}

impl StrategyThrottled {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self { strategy: reader.u16()? })
    }

    pub(crate) fn json(self) -> Value {
        json!({ "strategy": self.strategy })
    }
}

impl Encode for StrategyThrottled {
    fn encoded_bytes_max(&self) -> usize {
        U32_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u16(self.strategy);
    }
}

pub(crate) fn signal_json(signal: GateSignal) -> Value {
    let (target, value) = signal.target_and_value();
    json!({ "signal": signal.name(), "target": target, "value": value })
}

impl Engine {
    /// Takes a wish for other limits: it is recorded when it is granted, and refused as an error otherwise.
    pub(crate) fn change_limits(
        &mut self,
        change: &LimitsChange,
        sink: &mut impl Sink,
    ) -> Result<()> {
        let now = self.now();
        let specs: Vec<InstrumentSpec> =
            self.instruments.iter().map(|state| state.instrument.spec().clone()).collect();
        let specs: Vec<&InstrumentSpec> = specs.iter().collect();
        let cause = self.gate.change_limits(change, &specs, now)?;
        self.emit(RecordKind::LimitsRequested, change, sink)?;
        self.take_limits(cause, sink)
    }

    /// Follows the limits that are in force since this input.
    pub(crate) fn take_limits(&mut self, cause: ChangeCause, sink: &mut impl Sink) -> Result<()> {
        self.watch_totals()?;
        self.watch_stops();
        let fingerprint = *self.gate.table().fingerprint();
        self.emit(RecordKind::LimitsChanged, &LimitsChanged { cause, fingerprint }, sink)
    }

    pub(crate) fn take_signal(&mut self, signal: GateSignal, sink: &mut impl Sink) -> Result<()> {
        self.gate.check_signal(&signal)?;
        self.emit(RecordKind::GateSignal, &signal, sink)?;
        self.gate.take_signal(&signal, self.now());
        Ok(())
    }

    /// Counts a fill; records when it was the one too many.
    pub(crate) fn note_execution(
        &mut self,
        intent: &OrderIntent,
        sink: &mut impl Sink,
    ) -> Result<()> {
        if !self.gate.note_execution(intent, self.now()) {
            return Ok(());
        }
        let throttled = StrategyThrottled { strategy: intent.terms.strategy };
        self.emit(RecordKind::StrategyThrottled, &throttled, sink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::wire::{Layout, append_encoded};

    #[test]
    fn records_of_the_gate_are_read_back() {
        for number in 0..5 {
            let cause = ChangeCause::from_number(number).unwrap();
            let changed = LimitsChanged { cause, fingerprint: [number; 32] };
            let mut bytes = Vec::new();
            append_encoded(&mut bytes, Layout::Compact, &changed);
            assert_eq!(LimitsChanged::decode(&mut Reader::new(&bytes)), Ok(changed));
            assert_eq!(changed.json()["cause"], cause.name());
            let cut = LimitsChanged::decode(&mut Reader::new(&bytes[..20]));
            assert_eq!(cut.map_err(|e| e.code()), Err(Code::JournalCorrupt));
        }
        assert_eq!(ChangeCause::from_number(5), None);
        let throttled = StrategyThrottled { strategy: 300 };
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &throttled);
        assert_eq!(StrategyThrottled::decode(&mut Reader::new(&bytes)), Ok(throttled));
    }
}
