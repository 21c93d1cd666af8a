//! An engine with its journal and its snapshots in one folder: what a program that trades holds on to.

use crate::egress::{Egress, Passage};
use crate::engine::Engine;
use crate::input::{Command, Input};
use crate::journal_policy::JournalOptions;
use crate::journal_writer::JournalWriter;
use crate::replica::{engine_of, opened_of};
use crate::restart::{RestartReport, reopen};
use crate::sink::Sink;
use crate::snapshot_policy::{SnapshotKeeper, SnapshotPolicy};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Result, Timestamp};
use holdfast_risk::Verdict;
use holdfast_risk::fuse::latch::{Latch, LatchState};
use std::path::{Path, PathBuf};

/// An engine that records what it does.
#[derive(Debug)]
pub struct JournaledEngine {
    engine: Engine,
    journal: JournalWriter,
    snapshots: SnapshotKeeper,
    commands: Vec<Command>,
    egress: Egress,
    /// Commands that passed the fuse.
    leaving: Vec<Command>,
}

fn egress_of(opened: &[u8], folder: &Path) -> Result<Egress> {
    let (config, fuse) = opened_of(opened)?;
    Egress::new(&fuse, &config, Latch::open(folder, true))
}

impl JournaledEngine {
    /// Begins a journal. `opened` is its first record: JSON with the engine's configuration under `engine`, the ceilings of
    /// the egress fuse under `fuse`, and whatever else the caller wants to find again.
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
        let egress = egress_of(opened, folder)?;
        let snapshots = SnapshotKeeper::new(folder, policy, opened.to_vec(), &journal);
        Ok(Self { engine, journal, snapshots, commands: Vec::new(), egress, leaving: Vec::new() })
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
        let mut egress = egress_of(&opened, folder)?;
        egress.recall_journal(&engine, folder)?;
        let snapshots = SnapshotKeeper::new(folder, policy, opened, &journal);
        let (commands, leaving) = (Vec::new(), Vec::new());
        let mut restarted = Self { engine, journal, snapshots, commands, egress, leaving };
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
        let outcome = self.engine.step(input, &mut self.journal, &mut self.commands)?;
        self.egress.heard(&self.engine, input);
        Ok(outcome)
    }

    /// Makes what was recorded as durable as the policy says, takes the snapshot that is due, and returns the commands that
    /// may now leave. What the fuse refuses is recorded, and what follows from that leaves with the next commit.
    ///
    /// # Errors
    /// `JOURNAL_IO`; then no command may leave.
    pub fn commit(&mut self) -> Result<std::vec::Drain<'_, Command>> {
        self.journal.commit()?;
        self.leaving.clear();
        for command in std::mem::take(&mut self.commands) {
            match self.egress.judge(&self.engine, &command, self.engine.now()) {
                Passage::Leaves => self.leaving.push(command),
                Passage::Void => {}
                Passage::Refused(refused) => {
                    self.step(&Input::FuseRefused(refused))?;
                }
            }
        }
        if self.snapshots.is_due(&self.journal) {
            self.snapshots.take(&self.engine, &mut self.journal)?;
        }
        Ok(self.leaving.drain(..))
    }

    /// Returns how the fuse's latch stands.
    #[must_use]
    pub const fn fuse(&self) -> &LatchState {
        self.egress.latch()
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
