//! How an engine comes to its journal: a new one, or one that is resumed.

use holdfast_core::{Code, Error, Result, Timestamp};
use holdfast_engine::restart::RestartReport;
use holdfast_engine::{
    Desk, DeskConfig, JournalOptions, SnapshotCadence, SnapshotPolicy, SyncPolicy,
};
use holdfast_risk::fuse::latch::Latch;
use napi_derive::napi;
use std::num::NonZeroU64;
use std::path::Path;

/// Where an engine's journal is, and how it is kept.
#[napi(object)]
pub struct EngineJournal {
    pub folder: String,
    /// `always`, `os` or `batch:MILLISECONDS`.
    pub policy: String,
    /// The present time in milliseconds, for the age of a lock that somebody else holds.
    pub now_ms: f64,
    /// `never`, `always`, or `if_present`: begin a journal where there is none.
    pub resume: String,
    /// Records between two snapshots; at each sealed segment when left out, and 0 for none but that of the close.
    pub snapshot_every_records: Option<f64>,
    /// How many snapshots stay.
    pub snapshots_kept: u32,
}

impl EngineJournal {
    pub(super) fn open(
        &self,
        config: &DeskConfig,
        latch: impl Fn() -> Latch,
    ) -> Result<(Desk, Option<RestartReport>)> {
        let (folder, policy) = (Path::new(&self.folder), self.snapshots());
        let begun = || {
            Desk::create(config, folder, self.options()?, policy, latch()).map(|desk| (desk, None))
        };
        if self.resume == "never" {
            return begun();
        }
        match Desk::resume(config, folder, self.options()?, policy, latch()) {
            Ok((desk, report)) => Ok((desk, Some(report))),
            Err(error) if self.begins_after(&error) => begun(),
            Err(error) => Err(error),
        }
    }

    fn begins_after(&self, error: &Error) -> bool {
        self.resume == "if_present" && error.code() == Code::JournalNotFound
    }

    pub(super) fn options(&self) -> Result<JournalOptions> {
        let opened_at = Some(Timestamp((self.now_ms * 1e6) as i64));
        Ok(JournalOptions { opened_at, ..JournalOptions::new(SyncPolicy::parse(&self.policy)?) })
    }

    pub(super) fn snapshots(&self) -> SnapshotPolicy {
        let cadence = match self.snapshot_every_records.map(|every| NonZeroU64::new(every as u64)) {
            None => SnapshotCadence::AtRotation,
            Some(Some(every)) => SnapshotCadence::EveryRecords(every),
            Some(None) => SnapshotCadence::OnRequest,
        };
        SnapshotPolicy { cadence, kept: self.snapshots_kept as usize }
    }
}
