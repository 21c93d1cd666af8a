//! Puts records into segments: hash and checksum, one write for many of them, the sync, and the next segment.

use crate::journal_anchor::Anchor;
use crate::journal_policy::{JournalOptions, Retention, SyncPolicy};
use crate::journal_retention::compact_sealed;
use crate::journal_segment::{SEGMENT_HEADER_BYTES, create_segment, io_error, sync_folder};
use holdfast_core::journal_group::{GroupWriter, OpenGroup};
use holdfast_core::journal_record::{Chain, hex};
use holdfast_core::stripped_records::StrippedRecords;
use holdfast_core::{Code, Error, Result, Timestamp};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

/// Records are gathered up to this many bytes before one write.
const WRITE_BYTES: usize = 256 << 10;

/// Where a writer begins to append.
#[derive(Debug)]
pub(crate) struct SegmentEnd {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) index: u32,
    pub(crate) bytes: usize,
    pub(crate) chain: Chain,
    /// Records at the end whose group has no hash.
    pub(crate) open: OpenGroup,
}

/// How far the segments have got.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    /// Behind the last whole group.
    pub(crate) chain: Chain,
    pub(crate) segment_index: u32,
    /// Time of the oldest record that may not be on the disk, and of the newest.
    pub(crate) unsynced: Option<(Timestamp, Timestamp)>,
    pub(crate) syncs: u64,
}

/// Writes to the segments of one folder.
#[derive(Debug)]
pub(crate) struct SegmentWriter {
    folder: PathBuf,
    options: JournalOptions,
    chain: GroupWriter,
    /// Bytes for the next write, groups of records.
    gathered: Vec<u8>,
    file: File,
    path: PathBuf,
    segment_bytes: usize,
    progress: Progress,
    anchored: u64,
    tidying: Option<JoinHandle<Result<()>>>,
}

impl SegmentWriter {
    pub(crate) fn at_end(folder: &Path, options: JournalOptions, end: SegmentEnd) -> Self {
        Self {
            folder: folder.to_path_buf(),
            options,
            chain: GroupWriter::behind(end.chain, end.open),
            gathered: Vec::with_capacity(WRITE_BYTES * 2),
            file: end.file,
            path: end.path,
            segment_bytes: end.bytes,
            progress: Progress {
                chain: end.chain,
                segment_index: end.index,
                unsynced: None,
                syncs: 0,
            },
            anchored: end.chain.next_sequence,
            tidying: None,
        }
    }

    pub(crate) const fn progress(&self) -> Progress {
        self.progress
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Chains records and gathers them; writes when they have become many, or too old for the policy.
    pub(crate) fn append(&mut self, records: &StrippedRecords) -> Result<()> {
        for record in records.records() {
            self.chain.append_kept(&mut self.gathered, record);
            let mut ts = [0_u8; 8];
            ts.copy_from_slice(record.content().get(16..24).unwrap_or(&[0; 8]));
            let ts = Timestamp(i64::from_le_bytes(ts));
            let (oldest, newest) = merged(self.progress.unsynced, ts);
            self.progress.unsynced = Some((oldest, newest));
            if self.options.policy.is_too_old(oldest, newest) {
                self.write()?;
                self.sync()?;
            } else if self.gathered.len() - self.chain.provisional_bytes() >= WRITE_BYTES {
                self.write()?;
            }
        }
        Ok(())
    }

    /// Writes what was gathered, and syncs when the policy asks for it.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.write()?;
        match self.progress.unsynced {
            Some((oldest, newest)) if self.options.policy.is_due(oldest, newest) => self.sync(),
            _ => Ok(()),
        }
    }

    /// Writes what was gathered and syncs, unless the policy leaves that to the operating system.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.write()?;
        if self.options.policy == SyncPolicy::Os { Ok(()) } else { self.sync() }
    }

    /// Ends the writing.
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.flush()?;
        self.anchor_head()?;
        self.wait_for_tidying()
    }

    /// Forces the folder's names to the disk where the policy asks for the disk.
    pub(crate) fn sync_names(&self) -> Result<()> {
        if self.options.policy == SyncPolicy::Os { Ok(()) } else { sync_folder(&self.folder) }
    }

    fn sync(&mut self) -> Result<()> {
        if self.progress.unsynced.is_some() {
            self.file.sync_data().map_err(|error| io_error("synced", &self.path, &error))?;
            self.progress.unsynced = None;
            self.progress.syncs += 1;
        }
        Ok(())
    }

    /// Writes what was gathered, which ends its group: bytes of a group that is not whole never reach the file.
    fn write(&mut self) -> Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        self.chain.seal(&mut self.gathered);
        self.progress.chain = *self.chain.sealed();
        self.file
            .write_all(&self.gathered)
            .map_err(|error| io_error("written", &self.path, &error))?;
        self.segment_bytes += self.gathered.len();
        self.gathered.clear();
        if self.segment_bytes > self.options.segment_bytes_max {
            self.rotate()?;
        }
        let is_due = self.options.anchor.as_ref().is_some_and(|anchor| {
            self.progress.chain.next_sequence - self.anchored >= anchor.every_records.get()
        });
        if is_due { self.anchor_head() } else { Ok(()) }
    }

    /// Seals the segment and begins the next.
    fn rotate(&mut self) -> Result<()> {
        if self.options.policy != SyncPolicy::Os {
            self.sync()?;
        }
        // It looks at every segment, and must not meet one that has no header yet.
        self.wait_for_tidying()?;
        let next = self.progress.segment_index + 1;
        let (path, file) = create_segment(&self.folder, next, &self.progress.chain)?;
        (self.path, self.file) = (path, file);
        self.progress.segment_index = next;
        self.segment_bytes = SEGMENT_HEADER_BYTES;
        self.sync_names()?;
        self.tidy_sealed()
    }

    /// Packs and gives up sealed segments on a thread of its own, since packing takes longer than a decision may; the
    /// thread before it has ended, so that there is never more than one.
    fn tidy_sealed(&mut self) -> Result<()> {
        let (packs, retention) = (self.options.packs_sealed, self.options.retention);
        if !packs && retention == Retention::default() {
            return Ok(());
        }
        let folder = self.folder.clone();
        let tidying = thread::Builder::new()
            .name("journal-tidying".into())
            .spawn(move || compact_sealed(&folder, packs, retention).map(|_| ()))
            .map_err(|error| io_error("packed", &self.folder, &error))?;
        self.tidying = Some(tidying);
        Ok(())
    }

    fn wait_for_tidying(&mut self) -> Result<()> {
        let Some(tidying) = self.tidying.take() else { return Ok(()) };
        tidying.join().unwrap_or_else(|_| {
            Err(Error::new(Code::NativePanic, "packing of sealed segments failed"))
        })
    }

    fn anchor_head(&mut self) -> Result<()> {
        let Some(anchor) = self.options.anchor.as_mut() else { return Ok(()) };
        let chain = &self.progress.chain;
        if self.anchored == chain.next_sequence {
            return Ok(());
        }
        self.anchored = chain.next_sequence;
        anchor.store.keep(&Anchor { next_sequence: self.anchored, head: hex(&chain.head) })
    }

    /// Returns the sequence behind the last record that was taken, written or not.
    #[cfg(test)]
    pub(crate) const fn gathered(&self) -> u64 {
        self.chain.next_sequence()
    }

    /// Lets every write fail as on a full disk.
    #[cfg(all(test, target_os = "linux"))]
    pub(crate) fn fill_disk(&mut self) -> Result<()> {
        self.file = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .map_err(|error| io_error("opened", &self.path, &error))?;
        Ok(())
    }
}

/// Returns the oldest and the newest time with another one.
pub(crate) fn merged(
    known: Option<(Timestamp, Timestamp)>,
    ts: Timestamp,
) -> (Timestamp, Timestamp) {
    known.map_or((ts, ts), |(oldest, newest)| (oldest.min(ts), newest.max(ts)))
}
