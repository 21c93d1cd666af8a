//! The journal's form of a verdict: one byte says which control speaks and what follows of it.
//!
//! A limit and an age stand only where there is something to say: no limit that is none, and no age that is the one of the
//! check before. Journals from before have a longer form, which is read all the same.

use crate::control::Control;
use crate::verdict::{Check, Verdict};
use holdfast_core::wire::{Reader, Writer};
use holdfast_core::{Amount, Code, Error, Quantity, Result};

/// Bits of the byte behind the order's id: whether it reduces, that this form follows, and that some control failed.
const REDUCING: u8 = 1;
const PACKED: u8 = 2;
const FAILED: u8 = 4;

/// Bits of a check's byte beside its control's number.
const LIMITED: u8 = 1 << 6;
const AGED: u8 = 1 << 7;
const NUMBER: u8 = LIMITED - 1;

impl Verdict {
    /// Returns whether the byte behind the order's id says that this form follows.
    pub(crate) const fn is_packed(form: u8) -> bool {
        form & PACKED != 0
    }

    /// Returns whether the journal's form of a verdict is that of journals from before.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn is_of_old(payload: &[u8]) -> Result<bool> {
        let mut reader = Reader::new(payload);
        reader.u64()?;
        Ok(!Self::is_packed(reader.u8()?))
    }

    /// Writes the form.
    pub(crate) fn pack(&self, writer: &mut Writer<'_>) {
        let failed = self.failed();
        writer.u64(self.client_order_id.0);
        let reducing = if self.reducing { REDUCING } else { 0 };
        writer.u8(PACKED | reducing | if failed == 0 { 0 } else { FAILED });
        if failed != 0 {
            writer.u64(failed);
        }
        writer.u8(self.spoken().count_ones() as u8);
        let mut age_before = 0;
        writer.row(|writer| {
            for check in self.checks() {
                let limited = if check.limit.is_some() { LIMITED } else { 0 };
                let aged = if check.age_ns == age_before { 0 } else { AGED };
                writer.u8(check.control as u8 | limited | aged);
                if let Some(limit) = check.limit {
                    writer.amount(Amount::from_raw(limit));
                }
                writer.amount(Amount::from_raw(check.observed));
                if check.age_ns != age_before {
                    age_before = check.age_ns;
                    // An age that is not known is the largest number; it is written as none.
                    writer.optional_i64((check.age_ns != i64::MAX).then_some(check.age_ns));
                }
            }
        });
        writer.optional_i64(self.suggested.map(Quantity::lots));
        writer.u64(self.limits_mark);
    }

    /// Reads what stands behind the form's byte.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub(crate) fn unpack(mut self, form: u8, reader: &mut Reader<'_>) -> Result<Self> {
        let corrupt = |what| Error::new(Code::JournalCorrupt, what);
        if form & !(REDUCING | PACKED | FAILED) != 0 {
            return Err(corrupt("verdict must have a known form"));
        }
        self.reducing = form & REDUCING != 0;
        let failed = if form & FAILED == 0 { 0 } else { reader.u64()? };
        let mut age_ns = 0;
        for _ in 0..reader.u8()? {
            let byte = reader.u8()?;
            let control = Control::from_number(byte & NUMBER)
                .ok_or_else(|| corrupt("verdict must name known controls"))?;
            let limit = if byte & LIMITED == 0 { None } else { Some(reader.amount()?.raw()) };
            let observed = reader.amount()?.raw();
            if byte & AGED != 0 {
                age_ns = reader.optional_i64()?.unwrap_or(i64::MAX);
            }
            let passed = failed & (1 << control as u8) == 0;
            self.add(Check { control, passed, limit, observed, age_ns });
        }
        self.suggested = reader.optional_i64()?.map(Quantity::from_lots);
        self.limits_mark = reader.u64()?;
        Ok(self)
    }
}
