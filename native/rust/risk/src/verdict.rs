//! The outcome of a judgement: every control that was looked at, with limit, observed value and age of the input.

use crate::control::Control;
use holdfast_core::wire::{AMOUNT_BYTES_MAX, Encode, Reader, U64_BYTES_MAX, Writer};
use holdfast_core::{Amount, ClientOrderId, Code, Error, Result};

/// One control's part of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Which control.
    pub control: Control,
    /// Whether the order passes it.
    pub passed: bool,
    /// Bound in the control's unit; `None` when it is unlimited or not exceeded by nature.
    pub limit: Option<i128>,
    /// What was seen, in the control's unit.
    pub observed: i128,
    /// Age of the market input, in nanoseconds.
    pub age_ns: i64,
}

/// Most bytes of one encoded check.
const CHECK_BYTES_MAX: usize = 3 + 2 * AMOUNT_BYTES_MAX + U64_BYTES_MAX;
/// Most checks of a verdict: each control at most once.
pub const CHECKS_MAX: usize = 23;

/// A judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Which order.
    pub client_order_id: ClientOrderId,
    /// Whether it was proven to reduce the position.
    pub reducing: bool,
    checks: [Option<Check>; CHECKS_MAX],
}

impl Verdict {
    /// Starts a verdict to which no control has spoken.
    #[must_use]
    pub const fn new(client_order_id: ClientOrderId, reducing: bool) -> Self {
        Self { client_order_id, reducing, checks: [None; CHECKS_MAX] }
    }

    /// Adds a control's word; a control speaks once, the last word counts.
    pub fn add(&mut self, check: Check) {
        if let Some(slot) = self.checks.get_mut(check.control as usize) {
            *slot = Some(check);
        }
    }

    /// Returns the checks in the order of the controls.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().flatten()
    }

    /// Returns the failed controls as bits.
    #[must_use]
    pub fn failed(&self) -> u32 {
        self.checks()
            .filter(|check| !check.passed)
            .fold(0, |bits, check| bits | 1 << check.control as u8)
    }

    /// Returns whether the order may be sent.
    #[must_use]
    pub fn approved(&self) -> bool {
        self.checks().all(|check| check.passed)
    }

    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let mut verdict = Self::new(ClientOrderId(reader.u64()?), false);
        verdict.reducing = reader.u8()? != 0;
        for _ in 0..reader.u8()? {
            let control = Control::from_number(reader.u8()?).ok_or_else(|| {
                Error::new(Code::JournalCorrupt, "verdict must name known controls")
            })?;
            let passed = reader.u8()? != 0;
            let is_limited = reader.u8()? != 0;
            let limit = reader.amount()?.raw();
            verdict.add(Check {
                control,
                passed,
                limit: is_limited.then_some(limit),
                observed: reader.amount()?.raw(),
                age_ns: reader.optional_i64()?.unwrap_or(i64::MAX),
            });
        }
        Ok(verdict)
    }
}

impl Encode for Verdict {
    fn encoded_bytes_max(&self) -> usize {
        U64_BYTES_MAX + 2 + CHECKS_MAX * CHECK_BYTES_MAX
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.client_order_id.0);
        writer.u8(u8::from(self.reducing));
        writer.u8(u8::try_from(self.checks().count()).unwrap_or(u8::MAX));
        for check in self.checks() {
            writer.u8(check.control as u8);
            writer.u8(u8::from(check.passed));
            writer.u8(u8::from(check.limit.is_some()));
            writer.amount(Amount::from_raw(check.limit.unwrap_or(0)));
            writer.amount(Amount::from_raw(check.observed));
            // An age that is not known is the largest number; it is written as none.
            writer.optional_i64((check.age_ns != i64::MAX).then_some(check.age_ns));
        }
    }
}

holdfast_core::persist_fields!(Check { control, passed, limit, observed, age_ns });
holdfast_core::persist_fields!(Verdict { client_order_id, reducing, checks });

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::wire::{Layout, append_encoded};

    #[test]
    fn encodes_and_decodes_every_check() {
        assert_eq!(Control::ALL.len(), CHECKS_MAX);
        let mut verdict = Verdict::new(ClientOrderId(9), true);
        for (index, control) in Control::ALL.iter().enumerate() {
            let limit = (index % 2 == 0).then_some(-(index as i128));
            verdict.add(Check {
                control: *control,
                passed: index % 3 != 0,
                limit,
                observed: i128::MIN,
                age_ns: if index % 2 == 0 { i64::MAX } else { 6 },
            });
        }
        let mut bytes = Vec::new();
        append_encoded(&mut bytes, Layout::Compact, &verdict);
        let read = Verdict::decode(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(read, verdict);
        assert!(!read.approved());
        assert_eq!(read.failed() & 0b1111, 0b1001);
        bytes[3] = 200;
        assert!(Verdict::decode(&mut Reader::new(&bytes)).is_err());
    }
}
