//! The outcome of a judgement: every control that was looked at, with limit, observed value and age of the input.

use crate::control::Control;
use holdfast_core::wire::{Reader, Writer};
use holdfast_core::{ClientOrderId, Code, Error, Result};

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

/// Bytes of one encoded check.
const CHECK_BYTES: usize = 43;
/// Most checks of a verdict: each control at most once.
pub const CHECKS_MAX: usize = 19;

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
    /// Longest encoded form.
    pub const ENCODED_BYTES_MAX: usize = 10 + CHECKS_MAX * CHECK_BYTES;

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

    /// Writes the journal form.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        writer.u64(self.client_order_id.0);
        writer.u8(u8::from(self.reducing));
        writer.u8(u8::try_from(self.checks().count()).unwrap_or(u8::MAX));
        for check in self.checks() {
            writer.u8(check.control as u8);
            writer.u8(u8::from(check.passed));
            writer.u8(u8::from(check.limit.is_some()));
            for value in [check.limit.unwrap_or(0), check.observed] {
                writer.bytes(&value.to_le_bytes());
            }
            writer.i64(check.age_ns);
        }
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
            let limited = reader.u8()? != 0;
            let limit = reader.amount()?.raw();
            let observed = reader.amount()?.raw();
            let age_ns = reader.i64()?;
            verdict.add(Check {
                control,
                passed,
                limit: limited.then_some(limit),
                observed,
                age_ns,
            });
        }
        Ok(verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                observed: 5,
                age_ns: 6,
            });
        }
        let mut bytes = [0_u8; Verdict::ENCODED_BYTES_MAX];
        let mut writer = Writer::new(&mut bytes);
        verdict.encode(&mut writer);
        assert_eq!(writer.len(), Verdict::ENCODED_BYTES_MAX);
        let read = Verdict::decode(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(read, verdict);
        assert!(!read.approved());
        assert_eq!(read.failed() & 0b1111, 0b1001);
        bytes[10] = 200;
        assert!(Verdict::decode(&mut Reader::new(&bytes)).is_err());
    }
}
