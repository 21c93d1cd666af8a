//! The journal's writer: append-only segments with group commit, one writer a folder.
//!
//! A command may leave the machine after `commit` has returned, and not before: what a venue knows of must be in the journal.

use crate::journal_lock::{JournalLock, LockOwner};
use crate::journal_pipeline::Pipeline;
use crate::journal_policy::{JournalOptions, SyncPolicy};
use crate::journal_segment::{
    SEGMENT_HEADER_BYTES, create_folder, create_segment, io_error, list_segments,
};
use crate::journal_segment_writer::{Progress, SegmentEnd, SegmentWriter, merged};
use crate::sink::Sink;
use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::stripped_records::StrippedRecords;
use holdfast_core::wire::Encode;
use holdfast_core::{Code, Error, Result, Timestamp};
use std::io;
use std::path::Path;

/// Records are hashed, or handed over for it, in chunks of this many bytes: enough that handing over costs little beside
/// them, and few enough that little is left to do at a commit.
const CHUNK_BYTES: usize = 4 << 10;

/// Writes records to the segments of one folder.
#[derive(Debug)]
pub struct JournalWriter {
    policy: SyncPolicy,
    /// Records that were not handed over yet.
    chunk: StrippedRecords,
    next_sequence: u64,
    /// Where the segments stood when this side looked last; what is unsynced is known at least.
    progress: Progress,
    /// Ends before the lock is given back.
    pipeline: Pipeline,
    /// Held until the close.
    lock: Option<JournalLock>,
    /// What an earlier write failed with, and its file.
    stopped: Option<(String, String)>,
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
        let end =
            SegmentEnd { file, path, index: 1, bytes: SEGMENT_HEADER_BYTES, chain, open: None };
        let mut writer = Self::at_end(folder, options, lock, end);
        writer.settle(|segments| segments.sync_names())?;
        Ok(writer)
    }

    pub(crate) fn at_end(
        folder: &Path,
        options: JournalOptions,
        lock: JournalLock,
        end: SegmentEnd,
    ) -> Self {
        let (policy, pipelined) = (options.policy, options.pipelined);
        let next_sequence = end.chain.next_sequence;
        let segments = SegmentWriter::at_end(folder, options, end);
        let progress = segments.progress();
        Self {
            policy,
            chunk: StrippedRecords::of_groups(),
            next_sequence,
            progress,
            pipeline: Pipeline::new(segments, pipelined),
            lock: Some(lock),
            stopped: None,
        }
    }

    /// Returns when everything recorded so far is as durable as the policy says.
    ///
    /// # Errors
    /// `JOURNAL_IO` with path and cause, also of an earlier record that could not be written; after that, and on every later
    /// call, nothing more is taken: `JOURNAL_STOPPED`.
    pub fn commit(&mut self) -> Result<()> {
        self.refuse_when_stopped()?;
        self.settle(SegmentWriter::commit)
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
        let done = self.settle(SegmentWriter::finish);
        self.pipeline.stop();
        self.lock = None;
        done
    }

    /// Puts everything recorded so far on the disk, whatever the policy says of commits; under `os` into its hands.
    ///
    /// # Errors
    /// As `commit`.
    pub fn flush(&mut self) -> Result<()> {
        self.refuse_when_stopped()?;
        self.settle(SegmentWriter::flush)
    }

    /// Returns whether the policy ever forces records to the disk.
    #[must_use]
    pub fn reaches_the_disk(&self) -> bool {
        self.policy != SyncPolicy::Os
    }

    /// Returns the number of the segment that was being written at the last commit.
    #[must_use]
    pub const fn segment_index(&self) -> u32 {
        self.progress.segment_index
    }

    /// Returns the sequence that the next record gets.
    #[must_use]
    pub const fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Waits for what was handed over, and lets the segments do what there is to do behind it.
    fn settle(&mut self, work: impl FnOnce(&mut SegmentWriter) -> Result<()>) -> Result<()> {
        match self.pipeline.settle(&mut self.chunk, work) {
            Ok(progress) => {
                self.progress = progress;
                Ok(())
            }
            Err(error) => Err(self.stop(error)),
        }
    }

    fn refuse_when_stopped(&self) -> Result<()> {
        let refused = |message: String| Error::new(Code::JournalStopped, message);
        match &self.stopped {
            None if self.lock.is_some() => Ok(()),
            None => Err(refused("journal must be open to take records, it is closed".into())),
            Some((cause, path)) => {
                Err(refused(format!("journal takes no more records after a failure: {cause}"))
                    .with("path", path)
                    .with("cause", cause))
            }
        }
    }

    /// After a failed write or sync nobody knows what is on the disk, so that nothing may follow it.
    fn stop(&mut self, error: Error) -> Error {
        self.stopped = Some((error.to_string(), self.pipeline.path()));
        error
    }

    /// Returns the chain as it stood at the last commit, flush or close: its head and the number of records.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.progress.chain
    }

    /// Returns how often records were forced to the disk, up to the last commit or record that waited for it.
    #[must_use]
    pub const fn syncs(&self) -> u64 {
        self.progress.syncs
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
        self.chunk.push(kind, self.next_sequence, ts, content)?;
        self.next_sequence += 1;
        if self.is_too_old(ts) {
            return self.settle(|_| Ok(()));
        }
        if self.chunk.len() < CHUNK_BYTES {
            return Ok(());
        }
        self.pipeline.hand_over(&mut self.chunk).map_err(|error| self.stop(error))
    }
}

impl JournalWriter {
    /// Whether the records that may not be on the disk must not wait any longer. Only the segments know what is unsynced;
    /// here it is what may be.
    fn is_too_old(&mut self, ts: Timestamp) -> bool {
        let (oldest, newest) = merged(self.progress.unsynced, ts);
        self.progress.unsynced = Some((oldest, newest));
        self.policy.is_too_old(oldest, newest)
    }
}

impl Drop for JournalWriter {
    /// What was recorded and not committed is lost or written as without a thread: whole groups stay.
    fn drop(&mut self) {
        if self.lock.is_some() && self.stopped.is_none() {
            let _ = self.settle(|_| Ok(()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

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
        writer.pipeline.fill_disk().unwrap();
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

    #[cfg(target_os = "linux")]
    mod full_disk {
        use super::*;
        use proptest::prelude::*;

        fn recorded(writer: &mut JournalWriter, at: i64, length: usize) -> Result<()> {
            writer.record(RecordKind::Bar, Timestamp(at), vec![at as u8; length].as_slice())
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(1_000))]

            #[test]
            fn nat_06_a_disk_that_is_full_from_any_record_on_is_told_before_a_commit_returns(
                lengths in prop::collection::vec(prop_oneof![0_usize..300, 3_000_usize..30_000], 1..60),
                at in any::<prop::sample::Index>(),
                commit_every in 1_usize..70,
                pipelined in any::<bool>(),
            ) {
                let folder = folder("full-from");
                let options = JournalOptions { pipelined, ..JournalOptions::new(SyncPolicy::Os) };
                let mut writer = JournalWriter::create_with(&folder, options).unwrap();
                let (full_from, mut committed, mut failure) = (at.index(lengths.len()), 0, None);
                for (index, length) in lengths.iter().enumerate() {
                    if index == full_from {
                        writer.pipeline.fill_disk().unwrap();
                    }
                    let done = recorded(&mut writer, index as i64, *length).and_then(|()| {
                        let due = (index + 1) % commit_every == 0;
                        if due { writer.commit()?; committed = index + 1; }
                        Ok(())
                    });
                    if let Err(error) = done {
                        failure = Some(error);
                        break;
                    }
                }
                let failure = failure.or_else(|| writer.commit().err());
                prop_assert!(committed <= full_from, "{committed} of {full_from} acknowledged");
                prop_assert_eq!(failure.map(|error| error.code()), Some(Code::JournalIo));
                let later = recorded(&mut writer, 0, 1).unwrap_err();
                prop_assert_eq!(later.code(), Code::JournalStopped);
                prop_assert!(later.to_string().contains("No space left"));
                prop_assert_eq!(writer.commit().map_err(|error| error.code()), Err(Code::JournalStopped));
                drop(writer);
                let read = crate::JournalReader::open(&folder).unwrap();
                let mut intact = 0;
                let _ = read.visit(|_| { intact += 1; Ok(()) });
                prop_assert!(intact >= committed, "{intact} of {committed} are intact");
                std::fs::remove_dir_all(&folder).unwrap();
            }
        }

        #[test]
        fn nat_06_what_the_thread_cannot_write_is_told_without_a_commit() {
            let folder = folder("told-early");
            let options = JournalOptions { pipelined: true, ..JournalOptions::new(SyncPolicy::Os) };
            let mut writer = JournalWriter::create_with(&folder, options).unwrap();
            writer.pipeline.fill_disk().unwrap();
            // A group of 256 KiB, and as much as may wait for the thread, with room to spare.
            let failed = (0..400).find_map(|at| recorded(&mut writer, at, 4_000).err());
            let error = failed.unwrap();
            assert_eq!(error.code(), Code::JournalIo);
            assert!(error.to_string().contains("000001.journal"));
            assert_eq!(writer.commit().unwrap_err().code(), Code::JournalStopped);
            drop(writer);
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
}
