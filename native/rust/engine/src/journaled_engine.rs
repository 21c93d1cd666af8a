//! An engine with its journal and its snapshots in one folder: what a program that trades holds on to.

use crate::engine::Engine;
use crate::input::{Command, Input};
use crate::journal_policy::JournalOptions;
use crate::journal_writer::JournalWriter;
use crate::replica::engine_of;
use crate::restart::{RestartReport, reopen};
use crate::sink::Sink;
use crate::snapshot_policy::{SnapshotKeeper, SnapshotPolicy};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Result, Timestamp};
use holdfast_risk::Verdict;
use std::path::{Path, PathBuf};

/// An engine that records what it does.
#[derive(Debug)]
pub struct JournaledEngine {
    engine: Engine,
    journal: JournalWriter,
    snapshots: SnapshotKeeper,
    commands: Vec<Command>,
}

impl JournaledEngine {
    /// Begins a journal. `opened` is its first record: JSON with the engine's configuration under `engine`, and whatever
    /// else the caller wants to find again.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT` when `opened` is no such JSON, `CONFIG_INVALID`, `INSTRUMENT_INVALID`, `LIMITS_INVALID`,
    /// `JOURNAL_LOCKED`, `JOURNAL_IO`.
    pub fn create(
        folder: &Path,
        opened: &[u8],
        options: JournalOptions,
        policy: SnapshotPolicy,
    ) -> Result<Self> {
        let engine = engine_of(opened)?;
        let mut journal = JournalWriter::create_with(folder, options)?;
        journal.record(RecordKind::SessionOpened, Timestamp(0), opened)?;
        let snapshots = SnapshotKeeper::new(folder, policy, opened.to_vec(), &journal);
        Ok(Self { engine, journal, snapshots, commands: Vec::new() })
    }

    /// Goes on with a journal: state is that of the newest snapshot that holds and of the records behind it. Every command
    /// that was sent and not answered is in doubt, and asked about by the commands of the next `commit`.
    ///
    /// # Errors
    /// `JOURNAL_NOT_FOUND`, `JOURNAL_LOCKED`, `JOURNAL_VERSION`, `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`, `SNAPSHOT_MISSING`,
    /// `JOURNAL_IO`.
    pub fn restart(
        folder: &Path,
        options: JournalOptions,
        policy: SnapshotPolicy,
    ) -> Result<(Self, RestartReport)> {
        let (engine, opened, journal, report) = reopen(folder, options, |_| Ok(()))?;
        let snapshots = SnapshotKeeper::new(folder, policy, opened, &journal);
        let mut restarted = Self { engine, journal, snapshots, commands: Vec::new() };
        let ts = restarted.engine.now();
        for client_order_id in &report.in_doubt {
            restarted.step(&Input::LoseTrack { client_order_id: *client_order_id, ts })?;
        }
        Ok((restarted, report))
    }

    /// Moves the engine by one input, which is recorded with everything that follows from it.
    ///
    /// # Errors
    /// As `Engine::step`, and `JOURNAL_STOPPED` after a failure of the journal.
    pub fn step(&mut self, input: &Input<'_>) -> Result<Option<Box<Verdict>>> {
        self.engine.step(input, &mut self.journal, &mut self.commands)
    }

    /// Makes what was recorded as durable as the policy says, takes the snapshot that is due, and returns the commands that
    /// may now leave.
    ///
    /// # Errors
    /// `JOURNAL_IO`; then no command may leave.
    pub fn commit(&mut self) -> Result<std::vec::Drain<'_, Command>> {
        self.journal.commit()?;
        if self.snapshots.is_due(&self.journal) {
            self.snapshots.take(&self.engine, &mut self.journal)?;
        }
        Ok(self.commands.drain(..))
    }

    /// Takes a snapshot behind what was recorded so far, and returns its file.
    ///
    /// # Errors
    /// `JOURNAL_IO`.
    pub fn snapshot(&mut self) -> Result<PathBuf> {
        self.snapshots.take(&self.engine, &mut self.journal)
    }

    /// Closes the session with its closing record, takes a last snapshot and closes the journal; it can be restarted.
    ///
    /// # Errors
    /// `JOURNAL_IO`, `AMOUNT_OVERFLOW`.
    pub fn close(&mut self) -> Result<[u8; 32]> {
        let hash = self.engine.close(&mut self.journal)?;
        self.snapshots.take(&self.engine, &mut self.journal)?;
        self.journal.close()?;
        Ok(hash)
    }

    /// Closes the journal and leaves the session open: whoever restarts goes on with it.
    ///
    /// # Errors
    /// `JOURNAL_IO`.
    pub fn leave(&mut self) -> Result<()> {
        self.journal.close()
    }

    /// Returns the engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns the journal.
    #[must_use]
    pub const fn journal(&self) -> &JournalWriter {
        &self.journal
    }
}
