//! A journal in memory whose disk can be full and whose last write a crash can tear.

use super::ties::Promise;
use crate::notices::Notices;
use holdfast_core::journal_record::{Chain, HEADER_BYTES, RecordKind, TRAILER_BYTES};
use holdfast_core::wire::{Encode, Reader};
use holdfast_core::{Code, Error, Result, Timestamp, VenueReport};
use holdfast_engine::Sink;
use holdfast_engine::recovery::Recovered;

/// What was written, and what is gathered for the next write.
#[derive(Debug, Default)]
pub(super) struct MemoryJournal {
    pub chain: Chain,
    pub bytes: Vec<u8>,
    group: Vec<u8>,
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

    /// A crash leaves the first `permille` of what was gathered.
    pub fn tear(&mut self, permille: u64) {
        let kept = self.group.len() as u64 * permille.min(1_000) / 1_000;
        self.bytes.extend(self.group.iter().take(kept as usize));
        self.group.clear();
        self.fuse = None;
        // Who would have heard of it died with the process.
        self.notices = self.notices.take().map(|_| Notices::default());
    }

    /// Returns the reports in the journal, whose records a recovery has verified already.
    pub fn reports(&self) -> impl Iterator<Item = Result<VenueReport>> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            while let Some(head) = rest.first_chunk::<HEADER_BYTES>() {
                let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
                let is_report = head[4] == RecordKind::VenueReport as u8;
                let (record, after) =
                    rest.split_at_checked(HEADER_BYTES + length + TRAILER_BYTES)?;
                rest = after;
                if is_report {
                    let payload = record.get(HEADER_BYTES..HEADER_BYTES + length)?;
                    return Some(VenueReport::decode(&mut Reader::new(payload)));
                }
            }
            None
        })
    }

    /// Goes on after a recovery: the torn record is cut, and what the crash cut off is written again.
    pub fn resume(&mut self, recovered: &Recovered) -> Result<()> {
        self.bytes.truncate(recovered.intact_bytes);
        self.chain = recovered.chain;
        for record in &recovered.cut_off {
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
        let start = self.group.len() + HEADER_BYTES;
        self.chain.append(&mut self.group, kind, ts, content)?;
        let end = self.group.len().saturating_sub(TRAILER_BYTES);
        let payload = self.group.get(start..end).unwrap_or_default();
        self.promises.extend(Promise::read(kind, payload)?);
        Ok(())
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
}
