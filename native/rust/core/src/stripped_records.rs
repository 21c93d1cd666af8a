//! Records before they are chained: headers and payloads one after the other, in memory that is used again.

use crate::clock::Timestamp;
use crate::error::Result;
use crate::journal_group::{OPEN_RECORD_VERSION, VERSION_AT};
use crate::journal_record::{HEADER_BYTES, RECORD_VERSION, RecordKind, header, payload_bound};
use crate::record_checksum::{Checksums, PAD_BYTES};
use crate::wire::{Encode, Layout, Writer};

/// Records without hash and checksum.
#[derive(Debug)]
pub struct StrippedRecords {
    /// As long as the fullest use so far; only what is in use counts, so that memory is cleared once. Zeros stand before each
    /// record.
    bytes: Vec<u8>,
    used: usize,
    version: u8,
}

/// Records of which each is to have a hash of its own.
impl Default for StrippedRecords {
    fn default() -> Self {
        Self { bytes: Vec::new(), used: 0, version: RECORD_VERSION }
    }
}

/// One record with the zeros before it.
#[derive(Debug, Clone, Copy)]
pub struct StrippedRecord<'a>(&'a [u8]);

impl<'a> StrippedRecord<'a> {
    /// Returns header and payload.
    #[must_use]
    #[inline]
    pub fn content(self) -> &'a [u8] {
        self.0.get(PAD_BYTES..).unwrap_or_default()
    }

    /// Returns the checksum of header and payload.
    #[inline]
    pub(crate) fn checksum(self, checksums: &Checksums) -> u32 {
        checksums.behind_zeros(self.0)
    }
}

impl StrippedRecords {
    /// Keeps records of groups: each has the form in which it stands before the last of its group.
    #[must_use]
    pub const fn of_groups() -> Self {
        Self { bytes: Vec::new(), used: 0, version: OPEN_RECORD_VERSION }
    }

    /// Appends a record.
    ///
    /// # Errors
    /// `CAPACITY_EXHAUSTED` when the payload may be longer than `PAYLOAD_BYTES_MAX`; nothing is appended then.
    pub fn push(
        &mut self,
        kind: RecordKind,
        sequence: u64,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        const FRAME_BYTES: usize = PAD_BYTES + HEADER_BYTES;
        let room = payload_bound(content)?;
        let whole = FRAME_BYTES + room;
        if self.bytes.len() < self.used + whole {
            self.bytes.resize(self.used + whole, 0);
        }
        let place = self.bytes.get_mut(self.used..self.used + whole).unwrap_or_default();
        let Some((frame, payload)) = place.split_first_chunk_mut::<FRAME_BYTES>() else {
            return Ok(());
        };
        let mut writer = Writer::new(payload, Layout::Compact);
        content.encode(&mut writer);
        let length = writer.len().min(room);
        let mut head = header(kind, sequence, ts);
        head[..4].copy_from_slice(&(length as u32).to_le_bytes());
        head[VERSION_AT] = self.version;
        frame[..PAD_BYTES].copy_from_slice(&[0; PAD_BYTES]);
        frame[PAD_BYTES..].copy_from_slice(&head);
        self.used += FRAME_BYTES + length;
        Ok(())
    }

    /// Returns the first record's header and payload; nothing when there is none.
    #[must_use]
    pub fn first(&self) -> &[u8] {
        self.records().next().map_or(&[], StrippedRecord::content)
    }

    /// Returns how many bytes the records have, the zeros before them counted.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.used
    }

    /// Returns whether there is no record.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Gives every record up and keeps the memory.
    pub const fn clear(&mut self) {
        self.used = 0;
    }

    /// Returns the records one by one.
    pub fn records(&self) -> impl Iterator<Item = StrippedRecord<'_>> {
        let mut rest = self.bytes.get(..self.used).unwrap_or_default();
        std::iter::from_fn(move || {
            let head = rest.get(PAD_BYTES..)?.first_chunk::<4>()?;
            let length = u32::from_le_bytes(*head) as usize;
            let (record, after) = rest.split_at_checked(PAD_BYTES + HEADER_BYTES + length)?;
            rest = after;
            Some(StrippedRecord(record))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use crate::journal_record::{Chain, PAYLOAD_BYTES_MAX};

    #[test]
    fn chained_later_they_are_the_records_that_are_chained_at_once() {
        let payloads: [&[u8]; 4] = [&[1, 2, 3], &[], &[9; 300], &[4]];
        let (mut at_once, mut later) = (Vec::new(), Vec::new());
        let (mut chain, mut other) = (Chain::default(), Chain::default());
        let mut stripped = StrippedRecords::default();
        // The second round is written over the first one's bytes.
        for round in 0..2 {
            for (sequence, payload) in (round * 4_u64..).zip(payloads) {
                let ts = Timestamp(sequence as i64);
                chain.append(&mut at_once, RecordKind::Bar, ts, payload).unwrap();
                stripped.push(RecordKind::Bar, sequence, ts, payload).unwrap();
            }
            assert_eq!(stripped.records().count(), payloads.len());
            assert_eq!(stripped.first().len(), HEADER_BYTES + payloads[0].len());
            let records = stripped.records().map(StrippedRecord::content);
            records.for_each(|record| other.append_stripped(&mut later, record));
            stripped.clear();
            assert!(stripped.is_empty());
        }
        assert_eq!((at_once, chain), (later, other));
    }

    #[test]
    fn too_long_a_payload_is_refused_and_leaves_nothing() {
        let mut stripped = StrippedRecords::default();
        let long = vec![0; PAYLOAD_BYTES_MAX + 1];
        let error = stripped.push(RecordKind::Bar, 0, Timestamp(0), long.as_slice()).unwrap_err();
        assert_eq!(error.code(), Code::CapacityExhausted);
        assert!(stripped.is_empty() && stripped.records().next().is_none());
    }
}
