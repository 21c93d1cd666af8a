//! A journal in memory whose disk can be full and whose last write a crash can tear.

use super::ties::Promise;
use super::verified;
use crate::notices::Notices;
use holdfast_core::journal_record::{Chain, HEADER_BYTES, Record, RecordKind, TRAILER_BYTES};
use holdfast_core::stripped_records::StrippedRecords;
use holdfast_core::wire::Encode;
use holdfast_core::{Code, Error, Result, Timestamp};
use holdfast_engine::Sink;
use holdfast_engine::recovery::Recovery;
use std::ops::Range;

/// What was written, and what is gathered for the next write.
#[derive(Debug, Default)]
pub(super) struct MemoryJournal {
    pub chain: Chain,
    pub bytes: Vec<u8>,
    group: Vec<u8>,
    /// The record that is being chained.
    record: StrippedRecords,
    /// The journal of an equal run before, all of it verified: the hash of a record that follows the same hash with the same
    /// content is known.
    pub known: Vec<u8>,
    pub disk_full: bool,
    /// The process dies when so many records more were gathered.
    pub fuse: Option<u64>,
    /// What a strategy wants to hear of, where there is one.
    pub notices: Option<Notices>,
    /// What the records since the last check say about orders that depend on each other.
    pub promises: Vec<Promise>,
}

impl MemoryJournal {
    /// Makes what was gathered safe; commands leave only then.
    pub fn commit(&mut self) -> Result<()> {
        if self.group.is_empty() {
            return Ok(());
        }
        if self.disk_full {
            return Err(Error::new(Code::JournalIo, "journal must be written, the disk is full"));
        }
        self.bytes.append(&mut self.group);
        Ok(())
    }

    /// Goes on in memory that was used before.
    pub fn move_into(&mut self, mut memory: Vec<u8>) {
        memory.clear();
        memory.extend_from_slice(&self.bytes);
        self.bytes = memory;
    }

    /// A crash leaves the first `permille` of what was gathered.
    pub fn tear(&mut self, permille: u64) {
        let kept = self.group.len() as u64 * permille.min(1_000) / 1_000;
        self.bytes.extend(self.group.iter().take(kept as usize));
        self.group.clear();
        self.fuse = None;
        // Who would have heard of it died with the process.
        self.notices = self.notices.take().map(|_| Notices::default());
    }

    /// Verifies the record at a place, from which on the journal holds `rest`. One that stands there in the journal of the run
    /// before, behind the same hash and byte for byte the same, was verified there.
    pub fn verify<'a>(
        &self,
        chain: &mut Chain,
        place: usize,
        rest: &'a [u8],
    ) -> Result<Option<Record<'a>>> {
        if self.was_verified(&chain.head, place, rest)
            && let Some(record) = verified::take(chain, rest)
        {
            return Ok(Some(record));
        }
        chain.verify(rest)
    }

    fn was_verified(&self, head: &[u8; 32], place: usize, rest: &[u8]) -> bool {
        let record = verified::first(rest);
        let known = record.and_then(|record| self.known.get(place..place + record.bytes));
        verified::head_before(&self.known, place) == Some(head)
            && known.is_some_and(|known| rest.starts_with(known))
    }

    /// Whether nothing is gathered that is not written.
    pub const fn is_written(&self) -> bool {
        self.group.is_empty()
    }

    /// Goes on after a replay: the torn record is cut, and what the crash cut off is written again.
    pub fn resume(&mut self, replayed: &Recovery) -> Result<()> {
        self.bytes.truncate(replayed.intact_bytes());
        self.chain = *replayed.chain();
        for record in &replayed.cut_off() {
            let payload = record.payload.as_slice();
            self.chain.append(&mut self.group, record.kind, record.ts, payload)?;
            self.promises.extend(Promise::read(record.kind, payload)?);
        }
        Ok(())
    }
}

impl Sink for MemoryJournal {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        if let Some(left) = self.fuse.as_mut() {
            if *left == 0 {
                return Err(Error::new(
                    Code::JournalIo,
                    "journal must be written, the process died",
                ));
            }
            *left -= 1;
        }
        if let Some(notices) = &mut self.notices {
            notices.note(kind, ts, content);
        }
        self.record.clear();
        self.record.push(kind, self.chain.next_sequence, ts, content)?;
        if let Some((head, place)) = self.known_record()
            && let Some(record) = self.known.get(place)
        {
            self.group.extend_from_slice(record);
            self.chain = Chain { head, next_sequence: self.chain.next_sequence + 1 };
        } else {
            self.chain.append_stripped(&mut self.group, self.record.first());
        }
        let payload = self.record.first().get(HEADER_BYTES..).unwrap_or_default();
        self.promises.extend(Promise::read(kind, payload)?);
        Ok(())
    }
}

impl MemoryJournal {
    /// Returns the head of the chain with the record, and where it stands in the journal of the run before, when it stands
    /// there behind the same head with the same content.
    fn known_record(&self) -> Option<([u8; 32], Range<usize>)> {
        let (start, content) = (self.bytes.len() + self.group.len(), self.record.first());
        let before = self.known.get(start.checked_sub(TRAILER_BYTES)?..start)?;
        let trailer = start + content.len();
        let is_known = before.starts_with(&self.chain.head)
            && self.known.get(start..trailer).is_some_and(|known| known == content);
        let head = self.known.get(trailer..)?.first_chunk::<32>().filter(|_| is_known)?;
        Some((*head, start..trailer + TRAILER_BYTES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_lit_fuse_refuse_and_a_tear_keeps_a_part() {
        let mut journal = MemoryJournal { disk_full: true, fuse: Some(1), ..Default::default() };
        let write = |journal: &mut MemoryJournal| {
            journal.record(RecordKind::Failure, Timestamp(1), [1_u8; 100].as_slice())
        };
        write(&mut journal).unwrap();
        assert_eq!(write(&mut journal).map_err(|e| e.code()), Err(Code::JournalIo));
        assert_eq!(journal.commit().map_err(|e| e.code()), Err(Code::JournalIo));
        assert!(!journal.group.is_empty() && journal.bytes.is_empty());
        journal.tear(500);
        assert_eq!((journal.bytes.len(), journal.group.len()), (80, 0));
    }

    #[test]
    fn what_is_known_of_an_equal_run_changes_no_byte() {
        let written = |known: Vec<u8>, other: u8| {
            let mut journal = MemoryJournal { known, ..Default::default() };
            for at in 0..20_u8 {
                let content = [if at == 7 { other } else { at }; 9];
                let ts = Timestamp(i64::from(at));
                journal.record(RecordKind::Failure, ts, content.as_slice()).unwrap();
                if at % 3 == 0 {
                    journal.commit().unwrap();
                }
            }
            journal.commit().unwrap();
            (journal.bytes, journal.chain)
        };
        let plain = written(Vec::new(), 7);
        assert_eq!(written(plain.0.clone(), 7), plain);
        let other = written(Vec::new(), 99);
        assert_ne!(other, plain);
        assert_eq!(written(plain.0, 99), other);
        let mut forged = other.0.clone();
        // What is known is taken: a hash of the third record that its content does not give shows.
        let record = HEADER_BYTES + 9 + TRAILER_BYTES;
        forged[3 * record - 10] ^= 1;
        assert_ne!(written(forged, 99).0, other.0);
    }

    #[test]
    fn a_record_of_the_run_before_counts_as_verified_only_when_every_byte_is_the_same() {
        let mut journal = MemoryJournal::default();
        for at in 0..4_u8 {
            let ts = Timestamp(i64::from(at));
            journal.record(RecordKind::Failure, ts, [at; 9].as_slice()).unwrap();
        }
        journal.commit().unwrap();
        let (bytes, length) = (journal.bytes.clone(), HEADER_BYTES + 9 + TRAILER_BYTES);
        let read = |journal: &MemoryJournal, bytes: &[u8]| {
            let (mut chain, mut place) = (Chain::default(), 0);
            while let Ok(Some(record)) = journal.verify(&mut chain, place, &bytes[place..]) {
                place += record.bytes;
            }
            (place / length, chain)
        };
        let plain = read(&journal, &bytes);
        assert_eq!(plain, (4, journal.chain));
        journal.known.clone_from(&bytes);
        assert_eq!(read(&journal, &bytes), plain);
        for (record, byte) in [(1, 30), (2, length - 1), (3, length - 9)] {
            let mut forged = bytes.clone();
            forged[record * length + byte] ^= 1;
            assert_eq!(read(&journal, &forged).0, record);
        }
    }
}
