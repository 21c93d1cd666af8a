//! The records that a strategy wants to hear of, queued as bytes until it takes them.

use crate::journal_writer::JournalWriter;
use crate::sink::Sink;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::{Encode, Layout, append_encoded};
use holdfast_core::{ReportKind, Result, Timestamp};
use holdfast_risk::Quiet;

/// Bytes before each payload: length, kind, time.
pub const NOTICE_HEADER_BYTES: usize = 16;

/// Where the instrument stands in the fixed layout of a position, of a closed trade and of an order.
const POSITION_INSTRUMENT: usize = 0;
const TRADE_INSTRUMENT: usize = 0;
const ORDER_INSTRUMENT: usize = 16;

/// A queue of notices; it holds what one input caused, and the session takes all of it before the next input.
#[derive(Debug, Default)]
pub struct Notices {
    bytes: Vec<u8>,
    taken: usize,
}

impl Notices {
    /// Copies as many whole notices as fit and returns how many bytes were copied.
    pub fn take(&mut self, into: &mut [u8]) -> usize {
        let mut copied = 0;
        while let Some(head) = self.bytes.get(self.taken..).and_then(|rest| rest.first_chunk::<4>())
        {
            let total = NOTICE_HEADER_BYTES + u32::from_le_bytes(*head) as usize;
            let (Some(source), Some(target)) = (
                self.bytes.get(self.taken..self.taken + total),
                into.get_mut(copied..copied + total),
            ) else {
                break;
            };
            target.copy_from_slice(source);
            copied += total;
            self.taken += total;
        }
        if self.taken == self.bytes.len() {
            self.bytes.clear();
            self.taken = 0;
        }
        copied
    }

    /// Returns how many bytes were queued since the queue was last empty.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds bytes of another queue, whole notices.
    pub(crate) fn append(&mut self, notices: &[u8]) {
        self.bytes.extend_from_slice(notices);
    }

    /// Takes the bytes of all that waits; nothing of it was copied before.
    pub(crate) fn take_all(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Writes the instrument's id of a notice that begins at `start` anew, where it has one.
    pub(crate) fn rename_instruments(&mut self, start: usize, name: impl Fn(u32) -> u32) {
        let mut at = start;
        while let Some(head) = self.bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let [a, b, c, d, kind, ..] = *head;
            let payload = at + NOTICE_HEADER_BYTES;
            at = payload + u32::from_le_bytes([a, b, c, d]) as usize;
            let offset = match kind {
                kind if kind == RecordKind::PositionChanged as u8 => POSITION_INSTRUMENT,
                kind if kind == RecordKind::TradeClosed as u8 => TRADE_INSTRUMENT,
                kind if kind == RecordKind::OrderChanged as u8 => ORDER_INSTRUMENT,
                _ => continue,
            };
            let place = payload + offset;
            let bytes = self.bytes.get_mut(place..).and_then(|rest| rest.first_chunk_mut::<4>());
            if let Some(bytes) = bytes {
                *bytes = name(u32::from_le_bytes(*bytes)).to_le_bytes();
            }
        }
    }

    /// Returns whether anything waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Queues a record if it is of a kind that a strategy cares for.
    pub fn note(&mut self, kind: RecordKind, ts: Timestamp, content: &(impl Encode + ?Sized)) {
        let wanted = matches!(
            kind,
            RecordKind::OrderChanged
                | RecordKind::PositionChanged
                | RecordKind::TradeClosed
                | RecordKind::DayClosed
                | RecordKind::Verdict
                | RecordKind::VenueReport
                | RecordKind::FuseRefused
        );
        if wanted {
            self.push(kind, ts, content);
        }
    }

    /// Adds a record of the engine.
    pub fn push(&mut self, kind: RecordKind, ts: Timestamp, content: &(impl Encode + ?Sized)) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0, 0, 0, 0, kind as u8, 0, 0, 0]);
        self.bytes.extend_from_slice(&ts.0.to_le_bytes());
        let length = append_encoded(&mut self.bytes, Layout::Fixed, content) as u32;
        self.bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
        // Reports other than fills show in the order's changes; the kind of a report stands behind the order's id.
        let kind_at = start + NOTICE_HEADER_BYTES + 8;
        if kind == RecordKind::VenueReport && self.bytes[kind_at] != ReportKind::Fill as u8 {
            self.bytes.truncate(start);
        }
    }
}

/// Sends each record to the journal and, where a strategy cares, to the notices.
#[derive(Debug)]
pub struct Recorder<'a> {
    /// Where every record goes; `None` keeps none.
    pub journal: Option<&'a mut JournalWriter>,
    /// Where those go that somebody listens to; `None` when nobody does.
    pub notices: Option<&'a mut Notices>,
    /// Which values of an order that passes are no news; it counts only where neither of the others is.
    pub quiet: Option<&'a Quiet>,
}

impl<'a> Recorder<'a> {
    /// Sends every record whole to both.
    pub const fn of(journal: Option<&'a mut JournalWriter>, notices: &'a mut Notices) -> Self {
        Self { journal, notices: Some(notices), quiet: None }
    }
}

impl Sink for Recorder<'_> {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        if let Some(journal) = self.journal.as_deref_mut() {
            journal.record(kind, ts, content)?;
        }
        if let Some(notices) = self.notices.as_deref_mut() {
            notices.note(kind, ts, content);
        }
        Ok(())
    }

    fn quiet(&self) -> Option<&Quiet> {
        if self.journal.is_some() || self.notices.is_some() { None } else { self.quiet }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_whole_notices_only_and_all_of_them() {
        let mut notices = Notices::default();
        notices.push(RecordKind::Verdict, Timestamp(1), &[1; 10][..]);
        notices.push(RecordKind::Verdict, Timestamp(2), &[2; 10][..]);
        let mut buffer = [0_u8; 40];
        assert_eq!(notices.take(&mut buffer), 26);
        assert!(!notices.is_empty());
        assert_eq!(notices.take(&mut buffer), 26);
        assert_eq!(buffer[16], 2);
        assert!(notices.is_empty());
        assert_eq!(notices.take(&mut buffer), 0);
    }
}
