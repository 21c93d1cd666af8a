//! A desk that keeps its journal in a folder: begun, resumed after an end or a crash, and compared with its venue.

use crate::config::EngineConfig;
use crate::desk::{Desk, DeskConfig};
use crate::input::Input;
use crate::journal_policy::JournalOptions;
use crate::journal_writer::JournalWriter;
use crate::reconciler::{decision_of, state_value};
use crate::restart::{RestartReport, reopen};
use crate::snapshot_policy::{SnapshotKeeper, SnapshotPolicy};
use holdfast_core::{Code, Error, Result, Timestamp};
use holdfast_risk::fuse::latch::Latch;
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

impl DeskConfig {
    /// Returns the content of a journal's first record.
    pub(crate) fn opened(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|error| {
            Error::new(Code::ConfigInvalid, format!("configuration must be representable, {error}"))
        })
    }
}

/// Refuses another configuration of the engine than the journal's. What stands under `about` may differ: it is for people,
/// and a later version may write it otherwise.
pub(crate) fn check_recorded(config: &EngineConfig, opened: &[u8]) -> Result<()> {
    let recorded: Recorded = serde_json::from_slice(opened).map_err(|error| {
        Error::new(
            Code::JournalCorrupt,
            format!("session_opened must hold the configuration, {error}"),
        )
    })?;
    let (there, here) = (parts(&recorded.engine)?, parts(config)?);
    let differing: Vec<&str> = here
        .keys()
        .chain(there.keys())
        .filter(|key| here.get(*key) != there.get(*key))
        .map(String::as_str)
        .collect();
    let Some(first) = differing.first() else { return Ok(()) };
    let text = |side: &serde_json::Map<String, Value>| {
        side.get(*first).map_or_else(|| "nothing".to_string(), Value::to_string)
    };
    Err(Error::new(
        Code::ConfigDiffers,
        format!("{first} must be as the journal was begun with, {}", text(&there)),
    )
    .with("field", *first)
    .with("value", text(&here)))
}

/// The part of a first record that an engine is made from.
#[derive(Deserialize)]
struct Recorded {
    engine: EngineConfig,
}

fn parts(config: &EngineConfig) -> Result<serde_json::Map<String, Value>> {
    match serde_json::to_value(config) {
        Ok(Value::Object(parts)) => Ok(parts),
        _ => Err(Error::new(Code::ConfigInvalid, "configuration must be representable")),
    }
}

impl Desk {
    /// Opens a desk whose journal begins in a folder that does not hold one.
    ///
    /// # Errors
    /// As `open`, and `JOURNAL_LOCKED`.
    pub fn create(
        config: &DeskConfig,
        folder: &Path,
        options: JournalOptions,
        policy: SnapshotPolicy,
        latch: Latch,
    ) -> Result<Self> {
        // A desk that cannot begin must not leave an empty journal behind.
        Self::open(config, None)?;
        let journal = JournalWriter::create_with(folder, options)?;
        let snapshots = SnapshotKeeper::new(folder, policy, config.opened()?, &journal);
        let mut desk = Self::open_latched(config, Some(journal), latch)?;
        desk.snapshots = Some(snapshots);
        desk.commit()?;
        Ok(desk)
    }

    /// Goes on with a folder's journal. Every command that was sent and not answered is in doubt, and a query for it waits to
    /// be drained; what opens anything is refused until `compare` was called.
    ///
    /// # Errors
    /// `CONFIG_DIFFERS`, `JOURNAL_NOT_FOUND`, `JOURNAL_LOCKED`, `JOURNAL_VERSION`, `JOURNAL_CORRUPT`, `JOURNAL_DIVERGED`,
    /// `SNAPSHOT_MISSING`, `JOURNAL_IO`.
    pub fn resume(
        config: &DeskConfig,
        folder: &Path,
        options: JournalOptions,
        policy: SnapshotPolicy,
        latch: Latch,
    ) -> Result<(Self, RestartReport)> {
        let (engine, opened, journal, report) =
            reopen(folder, options, |opened| check_recorded(&config.engine, opened))?;
        let snapshots = SnapshotKeeper::new(folder, policy, opened, &journal);
        let mut desk = Self::of(engine, Some(journal), config, latch)?;
        desk.recall_sent(folder)?;
        (desk.snapshots, desk.awaits_venue, desk.hears) = (Some(snapshots), true, false);
        let ts = desk.engine().now();
        for client_order_id in &report.in_doubt {
            desk.step(&Input::LoseTrack { client_order_id: *client_order_id, ts })?;
        }
        desk.commit()?;
        Ok((desk, report))
    }

    /// Refuses what is no reduction while the state of before the restart was not compared with the venue's.
    pub(crate) fn check_compared(&self, is_reduction: bool) -> Result<()> {
        if is_reduction || !self.awaits_venue {
            return Ok(());
        }
        Err(Error::new(
            Code::RestartUnreconciled,
            "a resumed engine must be compared with its venue before it opens or amends anything",
        ))
    }

    /// Returns whether nothing was compared with the venue since the journal was resumed.
    #[must_use]
    pub const fn awaits_venue(&self) -> bool {
        self.awaits_venue
    }

    /// Compares with what the venue says, given as JSON. While differences stand open trading is reduced.
    ///
    /// # Errors
    /// `VENUE_SNAPSHOT_INVALID`, `VENUE_SNAPSHOT_STALE`, `JOURNAL_IO`, `JOURNAL_STOPPED`.
    pub fn compare(&mut self, venue: &str) -> Result<()> {
        let told = self.engine().read_venue(venue)?;
        self.step(&Input::VenueState(&told))?;
        self.awaits_venue = false;
        Ok(())
    }

    /// Decides about a difference: `adopt`, `flatten` or `ignore`, the last with a reason.
    ///
    /// # Errors
    /// `RECONCILIATION_ITEM_UNKNOWN`, `RECONCILIATION_DECISION_INVALID`, `ARGUMENT_INVALID`, `EVENT_INVALID` when time runs
    /// back, `JOURNAL_IO`, `JOURNAL_STOPPED`.
    pub fn decide(&mut self, decision: (&str, &str), reason: &str, ts: Timestamp) -> Result<()> {
        self.step(&Input::Decide(decision_of(decision, reason, ts)?)).map(|_| ())
    }

    /// Returns items, mode and the requests that wait to be drained, in exact text.
    #[must_use]
    pub fn reconciliation(&self) -> Value {
        state_value(self.engine(), self.requests_waiting())
    }
}
