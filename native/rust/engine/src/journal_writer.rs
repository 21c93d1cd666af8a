//! The journal's writer: append-only segments with group commit, one writer a folder.
//!
//! A command may leave the machine after `commit` has returned, and not before: what a venue knows of must be in the journal.

use crate::journal_anchor::Anchor;
use crate::journal_lock::{JournalLock, LockOwner};
use crate::journal_policy::{JournalOptions, Retention, SyncPolicy};
use crate::journal_retention::compact_sealed;
use crate::journal_segment::{
    SEGMENT_HEADER_BYTES, create_folder, create_segment, io_error, list_segments, sync_folder,
};
use crate::sink::Sink;
use holdfast_core::journal_record::{Chain, RecordKind, hex};
use holdfast_core::wire::Encode;
use holdfast_core::{Code, Error, Result, Timestamp};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

/// Records are gathered up to this many bytes before one write.
const GROUP_BYTES: usize = 256 << 10;

/// Writes records to the segments of one folder.
#[derive(Debug)]
pub struct JournalWriter {
    folder: PathBuf,
    options: JournalOptions,
    /// Held until the close.
    lock: Option<JournalLock>,
    chain: Chain,
    group: Vec<u8>,
    file: File,
    path: PathBuf,
    segment_index: u32,
    segment_bytes: usize,
    /// Time of the oldest record that may not be on the disk, and of the newest.
    unsynced: Option<(Timestamp, Timestamp)>,
    anchored: u64,
    syncs: u64,
    tidying: Option<JoinHandle<Result<()>>>,
    /// What an earlier write failed with.
    stopped: Option<String>,
}

/// Where a writer begins to append.
#[derive(Debug)]
pub(crate) struct SegmentEnd {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) index: u32,
    pub(crate) bytes: usize,
    pub(crate) chain: Chain,
}

impl JournalWriter {
    /// Starts a journal in a folder that is made, and must not hold one already.
    ///
    /// # Errors
    /// `JOURNAL_LOCKED`, `JOURNAL_IO`, also when a segment exists: a journal is never written over.
    pub fn create(folder: &Path, policy: SyncPolicy) -> Result<Self> {
        Self::create_with(folder, JournalOptions::new(policy))
    }

    /// As `create`, with another size of segments.
    ///
    /// # Errors
    /// As `create`.
    pub fn create_with_segments(
        folder: &Path,
        policy: SyncPolicy,
        segment_bytes_max: usize,
    ) -> Result<Self> {
        Self::create_with(
            folder,
            JournalOptions { segment_bytes_max, ..JournalOptions::new(policy) },
        )
    }

    /// As `create`, with every option.
    ///
    /// # Errors
    /// As `create`.
    pub fn create_with(folder: &Path, options: JournalOptions) -> Result<Self> {
        create_folder(folder)?;
        let lock = JournalLock::take(folder, options.opened_at)?;
        if let Some(segment) =
            list_segments(folder).ok().and_then(|segments| segments.into_iter().next())
        {
            let exists = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(io_error("created", &segment.path, &exists));
        }
        let chain = Chain::default();
        let (path, file) = create_segment(folder, 1, &chain)?;
        let end = SegmentEnd { file, path, index: 1, bytes: SEGMENT_HEADER_BYTES, chain };
        let writer = Self::at_end(folder, options, lock, end);
        writer.sync_names()?;
        Ok(writer)
    }

    pub(crate) fn at_end(
        folder: &Path,
        options: JournalOptions,
        lock: JournalLock,
        end: SegmentEnd,
    ) -> Self {
        Self {
            folder: folder.to_path_buf(),
            options,
            lock: Some(lock),
            chain: end.chain,
            group: Vec::with_capacity(GROUP_BYTES * 2),
            file: end.file,
            path: end.path,
            segment_index: end.index,
            segment_bytes: end.bytes,
            unsynced: None,
            anchored: end.chain.next_sequence,
            syncs: 0,
            tidying: None,
            stopped: None,
        }
    }

    /// Returns when everything recorded so far is as durable as the policy says.
    ///
    /// # Errors
    /// `JOURNAL_IO` with path and cause; after that, and on every later call, nothing more is taken: `JOURNAL_STOPPED`.
    pub fn commit(&mut self) -> Result<()> {
        self.refuse_when_stopped()?;
        let done = self.commit_group();
        self.stop_when_failed(done)
    }

    /// Commits, puts everything on the disk unless the policy leaves that to the operating system, hands the last head
    /// out, and gives the lock back. Closing twice does nothing.
    ///
    /// # Errors
    /// As `commit`.
    pub fn close(&mut self) -> Result<()> {
        if self.lock.is_none() {
            return Ok(());
        }
        self.refuse_when_stopped()?;
        let done = self.finish();
        self.lock = None;
        self.stop_when_failed(done)
    }

    /// Puts everything recorded so far on the disk, whatever the policy says of commits; under `os` into its hands.
    ///
    /// # Errors
    /// As `commit`.
    pub fn flush(&mut self) -> Result<()> {
        self.refuse_when_stopped()?;
        let done = self.write_group().and_then(|()| {
            if self.options.policy == SyncPolicy::Os { Ok(()) } else { self.sync() }
        });
        self.stop_when_failed(done)
    }

    /// Returns whether the policy ever forces records to the disk.
    #[must_use]
    pub fn reaches_the_disk(&self) -> bool {
        self.options.policy != SyncPolicy::Os
    }

    /// Returns the number of the segment that is being written.
    #[must_use]
    pub const fn segment_index(&self) -> u32 {
        self.segment_index
    }

    fn finish(&mut self) -> Result<()> {
        self.write_group()?;
        if self.options.policy != SyncPolicy::Os {
            self.sync()?;
        }
        self.anchor_head()?;
        self.wait_for_tidying()
    }

    fn commit_group(&mut self) -> Result<()> {
        self.write_group()?;
        match self.unsynced {
            Some((oldest, newest)) if self.options.policy.is_due(oldest, newest) => self.sync(),
            _ => Ok(()),
        }
    }

    fn sync(&mut self) -> Result<()> {
        if self.unsynced.is_some() {
            self.file.sync_data().map_err(|error| io_error("synced", &self.path, &error))?;
            self.unsynced = None;
            self.syncs += 1;
        }
        Ok(())
    }

    fn sync_names(&self) -> Result<()> {
        if self.options.policy == SyncPolicy::Os { Ok(()) } else { sync_folder(&self.folder) }
    }

    fn write_group(&mut self) -> Result<()> {
        if self.group.is_empty() {
            return Ok(());
        }
        self.file
            .write_all(&self.group)
            .map_err(|error| io_error("written", &self.path, &error))?;
        self.segment_bytes += self.group.len();
        self.group.clear();
        if self.segment_bytes > self.options.segment_bytes_max {
            self.rotate()?;
        }
        let is_due = self.options.anchor.as_ref().is_some_and(|anchor| {
            self.chain.next_sequence - self.anchored >= anchor.every_records.get()
        });
        if is_due { self.anchor_head() } else { Ok(()) }
    }

    /// Seals the segment and begins the next.
    fn rotate(&mut self) -> Result<()> {
        if self.options.policy != SyncPolicy::Os {
            self.sync()?;
        }
        let (path, file) = create_segment(&self.folder, self.segment_index + 1, &self.chain)?;
        (self.path, self.file) = (path, file);
        self.segment_index += 1;
        self.segment_bytes = SEGMENT_HEADER_BYTES;
        self.sync_names()?;
        self.tidy_sealed()
    }

    /// Packs and gives up sealed segments on a thread of its own, since packing takes longer than a decision may; the
    /// thread before it is waited for, so that there is never more than one.
    fn tidy_sealed(&mut self) -> Result<()> {
        self.wait_for_tidying()?;
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
        if self.anchored == self.chain.next_sequence {
            return Ok(());
        }
        self.anchored = self.chain.next_sequence;
        anchor.store.keep(&Anchor { next_sequence: self.anchored, head: hex(&self.chain.head) })
    }

    fn refuse_when_stopped(&self) -> Result<()> {
        let refused = |message: String| Error::new(Code::JournalStopped, message);
        match &self.stopped {
            None if self.lock.is_some() => Ok(()),
            None => Err(refused("journal must be open to take records, it is closed".into())),
            Some(cause) => {
                Err(refused(format!("journal takes no more records after a failure: {cause}"))
                    .with("path", self.path.display())
                    .with("cause", cause))
            }
        }
    }

    /// After a failed write or sync nobody knows what is on the disk, so that nothing may follow it.
    fn stop_when_failed(&mut self, done: Result<()>) -> Result<()> {
        if let Err(error) = &done {
            self.stopped = Some(error.to_string());
        }
        done
    }

    /// Returns the chain: its head and the number of records.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns how often records were forced to the disk.
    #[must_use]
    pub const fn syncs(&self) -> u64 {
        self.syncs
    }

    /// Returns who held the journal before and ended without closing it.
    #[must_use]
    pub fn left_by(&self) -> Option<&LockOwner> {
        self.lock.as_ref().and_then(JournalLock::left_by)
    }
}

impl Sink for JournalWriter {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        if self.stopped.is_some() || self.lock.is_none() {
            return self.refuse_when_stopped();
        }
        self.chain.append(&mut self.group, kind, ts, content)?;
        let (oldest, newest) =
            self.unsynced.map_or((ts, ts), |(oldest, newest)| (oldest.min(ts), newest.max(ts)));
        self.unsynced = Some((oldest, newest));
        let done = if self.options.policy.is_too_old(oldest, newest) {
            self.write_group().and_then(|()| self.sync())
        } else if self.group.len() >= GROUP_BYTES {
            self.write_group()
        } else {
            return Ok(());
        };
        self.stop_when_failed(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        path
    }

    /// The device `/dev/full` takes nothing: a full disk without filling one.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_named_and_nothing_follows_it() {
        let folder = folder("full-disk");
        let mut writer = JournalWriter::create(&folder, SyncPolicy::Always).unwrap();
        writer.record(RecordKind::Bar, Timestamp(1), &[1, 2, 3][..]).unwrap();
        writer.commit().unwrap();
        writer.file = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        writer.record(RecordKind::Bar, Timestamp(2), &[4][..]).unwrap();
        let error = writer.commit().unwrap_err();
        assert_eq!(error.code(), Code::JournalIo);
        let context = |name: &str| {
            error.context().iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
        };
        assert!(context("path").unwrap().ends_with("000001.journal"));
        assert!(context("cause").unwrap().contains("No space left"));

        let later = writer.record(RecordKind::Bar, Timestamp(3), &[5][..]).unwrap_err();
        assert_eq!(later.code(), Code::JournalStopped);
        assert!(later.to_string().contains("No space left"));
        assert_eq!(writer.commit().unwrap_err().code(), Code::JournalStopped);
        assert_eq!(writer.close().unwrap_err().code(), Code::JournalStopped);
        drop(writer);
        let summary = crate::JournalReader::open(&folder).unwrap().visit(|_| Ok(())).unwrap();
        assert_eq!(summary.records, 1, "what was committed is intact");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
