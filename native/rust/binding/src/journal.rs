//! Reading journals from JavaScript; results are JSON text, since this is no hot path.

use crate::failure::guarded;
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{Code, Error, Result, Timestamp};
use holdfast_engine::journal_anchor::{AnchorFile, verify_with_anchors};
use holdfast_engine::journal_policy::Retention;
use holdfast_engine::journal_retention::compact;
use holdfast_engine::record_json::{fingerprint, record_json};
use holdfast_engine::replay::replay;
use holdfast_engine::{JournalCursor, JournalReader};
use napi_derive::napi;
use std::path::Path;

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Error::new(Code::JournalIo, format!("result must be representable, {error}"))
    })
}

/// Verifies checksum and chain of every record and returns the summary.
#[napi]
pub fn journal_verify(folder: String) -> napi::Result<String, String> {
    guarded(|| json(&JournalReader::open(Path::new(&folder))?.visit(|_| Ok(()))?))
}

/// Verifies a journal beside the heads that a file outside holds, and returns the summary and how many were compared.
#[napi]
pub fn journal_verify_anchored(folder: String, anchors: String) -> napi::Result<String, String> {
    guarded(|| {
        let anchors = AnchorFile::read(Path::new(&anchors))?;
        json(&verify_with_anchors(&JournalReader::open(Path::new(&folder))?, &anchors)?)
    })
}

/// Returns the session's configuration as its first record holds it, with its fingerprint; nothing when the journal begins
/// later.
#[napi]
pub fn journal_configuration(folder: String) -> napi::Result<Option<String>, String> {
    guarded(|| {
        let mut cursor = JournalCursor::open(Path::new(&folder))?;
        let Some(record) = cursor.advance()? else { return Ok(None) };
        if record.kind != RecordKind::SessionOpened {
            return Ok(None);
        }
        let fingerprint = fingerprint(record.payload);
        let record = record_json(&record)?;
        json(&serde_json::json!({ "fingerprint": fingerprint, "record": record })).map(Some)
    })
}

/// What becomes of sealed segments.
#[napi(object)]
pub struct CompactOptions {
    /// Whether they are packed.
    pub packs: bool,
    /// Most sealed segments that stay.
    pub segments_max: Option<u32>,
    /// Most bytes of them that stay.
    pub bytes_max: Option<f64>,
    /// Whether only those go that end before every valid snapshot.
    pub behind_snapshots: bool,
    /// The present time in milliseconds, for the age of a lock that somebody else holds.
    pub now_ms: f64,
}

/// Packs sealed segments and removes those that are not to be kept.
#[napi]
pub fn journal_compact(folder: String, options: CompactOptions) -> napi::Result<String, String> {
    guarded(|| {
        let retention = Retention {
            segments_max: options.segments_max,
            bytes_max: options.bytes_max.map(|bytes| bytes.max(0.0) as u64),
            behind_snapshots: options.behind_snapshots,
        };
        let now = Timestamp((options.now_ms * 1e6) as i64);
        json(&compact(Path::new(&folder), options.packs, retention, Some(now))?)
    })
}

/// Replays the journal and returns the outcome.
#[napi]
pub fn journal_replay(folder: String) -> napi::Result<String, String> {
    guarded(|| json(&replay(&JournalReader::open(Path::new(&folder))?)?))
}

/// Returns the records from `first` on, at most `count`, one JSON text each; what stands before a corrupt record is
/// returned when the record is not among those asked for.
#[napi]
pub fn journal_records(
    folder: String,
    first: f64,
    count: u32,
) -> napi::Result<Vec<String>, String> {
    guarded(|| {
        let mut found = Vec::new();
        let (first, count) = (first.max(0.0) as u64, count as usize);
        let visited = JournalReader::open(Path::new(&folder))?.visit(|record| {
            if found.len() == count {
                return Err(Error::new(Code::CapacityExhausted, "enough"));
            }
            if record.sequence >= first {
                found.push(record_json(record)?.to_string());
            }
            Ok(())
        });
        match visited {
            Err(error) if error.code() != Code::CapacityExhausted => Err(error),
            _ => Ok(found),
        }
    })
}
