//! When snapshots are taken, and how many stay.

use crate::engine::Engine;
use crate::journal_writer::JournalWriter;
use crate::snapshot_file::{SnapshotFile, keep_newest};
use holdfast_core::Result;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

/// When a snapshot is due by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SnapshotCadence {
    /// When a segment of the journal was sealed: a restart then replays one segment at most.
    #[default]
    AtRotation,
    /// When so many records were written since the last one.
    EveryRecords(NonZeroU64),
    /// Only on request, and at the close.
    OnRequest,
}

/// How snapshots are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotPolicy {
    /// When they are taken.
    pub cadence: SnapshotCadence,
    /// How many stay; at least one does.
    pub kept: usize,
}

impl Default for SnapshotPolicy {
    /// At each rotation; two stay, so that a damaged one has another behind it.
    fn default() -> Self {
        Self { cadence: SnapshotCadence::default(), kept: 2 }
    }
}

/// Takes the snapshots of one journal.
#[derive(Debug)]
pub(crate) struct SnapshotKeeper {
    folder: PathBuf,
    policy: SnapshotPolicy,
    /// The configuration, as the first record of the journal holds it.
    opened: Vec<u8>,
    last_sequence: u64,
    last_segment: u32,
}

impl SnapshotKeeper {
    pub(crate) fn new(
        folder: &Path,
        policy: SnapshotPolicy,
        opened: Vec<u8>,
        journal: &JournalWriter,
    ) -> Self {
        Self {
            folder: folder.to_path_buf(),
            policy,
            opened,
            last_sequence: journal.next_sequence(),
            last_segment: journal.segment_index(),
        }
    }

    pub(crate) fn is_due(&self, journal: &JournalWriter) -> bool {
        match self.policy.cadence {
            SnapshotCadence::AtRotation => journal.segment_index() != self.last_segment,
            SnapshotCadence::EveryRecords(every) => {
                journal.next_sequence().saturating_sub(self.last_sequence) >= every.get()
            }
            SnapshotCadence::OnRequest => false,
        }
    }

    /// Takes a snapshot behind what was recorded, which reaches the disk first: a snapshot ahead of its journal is of no use.
    pub(crate) fn take(&mut self, engine: &Engine, journal: &mut JournalWriter) -> Result<PathBuf> {
        journal.flush()?;
        let snapshot = SnapshotFile::of(engine, *journal.chain(), &self.opened);
        let path = snapshot.write(&self.folder, journal.reaches_the_disk())?;
        keep_newest(&self.folder, self.policy.kept)?;
        self.last_sequence = journal.next_sequence();
        self.last_segment = journal.segment_index();
        Ok(path)
    }
}
