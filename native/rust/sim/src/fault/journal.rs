//! A journal in memory whose disk can be full and whose last write a crash can tear. It holds groups of records as the files
//! of the product do, and is written and read by the same code.

use super::checks::violated;
use super::ties::Promise;
use super::verified;
use crate::notices::Notices;
use holdfast_core::journal_group::{GroupReader, GroupWriter};
use holdfast_core::journal_record::{Chain, HEADER_BYTES, Record, RecordKind};
use holdfast_core::stripped_records::StrippedRecords;
use holdfast_core::wire::Encode;
use holdfast_core::{Code, Error, Result, Timestamp};
use holdfast_engine::Sink;
use holdfast_engine::recovery::Recovery;

/// What was written, and what is gathered for the next write.
#[derive(Debug, Default)]
pub(super) struct MemoryJournal {
    pub bytes: Vec<u8>,
    writer: GroupWriter,
    /// Records for the next write, which ends their group.
    gathered: Vec<u8>,
    /// The record that is being written.
    record: StrippedRecords,
    /// Whether the bytes end with records of a group that a crash has left without its end.
    is_open: bool,
    /// Where the last record ends that a crash has left whole; nothing that was acknowledged stands behind it.
    whole: usize,
    /// The journal of an equal run before, all of it verified: the hash of a group that follows the same hash with the same
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
    /// Makes what was gathered safe, which ends its group; commands leave only then.
    pub fn commit(&mut self) -> Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        if self.disk_full {
            return Err(Error::new(Code::JournalIo, "journal must be written, the disk is full"));
        }
        self.seal();
        self.bytes.append(&mut self.gathered);
        self.is_open = false;
        Ok(())
    }

    fn seal(&mut self) {
        let Self { bytes, writer, gathered, known, .. } = self;
        let (written, head) = (bytes.len(), writer.sealed().head);
        // An earlier group of the same write may have ended by its length, so that this one begins further on.
        let total = gathered.len();
        writer.seal_known(gathered, |records| {
            let start = written + total - records.len();
            let rest = known.get(start..)?;
            let is_known =
                verified::head_before(known, start) == Some(&head) && rest.starts_with(records);
            rest.get(records.len()..)?.first_chunk::<32>().filter(|_| is_known).copied()
        });
    }

    /// Returns where the chain stands behind the last whole group.
    pub const fn chain(&self) -> &Chain {
        self.writer.sealed()
    }

    /// Whether everything is written, and in whole groups, so that a snapshot can stand behind it.
    pub const fn ends_whole(&self) -> bool {
        self.gathered.is_empty() && !self.is_open
    }

    /// Goes on in memory that was used before.
    pub fn move_into(&mut self, mut memory: Vec<u8>) {
        memory.clear();
        memory.extend_from_slice(&self.bytes);
        self.bytes = memory;
    }

    /// A crash leaves the first `permille` of the write that it tears: some records of the group, and a part of one.
    pub fn tear(&mut self, permille: u64) {
        self.seal();
        let kept = (self.gathered.len() as u64 * permille.min(1_000) / 1_000) as usize;
        let kept = self.gathered.get(..kept).unwrap_or_default();
        let records: usize = verified::records(kept).map(|record| record.bytes).sum();
        self.whole = self.bytes.len() + records;
        self.bytes.extend_from_slice(kept);
        self.gathered.clear();
        self.fuse = None;
        // Who would have heard of it died with the process.
        self.notices = self.notices.take().map(|_| Notices::default());
    }

    /// Reads the record at a place, from which on the journal holds `rest`. A group that stands there in the journal of the run
    /// before, behind the same hash and byte for byte the same, was verified there.
    pub fn read<'a>(
        &self,
        reader: &mut GroupReader,
        place: usize,
        rest: &'a [u8],
    ) -> Result<Option<Record<'a>>> {
        if let Some(group) = self.known_group(reader, place, rest) {
            reader.trust(group.end, group.head);
        }
        reader.advance(rest)
    }

    fn known_group(
        &self,
        reader: &GroupReader,
        place: usize,
        rest: &[u8],
    ) -> Option<verified::Group> {
        let chain = reader.chain();
        if reader.has_seen() || verified::head_before(&self.known, place) != Some(&chain.head) {
            return None;
        }
        let group = verified::group(rest, chain.next_sequence)?;
        let known = self.known.get(place..place + group.bytes)?;
        Some(group).filter(|_| rest.starts_with(known))
    }

    /// Whether nothing is gathered that is not written.
    pub const fn is_written(&self) -> bool {
        self.gathered.is_empty()
    }

    /// Goes on after a replay: the torn record is cut, and what the crash cut off is written again, in the group that it tore.
    pub fn resume(&mut self, replayed: &Recovery) -> Result<()> {
        if replayed.intact_bytes() != self.whole {
            let rule = "a restart must find every whole record of the journal, and no part of one";
            return Err(violated(rule)
                .with("found_bytes", replayed.intact_bytes())
                .with("whole_bytes", self.whole));
        }
        self.bytes.truncate(self.whole);
        let open = replayed.open();
        self.is_open = open.is_some();
        self.writer = GroupWriter::behind(*replayed.chain(), open);
        for record in &replayed.cut_off() {
            let payload = record.payload.as_slice();
            self.append(record.kind, record.ts, payload)?;
            self.promises.extend(Promise::read(record.kind, payload)?);
        }
        Ok(())
    }

    fn append(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        self.record.clear();
        self.record.push(kind, self.writer.next_sequence(), ts, content)?;
        self.writer.append(&mut self.gathered, self.record.first());
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
        self.append(kind, ts, content)?;
        let payload = self.record.first().get(HEADER_BYTES..).unwrap_or_default();
        self.promises.extend(Promise::read(kind, payload)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::journal_group::OPEN_TRAILER_BYTES;
    use holdfast_core::journal_record::TRAILER_BYTES;

    fn write(journal: &mut MemoryJournal, at: u8) -> Result<()> {
        journal.record(RecordKind::Failure, Timestamp(i64::from(at)), [at; 9].as_slice())
    }

    /// Reads to the end or to an error; returns how many records there are, and the chain behind them.
    fn read(journal: &MemoryJournal, bytes: &[u8]) -> (usize, GroupReader) {
        let (mut reader, mut place, mut count) = (GroupReader::default(), 0, 0);
        while let Ok(Some(record)) = journal.read(&mut reader, place, &bytes[place..]) {
            (place, count) = (place + record.bytes, count + 1);
        }
        (count, reader)
    }

    #[test]
    fn a_full_disk_and_a_lit_fuse_refuse_and_a_tear_keeps_a_part() {
        let mut journal = MemoryJournal { disk_full: true, fuse: Some(1), ..Default::default() };
        write(&mut journal, 1).unwrap();
        assert_eq!(write(&mut journal, 2).map_err(|e| e.code()), Err(Code::JournalIo));
        assert_eq!(journal.commit().map_err(|e| e.code()), Err(Code::JournalIo));
        assert!(!journal.is_written() && journal.bytes.is_empty());
        journal.tear(500);
        assert_eq!(journal.bytes.len(), (HEADER_BYTES + 9 + TRAILER_BYTES) / 2);
        assert!(journal.is_written() && journal.whole == 0);
    }

    #[test]
    fn sec_07_wherever_a_group_is_torn_its_whole_records_are_kept_and_nothing_that_was_committed_is_lost()
     {
        let (open, closed) =
            (HEADER_BYTES + 9 + OPEN_TRAILER_BYTES, HEADER_BYTES + 9 + TRAILER_BYTES);
        let safe = open + closed;
        for permille in 0..=1_000 {
            let mut journal = MemoryJournal::default();
            (0..2).for_each(|at| write(&mut journal, at).unwrap());
            journal.commit().unwrap();
            assert_eq!(journal.bytes.len(), safe);
            (2..6).for_each(|at| write(&mut journal, at).unwrap());
            journal.tear(permille);
            let torn = journal.bytes.len() - safe;
            let whole = if torn == 3 * open + closed { 4 } else { (torn / open).min(3) };
            let (count, reader) = read(&journal, &journal.bytes);
            assert_eq!(count, 2 + whole, "{permille}");
            assert_eq!(journal.whole, safe + whole.min(3) * open + whole / 4 * closed);
            assert_eq!(reader.is_open(), (1..4).contains(&whole));
        }
    }

    #[test]
    fn sec_07_a_replay_that_lost_a_record_or_took_a_part_of_one_is_found() {
        let config = super::super::setting::engine_config();
        let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
        let mut journal = MemoryJournal::default();
        journal.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
        journal.commit().unwrap();
        let mut replayed = Recovery::default();
        replayed.follow(&journal.bytes).unwrap();
        journal.tear(0);
        journal.resume(&replayed).unwrap();
        for whole in [journal.bytes.len() - 1, journal.bytes.len() + 1] {
            journal.whole = whole;
            let found = journal.resume(&replayed).map_err(|error| error.code());
            assert_eq!(found, Err(Code::SimulationViolated));
        }
    }

    #[test]
    fn what_is_known_of_an_equal_run_changes_no_byte() {
        let written = |known: Vec<u8>, other: u8| {
            let mut journal = MemoryJournal { known, ..Default::default() };
            for at in 0..20_u8 {
                write(&mut journal, if at == 7 { other } else { at }).unwrap();
                if at % 3 == 0 {
                    journal.commit().unwrap();
                }
            }
            journal.commit().unwrap();
            let chain = *journal.chain();
            (journal.bytes, chain)
        };
        let plain = written(Vec::new(), 7);
        assert_eq!(written(plain.0.clone(), 7), plain);
        let other = written(Vec::new(), 99);
        assert_ne!(other, plain);
        assert_eq!(written(plain.0, 99), other);
        let mut forged = other.0.clone();
        // What is known is taken: a hash of the second group that its content does not give shows.
        let (first, second) = (HEADER_BYTES + 9 + TRAILER_BYTES, 3 * (HEADER_BYTES + 9) + 2 * 4);
        forged[first + second] ^= 1;
        assert_ne!(written(forged, 99).0, other.0);
    }

    #[test]
    fn a_group_of_the_run_before_counts_as_verified_only_when_every_byte_is_the_same() {
        let mut journal = MemoryJournal::default();
        for at in 0..8_u8 {
            write(&mut journal, at).unwrap();
            if at % 2 == 1 {
                journal.commit().unwrap();
            }
        }
        let bytes = journal.bytes.clone();
        let group = 2 * (HEADER_BYTES + 9) + OPEN_TRAILER_BYTES + TRAILER_BYTES;
        let plain = read(&journal, &bytes);
        assert_eq!((plain.0, plain.1.chain()), (8, journal.chain()));
        journal.known.clone_from(&bytes);
        assert_eq!(read(&journal, &bytes).1.chain(), plain.1.chain());
        for (number, byte, intact) in [(1, 30, 2), (2, group - 1, 5), (3, group - 9, 7)] {
            let mut forged = bytes.clone();
            forged[number * group + byte] ^= 1;
            assert_eq!(read(&journal, &forged).0, intact);
        }
        // A forged hash whose checksum is right.
        let mut forged = bytes.clone();
        let (last, end) = (group + HEADER_BYTES + 9 + OPEN_TRAILER_BYTES, 2 * group);
        forged[end - 9] ^= 1;
        let checksum = crc32fast::hash(&forged[last..end - 4]);
        forged[end - 4..end].copy_from_slice(&checksum.to_le_bytes());
        assert_eq!(read(&journal, &forged).0, 2);
    }
}
