//! Records before they are chained: headers and payloads one after the other, in memory that is used again.

use crate::clock::Timestamp;
use crate::error::Result;
use crate::journal_record::{HEADER_BYTES, RecordKind, header, payload_bound};
use crate::wire::{Encode, Layout, Writer};

/// Records without hash and checksum.
#[derive(Debug, Default)]
pub struct StrippedRecords {
    /// As long as the fullest use so far; only what is in use counts, so that memory is cleared once.
    bytes: Vec<u8>,
    used: usize,
}

impl StrippedRecords {
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
        let room = payload_bound(content)?;
        let payload = self.used + HEADER_BYTES;
        if self.bytes.len() < payload + room {
            self.bytes.resize(payload + room, 0);
        }
        let mut writer = Writer::new(&mut self.bytes[payload..payload + room], Layout::Compact);
        content.encode(&mut writer);
        let length = writer.len().min(room);
        let mut head = header(kind, sequence, ts);
        head[..4].copy_from_slice(&(length as u32).to_le_bytes());
        self.bytes[self.used..payload].copy_from_slice(&head);
        self.used = payload + length;
        Ok(())
    }

    /// Returns the records' bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
    }

    /// Returns how many bytes the records have.
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

    /// Returns the records one by one, header and payload.
    pub fn records(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.bytes();
        std::iter::from_fn(move || {
            let length = u32::from_le_bytes(*rest.first_chunk::<4>()?) as usize;
            let (record, after) = rest.split_at_checked(HEADER_BYTES + length)?;
            rest = after;
            Some(record)
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
            assert_eq!(stripped.len(), stripped.bytes().len());
            stripped.records().for_each(|record| other.append_stripped(&mut later, record));
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
