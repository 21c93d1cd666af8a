//! A restart: the newest snapshot that holds, and the tail of the journal behind it.
//!
//! The journal is the truth. A snapshot only saves the replay of what stands before it, so one that is torn, of another
//! journal or of another version is refused with its code and told of, and the next older one or the whole journal is
//! used. What stands before a snapshot's segment is not read again: `holdfast journal verify` proves all of it.

use crate::engine::Engine;
use crate::journal_cursor::JournalCursor;
use crate::journal_lock::JournalLock;
use crate::journal_policy::JournalOptions;
use crate::journal_resume::{JournalResumed, VerifiedEnd, cut, verify_to_end};
use crate::journal_segment::{file_name, list_segments};
use crate::journal_writer::JournalWriter;
use crate::recovery::CutOff;
use crate::replica::Replica;
use crate::sink::Sink;
use crate::snapshot_file::{SnapshotFile, list_snapshots};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{ClientOrderId, Code, Error, Overlays, Result};
use std::path::Path;

/// A snapshot that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSnapshot {
    /// Name of its file.
    pub file: String,
    /// Why.
    pub error: Error,
}

/// What a restart found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestartReport {
    /// Sequence behind which the snapshot stands that was used; `None` when the whole journal was replayed.
    pub snapshot: Option<u64>,
    /// Snapshots that were refused, the newest first.
    pub refused: Vec<RefusedSnapshot>,
    /// Records that were replayed.
    pub replayed: u64,
    /// What was cut off the journal's end.
    pub resumed: JournalResumed,
    /// Outputs of the last input that the crash had kept from the journal.
    pub completed: usize,
    /// Orders with a command that was not answered before the end.
    pub in_doubt: Vec<ClientOrderId>,
}

/// An engine at the end of a journal, before anything new is recorded.
pub(crate) struct Rebuilt {
    pub(crate) engine: Engine,
    pub(crate) opened: Vec<u8>,
    pub(crate) end: VerifiedEnd,
    pub(crate) cut_off: Vec<CutOff>,
    pub(crate) snapshot: Option<u64>,
    pub(crate) refused: Vec<RefusedSnapshot>,
    pub(crate) replayed: u64,
}

/// Rebuilds the engine from a journal folder without writing to it.
///
/// # Errors
/// `JOURNAL_NOT_FOUND`, `SNAPSHOT_MISSING`, `JOURNAL_CORRUPT`, `JOURNAL_VERSION`, `JOURNAL_DIVERGED`, `JOURNAL_IO`.
pub fn rebuild(folder: &Path) -> Result<(Engine, RestartReport)> {
    let rebuilt = rebuild_from(folder)?;
    let report = rebuilt.report(rebuilt.engine.unanswered());
    Ok((rebuilt.engine, report))
}

impl Rebuilt {
    pub(crate) fn report(&self, in_doubt: Vec<ClientOrderId>) -> RestartReport {
        RestartReport {
            snapshot: self.snapshot,
            refused: self.refused.clone(),
            replayed: self.replayed,
            resumed: self.end.resumed(),
            completed: self.cut_off.len(),
            in_doubt,
        }
    }
}

pub(crate) fn rebuild_from(folder: &Path) -> Result<Rebuilt> {
    list_segments(folder)?;
    let mut refused = Vec::new();
    for (_, path) in list_snapshots(folder)? {
        match from_snapshot(folder, &path) {
            Ok(rebuilt) => return Ok(Rebuilt { refused, ..rebuilt }),
            Err(error) => refused.push(RefusedSnapshot { file: file_name(&path), error }),
        }
    }
    let cursor = JournalCursor::open(folder)?;
    if cursor.first_sequence() > 0 {
        let refused: Vec<String> =
            refused.iter().map(|each| format!("{}: {}", each.file, each.error)).collect();
        return Err(Error::new(
            Code::SnapshotMissing,
            format!(
                "a journal that begins with record {} must have a valid snapshot",
                cursor.first_sequence()
            ),
        )
        .with("refused", refused.join("; ")));
    }
    let mut opened = Vec::new();
    let mut replica = Replica::default();
    let end = verify_to_end(cursor, |record| {
        if record.sequence == 0 {
            opened = record.payload.to_vec();
        }
        replica.apply(record)
    })?;
    let replayed = end.chain.next_sequence;
    let (engine, cut_off) = replica.into_engine();
    let engine = engine.ok_or_else(|| {
        Error::new(
            Code::JournalCorrupt,
            "journal must begin with session_opened, nothing is intact",
        )
    })?;
    Ok(Rebuilt { engine, opened, end, cut_off, snapshot: None, refused, replayed })
}

fn from_snapshot(folder: &Path, path: &Path) -> Result<Rebuilt> {
    let snapshot = SnapshotFile::read(path)?;
    let cursor = stand_behind(folder, &snapshot)?;
    let mut replica = Replica::behind(snapshot.engine()?, snapshot.chain);
    let end = verify_to_end(cursor, |record| replica.apply(record))?;
    let replayed = end.chain.next_sequence - snapshot.chain.next_sequence;
    let (engine, cut_off) = replica.into_engine();
    let engine = engine.ok_or_else(|| foreign("it must hold an engine", &snapshot))?;
    Ok(Rebuilt {
        engine,
        opened: snapshot.opened,
        end,
        cut_off,
        snapshot: Some(snapshot.chain.next_sequence),
        refused: Vec::new(),
        replayed,
    })
}

fn foreign(rule: &str, snapshot: &SnapshotFile) -> Error {
    Error::new(Code::SnapshotForeign, format!("snapshot must be of this journal: {rule}"))
        .with("sequence", snapshot.chain.next_sequence)
}

/// Returns a cursor that stands where the snapshot was taken, when the journal's chain goes through there.
fn stand_behind(folder: &Path, snapshot: &SnapshotFile) -> Result<JournalCursor> {
    let sequence = snapshot.chain.next_sequence;
    let mut cursor = JournalCursor::open_near(folder, sequence)?;
    while cursor.chain().next_sequence < sequence {
        let is_held = match cursor.advance() {
            Ok(record) => record.is_some(),
            Err(error) if error.code() == Code::JournalTruncated => false,
            Err(error) => return Err(error),
        };
        if !is_held {
            return Err(foreign("the journal must hold the record before it", snapshot));
        }
    }
    if *cursor.chain() == snapshot.chain {
        return Ok(cursor);
    }
    Err(foreign("the journal's chain must have the same head there", snapshot))
}

/// Rebuilds the engine and opens its journal for appending: what a crash tore off is cut, outputs that it kept from the
/// journal are given again, and every command without an answer is put in doubt. `admits` sees the configuration that the
/// journal holds before anything is written; when it refuses, the journal stays as it was.
pub(crate) fn reopen(
    folder: &Path,
    options: JournalOptions,
    admits: impl FnOnce(&[u8]) -> Result<()>,
) -> Result<(Engine, Vec<u8>, JournalWriter, RestartReport)> {
    list_segments(folder)?;
    let lock = JournalLock::take(folder, options.opened_at)?;
    let rebuilt = rebuild_from(folder)?;
    admits(&rebuilt.opened)?;
    let mut report = rebuilt.report(Vec::new());
    let Rebuilt { engine, opened, end, cut_off, .. } = rebuilt;
    let is_open = end.is_open();
    let mut journal = JournalWriter::at_end(folder, options, lock, cut(folder, end)?);
    for output in cut_off {
        journal.record(output.kind, output.ts, output.payload.as_slice())?;
    }
    journal.record(RecordKind::JournalResumed, engine.now(), &report.resumed)?;
    if is_open {
        journal.commit()?;
    }
    report.in_doubt = engine.unanswered();
    Ok((engine, opened, journal, report))
}

impl Engine {
    /// Returns the open orders of which a command was sent and not answered: after a restart nobody waits for the answer.
    #[must_use]
    pub fn unanswered(&self) -> Vec<ClientOrderId> {
        let ids = self.open_orders().map(|order| order.intent.client_order_id);
        ids.filter(|id| self.is_unanswered(*id)).collect()
    }

    /// Returns whether a command of an open order was sent and not answered.
    pub(crate) fn is_unanswered(&self, id: ClientOrderId) -> bool {
        self.orders.get(&id.0).is_some_and(|order| {
            let overlays = order.state.load().1;
            order.held.is_none() && (order.is_unshown() || overlays != Overlays::NONE)
        })
    }
}
